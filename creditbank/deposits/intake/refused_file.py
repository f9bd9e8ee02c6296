"""The refused rows as a file of the same sheet, to be mended and sent in again."""

import csv
from collections.abc import Iterable
from io import BytesIO, StringIO
from typing import Literal

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from creditbank.deposits.intake import reading, templates
from creditbank.kernel.sheets import decoding

# Spreadsheets take a text that starts so for a formula; `reading` takes the apostrophe away again.
_LOOKS_LIKE_FORMULA = r"^[=+\-@]"
_TEXT_FORMAT = "@"


def write(sheet: reading.Sheet, refused: pl.DataFrame, *, language: str, kind: Literal["xlsx", "csv"]) -> bytes:
    """Return a file with the columns and texts of the sheet, only the refused rows, and the reason as last column.

    `refused` as `checks.refusals` gives it; of several lines for one row the first counts. A text table is UTF-8
    with the mark by which Excel knows it. Nothing in the file is a formula, and it may be read again as it is.
    """
    raw = [column for column in sheet.frame.columns if column.startswith("raw_")]
    reasons = refused.unique("row", keep="first").select("row", _reason(language).alias("reason"))
    rows = sheet.frame.select("row", *raw).join(reasons, on="row").sort("row").drop("row")
    headings = [*sheet.headings, templates.REASON_HEADING["en" if language == "en" else "zh"]]
    return _as_text(headings, rows) if kind == "csv" else _as_workbook(headings, rows)


def _reason(language: str) -> pl.Expr:
    """Return fact, remedy and how many checks more the row fails, as one sentence."""
    if language == "en":
        more = pl.format(" ({} more)", "more")
        fact = pl.format("{}. {}.", "message_en", "remedy_en")
    else:
        more = pl.format("另有{}处。", "more")
        fact = pl.format("{}。{}。", "message_zh", "remedy_zh")
    return pl.when(pl.col("more") > 0).then(fact + more).otherwise(fact)


def _as_text(headings: list[str], rows: pl.DataFrame) -> bytes:
    top = StringIO()
    csv.writer(top, lineterminator="\n").writerow(headings)
    body = rows.with_columns(pl.all().str.replace(_LOOKS_LIKE_FORMULA, "'${0}")).write_csv(include_header=False)
    return decoding.BOM + (top.getvalue() + body).encode()


def _as_workbook(headings: list[str], rows: pl.DataFrame) -> bytes:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for cells in _lines(headings, rows):
        line = []
        for text in cells:
            # A character no workbook can hold becomes one that is refused just the same when it comes back.
            cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text or ""))
            cell.data_type = "s"
            cell.number_format = _TEXT_FORMAT
            line.append(cell if text else None)
        page.append(line)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _lines(headings: list[str], rows: pl.DataFrame) -> Iterable[tuple[str | None, ...]]:
    yield tuple(headings)
    yield from rows.iter_rows()
