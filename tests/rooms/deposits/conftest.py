"""A school with people: Li uploads here, Wang approves here, Zhao works at another school."""

import pytest

from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind
from tests.conftest import NOW

SYSTEM = system("test")


def staff(number, *places):
    reach = Reach(organizations=frozenset(places))
    return Actor(kind=ActorKind.STAFF, id=number, name=f"p{number}", grants=tuple(Grant(p, reach) for p in Permission))


def _open(parent, code, kind, name):
    return organizations.open_organization(
        actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=NOW
    )


def two_schools():
    root = _open(None, "YJ", OrganizationKind.COMMITTEE, "管理委员会")
    here = _open(root.id, "4131012044", OrganizationKind.INSTITUTION, "上海第二工业大学")
    there = _open(root.id, "4131010856", OrganizationKind.INSTITUTION, "另一所学校")
    return here, there


@pytest.fixture
def schools(db):
    return two_schools()


@pytest.fixture
def school(schools):
    return schools[0]


@pytest.fixture
def li(school):
    return staff(1, school.id)


@pytest.fixture
def wang(school):
    return staff(2, school.id)


@pytest.fixture
def zhao(schools):
    return staff(3, schools[1].id)


@pytest.fixture
def trainer(school):
    """A place whose deposits open no accounts."""
    return organizations.set_depositing(
        actor=SYSTEM,
        organization_id=school.id,
        opens_accounts=False,
        registers_courses=False,
        credits_tolerance=0,
        now=NOW,
    )
