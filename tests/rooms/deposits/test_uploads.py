"""A file in pieces goes on where it stopped: lost answers, two tabs, killed processes, other people's files."""

import hashlib
import os
import resource
import threading
from contextlib import contextmanager
from datetime import timedelta

import pytest
from django.conf import settings
from django.db import connection

from creditbank.deposits import files, locks, models, operations, queries
from creditbank.deposits.errors import (
    DiskFull,
    FileChanged,
    FileMissing,
    FileTooLarge,
    FileTwice,
    OffsetWrong,
    PieceFaulty,
    UploadBusy,
    UploadNotFound,
    UploadsTooMany,
    UploadUnfinished,
)
from creditbank.deposits.types import PACKED_BYTES_MAX, PIECE_BYTES_MAX, BatchStage
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_crashes import in_a_process_that_is_killed, together

pytestmark = pytest.mark.django_db(transaction=True)
FILE = sheet(*(Row(person=n) for n in range(1, 9)))
PIECE = 100


@pytest.fixture
def school():
    return two_schools()[0]


@pytest.fixture
def li(school):
    return staff(1, school.id)


def start(actor, school, content=FILE, **words):
    given = {"file_name": "a.csv", "size": len(content), "now": NOW, **words}
    return operations.start_upload(actor=actor, organization_id=school.id, **given)


def add(actor, upload, offset, content, now=NOW):
    return operations.add_piece(actor=actor, public_id=upload.public_id, offset=offset, content=content, now=now)


def send(actor, upload, content=FILE, *, to=None):
    """Send the rest of a file, or as far as said, in pieces."""
    at = queries.unfinished(actor=actor, public_id=upload.public_id).offset
    while at < (len(content) if to is None else to):
        at = add(actor, upload, at, content[at : at + PIECE]).offset
    return at


def finish(actor, upload):
    return operations.finish_upload(actor=actor, public_id=upload.public_id, now=NOW)


def lying(public_id):
    """Return the names of what lies on disk of a batch."""
    folder = settings.ENVIRONMENT.data / "files" / "batches" / public_id
    return sorted(each.name for each in folder.iterdir()) if folder.is_dir() else []


def jobs():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM procrastinate_jobs WHERE task_name = 'deposits.check'")
        return cursor.fetchone()[0]


def test_a_file_in_pieces_is_the_same_batch_as_the_file_at_once(school, li):
    upload = start(li, school, title="秋季")
    assert send(li, upload) == len(FILE)
    before = jobs()
    batch = finish(li, upload)
    assert (batch.public_id, batch.file_name, batch.title) == (upload.public_id, "a.csv", "秋季")
    assert (batch.file_size, batch.file_sha256) == (len(FILE), hashlib.sha256(FILE).hexdigest())
    assert (batch.stage, batch.uploaded_by, jobs()) == (BatchStage.RECEIVED, li.reference, before + 1)
    assert files.read(batch.public_id, files.UPLOAD) == FILE
    assert all(name.startswith("piece-") for name in lying(batch.public_id))
    assert queries.uploads(actor=li) == ()
    assert operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.kept == 8
    assert [stored.fact.name for stored in evidence.facts()].count("deposits.batch_received.v1") == 1


def test_nothing_is_handed_in_before_the_end(school, li):
    upload = start(li, school)
    before = len(list(evidence.facts()))
    send(li, upload, to=3 * PIECE)
    with pytest.raises(UploadUnfinished) as refusal:
        finish(li, upload)
    assert refusal.value.details == {"offset": 3 * PIECE, "size": len(FILE)}
    assert (queries.batches(actor=li).total, len(list(evidence.facts()))) == (0, before)
    assert b"3101" not in b"".join(
        (settings.ENVIRONMENT.data / "files" / "batches" / upload.public_id / name).read_bytes()
        for name in lying(upload.public_id)
    )


def test_a_piece_that_does_not_follow_is_told_where_to_go_on(school, li):
    upload = start(li, school)
    send(li, upload, to=PIECE)
    for offset in (0, PIECE - 1, PIECE + 1, -1):
        with pytest.raises(OffsetWrong) as refusal:
            add(li, upload, offset, FILE[:PIECE])
        assert refusal.value.details == {"offset": PIECE}
    send(li, upload)
    assert files.read(finish(li, upload).public_id, files.UPLOAD) == FILE


def test_a_piece_is_neither_empty_nor_too_large_nor_past_the_end(school, li):
    upload = start(li, school, size=PIECE_BYTES_MAX + 10)
    for content in (b"", bytes(PIECE_BYTES_MAX + 1)):
        with pytest.raises(PieceFaulty):
            add(li, upload, 0, content)
    assert add(li, upload, 0, bytes(PIECE_BYTES_MAX)).offset == PIECE_BYTES_MAX
    with pytest.raises(PieceFaulty):
        add(li, upload, PIECE_BYTES_MAX, bytes(11))


