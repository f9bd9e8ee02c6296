"""The words of this room, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Final

from creditbank.kernel.text import Text

FILE_BYTES_MAX: Final = 300 * 1024 * 1024


class BatchStage(StrEnum):
    """Where a batch stands; `transitions.MOVES` is the table of what follows what."""

    RECEIVED = "received"
    CHECKING = "checking"
    UNREADABLE = "unreadable"
    REPORTED = "reported"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    POSTING = "posting"
    FAILED = "failed"
    POSTED = "posted"
    CANCELLED = "cancelled"


class Gone(StrEnum):
    """Why the sealed original of a batch was deleted."""

    ERASURE = "erasure"
    RETENTION = "retention"
    UNREADABLE = "unreadable"


class Step(StrEnum):
    """What a running job is at, for the progress that people watch."""

    WAITING = "waiting"
    READING = "reading"
    CHECKING = "checking"
    PEOPLE = "people"
    CATALOGUE = "catalogue"
    DUPLICATES = "duplicates"
    OPENING = "opening"
    POSTING = "posting"
    DONE = "done"


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a report. rows = kept + corrections + duplicates + refused_rows, always."""

    rows: int = 0
    kept: int = 0
    corrections: int = 0
    duplicates: int = 0
    refused_rows: int = 0
    mapped: int = 0
    people: int = 0
    accounts_opened: int = 0
    courses_proposed: int = 0
    credits_hundredths: int = 0

    def __post_init__(self) -> None:
        """Every row of the file is accounted for, once."""
        assert self.rows == self.kept + self.corrections + self.duplicates + self.refused_rows

    @property
    def postable(self) -> int:
        """How many rows would enter the book."""
        return self.kept + self.corrections


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """One row that was not taken, and why. The document number is masked."""

    row: int
    column: str
    code: str
    message_zh: str
    message_en: str
    more: int
    person_name: str
    document: str
    student_number: str
    written: str

    def message(self, language: str) -> str:
        """Return the sentence in a language."""
        return self.message_en if language == "en" else self.message_zh


@dataclass(frozen=True, slots=True)
class Progress:
    """How far the running job is."""

    step: Step = Step.WAITING
    done: int = 0
    total: int = 0


@dataclass(frozen=True, slots=True)
class Reading:
    """One verdict on a submitted batch."""

    reader: str
    verdict: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Batch:
    """One file that an institution handed in, and what became of it."""

    id: int
    public_id: str
    number: str
    organization_id: int
    title: str
    file_name: str
    file_size: int
    file_sha256: str
    template: str
    encoding: str
    stage: BatchStage
    progress: Progress
    counts: Counts
    uploaded_by: str
    uploaded_at: datetime
    checked_at: datetime | None
    submitted_by: str
    submitted_at: datetime | None
    posted_at: datetime | None
    refusal_code: str
    refusal_zh: str
    refusal_en: str
    root: str
    attempts: int = 0
    original_deleted_at: datetime | None = None
    original_deleted_why: Gone | None = None
    readings: tuple[Reading, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class KindOfRefusal:
    """One line of the report: a code, how many rows, and what to do."""

    code: str
    rows: int
    name_zh: str
    name_en: str
    remedy_zh: str
    remedy_en: str


@dataclass(frozen=True, slots=True)
class Place:
    """An institution that somebody deals with batches of."""

    id: int
    public_id: str
    name: Text


@dataclass(frozen=True, slots=True)
class BatchView:
    """A batch with the names that a page shows."""

    batch: Batch
    institution: Text
    institution_code: str
    people: Mapping[str, str]
    kinds: tuple[KindOfRefusal, ...]

    def person(self, reference: str) -> str:
        """Return the name behind an actor's reference; the system and unknown ones keep the reference."""
        return self.people.get(reference, reference)


@dataclass(frozen=True, slots=True)
class Traces:
    """By what one person is found in what institutions handed in.

    The keyed digests of their documents, the names they have or had, and pairs of an institution and a student
    number there.
    """

    digests: frozenset[bytes]
    names: frozenset[str]
    studies: frozenset[tuple[int, str]]
