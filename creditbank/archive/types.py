"""The words of this room, as plain frozen values."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from functools import lru_cache
from typing import Final

from creditbank.catalogue.types import SpecificationKind
from creditbank.enrolments.types import Enrolment
from creditbank.kernel.credits import Unit
from creditbank.kernel.grades import Grade, Scale, label, label_en
from creditbank.kernel.text import Text
from creditbank.learners.types import Learner

MERGE_PREFIX: Final = "merge-"
"""How the references of postings begin that write a merged account's entries again; no batch's number has a hyphen."""

PROOF_FORM: Final = "archive.entry_proof.v1"

KIND_NAMES: Final = {
    SpecificationKind.COURSE: Text("课程", "Course"),
    SpecificationKind.ACADEMIC_CREDENTIAL: Text("学历学位", "Academic credential"),
    SpecificationKind.CERTIFICATE: Text("证书", "Certificate"),
    SpecificationKind.QUALIFICATION: Text("职业资格", "Qualification"),
    SpecificationKind.TRAINING: Text("培训", "Training"),
    SpecificationKind.COMMUNITY_COURSE: Text("社区教育课程", "Community course"),
    SpecificationKind.INTERNSHIP: Text("实习", "Internship"),
    SpecificationKind.COMPETITION: Text("竞赛", "Competition"),
    SpecificationKind.WORK_EXPERIENCE: Text("工作经历", "Work experience"),
    SpecificationKind.MEMBERSHIP: Text("会员资格", "Membership"),
    SpecificationKind.PATENT: Text("专利", "Patent"),
    SpecificationKind.MILITARY_SERVICE: Text("服役经历", "Military service"),
}


@dataclass(frozen=True, slots=True, order=True)
class EntryKey:
    """What finds an entry for ever: integers only, the learner first.

    `obtained` is a partial date as yyyymmdd with 00 for what is unknown; `part` tells apart
    what else would collide (certificate number, award, attempt; 0 for courses).
    """

    learner_id: int
    organization_id: int
    specification_id: int
    obtained: int
    part: int = 0


@dataclass(frozen=True, slots=True)
class Entry:
    """One achievement in force: the highest revision of posted batches. Credits and hours in hundredths."""

    key: EntryKey
    revision: int
    posting_id: int
    enrolment: int
    credits: int | None
    unit_id: int
    hours: int | None
    grade: Grade
    posted_at: datetime


class JournalKind(StrEnum):
    """What may happen to an entry besides lying in the archive."""

    HOLD = "hold"
    USE = "use"
    RELEASE = "release"
    REVERSAL = "reversal"


@dataclass(frozen=True, slots=True)
class JournalRow:
    """One line of the journal: append-only, numbered within the learner."""

    learner_id: int
    number: int
    kind: JournalKind
    key: EntryKey
    scope: str
    reference: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """An entry that is held or used now, in one scope."""

    key: EntryKey
    scope: str
    kind: JournalKind


@dataclass(frozen=True, slots=True)
class Total:
    """Credits of one unit in hundredths, or contact hours where `unit_id` is that of 学时."""

    unit_id: int
    hundredths: int


@dataclass(frozen=True, slots=True)
class Posting:
    """One batch as the book sees it. Its entries are invisible until `posted_at` is set, and count till `withdrawn_at`.

    `number` is what people call the batch, empty where an account was merged; `rows` are those written so far.
    """

    id: int
    organization_id: int
    reference: str
    number: str
    rows: int
    root: bytes | None
    posted_at: datetime | None
    withdrawn_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ending:
    """How an entry ends: what the posting that ends it is called by machines and by people, and why."""

    reference: str
    number: str
    reason: str


@dataclass(frozen=True, slots=True)
class InUse:
    """What keeps a batch from being withdrawn, in entries.

    Held, used, converted by another batch, corrected since, of accounts merged since.
    """

    held: int = 0
    used: int = 0
    converted: int = 0
    corrected: int = 0
    moved: int = 0


@dataclass(frozen=True, slots=True)
class Correction:
    """An entry of a batch that replaced an earlier value, and that value as it stood before."""

    new: Entry
    old: Entry


def tree_of(posting_id: int) -> str:
    """Return what the tree of a batch is called where trees are kept."""
    return f"batch-{posting_id}"


@dataclass(frozen=True, slots=True)
class ArchivedAchievement:
    """An entry with the names that a page shows. `claimed` is "hold", "use" or None."""

    entry: Entry
    name: Text
    kind: str
    level: str
    specification_public_id: str
    source: Text
    source_code: str
    unit: Unit
    unit_name: Text
    claimed: JournalKind | None

    @property
    def obtained(self) -> int:
        """The partial date on which it was obtained."""
        return self.entry.key.obtained

    @property
    def revision(self) -> int:
        """How many revisions came before."""
        return self.entry.revision

    @property
    def credits(self) -> int | None:
        """Hundredths of its unit."""
        return self.entry.credits

    @property
    def hours(self) -> int | None:
        """Hundredths of contact hours."""
        return self.entry.hours

    @property
    def unit_id(self) -> int:
        """The unit of its credits."""
        return self.entry.unit_id

    @property
    def year(self) -> int:
        """The year it was obtained in."""
        return self.entry.key.obtained // 10000

    @property
    def kind_name(self) -> Text:
        """The kind of achievement in words."""
        return KIND_NAMES[SpecificationKind(self.kind)]

    @property
    def address(self) -> str:
        """What finds the entry among its holder's: source, specification, date and part, by their public names."""
        key = self.entry.key
        return f"{self.source_code}-{self.specification_public_id}-{key.obtained:08d}-{key.part}"

    @property
    def grade(self) -> Text:
        """The grade in words, on its own scale; empty where none was given."""
        return grade_text(self.entry.grade)


