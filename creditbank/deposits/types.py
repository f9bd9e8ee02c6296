"""The words of this room, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import datetime
from enum import StrEnum
from typing import Final

from creditbank.kernel.text import Text

#: What one file may have: tables of text are read as they come, workbooks and archives have to be in memory.
FILE_BYTES_MAX: Final = 4 * 1024**3
PACKED_BYTES_MAX: Final = 300 * 1024**2
#: What a piece of an upload in pieces may have at most.
PIECE_BYTES_MAX: Final = 8 * 1024**2
#: How large the original of one row may be.
ORIGINAL_BYTES_MAX: Final = 10 * 1024**2


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
    WITHDRAWN = "withdrawn"
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


class WaitingState(StrEnum):
    """What became of a row that waits for an account; `disputed` is a case now."""

    WAITING = "waiting"
    ENTERED = "entered"
    STORED = "stored"
    DISPUTED = "disputed"
    DROPPED = "dropped"
    ERASED = "erased"


class ConflictState(StrEnum):
    """What was decided where two institutions disagree: the first stands, the second, or both are achievements.

    Nothing had to be decided where the first withdrew.
    """

    OPEN = "open"
    FIRST = "first"
    SECOND = "second"
    BOTH = "both"
    WITHDRAWN = "withdrawn"


@dataclass(frozen=True, slots=True)
class Counts:
    """The sums of a report. rows = kept + corrections + duplicates + refused_rows + waiting + conflicts, always.

    `waiting` have nobody's account to enter, `conflicts` are kept aside until the management centre decides.
    `differently` counts names written otherwise than in the account, `tolerated` credits within the tolerance: rows
    that enter all the same. `fresh` counts rows to be posted that were obtained in the last 90 days.

    A row of the file that tells several achievements counts as so many here, and once in `file_rows`. Of these rows
    `old_codes` and `new_codes` are written in codes of one generation, `mixed_codes` in both.
    """

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
    waiting: int = 0
    conflicts: int = 0
    differently: int = 0
    tolerated: int = 0
    fresh: int = 0
    file_rows: int = 0
    old_codes: int = 0
    new_codes: int = 0
    mixed_codes: int = 0

    def __post_init__(self) -> None:
        """Every row of the file is accounted for, once."""
        aside = self.waiting + self.conflicts
        assert self.rows == self.kept + self.corrections + self.duplicates + self.refused_rows + aside

    def plus(self, other: "Counts") -> "Counts":
        """Return both together."""
        return Counts(**{each.name: getattr(self, each.name) + getattr(other, each.name) for each in fields(self)})

    @property
    def several(self) -> bool:
        """Whether rows of the file tell several achievements, so that there are two numbers to be told."""
        return self.file_rows not in {0, self.rows}

    @property
    def approvable(self) -> int:
        """How many rows an approval would let enter, wait for an account, or be decided about."""
        return self.postable + self.waiting + self.conflicts

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
    """How far the running job is: so many of so many rows of a step, as told at `at`.

    The step began at `since` with `begun` rows done.
    """

    step: Step = Step.WAITING
    done: int = 0
    total: int = 0
    begun: int = 0
    since: datetime | None = None
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Reading:
    """One verdict on a submitted batch."""

    reader: str
    verdict: str
    note: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """Somebody asked that a posted batch count no more; `verdict` is empty until a second person decides."""

    reason: str
    asked_by: str
    asked_at: datetime
    verdict: str = ""
    decided_by: str = ""
    decided_at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class OriginalRequest:
    """The second person asked for the original of one row of the sample; `answered_at` is None until it is given."""

    id: int
    row: int
    question: str
    asked_by: str
    asked_at: datetime
    answer: str = ""
    answered_by: str = ""
    answered_at: datetime | None = None
    file_name: str = ""
    file_size: int = 0


@dataclass(frozen=True, slots=True)
class Batch:
    """One file that an institution handed in, and what became of it.

    `all_or_nothing`: not a single row is posted while any row is refused. `withdrawn_at`: the rows count no more.
    `kinds`: how many rows each check refused. `checks`: the edition of the checks that looked at the file.
    """

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
    late_of: int | None = None
    attempts: int = 0
    original_deleted_at: datetime | None = None
    original_deleted_why: Gone | None = None
    readings: tuple[Reading, ...] = field(default=())
    all_or_nothing: bool = False
    withdrawn_at: datetime | None = None
    kinds: Mapping[str, int] = field(default_factory=dict)
    checks: str = ""

    @property
    def holds_back(self) -> bool:
        """Say whether refused rows keep all the others from being posted."""
        return self.all_or_nothing and self.counts.refused_rows > 0


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that comes in pieces: so many of its bytes are here. It becomes the batch of the same public id."""

    id: int
    public_id: str
    organization_id: int
    file_name: str
    title: str
    size: int
    offset: int
    sha256: str
    started_at: datetime
    touched_at: datetime

    @property
    def is_whole(self) -> bool:
        """Say whether nothing is missing."""
        return self.offset == self.size


@dataclass(frozen=True, slots=True)
class KindOfRefusal:
    """One line of the report: a code, how many rows, what to do, and the uppermost of the rows, where it is kept."""

    code: str
    rows: int
    name_zh: str
    name_en: str
    remedy_zh: str
    remedy_en: str
    example: RefusedRow | None = None


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
    institution_public_id: str
    people: Mapping[str, str]
    kinds: tuple[KindOfRefusal, ...]

    def person(self, reference: str) -> str:
        """Return the name behind an actor's reference; the system and unknown ones keep the reference."""
        return self.people.get(reference, reference)


@dataclass(frozen=True, slots=True)
class Head:
    """The headings of a table as they stand, and some rows under them with every word masked but its beginning."""

    headings: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Renaming:
    """A school's own names for the columns of a layout.

    `names` are headings to our names, `values` in some columns their words to ours, `fixed` what every row has in a
    column that is not in the file; `name` is what the school calls it all.
    """

    layout: str
    names: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True, slots=True)
class ColumnChoice:
    """One column of a layout as a form asks for it: the codes that may stand in it, and whether words may for codes."""

    name: str
    heading: Text
    required: bool
    codes: tuple[tuple[str, Text], ...]
    takes_words: bool


@dataclass(frozen=True, slots=True)
class ColumnTable:
    """A layout whose columns may have names of a school's own."""

    code: str
    name: Text
    columns: tuple[ColumnChoice, ...]


@dataclass(frozen=True, slots=True)
class Profile:
    """An institution's own names for the columns of a layout, in one edition.

    `headings` are those of the file it was made for, `names` say which of them is which column, `values` which words
    of a column stand for which of the bank's, `fixed` what every row has in a column that the file does not.
    """

    public_id: str
    organization_id: int
    name: str
    edition: int
    layout: str
    headings: tuple[str, ...]
    names: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]
    fixed: Mapping[str, str]
    made_by: str
    made_at: datetime


@dataclass(frozen=True, slots=True)
class Traces:
    """By what one person is found in what institutions handed in.

    The keyed digests of their documents, the names they have or had, pairs of an institution and a student number
    there, and the numbers of their accounts.
    """

    digests: frozenset[bytes]
    names: frozenset[str]
    studies: frozenset[tuple[int, str]]
    learner_ids: frozenset[int] = frozenset()
