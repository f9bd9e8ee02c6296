"""A tree kept as tiles has the root and the proofs of RFC 6962, however it grew."""

import hashlib

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.evidence import files, merkle, operations, queries

SIZES = [0, 1, 2, 255, 256, 257, 511, 513, 65_535, 65_536, 65_537, 70_000]
LEAVES = [hashlib.sha256(number.to_bytes(4)).digest() for number in range(max(SIZES))]


@pytest.fixture(autouse=True)
def empty(monkeypatch, tmp_path_factory):
    folder = tmp_path_factory.mktemp("trees")
    monkeypatch.setattr(files, "_level", lambda name, level: folder / name / f"level.{level}")


def grown(name, size, *, step):
    for start in range(0, size, step):
        operations.extend_tree(name=name, leaves=LEAVES[start : min(start + step, size)], at=start)


@pytest.mark.parametrize("size", SIZES)
def test_root_and_proofs_are_those_of_the_whole_tree(size):
    grown("tree", size, step=20_000)
    leaves = LEAVES[:size]
    assert queries.tree_size("tree") == size
    assert queries.tree_root("tree") == merkle.root(leaves)
    for index in {0, size // 3, size // 2, 255, 256, size - 1} & set(range(size)):
        assert queries.tree_proof("tree", index) == merkle.inclusion_proof(leaves, index)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 700), min_size=1, max_size=6), st.data())
def test_it_does_not_matter_in_which_steps_a_tree_grows(steps, data):
    files.drop("steps")
    at = 0
    for step in steps:
        operations.extend_tree(name="steps", leaves=LEAVES[at : at + step], at=at)
        at += step
    assert queries.tree_root("steps") == merkle.root(LEAVES[:at])
    index = data.draw(st.integers(0, at - 1))
    assert queries.tree_proof("steps", index) == merkle.inclusion_proof(LEAVES[:at], index)


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 900), st.integers(0, 900))
def test_a_step_done_again_takes_the_place_of_the_first(kept, redone):
    files.drop("again")
    operations.extend_tree(name="again", leaves=LEAVES[:kept], at=0)
    operations.extend_tree(name="again", leaves=LEAVES[2000:2900], at=kept)
    operations.extend_tree(name="again", leaves=LEAVES[5000 : 5000 + redone], at=kept)
    assert queries.tree_root("again") == merkle.root([*LEAVES[:kept], *LEAVES[5000 : 5000 + redone]])


def test_a_tree_without_its_lower_leaves_is_a_fault_and_no_wrong_root():
    with pytest.raises(AssertionError, match="no gaps"):
        operations.extend_tree(name="hole", leaves=LEAVES[:10], at=5)
