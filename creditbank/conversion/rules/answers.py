"""What a condition answers: satisfied, refused for a reason, or unknown; and the judgement over many of them."""

from dataclasses import dataclass
from enum import IntEnum


class State(IntEnum):
    """How a condition stands, worst first: of all the least counts, of any the greatest."""

    REFUSED = 0
    UNKNOWN = 1
    SATISFIED = 2


@dataclass(frozen=True, slots=True)
class Satisfied:
    """The condition holds."""


@dataclass(frozen=True, slots=True)
class Refused:
    """The condition fails on the evidence: what it needs, what there is, and how far that is, in `unit`.

    All are texts as they stand in documents; what cannot be measured has an empty distance.
    """

    code: str
    tag: str
    needs: str = ""
    has: str = ""
    distance: str = ""
    unit: str = ""


@dataclass(frozen=True, slots=True)
class Unknown:
    """The condition cannot be judged before somebody brings what is missing, or mends the book.

    `code` is `missing` (a fact is not on record), `no_map` (no grade map leads to the scale) or `unlisted`
    (a code that the book's words do not list); `what` names the field, event, reference, code or target.
    """

    tag: str
    what: str
    code: str = "missing"


Answer = Satisfied | Refused | Unknown

SATISFIED = Satisfied()


@dataclass(frozen=True, slots=True)
class Judgement:
    """How conditions stand together.

    `first` is the first that failed: the first refused in written order, else the first unknown; `place` is its
    place in the list, or the length of the list where all hold. `unmet` counts the conditions that do not hold.
    """

    state: State
    unmet: int
    first: Refused | Unknown | None
    place: int

    @property
    def holds(self) -> bool:
        """Say whether everything that was asked is satisfied."""
        return self.state is State.SATISFIED
