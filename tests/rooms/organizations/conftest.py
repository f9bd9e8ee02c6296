"""A small bank: a centre with a branch, its outlet, and two schools, one with a college below it."""

from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.text import Text
from creditbank.organizations import operations, queries
from creditbank.organizations.types import Extent, OrganizationKind as Kind, Role

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SYSTEM = system("command-line")


@dataclass(frozen=True)
class Bank:
    centre: int
    branch: int
    outlet: int
    school: int
    college: int
    other_school: int


def opened(code, kind, name, parent=None):
    return operations.open_organization(
        actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=NOW
    ).id


def small_bank():
    centre = opened("YJ-CENTRE", Kind.CENTRE, "云江学分银行管理中心")
    branch = opened("YJ-B1", Kind.BRANCH, "临江分部", centre)
    school = opened("4131012044", Kind.INSTITUTION, "云江第二工业大学", centre)
    return Bank(
        centre=centre,
        branch=branch,
        outlet=opened("YJ-B1-O1", Kind.OUTLET, "临江社区学校", branch),
        school=school,
        college=opened("4131012044-JX", Kind.INSTITUTION, "继续教育学院", school),
        other_school=opened("4131010251", Kind.INSTITUTION, "云江理工大学", centre),
    )


@pytest.fixture
def bank(db):
    return small_bank()


def staff(login, organization_id):
    return identity.create_staff(
        actor=SYSTEM,
        organization_id=organization_id,
        login=login,
        name="李明",
        password="slow-river-41",
        must_change_password=False,
        now=NOW,
    ).id


def appointed(user_id, organization_id, role, extent=Extent.UNIT):
    return operations.appoint(
        actor=SYSTEM, organization_id=organization_id, user_id=user_id, role=role, extent=extent, now=NOW
    )


def acting(user_id):
    """Return the person as the entrance would: with the grants that hold today."""
    return Actor(kind=ActorKind.STAFF, id=user_id, name="李明", grants=queries.grants_of(user_id, on=NOW.date()))


@pytest.fixture
def li(bank):
    """Li administers the school."""
    user_id = staff("li.ming", bank.school)
    appointed(user_id, bank.school, Role.INSTITUTION_ADMINISTRATOR, Extent.SUBTREE)
    return acting(user_id)


@pytest.fixture
def wang(bank):
    """Wang administers the other school."""
    user_id = staff("wang.fang", bank.other_school)
    appointed(user_id, bank.other_school, Role.INSTITUTION_ADMINISTRATOR)
    return acting(user_id)


@pytest.fixture
def zhao(bank):
    """Zhao signs in and holds nothing."""
    return acting(staff("zhao.min", bank.centre))
