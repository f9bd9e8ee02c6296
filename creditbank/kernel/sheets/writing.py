"""Writing rows that were not taken as a file of the sheet they came in, to be mended and sent in again."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from io import BytesIO, StringIO
from typing import Final, Literal

import polars as pl
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

from creditbank.kernel.sheets import decoding

#: What stands above the column that the bank itself adds, the last one.
REASON_HEADING: Final[Mapping[str, str]] = {"zh": "退回原因", "en": "Reason"}
# Spreadsheets take a text that starts so for a formula; who reads the file again takes the apostrophe away.
_LOOKS_LIKE_FORMULA: Final = r"^[=+\-@]"
_TEXT_FORMAT: Final = "@"


def written(headings: Sequence[str], rows: pl.DataFrame, *, language: str, kind: Literal["xlsx", "csv"]) -> bytes:
    """Return a file with these headings and, last, that of the reason; `rows` are texts, one column more.

    A text table is UTF-8 with the mark by which Excel knows it. Nothing in the file is a formula.
    """
    every = [*headings, REASON_HEADING["en" if language == "en" else "zh"]]
    assert len(every) == rows.width
    return _as_text(every, rows) if kind == "csv" else _as_workbook(every, rows)


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
