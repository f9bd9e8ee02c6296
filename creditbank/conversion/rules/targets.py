"""The target lines of a rule as documents: courses, choices, credits and benefits."""

from typing import Annotated

from pydantic import Discriminator, Field, Tag

from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.plain import Amount, Code, Part, Whole


class CourseLine(Part):
    """The named course is freed."""

    course: Code


class Between(Part):
    """From so many to so many."""

    at_least: Whole = Field(ge=0)
    at_most: Whole = Field(ge=1)


class ChooseLine(Part):
    """A choice among named lines (a list within is a bundle taken whole) or among the programme's own courses."""

    choose: Annotated[Whole, Field(ge=1)] | Between
    of: tuple["LineOrBundle", ...] | None = None
    where: Conditions | None = None


class CreditsLine(Part):
    """Generic credits of a category; `@category` takes the source's own; no amount means by the rule's mode."""

    credits: Code
    amount: Amount | None = None


class PartLine(Part):
    """A part of an examination or certificate; a benefit, no credits."""

    part: Code
    of: Code


class LevelLine(Part):
    """A level of a certificate; a benefit, no credits."""

    level: Code


class AwardLine(Part):
    """An award; a benefit, no credits."""

    award: Code


def _line(value: object) -> str:
    """Tell the form of a target line by the one key that only it has."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return next((key for key in ("choose", "part", "level", "award", "credits", "course") if key in keys), "course")


Line = Annotated[
    Annotated[CourseLine, Tag("course")]
    | Annotated[ChooseLine, Tag("choose")]
    | Annotated[CreditsLine, Tag("credits")]
    | Annotated[PartLine, Tag("part")]
    | Annotated[LevelLine, Tag("level")]
    | Annotated[AwardLine, Tag("award")],
    Discriminator(_line),
]
"""One line of what a rule gives."""


def _line_or_bundle(value: object) -> str:
    """Tell a bundle, which is a list, from a single line."""
    return "bundle" if isinstance(value, (list, tuple)) else "line"


LineOrBundle = Annotated[
    Annotated[Line, Tag("line")] | Annotated[tuple[Line, ...], Tag("bundle")],
    Discriminator(_line_or_bundle),
]
"""A line, or lines that are taken together."""

ChooseLine.model_rebuild()


def fewest(line: ChooseLine) -> int:
    """Return how many are chosen at least."""
    return line.choose if isinstance(line.choose, int) else line.choose.at_least


def most(line: ChooseLine) -> int:
    """Return how many are chosen at most."""
    return line.choose if isinstance(line.choose, int) else line.choose.at_most


def one_by_one(lines: tuple[Line, ...]) -> bool:
    """Tell whether one choice is all that is given, and a single line of it may be given without the others."""
    return len(lines) == 1 and isinstance(lines[0], ChooseLine) and fewest(lines[0]) <= 1
