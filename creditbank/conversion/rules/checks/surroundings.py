"""What a book is checked against: the catalogue, the other books in force, and what its cases came to."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Course


@dataclass(frozen=True, slots=True)
class SpecEntry:
    """An achievement that the catalogue describes; days are ISO texts, both included; None has no end."""

    code: str
    credits: Quantity | None = None
    valid_from: str = ""
    valid_until: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class CourseEntry:
    """A course that the catalogue offers, as rules see it, in which unit its credits count, and how long."""

    course: Course
    unit: str
    valid_from: str = ""
    valid_until: str | None = None
    withdrawn: bool = False


@dataclass(frozen=True, slots=True)
class Catalogue:
    """What can be achieved and what is offered, by code, and each course as each programme lists it.

    One code may be taught with other credits, as another kind, in another programme; where `taught` is None, each
    course stands as in `courses`.
    """

    specs: Mapping[str, SpecEntry] = field(default_factory=dict)
    courses: Mapping[str, CourseEntry] = field(default_factory=dict)
    taught: Sequence[Course] | None = None

    @property
    def listed(self) -> Sequence[Course]:
        """Every course with everything that rules may ask of it."""
        return [each.course for each in self.courses.values()] if self.taught is None else self.taught


@dataclass(frozen=True, slots=True)
class CaseRun:
    """What one case of the book came to: rules used, rules refused by a condition of their own, caps that bind.

    A cap is `costly` where the plan would be worth more without it, and `full` where nothing more fits under it.
    """

    case: str
    used: frozenset[str] = frozenset()
    refused: frozenset[str] = frozenset()
    costly: frozenset[str] = frozenset()
    full: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Surroundings:
    """Everything beside the book that the checks look at; what is None is not checked."""

    catalogue: Catalogue | None = None
    in_force: Sequence[Book] = ()
    runs: Sequence[CaseRun] | None = None


NOTHING_AROUND: Final = Surroundings()
"""A book looked at by itself."""
