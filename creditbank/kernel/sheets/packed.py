"""A table that came packed in a ZIP archive: the one file in it, unpacked within limits and never as a whole."""

import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from creditbank.kernel.sheets import errors, inspection, workbook
from creditbank.kernel.sheets.source import Source

UNPACKED_BYTES_MAX: Final = 4 * 1024**3
_OFFICE_PARTS: Final = ("xl/", "_rels/", "[Content_Types].xml", "mimetype")
_LEFT_BY_SYSTEMS: Final = ("__MACOSX/", "Thumbs.db", "desktop.ini")
_BLOCK_BYTES: Final = 8 * 1024 * 1024


def inside(source: Source, *, unpacked_max: int = UNPACKED_BYTES_MAX) -> Source:
    """Return the file that an archive holds; what is no archive, or a workbook itself, comes back as it is.

    Refused: an archive of several files, of none, with a password, damaged, or (while it is read) of more than the
    limit once unpacked, which is also 200 times its size.
    """
    if not source.head().startswith(workbook.ZIP):
        return source
    content = source.content()
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if any(entry.startswith(_OFFICE_PARTS) for entry in archive.namelist()):
                return source
            entry = _only(archive, name=source.name)
    except workbook.BROKEN:
        raise errors.NotASpreadsheet(name=source.name) from None
    most = min(unpacked_max, len(content) * workbook.RATIO_MAX)
    return Source(
        name=PurePosixPath(entry.filename).name,
        size=min(entry.file_size, most),
        blocks=lambda: _unpacked(content, entry.filename, most=most, name=source.name),
    )


def _unpacked(content: bytes, inner: str, *, most: int, name: str) -> Iterator[bytes]:
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            entry = archive.getinfo(inner)
            entry.file_size = most + 2  # reads on to the true end instead of the stated one
            found = 0
            with archive.open(entry) as stream:
                while block := stream.read(min(_BLOCK_BYTES, most + 1 - found)):
                    found += len(block)
                    if found > most:
                        raise errors.TooLargeUnpacked
                    yield block
    except workbook.BROKEN:
        raise errors.NotASpreadsheet(name=name) from None


def _only(archive: zipfile.ZipFile, *, name: str) -> zipfile.ZipInfo:
    files = [entry for entry in archive.infolist() if _meant(entry)]
    if len(files) > 1:
        shown = "、".join(PurePosixPath(entry.filename).name for entry in files[: workbook.NAMES_SHOWN])
        raise errors.SeveralFiles(count=len(files), names=shown)
    if not files:
        raise errors.NotASpreadsheet(name=name)
    [entry] = files
    if entry.flag_bits & inspection.ZIP_ENCRYPTED:
        raise errors.EncryptedWorkbook
    return entry


def _meant(entry: zipfile.ZipInfo) -> bool:
    hidden = PurePosixPath(entry.filename).name.startswith(".")
    return (
        not entry.is_dir()
        and not hidden
        and not entry.filename.endswith(_LEFT_BY_SYSTEMS[1:])
        and (not entry.filename.startswith(_LEFT_BY_SYSTEMS[0]))
    )
