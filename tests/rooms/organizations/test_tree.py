"""Opening, renaming, suspending, reopening and closing organizations."""

import pytest

from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import system
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.ids import is_public_id
from creditbank.kernel.text import Text
from creditbank.organizations import errors, operations, queries
from creditbank.organizations.types import OrganizationKind as Kind, Status
from tests.rooms.organizations.conftest import NOW, SYSTEM, opened


def facts(name):
    return [stored.fact.body for stored in evidence.facts(name=f"organizations.{name}.v1")]


def test_an_organization_stands_in_the_tree_where_it_was_opened(bank):
    college = queries.by_id(bank.college)
    assert college.path == (bank.centre, bank.school, bank.college)
    assert college.status is Status.ACTIVE
    assert college.opened_on.isoformat() == "2026-11-22"
    assert is_public_id(college.public_id)
    assert [each.id for each in queries.ancestors(college)] == [bank.centre, bank.school]
    assert facts("organization_opened")[-2]["parent"] == bank.school


def test_a_subtree_holds_itself_and_all_below(bank):
    assert queries.subtree(bank.school) == {bank.school, bank.college}
    assert queries.subtree(bank.outlet) == {bank.outlet}


def test_the_day_of_opening_is_the_banks_day_not_that_of_greenwich(bank):
    late = NOW.replace(hour=20)
    made = operations.open_organization(
        actor=SYSTEM, parent_id=bank.centre, code="YJ-9", kind=Kind.BRANCH, name=Text("夜分部"), now=late
    )
    assert made.opened_on.isoformat() == "2026-11-23"


def test_a_code_is_never_used_twice_even_after_closing(bank):
    operations.close(actor=SYSTEM, organization_id=bank.outlet, now=NOW)
    with pytest.raises(errors.CodeTaken):
        opened("yj-b1-o1", Kind.OUTLET, "新网点", bank.branch)
    assert queries.by_code(" yj-b1-o1 ").id == bank.outlet


def test_who_manages_nothing_opens_nothing(bank, li, zhao):
    with pytest.raises(NotPermitted):
        operations.open_organization(
            actor=li, parent_id=bank.school, code="X1", kind=Kind.INSTITUTION, name=Text("系"), now=NOW
        )
    with pytest.raises(errors.OrganizationNotFound):
        operations.open_organization(
            actor=zhao, parent_id=bank.school, code="X1", kind=Kind.INSTITUTION, name=Text("系"), now=NOW
        )
    with pytest.raises(NotPermitted):
        operations.open_organization(
            actor=li, parent_id=None, code="X1", kind=Kind.CENTRE, name=Text("另一个中心"), now=NOW
        )


def test_a_new_name_is_found_and_the_old_one_is_not(bank):
    operations.rename(actor=SYSTEM, organization_id=bank.branch, name=Text("滨江分部", "Riverside"), now=NOW)
    assert [each.id for each in queries.search("bjfb")] == [bank.branch]
    assert [each.id for each in queries.search("RIVERSIDE")] == [bank.branch]
    assert not queries.search("临江分部")
    assert facts("organization_renamed") == [
        {"actor": "system:command-line", "organization": bank.branch, "name_zh": "滨江分部", "name_en": "Riverside"}
    ]


@pytest.mark.parametrize("text", ["工业", "第二工业大学", "ydegydx", "4131012044"])
def test_an_organization_is_found_by_two_characters_initials_and_code(bank, text):
    # 云江第二工业大学: y j d e g y d x
    sought = "yjdegydx" if text == "ydegydx" else text
    assert bank.school in {each.id for each in queries.search(sought)}


def test_a_percent_sign_is_a_percent_sign(bank):
    assert queries.search("%") == ()
    assert queries.search("_") == ()


def test_suspended_and_reopened(bank):
    suspended = operations.suspend(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert (suspended.status, suspended.suspended_on.isoformat()) == (Status.SUSPENDED, "2026-11-22")
    with pytest.raises(errors.ParentNotActive):
        opened("YJ-X", Kind.INSTITUTION, "新学院", bank.school)
    assert operations.reopen(actor=SYSTEM, organization_id=bank.school, now=NOW).suspended_on is None
    assert opened("YJ-X", Kind.INSTITUTION, "新学院", bank.school)
    assert len(facts("organization_suspended")) == len(facts("organization_reopened")) == 1


def test_closing_needs_closed_children_and_is_for_good(bank):
    with pytest.raises(errors.ChildrenOpen) as refusal:
        operations.close(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert refusal.value.details["count"] == 1
    operations.close(actor=SYSTEM, organization_id=bank.college, now=NOW)
    assert operations.close(actor=SYSTEM, organization_id=bank.school, now=NOW).closed_on.isoformat() == "2026-11-22"
    with pytest.raises(errors.StatusDiffers):
        operations.reopen(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert len(facts("organization_closed")) == 2


@pytest.mark.parametrize("act", [operations.suspend, operations.close, operations.reopen])
def test_a_school_cannot_close_or_suspend_itself_nor_another(bank, li, act):
    with pytest.raises(NotPermitted):
        act(actor=li, organization_id=bank.school, now=NOW)
    with pytest.raises(errors.OrganizationNotFound):
        act(actor=li, organization_id=bank.other_school, now=NOW)


def test_unknown_organizations_are_refused_by_name(db):
    for asked in (queries.by_id, queries.by_code, queries.by_public_id):
        with pytest.raises(errors.OrganizationNotFound):
            asked(0 if asked is queries.by_id else "nothing")
    assert queries.by_ids([1, 2]) == {}


def test_children_come_by_pinyin_and_closed_ones_last(bank):
    operations.close(actor=SYSTEM, organization_id=bank.other_school, now=NOW)
    assert [each.id for each in queries.children(bank.centre)] == [bank.branch, bank.school, bank.other_school]
    assert [each.id for each in queries.roots()] == [bank.centre]


def test_a_broken_log_leaves_no_organization(bank, monkeypatch):
    def broken(_fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    for act in (
        lambda: opened("YJ-X", Kind.BRANCH, "新分部", bank.centre),
        lambda: operations.rename(actor=SYSTEM, organization_id=bank.branch, name=Text("别名"), now=NOW),
        lambda: operations.suspend(actor=SYSTEM, organization_id=bank.branch, now=NOW),
        lambda: operations.close(actor=SYSTEM, organization_id=bank.outlet, now=NOW),
    ):
        before = queries.listing(system("test"), queries.Filters(), 1)
        with pytest.raises(RuntimeError):
            act()
        assert queries.listing(system("test"), queries.Filters(), 1) == before
