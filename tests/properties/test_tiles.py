"""A tree kept as tiles has the root and the proofs of RFC 6962, however it grew."""

import hashlib
import secrets
import signal
import subprocess
import sys
from io import BytesIO

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.evidence import files, hashing, merkle, operations, queries, tiles

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


def committed(name, forms, *, steps):
    """Commit to forms in steps of so many, and return the salts and the commitments."""
    salts, found, at = secrets.token_bytes(16 * len(forms)), b"", 0
    with operations.Growing(name=name, at=0) as tree:
        for step in steps:
            lines = b"".join(form + b"\n" for form in forms[at : at + step])
            found += tree.commit(salts[16 * at : 16 * (at + step)], lines)
            at += step
    return salts, found


@pytest.mark.parametrize("large", [1, 300, 10**9], ids=["beside", "from a large step on", "here"])
def test_a_tree_that_grows_while_entries_are_committed_to_is_that_of_their_commitments(monkeypatch, large):
    monkeypatch.setattr(operations, "LARGE", large)
    monkeypatch.setattr(hashing, "BLOCK_BYTES", 1000)
    forms = [f'{{"form":"{number:x}","grade":"良好"}}'.encode() for number in range(1800)]
    salts, found = committed("grown", forms, steps=[1, 200, 255, 300, 1, 1000, 43])
    assert tiles.apart(found) == queries.commitments(salts, forms)
    assert queries.tree_size("grown") == 1800
    assert queries.tree_root("grown") == merkle.root(tiles.apart(found))
    assert queries.tree_proof("grown", 1234) == merkle.inclusion_proof(tiles.apart(found), 1234)


def test_a_tree_goes_on_where_it_was_left(monkeypatch):
    monkeypatch.setattr(operations, "LARGE", 1)
    operations.extend_tree(name="left", leaves=LEAVES[:66_000], at=0)
    operations.extend_tree(name="left", leaves=LEAVES[:9], at=65_600)  # what comes behind is put aside
    with operations.Growing(name="left", at=65_600) as tree:
        found = tree.commit(bytes(16 * 500), b"{}\n" * 500)
    assert queries.tree_root("left") == merkle.root([*LEAVES[:65_600], *tiles.apart(found)])


def test_the_end_of_the_process_that_hashes_is_a_fault_and_nothing_false(monkeypatch):
    monkeypatch.setattr(operations, "LARGE", 1)
    monkeypatch.setattr(hashing, "START", (sys.executable, "-c", ""))
    with (
        pytest.raises((EOFError, BrokenPipeError)),
        operations.Growing(name="ended", at=0) as tree,
    ):
        tree.commit(bytes(16), b"{}\n")
    assert queries.tree_size("ended") == 0


def test_a_process_that_is_killed_between_two_steps_leaves_what_was_kept_and_another_goes_on(monkeypatch):
    started, start = [], subprocess.Popen
    monkeypatch.setattr(operations, "LARGE", 1)
    monkeypatch.setattr(subprocess, "Popen", lambda *said, **how: started.append(start(*said, **how)) or started[-1])
    tree = operations.Growing(name="killed", at=0)
    first = tree.commit(bytes(16 * 300), b"{}\n" * 300)
    tree.commit(bytes(16), b"{}\n")
    started[0].kill()
    started[0].wait()
    with pytest.raises((EOFError, BrokenPipeError)), tree:
        tree.commit(bytes(16), b"{}\n")
    assert queries.tree_size("killed") in (300, 301)  # it may have told of the second step before it died
    with operations.Growing(name="killed", at=300) as tree:
        second = tree.commit(bytes(range(16)), b"[]\n")
    assert queries.tree_root("killed") == merkle.root(tiles.apart(first + second))
    assert [process.returncode for process in started] == [-signal.SIGKILL, -signal.SIGKILL]


def test_who_hashes_ends_when_nobody_asks_any_more_also_in_the_middle_of_a_question():
    told = BytesIO()
    hashing.answer(BytesIO(), told)
    hashing.answer(BytesIO((8).to_bytes(8, "little") + (4).to_bytes(8, "little") + bytes(20)), told)
    assert told.getvalue() == b""


def test_a_tree_without_its_lower_leaves_is_a_fault_and_no_wrong_root():
    with pytest.raises(AssertionError, match="no gaps"):
        operations.extend_tree(name="hole", leaves=LEAVES[:10], at=5)
