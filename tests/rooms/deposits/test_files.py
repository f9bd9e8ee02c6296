"""Sealed files: any size in and out within a few blocks of memory, and nothing cut, exchanged or half written."""

import base64
import os
import signal
import subprocess
import sys
import textwrap
from contextlib import closing

import polars as pl
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from hypothesis import given, strategies as st

from creditbank.deposits import files
from creditbank.kernel import sealing
from creditbank.learners import queries as learners

BATCH = "b-files"
SMALL = 10


@pytest.fixture(autouse=True)
def _blocks_of_ten_bytes(monkeypatch):
    monkeypatch.setattr(sealing, "BLOCK_BYTES", SMALL)
    yield
    files.drop_all(BATCH)


def path(name):
    return settings.ENVIRONMENT.data / "files" / "batches" / BATCH / f"{name}.sealed"


def head_and_blocks(name):
    """Return a sealed file as its head and its blocks."""
    whole = path(name).read_bytes()
    start = len(b"CBF2") + 4 + 2 + int.from_bytes(whole[8:10], "big")
    step = SMALL + sealing.TAG_BYTES
    return whole[:start], [whole[at : at + step] for at in range(start, len(whole), step)]


def put(name, head, blocks):
    path(name).write_bytes(head + b"".join(blocks))


@pytest.mark.parametrize("size", [0, 1, 9, 10, 11, 19, 20, 21, 100])
def test_a_file_of_any_size_comes_back(size):
    content = os.urandom(size)
    files.write(BATCH, "a", content)
    assert files.read(BATCH, "a") == content
    assert [len(block) for block in files.blocks(BATCH, "a")] == [10] * (size // 10) + [size % 10] * (size % 10 > 0)


@given(pieces=st.lists(st.binary(max_size=35), max_size=8), sizes=st.lists(st.integers(1, 25), min_size=1))
def test_it_does_not_matter_in_which_pieces_it_is_written_or_read(pieces, sizes):
    with files.writing(BATCH, "a") as file:
        assert [file.write(piece) for piece in pieces] == [len(piece) for piece in pieces]
    found = b""
    with files.FILES.opened(BATCH, "a") as stream:
        at = 0
        while part := stream.read(sizes[at % len(sizes)]):
            found, at = found + part, at + 1
    assert found == b"".join(pieces)
    assert file.size == len(found)


@pytest.mark.parametrize("size", [1, 20, 25])
def test_a_file_that_was_cut_does_not_open(size):
    files.write(BATCH, "a", os.urandom(size))
    head, blocks = head_and_blocks("a")
    for cut in ([], blocks[:-1], [*blocks[:-1], blocks[-1][:-1]]):
        put("a", head, cut)
        with pytest.raises((InvalidTag, AssertionError)):
            files.read(BATCH, "a")


def test_blocks_that_were_swapped_repeated_or_added_do_not_open():
    files.write(BATCH, "a", os.urandom(35))
    head, (one, two, three, last) = head_and_blocks("a")
    for changed in (
        [two, one, three, last],
        [one, one, three, last],
        [one, two, three, last, last],
        [two, three, last],
    ):
        put("a", head, changed)
        with pytest.raises(InvalidTag):
            files.read(BATCH, "a")


def test_a_block_of_another_file_does_not_open():
    files.write(BATCH, "a", os.urandom(25))
    files.write(BATCH, "b", os.urandom(25))
    head, (one, _, last) = head_and_blocks("a")
    put("a", head, [one, head_and_blocks("b")[1][1], last])
    with pytest.raises(InvalidTag):
        files.read(BATCH, "a")


def test_a_file_under_another_name_does_not_open():
    files.write(BATCH, "a", b"x")
    path("a").rename(path("b"))
    with pytest.raises(InvalidTag):
        files.read(BATCH, "b")


def test_what_stands_before_a_damage_is_read_and_the_rest_is_not():
    files.write(BATCH, "a", b"0123456789" * 3)
    head, (one, two, last) = head_and_blocks("a")
    put("a", head, [one, two[:-1] + bytes([two[-1] ^ 1]), last])
    with closing(files.blocks(BATCH, "a")) as found:
        assert next(found) == b"0123456789"
        with pytest.raises(InvalidTag):
            next(found)


def test_an_exception_while_writing_leaves_the_old_file_and_no_half_one():
    files.write(BATCH, "a", b"old")

    def write_half():
        with files.writing(BATCH, "a") as file:
            file.write(b"new" * 20)
            raise ConnectionResetError

    with pytest.raises(ConnectionResetError):
        write_half()
    assert files.read(BATCH, "a") == b"old"
    assert [each.name for each in path("a").parent.iterdir()] == ["a.sealed"]


def test_two_who_make_one_working_file_at_once_do_not_spoil_it():
    with files.writing(BATCH, "a", lasting=False) as one:
        one.write(b"x" * 25)
        with files.writing(BATCH, "a", lasting=False) as two:
            two.write(b"y" * 25)
    assert files.read(BATCH, "a") == b"x" * 25
    assert [each.name for each in path("a").parent.iterdir()] == ["a.sealed"]


def test_a_writer_that_is_killed_leaves_the_old_file():
    files.write(BATCH, "a", b"old")
    code = f"""
        import os, signal, django
        django.setup()
        from creditbank.deposits import files
        from creditbank.kernel import sealing
        with files.writing("{BATCH}", "a") as file:
            file.write(b"new" * (2 * sealing.BLOCK_BYTES))
            os.kill(os.getpid(), signal.SIGKILL)
    """
    surroundings = {**os.environ, "DJANGO_SETTINGS_MODULE": "creditbank.project.settings"}
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], env=surroundings, check=False)
    assert done.returncode == -signal.SIGKILL
    assert files.read(BATCH, "a") == b"old"
    files.write(BATCH, "a", b"new")
    assert files.read(BATCH, "a") == b"new"


def test_nothing_of_the_content_lies_in_the_clear():
    files.write(BATCH, "a", b"3101991990" * 5)
    assert b"3101991990" not in path("a").read_bytes()


def test_a_file_of_the_first_format_still_opens_and_still_not_when_cut():
    key = AESGCM.generate_key(256)
    files.write(BATCH, "a", b"")
    content, size = b"x" * 25, (25).to_bytes(8, "big")
    sealed = learners.seal(base64.b64encode(key).decode(), place=f"deposits:{BATCH}:a")
    head = b"CBF1" + size + sealed.key_id.to_bytes(4, "big") + len(sealed.ciphertext).to_bytes(2, "big")
    cipher = AESGCM(key)
    blocks = [cipher.encrypt(n.to_bytes(12, "big"), content[10 * n : 10 * n + 10], size) for n in range(3)]
    put("a", head + sealed.ciphertext, blocks)
    assert files.read(BATCH, "a") == content
    put("a", head + sealed.ciphertext, blocks[:2])
    with pytest.raises(AssertionError, match="cut"):
        files.read(BATCH, "a")


def test_frames_come_back_and_only_the_upload_outlives_the_work():
    frame = pl.DataFrame({"a": [1, None], "b": ["x", "y"]})
    files.write(BATCH, files.UPLOAD, b"file")
    files.write_frame(BATCH, "working", frame, lasting=False)
    assert files.read_frame(BATCH, "working").equals(frame)
    path("working").with_suffix(".new").write_bytes(b"half")
    files.drop_working(BATCH)
    assert [each.name for each in path("a").parent.iterdir()] == ["upload.sealed"]
