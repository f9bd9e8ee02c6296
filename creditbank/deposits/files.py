"""Files of batches on disk, sealed: what an institution handed in holds ID numbers and never lies in the clear."""

from collections.abc import Generator
from functools import partial
from typing import Final

from creditbank.kernel.sheets.source import Source
from creditbank.learners.operations import SealedFiles

UPLOAD: Final = "upload"
GIVEN: Final = "given-"
#: What came in pieces stays in pieces: sealed once, and read as one file.
PIECE: Final = "piece-"
FILES: Final = SealedFiles(kind="batches", room="deposits")

writing = FILES.writing
write = FILES.write
write_frame = FILES.write_frame
read_frame = FILES.read_frame
drop = FILES.drop
drop_all = FILES.drop_all
batches = FILES.owners


def piece(offset: int) -> str:
    """Return what the piece is called that begins at an offset; in the order of their names they are the file."""
    return f"{PIECE}{offset:012d}"


def _pieces(batch: str) -> list[str]:
    return [name for name in FILES.names(batch) if name.startswith(PIECE)]


def exists(batch: str, name: str) -> bool:
    """Say whether there is this file; what was handed in may lie in pieces."""
    return FILES.exists(batch, name) or (name == UPLOAD and bool(_pieces(batch)))


def blocks(batch: str, name: str) -> Generator[bytes]:
    """Return the content in order, block by block; a file that was changed on disk does not open."""
    for each in [name] if name != UPLOAD or FILES.exists(batch, name) else _pieces(batch) or [name]:
        yield from FILES.blocks(batch, each)


def read(batch: str, name: str) -> bytes:
    """Return the whole content: for files that are known to be small."""
    return b"".join(blocks(batch, name))


def source(batch: str, *, name: str, size: int) -> Source:
    """Return what was handed in as it can be read again and again; name and size are those of the file."""
    return Source(name=name, size=size, blocks=partial(blocks, batch, UPLOAD))


def given(number: int) -> str:
    """Return what the original is called that was given to a request of this number."""
    return f"{GIVEN}{number}"


def drop_working(batch: str) -> None:
    """Delete everything that lies here of a batch but what was handed in: the file, and originals given for it."""
    came = {FILES.path(batch, name) for name in (UPLOAD, *_pieces(batch))}
    for each in FILES.folder(batch).glob("*"):
        if each not in came and not each.name.startswith(GIVEN):
            each.unlink(missing_ok=True)