@dataclass(frozen=True, slots=True)
class WithdrawnAchievement:
    """An achievement that counted until its batch was withdrawn; `reference` and `number` are the batch's."""

    achievement: ArchivedAchievement
    at: datetime
    reference: str
    number: str


@dataclass(frozen=True, slots=True)
class EntryProof:
    """What lets anybody check one entry against its batch's root, without the bank.

    `batch` is the batch's reference, `number` what people call it; it is empty where an account was merged.
    `withdrawn_at` is when the batch was withdrawn: the entry is proved to have stood, and counts no more.
    """

    form: str
    salt: bytes
    commitment: bytes
    index: int
    size: int
    path: tuple[bytes, ...]
    root: bytes
    batch: str
    number: str
    withdrawn_at: datetime | None = None

    @property
    def document(self) -> dict[str, object]:
        """The proof as a document for a file: bytes are hexadecimal, `entry` is the canonical text as it was hashed.

        `withdrawn` says when the batch was withdrawn, in UTC; it is there only where that happened.
        """
        withdrawn = {} if self.withdrawn_at is None else {"withdrawn": self.withdrawn_at.astimezone(UTC).isoformat()}
        return {
            "form": PROOF_FORM,
            "entry": self.form,
            "salt": self.salt.hex(),
            "commitment": self.commitment.hex(),
            "batch": self.batch,
            "index": self.index,
            "size": self.size,
            "path": [sibling.hex() for sibling in self.path],
            "root": self.root.hex(),
            **withdrawn,
        }


@dataclass(frozen=True, slots=True)
class Provenance:
    """One conversion: what it became, what it was, the batch that tells of it, and the partial date of converting."""

    target: EntryKey
    source: EntryKey
    posting_id: int
    converted: int


@dataclass(frozen=True, slots=True)
class Converted:
    """The other end of a conversion, and the partial date on which it was converted."""

    achievement: ArchivedAchievement
    converted: int


@dataclass(frozen=True, slots=True)
class MoveCounts:
    """What a merging did in the book: entries written again, achievements that both had, claims taken over."""

    entries: int
    doubled: int
    claims: int


@dataclass(frozen=True, slots=True)
class BookFigures:
    """How much the book holds."""

    entries: int
    learners: int


def grade_text(grade: Grade) -> Text:
    """Return a grade in both languages; figures and letters need no translation."""
    return grade_in_words(grade.scale, grade.value)


@lru_cache(maxsize=16_384)  # more than there are grades
def grade_in_words(scale: int, value: int) -> Text:
    """Return the same by the numbers on disk."""
    grade = Grade(Scale(scale), value)
    return Text(label(grade), label_en(grade))


@dataclass(frozen=True, slots=True)
class Sum:
    """So many hundredths of one unit, with the unit's name."""

    unit: Text
    hundredths: int


@dataclass(frozen=True, slots=True)
class NamedEnrolment:
    """An enrolment with the name of its school."""

    enrolment: Enrolment
    school: Text


@dataclass(frozen=True, slots=True)
class Revision:
    """One state of an entry: as it was deposited, or as it was corrected, and the number of its batch.

    The number is empty where an account was merged. `withdrawn_at` is when the batch was withdrawn; where it `ends`
    what stood before, no earlier state counts again, until it is lifted: `lifted_at`.
    """

    entry: Entry
    unit: Text
    number: str
    root: bytes
    reference: str = ""
    withdrawn_at: datetime | None = None
    ends: bool = False
    lifted_at: datetime | None = None

    @property
    def grade(self) -> Text:
        """The grade in words."""
        return grade_text(self.entry.grade)


@dataclass(frozen=True, slots=True)
class EntryPage:
    """One achievement with its revisions, the newest first, and the enrolment that it points to, if any.

    One whose batch was withdrawn is shown as it last stood, with `withdrawn`. `sources` are what it was converted from,
    `targets` what it was converted into.
    """

    learner: Learner
    achievement: ArchivedAchievement
    revisions: tuple[Revision, ...]
    enrolment: NamedEnrolment | None
    journal: tuple[JournalRow, ...]
    withdrawn: WithdrawnAchievement | None = None
    sources: tuple[Converted, ...] = ()
    targets: tuple[Converted, ...] = ()

    @property
    def current(self) -> Revision:
        """The state in force, or the last one where the batch was withdrawn."""
        return next((each for each in self.revisions if each.withdrawn_at is None or each.ends), self.revisions[0])

    @property
    def deposited(self) -> tuple[Revision, ...]:
        """The states that somebody deposited, the newest first: what only ends those before says nothing new."""
        return tuple(each for each in self.revisions if not each.ends)

    @property
    def stood(self) -> Revision:
        """The state in force, or the last one that was."""
        return next((each for each in self.deposited if each.withdrawn_at is None), self.deposited[0])

    @property
    def corrections(self) -> int:
        """How often the values were corrected, what was withdrawn not counted."""
        return max(0, sum(each.withdrawn_at is None for each in self.revisions) - 1)
