"""Two hundred cases at once: they come in pages and by batch, and those that are alike are decided together."""

import re

import pytest
from django.urls import reverse

from creditbank.deposits import models, operations, queries
from creditbank.deposits.types import ConflictState
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, OrganizationKind, Role
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row
from tests.rooms.deposits.test_conflicts import at_once, named
from tests.rooms.deposits.test_waiting_pages import browser_of

__all__ = ["browser_of", "named"]
MANY = 60
CASES = reverse("conflicts")


@pytest.fixture
def disputed(named, schools):
    """Sixty cases of one batch, one of another."""
    people = range(1, MANY + 1)
    at_once(schools[0], *(Row(person=number) for number in people))
    first = at_once(named, *(Row(person=number, course="外校英语", grade="91") for number in people))
    at_once(schools[0], Row(person=99))
    return first, at_once(named, Row(person=99, course="外校英语", grade="92"))


@pytest.fixture
def reviewer(browser_of):
    given = {"actor": SYSTEM, "parent_id": None, "kind": OrganizationKind.CENTRE, "now": NOW}
    centre = organizations.open_organization(code="YJ-CENTRE", name=Text("管理中心"), **given)
    return browser_of(centre.id, Role.CENTRE_REVIEWER, Extent.BANK)


def boxes(page, name="case"):
    return re.findall(rf'name="{name}" value="([^"]+)"', page.content.decode())


def open_cases(batch=""):
    return queries.open_conflicts(SYSTEM, queries.Narrowed(batch=batch))


def test_cases_come_in_pages_and_by_batch(disputed, reviewer):
    first, second = disputed
    pages = [boxes(reviewer.get(CASES, {"page": number})) for number in (1, 2)]
    assert [len(page) for page in pages] == [50, 11]
    assert len({*pages[0], *pages[1]}) == MANY + 1
    assert boxes(reviewer.get(CASES, {"page": 99})) == pages[1]
    assert boxes(reviewer.get(CASES, {"batch": second.public_id})) == [f"{second.public_id}:2:0"]
    assert [(each.batch.id, each.cases) for each in queries.disputed_batches(SYSTEM)] == [
        (first.id, 60),
        (second.id, 1),
    ]
    assert boxes(reviewer.get(CASES, {"batch": "nonsense"})) == []


def test_ticked_cases_are_decided_alike_and_the_others_stay(disputed, reviewer):
    ticked = boxes(reviewer.get(CASES))[:3]
    given = {"case": ticked, "outcome": "first", "reason": "看过原件"}
    assert "3件已决定" in reviewer.post(CASES, given, follow=True).content.decode()
    decided = models.Conflict.objects.filter(state=ConflictState.FIRST, reason="看过原件")
    assert sorted(f"{disputed[0].public_id}:{each.row}:{each.item}" for each in decided) == sorted(ticked)
    assert "0件已决定" in reviewer.post(CASES, given, follow=True).content.decode()  # a colleague was faster


def test_all_of_a_page_are_decided_with_one_reason(disputed, reviewer):
    first, second = disputed
    for _ in range(2):
        shown = boxes(reviewer.get(CASES, {"batch": first.public_id}), "shown")
        given = {"shown": shown, "all": "1", "outcome": "second", "reason": "补考成绩"}
        reviewer.post(f"{CASES}?batch={first.public_id}", given)
    assert (open_cases(), open_cases(first.public_id), open_cases(second.public_id)) == (1, 0, 1)
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == MANY


@pytest.mark.parametrize(
    ("given", "status", "words"),
    [
        ({"outcome": "first", "reason": "看过"}, 200, "没有选中一件"),
        ({"case": ["x", "a:b:c", "0:99999999999:0"], "outcome": "first", "reason": "看过"}, 200, "没有选中一件"),
        ({"case": ["abc:2:0"], "outcome": "first", "reason": "看过"}, 200, "0件已决定"),
        ({"all": "1", "outcome": "withdrawn", "reason": "看过"}, 200, "没有选处理办法"),
    ],
)
def test_what_names_no_case_or_no_decision_changes_nothing(disputed, reviewer, given, status, words):
    page = reviewer.post(CASES, given, follow=True)
    assert (page.status_code, open_cases()) == (status, MANY + 1)
    assert words in page.content.decode()


