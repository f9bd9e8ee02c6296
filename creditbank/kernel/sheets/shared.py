"""Texts that the cells of a workbook share: what they come to once every cell holds its own."""

import re
import zipfile
from collections.abc import Iterator
from typing import Final

_TEXTS: Final = "xl/sharedstrings.xml"
_SHEETS: Final = "xl/worksheets/"
_TEXT: Final = re.compile(rb"<(?:\w+:)?si\b")
_CELL: Final = re.compile(rb"""\bt\s*=\s*["']s["'][^<]*<(?:\w+:)?v\b[^>]*>\s*(\d{1,9})""")
_CELL_BYTES_MIN: Final = len(b'<c t="s"><v>0</v></c>')
_CHUNK: Final = 1024**2


def is_heavier(archive: zipfile.ZipFile, most: int, *, unpacked: int) -> bool:
    """Say whether the cells of all sheets share texts of more than so many bytes in all.

    A text is stored once, and a cell that names it takes some twenty bytes: a small file can stand for any amount.
    Cells are gone through only where the longest text, in as many cells as fit, would be too much.
    """
    lengths = [length for entry in _named(archive, _TEXTS) for length in _lengths(archive, entry)]
    if max(lengths, default=0) * (unpacked // _CELL_BYTES_MIN) <= most:
        return False
    total = 0
    for entry in _named(archive, _SHEETS):
        for part in _parts(archive, entry):
            total += sum(lengths[place] for each in _CELL.findall(part) if (place := int(each)) < len(lengths))
            if total > most:
                return True
    return False


def _named(archive: zipfile.ZipFile, beginning: str) -> list[zipfile.ZipInfo]:
    return [entry for entry in archive.infolist() if entry.filename.lower().startswith(beginning)]


def _lengths(archive: zipfile.ZipFile, entry: zipfile.ZipInfo) -> list[int]:
    """Return how many bytes each text takes, in their order."""
    starts, before = [], 0
    for part in _parts(archive, entry):
        starts += [before + found.start() for found in _TEXT.finditer(part)]
        before += len(part)
    return [end - start for start, end in zip(starts, [*starts[1:], before], strict=True)]


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
