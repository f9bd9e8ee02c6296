"""Commitments of a batch and its tree, hashed here or, for a large batch, by a process of its own.

Python hashes one short text at a time, and while it does everything else in its process waits, also who writes to the
database. The process beside is told salts and texts and answers with hashes; it reaches for nothing else, keeps
nothing, and ends when nobody asks any more.
"""

import signal
import struct
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import IO, Final, Protocol

from creditbank.evidence import canonical, tiles

BLOCK_BYTES: Final = 1024 * 1024
START: Final = (sys.executable, "-m", "creditbank.evidence.hashing")
#: Before each piece of what is said: how many bytes it has.
_SIZE: Final = struct.Struct("<Q")
_CHECKOUT: Final = Path(__file__).parents[2]


class Hasher(Protocol):
    """Hashes the entries of one batch, step after step."""

    def commitments(self, salts: bytes, lines: bytes) -> bytes:
        """Return the commitments of canonical forms, a line each, one behind the other: the next leaves of the tree."""
        ...

    def grown(self) -> list[bytes]:
        """Return what these leaves bring each level of the tree; asked for once after each step."""
        ...

    def end(self) -> None:
        """Do nothing more."""
        ...


class Here:
    """Hashes at once, where it is asked."""

    def __init__(self, edge: tiles.Edge) -> None:
        """Begin where the tree ends."""
        self._edge = edge
        self._leaves: list[bytes] = []

    def commitments(self, salts: bytes, lines: bytes) -> bytes:
        """Return commitments: see `Hasher`."""
        return self.of_blocks(salts, iter([lines]))

    def of_blocks(self, salts: bytes, blocks: Iterator[bytes]) -> bytes:
        """Return the commitments of lines that come in blocks."""
        self._leaves = canonical.line_commitments(salts, blocks)
        return b"".join(self._leaves)

    def grown(self) -> list[bytes]:
        """Return the growth of the tree: see `Hasher`."""
        return self._edge.grown(self._leaves)

    def end(self) -> None:
        """Have nothing to end."""


class Beside:
    """Has a process of its own hash; the tree grows there while the commitments are used here."""

    def __init__(self, edge: tiles.Edge) -> None:
        """Start the process where the tree ends."""
        self._process = subprocess.Popen(START, stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=_CHECKOUT)  # noqa: S603  # our own module
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._given, self._told = self._process.stdin, self._process.stdout
        self._levels = len(edge.last)
        try:
            _say(self._given, _SIZE.pack(self._levels), *edge.last)
        except BaseException:
            self.end()
            raise

    def commitments(self, salts: bytes, lines: bytes) -> bytes:
        """Return commitments: see `Hasher`."""
        _say(self._given, salts, lines)
        return _heard(self._told)

    def grown(self) -> list[bytes]:
        """Return the growth of the tree: see `Hasher`."""
        return [_heard(self._told) for _ in range(self._levels)]

    def end(self) -> None:
        """Let the process end: it hears nothing more."""
        with suppress(BrokenPipeError), self._process:  # closes both ends, and waits
            self._process.kill()


def _say(to: IO[bytes], *pieces: bytes) -> None:
    for piece in pieces:
        to.write(_SIZE.pack(len(piece)))
        to.write(piece)
    to.flush()


def _heard(of: IO[bytes]) -> bytes:
    """Return the next piece. Raises EOFError: whoever says it is gone."""
    return b"".join(_blocks(of))


def _blocks(of: IO[bytes]) -> Iterator[bytes]:
    [left] = _SIZE.unpack(_read(of, _SIZE.size))
    while left:
        block = _read(of, min(left, BLOCK_BYTES))
        left -= len(block)
        yield block


def _read(of: IO[bytes], size: int) -> bytes:
    found = of.read(size)
    if len(found) < size:
        raise EOFError
    return found


def answer(given: IO[bytes], told: IO[bytes]) -> None:
    """Hash what is given until nothing more is."""
    try:
        [levels] = _SIZE.unpack(_heard(given))
        here = Here(tiles.Edge([tiles.apart(_heard(given)) for _ in range(levels)]))
        while True:
            salts = _heard(given)
            _say(told, here.of_blocks(salts, _blocks(given)))
            _say(told, *here.grown())
    except (EOFError, BrokenPipeError):
        pass


if __name__ == "__main__":
    for meant_for_who_asks in (signal.SIGINT, signal.SIGTERM):
        signal.signal(meant_for_who_asks, signal.SIG_IGN)
    answer(sys.stdin.buffer, sys.stdout.buffer)
