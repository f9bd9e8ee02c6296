"""Addresses and forms that were tampered with: other people's numbers, numbers of nobody, and what is no number."""

from collections.abc import Iterator

import pytest

from tests.house.test_addresses import ADDRESSES
from tests.pages.asking import Asker, leaks
from tests.pages.tables import is_west

pytestmark = pytest.mark.django_db


def belongs_elsewhere(ask: Asker) -> Iterator[tuple[str, dict[str, object]]]:
    """Yield addresses made of two numbers of which each is right, but not with the other."""
    client, other = (next(t for t in ask.world.of("client") if t.place == place) for place in "sc")
    yield "client_revoke", {"organization": client.ids["organization"], "client": other.ids["client"]}
    member, another = (next(t for t in ask.world.of("member") if t.place == place) for place in "sc")
    yield "membership_end", {"public_id": member.ids["public_id"], "membership": another.ids["membership"]}
    newcomer = next(t for t in ask.world.of("enrolment") if t.place == "s")
    learner = next(t for t in ask.world.of("enrolment") if t.ids["number"] > 1)
    yield "enrolment", {"account": newcomer.ids["account"], "number": learner.ids["number"]}


@pytest.mark.parametrize("who", ["bank-administrator k*", "institution-administrator s+", "registrar S+"])
def test_two_numbers_that_do_not_belong_together_lead_nowhere(ask: Asker, who: str) -> None:
    for name, ids in belongs_elsewhere(ask):
        path = ask.path(who, name, ids)
        for answer in (ask.get(who, path), ask.post(who, path, {"status": "suspended", "since": "2026-01-01"})):
            assert (answer.status, answer.wrote) == (404, False), (name, answer.status)


TAMPERED = ["0" * 20, "x" * 400, "%C2%B2" * 15, "%00", "%27%20OR%201=1--", "%E5%BC%A0", "1%2F.."]


@pytest.mark.parametrize(
    ("who", "tampered"),
    [
        *(("bank-administrator k*", each) for each in TAMPERED),
        *((who, each) for who in ("deposit-officer S", "learner a") for each in TAMPERED[::3]),
    ],
)
def test_numbers_that_nobody_has_lead_nowhere_and_break_nothing(ask: Asker, who: str, tampered: str) -> None:
    marker = "0" * 20
    for path in (path for path in ADDRESSES.values() if marker in path or "sample" in path):
        asked = f"{'/en' if is_west(who) else ''}{path.replace(marker, tampered).replace('sample', tampered)}"
        for answer in (ask.get(who, asked), ask.post(who, asked, {})):
            assert answer.status in {403, 404, 405}, (asked, answer.status, answer.text[:300])
            assert not answer.wrote, asked
            assert leaks(ask, who, answer, frozenset()) == [], asked


@pytest.mark.parametrize("who", ["bank-administrator k*", "deposit-officer S", "learner a", "nobody"])
@pytest.mark.parametrize(
    "query", ["?q=%00", "?page=%E4%BA%8C&q=%25", "?place=x&below=x&issuer=x&after=x&stage=x", "?page=0"]
)
def test_questions_that_make_no_sense_break_no_list(ask: Asker, who: str, query: str) -> None:
    for path in (path for path in ADDRESSES.values() if "0" * 20 not in path and "sample" not in path):
        answer = ask.get(who, f"{'/en' if is_west(who) else ''}{path}{query}")
        assert answer.status in {200, 302, 403, 404, 405, 422}, (path, answer.status)


def test_a_nul_in_a_form_is_refused_before_the_database_sees_it(ask: Asker) -> None:
    path = ask.path("nobody", "claim", {})
    assert ask.post("nobody", path, {"code": "a\x00b", "name": "林晓岚"}).status == 422
    load = ask.path("bank-administrator k*", "account_open", {})
    assert not ask.post("bank-administrator k*", load, {"name": "林\x00晓岚"}).wrote
