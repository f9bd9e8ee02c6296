"""A batch's tree as tiles: which hashes are kept, and how root and proofs follow from few of them.

Level 0 holds the leaf hashes; hash i of level L+1 is the root over hashes 256 i to 256 i + 255 of level L
(C2SP tlog-tiles). What a level lacks to a full tile is never hashed upward: it is computed when asked for.
"""

from collections.abc import Callable, Sequence
from typing import Final

from creditbank.evidence import merkle

HASH_BYTES: Final = 32
WIDTH: Final = 256
HEIGHT: Final = 8  # 256 is 2 to the power of 8
#: Level, place of the first hash and how many: what a store of tiles is asked for.
Read = Callable[[int, int, int], Sequence[bytes]]


def upward(hashes: Sequence[bytes]) -> list[bytes]:
    """Return the next level of full tiles; their number of hashes is a multiple of 256."""
    assert len(hashes) % WIDTH == 0
    level: Sequence[bytes] = hashes
    for _ in range(HEIGHT):
        level = merkle.above(level)
    return list(level)


class Edge:
    """Where a tree grows: of each level the hashes of its last tile, as long as that is not full."""

    def __init__(self, last: Sequence[Sequence[bytes]]) -> None:
        """Begin with these hashes, from the leaves upward."""
        self._last = [list(hashes) for hashes in last]

    def grown(self, leaves: Sequence[bytes]) -> list[bytes]:
        """Take leaves, and return what comes behind the hashes of each level, one hash behind the other."""
        fresh, levels = leaves, []
        for last in self._last:
            levels.append(b"".join(fresh))
            last.extend(fresh)
            full = len(last) // WIDTH * WIDTH
            fresh = upward(last[:full])
            del last[:full]
        return levels

    @property
    def last(self) -> list[bytes]:
        """The hashes of each level, one behind the other."""
        return [b"".join(hashes) for hashes in self._last]


def apart(hashes: bytes) -> list[bytes]:
    """Return the hashes that stand one behind the other."""
    return [hashes[at : at + HASH_BYTES] for at in range(0, len(hashes), HASH_BYTES)]


def root(size: int, read: Read) -> bytes:
    """Return the RFC 6962 root over all leaves."""
    return _over(0, size, read) if size else merkle.root(())


def inclusion_proof(index: int, size: int, read: Read) -> list[bytes]:
    """Return the sibling hashes from a leaf up to the root; the index must lie in the tree."""
    assert 0 <= index < size
    proof: list[bytes] = []
    low, high = 0, size
    while high - low > 1:
        middle = low + _split(high - low)
        if index < middle:
            proof.append(_over(middle, high, read))
            high = middle
        else:
            proof.append(_over(low, middle, read))
            low = middle
    return proof[::-1]


def _split(count: int) -> int:
    """Return the largest power of two below a count of at least two."""
    return 1 << (count - 1).bit_length() - 1


def _over(low: int, high: int, read: Read) -> bytes:
    """Return the hash over leaves `low` to below `high`, where `low` is a multiple of the power of two that fits."""
    count = high - low
    if count & (count - 1):
        middle = low + _split(count)
        return merkle.above([_over(low, middle, read), _over(middle, high, read)])[0]
    level, within = divmod(count.bit_length() - 1, HEIGHT)
    wide = 1 << within
    return merkle.root(read(level, low >> (HEIGHT * level), wide))
