"""Caps and needs as documents: a measure over a selection of grants, once with at most and once with at least."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.plain import Amount, Code, Pair, Part, Whole


class Selection(Part):
    """Which grants a limit or a need counts; every part given must hold."""

    sources: Conditions | None = None
    rules: tuple[Code, ...] | None = None
    tags: tuple[Code, ...] | None = None
    categories: tuple[Code, ...] | None = None
    targets: Conditions | None = None


class Share(Part):
    """A percentage of the programme's credits, or of the plan's own total."""

    share: Amount
    of: Literal["programme", "chosen"]


class FieldBound(Part):
    """The bound that each achievement brings itself."""

    field: Literal["achievement.credits"]


Measure = Literal["credits", "targets", "grants", "achievements", "points"]


def _bound(value: object) -> str:
    """Tell the form of a bound."""
    if isinstance(value, (dict, Part)):
        keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
        return "share" if "share" in keys else "field"
    return "amount"


class Limit(Part):
    """A cap: a measure over a selection of the plan's grants, at most so much."""

    id: Code
    cites: tuple[Code, ...] = ()
    when: Conditions | None = None
    awards: tuple[Code, ...] | None = None
    measure: Measure
    of: Selection = Selection()
    per: Literal["plan", "achievement", "issuer", "family", "rule", "match", "category", "year", "semester"] = "plan"
    at_most: Annotated[
        Annotated[Amount, Tag("amount")] | Annotated[Share, Tag("share")] | Annotated[FieldBound, Tag("field")],
        Discriminator(_bound),
    ]
    framework: Code | None = None
    attribution: Literal["whole", "pro_rata"] = "whole"


class Need(Part):
    """So much of a measure over a selection, or conditions on the learner that hold."""

    id: Code
    title: Pair | None = None
    cites: tuple[Code, ...] = ()
    measure: Measure | None = None
    of: Selection = Selection()
    at_least: Amount | None = None
    framework: Code | None = None
    holds: Conditions | None = None


class NeedLeaf(Part):
    """A single need."""

    need: Need


class NeedAll(Part):
    """Every one of these."""

    all: tuple["NeedTree", ...] = Field(min_length=1)


class NeedAny(Part):
    """One of these."""

    any: tuple["NeedTree", ...] = Field(min_length=1)


class NeedSome(Part):
    """So many of these."""

    some: Whole = Field(ge=1)
    of: tuple["NeedTree", ...] = Field(min_length=1)


def _need(value: object) -> str:
    """Tell the form of a need by the one key that only it has."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return next((key for key in ("need", "all", "any", "some") if key in keys), "need")


NeedTree = Annotated[
    Annotated[NeedLeaf, Tag("need")]
    | Annotated[NeedAll, Tag("all")]
    | Annotated[NeedAny, Tag("any")]
    | Annotated[NeedSome, Tag("some")],
    Discriminator(_need),
]
"""What an award asks for."""

for _need_tree in (NeedAll, NeedAny, NeedSome):
    _need_tree.model_rebuild()
