"""A centre, two schools and an assessment organisation, and the people who work on their catalogue."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial

import pytest

from creditbank.catalogue import operations
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind as Kind
from tests.rooms.catalogue.signing_in import sign_in

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SYSTEM = system("command-line")
CREDIT = 1


@dataclass(frozen=True)
class Bank:
    centre: int
    school: int
    other_school: int
    assessor: int


def small_bank():
    def opened(code, kind, name, parent=None):
        return organizations.open_organization(
            actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=NOW
        ).id

    centre = opened("YJ-CENTRE", Kind.CENTRE, "云江学分银行管理中心")
    return Bank(
        centre=centre,
        school=opened("4131012044", Kind.INSTITUTION, "云江第二工业大学", centre),
        other_school=opened("4131010251", Kind.INSTITUTION, "云江理工大学", centre),
        assessor=opened("YJ-ASSESS", Kind.ASSESSMENT_ORGANIZATION, "云江养老协会", centre),
    )


@pytest.fixture
def bank(db):
    return small_bank()


def person(number, reach, *permissions):
    return Actor(ActorKind.STAFF, number, "李明", tuple(Grant(each, reach) for each in permissions))


@pytest.fixture
def li(bank):
    """Li proposes courses at the school."""
    here = Reach(organizations=frozenset({bank.school}))
    return person(1, here, Permission.CATALOGUE_SPECIFICATION_PROPOSE)


@pytest.fixture
def wang(bank):
    """Wang proposes courses at the other school."""
    there = Reach(organizations=frozenset({bank.other_school}))
    return person(2, there, Permission.CATALOGUE_SPECIFICATION_PROPOSE)


@pytest.fixture
def chen(bank):
    """Chen keeps the catalogue of the whole bank."""
    return person(3, Reach(everywhere=True), Permission.CATALOGUE_SPECIFICATION_EDIT)


@pytest.fixture
def signed_in(bank, client, settings):
    """In the demo bank, staff need no second factor."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    return partial(sign_in, bank, client)


NOBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


def certificate(bank, name="老年照护", level="初级", **values):
    given = {"credits": 300, "unit_id": CREDIT, "valid_months": None} | values
    return NewSpecification(
        kind=SpecificationKind.CERTIFICATE,
        name=Text(name, values.pop("name_en", "")),
        owner_id=bank.centre,
        issuer_id=bank.assessor,
        level=level,
        **{key: value for key, value in given.items() if key != "name_en"},
    )


def defined(bank, name="老年照护", level="初级", **values):
    return operations.define_specification(actor=SYSTEM, new=certificate(bank, name, level, **values), now=NOW)
