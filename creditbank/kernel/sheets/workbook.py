"""Excel workbooks from outside: what may be unpacked at all, and their sheets as grids of text."""

import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import fastexcel
import polars as pl

from creditbank.kernel.sheets import errors, old, panics, shared

ZIP = b"PK\x03\x04"
# Compound files: workbooks of Excel 97 to 2003, and every newer one that has a password.
COMPOUND = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
UNPACKED_BYTES_MAX = 2 * 1024**3
RATIO_MAX = 200
NAMES_SHOWN = 3
DIGITS_KEPT = 15
"""Excel keeps so many digits of a number; an identity number typed as a number has lost the rest."""

_SCIENTIFIC = re.compile(r"\d+\.\d+[Ee]\+?\d+|\d[Ee]\+\d+")
_CHUNK = 1024**2
_OVERLAP = 64
_WORKBOOK_PART = "xl/workbook.xml"
_SHEETS = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
ZIP_ENCRYPTED = 0x1
#: What unpacking a damaged archive ends with; no file of ours is open then, so an OSError is one of its own, too.
BROKEN: Final = (zipfile.BadZipFile, zlib.error, lzma.LZMAError, OSError, EOFError, ValueError, RuntimeError)

# The reader lays a sheet out as one full rectangle, so two cells in far corners would take gigabytes:
# columns from DA on have no place in the template, and a row's number must be earned by as many bytes of rows.
_FAR_COLUMN = re.compile(rb"""r=["'](?:[A-Z]{3,}|[D-Z][A-Z])\d""")
_FAR_ROWS = {digits: re.compile(rb"""r=["'][A-Z]*\d{%d,}["']""" % digits) for digits in (6, 7, 8)}
_BYTES_PER_ROW_MIN = 12
_LONG_NUMBER = re.compile(rb"v>(?:\d{%d,}|\d(?:\.\d+)?[Ee]\+?(?:1[5-9]|2\d))" % (DIGITS_KEPT + 1))


@dataclass(slots=True)
class _Seen:
    """What a pass over the unpacked bytes has come upon."""

    unpacked: int = 0
    long_numbers: bool = False


@dataclass(frozen=True, slots=True)
class Workbook:
    """A workbook that may be unpacked; its grids are read one by one."""

    content: bytes
    name: str
    has_long_numbers: bool

    def grids(self) -> Iterator[pl.DataFrame]:
        """Yield each sheet as text cells from A1 on, empty cells null; numbers as "3" or "2.5", dates as ISO."""
        return (grid for _, grid in self._sheets())

    def table(self, headed: Callable[[pl.DataFrame], int]) -> pl.DataFrame | None:
        """Return the one sheet with rows under its headings, or without any, the first that has headings.

        `headed` says how many rows a sheet begins with, that of its headings included, and 0 where it has none.
        Refused: several with rows, of which all but one would be lost without a word.
        """
        first, filled, names = None, None, []
        for name, grid in self._sheets():
            above = headed(grid)
            if not above:
                continue
            first = grid if first is None else first
            if any(cell and cell.strip() for row in grid.slice(above).iter_rows() for cell in row):
                filled = grid if filled is None else filled
                names.append(name)
        if len(names) > 1:
            raise errors.SeveralSheets(count=len(names), names="、".join(names[:NAMES_SHOWN]))
        return first if filled is None else filled

    def _sheets(self) -> Iterator[tuple[str, pl.DataFrame]]:
        if self.content.startswith(COMPOUND):
            return old.sheets(self.content, name=self.name)
        return self.sheets_read_here()

    def sheets_read_here(self) -> Iterator[tuple[str, pl.DataFrame]]:
        """Yield title and grid of each sheet, read in this process. Refused: what cannot be read."""
        reader = _opened(self.content, name=self.name)
        for number, title in enumerate(reader.sheet_names):
            with panics.refused(name=self.name):
                try:
                    sheet = reader.load_sheet(number, header_row=None, skip_rows=0, dtypes="string")
                except fastexcel.FastExcelError:  # a sheet of a chart holds no cells
                    continue
                grid = self._with_long_numbers_shown(sheet.to_polars(), number)
            yield title, grid

    def _with_long_numbers_shown(self, grid: pl.DataFrame, sheet: int) -> pl.DataFrame:
        """Write numbers of more digits than Excel keeps the way Excel shows them, as 1.10199196907210E+17.

        Else digits that Excel made up would pass for the real ones, one time in eleven even by their check digit.
        """
        if not self.has_long_numbers or grid.height == 0:
            return grid
        # Read as booleans, cells of text are null and cells of numbers are not.
        reader = _opened(self.content, name=self.name)
        typed = reader.load_sheet(sheet, header_row=None, skip_rows=0, dtypes="boolean").to_polars()
        return grid.with_columns(
            pl.when(typed[name].is_not_null() & pl.col(name).str.contains(rf"^\d{{{DIGITS_KEPT + 1},}}$"))
            .then(_scientific(pl.col(name)))
            .otherwise(pl.col(name))
            .alias(name)
            for name in grid.columns
        )


