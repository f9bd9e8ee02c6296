"""A table that came packed in a ZIP archive: the one file in it, unpacked within limits."""

import zipfile
import zlib
from io import BytesIO
from pathlib import PurePosixPath
from typing import Final

from creditbank.kernel.sheets import errors, workbook

UNPACKED_BYTES_MAX: Final = 1024**3
NAMES_SHOWN: Final = 3
_OFFICE_PARTS: Final = ("xl/", "_rels/", "[Content_Types].xml", "mimetype")
_LEFT_BY_SYSTEMS: Final = ("__MACOSX/", "Thumbs.db", "desktop.ini")


def unpacked(content: bytes, *, name: str, unpacked_max: int = UNPACKED_BYTES_MAX) -> tuple[bytes, str]:
    """Return the file that an archive holds, and its name; what is no archive, or a workbook itself, comes back as is.

    Refused: an archive of several files, of none, with a password, damaged, or of more than the limit once unpacked,
    which is also 200 times its size.
    """
    if not content.startswith(workbook.ZIP):
        return content, name
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if any(entry.startswith(_OFFICE_PARTS) for entry in archive.namelist()):
                return content, name
            return _only(archive, name=name, most=min(unpacked_max, len(content) * workbook.RATIO_MAX))
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, EOFError):
        raise errors.NotASpreadsheet(name=name) from None


def _only(archive: zipfile.ZipFile, *, name: str, most: int) -> tuple[bytes, str]:
    files = [entry for entry in archive.infolist() if _meant(entry)]
    if len(files) > 1:
        shown = "、".join(PurePosixPath(entry.filename).name for entry in files[:NAMES_SHOWN])
        raise errors.SeveralFiles(count=len(files), names=shown)
    if not files:
        raise errors.NotASpreadsheet(name=name)
    [entry] = files
    if entry.flag_bits & workbook.ZIP_ENCRYPTED:
        raise errors.EncryptedWorkbook
    entry.file_size = most + 2  # reads on to the true end instead of the stated one
    with archive.open(entry) as stream:
        found = stream.read(most + 1)
    if len(found) > most:
        raise errors.TooLargeUnpacked
    return found, PurePosixPath(entry.filename).name


def _meant(entry: zipfile.ZipInfo) -> bool:
    hidden = PurePosixPath(entry.filename).name.startswith(".")
    return (
        not entry.is_dir()
        and not hidden
        and not entry.filename.endswith(_LEFT_BY_SYSTEMS[1:])
        and (not entry.filename.startswith(_LEFT_BY_SYSTEMS[0]))
    )