def test_without_a_reason_nothing_is_decided_and_what_was_ticked_stays_ticked(disputed, reviewer):
    ticked = boxes(reviewer.get(CASES))[:2]
    page = reviewer.post(CASES, {"case": ticked, "outcome": "first", "reason": " "})
    assert (page.status_code, open_cases()) == (422, MANY + 1)
    text = page.content.decode()
    assert (text.count(" checked"), text.count('value="first" selected')) == (len(ticked), 1)


def test_a_party_decides_nothing(disputed, browser_of, schools):
    browser = browser_of(schools[0].id, Role.DEPOSIT_OFFICER)
    page = browser.get(CASES)
    assert boxes(page) == boxes(page, "shown") == []
    given = {"case": [f"{disputed[0].public_id}:2:0"], "outcome": "first", "reason": "看过"}
    assert browser.post(CASES, given).status_code == 403
    assert open_cases() == MANY + 1


def decide(browser, address, **given):
    return browser.post(address, {"outcome": "first", "reason": "看过原件"} | given)


def test_after_a_decision_comes_the_next_case_of_the_same_list(disputed, reviewer):
    first, second = disputed
    here = f"?batch={first.public_id}&differs=grade"
    page = reviewer.get(CASES + here).content.decode()
    start = re.search(r'class="head".*?href="([^"]+)"', page, re.DOTALL)[1].replace("&amp;", "&")
    assert start == f"{CASES}/{first.public_id}/2/0{here}"
    skipped = re.search(r'href="([^"]+)" rel="next"', reviewer.get(start).content.decode())[1].replace("&amp;", "&")
    assert skipped == start.replace("/2/0", "/3/0")
    assert decide(reviewer, start)["Location"] == skipped
    assert decide(reviewer, f"{CASES}/{first.public_id}/61/0{here}")["Location"] == skipped  # after the last, the first
    assert decide(reviewer, f"{CASES}/{second.public_id}/2/0?batch={second.public_id}")["Location"] == (
        f"{CASES}?batch={second.public_id}"
    )


def test_a_case_decided_twice_at_once_is_decided_once_and_says_so(disputed, reviewer):
    address = f"{CASES}/{disputed[0].public_id}/2/0"
    assert decide(reviewer, address).status_code == 302
    again = decide(reviewer, address, outcome="second")
    assert (again.status_code, open_cases()) == (422, MANY)
    assert "以先存的为准" in again.content.decode()


def test_cases_are_narrowed_by_achievement_and_by_what_differs(disputed, reviewer, named, schools):
    def count(**asked):
        return queries.open_conflicts(SYSTEM, queries.Narrowed(**asked))

    at_once(schools[0], Row(person=98, hours="64"))
    at_once(named, Row(person=98, course="外校英语", hours="60"))
    assert (count(differs="grade"), count(differs="hours"), count(differs="credits")) == (MANY + 1, 1, 0)
    assert count(differs="nonsense") == count(achievement="nonsense") == 0
    (disputed_one,) = queries.disputed_achievements(SYSTEM)
    assert disputed_one.cases == count(achievement=disputed_one.public_id) == MANY + 2
    page = reviewer.get(CASES, {"differs": "hours", "achievement": disputed_one.public_id})
    assert len(boxes(page)) == 1
    assert "没有这样的" in reviewer.get(CASES, {"differs": "credits"}).content.decode()


def test_what_is_decided_has_a_list_of_its_own_in_pages(disputed, reviewer):
    assert "还没有决定过" in reviewer.get(CASES, {"show": "decided"}).content.decode()
    shown = boxes(reviewer.get(CASES), "shown")
    reviewer.post(CASES, {"shown": shown, "all": "1", "outcome": "second", "reason": "补考成绩"})
    decided = reviewer.get(CASES, {"show": "decided", "batch": disputed[0].public_id})
    text = decided.content.decode()
    assert boxes(decided) == boxes(decided, "shown") == []
    assert text.count("以后来的为准</span>") == queries.decided_conflicts(SYSTEM) == 50
    assert "第1页，共1页" in text
