"""Killed workers, two workers at once, two approvers at once: nothing is lost, doubled or half."""

import os
import subprocess
import sys
import textwrap
import threading
import time

import pytest
from django.db import connection

from creditbank.archive import queries as archive
from creditbank.deposits import files, operations, queries, tasks
from creditbank.deposits.errors import BatchBusy
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage
from creditbank.evidence import queries as evidence
from creditbank.kernel.review import Verdict
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, sheet

pytestmark = pytest.mark.django_db(transaction=True)
ROWS = 12
PATIENCE = 300


@pytest.fixture
def school():
    return two_schools()[0]


def approved(school, *rows):
    batch = operations.upload(
        actor=staff(1, school.id), organization_id=school.id, file_name="a.csv", content=sheet(*rows), now=NOW
    )
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)
    actor = staff(2, school.id)
    return operations.review(actor=actor, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


def in_a_process_that_is_killed(code):
    """Run a piece of code on this test's database in a process of its own, which must die by SIGKILL."""
    settings = connection.settings_dict
    query = f"host={settings['HOST']}&port={settings['PORT']}"
    url = f"postgresql://{settings['USER']}@/{settings['NAME']}?{query}"
    start = """
        import os, signal, django
        django.setup()
        from contextlib import contextmanager
        from datetime import UTC, datetime
        from creditbank.kernel.actor import system
        from creditbank.deposits import checking, operations, posting
        from creditbank.deposits.types import Step
        from creditbank.archive import operations as archive
        NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
        def die(*args, **kwargs): os.kill(os.getpid(), signal.SIGKILL)
    """
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(start) + textwrap.dedent(code)],
        env={**os.environ, "DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "creditbank.project.settings"},
        capture_output=True,
        check=False,
    )
    assert done.returncode == -9, done.stderr.decode()
    wait_for_its_session_to_end()


def wait_for_its_session_to_end():
    """PostgreSQL takes a moment to see that a client died; until then the locks of its session hold."""
    for _ in range(PATIENCE):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND pid <> pg_backend_pid()"
                " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
            )
            if cursor.fetchone() == (0,):
                return
        time.sleep(0.1)
    pytest.fail("the killed process still holds its lock")


@pytest.mark.parametrize("written", [0, 5, 10])
def test_a_posting_killed_after_some_steps_goes_on_behind_them(school, written):
    batch = approved(school, *(Row(person=n) for n in range(1, ROWS + 1)))
    in_a_process_that_is_killed(f"""
        posting.ROWS_A_STEP = 5
        @contextmanager
        def watched(batch, job, also=None):
            yield lambda step, done, total: die() if (step, done) == (Step.POSTING, {written}) else None
        operations.entering.watched = watched
        operations.post(actor=system("doomed"), public_id="{batch.public_id}", now=NOW)
    """)
    assert archive.figures().entries == 0
    done = operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert (done.stage, done.counts.kept, archive.figures().entries) == (BatchStage.POSTED, ROWS, ROWS)
    names = [stored.fact.name for stored in evidence.facts()]
    assert names.count("archive.batch_posted.v1") == 1


def test_a_posting_killed_before_its_end_is_finished_with_the_same_rows(school):
    batch = approved(school, *(Row(person=n) for n in range(1, ROWS + 1)))
    in_a_process_that_is_killed(f"""
        archive.finish_posting = die
        operations.post(actor=system("doomed"), public_id="{batch.public_id}", now=NOW)
    """)
    assert archive.figures().entries == 0
    assert operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.kept == ROWS


def test_a_killed_check_is_done_anew(school):
    actor = staff(1, school.id)
    batch = operations.upload(
        actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row(), Row(grade="x")), now=NOW
    )
    in_a_process_that_is_killed(f"""
        operations.reporting._keep_report = die
        operations.check(actor=system("doomed"), public_id="{batch.public_id}", now=NOW)
    """)
    assert queries.batch(actor=SYSTEM, public_id=batch.public_id).stage is BatchStage.CHECKING
    assert [found.public_id for found in queries.left_lying(actor=SYSTEM)] == [batch.public_id]
    again = operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert (again.stage, again.counts.kept, again.counts.refused_rows) == (BatchStage.REPORTED, 1, 1)


