"""Appointing people, what their roles grant on a day, and ending appointments."""

from datetime import date, timedelta

import pytest

from creditbank.evidence import queries as evidence
from creditbank.identity import queries as identity
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.periods import PeriodEmpty
from creditbank.kernel.permissions import Permission
from creditbank.organizations import errors, operations, queries
from creditbank.organizations.types import ROLES, Extent, PeopleFilters, Role
from tests.rooms.organizations.conftest import NOW, SYSTEM, acting, appointed, staff

TODAY = date(2026, 11, 22)
VIEW = Permission.ORGANIZATIONS_ORGANIZATION_VIEW


def reached(user_id, permission=VIEW, on=TODAY):
    return queries_reach(queries.grants_of(user_id, on=on), permission)


def queries_reach(grants, permission):
    found = [grant.reach for grant in grants if grant.permission is permission]
    if any(reach.everywhere for reach in found):
        return "everywhere"
    return set().union(*(reach.organizations for reach in found))


def test_a_role_grants_its_permissions_and_no_others(bank):
    user = staff("chen", bank.school)
    appointed(user, bank.school, Role.DEPOSIT_OFFICER)
    assert {grant.permission for grant in queries.grants_of(user, on=TODAY)} == ROLES[Role.DEPOSIT_OFFICER]


@pytest.mark.parametrize("extent", list(Extent))
def test_a_role_reaches_as_far_as_it_was_given(bank, extent):
    user = staff("chen", bank.centre)
    appointed(user, bank.branch, Role.AUDITOR, extent)
    wanted = {Extent.UNIT: {bank.branch}, Extent.SUBTREE: {bank.branch, bank.outlet}, Extent.BANK: "everywhere"}
    assert reached(user) == wanted[extent]


def test_two_subtrees_do_not_mix(bank):
    user = staff("chen", bank.centre)
    appointed(user, bank.branch, Role.BRANCH_REVIEWER, Extent.SUBTREE)
    appointed(user, bank.school, Role.REGISTRAR, Extent.SUBTREE)
    assert reached(user, Permission.ENROLMENTS_ENROLMENT_LOAD) == {bank.school, bank.college}
    assert reached(user, Permission.LEARNERS_DOCUMENT_UNMASK) == {bank.branch, bank.outlet}


def test_a_role_holds_from_its_first_day_and_not_on_its_last(bank):
    user = staff("chen", bank.school)
    operations.appoint(
        actor=SYSTEM,
        organization_id=bank.school,
        user_id=user,
        role=Role.REGISTRAR,
        starts=date(2026, 12, 1),
        ends=date(2027, 1, 1),
        now=NOW,
    )
    held = {day: bool(reached(user, on=day)) for day in (date(2026, 11, 30), date(2026, 12, 1), date(2026, 12, 31))}
    assert held == {date(2026, 11, 30): False, date(2026, 12, 1): True, date(2026, 12, 31): True}
    assert not reached(user, on=date(2027, 1, 1))


