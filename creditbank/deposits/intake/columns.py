"""Columns of text, block by block: what is costly is done once for each distinct text of a file, not once a row."""

from collections.abc import Callable
from typing import Final

import polars as pl

TEXTS_KNOWN_MAX: Final = 100_000
TEXT_BYTES_KNOWN_MAX: Final = 4 * 1024 * 1024

BLANKS = " \t\r\n\v\f\u00a0\u3000"
# Spreadsheets and web pages leave these behind unseen; kernel.text drops the same.
_UNSEEN = r"[\x{00AD}\x{200B}\x{2060}\x{FEFF}]"
_LINE_BREAKS = r"[\r\n\t]+"
# What people and programs write so that Excel takes digits for text: ="110..." and '110...
_KEPT_AS_TEXT = r'^="([^"]*)"$'
_APOSTROPHE = r"^'([=+\-@0-9])"


class Known:
    """What was read of the texts of a column so far: a text keeps its mark from block to block, `lines` has its line.

    `read` turns texts into lines. What comes as categories brings its marks along; other categories, other marks.
    """

    def __init__(self, read: Callable[[pl.Series], pl.DataFrame]) -> None:
        """Begin with no text."""
        self._read = read
        self._begin(_nothing())

    def _begin(self, nothing: pl.Series) -> None:
        self._nothing = nothing  # while there is a column of them, categories keep their marks
        self.lines = self._read(nothing.cast(pl.String))
        self._bytes = 0

    @property
    def full(self) -> bool:
        """Say whether so many texts are known, or such long ones, that they had better be forgotten."""
        return self.lines.height > TEXTS_KNOWN_MAX or self._bytes > TEXT_BYTES_KNOWN_MAX

    def marks(self, texts: pl.Series) -> pl.Series:
        """Return the mark of each text, null where there is none; where it is full everything is forgotten first."""
        if texts.null_count() == len(texts):
            return pl.repeat(None, len(texts), dtype=pl.UInt32, eager=True)
        if self.full:
            self._begin(_nothing())
        if not isinstance(texts.dtype, pl.Categorical):
            texts = texts.cast(self._nothing.dtype)
        elif texts.dtype != self._nothing.dtype:
            self._begin(texts.clear())
        marks = texts.to_physical()
        last = marks.max()
        assert isinstance(last, int)
        if last >= self.lines.height:
            new = pl.int_range(self.lines.height, last + 1, dtype=pl.UInt32, eager=True)
            # Where several threads give marks, some are given to no text.
            told = new.cat.to(texts.dtype, strict=False).cast(pl.String).fill_null("")
            self.lines = pl.concat([self.lines, self._read(told)], rechunk=True)
            self._bytes += int(told.str.len_bytes().sum())
        return marks


class Tidied:
    """The cells of one column of a file, tidied."""

    def __init__(self) -> None:
        """Begin with no cell."""
        self._known: Known | None = None

    def block(self, cells: pl.Series) -> pl.Series:
        """Return cells trimmed, without what nobody sees or means, as categories; those of blanks are null."""
        if cells.null_count() == len(cells):
            return cells.cast(pl.String)
        if self._known is None or self._known.full:
            kind = _nothing().dtype
            self._known = Known(lambda texts: texts.to_frame("tidy").select(_tidy(pl.col("tidy")).cast(kind)))
        marks = self._known.marks(cells)
        return self._known.lines["tidy"].gather(marks).alias(cells.name)


def _nothing() -> pl.Series:
    """Return no text, of categories that nobody else uses."""
    return pl.Series([], dtype=pl.Categorical(pl.Categories.random()))


def _tidy(cell: pl.Expr) -> pl.Expr:
    text = cell.str.replace_all(_UNSEEN, "").str.replace_all(_LINE_BREAKS, " ").str.strip_chars(BLANKS)
    bare = text.str.replace(_KEPT_AS_TEXT, "${1}").str.replace(_APOSTROPHE, "${1}").str.strip_chars(BLANKS)
    return pl.when(bare != "").then(bare)
