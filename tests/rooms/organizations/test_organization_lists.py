"""Lists show what the actor may know of, and nothing else."""

import pytest

from creditbank.organizations import queries
from creditbank.organizations.types import Filters, OrganizationKind as Kind, Role, Status
from tests.rooms.organizations.conftest import SYSTEM, acting, appointed, opened, staff


def listed(actor, **filters):
    listing = queries.listing(actor, Filters(**filters), 1)
    assert listing.total == len(listing.rows)
    return [row.organization.id for row in listing.rows]


def test_the_system_sees_the_whole_tree_depth_first(bank):
    assert listed(SYSTEM) == [bank.centre, bank.branch, bank.outlet, bank.school, bank.college, bank.other_school]


def test_each_person_sees_their_own_part(bank, li, wang, zhao):
    assert listed(li) == [bank.school, bank.college]
    assert listed(wang) == [bank.other_school]
    assert listed(zhao) == []


def test_filters_narrow(bank):
    assert listed(SYSTEM, kind=Kind.BRANCH) == [bank.branch]
    assert listed(SYSTEM, text="临江") == [bank.branch, bank.outlet]
    assert listed(SYSTEM, text="jxjyxy") == [bank.college]
    assert listed(SYSTEM, parent_id=bank.branch) == [bank.branch, bank.outlet]
    assert listed(SYSTEM, status=Status.CLOSED) == []


def test_a_row_counts_children_and_members_apart(bank):
    for login in ("chen", "sun", "qian"):
        appointed(staff(login, bank.centre), bank.centre, Role.CENTRE_REVIEWER)
    row = queries.listing(SYSTEM, Filters(), 1).rows[0]
    assert (row.children, row.members, row.depth, row.parent_name) == (3, 3, 0, None)
    assert queries.listing(SYSTEM, Filters(sort="members"), 1).rows[0].organization.id == bank.centre


@pytest.mark.parametrize("sort", ["tree", "name", "code", "opened", "members", "unheard-of"])
def test_every_order_holds_every_row(bank, sort):
    assert set(listed(SYSTEM, sort=sort)) == set(listed(SYSTEM))


def test_pages_do_not_overlap_and_one_too_far_is_the_last(bank, monkeypatch):
    monkeypatch.setattr(queries, "PAGE_ROWS", 4)
    first, second, far = (queries.listing(SYSTEM, Filters(sort="name"), page) for page in (1, 2, 99))
    assert [len(each.rows) for each in (first, second)] == [4, 2]
    assert not {row.organization.id for row in first.rows} & {row.organization.id for row in second.rows}
    assert far == second
    assert list(queries.export(SYSTEM, Filters(sort="name"))) == [*first.rows, *second.rows]


def test_a_person_with_a_role_below_does_not_see_above(bank):
    user = staff("chen", bank.outlet)
    appointed(user, bank.outlet, Role.OUTLET_CLERK)
    clerk = acting(user)
    assert listed(clerk) == [bank.outlet]
    assert queries.visible(clerk, queries.by_id(bank.outlet).public_id).id == bank.outlet
    with pytest.raises(queries.errors.OrganizationNotFound):
        queries.visible(clerk, queries.by_id(bank.branch).public_id)
    opened("YJ-B2", Kind.BRANCH, "另一分部", bank.centre)
    assert listed(clerk) == [bank.outlet]
