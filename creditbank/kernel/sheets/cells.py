"""What the reader of workbooks makes of a sheet: a grid of text, its numbers as people see them."""

import re
from typing import Final

import fastexcel
import polars as pl

from creditbank.kernel.sheets import errors, panics

DIGITS_KEPT: Final = 15
"""Excel keeps so many digits of a number; an identity number typed as a number has lost the rest."""
LONG_NUMBER: Final = re.compile(rb"v>(?:\d{%d,}|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|[2-9]\d|[1-3]\d\d))" % (DIGITS_KEPT + 1))
"""What a cell is written as that may hold such a number."""


def reader(content: bytes, *, name: str) -> fastexcel.ExcelReader:
    """Return the reader of a workbook. Refused: what is none, one with a password."""
    try:
        with panics.refused(name=name):
            return fastexcel.read_excel(content)
    except fastexcel.FastExcelError as refusal:
        if "password" in str(refusal).lower():
            raise errors.EncryptedWorkbook from None
        raise errors.NotASpreadsheet(name=name) from None


def grid(
    book: fastexcel.ExcelReader, sheet: int, *, name: str, has_long_numbers: bool, above: int | None = 0
) -> pl.DataFrame | None:
    """Return a sheet as text cells, empty ones null; nothing where it holds no cells, as the sheet of a chart.

    The grid begins at the first column and row with a cell, or with `above` at the row behind so many.
    """
    with panics.refused(name=name):
        try:
            cells = book.load_sheet(sheet, header_row=None, skip_rows=above, dtypes="string")
        except fastexcel.FastExcelError:
            return None
        texts = cells.to_polars()
        if not has_long_numbers or texts.height == 0:
            return texts
        # Read as booleans, cells of text are null and cells of numbers are not.
        typed = book.load_sheet(sheet, header_row=None, skip_rows=above, dtypes="boolean").to_polars()
        return _with_long_numbers_shown(texts, typed)


def _with_long_numbers_shown(texts: pl.DataFrame, typed: pl.DataFrame) -> pl.DataFrame:
    """Write numbers of more digits than Excel keeps the way Excel shows them, as 1.10199196907210E+17.

    Else digits that Excel made up would pass for the real ones, one time in eleven even by their check digit.
    """
    return texts.with_columns(
        pl.when(typed[name].is_not_null() & pl.col(name).str.contains(rf"^\d{{{DIGITS_KEPT + 1},}}$"))
        .then(_scientific(pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts.columns
    )


def _scientific(digits: pl.Expr) -> pl.Expr:
    """Return the digits as Excel shows a number too long for it."""
    exponent = (digits.str.len_chars() - 1).cast(pl.String)
    return pl.concat_str(
        digits.str.slice(0, 1), pl.lit("."), digits.str.slice(1, DIGITS_KEPT - 1), pl.lit("E+"), exponent
    )