def test_an_upload_is_of_the_person_who_began_it(school, li):
    upload = start(li, school)
    for other in (staff(2, school.id), staff(3, school.id + 1)):
        for act in (send, finish, lambda who, what: operations.drop_upload(actor=who, public_id=what.public_id)):
            with pytest.raises(UploadNotFound):
                act(other, upload)
    assert queries.uploads(actor=staff(2, school.id)) == ()


def test_who_may_not_upload_begins_none(school):
    with pytest.raises(NotPermitted):
        start(staff(3, school.id + 1), school)


def test_the_same_file_goes_on_where_it_stopped(school, li):
    upload = start(li, school, mark="ends")
    send(li, upload, to=2 * PIECE)
    again = start(li, school, mark="ends")
    assert (again.public_id, again.offset) == (upload.public_id, 2 * PIECE)
    for other in (
        start(li, school, mark="other ends"),
        start(li, school, mark="ends", file_name="b.csv"),
        start(li, school, mark="ends", size=len(FILE) + 1),
        start(staff(2, school.id), school, mark="ends"),
        start(li, school),
        start(li, school),
    ):
        assert (other.public_id == upload.public_id, other.offset) == (False, 0)


def test_begun_at_the_same_moment_it_is_one_upload(school, li):
    answers = together(5, lambda _: start(li, school, mark="ends").public_id)
    assert len(set(answers)) == 1


def test_the_announced_digest_is_compared(school, li):
    upload = start(li, school, sha256="0" * 64)
    send(li, upload)
    with pytest.raises(FileChanged):
        finish(li, upload)
    assert (lying(upload.public_id), queries.uploads(actor=li), queries.batches(actor=li).total) == ([], (), 0)
    upload = start(li, school, sha256=hashlib.sha256(FILE).hexdigest().upper())
    send(li, upload)
    assert finish(li, upload).stage is BatchStage.RECEIVED


def test_a_file_that_is_a_batch_already_is_refused_before_it_comes_or_when_it_is_whole(school, li):
    batch = operations.upload(actor=li, organization_id=school.id, file_name="a.csv", content=FILE, now=NOW)
    with pytest.raises(FileTwice):
        start(li, school, sha256=batch.file_sha256)
    upload = start(li, school)
    send(li, upload)
    with pytest.raises(FileTwice) as refusal:
        finish(li, upload)
    assert refusal.value.details["batch"] == batch.public_id
    assert (lying(upload.public_id), queries.uploads(actor=li)) == ([], ())


def test_a_lost_answer_to_the_end_is_given_again(school, li):
    upload = start(li, school)
    send(li, upload)
    assert finish(li, upload).id == finish(li, upload).id
    assert queries.batches(actor=li).total == 1
    with pytest.raises(UploadNotFound):
        finish(staff(2, school.id), upload)


def test_of_ends_at_the_same_moment_one_makes_the_batch(school, li):
    upload = start(li, school)
    send(li, upload)

    def end(_):
        try:
            return finish(li, upload).public_id
        except UploadBusy:
            return "busy"

    answers = together(4, end)
    assert set(answers) <= {upload.public_id, "busy"}
    assert upload.public_id in answers
    assert queries.batches(actor=li).total == 1
    assert files.read(upload.public_id, files.UPLOAD) == FILE


def test_two_pages_that_send_the_same_file_do_not_mix(school, li):
    upload = start(li, school)

    def page(_):
        while (at := queries.unfinished(actor=li, public_id=upload.public_id).offset) < len(FILE):
            try:
                add(li, upload, at, FILE[at : at + 7])
            except (UploadBusy, OffsetWrong):
                continue
        return "sent"

    assert together(3, page) == ["sent"] * 3
    assert files.read(finish(li, upload).public_id, files.UPLOAD) == FILE


def test_while_one_request_writes_another_is_told_to_wait(school, li):
    upload, held, done = start(li, school), threading.Event(), threading.Event()

    def hold():
        with locks.receiving(upload.id):
            held.set()
            done.wait(30)
        connection.close()

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(30)
    try:
        with pytest.raises(UploadBusy):
            add(li, upload, 0, FILE[:PIECE])
    finally:
        done.set()
        thread.join()
    assert add(li, upload, 0, FILE[:PIECE]).offset == PIECE


def test_an_institution_has_so_many_unfinished_uploads(school, li, monkeypatch):
    monkeypatch.setattr("creditbank.deposits.operations.resuming.UNFINISHED_MAX", 2)
    first = start(li, school)
    start(li, school)
    with pytest.raises(UploadsTooMany):
        start(li, school)
    operations.drop_upload(actor=li, public_id=first.public_id)
    start(li, school)


