"""Content of any size, sealed block by block with one key (AES-256-GCM), within a few blocks of memory.

Each block is bound to its number, and the last one to its number and the size of the whole as well, so that nothing
can be cut off, put in or exchanged.
"""

from collections.abc import Generator
from io import BufferedReader, RawIOBase
from typing import IO, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

BLOCK_BYTES: Final = 8 * 1024 * 1024
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
SIZE_BYTES: Final = 8
MORE: Final = b"more"
LAST: Final = b"last"


class Writer:
    """Content that is being sealed: takes bytes in pieces of any size, keeps at most a block of them in memory."""

    def __init__(self, file: IO[bytes], key: bytes) -> None:
        """Seal into a file, from where it stands, with a key that seals nothing else."""
        self._file = file
        self._cipher = AESGCM(key)
        self._waiting = bytearray()
        self._number = 0
        self.size = 0

    def write(self, content: bytes | bytearray | memoryview) -> int:
        """Take the next bytes and return how many they were."""
        with memoryview(content) as taken:
            start = 0
            while start < len(taken):
                # A full block waits for a byte behind it: only then it is known not to be the last.
                if len(self._waiting) == BLOCK_BYTES:
                    self._put(MORE)
                part = taken[start : start + BLOCK_BYTES - len(self._waiting)]
                self._waiting += part
                start += len(part)
            self.size += len(taken)
            return len(taken)

    def finish(self) -> None:
        """Seal the last block, an empty one if nothing was written; nothing may be written after it."""
        self._put(_last(self._number, self.size))

    def _put(self, bound: bytes) -> None:
        self._file.write(self._cipher.encrypt(nonce(self._number), self._waiting, bound))
        self._waiting.clear()
        self._number += 1


def blocks(file: IO[bytes], key: bytes) -> Generator[bytes]:
    """Yield the content of a file from where it stands, in blocks of `BLOCK_BYTES`.

    What was changed does not open: the exception comes in place of the block.
    """
    cipher, sealed_bytes = AESGCM(key), BLOCK_BYTES + TAG_BYTES
    number = size = 0
    block = file.read(sealed_bytes)
    while True:
        assert len(block) >= TAG_BYTES, "the file was cut"
        following = file.read(sealed_bytes)
        size += len(block) - TAG_BYTES
        content = cipher.decrypt(nonce(number), block, MORE if following else _last(number, size))
        if content:
            yield content
        if not following:
            return
        number, block = number + 1, following


def nonce(number: int) -> bytes:
    """Return the nonce of a block; no key seals two blocks of one number."""
    return number.to_bytes(NONCE_BYTES, "big")


def _last(number: int, size: int) -> bytes:
    return LAST + number.to_bytes(SIZE_BYTES, "big") + size.to_bytes(SIZE_BYTES, "big")


class _Stream(RawIOBase):
    """Blocks as a file that is read forwards."""

    def __init__(self, content: Generator[bytes]) -> None:
        self._content = content
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        """Say yes."""
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]  # only BufferedReader asks
        """Fill the buffer as far as the current block goes; return 0 at the end."""
        while not self._rest:
            block = next(self._content, None)
            if block is None:
                return 0
            self._rest = memoryview(block)
        size = min(len(buffer), len(self._rest))
        buffer[:size] = self._rest[:size]
        self._rest = self._rest[size:]
        return size

    def close(self) -> None:
        """Close what the blocks come from."""
        self._content.close()
        super().close()


def stream(content: Generator[bytes]) -> BufferedReader:
    """Return blocks as a file to be read forwards and closed."""
    return BufferedReader(_Stream(content), buffer_size=64 * 1024)