def is_workbook(content: bytes) -> bool:
    """Say whether bytes begin as a workbook does."""
    return content.startswith((ZIP, COMPOUND))


def is_damaged(text: str) -> bool:
    """Say whether a text is a number as Excel writes it when it keeps only the first of its digits."""
    return _SCIENTIFIC.fullmatch(text) is not None


def opened(content: bytes, *, name: str, unpacked_max: int = UNPACKED_BYTES_MAX) -> Workbook:
    """Return the workbook, unread; refused without unpacking it into memory.

    Refused: what is no workbook, one with a password, one that would unpack to more than so many bytes,
    200 times its size, or an area of cells or texts in them that its bytes do not account for.
    """
    if content.startswith(COMPOUND):
        if _ENCRYPTED in content:
            raise errors.EncryptedWorkbook
        return Workbook(content, name, has_long_numbers=True)
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            limit = min(unpacked_max, len(content) * RATIO_MAX)
            seen = _inspected(archive, name=name, unpacked_max=limit)
    except BROKEN:
        raise errors.NotASpreadsheet(name=name) from None
    return Workbook(content, name, seen.long_numbers)


def _inspected(archive: zipfile.ZipFile, *, name: str, unpacked_max: int) -> _Seen:
    entries = archive.infolist()
    if any(entry.flag_bits & ZIP_ENCRYPTED for entry in entries):
        raise errors.EncryptedWorkbook
    if _WORKBOOK_PART not in archive.namelist():
        raise errors.NotASpreadsheet(name=name)
    if sum(entry.file_size for entry in entries) > unpacked_max:
        raise errors.TooLargeUnpacked
    seen = _Seen()
    for entry in entries:
        _inspect(archive, entry, seen, unpacked_max)
    if shared.is_heavier(archive, UNPACKED_BYTES_MAX, unpacked=seen.unpacked):
        raise errors.TooLargeUnpacked
    return seen


def _inspect(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, seen: _Seen, unpacked_max: int) -> None:
    """Unpack an entry piece by piece, keeping nothing: its stated size may be a lie."""
    is_sheet = _SHEETS.fullmatch(entry.filename) is not None
    entry.file_size = UNPACKED_BYTES_MAX + 1  # reads on to the true end instead of the stated one
    start, row_digits, tail = seen.unpacked, 0, b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            seen.unpacked += len(chunk)
            if seen.unpacked > unpacked_max:
                raise errors.TooLargeUnpacked
            if not is_sheet:
                continue
            window = tail + chunk
            if _FAR_COLUMN.search(window):
                raise errors.TooLargeUnpacked
            row_digits = _digits_of_rows(window, row_digits)
            seen.long_numbers = seen.long_numbers or _LONG_NUMBER.search(window) is not None
            tail = chunk[-_OVERLAP:]
    if row_digits and seen.unpacked - start < _BYTES_PER_ROW_MIN * 10 ** (row_digits - 1):
        raise errors.TooLargeUnpacked


def _digits_of_rows(window: bytes, known: int) -> int:
    """Return how many digits the greatest row number so far has, as far as it matters."""
    for digits, pattern in _FAR_ROWS.items():
        if digits > known and pattern.search(window):
            known = digits
    return known


def _opened(content: bytes, *, name: str) -> fastexcel.ExcelReader:
    try:
        with panics.refused(name=name):
            return fastexcel.read_excel(content)
    except fastexcel.FastExcelError as refusal:
        if "password" in str(refusal).lower():
            raise errors.EncryptedWorkbook from None
        raise errors.NotASpreadsheet(name=name) from None


def _scientific(digits: pl.Expr) -> pl.Expr:
    """Return the digits as Excel shows a number too long for it."""
    exponent = (digits.str.len_chars() - 1).cast(pl.String)
    return pl.concat_str(
        digits.str.slice(0, 1), pl.lit("."), digits.str.slice(1, DIGITS_KEPT - 1), pl.lit("E+"), exponent
    )
