"""Workbooks before they are read: what they unpack to and what their cells would take, without either in memory."""

import re
import zipfile
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from creditbank.kernel.sheets import cells, errors, plain, shared, streamed

ZIP_ENCRYPTED: Final = 0x1

_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.xml", re.IGNORECASE)
_WORKBOOK_PART: Final = "xl/workbook.xml"
_OVERLAP: Final = 64
# The reader lays a sheet out as one full rectangle, so two cells in far corners would take gigabytes:
# columns from DA on have no place in the template, and a row's number must be earned by as many bytes of rows.
_FAR_COLUMN = re.compile(rb"""r=["'](?:[A-Z]{3,}|[D-Z][A-Z])\d""")
_FAR_ROWS = {digits: re.compile(rb"""r=["'][A-Z]*\d{%d,}["']""" % digits) for digits in (6, 7, 8)}
_BYTES_PER_ROW_MIN = 12


@dataclass(frozen=True, slots=True)
class Found:
    """What is known of a workbook that may be read: the large sheets that are plain are read in pieces, by place."""

    has_long_numbers: bool
    large: Mapping[int, streamed.Large] = field(default_factory=dict)


@dataclass(slots=True)
class _Inspection:
    """A pass over the unpacked bytes, and what it has come upon."""

    archive: zipfile.ZipFile
    most: int
    unpacked: int = 0
    has_long_numbers: bool = False

    def content(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """Unpack an entry piece by piece."""
        for block in streamed.unpacked(self.archive, entry):
            self.unpacked += len(block)
            if self.unpacked > self.most:
                raise errors.TooLargeUnpacked
            yield block

    def span(self, entry: zipfile.ZipInfo) -> plain.Span | None:
        """Return what a sheet spans that can be read in pieces."""
        before = self.unpacked
        found = streamed.span(self.content(entry))
        if found is None:
            self.unpacked = before
        else:
            _check_rows(len(str(found.bottom)), self.unpacked - before)
        return found

    def go_through(self, entry: zipfile.ZipInfo) -> None:
        """Look at a sheet that is read as a whole."""
        before, row_digits, tail = self.unpacked, 0, b""
        for chunk in self.content(entry):
            window = tail + chunk
            if _FAR_COLUMN.search(window):
                raise errors.TooLargeUnpacked
            row_digits = _digits_of_rows(window, row_digits)
            self.has_long_numbers = self.has_long_numbers or cells.LONG_NUMBER.search(window) is not None
            tail = chunk[-_OVERLAP:]
        _check_rows(row_digits, self.unpacked - before)


def inspected(archive: zipfile.ZipFile, *, name: str, most: int) -> Found:
    """Return what is known of a workbook once all of it was unpacked; only what its large sheets need is kept.

    Refused: what is none; a password; more than so many bytes; an area of cells or texts in them that its bytes do not
    account for.
    """
    entries = archive.infolist()
    if any(entry.flag_bits & ZIP_ENCRYPTED for entry in entries):
        raise errors.EncryptedWorkbook
    if _WORKBOOK_PART not in archive.namelist():
        raise errors.NotASpreadsheet(name=name)
    if sum(entry.file_size for entry in entries) > most:
        raise errors.TooLargeUnpacked
    piece_bytes = streamed.piece_bytes(entries)
    sheets = [entry for entry in entries if _SHEET.fullmatch(entry.filename)]
    large = [entry.filename for entry in sheets if entry.file_size > piece_bytes]
    seen = _Inspection(archive, most)
    parts = _beside_sheets(seen, keep=bool(large))
    places = streamed.places(parts, large) if len(set(large)) == len(large) else {}
    spans = {}
    for entry in sheets:
        if entry.filename in places and (span := seen.span(entry)):
            spans[entry.filename] = span
        else:
            seen.go_through(entry)
    texts = shared.texts(archive)
    if texts.are_too_many(shared.cells(archive, but=spans), unpacked=seen.unpacked):
        raise errors.TooLargeUnpacked
    found = {
        places[name]: streamed.Large(entry=name, span=span, parts=parts, texts=texts, piece_bytes=piece_bytes)
        for name, span in spans.items()
    }
    return Found(seen.has_long_numbers, found)


def _beside_sheets(seen: _Inspection, *, keep: bool) -> dict[str, bytes]:
    """Unpack all that is no sheet, and return what goes with every piece of one."""
    parts = {}
    for entry in seen.archive.infolist():
        if keep and streamed.is_part(entry.filename):
            parts[entry.filename] = b"".join(seen.content(entry))
        elif _SHEET.fullmatch(entry.filename) is None:
            deque(seen.content(entry), maxlen=0)
    return parts


def _check_rows(digits: int, unpacked: int) -> None:
    """Refuse a row number of so many digits that is not earned."""
    if digits >= min(_FAR_ROWS) and unpacked < _BYTES_PER_ROW_MIN * 10 ** (digits - 1):
        raise errors.TooLargeUnpacked


def _digits_of_rows(window: bytes, known: int) -> int:
    """Return how many digits the greatest row number so far has, as far as it matters."""
    for digits, pattern in _FAR_ROWS.items():
        if digits > known and pattern.search(window):
            known = digits
    return known
