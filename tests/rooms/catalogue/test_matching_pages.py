"""The pages on which entries are tied to what files say: Chen accredits and tolerates, Li names what files write."""

import re

import pytest
from django.urls import reverse

from creditbank.catalogue import operations, queries
from creditbank.catalogue.queries import matched
from creditbank.catalogue.types import NewCourse
from creditbank.organizations import queries as tree
from tests.rooms.catalogue.conftest import NOW, SYSTEM, defined


@pytest.fixture
def course(bank):
    courses = [NewCourse("高等数学", 400), NewCourse("线性代数", 300), NewCourse("护理伦理", 200)]
    numbers = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=courses, now=NOW)
    return operations.recognise_proposed(actor=SYSTEM, specification_ids=list(numbers.values()), now=NOW) and numbers


def address(number):
    return reverse("specification_matching", kwargs={"public_id": queries.by_id(number).public_id})


def send(browser, number, act, **data):
    return browser.post(address(number), {"act": act, **data}, follow=True)


def test_chen_accredits_a_period_and_ends_it(bank, signed_in):
    browser, one = signed_in("chen"), defined(bank)
    assert "还没有认可过" in browser.get(address(one.id)).content.decode()
    said = send(browser, one.id, "accredit", starts="2026-01-01", ends="", decision="云学银发2026年第12号")
    assert "云学银发2026年第12号" in said.content.decode()
    (period,) = matched.accreditations(one.id)
    send(browser, one.id, "end", accreditation=period.id, on="2026-09-01")
    assert str(matched.accreditations(one.id)[0].ends) == "2026-09-01"


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"starts": "", "decision": "x"}, "请填日期"),
        ({"starts": "soon", "decision": "x"}, "请填日期"),
        ({"starts": "2026-01-01", "decision": ""}, "请写明依据的决定"),
    ],
)
def test_what_is_missing_in_an_accreditation_is_said_beside_it(bank, signed_in, data, words):
    browser, one = signed_in("chen"), defined(bank)
    answer = browser.post(address(one.id), {"act": "accredit", **data})
    assert (answer.status_code, words in answer.content.decode()) == (422, True)
    assert matched.accreditations(one.id) == ()


def test_li_adds_and_removes_an_alias_and_sets_no_tolerance(bank, course, signed_in):
    browser, number = signed_in("li"), course["高等数学"]
    here = tree.by_id(bank.school).public_id
    page = send(browser, number, "add_alias", alias="高数（上）", organization=here).content.decode()
    assert "高数（上）" in page
    (alias,) = matched.aliases(number)
    assert 'value="tolerance"' not in page
    assert browser.post(address(number), {"act": "tolerance", "tolerance": "0.5"}).status_code == 403
    send(browser, number, "remove_alias", alias_id=alias.id)
    assert matched.aliases(number) == ()


def test_chen_sets_a_tolerance(bank, course, signed_in):
    browser, number = signed_in("chen"), course["高等数学"]
    send(browser, number, "tolerance", tolerance="0.5")
    assert matched.tolerance(number) == 50
    assert browser.post(address(number), {"act": "tolerance", "tolerance": "3"}).status_code == 422
    assert browser.post(address(number), {"act": "tolerance", "tolerance": "x"}).status_code == 422
    assert browser.get("/en" + address(number)).status_code == 200


def test_a_report_leads_to_the_courses_that_look_most_like_an_unknown_one(bank, course, signed_in):
    browser = signed_in("li")
    here = tree.by_id(bank.school).public_id
    asked = reverse("alias_new") + f"?school={here}&name=高等数学（下）"
    page = browser.get(asked).content.decode()
    offered = re.findall(r'name="course" value="(\w+)"', page)
    assert offered[0] == queries.by_id(course["高等数学"]).public_id
    assert browser.post(asked, {}).status_code == 422
    answer = browser.post(asked, {"course": offered[0]})
    assert answer.status_code == 302
    assert [each.alias for each in matched.aliases(course["高等数学"])] == ["高等数学（下）"]
    assert browser.post(asked, {"course": offered[0]}).status_code == 422
    assert "护理伦理" in browser.get(asked + "&q=伦理").content.decode()
    assert "没有找到像的课程" in browser.get(reverse("alias_new") + f"?school={here}&name=xyzxyz").content.decode()


def test_names_in_the_files_of_others_are_not_ones_own_to_tell(bank, course, signed_in):
    browser = signed_in("li")
    there = tree.by_id(bank.other_school).public_id
    assert browser.get(reverse("alias_new") + f"?school={there}&name=高数").status_code == 403
    answer = browser.post(address(course["高等数学"]), {"act": "add_alias", "alias": "高数", "organization": there})
    assert answer.status_code == 403
    assert matched.aliases(course["高等数学"]) == ()
