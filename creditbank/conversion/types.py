"""The words of this room, as plain frozen values: books, their editions and readings, goals, what is worth what."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any, Final

from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text


class BookKind(StrEnum):
    """Who may be bound by a book; the same words as in the document."""

    GUIDANCE = "guidance"
    INSTITUTIONAL = "institutional"
    AGREEMENT = "agreement"
    AWARD = "award"


class EditionStage(StrEnum):
    """Where an edition of a rule book stands; nothing in it changes after `draft`."""

    DRAFT = "draft"
    READING = "reading"
    NOTICE = "notice"
    PUBLISHED = "published"
    SUCCEEDED = "succeeded"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


#: Stages in which everybody may read an edition; a withdrawn one only if it had been public before.
PUBLIC_STAGES: Final = frozenset({EditionStage.NOTICE, EditionStage.PUBLISHED, EditionStage.SUCCEEDED})
#: Stages in which an edition decides what is converted on a day within its period.
RULING_STAGES: Final = frozenset({EditionStage.PUBLISHED, EditionStage.SUCCEEDED, EditionStage.WITHDRAWN})


class Side(StrEnum):
    """For whom a reader reads: the owner, or the other party of an agreement."""

    OWNER = "owner"
    PARTNER = "partner"


class Verdict(StrEnum):
    """What a reader says of an edition."""

    APPROVE = "approve"
    RETURN = "return"
    REFUSE = "refuse"


class GoalKind(StrEnum):
    """What a learner works towards."""

    PROGRAMME = "programme"
    AWARD = "award"
    OCCUPATION = "occupation"


@dataclass(frozen=True, slots=True)
class RuleBook:
    """A book as the bank keeps it; `uri` is the id inside its documents.

    `receiver_id` and `partner_id` stand for agreements only: who takes the credits in, and the party beside the owner.
    """

    id: int
    public_id: str
    uri: str
    kind: BookKind
    owner_id: int
    receiver_id: int | None
    partner_id: int | None
    title: Text


@dataclass(frozen=True, slots=True)
class Edition:
    """One edition of a book without its document; `digest` is `sha256:` and the hex of the JCS bytes.

    `starts` and `ends` are the days in force, both included, `ends` cut short by a successor or a withdrawal.
    """

    id: int
    public_id: str
    book: RuleBook
    edition: str
    stage: EditionStage
    digest: str
    rules: int
    cases: int
    starts: date
    ends: date | None
    drafted_by: int
    drafted_at: datetime
    submitted_at: datetime | None
    notice_until: date | None
    published_at: datetime | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What one reader said of one edition, and for whom; a text handed in again is read in a new round."""

    reader_id: int
    reader_name: str
    side: Side
    verdict: Verdict
    remarks: str
    at: datetime
    round: int


@dataclass(frozen=True, slots=True)
class Report:
    """A problem with a rule that one side reported; settled once `settled_at` is there."""

    rule: str
    side: Side
    reason: str
    reported_at: datetime
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class Details:
    """One edition with everything a page shows beside its document; `readings` are those of this round.

    `adopted` is the edition of the guidance that this one adopts, `drafted_by` the name of who began it.
    """

    edition: Edition
    document: dict[str, Any]
    owner: Text
    partner: Text | None
    readings: tuple[Reading, ...]
    earlier: tuple[Reading, ...]
    readings_needed: int
    editions: tuple[Edition, ...]
    reports: tuple[Report, ...]
    drafted_by: str
    writers: frozenset[int]
    adopted: Edition | None


@dataclass(frozen=True, slots=True)
class Goal:
    """What a learner works towards, and the outcomes they pin or hold back.

    `target` is the public id of a programme, `AwardWorth.target`, or the code of an occupation.
    """

    learner_id: int
    kind: GoalKind
    target: str
    keep: tuple[str, ...] = ()
    avoid: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of editions is narrowed to; empty values narrow nothing. `mine`: the actor's own desk alone."""

    text: str = ""
    kind: BookKind | None = None
    stage: EditionStage | None = None
    owner_id: int | None = None
    in_force_on: date | None = None
    mine: bool = False
    sort: str = "newest"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list of editions, with the name of the owner."""

    edition: Edition
    owner: Text


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Worth:
    """What an archive frees in one programme: credits in hundredths of the programme's unit (the value, not a plan).

    `enrolled` says whether the learner studies it, `held` what counts there already as passed, both by the bank's
    records. `editions` are the rule books that were asked. Where the value could not be worked out, `credits` is None
    and `refusal` says why.
    """

    programme_public_id: str
    programme: Text
    institution: Text
    enrolled: bool
    credits: int | None
    held: int
    credits_required: int
    unit: Text
    editions: tuple[str, ...] = ()
    refusal: Refusal | None = None

    @property
    def missing(self) -> int | None:
        """What is still to be earned once everything is converted, in hundredths; None where nobody can tell."""
        if self.credits is None:
            return None
        return max(0, self.credits_required - self.held - self.credits)


@dataclass(frozen=True, slots=True)
class AwardWorth:
    """How far an archive reaches towards an award: needs met of all, credits that count, and still needed, hundredths.

    `target` names it in addresses and goals: the public id of its book, `#`, and the award's own id. Where that could
    not be worked out, `needs` is 0 and `refusal` says why.
    """

    target: str
    title: Text
    owner: Text
    attained: bool
    needs: int
    met: int
    still_needed: int | None
    unit: Text
    refusal: Refusal | None = None
    credits: int = 0


@dataclass(frozen=True, slots=True)
class Supposed:
    """An achievement that somebody only supposes to hold: a specification by its public id, a grade as one writes it.

    Without a grade it is taken as passed, without a day as obtained today.
    """

    specification: str
    grade: str = ""
    obtained: date | None = None


#: Levels of the field as an English page says them; others stay as their issuer writes them.
LEVELS_EN: Final = {
    "初级": "elementary",
    "中级": "intermediate",
    "高级": "advanced",
    "一级": "level 1",
    "二级": "level 2",
    "三级": "level 3",
    "四级": "level 4",
    "五级": "level 5",
    "六级": "level 6",
    "三等奖": "third prize",
    "二等奖": "second prize",
    "一等奖": "first prize",
    "特等奖": "grand prize",
}


@dataclass(frozen=True, slots=True)
class Named:
    """What a code of a rule book stands for: a specification or course with its name, for a page."""

    code: str
    name: Text
    level: str = ""
    public_id: str = ""

    @property
    def title(self) -> Text:
        """The name with the level behind it."""
        if not self.level:
            return self.name
        level = LEVELS_EN.get(self.level, self.level)
        return Text(f"{self.name.zh}（{self.level}）", f"{self.name.en} ({level})" if self.name.en else "")
