"""Everybody × every act × objects of both sides of a tree three levels deep: where it takes effect."""

import pytest

from creditbank.enrolments import operations as enrolments
from tests.conftest import NOW
from tests.pages.acts import ACTS, Act
from tests.pages.addresses import NUMBER, OFFERS
from tests.pages.asking import Asker, refused
from tests.pages.tables import ASKED, DONE, STAFF
from tests.pages.world import Thing
from tests.rooms.archive.conftest import SYSTEM

pytestmark = pytest.mark.django_db


def wrong_act(ask: Asker, who: str, act: Act, thing: Thing) -> str:
    cell = DONE[who][act.column]
    desk = ask.world.desk(who)
    ids = act.ids(thing) if act.ids else {}
    answer = ask.post(who, ask.path(who, act.name, ids, act.query(thing)), act.data(thing, desk))
    at = f"{thing.kind}@{thing.place}"
    if cell.whole:
        return "" if refused(answer, cell) and not answer.wrote else f"{at}: {answer.status}"
    if answer.wrote != (thing.place in cell.opened):
        return f"{at}: {answer.status}, {'done' if answer.wrote else 'not done'}"
    return ""


def all_lists_stopped(ask: Asker) -> None:
    """Nobody is erased while a list that was handed in may name them."""
    for each in ask.world.of("list"):
        if each.ids["stage"] == "waiting":
            enrolments.stop_list(actor=SYSTEM, public_id=each.ids["public_id"], now=NOW)


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.label)
def test_an_act_takes_effect_where_the_table_says_and_nowhere_else(ask: Asker, act: Act) -> None:
    if act.name == "erasing":
        all_lists_stopped(ask)
        ask = Asker(ask.world)
    found = {}
    objects = list({thing.place: thing for thing in ask.world.of(act.kind) if act.only(thing)}.values())
    assert objects
    for who in ASKED:
        tried = objects[:1] if DONE[who][act.column].whole else objects
        found[who] = [wrong for thing in tried if (wrong := wrong_act(ask, who, act, thing))]
    assert {who: wrong for who, wrong in found.items() if wrong} == {}


@pytest.mark.parametrize("name", OFFERS)
def test_a_form_offers_the_places_of_the_table_and_no_others(ask: Asker, name: str) -> None:
    column, places = OFFERS[name]
    found = {}
    for who in STAFF:
        answer = ask.get(who, ask.path(who, name, {}))
        offered = {thing.place for thing in ask.world.of("organization") if thing.ids["public_id"] in answer.text}
        found[who] = (offered, DONE[who][column].opened & set(places))
    assert {who: each for who, each in found.items() if each[0] != each[1]} == {}


def test_a_forged_verb_or_group_changes_nothing(ask: Asker) -> None:
    account = next(ask.world.of("account"))
    for name, data in (("account_standing", {"move": "melt"}), ("account_group", {"group": "rich"})):
        path = ask.path("bank-administrator k*", name, NUMBER(account))
        given = {"place": ask.world.desk("bank-administrator k*"), "reason": "本人到场，材料齐全"}
        answer = ask.post("bank-administrator k*", path, given | data)
        assert (answer.status, answer.wrote) == (404, False), name
