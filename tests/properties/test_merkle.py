"""Merkle trees agree with RFC 6962 as written, with published vectors, and no flipped byte passes."""

import base64
import hashlib
import json
from pathlib import Path

import pytest
from hypothesis import example, given, settings, strategies as st

from creditbank.evidence import canonical, merkle, queries

VECTORS = json.loads((Path(__file__).parents[1] / "data" / "vectors" / "tlog.json").read_text("utf-8"))
LEAVES_MAX = 300
LEAVES = [hashlib.sha256(b"\x00" + number.to_bytes(2)).digest() for number in range(LEAVES_MAX)]


def by_the_book(leaves: list[bytes]) -> bytes:
    """Return the tree hash as RFC 6962, 2.1 defines it: split at the largest power of two below the size."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    split = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\x01" + by_the_book(leaves[:split]) + by_the_book(leaves[split:])).digest()


def path_by_the_book(leaves: list[bytes], index: int) -> list[bytes]:
    """Return the audit path as RFC 6962, 2.1.1 defines it."""
    if len(leaves) == 1:
        return []
    split = 1 << (len(leaves) - 1).bit_length() - 1
    if index < split:
        return [*path_by_the_book(leaves[:split], index), by_the_book(leaves[split:])]
    return [*path_by_the_book(leaves[split:], index - split), by_the_book(leaves[:split])]


def test_leaf_hashes_of_the_vectors_are_sha256_of_a_null_byte_and_the_entry() -> None:
    hashed = [hashlib.sha256(b"\x00" + bytes.fromhex(entry)).hexdigest() for entry in VECTORS["entries"]]
    assert hashed == VECTORS["leaf_hashes"]


@pytest.mark.parametrize("size", [2, 3])
def test_roots_equal_the_vectors(size: int) -> None:
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaf_hashes"][:size]]
    assert merkle.root(leaves).hex() == VECTORS[f"root{size}"]
    assert VECTORS[f"checkpoint{size}"].splitlines()[2] == base64.b64encode(merkle.root(leaves)).decode()


def test_root_of_nothing_equals_the_vector() -> None:
    assert base64.b64encode(merkle.root([])).decode() == VECTORS["empty_root"]


def test_proof_equals_the_vector() -> None:
    leaves = [bytes.fromhex(leaf) for leaf in VECTORS["leaf_hashes"]]
    _, index, *path = VECTORS["tlog_proof_leaf1"].partition("\n\n")[0].splitlines()
    position = int(index.removeprefix("index "))
    assert [base64.b64encode(step).decode() for step in merkle.inclusion_proof(leaves, position)] == path


@pytest.mark.parametrize("size", range(LEAVES_MAX + 1))
def test_root_is_that_of_the_book(size: int) -> None:
    assert merkle.root(LEAVES[:size]) == by_the_book(LEAVES[:size])


@pytest.mark.parametrize("size", [*range(1, 33), 63, 64, 65, 127, 129, 255, 256, 257, 300])
def test_proof_of_every_leaf_leads_to_the_root(size: int) -> None:
    leaves = LEAVES[:size]
    root = merkle.root(leaves)
    for index, leaf in enumerate(leaves):
        proof = merkle.inclusion_proof(leaves, index)
        assert proof == path_by_the_book(leaves, index)
        assert merkle.root_of_proof(leaf=leaf, index=index, size=size, proof=proof) == root


trees = st.integers(1, LEAVES_MAX).flatmap(lambda size: st.tuples(st.just(size), st.integers(0, size - 1)))


@settings(deadline=None)
@given(tree=trees, place=st.integers(0, 10_000), bit=st.integers(0, 7))
@example(tree=(1, 0), place=0, bit=0)
def test_any_flipped_bit_fails(tree: tuple[int, int], place: int, bit: int) -> None:
    size, index = tree
    leaves = LEAVES[:size]
    told = [leaves[index], *merkle.inclusion_proof(leaves, index)]
    flat = bytearray(b"".join(told))
    flat[place % len(flat)] ^= 1 << bit
    leaf, *proof = [bytes(flat[start : start + 32]) for start in range(0, len(flat), 32)]
    assert merkle.root_of_proof(leaf=leaf, index=index, size=size, proof=proof) != merkle.root(leaves)


@settings(deadline=None)
@given(tree=trees, other=st.integers(-2, LEAVES_MAX + 2))
def test_proof_holds_at_its_own_place_only(tree: tuple[int, int], other: int) -> None:
    size, index = tree
    leaves = LEAVES[:size]
    proof = merkle.inclusion_proof(leaves, index)
    reached = merkle.root_of_proof(leaf=leaves[index], index=other, size=size, proof=proof)
    assert (reached == merkle.root(leaves)) == (other == index)


@given(tree=trees)
@settings(deadline=None)
def test_longer_and_shorter_proofs_fail(tree: tuple[int, int]) -> None:
    size, index = tree
    leaves = LEAVES[:size]
    proof, root = merkle.inclusion_proof(leaves, index), merkle.root(leaves)
    longer = [*proof, LEAVES[0]]
    assert merkle.root_of_proof(leaf=leaves[index], index=index, size=size, proof=longer) is None
    if proof:
        shorter = proof[:-1]
        assert merkle.root_of_proof(leaf=leaves[index], index=index, size=size, proof=shorter) != root


def test_another_order_has_another_root() -> None:
    assert merkle.root(LEAVES[:5]) != merkle.root(LEAVES[4::-1])


def test_commitment_is_a_leaf_hash_of_the_tree() -> None:
    salt, text = bytes(range(16)), b'{"form":"archive.entry.v1"}'
    [commitment] = canonical.commitments(salt, [text])
    assert commitment == hashlib.sha256(b"\x00" + b"\x01" + salt + text).digest()
    assert queries.merkle_root([commitment]) == commitment


def test_salt_has_sixteen_bytes() -> None:
    with pytest.raises(AssertionError):
        canonical.commitments(b"short", [b"{}"])
    with pytest.raises(AssertionError):
        canonical.leaf(b"short", b"{}")
