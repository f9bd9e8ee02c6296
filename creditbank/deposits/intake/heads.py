"""The first rows of a file whose headings say nothing to the bank, for a person to say which column is which."""

import csv
import re
from collections.abc import Sequence
from functools import partial
from typing import Final

from creditbank.deposits.intake import layouts
from creditbank.deposits.intake.layouts import Cells
from creditbank.deposits.types import Head
from creditbank.kernel import text as words
from creditbank.kernel.sheets import packed, workbook
from creditbank.kernel.sheets.pieces import Pieces
from creditbank.kernel.sheets.source import Source

SAMPLES_MAX: Final = 3
CELL_MAX: Final = 60
CELLS_MAX: Final = 100
_CELLS_MIN: Final = 3
_SEPARATORS: Final = (",", "\t", ";")
_PIECE_BYTES: Final = 64 * 1024
# Numbers of people, documents and phones, and dates: no heading holds one, nearly every row of data does.
_LONG_NUMBER: Final = re.compile(r"\d{4}")
_WORD: Final = re.compile(r"\w+")
_SHOWN: Final = 2
_MARK_DIGITS: Final = 3  # marks, credits, months


def head_of(source: Source) -> Head | None:
    """Return the heading row of a file with masked samples; None where no row among the first looks like headings.

    Refused: what is no table at all.
    """
    return head_in(_first_rows(packed.inside(source)))


def head_in(rows: Sequence[Cells]) -> Head | None:
    """Return the same for the first rows of a table: a row of texts without long numbers, with most cells filled."""
    top = rows[: layouts.ROWS_SEARCHED]
    likely = [number for number, row in enumerate(top) if _may_be_headings(row)]
    if not likely:
        return None
    header = max(likely, key=lambda number: (sum(map(bool, top[number])), -number))
    headings = tuple((cell or "").strip()[:CELL_MAX] for cell in top[header])[:CELLS_MAX]
    samples = [row for row in rows[header + 1 :] if any(row)][:SAMPLES_MAX]
    return Head(headings, tuple(tuple(masked(cell or "") for cell in row[:CELLS_MAX]) for row in samples))


def masked(cell: str) -> str:
    """Return of every word of a cell the first characters, and short numbers whole: its shape tells what it is."""
    return _WORD.sub(_masked_word, cell.strip()[:CELL_MAX])


def _masked_word(found: re.Match[str]) -> str:
    word = found[0]
    if word.isdigit() and len(word) <= _MARK_DIGITS:
        return word
    kept = _SHOWN if word[:1].isascii() and len(word) > _SHOWN else 1
    return word if len(word) <= 1 else word[:kept] + "*" * (len(word) - kept)


def _may_be_headings(row: Cells) -> bool:
    filled = [cell for cell in row if cell and cell.strip()]
    return len(filled) >= _CELLS_MIN and not any(_LONG_NUMBER.search(words.fold(cell)) for cell in filled)


def _first_rows(source: Source) -> list[tuple[str | None, ...]]:
    most = layouts.ROWS_SEARCHED + SAMPLES_MAX
    if workbook.is_workbook(source.head()):
        sheets = workbook.opened(source.content(), name=source.name).sheets()
        return next((sheet.first.head(most).rows() for sheet in sheets if sheet.height), [])
    piece = next(iter(Pieces(source, most=_PIECE_BYTES)), b"")
    lines = piece.decode(errors="replace").splitlines()[: 2 * most]
    rows = max((_cut(lines, separator) for separator in _SEPARATORS), key=partial(_cells, most=most))
    return [tuple(row) for row in rows[:most]]


def _cut(lines: list[str], separator: str) -> list[list[str]]:
    try:
        return list(csv.reader(lines, delimiter=separator))
    except csv.Error:
        return []


def _cells(rows: list[list[str]], *, most: int) -> int:
    return sum(map(len, rows[:most]))
