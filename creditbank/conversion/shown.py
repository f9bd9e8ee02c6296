"""A rule book as plain frozen values in words: what pages show of a document that may still be a draft."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from creditbank.conversion.told import Cited
from creditbank.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Note:
    """Something found in a document: `severity` is fault, refuse, warn or propose; `place` the part it lies in.

    `place` is the name of a list of the document and the position in it, or the field of the head and -1.
    """

    severity: str
    text: Text
    path: str
    place: tuple[str, int]


class Standing(StrEnum):
    """Where one side of an agreement stands on one rule."""

    UNREAD = "unread"
    APPROVED = "approved"
    PROBLEM = "problem"
    RESOLVED = "resolved"
    ELSEWHERE = "elsewhere"


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule; without a sentence it cannot be read. `change` says how it departs from adopted guidance, and why.

    `standings` say for an agreement where each side stands, by its name.
    """

    number: int
    id: str
    title: Text | None
    sentence: Text | None
    cites: tuple[Cited, ...]
    notes: tuple[Note, ...] = ()
    change: str = ""
    reason: Text | None = None
    reported: bool = False
    standings: tuple[tuple[Text, Standing], ...] = ()


@dataclass(frozen=True, slots=True)
class CapShown:
    """One cap; `change` and `reason` as those of a rule."""

    number: int
    id: str
    sentence: Text | None
    notes: tuple[Note, ...] = ()
    change: str = ""
    reason: Text | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """One thing that a case expects, or that came of it: which field, what in words, and the codes behind the words."""

    field: str
    text: Text
    codes: str = ""


@dataclass(frozen=True, slots=True)
class Differs:
    """One thing in which a case came out otherwise: what of, what was expected and what was found, in words."""

    field: str
    of: Text
    expected: Text
    found: Text


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One case: what is given and expected in words; `passes` is None where it was not run.

    `refused` says in words why no plan could be made for it.
    """

    number: int
    id: str
    title: Text | None
    given: Text
    programme: Text | None
    expected: tuple[Expected, ...]
    passes: bool | None = None
    differences: tuple[Differs, ...] = ()
    refused: Text | None = None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class Tried:
    """A case as it is being written: in words, and what comes of it by the rules as they stand."""

    shown: CaseShown
    outcome: tuple[Expected, ...]


@dataclass(frozen=True, slots=True)
class NeedShown:
    """One line of what an award asks for; `depth` says how deep it stands."""

    depth: int
    text: Text


@dataclass(frozen=True, slots=True)
class AwardShown:
    """An award and what it asks for."""

    id: str
    title: Text
    needs: tuple[NeedShown, ...]


@dataclass(frozen=True, slots=True)
class BookShown:
    """A whole book; `notes` are those that belong to no rule, cap or case. `ready`: nothing stands against it.

    `left_out` are rules of adopted guidance that the book does not take over.
    """

    scope: Text | None
    cites: tuple[Cited, ...]
    unit: Text
    rules: tuple[RuleShown, ...]
    caps: tuple[CapShown, ...]
    awards: tuple[AwardShown, ...]
    cases: tuple[CaseShown, ...]
    nothing: tuple[tuple[str, Text], ...]
    notes: tuple[Note, ...] = ()
    left_out: tuple[RuleShown, ...] = ()
    refusals: int = 0
    failures: int = 0

    @property
    def ready(self) -> bool:
        """Say whether the draft may go to its readers."""
        return not self.refusals and not self.failures


@dataclass(frozen=True, slots=True)
class ChangeShown:
    """One difference between two editions."""

    code: str
    text: Text


@dataclass(frozen=True, slots=True)
class Example:
    """One learner of a trial, whom nothing here names: what they hold that counts, and what it frees in hundredths."""

    achievements: tuple[Text, ...]
    programme: Text
    credits: int


@dataclass(frozen=True, slots=True)
class Beside:
    """How a draft compares with the edition in force, over all learners: how many gain and lose, and how much.

    `gained` and `lost` are hundredths of credits, for award books numbers of awards.
    """

    edition: str
    risen: int
    gained: int
    fallen: int
    lost: int
    same: int


@dataclass(frozen=True, slots=True)
class Trial:
    """What a draft would free on archives, in hundredths: `freed` learners gain `credits` together.

    `rules` are (id, title, learners, hundredths), the most credits first; `unread` are reasons why an archive could not
    worked out and how many. For award books `awards` are (id, title, learners who attain it), and nothing is freed.
    """

    freed: int
    credits: int
    unread: tuple[tuple[Text, int], ...]
    rules: tuple[tuple[str, Text, int, int], ...]
    examples: tuple[Example, ...]
    awards: tuple[tuple[str, Text, int], ...] = ()
    beside: Beside | None = None

    @property
    def unread_learners(self) -> int:
        """How many archives could not be worked out."""
        return sum(count for _, count in self.unread)


class PreviewStage(StrEnum):
    """Where a preview stands."""

    RUNNING = "running"
    DONE = "done"
    CANCELLED = "cancelled"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Preview:
    """A preview of a draft on all archives that it concerns: how far it is, and on which text and day.

    `total` is None until somebody has counted; `digests` are those of the text as it was written and as it is
    submitted. `before` is the edition in force that it is compared with, by its number.
    """

    id: int
    stage: PreviewStage
    digests: tuple[str, str]
    before: int | None
    day: date
    asked_at: datetime
    ended_at: datetime | None
    done: int
    total: int | None
    trial: Trial

    @property
    def running(self) -> bool:
        """Say whether it is under way."""
        return self.stage is PreviewStage.RUNNING

    @property
    def seconds(self) -> int:
        """How long it took from being asked for, at least one second."""
        return max(1, round((self.ended_at - self.asked_at).total_seconds())) if self.ended_at else 0

    def of(self, digest: str) -> bool:
        """Say whether it is of the text with this digest."""
        return digest in self.digests
