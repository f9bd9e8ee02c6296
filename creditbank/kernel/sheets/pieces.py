"""Text tables of any size, piece by piece: cut where a row ends, and turned into UTF-8 on the way."""

import codecs
from collections.abc import Iterator
from itertools import chain
from typing import Final

import numpy as np

from creditbank.kernel.sheets import decoding, errors
from creditbank.kernel.sheets.source import Source, beginning

PIECE_BYTES: Final = 5 * 1024 * 1024
#: A line costs memory once it is cut into cells, also an empty one: a piece of line ends alone would take gigabytes.
PIECE_LINES: Final = 500_000
_DENSE_BYTES: Final = 512 * 1024
#: A row that is not at its end after so many pieces has a quotation mark that nobody closed.
_PIECES_A_ROW_MAX: Final = 8
_LINES_LOOKED_BACK: Final = 10_000
_UTF_8: Final = "utf-8"


class Pieces:
    """The whole rows of a text table as UTF-8, in pieces of about `most` bytes; to be gone through once."""

    def __init__(self, source: Source, *, most: int | None = None) -> None:
        """Look at the first bytes. Refused: what is no text; a text in an unknown encoding, here or on the way."""
        blocks = source.blocks()
        head = beginning(blocks, most=decoding.HEAD_BYTES)
        self.encoding = decoding.encoding_of_head(head[: decoding.HEAD_BYTES], name=source.name) or _UTF_8
        self._undecided = self.encoding == _UTF_8
        head = head.removeprefix(decoding.MARKS.get(self.encoding, b""))
        self._old_line_ends = b"\r" in head and b"\n" not in head
        self._blocks = chain([head], blocks)
        self._most = most or PIECE_BYTES

    def __iter__(self) -> Iterator[bytes]:
        """Yield piece after piece."""
        if self.encoding == _UTF_8:
            for piece in _whole_rows(self._with_line_ends(self._blocks), self._most):
                yield self._as_utf_8(piece)
        else:
            yield from _whole_rows(self._with_line_ends(_transcoded(self._blocks, self.encoding)), self._most)

    def _with_line_ends(self, blocks: Iterator[bytes]) -> Iterator[bytes]:
        """Give lines the end they have today; text files of the first Macs are still a choice in Excel."""
        return (block.replace(b"\r", b"\n") for block in blocks) if self._old_line_ends else blocks

    def _as_utf_8(self, piece: bytes) -> bytes:
        """Return a piece as UTF-8; the first one with more than ASCII in it decides what the file is in."""
        if piece.isascii():
            return piece
        for encoding in decoding.ENCODINGS if self._undecided else (self.encoding,):
            found = decoding.as_utf_8(piece, encoding)
            if found is not None:
                self.encoding, self._undecided = encoding, False
                return found
        raise errors.EncodingUnreadable


def _transcoded(blocks: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    try:
        for block in blocks:
            yield decoder.decode(block).encode()
        yield decoder.decode(b"", final=True).encode()
    except UnicodeError:
        raise errors.EncodingUnreadable from None


def _whole_rows(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Yield the bytes in pieces that end where a row does; a line end between quotation marks is within a cell.

    Works on UTF-8 and GB18030: no byte of a longer character is a line end or a quotation mark.
    """
    waiting, lines = bytearray(), 0
    for block in _shorter(blocks, most):
        waiting += block
        lines += _count(block, b"\n")
        if len(waiting) < most and lines < PIECE_LINES:
            continue
        end = _row_end(waiting)
        if end:
            yield bytes(memoryview(waiting)[:end])
            del waiting[:end]
            lines = _count(waiting, b"\n")
        elif len(waiting) > _PIECES_A_ROW_MAX * most:
            raise errors.CellsUnreadable
    if waiting:
        yield bytes(waiting)


def _shorter(blocks: Iterator[bytes], most: int) -> Iterator[bytes]:
    """Give long blocks in parts, and in small ones what is little but line ends."""
    for block in blocks:
        size = most if _count(block, b"\n") < PIECE_LINES else _DENSE_BYTES
        yield from (block[start : start + size] for start in range(0, len(block), size))


def _row_end(content: bytearray) -> int:
    """Return behind which byte the last whole row ends, 0 where none is known to."""
    end = content.rfind(b"\n") + 1
    marks = _count(memoryview(content)[:end], b'"')
    for _ in range(_LINES_LOOKED_BACK):
        if marks % 2 == 0 or not end:
            break
        earlier = content.rfind(b"\n", 0, end - 1) + 1
        marks -= content.count(b'"', earlier, end)
        end = earlier
    return end if marks % 2 == 0 else 0


def _count(content: bytes | bytearray | memoryview, sign: bytes) -> int:
    """Return how often a byte stands in much text: several times as fast as `bytes.count`, and beside other threads."""
    return int(np.count_nonzero(np.frombuffer(content, np.uint8) == ord(sign)))
