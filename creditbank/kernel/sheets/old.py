"""Workbooks of Excel 97 to 2003, read by a process of its own: a damaged one can make the reader take all memory."""

from typing import Final

import polars as pl

from creditbank.kernel.sheets import errors, guarded

_READER: Final = "creditbank.kernel.sheets.old_reader"


def sheets(content: bytes, *, name: str) -> list[tuple[str, pl.DataFrame]]:
    """Return title and grid of each sheet; they are small, as these workbooks are.

    Refused: a workbook that its reader cannot read, or dies of.
    """
    damaged = errors.NotASpreadsheet(name=name)
    return list(guarded.told(_READER, content, unreadable=damaged, too_large=damaged))
