"""A school, three courses, two learners, and entries in the book; the people who act on them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

import polars as pl
import pytest

from creditbank.archive import canonical, operations, queries
from creditbank.archive.types import EntryKey, Posting
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewCourse
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach, system
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text, fold
from creditbank.learners import operations as learners
from creditbank.learners.types import NewPerson
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind as Kind

Row = dict[str, int | None]
NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
SYSTEM = system("command-line")
COURSES = ("护理学基础", "老年照护", "高等数学")
IDENTITIES = ("310199199001010018", "310199199202020026", "310199199303030030")


@dataclass(frozen=True)
class Bank:
    """`learners` and `courses` are internal numbers, in the order of `IDENTITIES` and `COURSES`."""

    school: int
    other_school: int
    learners: tuple[int, ...]
    courses: tuple[int, ...]

    def row(self, learner: int = 0, course: int = 0, **values: int | None) -> Row:
        """Return one entry as a row of a frame."""
        given: Row = {"obtained": 20260600, "part": 0, "revision": 0, "enrolment": 0, "credits": 300, "hours": 4800}
        given |= {"grade": 8550, "grade_scale": 1, "unit_id": 1}
        return given | {"learner_id": self.learners[learner], "specification_id": self.courses[course]} | values

    def key(self, learner: int = 0, course: int = 0, **values: int) -> EntryKey:
        learner_id, specification_id = self.learners[learner], self.courses[course]
        return EntryKey(learner_id, self.school, specification_id, **{"obtained": 20260600, "part": 0, **values})


def small_bank() -> Bank:
    def opened(code: str, kind: Kind, name: str, parent: int | None = None) -> int:
        return organizations.open_organization(
            actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name), now=NOW
        ).id

    centre = opened("YJ-CENTRE", Kind.CENTRE, "云江学分银行管理中心")
    school = opened("4131012044", Kind.INSTITUTION, "云江第二工业大学", centre)
    other = opened("4131010251", Kind.INSTITUTION, "云江理工大学", centre)
    people = [NewPerson(name="张三", document=Document(DocumentKind.RESIDENT_ID, number)) for number in IDENTITIES]
    ids = learners.open_many(actor=SYSTEM, organization_id=school, people=people, now=NOW)
    courses = [NewCourse(name=name, credits=300) for name in COURSES]
    numbers = catalogue.propose_courses(actor=SYSTEM, organization_id=school, courses=courses, now=NOW)
    return Bank(
        school=school,
        other_school=other,
        learners=tuple(ids[person.document] for person in people),
        courses=tuple(numbers[fold(name)] for name in COURSES),
    )


def frame(rows: Sequence[Row]) -> pl.DataFrame:
    """Return rows as a part that `post_many` takes."""
    return pl.DataFrame(rows, schema=canonical.COLUMNS)


def posted(
    bank: Bank, rows: Sequence[Row], *, reference: str = "2026-0001", number: str = "", actor: Actor = SYSTEM
) -> tuple[Posting, list[bytes]]:
    """Post rows as one batch and return the finished posting and its commitments."""
    given = {"actor": actor, "organization_id": bank.school, "number": number or reference, "now": NOW}
    posting = operations.begin_posting(reference=reference, **given)
    operations.post_many(actor=actor, posting=posting, frames=[frame(rows)])
    end = {"actor": actor, "file_digest": "ab" * 32, "now": NOW}
    return operations.finish_posting(posting=posting, **end), queries.leaves(posting.id)


@pytest.fixture
def bank(db: None) -> Bank:
    return small_bank()


@pytest.fixture
def li(bank: Bank) -> Actor:
    """Li approves batches of the school and sees its entries."""
    here = Reach(organizations=frozenset({bank.school}))
    held = (Permission.DEPOSITS_BATCH_APPROVE, Permission.ARCHIVE_ENTRY_VIEW)
    return Actor(ActorKind.STAFF, 1, "李明", tuple(Grant(permission, here) for permission in held))
