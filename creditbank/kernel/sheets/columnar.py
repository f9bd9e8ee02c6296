"""Columnar files (Parquet), read by a process of its own: one of a few kilobytes can stand for any amount of text."""

from collections.abc import Generator
from contextlib import closing
from typing import Final

import polars as pl

from creditbank.kernel.sheets import errors, guarded

#: At most so many rows of text are taken at once.
ROWS: Final = 250_000
#: What one grid may hold; of longer texts it has fewer rows.
GRID_BYTES: Final = 64 * 1024**2
#: What all grids may hold: as much as a text table that comes packed.
BYTES_MAX: Final = 4 * 1024**3
_READER: Final = "creditbank.kernel.sheets.columnar_reader"


def grids(content: bytes, *, name: str) -> Generator[pl.DataFrame]:
    """Yield the rows as text. Refused: what is damaged; lists and bytes, which are no text; too much of it."""
    refusals = {"unreadable": errors.NotASpreadsheet(name=name), "too_large": errors.TooLargeUnpacked()}
    with closing(guarded.told(_READER, content, **refusals)) as told:
        for _, grid in told:
            yield grid
