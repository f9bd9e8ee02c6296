"""How files of an institution are taken: whether they open accounts, and how far credits may differ."""

import pytest

from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.organizations import errors, operations, queries
from creditbank.organizations.types import OrganizationKind as Kind
from tests.rooms.organizations.conftest import NOW, SYSTEM, opened


def set_depositing(number, actor=SYSTEM, tolerance=50):
    return operations.set_depositing(
        actor=actor,
        organization_id=number,
        opens_accounts=False,
        registers_courses=True,
        credits_tolerance=tolerance,
        now=NOW,
    )


@pytest.mark.parametrize(
    ("kind", "opens"),
    [(Kind.INSTITUTION, True), (Kind.EXAM_AUTHORITY, True), (Kind.ISSUER, False), (Kind.EMPLOYER, False)],
)
def test_schools_open_accounts_from_the_start_and_trainers_do_not(bank, kind, opens):
    code = "4131010252" if kind is Kind.INSTITUTION else "YJ-TEST"
    assert queries.by_id(opened(code, kind, "某机构", bank.centre)).opens_accounts is opens


def test_the_centre_says_how_files_are_taken(bank):
    set_depositing(bank.school)
    found = queries.by_id(bank.school)
    assert (found.opens_accounts, found.registers_courses, found.credits_tolerance) == (False, True, 50)
    (fact,) = evidence.facts(name="organizations.depositing_set.v1")
    assert fact.fact.body["credits_tolerance"] == 50


def test_who_does_not_manage_an_organization_cannot_say_so(bank):
    there = Reach(organizations=frozenset({bank.other_school}))
    wang = Actor(ActorKind.STAFF, 2, "王芳", (Grant(Permission.ORGANIZATIONS_ORGANIZATION_MANAGE, there),))
    with pytest.raises(errors.OrganizationNotFound):
        set_depositing(bank.school, wang)
    seeing = Grant(Permission.ORGANIZATIONS_ORGANIZATION_VIEW, Reach(everywhere=True))
    with pytest.raises(NotPermitted):
        set_depositing(bank.school, Actor(ActorKind.STAFF, 2, "王芳", (*wang.grants, seeing)))


def test_offices_deposit_nothing_and_tolerance_has_a_limit(bank):
    with pytest.raises(errors.NoDepositor):
        set_depositing(bank.outlet)
    for wrong in (-1, 201):
        with pytest.raises(errors.ToleranceOutOfRange):
            set_depositing(bank.school, tolerance=wrong)