def test_a_dropped_upload_leaves_nothing(school, li):
    upload = start(li, school)
    send(li, upload, to=PIECE)
    operations.drop_upload(actor=li, public_id=upload.public_id)
    assert (lying(upload.public_id), queries.uploads(actor=li)) == ([], ())


def test_what_nobody_goes_on_with_is_deleted_after_a_day(school, li):
    old, fresh = start(li, school), start(li, school)
    send(li, old, to=PIECE)
    later = NOW + timedelta(hours=25)
    add(li, fresh, 0, FILE[:PIECE], now=later)
    folder = settings.ENVIRONMENT.data / "files" / "batches" / fresh.public_id
    os.utime(folder, (0, 0))  # the row says how old an upload is, not its folder
    operations.forget_old(actor=SYSTEM, months=24, now=later + timedelta(minutes=1))
    assert (lying(old.public_id), [each.public_id for each in queries.uploads(actor=li)]) == ([], [fresh.public_id])
    assert send(li, fresh) == len(FILE)


@pytest.mark.parametrize("size", [0, 4 * 1024**3 + 1])
def test_a_size_that_no_file_may_have_is_refused_before_it_comes(school, li, size):
    with pytest.raises((FileMissing, FileTooLarge)):
        start(li, school, size=size)


@pytest.mark.parametrize("head", [b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1"])
def test_a_workbook_may_be_less_large_than_a_text(school, li, head):
    upload = start(li, school, size=PACKED_BYTES_MAX + 1)
    with pytest.raises(FileTooLarge) as refusal:
        add(li, upload, 0, head + bytes(PIECE))
    assert refusal.value.details["most"] == 300
    assert add(li, upload, 0, b"name,course" + bytes(PIECE)).offset > PIECE


def test_a_piece_whose_request_was_killed_is_sent_again(school, li):
    upload = start(li, school)
    send(li, upload, to=PIECE)
    in_a_process_that_is_killed(f"""
        from creditbank.deposits.operations import resuming
        from tests.rooms.deposits.conftest import staff
        resuming.models.Upload.record_piece = die
        operations.add_piece(
            actor=staff(1, {school.id}), public_id="{upload.public_id}", offset={PIECE}, content=b"half", now=NOW
        )
    """)
    assert queries.unfinished(actor=li, public_id=upload.public_id).offset == PIECE
    send(li, upload)
    assert files.read(finish(li, upload).public_id, files.UPLOAD) == FILE


@pytest.mark.parametrize("step", ["receive", "defer"])
def test_an_end_that_was_killed_is_done_anew(school, li, step):
    upload = start(li, school)
    send(li, upload)
    in_a_process_that_is_killed(f"""
        from creditbank.deposits.operations import resuming
        from tests.rooms.deposits.conftest import staff
        resuming.{step} = die
        operations.finish_upload(actor=staff(1, {school.id}), public_id="{upload.public_id}", now=NOW)
    """)
    assert queries.batches(actor=li).total == 0
    batch = finish(li, upload)
    assert (batch.number, files.read(batch.public_id, files.UPLOAD)) == ("2026-0001", FILE)


def test_what_came_in_pieces_is_sealed_once_and_outlives_the_work(school, li):
    upload = start(li, school)
    send(li, upload)
    pieces = lying(upload.public_id)
    batch = finish(li, upload)
    assert lying(batch.public_id) == pieces
    assert operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.kept == 8
    files.drop_working(batch.public_id)
    assert lying(batch.public_id) == pieces
    assert b"".join(files.source(batch.public_id, name="a.csv", size=len(FILE)).blocks()) == FILE


def upload_at_once(actor, school, content, **words):
    return operations.upload(
        actor=actor, organization_id=school.id, file_name="a.csv", content=content, now=NOW, **words
    )


def folders():
    return {name for name, _ in files.batches()}


@contextmanager
def files_of_at_most(size):
    """Let the kernel refuse to write more: no file grows beyond so many bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_loses_nothing_that_was_acknowledged(school, li):
    before, content = folders(), FILE * 200
    with files_of_at_most(100_000), pytest.raises(DiskFull):
        upload_at_once(li, school, content)
    assert (queries.batches(actor=li).total, folders()) == (0, before)
    upload = start(li, school, content)
    at = add(li, upload, 0, content[:90_000]).offset
    with files_of_at_most(100_000), pytest.raises(DiskFull):
        add(li, upload, at, content[at:])
    assert queries.unfinished(actor=li, public_id=upload.public_id).offset == at
    add(li, upload, at, content[at:])
    with files_of_at_most(100):  # the end writes nothing
        batch = finish(li, upload)
    assert files.read(batch.public_id, files.UPLOAD) == content


def test_a_row_cannot_say_that_more_came_than_there_is(school, li):
    upload = start(li, school)
    with pytest.raises(Exception, match="upload_offset_within"):
        models.Upload.objects.filter(id=upload.id).update(offset=len(FILE) + 1)
