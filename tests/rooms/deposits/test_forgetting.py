"""What institutions handed in is forgotten: with a person who is erased, and when its period is over."""

import os
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.db import connection

from creditbank.archive import queries as book
from creditbank.deposits import files, models, operations, parts, posting, queries, tasks
from creditbank.deposits.errors import BatchesBeingPosted, BatchesUnread, OriginalDeleted
from creditbank.deposits.rules import kept_since
from creditbank.deposits.types import BatchStage, Gone, Traces
from creditbank.evidence import queries as evidence
from creditbank.journeys.erase_learner import erase_learner
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import Verdict
from creditbank.learners import queries as learners
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.journeys import world as j

pytestmark = pytest.mark.django_db(transaction=True)
NAME = "欧阳听雨"
MINE = Row(name=NAME)


@pytest.fixture
def school():
    """A school where the first person of every sheet has an account; the application's role acts from here on."""
    here = two_schools()[0]
    with j.as_application():
        at_once(here, sheet(MINE))
        yield here


def at_once(school, content, name="a.csv"):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name=name, content=content, now=NOW
    ).batch


def uploaded(school, *rows, name="a.csv", title=""):
    actor = staff(1, school.id)
    content = sheet(*rows)
    return operations.upload(
        actor=actor, organization_id=school.id, file_name=name, content=content, title=title, now=NOW
    )


def checked(school, *rows, **words):
    batch = uploaded(school, *rows, **words)
    return operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)


def submitted(school, *rows, **words):
    batch = checked(school, *rows, **words)
    return operations.submit(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)


def read(school, batch, verdict, note=""):
    actor = staff(2, school.id)
    return operations.review(actor=actor, public_id=batch.public_id, verdict=verdict, note=note, now=NOW)


def again(batch):
    return queries.batch(actor=SYSTEM, public_id=batch.public_id)


def account(number=1):
    document = Document(DocumentKind.RESIDENT_ID, identity(number))
    return learners.find_by_documents([document])[document].learner_id


def erase(school, learner_id=None, now=NOW):
    found = account() if learner_id is None else learner_id
    erase_learner(actor=SYSTEM, organization_id=school.id, learner_id=found, reason="本人要求", now=now)


def on_disk(batch):
    folder = settings.ENVIRONMENT.data / "files" / "batches" / batch.public_id
    return sorted(file.name.removesuffix(".sealed") for file in folder.glob("*"))


def of_deposits():
    """Return all that the tables of deposits and the sealed files hold, as text."""
    with connection.cursor() as cursor:
        texts = []
        for table in ("deposits_batch", "deposits_reading", "deposits_refused_row", "deposits_named"):
            cursor.execute(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} AS t")
            texts.append(cursor.fetchone()[0])
    for public_id in models.Batch.objects.values_list("public_id", flat=True):
        if files.exists(public_id, files.UPLOAD):
            texts.append(files.read(public_id, files.UPLOAD).decode())
        texts += [str(staged.rows()) for staged in parts.each_staged(public_id)]
    return " ".join(texts)


def marks():
    [digest] = learners.digests([Document(DocumentKind.RESIDENT_ID, identity(1))])
    return NAME, identity(1), digest.hex()


def test_nothing_that_names_the_person_is_left_in_any_batch(school):
    bad, other = MINE.but(grade="缺考"), Row(person=2, grade="x")
    posted = at_once(school, sheet(MINE.but(course="体育"), bad, other))
    waiting = checked(school, MINE.but(course="高等数学"), Row(person=3), name=f"{NAME}.csv", title=f"{NAME}的成绩")
    returned = read(school, submitted(school, MINE.but(course="物理")), Verdict.RETURN, note=f"{NAME}缺一页")
    cancelled = checked(school, MINE.but(course="化学"))
    operations.cancel(actor=SYSTEM, public_id=cancelled.public_id, now=NOW)
    text = of_deposits()
    assert all(mark in text for mark in marks())
    gone = marks()
    erase(school)
    text = of_deposits()
    assert [mark for mark in gone if mark in text] == []
    for batch in (posted, waiting, returned, cancelled):
        assert again(batch).original_deleted_why is Gone.ERASURE
        assert on_disk(batch) == []
    assert again(posted).stage is BatchStage.POSTED
    assert {again(waiting).stage, again(returned).stage} == {BatchStage.CANCELLED}


