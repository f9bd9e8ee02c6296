"""A file that somebody handed in, wherever it lies: read from its beginning as often as needed, block by block."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from creditbank.kernel.sheets import errors

#: Workbooks, archives and columnar files have to be in memory to be read; tables of text never are.
WHOLE_BYTES_MAX: Final = 300 * 1024 * 1024
BLOCK_BYTES: Final = 8 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Source:
    """A file of `size` bytes; `name` serves only to be told back, `blocks` gives the content from its beginning."""

    name: str
    size: int
    blocks: Callable[[], Iterator[bytes]]

    def head(self) -> bytes:
        """Return the first block that holds anything, of as many bytes as it has."""
        return next(filter(None, self.blocks()), b"")

    def content(self) -> bytes:
        """Return the whole. Refused: more bytes than are taken into memory."""
        if self.size > WHOLE_BYTES_MAX:
            raise errors.TooLargeForItsKind(megabytes=WHOLE_BYTES_MAX // 1024**2)
        return b"".join(self.blocks())


def of_bytes(content: bytes, *, name: str) -> Source:
    """Return what is in memory already as a source."""
    return Source(
        name=name,
        size=len(content),
        blocks=lambda: (content[start : start + BLOCK_BYTES] for start in range(0, len(content), BLOCK_BYTES)),
    )


def beginning(blocks: Iterator[bytes], *, most: int) -> bytes:
    """Return the first bytes of a stream, at least so many where it has them."""
    found = b""
    while len(found) < most and (block := next(islice(blocks, 1), None)) is not None:
        found += block
    return found
