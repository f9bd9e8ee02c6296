"""The demonstration bank before its first deposit: organizations, staff, frameworks and the catalogue."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, TypeAlias

from django.utils import timezone

from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import (
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewProgramme,
    NewSpecification,
    ProgrammeCourse,
    RequirementGroup,
    SpecificationKind,
)
from creditbank.cli import demo_studies, demo_tables
from creditbank.cli.demo_tables import hundredths
from creditbank.framework import operations as framework, queries as units
from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations, queries as grants
from creditbank.organizations.types import Extent, Organization, OrganizationKind, Role

BUILDER: Final = system("demo-builder")
#: One for everybody, told on the sign-in page; it guards nothing but invented people.
PASSWORD: Final = "xueyin-demo-2026"  # noqa: S105
#: Whose courses stand in the catalogue before they are deposited; at the others, deposits propose what is new.
REGISTERING: Final = frozenset({demo_studies.SECOND_SCHOOL})
COURSE_CREDIT: Final = "cn.he.credit"
FRAMEWORK_CREDIT: Final = "framework.credit"
#: Entries of the catalogue by issuer and code.
Numbers: TypeAlias = dict[tuple[str, str], int]

_KINDS: Final = {
    "x-certificate": SpecificationKind.CERTIFICATE,
    "graded-examination": SpecificationKind.CERTIFICATE,
    "occupational-qualification": SpecificationKind.QUALIFICATION,
    "training-certificate": SpecificationKind.TRAINING,
    "competition": SpecificationKind.COMPETITION,
    "patent": SpecificationKind.PATENT,
    "copyright": SpecificationKind.PATENT,
    "service": SpecificationKind.MILITARY_SERVICE,
}
_COURSE_KINDS: Final = {"基础": CourseKind.FOUNDATION, "核心": CourseKind.CORE, None: CourseKind.OTHER}


@dataclass(frozen=True, slots=True)
class House:
    """What later steps look up: organizations by code, and the id and name of staff by sign-in name."""

    places: dict[str, Organization]
    staff: dict[str, tuple[int, str]]

    def actor(self, login: str, *, now: datetime) -> Actor:
        """Return a member of staff as the pages would let them act on that day."""
        number, name = self.staff[login]
        held = grants.grants_of(number, on=timezone.localdate(now))
        return Actor(kind=ActorKind.STAFF, id=number, name=name, grants=held)

    def holder(self, role: Role, *, at: str) -> str:
        """Return the sign-in name of who holds a role at an organization."""
        return next(row.login for row in demo_tables.staff() if row.organization == at and row.role == role)


def build(*, now: datetime) -> House:
    """Build everything that stands before the first deposit, and return where to find it."""
    places = _organizations(now)
    house = House(places=places, staff=_staff(places, now))
    framework.publish_examples(actor=BUILDER, now=now)
    parts = _courses(places, now) | _certificates(places, now)
    _certification_units(places, parts, now)
    return house


def _organizations(now: datetime) -> dict[str, Organization]:
    places: dict[str, Organization] = {}
    for row in demo_tables.organizations():
        places[row.code] = organizations.open_organization(
            actor=BUILDER,
            parent_id=None if row.parent is None else places[row.parent].id,
            code=row.code,
            kind=OrganizationKind(row.kind),
            name=row.name,
            region_code=row.region,
            registers_courses=row.code in REGISTERING,
            now=now,
        )
    return places


def _staff(places: dict[str, Organization], now: datetime) -> dict[str, tuple[int, str]]:
    found: dict[str, tuple[int, str]] = {}
    for row in demo_tables.staff():
        place = places[row.organization]
        user = identity.create_staff(
            actor=BUILDER,
            organization_id=place.id,
            login=row.login,
            name=row.name,
            password=PASSWORD,
            must_change_password=False,
            now=now,
        )
        organizations.appoint(
            actor=BUILDER,
            organization_id=place.id,
            user_id=user.id,
            role=Role(row.role),
            extent=Extent(row.reach),
            now=now,
        )
        found[row.login] = (user.id, row.name)
    return found


def _courses(places: dict[str, Organization], now: datetime) -> Numbers:
    """Define what each school offers, and then the programmes that ask for it."""
    unit = units.units()[COURSE_CREDIT].id
    rows = demo_tables.courses()
    new = [
        NewSpecification(
            kind=SpecificationKind.COURSE,
            name=row.name,
            owner_id=places[row.school].id,
            issuer_id=places[row.school].id,
            code=row.code,
            credits=hundredths(row.credits),
            unit_id=unit,
            hours=hundredths(row.hours),
            category=row.category,
        )
        for row in rows
    ]
    defined = catalogue.define_many(actor=BUILDER, new=new, now=now)
    numbers = {(row.school, row.code): each.id for row, each in zip(rows, defined, strict=True)}
    for programme in demo_tables.programmes():
        school = programme["school"]
        catalogue.define_programme(
            actor=BUILDER,
            new=NewProgramme(
                organization_id=places[school].id,
                code=programme["code"],
                name=Text(programme["name_zh"], programme["name_en"]),
                credits_required=hundredths(programme["credits_required"]),
                unit_id=unit,
                level_code=programme["level"],
                category_code=programme["category"],
                groups=tuple(_group(group, school, numbers) for group in programme["groups"]),
            ),
            now=now,
        )
    return numbers


def _group(group: dict[str, Any], school: str, numbers: Numbers) -> RequirementGroup:
    courses = tuple(
        ProgrammeCourse(
            specification_id=numbers[school, course["code"]],
            nature=Nature(group["code"]),
            kind=_COURSE_KINDS[course["kind"]],
            credits=hundredths(course["credits"]),
        )
        for course in group["courses"]
    )
    name = Text(group["name_zh"], group["name_en"])
    return RequirementGroup(group["code"], name, hundredths(group["credits_required"]), courses)


def _certificates(places: dict[str, Organization], now: datetime) -> Numbers:
    rows = [(row, level) for row in demo_tables.certificates() for level in row["levels"]]
    unit = units.units()[COURSE_CREDIT].id
    new = [
        NewSpecification(
            kind=_KINDS[row["kind"]],
            name=Text(row["name_zh"], row["name_en"]),
            owner_id=places[row["issuer"]].id,
            issuer_id=places[row["issuer"]].id,
            code=level["code"],
            level=level["name_zh"],
            framework_level=_framework_level(level),
            credits=None if level["credit_value"] is None else hundredths(level["credit_value"]),
            unit_id=unit,
            category=row["kind_zh"],
            valid_months=level["valid_months"],
        )
        for row, level in rows
    ]
    defined = catalogue.define_many(actor=BUILDER, new=new, now=now)
    return {(row["issuer"], level["code"]): each.id for (row, level), each in zip(rows, defined, strict=True)}


def _certification_units(places: dict[str, Organization], parts: Numbers, now: datetime) -> None:
    unit = units.units()[FRAMEWORK_CREDIT].id
    for row in demo_tables.certification_units():
        new = NewCertificationUnit(
            owner_id=places["YJ-CENTRE"].id,
            code=row["code"],
            name=Text(row["name_zh"], row["name_en"]),
            level=row["level"],
            framework_level=row["framework_level"],
            credits=hundredths(row["credits"]),
            unit_id=unit,
            specification_ids=tuple(parts[part] for part in row["parts"]),
        )
        catalogue.define_certification_unit(actor=BUILDER, new=new, now=now)


def _framework_level(level: dict[str, Any]) -> int | None:
    """Return the level of a certificate in the published example of ten, which begins one lower than the data's."""
    placed = level["framework_levels"]
    return None if placed is None else placed["YJ-LAF-10"] - 1
