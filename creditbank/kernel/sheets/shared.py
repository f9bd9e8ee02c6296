"""Texts that the cells of a workbook share: what they come to once every cell holds its own."""

import re
import zipfile
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: What all cells may hold.
BYTES_MAX: Final = 2 * 1024**3
_TEXTS: Final = "xl/sharedstrings.xml"
_SHEETS: Final = "xl/worksheets/"
_TEXT: Final = re.compile(rb"<(?:\w+:)?si\b")
_CELL: Final = re.compile(rb"""\bt\s*=\s*["']s["'][^<]*<(?:\w+:)?v\b[^>]*>\s*(\d{1,9})""")
_CELL_BYTES_MIN: Final = len(b'<c t="s"><v>0</v></c>')
_CHUNK: Final = 1024**2


@dataclass(frozen=True, slots=True)
class Texts:
    """How many bytes each shared text of a workbook takes, in their order."""

    lengths: list[int]

    def are_too_many(self, parts: Iterable[bytes], *, unpacked: int) -> bool:
        """Say whether cells share texts of more than is taken; `parts`, of so many bytes in all, are cut at elements.

        A text is stored once, and a cell that names it takes some twenty bytes: a small file can stand for any amount.
        Cells are gone through only where the longest text, in as many cells as fit, would be too much.
        """
        if max(self.lengths, default=0) * (unpacked // _CELL_BYTES_MIN) <= BYTES_MAX:
            return False
        total = 0
        for part in parts:
            places = map(int, _CELL.findall(part))
            total += sum(self.lengths[place] for place in places if place < len(self.lengths))
            if total > BYTES_MAX:
                return True
        return False


def texts(archive: zipfile.ZipFile) -> Texts:
    """Return the texts that a workbook's cells share."""
    return Texts([length for entry in _named(archive, _TEXTS) for length in _lengths(archive, entry)])


def cells(archive: zipfile.ZipFile, *, but: Container[str]) -> Iterator[bytes]:
    """Yield what is in the sheets, but for some, cut where an element ends."""
    for entry in _named(archive, _SHEETS):
        if entry.filename not in but:
            yield from _parts(archive, entry)


def _named(archive: zipfile.ZipFile, beginning: str) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if entry.filename.lower().startswith(beginning)]


def _lengths(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[int]:
    starts, before = [], 0
    for part in _parts(archive, entry):
        starts += [before + found.start() for found in _TEXT.finditer(part)]
        before += len(part)
    return [end - start for start, end in pairwise([*starts, before])]


def _parts(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what is in an entry, cut where an element ends."""
    rest = b""
    with archive.open(entry) as stream:
        while chunk := stream.read(_CHUNK):
            rest += chunk
            end = max(rest.rfind(b"</"), 0)
            if end or len(rest) > _CHUNK:
                yield rest[:end] if end else rest
                rest = rest[end:] if end else b""
    yield rest
