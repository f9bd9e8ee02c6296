"""What the bank itself fails at: nothing is lost, nobody waits behind it, and words say what to do."""

import contextlib
import json
from datetime import timedelta

import pytest

from creditbank.archive import queries as archive
from creditbank.cli import depositing
from creditbank.deposits import checking, models, operations, posting, queries, tasks
from creditbank.deposits.errors import BatchesBeingPosted, BatchesUnread, PartlyWritten
from creditbank.deposits.intake.errors import ColumnMissing
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage, Traces
from creditbank.evidence import queries as evidence
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as learners
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.intake.sheets import read
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_crashes import approved

pytestmark = pytest.mark.django_db(transaction=True)
TRIES = 3


class TornError(Exception):
    """A fault that nobody foresaw."""


@pytest.fixture
def school():
    return two_schools()[0]


def with_cell(heading, text):
    """A file of one row that differs in one cell, and a good row of another person."""
    lines = sheet(Row(person=1), Row(person=2)).decode().splitlines()
    place = lines[0].split(",").index(heading)
    cells = lines[1].split(",")
    cells[place] = text
    return "\n".join([lines[0], ",".join(cells), lines[2]]).encode()


def at_once(school, content):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=content, now=NOW
    )


def stage_of(batch):
    return queries.batch(actor=SYSTEM, public_id=batch.public_id).stage


def fact_names():
    return [stored.fact.name for stored in evidence.facts()]


def traces(number):
    document = Document(DocumentKind.RESIDENT_ID, identity(number))
    return Traces(digests=frozenset(learners.digests([document])), names=frozenset(), studies=frozenset())


def erased(school, number, now=NOW):
    return operations.prepare_erasure(actor=SYSTEM, organization_id=school.id, traces=traces(number), now=now)


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("专业名称", "", "major_missing"),
        ("专业名称", "护" * 101, "major_too_long"),
        ("学号", "", "student_number_missing"),
        ("学号", "9" * 41, "student_number_too_long"),
        ("姓名", "", "name_missing"),
        ("姓名", "林" * 61, "name_malformed"),
        ("课程名称", "", "course_missing"),
        ("课程名称", "课" * 101, "course_too_long"),
        ("课程名称", "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 12, "course_too_long"),
        ("备注", "长" * 5000, None),
        ("专业名称", "护" * 100, None),
        ("学号", "9" * 40, None),
        ("姓名", "林" * 60, None),
        ("姓名", "\N{GREEK SMALL LETTER IOTA WITH DIALYTIKA AND TONOS}" * 60, None),
        ("课程名称", "课" * 100, None),
    ],
)
def test_a_text_at_its_limit_is_posted_and_beyond_it_a_refused_row(school, heading, text, code):
    report = at_once(school, with_cell(heading, text))
    assert report.batch.stage is BatchStage.POSTED
    assert [row.code for row in report.refused] == ([] if code is None else [f"deposits.row.{code}"])
    assert archive.figures().entries == (1 if code else 2)


def test_a_long_title_and_a_zero_far_down_in_a_file_do_no_harm(school):
    filler = [Row(person=3, course=f"课程{number}") for number in range(900)]
    content = (
        ("题" * 300 + "\n").encode()
        + sheet(Row(person=1), *filler)
        + sheet(Row(person=2, course="甲\0乙")).split(b"\n", 1)[1]
    )
    report = at_once(school, content)
    assert [row.code for row in report.refused] == ["deposits.row.control_character"]
    assert report.batch.stage is BatchStage.POSTED
    assert len(report.batch.title) == 120


def test_a_refused_row_is_shown_without_what_turns_its_words_round(school):
    report = at_once(school, sheet(Row(person=1), Row(person=2, course="学英\u202e语")))
    assert [row.written.split(" · ")[0] for row in report.refused] == ["学英\ufffd语"]


def failing_for(monkeypatch, *batches):
    plan, broken = posting.plan, {batch.public_id for batch in batches}

    def torn(batch, *places, **words):
        if batch.public_id in broken:
            raise TornError
        return plan(batch, *places, **words)

    monkeypatch.setattr(posting, "plan", torn)
    return broken


