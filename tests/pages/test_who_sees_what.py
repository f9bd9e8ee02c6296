"""Everybody × every address × objects of both sides of a tree three levels deep: which rows stand there."""

import pytest

from tests.house.test_addresses import ADDRESSES
from tests.pages.acts import ACTS, OWN
from tests.pages.addresses import FORMS, ONE, PLAIN, PUBLIC, REPRESENTATIVES, SAMPLES, SEEN, STATIC, Seen
from tests.pages.asking import Asker, leaks, refused
from tests.pages.tables import ASKED, DONE, FEW, SEEN as CELLS, Cell
from tests.pages.world import Thing

pytestmark = pytest.mark.django_db


def things(ask: Asker, address: Seen) -> list[Thing]:
    """Return what an address is asked for: all of its kind by a list, one of each sort by a page of one object."""
    found = list(ask.world.of(address.kind))
    if not address.ids:
        return found
    chosen = {
        (thing.place, thing.ids.get("stage")): thing
        for thing in found
        if thing.place in REPRESENTATIVES[thing.kind]
        and address.stage in {"", thing.ids.get("stage")}
        and (not address.only or address.only in thing.ids)
    }
    return list(chosen.values())


def expected(cell: Cell, thing: Thing, address: Seen) -> int:
    if thing.place in cell.opened:
        return 200
    return address.known if thing.place in cell.known else address.missing


def wrong_list(ask: Asker, who: str, address: Seen) -> list[str]:
    cell = CELLS[who][address.column]
    answer = ask.get(who, ask.path(who, address.name, {}))
    wrong = [f"leaks {each}" for each in leaks(ask, who, answer, address.tells)]
    if cell.whole:
        return wrong if refused(answer, cell) else [*wrong, f"{answer.status}, not {cell.whole}"]
    if answer.status != 200:
        return [*wrong, f"{answer.status}, not 200"]
    of_kind = things(ask, address)
    wrong += [f"lacks {t.marks[0]}" for t in of_kind if t.place in cell.opened and not answer.shows(t)]
    wrong += [f"shows {t.marks[0]}" for t in of_kind if t.place not in cell.opened and answer.shows(t)]
    return wrong


def wrong_pages(ask: Asker, who: str, address: Seen) -> list[str]:
    cell = CELLS[who][address.column]
    wrong = []
    objects = things(ask, address)
    for thing in objects[:1] if cell.whole == "~" else objects:
        assert address.ids
        answer = ask.get(who, ask.path(who, address.name, address.ids(thing), address.query(thing)))
        at = f"{thing.kind}@{thing.place}"
        wrong += [f"{at} leaks {each}" for each in leaks(ask, who, answer, address.tells)]
        fits = refused(answer, cell) if cell.whole else answer.status == expected(cell, thing, address)
        if not fits:
            wrong.append(f"{at}: {answer.status}")
        if answer.wrote and not address.reads:
            wrong.append(f"{at}: a fact was written")
    return wrong


@pytest.mark.parametrize("address", SEEN, ids=lambda address: f"{address.name}-{address.kind}")
def test_everybody_sees_the_rows_of_the_table_and_no_others(ask: Asker, address: Seen) -> None:
    look = wrong_pages if address.ids else wrong_list
    found = {who: look(ask, who, address) for who in (ASKED if address.ids else CELLS)}
    assert {who: wrong for who, wrong in found.items() if wrong} == {}


def kind_of(who: str) -> int:
    """Say which of three statuses of a plain page is somebody's: nobody's, a learner's, a member of staff's."""
    if who in {"nobody", "program"}:
        return 0
    return 1 if who.startswith("learner ") else 2


def told_so(who: str, name: str) -> bool:
    """Say whether somebody may do a form's act nowhere; the bank's administrators may, wherever they sit."""
    return not DONE[who][FORMS[name]].opened and not who.startswith("bank-administrator ")


@pytest.mark.parametrize("name", PLAIN)
def test_pages_about_nothing_in_particular_tell_nothing_about_others(ask: Asker, name: str) -> None:
    statuses, tells = PLAIN[name]
    found = {}
    people = FEW if name in STATIC else tuple(CELLS)
    for who in people:
        answer = ask.get(who, ask.path(who, name, SAMPLES.get(name, {})))
        wrong = leaks(ask, who, answer, frozenset(tells))
        found[who] = (answer.status, wrong, answer.wrote)
    wanted = {who: (statuses[kind_of(who)], [], False) for who in people}
    wanted |= {who: (403, [], False) for who in people if kind_of(who) == 2 and name in FORMS and told_so(who, name)}
    assert {who: each for who, each in found.items() if each != wanted[who]} == {}


@pytest.mark.parametrize("who", FEW)
def test_public_pages_of_one_object_show_that_object_to_everybody(ask: Asker, who: str) -> None:
    for name, (shown, hidden) in PUBLIC.items():
        for thing in ask.world.of(shown):
            answer = ask.get(who, ask.path(who, name, ONE(thing)))
            assert answer.status == 200, (name, thing)
            assert {each.place for each in answer.shown(ask.world.of(shown))} <= {thing.place}, (name, thing)
        for thing in ask.world.of(hidden):
            answer = ask.get(who, ask.path(who, name, ONE(thing)))
            assert (answer.status, answer.shows(thing)) == (404, False), (name, thing)


def test_every_address_is_in_the_tables() -> None:
    told = {each.name for each in SEEN} | set(PLAIN) | set(PUBLIC) | {each.name for each in ACTS} | OWN
    assert sorted(set(ADDRESSES) - told) == []
    assert sorted(told - set(ADDRESSES)) == []


def test_every_column_is_asked_about() -> None:
    columns = set(next(iter(CELLS.values()))), set(next(iter(DONE.values())))
    assert columns == ({each.column for each in SEEN}, {each.column for each in ACTS})
