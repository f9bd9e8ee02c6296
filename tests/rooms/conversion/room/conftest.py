"""A centre, two schools and an expert group, and the people who write, read and publish their rule books."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import partial

import pytest

from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.permissions import Permission as P
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind as Kind
from tests.rooms.conversion.room import desks

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
AFTER_NOTICE = NOW + timedelta(days=7)
SYSTEM = system("command-line")
NOBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


@dataclass(frozen=True)
class Bank:
    centre: int
    school: int
    other_school: int
    group: int


def opened(code, kind, name, parent=None):
    return organizations.open_organization(
        actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=NOW
    ).id


def small_bank():
    centre = opened("YJ-CENTRE", Kind.CENTRE, "云江学分银行管理中心")
    return Bank(
        centre=centre,
        school=opened("4131012044", Kind.INSTITUTION, "云江第二工业大学", centre),
        other_school=opened("4131010251", Kind.INSTITUTION, "云江理工大学", centre),
        group=opened("YJ-XG", Kind.EXPERT_GROUP, "云江信息技术专家组", centre),
    )


@pytest.fixture
def bank(db):
    return small_bank()


def person(number, place, *permissions, name="李明"):
    reach = Reach(organizations=frozenset({place}))
    return Actor(ActorKind.STAFF, number, name, tuple(Grant(each, reach) for each in permissions))


@dataclass(frozen=True)
class People:
    """Li writes for the school, Wang and Chen read there, Zhao publishes; Sun reads at the other school."""

    li: Actor
    wang: Actor
    chen: Actor
    zhao: Actor
    sun: Actor


def people_of(bank):
    return People(
        li=person(1, bank.school, P.CONVERSION_BOOK_DRAFT, P.CONVERSION_BOOK_READ),
        wang=person(2, bank.school, P.CONVERSION_BOOK_READ, name="王芳"),
        chen=person(3, bank.school, P.CONVERSION_BOOK_READ, name="陈静"),
        zhao=person(4, bank.school, P.CONVERSION_BOOK_PUBLISH, name="赵敏"),
        sun=person(5, bank.other_school, P.CONVERSION_BOOK_READ, name="孙伟"),
    )


@pytest.fixture
def people(bank):
    return people_of(bank)


@pytest.fixture
def signed_in(bank, client, settings):
    """Sign people in by their login; in the demo bank, staff need no second factor."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    return partial(desks.sign_in, bank, client, NOW)