def test_a_suspended_or_closed_organization_grants_nothing_and_neither_do_those_below(bank):
    above, below = staff("chen", bank.school), staff("sun", bank.college)
    appointed(above, bank.school, Role.REGISTRAR, Extent.SUBTREE)
    appointed(below, bank.college, Role.REGISTRAR)
    operations.suspend(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert (reached(above), reached(below)) == (set(), set())
    operations.reopen(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert (reached(above), reached(below)) == ({bank.school, bank.college}, {bank.college})
    operations.close(actor=SYSTEM, organization_id=bank.college, now=NOW)
    assert (reached(above), reached(below)) == ({bank.school, bank.college}, set())


def test_members_of_a_suspended_organization_still_sign_in(bank):
    user = staff("chen", bank.school)
    operations.suspend(actor=SYSTEM, organization_id=bank.school, now=NOW)
    assert identity.user(user).is_active


def test_an_ended_appointment_grants_nothing_from_that_day_and_can_be_given_again(bank):
    user = staff("chen", bank.school)
    given = appointed(user, bank.school, Role.REGISTRAR)
    ended = operations.end_membership(actor=SYSTEM, membership_id=given.id, now=NOW)
    assert ended.ended_on == TODAY
    assert reached(user) == set()
    with pytest.raises(errors.MembershipEnded):
        operations.end_membership(actor=SYSTEM, membership_id=given.id, now=NOW)
    assert appointed(user, bank.school, Role.REGISTRAR).id != given.id
    assert len(queries.memberships_of(user)) == len(queries.members_of(bank.school)) == 2


def test_an_appointment_that_ran_out_does_not_stand_in_the_way(bank):
    user = staff("chen", bank.school)
    operations.appoint(
        actor=SYSTEM,
        organization_id=bank.school,
        user_id=user,
        role=Role.REGISTRAR,
        ends=TODAY + timedelta(days=5),
        now=NOW,
    )
    with pytest.raises(errors.AlreadyAppointed):
        appointed(user, bank.school, Role.REGISTRAR)
    later = NOW + timedelta(days=6)
    operations.appoint(actor=SYSTEM, organization_id=bank.school, user_id=user, role=Role.REGISTRAR, now=later)
    assert [each.ended_on for each in queries.memberships_of(user)] == [None, TODAY + timedelta(days=5)]


def test_a_schools_administrator_appoints_at_home_only(bank, li, wang, zhao):
    chen = staff("chen", bank.school)
    for_school = {"user_id": chen, "role": Role.DEPOSIT_OFFICER, "now": NOW}
    assert operations.appoint(actor=li, organization_id=bank.college, **for_school).organization_id == bank.college
    for stranger in (wang, zhao):
        with pytest.raises(errors.OrganizationNotFound):
            operations.appoint(actor=stranger, organization_id=bank.school, **for_school)


def test_an_appointment_elsewhere_is_unknown_and_one_here_is_not_ended_by_who_only_sees_it(bank, li, wang):
    chen = staff("chen", bank.school)
    given = appointed(chen, bank.school, Role.REGISTRAR)
    with pytest.raises(errors.MembershipNotFound):
        operations.end_membership(actor=wang, membership_id=given.id, now=NOW)
    with pytest.raises(NotPermitted):
        operations.end_membership(actor=acting(chen), membership_id=given.id, now=NOW)
    assert operations.end_membership(actor=li, membership_id=given.id, now=NOW).ended_on == TODAY


def test_seeing_an_organization_is_not_enough_to_appoint(bank):
    user = staff("chen", bank.school)
    appointed(user, bank.school, Role.REGISTRAR)
    with pytest.raises(NotPermitted):
        operations.appoint(actor=acting(user), organization_id=bank.school, user_id=user, role=Role.REGISTRAR, now=NOW)


def test_nobody_gives_a_reach_wider_than_their_own(bank, li, wang):
    chen = staff("chen", bank.school)
    with pytest.raises(errors.ReachTooWide):
        operations.appoint(
            actor=li, organization_id=bank.school, user_id=chen, role=Role.AUDITOR, extent=Extent.BANK, now=NOW
        )
    operations.open_organization(
        actor=SYSTEM,
        parent_id=bank.other_school,
        code="SUB-1",
        kind=queries.by_id(bank.school).kind,
        name=queries.by_id(bank.school).name,
        now=NOW,
    )
    with pytest.raises(errors.ReachTooWide):
        operations.appoint(
            actor=wang,
            organization_id=bank.other_school,
            user_id=chen,
            role=Role.AUDITOR,
            extent=Extent.SUBTREE,
            now=NOW,
        )


def test_a_school_cannot_make_an_administrator_of_the_bank(bank, li):
    with pytest.raises(errors.RoleElsewhere):
        operations.appoint(actor=li, organization_id=bank.school, user_id=li.id, role=Role.BANK_ADMINISTRATOR, now=NOW)


def test_a_period_without_a_day_is_refused(bank):
    user = staff("chen", bank.school)
    with pytest.raises(PeriodEmpty):
        operations.appoint(
            actor=SYSTEM, organization_id=bank.school, user_id=user, role=Role.REGISTRAR, ends=TODAY, now=NOW
        )


def test_the_fact_names_the_person_by_number_only(bank):
    user = staff("chen", bank.school)
    given = appointed(user, bank.school, Role.REGISTRAR)
    [stored] = evidence.facts(name="organizations.member_appointed.v1")
    assert stored.fact.body == {
        "actor": "system:command-line",
        "membership": given.id,
        "organization": bank.school,
        "user": user,
        "role": "registrar",
        "reach": "unit",
        "starts": "2026-11-22",
        "ends": None,
    }


def test_a_new_person_gets_a_password_once_and_a_role(bank, li):
    made = operations.appoint_by_login(
        actor=li,
        organization_id=bank.school,
        login="zhou.yi",
        name="周一",
        is_new=True,
        role=Role.DEPOSIT_APPROVER,
        now=NOW,
    )
    user = identity.user_by_login("zhou.yi")
    assert made.first_password
    assert (user.name, user.must_change_password) == ("周一", True)
    assert reached(user.id, Permission.DEPOSITS_BATCH_APPROVE) == {bank.school}


def test_a_refused_appointment_leaves_no_new_person_behind(bank, li):
    with pytest.raises(errors.RoleElsewhere):
        operations.appoint_by_login(
            actor=li,
            organization_id=bank.school,
            login="zhou.yi",
            name="周一",
            is_new=True,
            role=Role.CENTRE_REVIEWER,
            now=NOW,
        )
    assert identity.user_by_login("zhou.yi") is None


def test_an_existing_person_is_appointed_by_sign_in_name(bank, li):
    chen = staff("chen", bank.school)
    call = {"actor": li, "organization_id": bank.school, "name": "", "is_new": False, "now": NOW}
    made = operations.appoint_by_login(login=" CHEN ", role=Role.REGISTRAR, **call)
    assert (made.membership.user_id, made.first_password) == (chen, None)
    with pytest.raises(errors.PersonNotFound):
        operations.appoint_by_login(login="nobody", role=Role.REGISTRAR, **call)


def test_a_page_shows_what_is_around_and_who_works_there_as_far_as_one_may_know(bank, li):
    chen = staff("chen", bank.school)
    given = appointed(chen, bank.school, Role.REGISTRAR)
    operations.end_membership(actor=SYSTEM, membership_id=given.id, now=NOW)
    details = queries.details(li, queries.by_id(bank.school).public_id, on=TODAY)
    assert [(member.login, member.holds) for member in details.members] == [("li.ming", True), ("chen", False)]
    assert ([each.id for each in details.children], details.above) == ([bank.college], ())
    with pytest.raises(errors.OrganizationNotFound):
        queries.details(li, queries.by_id(bank.other_school).public_id, on=TODAY)
    of_system = queries.details(SYSTEM, details.organization.public_id, on=TODAY)
    assert [each.id for each in of_system.above] == [bank.centre]


def listed(actor, **filters):
    listing = queries.people(actor, PeopleFilters(**filters), 1, on=TODAY)
    assert listing.total == len(listing.rows)
    return [row.member.login for row in listing.rows]


def test_people_are_listed_where_one_may_see_and_found_by_name_and_place(bank, li, wang):
    chen = staff("chen", bank.school)
    given = appointed(chen, bank.college, Role.REGISTRAR)
    assert listed(li, sort="login") == ["chen", "li.ming"]
    assert listed(wang) == ["wang.fang"]
    assert listed(SYSTEM, text="云江理工") == ["wang.fang"]
    assert listed(SYSTEM, text="lm", role=Role.REGISTRAR) == ["chen"]
    assert listed(SYSTEM, text="nobody") == []
    operations.end_membership(actor=SYSTEM, membership_id=given.id, now=NOW)
    assert listed(li) == ["li.ming"]
    assert listed(li, ended=True, sort="organization") == ["li.ming", "chen"]


@pytest.mark.parametrize("sort", ["name", "login", "role", "organization", "starts", "unheard-of"])
def test_every_order_of_people_holds_everybody(bank, li, wang, sort):
    assert sorted(listed(SYSTEM, sort=sort)) == ["li.ming", "wang.fang"]


def test_a_broken_log_leaves_no_membership(bank, monkeypatch):
    user = staff("chen", bank.school)
    given = appointed(user, bank.school, Role.REGISTRAR)
    before = queries.memberships_of(user)

    def broken(_fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        appointed(user, bank.school, Role.DEPOSIT_OFFICER)
    with pytest.raises(RuntimeError):
        operations.end_membership(actor=SYSTEM, membership_id=given.id, now=NOW)
    assert queries.memberships_of(user) == before
