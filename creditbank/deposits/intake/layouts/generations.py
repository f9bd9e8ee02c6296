"""Which generation of codes the rows of a file speak: schools mix them, and both are read."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from creditbank.deposits.intake import codes

_PREFIXES: Final = ("", "source_", "target_")


@dataclass(frozen=True, slots=True)
class GenerationCounts:
    """How many rows have codes of the first generation, of the present one, of both, and of neither."""

    first: int = 0
    current: int = 0
    both: int = 0
    neither: int = 0

    def __add__(self, other: "GenerationCounts") -> "GenerationCounts":
        """Add up blocks of one file."""
        return GenerationCounts(
            self.first + other.first,
            self.current + other.current,
            self.both + other.both,
            self.neither + other.neither,
        )


def generation_counts(frame: pl.DataFrame) -> GenerationCounts:
    """Return how many rows of a frame, of a layout or of items, speak which generation."""
    there = [
        (prefix + name, entries)
        for name, entries in codes.LISTS.items()
        for prefix in _PREFIXES
        if prefix + name in frame.columns
    ]
    if not there:
        return GenerationCounts(neither=frame.height)
    old = pl.any_horizontal(pl.col(name).is_in(list(codes.of_first(entries))) for name, entries in there)
    new = pl.any_horizontal(pl.col(name).is_in([entry.current for entry in entries]) for name, entries in there)
    has = frame.select(old.fill_null(value=False).alias("old"), new.fill_null(value=False).alias("new"))
    counted = has.select(
        (pl.col("old") & ~pl.col("new")).sum().alias("first"),
        (~pl.col("old") & pl.col("new")).sum().alias("current"),
        (pl.col("old") & pl.col("new")).sum().alias("both"),
        (~pl.col("old") & ~pl.col("new")).sum().alias("neither"),
    )
    return GenerationCounts(**counted.row(0, named=True))
