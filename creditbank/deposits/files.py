"""Files of batches on disk, sealed: what an institution handed in holds ID numbers and never lies in the clear."""

from typing import Final

from creditbank.kernel.sheets.source import Source
from creditbank.learners.operations import SealedFiles

UPLOAD: Final = "upload"
GIVEN: Final = "given-"
FILES: Final = SealedFiles(kind="batches", room="deposits")

exists = FILES.exists
writing = FILES.writing
blocks = FILES.blocks
opened = FILES.opened
write = FILES.write
read = FILES.read
write_frame = FILES.write_frame
read_frame = FILES.read_frame
drop = FILES.drop
drop_all = FILES.drop_all
batches = FILES.owners


def source(batch: str, *, name: str, size: int) -> Source:
    """Return what was handed in as it can be read again and again; name and size are those of the file."""
    return FILES.source(batch, UPLOAD, file_name=name, size=size)


def given(number: int) -> str:
    """Return what the original is called that was given to a request of this number."""
    return f"{GIVEN}{number}"


def drop_working(batch: str) -> None:
    """Delete everything that lies here of a batch but what was handed in: the file, and originals given for it."""
    for each in FILES.folder(batch).glob("*"):
        if each != FILES.path(batch, UPLOAD) and not each.name.startswith(GIVEN):
            each.unlink(missing_ok=True)
