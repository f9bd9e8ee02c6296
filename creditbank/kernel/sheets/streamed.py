"""Large sheets of a workbook read in pieces: each is put into a small workbook of its own, which the reader takes."""

import re
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial, reduce
from io import BytesIO
from itertools import islice
from string import ascii_uppercase
from typing import Final

import polars as pl

from creditbank.kernel.sheets import ahead, cells, distinct, errors, plain, shared

#: How many bytes of rows are read at once; a sheet of no more is read as it is.
PIECE_BYTES: Final = 8 * 1024**2
#: Who takes the grids is quicker with few large ones.
GRID_ROWS: Final = 50_000
#: How many times larger than what goes with every piece, as the texts that cells share, a piece must be.
_BESIDE: Final = 4
_PARTS: Final = re.compile(r"(?:(?:xl/)?_rels/|xl/)?[^/]*\.(?:xml|rels)", re.IGNORECASE)
_CHUNK: Final = 1024**2
_TAIL: Final = b"</sheetData></worksheet>"
_ANCHOR: Final = '<row r="{row}"><c r="{left}{row}" t="str"><v>.</v></c><c r="{right}{row}" t="str"><v>.</v></c></row>'
_TELLING: Final = '<worksheet><sheetData><row r="1"><c r="A1" t="str"><v>{}</v></c></row></sheetData></worksheet>'


def is_part(entry: str) -> bool:
    """Say whether an entry of a workbook says what all its sheets need: texts, styles, where the sheets are."""
    return _PARTS.fullmatch(entry) is not None


def piece_bytes(entries: Iterable[zipfile.ZipInfo]) -> int:
    """Return how many bytes of rows of this workbook are read at once."""
    return max(PIECE_BYTES, _BESIDE * sum(entry.file_size for entry in entries if is_part(entry.filename)))


def unpacked(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what is in an entry, to its true end: its stated size may be a lie."""
    entry.file_size = shared.BYTES_MAX + 1
    with archive.open(entry) as stream:
        yield from iter(partial(stream.read, _CHUNK), b"")


def span(content: Iterator[bytes]) -> plain.Span | None:
    """Return what the cells of a sheet span, or nothing where it cannot be read in pieces."""
    try:
        pieces = plain.pieces(content, _CHUNK)
        next(pieces)
        looked_at = ahead.mapped(lambda rows: plain.cells(rows).span, pieces)
        found = reduce(plain.Span.and_below, looked_at, plain.NOWHERE)
    except plain.NotPlain:
        return None
    return found if found.right else None


def places(parts: Mapping[str, bytes], entries: Sequence[str]) -> dict[str, int]:
    """Return where among the sheets some entries stand, as the reader itself finds them: each tells its name."""
    if not entries:
        return {}
    telling = {f"{__name__} {number}": entry for number, entry in enumerate(entries)}
    sheets = {entry: _TELLING.format(words).encode() for words, entry in telling.items()}
    found = {}
    try:
        book = cells.reader(_packed({**parts, **sheets}), name="")
        for place in range(len(book.sheet_names)):
            told = cells.grid(book, place, name="", has_long_numbers=False)
            if told is not None and told.height and (entry := telling.get(told.row(0)[0])):
                found[entry] = place
    except errors.NotASpreadsheet:  # this one cannot be read without what it holds beside
        return {}
    return found


@dataclass(frozen=True, slots=True)
class _Piece:
    """Some rows, as they are written: those behind row `above` to row `bottom`."""

    head: bytes
    rows: bytes
    above: int
    bottom: int


@dataclass(frozen=True, slots=True)
class Large:
    """A sheet that is read in pieces of so many bytes: an entry of a workbook; `parts` goes with every piece."""

    entry: str
    span: plain.Span
    parts: Mapping[str, bytes]
    texts: shared.Texts
    piece_bytes: int


@dataclass(frozen=True, slots=True)
class Page:
    """A sheet of a workbook, at its place, as grids of text cells."""

    content: bytes
    name: str
    place: int
    large: Large

    def first(self) -> pl.DataFrame:
        """Return the first grid. Refused: too much text once cells hold it; cells that are damaged."""
        return self._grid(next(self._pieces()))

    def others(self) -> Iterator[pl.DataFrame]:
        """Yield the other grids, of some ten thousand rows each. Refused: the same."""
        total, waiting, rows = 0, [], 0
        for grid in map(self._grid, islice(self._pieces(), 1, None)):
            total += sum(grid.select(pl.all().str.len_bytes().cast(pl.Int64).sum()).row(0))
            if total > shared.BYTES_MAX:
                raise errors.TooLargeUnpacked
            waiting.append(grid)
            rows += grid.height
            if rows >= GRID_ROWS:
                yield pl.concat(waiting)
                waiting, rows = [], 0
        if waiting:
            yield pl.concat(waiting)

    def _pieces(self) -> Iterator[_Piece]:
        with zipfile.ZipFile(BytesIO(self.content)) as archive:
            pieces = plain.pieces(unpacked(archive, archive.getinfo(self.large.entry)), self.large.piece_bytes)
            head, above = next(pieces), 0
            for rows in pieces:
                bottom = plain.last_row(rows)
                yield _Piece(head, rows, above, bottom)
                above = bottom

    def _grid(self, piece: _Piece) -> pl.DataFrame:
        """Return the rows of a piece."""
        if self.large.texts.are_too_many([piece.rows], unpacked=len(piece.rows)):
            raise errors.TooLargeUnpacked
        span, known = self.large.span, plain.cells(piece.rows)
        found = distinct.distinct(piece.rows, known) if known.columns.size else None
        if found is None:
            return self._as_it_is(piece)
        rows = b"".join(
            b'<row r="%d"><c r="A%d"%b</row>' % (row, row, written)
            for row, written in enumerate(found.written, start=1)
        )
        below = _anchor(len(found.written) + 1, 1, 1)
        values = self._read((piece.head, rows, below, _TAIL), above=0).to_series(0).head(len(found.written))
        return distinct.spread(values, found, known, above=piece.above, left=span.left, right=span.right)

    def _as_it_is(self, piece: _Piece) -> pl.DataFrame:
        """Read a piece between two rows as wide as the sheet: so nothing of it is left out as empty."""
        span = self.large.span
        above = _anchor(piece.above, span.left, span.right) if piece.above else b""
        below = _anchor(piece.bottom + 1, span.left, span.right)
        grid = self._read((piece.head, above, piece.rows, below, _TAIL), above=None if above else 0)
        grid = grid.slice(1 if above else 0, piece.bottom - piece.above)
        return grid.rename(dict(zip(grid.columns, distinct.names(span.left, span.right), strict=True)))

    def _read(self, written: Iterable[bytes], *, above: int | None) -> pl.DataFrame:
        """Let the reader read a sheet."""
        sheet = b"".join(written)
        book = cells.reader(_packed({**self.large.parts, self.large.entry: sheet}), name=self.name)
        grid = cells.grid(
            book, self.place, name=self.name, has_long_numbers=cells.LONG_NUMBER.search(sheet) is not None, above=above
        )
        if grid is None:
            raise errors.NotASpreadsheet(name=self.name)
        return grid


def _anchor(row: int, left: int, right: int) -> bytes:
    return _ANCHOR.format(row=row, left=_letters(left), right=_letters(right)).encode()


def _letters(column: int) -> str:
    before, last = divmod(column - 1, len(ascii_uppercase))
    return (ascii_uppercase[before - 1] if before else "") + ascii_uppercase[last]


def _packed(parts: Mapping[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()
