"""Excel workbooks from outside: what may be unpacked at all, and their sheets as grids of text."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from creditbank.kernel.sheets import cells, errors, inspection, old, shared, streamed

ZIP = b"PK\x03\x04"
# Compound files: workbooks of Excel 97 to 2003, and every newer one that has a password.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_BYTES_MAX = shared.BYTES_MAX
RATIO_MAX = 200
NAMES_SHOWN = 3

_SCIENTIFIC = re.compile(r"\d+\.\d+[Ee]\+?\d+|\d[Ee]\+\d+")
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
#: What unpacking a damaged archive ends with; no file of ours is open then, so an OSError is one of its own, too.
BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet as grids of text cells, row by row as the sheet numbers them; the `first` is at hand.

    Empty cells are null, numbers "3" or "2.5", dates as ISO. `height` is how many rows there are in all.
    """

    title: str
    height: int
    first: pl.DataFrame
    rest: Callable[[], Iterator[pl.DataFrame]] = lambda: iter(())

    def grids(self) -> Iterator[pl.DataFrame]:
        """Yield grid after grid, all of the same columns."""
        yield self.first
        yield from self.rest()

    def is_filled(self, above: int) -> bool:
        """Say whether there is anything behind so many rows."""
        for grid in self.grids():
            if any(cell and cell.strip() for row in grid.slice(above).iter_rows() for cell in row):
                return True
            above = max(0, above - grid.height)
        return False


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that may be unpacked; its sheets are read one by one, large ones in pieces."""

    content: bytes
    name: str
    found: inspection.Found

    def table(self, headed: Callable[[pl.DataFrame], int]) -> Sheet | None:
        """Return the one sheet with rows under its headings, or without any, the first that has headings.

        `headed` says how many rows a sheet begins with, that of its headings included, and 0 where it has none.
        Refused: several with rows, of which all but one would be lost without a word.
        """
        first, filled, names = None, None, []
        for sheet in self.sheets():
            above = headed(sheet.first)
            if not above:
                continue
            first = sheet if first is None else first
            if sheet.is_filled(above):
                filled = sheet if filled is None else filled
                names.append(sheet.title)
        if len(names) > 1:
            raise errors.SeveralSheets(count=len(names), names="、".join(names[:NAMES_SHOWN]))
        return first if filled is None else filled

    def sheets(self) -> Iterator[Sheet]:
        """Yield sheet after sheet; those that hold no cells, as charts, are left out. Refused: what cannot be read."""
        if self.content.startswith(COMPOUND):
            grids = old.sheets(self.content, name=self.name)
            yield from (Sheet(title, grid.height, grid) for title, grid in grids)
        else:
            yield from self.sheets_read_here()

    def sheets_read_here(self) -> Iterator[Sheet]:
        """Yield each sheet, read in this process. Refused: what cannot be read."""
        book = cells.reader(self.content, name=self.name)
        for place, title in enumerate(book.sheet_names):
            if large := self.found.large.get(place):
                page = streamed.Page(self.content, self.name, place, large)
                yield Sheet(title, large.span.bottom, page.first(), page.others)
                continue
            grid = cells.grid(book, place, name=self.name, has_long_numbers=self.found.has_long_numbers)
            if grid is not None:
                yield Sheet(title, grid.height, grid)


def is_workbook(content: bytes) -> bool:
    """Say whether bytes begin as a workbook does."""
    return content.startswith((ZIP, COMPOUND))


def is_damaged(text: str) -> bool:
    """Say whether a text is a number as Excel writes it when it keeps only the first of its digits."""
    return _SCIENTIFIC.fullmatch(text) is not None


def opened(content: bytes, *, name: str) -> Workbook:
    """Return the workbook, unread; refused without unpacking it into memory.

    Refused: what is no workbook, one with a password, one that would unpack to more than 2 GB,
    200 times its size, or an area of cells or texts in them that its bytes do not account for.
    """
    if content.startswith(COMPOUND):
        if _ENCRYPTED in content:
            raise errors.EncryptedWorkbook
        return Workbook(content, name, inspection.Found(has_long_numbers=True))
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            found = inspection.inspected(archive, name=name, most=min(UNPACKED_BYTES_MAX, len(content) * RATIO_MAX))
    except BROKEN:
        raise errors.NotASpreadsheet(name=name) from None
    return Workbook(content, name, found)
