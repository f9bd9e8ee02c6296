"""From the rows of a layout to items: pure functions on frames that the layouts share."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Final

import polars as pl

from creditbank.deposits.intake.layouts.shape import COMMON, TARGET, TEXTS

PERSON: Final = ("person_name", "document", "account")
#: What a row says of the studies at the institution that hands it in.
STUDIES: Final = ("student_number", "cohort", "outcome_code", "season_code")
NOTHING_FIXED: Final[Mapping[str, pl.Expr]] = MappingProxyType({})
_NUMBERS: Final = {"row": pl.Int64, "item": pl.Int16, "of_item": pl.Int16}


def cell(frame: pl.DataFrame, name: str) -> pl.Expr:
    """Return a column of a frame, or nothing at all where the frame has none of this name."""
    return pl.col(name) if name in frame.columns else pl.lit(None, pl.String)


def items_of(
    frame: pl.DataFrame,
    *,
    item: int,
    role: str,
    prefix: str = "",
    shared: Sequence[str] = (),
    fixed: Mapping[str, pl.Expr] = NOTHING_FIXED,
) -> pl.DataFrame:
    """Return one item for each row: columns under `prefix`, those `shared` with other items, and what is `fixed`."""
    chosen = {"role": pl.lit(role), **fixed}
    for name in TEXTS:
        if name not in chosen:
            found = prefix + name if prefix + name in frame.columns or name not in shared else name
            chosen[name] = cell(frame, found)
    numbers = {
        "row": pl.col("row"),
        "item": pl.lit(item),
        "of_item": pl.lit(0) if role == TARGET else pl.lit(None),
    }
    made = {**chosen, **{name: value.cast(_NUMBERS[name]) for name, value in numbers.items()}}
    return frame.select(made[name].alias(name) for name in COMMON)


def converted(sources: pl.DataFrame, targets: pl.DataFrame) -> pl.DataFrame:
    """Return sources and what they were converted into, by row.

    A certificate that freed three courses is three rows of a sheet and three equal sources; that it is one
    achievement is found out where rows are compared with each other, since it may be one row that is refused.
    """
    return pl.concat([sources, targets]).sort("row", "item")
