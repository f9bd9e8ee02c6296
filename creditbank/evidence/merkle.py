"""Merkle trees of RFC 6962 over leaf hashes: root, inclusion proof, and the check of a proof.

Hashes are 32 bytes. A tree splits at the largest power of two below its size; the empty
tree's root is SHA-256 of nothing. `root` and `inclusion_proof` make, `root_of_proof` checks
by another path, as tests/properties/test_merkle.py shows.
"""

import hashlib
from collections.abc import Sequence


def _node(left: bytes, right: bytes) -> bytes:
    """Return the hash of an inner node."""
    return hashlib.sha256(b"\x01" + left + right).digest()


def above(level: Sequence[bytes]) -> list[bytes]:
    """Return the next level up; an odd last node rises unhashed."""
    sha256 = hashlib.sha256
    risen = [sha256(b"\x01" + a + b).digest() for a, b in zip(level[::2], level[1::2], strict=False)]
    if len(level) % 2:
        risen.append(level[-1])
    return risen


def root(leaves: Sequence[bytes]) -> bytes:
    """Return the root over leaf hashes, level by level."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    level = list(leaves)
    while len(level) > 1:
        level = above(level)
    return level[0]


def inclusion_proof(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes from a leaf up to the root; the index must lie in the tree."""
    assert 0 <= index < len(leaves)
    proof: list[bytes] = []
    level = list(leaves)
    while len(level) > 1:
        sibling = index ^ 1
        if sibling < len(level):
            proof.append(level[sibling])
        level, index = above(level), index // 2
    return proof


def root_of_proof(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that a proof leads to, or None where the proof has the wrong shape (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return None
    position, last, found = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return None
        if position % 2 or position == last:
            found = _node(sibling, found)
            while position % 2 == 0 and position:
                position, last = position // 2, last // 2
        else:
            found = _node(found, sibling)
        position, last = position // 2, last // 2
    return found if last == 0 else None
