"""Columns of text as few distinct values and where each stands: what is costly is done once a value, not once a row."""

from collections.abc import Callable
from dataclasses import dataclass

import polars as pl

BLANKS = " \t\r\n\v\f\u00a0\u3000"
# Spreadsheets and web pages leave these behind unseen; kernel.text drops the same.
_UNSEEN = r"[\x{00AD}\x{200B}\x{2060}\x{FEFF}]"
_LINE_BREAKS = r"[\r\n\t]+"
# What people and programs write so that Excel takes digits for text: ="110..." and '110...
_KEPT_AS_TEXT = r'^="([^"]*)"$'
_APOSTROPHE = r"^'([=+\-@0-9])"
# What none of these is found in stays as it is: most texts.
_UNTIDY = rf"{_UNSEEN}|{_LINE_BREAKS}|^[{BLANKS}]|[{BLANKS}]$|^=|^'|^$"


@dataclass(frozen=True, slots=True)
class Column:
    """A column apart: the distinct texts in it, and for each row the place of its text there, null where it is empty.

    Two values may be equal after they were changed; nothing relies on their being different.
    """

    values: pl.Series
    places: pl.Series

    def texts(self) -> pl.Series:
        """Return the column again."""
        return self.values.gather(self.places)

    def changed(self, change: Callable[[pl.Expr], pl.Expr]) -> "Column":
        """Return the column with each text changed; one that becomes null is empty."""
        values = self.values.to_frame("value").select(change(pl.col("value")).alias("value"))["value"]
        return Column(values, self.places)

    def spread(self, outcomes: pl.DataFrame) -> pl.DataFrame:
        """Return for each row what `outcomes` has for its value; null where the cell is empty."""
        return outcomes.select(pl.all().gather(self.places))


def column(texts: pl.Series) -> Column:
    """Take a column of text or of categories apart."""
    marks = _categories(texts).to_physical()
    rows = marks.arg_unique()
    distinct = pl.DataFrame({"row": rows, "mark": marks.gather(rows)}).drop_nulls().sort("mark")
    values = texts.gather(distinct["row"]).cast(pl.String)
    # Marks are given in order, but with gaps where several threads gave them.
    if distinct.height and distinct["mark"][-1] != distinct.height - 1:
        places = pl.Series(range(distinct.height), dtype=marks.dtype)
        marks = marks.replace_strict(distinct["mark"], places, default=None)
    return Column(values, marks)


def tidied(texts: pl.Series) -> pl.Series:
    """Return a column of cells trimmed, without what nobody sees or means; cells of blanks are null.

    Where that changes nothing it comes back as categories, so that `column` need not look for them again.
    """
    if texts.null_count() == len(texts):
        return texts.cast(pl.String)
    known = _categories(texts)
    apart = column(known)
    if not apart.values.str.contains(_UNTIDY).any():
        return known
    tidy = apart.changed(_tidy)
    return known if tidy.values.equals(apart.values) else tidy.texts().alias(texts.name)


def _categories(texts: pl.Series) -> pl.Series:
    if isinstance(texts.dtype, pl.Categorical):
        return texts
    return texts.cast(pl.Categorical(pl.Categories.random()))


def _tidy(cell: pl.Expr) -> pl.Expr:
    text = cell.str.replace_all(_UNSEEN, "").str.replace_all(_LINE_BREAKS, " ").str.strip_chars(BLANKS)
    bare = text.str.replace(_KEPT_AS_TEXT, "${1}").str.replace(_APOSTROPHE, "${1}").str.strip_chars(BLANKS)
    return pl.when(bare != "").then(bare)
