"""Cells of a piece of a sheet, each way of writing one read once: most of a table says the same again and again."""

from dataclasses import dataclass
from typing import Final

import numpy as np
import polars as pl

from creditbank.kernel.sheets.plain import Cells, Numbers

_WORD: Final = 8
#: What is written in more words than these, as a text within its cell, is seldom said twice.
_WORDS_MAX: Final = 5
_WORTHWHILE: Final = 4
_ROW_END: Final = b"</row>"
_MIX: Final = np.uint64(0x9E3779B97F4A7C15)


@dataclass(frozen=True, slots=True)
class Distinct:
    """What cells hold, each once, as it is written behind their places, and for each cell where it stands there."""

    written: list[bytes]
    marks: Numbers


def distinct(rows: bytes, cells: Cells) -> Distinct | None:
    """Return what the cells of some rows hold, or nothing where it is not worth while."""
    lengths = cells.ends - cells.starts
    last = np.append(cells.rows[1:] != cells.rows[:-1], [True])
    ends_of_rows = all(rows.startswith(_ROW_END, end) for end in cells.ends[last].tolist())
    if not ends_of_rows or lengths.min() <= 0 or lengths.max() > _WORD * _WORDS_MAX:
        return None
    words = _words(rows, cells.starts, lengths)
    mixed = np.zeros(lengths.size, np.uint64)
    for word in words:
        mixed = (mixed ^ word) * _MIX
        mixed ^= mixed >> np.uint64(29)
    first = _first_of_the_same(mixed)
    if any((word != word[first]).any() for word in words):
        return None
    chosen = np.flatnonzero(first == np.arange(first.size))
    if chosen.size * _WORTHWHILE > first.size:
        return None
    marks = np.empty(first.size, np.int64)
    marks[chosen] = np.arange(chosen.size)
    places = zip(cells.starts[chosen].tolist(), cells.ends[chosen].tolist(), strict=True)
    return Distinct([rows[start:end] for start, end in places], marks[first])


def spread(values: pl.Series, found: Distinct, cells: Cells, *, above: int, left: int, right: int) -> pl.DataFrame:
    """Return the rows behind row `above` with the values of their cells, between two columns."""
    nothing = len(values)
    marks = np.full((right - left + 1, cells.span.bottom - above), nothing, np.uint32)
    marks[cells.columns - left, cells.rows - above - 1] = found.marks
    known = values.extend_constant(None, 1)
    return pl.DataFrame({name: known.gather(each) for name, each in zip(names(left, right), marks, strict=True)})


def names(left: int, right: int) -> list[str]:
    """Return what the columns between two are called."""
    return [f"column_{number}" for number in range(left, right + 1)]


def _words(rows: bytes, starts: Numbers, lengths: Numbers) -> list[Numbers]:
    """Return eight signs each of what stands from some places on, the first first, zeros behind the end."""
    padded = rows + bytes(_WORD * (_WORDS_MAX + 1))
    every: Numbers = np.ndarray((len(padded) - _WORD + 1,), "<u8", padded, 0, (1,))
    words = []
    for number in range(-(-int(lengths.max()) // _WORD)):
        missing = _WORD - np.clip(lengths - _WORD * number, 0, _WORD)
        mask = np.where(missing == _WORD, np.uint64(0), ~np.uint64(0) >> (8 * np.minimum(missing, 7)).astype(np.uint64))
        words.append(every[starts + _WORD * number] & mask)
    return words


def _first_of_the_same(marks: Numbers) -> Numbers:
    """Return for each mark where it stands first."""
    rows = pl.DataFrame({"mark": marks}).with_row_index("row")
    return rows.select(pl.col("row").first().over("mark")).to_series().to_numpy()
