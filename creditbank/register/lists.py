"""From the bytes of a list of certificates to its rows, in pieces; and back to a file of the same columns."""

import csv
import io
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Final

import polars as pl

from creditbank.kernel.sheets import decoding, workbook
from creditbank.kernel.sheets.errors import CellsUnreadable
from creditbank.kernel.sheets.pieces import Pieces
from creditbank.kernel.sheets.source import Source
from creditbank.kernel.sheets.writing import REASON_HEADING, written_in_pieces
from creditbank.kernel.text import plain_heading
from creditbank.register.errors import ListUnreadable
from creditbank.register.told import ALIASES, COLUMNS, EXAMPLE, NEEDED

HEADER_ROWS: Final = 5
HEAD_CHARACTERS: Final = 64 * 1024
SEPARATORS: Final = (",", ";", "\t")
PIECE_BYTES: Final = 4 * 1024 * 1024
BLOCK_ROWS: Final = 20_000
Line = tuple[int, Sequence[str]]


@dataclass(frozen=True, slots=True)
class Header:
    """The headings of a file as they are written, and where each known column stands."""

    headings: tuple[str, ...]
    places: Mapping[str, int]
    row: int

    def cells(self, line: Sequence[str]) -> dict[str, str]:
        """Return the cells of a row by the names of the columns."""
        return {column: _clean(line[place]) for column, place in self.places.items() if place < len(line)}


def lines(source: Source) -> Generator[Line]:
    """Yield the rows of a file with their numbers, from 1, empty ones too; a text table is never in memory as a whole.

    Refused: what is no table, text in no known encoding, a workbook that is too large.
    """
    if workbook.is_workbook(source.head()):
        sheets = workbook.opened(source.content(), name=source.name).sheets()
        filled = next((sheet.grids() for sheet in sheets if sheet.height), iter(()))
        for number, cells in enumerate((row for grid in filled for row in grid.iter_rows()), start=1):
            yield number, [cell or "" for cell in cells]
        return
    separator = None
    number = 0
    for piece in Pieces(source, most=PIECE_BYTES):
        text = piece.decode()
        separator = separator or max(SEPARATORS, key=text[:HEAD_CHARACTERS].count)
        try:
            for line in csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True):
                number += 1
                yield number, line
        except csv.Error:
            raise CellsUnreadable from None


def header_of(found: Iterator[Line]) -> Header:
    """Return the header among the first rows, and leave the iterator behind it. Refused: none has what is needed."""
    best: set[str] = set()
    for number, line in islice(found, HEADER_ROWS):
        headings = tuple(_clean(cell) for cell in line)
        places = {
            _KNOWN[said]: place
            for place, text in reversed(list(enumerate(headings)))
            if (said := plain_heading(text)) in _KNOWN
        }
        if set(NEEDED) <= set(places):
            return Header(headings, places, number)
        best = max(best, set(places), key=len)
    missing = "、".join(COLUMNS[column].zh for column in NEEDED if column not in best)
    raise ListUnreadable(missing=missing)


def refused_file(
    headings: Sequence[str], rows: Iterable[tuple[Sequence[str], str]], *, language: str, as_workbook: bool
) -> Iterator[bytes]:
    """Yield rows with their reasons, piece by piece, as a file with the headings of the one they came in."""
    used = [place for place, text in enumerate(headings) if text and text not in REASON_HEADING.values()]
    table = ([*(_at(line, place) for place in used), reason] for line, reason in rows)
    schema = {f"c{place}": pl.String for place in range(len(used) + 1)}
    blocks = iter(lambda: list(islice(table, BLOCK_ROWS)), [])
    frames = (pl.DataFrame(block, schema, orient="row") for block in blocks)
    kept = [headings[place] for place in used]
    return written_in_pieces(kept, frames, language=language, kind="xlsx" if as_workbook else "csv")


def template(language: str) -> bytes:
    """Return an empty list with one example row, as CSV that Excel opens."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS[column].in_language(language)[0] for column in COLUMNS)
    writer.writerow(EXAMPLE.values())
    return decoding.BOM + text.getvalue().encode()


def _clean(text: str) -> str:
    """Return a cell without blanks around it, and without the sign by which a spreadsheet takes it for text."""
    bare = text.strip().removeprefix("\ufeff").strip()
    return bare.removeprefix("'")


def _at(line: Sequence[str], place: int) -> str:
    return line[place] if place < len(line) else ""


_KNOWN: Final = {
    plain_heading(text): column
    for column, name in COLUMNS.items()
    for text in (name.zh, name.en, column, *ALIASES.get(column, ()))
}