def test_refused_rows_keep_place_and_reason_and_those_of_others_everything(school):
    batch = at_once(school, sheet(MINE.but(name="另一个名字"), Row(person=2, grade="x"), Row(person=3)))
    before = {row.row: row for row in queries.all_refused(batch)}
    assert "另一个名字" in before[2].message_zh
    erase(school)
    after = {row.row: row for row in queries.all_refused(batch)}
    assert after[3] == before[3]
    assert (after[2].code, after[2].row, after[2].message_zh) == (before[2].code, 2, "姓名与账户不一致")
    assert after[2].message_en == "Name differs from the account"
    assert {after[2].person_name, after[2].document, after[2].student_number, after[2].written} == {""}
    assert again(batch).counts == batch.counts


def test_rows_with_an_unreadable_number_are_found_by_name_and_student_number(school):
    batch = at_once(school, sheet(MINE.but(document="3101E+17"), Row(person=3)))
    erase(school)
    assert again(batch).original_deleted_why is Gone.ERASURE
    assert [row.person_name for row in queries.all_refused(batch)] == [""]


def test_batches_that_do_not_name_the_person_keep_their_original(school):
    batch = at_once(school, sheet(Row(person=2), Row(person=3, grade="x")))
    erase(school)
    assert on_disk(batch) == [files.UPLOAD]
    assert again(batch).original_deleted_at is None
    assert queries.refused_as_file(again(batch), language="zh")


def test_each_deleted_original_is_a_fact_that_names_nobody(school):
    batch = checked(school, MINE.but(course="体育"))
    erase(school)
    facts = [dict(stored.fact.body) for stored in evidence.facts(name="deposits.original_deleted.v1")]
    mine = {"actor": SYSTEM.reference, "batch": batch.public_id, "why": "erasure"}
    assert mine in facts
    assert len(facts) == 2
    [cancelled] = evidence.facts(name="deposits.batch_cancelled.v1")
    assert cancelled.fact.body["batch"] == batch.public_id


def test_refused_rows_are_not_downloaded_once_the_original_is_gone(school):
    batch = at_once(school, sheet(MINE.but(grade="x")))
    erase(school)
    with pytest.raises(OriginalDeleted):
        queries.refused_as_file(again(batch), language="zh")


def test_a_file_not_yet_checked_may_name_the_person_and_refuses(school):
    batch = uploaded(school, Row(person=2))
    with pytest.raises(BatchesUnread) as refusal:
        erase(school)
    assert refusal.value.details["batches"] == f"4131012044 {batch.number}"
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    erase(school)


def test_a_batch_on_its_way_into_the_book_refuses_and_then_not(school):
    batch = read(school, submitted(school, MINE.but(course="体育"), Row(person=3)), Verdict.APPROVE)
    with pytest.raises(BatchesBeingPosted):
        erase(school)
    operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    learner_id = account()
    erase(school)
    assert book.entries(learner_id) == []
    assert on_disk(batch) == []


def test_who_may_not_erase_is_refused(school):
    nothing = Traces(digests=frozenset(), names=frozenset(), studies=frozenset())
    stranger = staff(5, school.id + 999)
    with pytest.raises(NotPermitted):
        operations.prepare_erasure(actor=stranger, organization_id=school.id, traces=nothing, now=NOW)


def test_a_plan_that_names_an_erased_account_does_not_stick(school):
    """Should a plan ever hold one, the rest of the batch enters: nothing is posted for who is not there."""
    batch = read(school, submitted(school, *(Row(person=n) for n in (2, 3, 4))), Verdict.APPROVE)
    entries = posting.plan(batch, 0, {}, actor=SYSTEM, now=NOW)
    gone = entries["learner_id"][1]
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM learners_learner WHERE learner_id = %s", [gone])
    done = operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert (done.stage, done.counts.kept) == (BatchStage.POSTED, 2)
    for learner_id in set(entries["learner_id"]) - {gone}:
        [entry] = book.entries(learner_id)
        assert j.verifies(book.entry_proof(actor=SYSTEM, key=entry.key))
    assert book.entries(gone) == []


