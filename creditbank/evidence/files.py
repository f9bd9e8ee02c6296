"""The tiles of batches' trees on disk, a file a level. They can be made again from the book, which is the truth."""

import os
import shutil
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import Final

from django.conf import settings

from creditbank.evidence import tiles

LEVELS_MAX: Final = 4
"""256 to the power of 4 leaves: more rows than a batch can have."""


def _level(name: str, level: int) -> Path:
    return settings.ENVIRONMENT.data / "files" / "trees" / name / f"level.{level}"


def size(name: str) -> int:
    """Return how many leaves are kept of a tree; one that is not here has none."""
    return _kept(_level(name, 0))


def _kept(path: Path) -> int:
    return path.stat().st_size // tiles.HASH_BYTES if path.exists() else 0


def edge(name: str, *, at: int) -> tiles.Edge:
    """Return where a tree grows behind its first `at` leaves."""
    assert size(name) >= at, "a tree has no gaps"
    last = []
    for level in range(LEVELS_MAX):
        at, count = divmod(at, tiles.WIDTH)
        last.append(_read(name, level, at * tiles.WIDTH, count))
    return tiles.Edge(last)


def put(name: str, levels: Sequence[bytes], *, at: int) -> None:
    """Put what an edge tells of each level behind the first `at` leaves of a tree; what stood there before goes."""
    _level(name, 0).parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    for level, hashes in enumerate(levels):
        _put(_level(name, level), hashes, at=at)
        at //= tiles.WIDTH


def extend(name: str, leaves: Sequence[bytes], *, at: int) -> None:
    """Put leaves behind the first `at` of a tree; what stood there before goes. Full tiles are hashed upward."""
    put(name, edge(name, at=at).grown(leaves), at=at)


def _put(path: Path, hashes: bytes, *, at: int) -> None:
    assert _kept(path) >= at, "a tree has no gaps"
    with path.open("r+b" if path.exists() else "wb") as file:
        file.truncate(at * tiles.HASH_BYTES)
        file.seek(0, os.SEEK_END)
        file.write(hashes)


def keep(name: str) -> None:
    """Make sure that a tree outlives a power cut."""
    for path in _level(name, 0).parent.glob("level.*"):
        with path.open("rb") as file:
            os.fsync(file.fileno())


def drop(name: str) -> None:
    """Delete a tree that is to be made again."""
    shutil.rmtree(_level(name, 0).parent, ignore_errors=True)


def root(name: str) -> bytes:
    """Return the root over what is kept of a tree."""
    return tiles.root(size(name), partial(_read, name))


def inclusion_proof(name: str, index: int) -> list[bytes]:
    """Return the path of a leaf to that root."""
    return tiles.inclusion_proof(index, size(name), partial(_read, name))


def _read(name: str, level: int, first: int, count: int) -> list[bytes]:
    if not count:
        return []
    with _level(name, level).open("rb") as file:
        file.seek(first * tiles.HASH_BYTES)
        found = file.read(count * tiles.HASH_BYTES)
    assert len(found) == count * tiles.HASH_BYTES, "the tree was cut"
    return tiles.apart(found)