def test_a_posting_that_fails_three_times_rests_and_the_next_goes_on_and_it_can_be_tried_again(school, monkeypatch):
    first, second = approved(school, Row(person=1)), approved(school, Row(person=2))
    broken = failing_for(monkeypatch, first)
    for count in range(TRIES):
        assert stage_of(first) is (BatchStage.POSTING if count else BatchStage.APPROVED)
        with pytest.raises(TornError):
            operations.post(actor=SYSTEM, public_id=first.public_id, now=NOW)
    assert stage_of(first) is BatchStage.FAILED
    tasks.resume(timestamp=1)
    assert (stage_of(first), stage_of(second)) == (BatchStage.FAILED, BatchStage.POSTED)
    assert fact_names().count("deposits.batch_failed.v1") == 1
    broken.clear()
    with pytest.raises(NotPermitted):
        operations.reopen(actor=_may_not_approve(school), public_id=first.public_id, now=NOW)
    again = operations.reopen(actor=staff(2, school.id), public_id=first.public_id, now=NOW)
    assert (again.stage, again.attempts) == (BatchStage.APPROVED, 0)
    with pytest.raises(BatchNotThere):
        operations.reopen(actor=staff(2, school.id), public_id=first.public_id, now=NOW)
    tasks.resume(timestamp=2)
    assert stage_of(first) is BatchStage.POSTED
    assert fact_names().count("deposits.batch_reopened.v1") == 1


def _may_not_approve(school):
    actor = staff(9, school.id)
    grants = tuple(grant for grant in actor.grants if grant.permission is not Permission.DEPOSITS_BATCH_APPROVE)
    return type(actor)(kind=actor.kind, id=actor.id, name=actor.name, grants=grants)


def given_up(school, monkeypatch, *rows):
    batch = approved(school, *rows)
    failing_for(monkeypatch, batch)
    for _ in range(TRIES):
        with pytest.raises(TornError):
            operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    return batch


def test_who_is_named_in_a_failed_batch_can_be_erased(school, monkeypatch):
    batch = approved(school, Row(person=1), Row(person=2))
    failing_for(monkeypatch, batch)
    with pytest.raises(BatchesBeingPosted):
        erased(school, 1)
    for _ in range(TRIES):
        with pytest.raises(TornError):
            operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert erased(school, 1) == 1
    assert stage_of(batch) is BatchStage.CANCELLED


def test_a_failed_batch_is_dropped_but_not_once_rows_of_it_are_written(school, monkeypatch):
    batch = given_up(school, monkeypatch, Row(person=1))
    models.Batch.objects.filter(public_id=batch.public_id).update(done=1)
    with pytest.raises(PartlyWritten):
        operations.cancel(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)
    with pytest.raises(BatchesBeingPosted):
        erased(school, 1)
    models.Batch.objects.filter(public_id=batch.public_id).update(done=0)
    operations.cancel(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)
    assert stage_of(batch) is BatchStage.CANCELLED


def test_a_check_that_fails_three_times_ends_with_words(school, monkeypatch):
    actor = staff(1, school.id)
    batch = operations.upload(actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)

    def torn(*_, **__):
        raise TornError

    monkeypatch.setattr(checking, "check", torn)
    for count in range(TRIES):
        assert stage_of(batch) is (BatchStage.CHECKING if count else BatchStage.RECEIVED)
        tasks.resume(timestamp=1)
    ended = queries.batch(actor=SYSTEM, public_id=batch.public_id)
    assert (ended.stage, ended.refusal_code) == (BatchStage.UNREADABLE, "deposits.file.check_failed")
    assert erased(school, 1) == 0


def test_a_file_that_nobody_could_check_in_a_day_does_not_keep_erasing_waiting(school):
    actor = staff(1, school.id)
    batch = operations.upload(actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)
    with pytest.raises(BatchesUnread):
        erased(school, 1)
    erased(school, 1, now=NOW + timedelta(days=1, minutes=1))
    assert stage_of(batch) is BatchStage.CANCELLED


@pytest.mark.parametrize("as_json", [True, False])
def test_the_command_line_names_the_batch_that_it_failed_at(school, monkeypatch, tmp_path, capsys, as_json):
    def torn(*_, **__):
        raise TornError

    monkeypatch.setattr(posting, "plan", torn)
    monkeypatch.setattr(depositing.surroundings, "bank", contextlib.nullcontext)
    file = tmp_path / "a.csv"
    file.write_bytes(sheet(Row()))
    answer = depositing.deposit(
        path=str(file), institution=school.code, dry_run=False, all_or_nothing=False, as_json=as_json
    )
    told = capsys.readouterr()
    assert answer == 3
    assert "Traceback" not in told.out + told.err
    if as_json:
        report = json.loads(told.out)
        assert (report["batch"], report["posted"], report["code"]) == (
            "2026-0001",
            False,
            "deposits.batch.posting_failed",
        )
    else:
        assert "2026-0001" in told.err


def test_a_sheet_without_majors_is_refused_whole():
    content = sheet(Row()).replace("专业名称".encode(), "院系".encode())
    with pytest.raises(ColumnMissing):
        read(content)
