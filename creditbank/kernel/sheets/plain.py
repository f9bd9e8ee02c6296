"""Sheets written as nearly all programs write them: where their rows may be cut, and what their cells span."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

COLUMNS_MAX: Final = 104
"""Columns from DA on have no place in any template."""

_HEAD_BYTES_MAX: Final = 1024**2
#: A row that is not at its end after so many bytes is none that anybody wrote.
_ROW_BYTES_MAX: Final = 8 * 1024**2
_BEGIN: Final = b"<sheetData>"
_END: Final = b"</sheetData>"
_ROW_END: Final = b"</row>"
_ROW: Final = b'<row r="'
_CELL: Final = b'<c r="'
_DIGITS_MAX: Final = 7
_LETTERS: Final = 26
_WORD: Final = 8

Numbers = np.ndarray[Any, np.dtype[Any]]


class NotPlain(Exception):  # noqa: N818  # no error: who hears it reads the sheet in another way
    """The sheet is written in a way that leaves open where its rows and cells are."""


@dataclass(frozen=True, slots=True)
class Span:
    """Between which rows and columns some cells lie, from 1, both ends included; of no cell, nowhere."""

    top: int
    bottom: int
    left: int = COLUMNS_MAX + 1
    right: int = 0

    def and_below(self, other: "Span") -> "Span":
        """Return the span of these cells and others. Raises NotPlain: the others are not below these."""
        if other.top <= self.bottom:
            raise NotPlain
        return Span(self.top, other.bottom, min(self.left, other.left), max(self.right, other.right))


NOWHERE: Final = Span(0, 0)


def pieces(content: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Yield what stands before the rows, and then whole rows, about so many bytes of them at once.

    What stands behind the last row is gone through and left out. Raises NotPlain.
    """
    waiting, begin = bytearray(), -1
    while begin < 0:
        waiting += _next(content)
        begin = waiting.find(_BEGIN)
        if begin < 0 and len(waiting) > _HEAD_BYTES_MAX:
            raise NotPlain
    head = begin + len(_BEGIN)
    yield bytes(waiting[:head])
    del waiting[:head]
    looked = 0
    while (end := waiting.find(_END, max(0, looked - len(_END)))) < 0:
        looked = len(waiting)
        if looked >= most and (cut := waiting.rfind(_ROW_END) + len(_ROW_END)) >= len(_ROW_END):
            yield bytes(waiting[:cut])
            del waiting[:cut]
            looked -= cut
        elif looked > most + _ROW_BYTES_MAX:
            raise NotPlain
        waiting += _next(content)
    if rest := bytes(waiting[:end]).rstrip():
        yield rest
    for _ in content:
        pass


def _next(content: Iterator[bytes]) -> bytes:
    found = next(content, None)
    if found is None:
        raise NotPlain
    return found


@dataclass(frozen=True, slots=True)
class Cells:
    """Where each cell of some rows is: its row and column, from 1, and behind which byte it says what it holds."""

    rows: Numbers
    columns: Numbers
    starts: Numbers
    ends: Numbers
    span: Span


def cells(rows: bytes) -> Cells:
    """Return the cells of whole rows. Raises NotPlain.

    Plain are rows and cells that begin by saying where they are, each cell in its row and each row below the last.
    """
    signs = np.frombuffer(rows + bytes(2 * _WORD), np.uint8)
    words: Numbers = np.ndarray((len(rows) + _WORD,), "<u8", signs, 0, (1,))
    opening, following = signs[:-1] == ord("<"), signs[1:]
    lines = np.flatnonzero(opening & (following == ord("r")))
    lines = lines[_begin(words[lines], b"<row")]  # not what else begins so, as the runs of a text
    places = np.flatnonzero(opening & (following == ord("c")))
    plain = lines.size and _begin(words[lines], _ROW).all() and _begin(words[places], _CELL).all()
    comments = (opening & ((following == ord("!")) | (following == ord("?")))).any()
    if not plain or comments or (places.size and places[0] < lines[0]):
        raise NotPlain
    named = words[lines + len(_ROW)]
    numbers, digits = _numbers(named)
    columns, letters = _columns(words[places + len(_CELL)])
    # A cell says its row in the same signs as the row itself, the quotation mark behind them included.
    mask = ~np.uint64(0) >> (8 * (_WORD - 1 - digits)).astype(np.uint64)
    owned = np.diff(np.append(np.searchsorted(places, lines), places.size))
    said = words[places + len(_CELL) + letters]
    if (said & np.repeat(mask, owned) != np.repeat(named & mask, owned)).any() or (np.diff(numbers) <= 0).any():
        raise NotPlain
    left, right = (columns.min(), columns.max()) if places.size else (COLUMNS_MAX + 1, 0)
    return Cells(
        rows=np.repeat(numbers, owned),
        columns=columns,
        starts=places + len(_CELL) + letters + np.repeat(digits, owned) + 1,
        ends=_ends(places, np.append(lines[1:], len(rows)) - len(_ROW_END), owned),
        span=Span(int(numbers[0]), int(numbers[-1]), int(left), int(right)),
    )


def _ends(places: Numbers, row_ends: Numbers, owned: Numbers) -> Numbers:
    """Return where each cell ends: where the next one begins, or the row ends."""
    ends = np.append(places[1:], 0)
    ends[np.cumsum(owned)[owned > 0] - 1] = row_ends[owned > 0]
    return ends[: places.size]


def last_row(rows: bytes) -> int:
    """Return the number of the last of whole rows that are plain."""
    start = rows.rindex(_ROW) + len(_ROW)
    return int(rows[start : rows.index(b'"', start)])


def _begin(words: Numbers, sign: bytes) -> Numbers:
    mask = np.uint64(2 ** (8 * len(sign)) - 1)
    return np.asarray(words & mask == int.from_bytes(sign, "little"))


def _numbers(words: Numbers) -> tuple[Numbers, Numbers]:
    """Return the numbers that stand before a quotation mark, and how many digits they have."""
    numbers, digits = np.zeros(words.size, np.int64), np.zeros(words.size, np.int64)
    for place in range(_WORD):
        sign = words >> np.uint64(8 * place) & np.uint64(0xFF)
        within = (digits == place) & (sign >= ord("0")) & (sign <= ord("9"))
        numbers = np.where(within, 10 * numbers + sign.astype(np.int64) - ord("0"), numbers)
        digits += within
    ends = words >> (8 * np.minimum(digits, _DIGITS_MAX)).astype(np.uint64) & np.uint64(0xFF)
    if ((digits < 1) | (digits > _DIGITS_MAX) | (ends != ord('"')) | (numbers < 1)).any():
        raise NotPlain
    return numbers, digits


def _columns(words: Numbers) -> tuple[Numbers, Numbers]:
    """Return the columns that one or two capital letters name, and how many letters these are."""
    first = (words & np.uint64(0xFF)).astype(np.int64) - ord("A")
    second = (words >> np.uint64(8) & np.uint64(0xFF)).astype(np.int64) - ord("A")
    two = second >= 0
    columns = np.where(two, (first + 1) * _LETTERS + second, first) + 1
    if ((first < 0) | (first >= _LETTERS) | (second >= _LETTERS) | (columns > COLUMNS_MAX)).any():
        raise NotPlain
    return columns, two + 1
