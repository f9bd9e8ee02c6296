"""Writing rows that were not taken as a file of the sheet they came in, to be mended and sent in again."""

import csv
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import partial
from io import StringIO
from tempfile import TemporaryFile
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
PIECE_BYTES: Final = 1024 * 1024


def written_in_pieces(
    headings: Sequence[str], blocks: Iterable[pl.DataFrame], *, language: str, kind: Literal["xlsx", "csv"]
) -> Iterator[bytes]:
    """Yield a file with these headings and, last, that of the reason; `blocks` are rows of texts, one column more.

    A text table is UTF-8 with the mark by which Excel knows it. Nothing in the file is a formula. Of the rows no more
    than a block is held at once.
    """
    every = [*headings, REASON_HEADING["en" if language == "en" else "zh"]]
    return _as_text(every, blocks) if kind == "csv" else _as_workbook(every, blocks)


def _as_text(headings: list[str], blocks: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    top = StringIO()
    csv.writer(top, lineterminator="\n").writerow(headings)
    yield decoding.BOM + top.getvalue().encode()
    for rows in blocks:
        assert len(headings) == rows.width
        safe = rows.with_columns(pl.all().str.replace(_LOOKS_LIKE_FORMULA, "'${0}"))
        yield safe.write_csv(include_header=False).encode()


def _as_workbook(headings: list[str], blocks: Iterable[pl.DataFrame]) -> Iterator[bytes]:
    book = Workbook(write_only=True)
    page = book.create_sheet()
    for cells in _lines(headings, blocks):
        line = []
        for text in cells:
            # A character no workbook can hold becomes one that is refused just the same when it comes back.
            cell = WriteOnlyCell(page, value=ILLEGAL_CHARACTERS_RE.sub("\N{REPLACEMENT CHARACTER}", text or ""))
            cell.data_type = "s"
            cell.number_format = _TEXT_FORMAT
            line.append(cell if text else None)
        page.append(line)
    with TemporaryFile() as content:
        book.save(content)
        content.seek(0)
        yield from iter(partial(content.read, PIECE_BYTES), b"")


def _lines(headings: list[str], blocks: Iterable[pl.DataFrame]) -> Iterator[tuple[str | None, ...]]:
    yield tuple(headings)
    for rows in blocks:
        assert len(headings) == rows.width
        yield from rows.iter_rows()
