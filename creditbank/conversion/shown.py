"""A rule book as plain frozen values in words: what pages show of a document that may still be a draft."""

from dataclasses import dataclass

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


@dataclass(frozen=True, slots=True)
class RuleShown:
    """One rule; without a sentence it cannot be read. `change` says how it departs from adopted guidance, and why."""

    number: int
    id: str
    title: Text | None
    sentence: Text | None
    cites: tuple[Cited, ...]
    notes: tuple[Note, ...] = ()
    change: str = ""
    reason: Text | None = None
    reported: bool = False


@dataclass(frozen=True, slots=True)
class CapShown:
    """One cap."""

    number: int
    id: str
    sentence: Text | None
    notes: tuple[Note, ...] = ()


@dataclass(frozen=True, slots=True)
class CaseShown:
    """One case: what is given and expected in words; `passes` is None where it was not run."""

    number: int
    id: str
    title: Text | None
    given: Text
    expected: tuple[tuple[str, str], ...]
    passes: bool | None = None
    differences: tuple[tuple[str, str, str], ...] = ()
    refused: str = ""
    notes: tuple[Note, ...] = ()


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
    """A whole book; `notes` are those that belong to no rule, cap or case. `ready`: nothing stands against it."""

    scope: Text | None
    cites: tuple[Cited, ...]
    unit: Text
    rules: tuple[RuleShown, ...]
    caps: tuple[CapShown, ...]
    awards: tuple[AwardShown, ...]
    cases: tuple[CaseShown, ...]
    nothing: tuple[tuple[str, Text], ...]
    notes: tuple[Note, ...] = ()
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
class Trial:
    """What a draft would free on archives, in hundredths: of `asked` of `students` registrations `freed` gain.

    `rules` are (id, learners, hundredths), the most credits first; `unread`: their archives could not be planned. For
    award books `awards` are (id, title, learners who attain it), and nothing is freed.
    """

    students: int
    asked: int
    freed: int
    credits: int
    unread: int
    rules: tuple[tuple[str, int, int], ...]
    examples: tuple[Example, ...]
    awards: tuple[tuple[str, Text, int], ...] = ()