def test_a_half_posted_batch_goes_before_the_next_of_its_institution(school):
    first = approved(school, *(Row(person=n) for n in range(1, ROWS + 1)))
    in_a_process_that_is_killed(f"""
        archive.finish_posting = die
        operations.post(actor=system("doomed"), public_id="{first.public_id}", now=NOW)
    """)
    second = approved(school, Row(person=1, grade="99"))
    operations.post(actor=SYSTEM, public_id=second.public_id, now=NOW)
    assert queries.batch(actor=SYSTEM, public_id=first.public_id).stage is BatchStage.POSTED
    assert archive.figures().entries == ROWS
    assert queries.batch(actor=SYSTEM, public_id=second.public_id).counts.corrections == 1


def together(count, act):
    """Do one thing in several threads at once, each with a connection of its own; return what each got."""
    barrier, answers = threading.Barrier(count), []

    def one(number):
        barrier.wait()
        try:
            answers.append(act(number))
        except (BatchNotThere, BatchBusy) as refusal:
            answers.append(type(refusal))
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(n,)) for n in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return answers


def test_workers_at_one_batch_post_it_once(school):
    batch = approved(school, *(Row(person=n) for n in range(1, ROWS + 1)))
    answers = together(4, lambda _: operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).stage)
    assert sorted(map(str, answers)) == sorted(map(str, [BatchStage.POSTED, *[BatchNotThere] * 3]))
    assert archive.figures().entries == ROWS


def test_workers_at_one_check_report_once(school):
    actor = staff(1, school.id)
    batch = operations.upload(
        actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row(), Row(grade="x")), now=NOW
    )
    answers = together(4, lambda _: operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW).stage)
    assert answers.count(BatchStage.REPORTED) == 1
    assert len(list(queries.all_refused(batch))) == 1


def test_approvers_at_once_are_one_approval(school):
    actor = staff(1, school.id)
    batch = operations.upload(actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=actor, public_id=batch.public_id, now=NOW)

    def approve(number):
        reader = staff(10 + number, school.id)
        return operations.review(actor=reader, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW).stage

    answers = together(6, approve)
    assert answers.count(BatchStage.APPROVED) == 1
    assert len(queries.batch(actor=SYSTEM, public_id=batch.public_id).readings) == 1


def test_uploads_at_once_get_different_numbers(school):
    def upload(number):
        content = sheet(Row(person=number + 1))
        actor = staff(1, school.id)
        return operations.upload(
            actor=actor, organization_id=school.id, file_name="a.csv", content=content, now=NOW
        ).number

    assert sorted(together(6, upload)) == [f"2026-{n:04d}" for n in range(1, 7)]


def test_one_batch_that_fails_does_not_keep_the_others_waiting(school, monkeypatch, caplog):
    actor = staff(1, school.id)
    first, second = (
        operations.upload(
            actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row(person=n)), now=NOW
        )
        for n in (1, 2)
    )
    read = files.source

    def damaged(batch, **words):
        if batch == first.public_id:
            raise OSError
        return read(batch, **words)

    monkeypatch.setattr(files, "source", damaged)
    tasks.resume(timestamp=1)
    assert queries.batch(actor=SYSTEM, public_id=second.public_id).stage is BatchStage.REPORTED
    assert first.public_id in caplog.text


def test_jobs_carry_no_lock_that_would_outlive_a_killed_worker(school):
    actor = staff(1, school.id)
    operations.upload(actor=actor, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*), count(lock) FROM procrastinate_jobs WHERE task_name = 'deposits.check'")
        jobs, locks = cursor.fetchone()
    assert jobs >= 1
    assert locks == 0
