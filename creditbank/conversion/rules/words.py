"""The words of a book: grade scales, levels, categories, frameworks, and the exact maps between scales and units."""

from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from creditbank.conversion.rules.plain import Amount, Code, Part


class NumericScale(Part):
    """Grades as numbers up to a maximum, with a pass mark."""

    kind: Literal["numeric"]
    passing: Amount = Field(alias="pass")
    max: Amount


class OrderedScale(Part):
    """Grades as words, worst first, with the first that passes."""

    kind: Literal["ordered"]
    order: tuple[Code, ...] = Field(min_length=1)
    passing: Code = Field(alias="pass")


Scale = Annotated[NumericScale | OrderedScale, Field(discriminator="kind")]


class ValueRow(Part):
    """This grade becomes that one."""

    value: Code
    gives: Code | Annotated[tuple[Code, ...], Field(min_length=1)]


class BandRow(Part):
    """Grades within this band, both ends included, become that one (or one of those)."""

    min: Amount
    max: Amount
    gives: Code | Annotated[tuple[Code, ...], Field(min_length=1)]


def _row(value: object) -> str:
    """Tell a row of a single value from a band."""
    keys = value if isinstance(value, dict) else getattr(type(value), "model_fields", {})
    return "value" if "value" in keys else "band"


class ShareOfGrade(Part):
    """A grade with its share of a group that passed: a whole number or a fraction, of any sum."""

    value: Code
    share: str = Field(pattern=r"^(0|[1-9][0-9]{0,11})(/[1-9][0-9]{0,11})?$")


class Distribution(Part):
    """The passing grades of two groups, worst first, of which a grade map was generated."""

    source: tuple[ShareOfGrade, ...] = Field(min_length=1)
    target: tuple[ShareOfGrade, ...] = Field(min_length=1)


class GradeMap(Part):
    """A map between two scales, total and monotone; `take` says which end of a band it gives."""

    source: Code = Field(alias="from")
    target: Code = Field(alias="to")
    take: Literal["top", "middle", "bottom"] = "middle"
    rows: tuple[
        Annotated[Annotated[ValueRow, Tag("value")] | Annotated[BandRow, Tag("band")], Discriminator(_row)], ...
    ]
    cites: tuple[Code, ...] = ()
    distribution: Distribution | None = None


class UnitMap(Part):
    """An exact map between two units, a fraction written `3/2`; it quotes its source."""

    source: Code = Field(alias="from")
    target: Code = Field(alias="to")
    factor: Code = Field(pattern=r"^[1-9][0-9]*(/[1-9][0-9]*)?$")
    cites: tuple[Code, ...] = Field(min_length=1)


class Words(Part):
    """What the codes of a book mean: levels lowest first, categories as child to parent."""

    scales: dict[Code, Scale] = Field(default_factory=dict)
    levels: dict[Code, tuple[Code, ...]] = Field(default_factory=dict)
    categories: dict[Code, Code] = Field(default_factory=dict)
    frameworks: tuple[Code, ...] = ()
    grade_maps: tuple[GradeMap, ...] = ()
    unit_maps: tuple[UnitMap, ...] = ()
