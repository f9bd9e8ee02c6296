"""The source trees of a rule as documents: what achievements fill, and how many of the branches."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.plain import Amount, Code, Part, Whole


class One(Part):
    """One achievement of which all the conditions hold."""

    one: Conditions


class All(Part):
    """Every branch, each with achievements of its own."""

    all: tuple["Source", ...] = Field(min_length=1)


class AnyBranch(Part):
    """Exactly one branch."""

    any: tuple["Source", ...] = Field(min_length=1)


class Some(Part):
    """Exactly so many of the branches."""

    some: Whole = Field(ge=1)
    of: tuple["Source", ...] = Field(min_length=1)


class Pool(Part):
    """As many achievements as are needed to reach an amount, and none too many."""

    pool: Conditions
    measure: Literal["credits", "hours", "count"]
    unit: Code | None = None
    at_least: Amount


def _source(value: object) -> str:
    """Tell the form of a source by the one key that only it has."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return next((key for key in ("one", "all", "any", "some", "pool") if key in keys), "one")


Source = Annotated[
    Annotated[One, Tag("one")]
    | Annotated[All, Tag("all")]
    | Annotated[AnyBranch, Tag("any")]
    | Annotated[Some, Tag("some")]
    | Annotated[Pool, Tag("pool")],
    Discriminator(_source),
]
"""A tree that achievements fill."""

for _tree in (All, AnyBranch, Some):
    _tree.model_rebuild()
