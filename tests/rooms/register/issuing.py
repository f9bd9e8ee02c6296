"""An issuer with two certificates in the catalogue, and lists of it as CSV."""

import csv
import io
from dataclasses import dataclass

from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners
from creditbank.learners.types import NewPerson
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind as Kind
from creditbank.register import operations
from creditbank.register.told import COLUMNS
from tests.conftest import NOW
from tests.rooms.learners.people import document

SYSTEM = system("test")
DAY = "2026-06-28"


@dataclass(frozen=True)
class Issuer:
    """`care` has the levels 初级 and 中级, in this order; `english` has a code and no level."""

    id: int
    public_id: str
    elsewhere: int
    care: tuple[int, int]
    english: int
    learner_id: int

    @property
    def learner(self):
        return Actor(ActorKind.LEARNER, 900, "林晓岚", learner_id=self.learner_id)


def sheet(*rows, headings=None, separator=","):
    """Return a list as CSV; each row is a mapping that changes a good one."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator)
    writer.writerow(headings or [COLUMNS[column].zh for column in COLUMNS])
    for row in rows:
        writer.writerow([{**good(), **row}[column] for column in COLUMNS])
    return text.getvalue().encode()


def good():
    person = document(9).number
    first = {"number": "YJ0001", "name": "林晓岚", "document": person, "certificate": "大学英语四级", "level": ""}
    return {**first, "issued": DAY, "until": "", "status": "", "note": ""}


def small_issuer():
    def opened(code, name):
        given = {"actor": SYSTEM, "parent_id": None, "now": NOW}
        return organizations.open_organization(code=code, kind=Kind.ISSUER, name=Text(name), **given)

    here, there = opened("YJ-CARE", "云江照护评价中心"), opened("YJ-ELSE", "另一家评价机构")

    def new(name, **more):
        given = {"kind": SpecificationKind.CERTIFICATE, "owner_id": here.id, "issuer_id": here.id}
        return NewSpecification(name=Text(name), credits=300, unit_id=1, **given, **more)

    wanted = [new("老年照护", level="初级"), new("老年照护", level="中级"), new("大学英语四级", code="CET-4")]
    catalogue.define_many(actor=SYSTEM, new=wanted, now=NOW)
    found = {(each.name.zh, each.level): each.id for each in specifications.search("老年照护")}
    [english] = specifications.by_codes(["CET-4"])
    people = [NewPerson("林晓岚", document(9))]
    opened_ids = learners.open_many(actor=SYSTEM, organization_id=here.id, people=people, now=NOW)
    care = (found["老年照护", "初级"], found["老年照护", "中级"])
    return Issuer(here.id, here.public_id, there.id, care, english.id, opened_ids[document(9)])


def entered(issuer, *rows, name="证书.csv"):
    """Let rows enter the register by the bank's own hand."""
    given = {"actor": SYSTEM, "organization_id": issuer.id, "now": NOW}
    return operations.load_at_once(file_name=name, content=[sheet(*rows)], **given)
