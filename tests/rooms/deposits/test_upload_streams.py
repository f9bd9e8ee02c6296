"""A file that comes in one request: sealed while it is read, and nothing is left of what does not come whole."""

import os
from io import BytesIO

import pytest
from django.conf import settings
from django.db import connection

from creditbank.deposits import files, operations, queries
from creditbank.deposits.errors import FileCut, FileMissing, FileTooLarge
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.test_crashes import in_a_process_that_is_killed
from tests.rooms.deposits.test_uploads import FILE, PIECE, folders, lying, upload_at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def school():
    return two_schools()[0]


@pytest.fixture
def li(school):
    return staff(1, school.id)


class Slow(BytesIO):
    """A body that says in which state the bank is while it comes."""

    def __init__(self, content, *, fails=False):
        super().__init__(content)
        self.seen = []
        self.fails = fails

    def read(self, size=-1):
        self.seen.append((connection.in_atomic_block, size))
        if self.fails and len(self.seen) > 1:
            raise ConnectionResetError
        return super().read(min(size, PIECE))


def test_while_a_file_comes_no_transaction_waits_for_it_and_no_more_than_a_part_is_asked_for(school, li):
    body = Slow(FILE)
    batch = upload_at_once(li, school, body, size=len(FILE))
    assert files.read(batch.public_id, files.UPLOAD) == FILE
    assert {held for held, _ in body.seen} == {False}
    assert {size for _, size in body.seen} == {1024**2}


@pytest.mark.parametrize(
    ("content", "size", "error"),
    [
        (FILE, len(FILE) + 1, FileCut),
        (FILE[:-5], len(FILE), FileCut),
        (b"", None, FileMissing),
        (b"", 0, FileMissing),
        (Slow(FILE, fails=True), None, ConnectionResetError),
    ],
)
def test_what_does_not_come_whole_leaves_nothing(school, li, content, size, error):
    before = folders()
    with pytest.raises(error):
        upload_at_once(li, school, content, size=size)
    assert (queries.batches(actor=li).total, folders()) == (0, before)


def test_a_workbook_that_is_too_large_is_refused_while_it_comes(school, li, monkeypatch):
    monkeypatch.setattr("creditbank.deposits.operations.uploading.PACKED_BYTES_MAX", 1000)
    before = folders()
    with pytest.raises(FileTooLarge):
        upload_at_once(li, school, Slow(b"PK\x03\x04" + bytes(5000)))
    assert folders() == before
    upload_at_once(li, school, Slow(b"text" + bytes(5000)))


def test_an_upload_killed_on_its_way_is_no_batch_and_is_swept_away(school, li):
    before = folders()
    in_a_process_that_is_killed(f"""
        from tests.rooms.deposits.conftest import staff
        class Body:
            asked = 0
            def read(self, size):
                Body.asked += 1
                return bytes(size) if Body.asked < 20 else die()
        operations.upload(
            actor=staff(1, {school.id}), organization_id={school.id}, file_name="a.csv", content=Body(), now=NOW
        )
    """)
    [left] = folders() - before
    assert (queries.batches(actor=li).total, lying(left)) == (0, ["upload.new"])
    os.utime(settings.ENVIRONMENT.data / "files" / "batches" / left, (0, 0))
    operations.forget_old(actor=SYSTEM, months=24, now=NOW)
    assert left not in folders()