def test_an_unreadable_file_is_not_kept(school):
    actor = staff(1, school.id)
    batch = operations.upload(actor=actor, organization_id=school.id, file_name="a.csv", content=b"%PDF-1.7", now=NOW)
    batch = operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert batch.stage is BatchStage.UNREADABLE
    assert batch.original_deleted_why is Gone.UNREADABLE
    assert on_disk(batch) == []


def test_batches_of_an_earlier_release_are_found_too(school):
    batch = at_once(school, sheet(MINE.but(grade="x"), Row(person=2)))
    models.Named.objects.all().delete()
    models.RefusedRow.objects.update(digest=None, person_name="另写的名字")
    models.Batch.objects.update(people_kept=False)
    erase(school)
    assert again(batch).original_deleted_why is Gone.ERASURE
    assert [row.person_name for row in queries.all_refused(batch)] == [""]


LATER = NOW + timedelta(days=800)


def forget(now=LATER, months=24):
    return operations.forget_old(actor=SYSTEM, months=months, now=now)


def test_the_period_of_keeping_ends(school):
    batch = at_once(school, sheet(MINE.but(course="体育"), Row(person=2, grade="x")))
    assert forget(now=NOW + timedelta(days=700)) == 0
    assert on_disk(batch) == [files.UPLOAD]
    assert forget() == 2
    found = again(batch)
    assert (found.original_deleted_why, found.counts, found.file_sha256) == (
        Gone.RETENTION,
        batch.counts,
        batch.file_sha256,
    )
    assert list(queries.all_refused(batch)) == []
    assert files.batches() == []
    assert not models.Named.objects.exists()
    assert forget() == 0


def test_what_waited_as_long_for_a_decision_is_dropped(school):
    waiting = submitted(school, Row(person=2))
    forget()
    assert again(waiting).stage is BatchStage.CANCELLED
    assert again(waiting).original_deleted_why is Gone.RETENTION


def test_a_report_outlives_an_erasing_by_its_period_only(school):
    batch = at_once(school, sheet(MINE.but(grade="x"), Row(person=2, grade="x")))
    erase(school)
    forget()
    assert list(queries.all_refused(batch)) == []
    assert again(batch).original_deleted_why is Gone.ERASURE


def test_a_batch_that_is_worked_on_is_not_forgotten(school):
    batch = uploaded(school, Row(person=2))
    forget()
    assert on_disk(batch) == [files.UPLOAD]


def test_files_that_a_crash_left_go(school):
    batch = at_once(school, sheet(MINE.but(course="体育")))
    models.Batch.objects.filter(public_id=batch.public_id).update(
        original_deleted_at=NOW, original_deleted_why=Gone.ERASURE
    )
    files.write(batch.public_id, parts.PLAN, b"left")
    old, young = "ofnobody1", "ofnobody2"
    for name in (old, young):
        files.write(name, files.UPLOAD, b"x")
    folder = settings.ENVIRONMENT.data / "files" / "batches"
    os.utime(folder / old, (0, 0))
    forget(now=datetime.now(tz=UTC))
    assert on_disk(batch) == []
    assert [files.exists(name, files.UPLOAD) for name in (old, young)] == [False, True]
    files.drop_all(young)


def test_only_the_bank_itself_decides_what_is_kept(school):
    with pytest.raises(NotPermitted):
        operations.forget_old(actor=staff(1, school.id), months=24, now=NOW)


def test_the_nightly_job_takes_the_period_of_the_surroundings(school):
    batch = at_once(school, sheet(MINE.but(course="体育")))
    long_ago = datetime.now(tz=UTC) - timedelta(days=31 * settings.ENVIRONMENT.deposit_months)
    models.Batch.objects.filter(public_id=batch.public_id).update(closed_at=long_ago)
    tasks.forget(timestamp=1)
    assert on_disk(batch) == []


@pytest.mark.parametrize(
    ("now", "months", "since"),
    [
        ((2026, 11, 22), 24, (2024, 11, 22)),
        ((2026, 3, 31), 1, (2026, 2, 28)),
        ((2024, 3, 31), 1, (2024, 2, 29)),
        ((2026, 1, 15), 1, (2025, 12, 15)),
        ((2026, 1, 15), 999_999, (1, 10, 15)),
    ],
)
def test_months_are_counted_back_by_the_calendar(now, months, since):
    assert kept_since(datetime(*now, tzinfo=UTC), months=months) == datetime(*since, tzinfo=UTC)
