"""The same file handed in twice by one institution: the second time says so, and leads to the first batch."""

import threading

import pytest
from django.db import connection

from creditbank.deposits import operations, queries
from creditbank.deposits.errors import FileTwice
from creditbank.deposits.types import BatchStage
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, sheet

FILE = sheet(Row(), Row(grade="x"))


def hand_in(school, content=FILE, name="a.csv"):
    actor = staff(1, school.id)
    return operations.upload(actor=actor, organization_id=school.id, file_name=name, content=content, now=NOW)


def test_the_second_time_is_refused_and_names_the_first_batch(school):
    first = hand_in(school)
    with pytest.raises(FileTwice) as refusal:
        hand_in(school, name="another name.csv")
    assert refusal.value.details == {"field": "file", "number": first.number, "batch": first.public_id}
    assert first.number in refusal.value.sentence("zh")
    assert queries.batches(actor=SYSTEM).total == 1


def test_a_posted_file_is_not_posted_again_from_the_command_line(school):
    done = {"actor": SYSTEM, "organization_id": school.id, "file_name": "a.csv", "content": FILE, "now": NOW}
    assert operations.deposit_at_once(**done).batch.stage is BatchStage.POSTED
    with pytest.raises(FileTwice):
        operations.deposit_at_once(**done)


def test_a_file_may_come_again_after_its_batch_was_dropped_or_not_readable(school):
    first = hand_in(school)
    operations.cancel(actor=SYSTEM, public_id=first.public_id, now=NOW)
    assert hand_in(school).number != first.number
    torn = hand_in(school, content=b"%PDF-1.7")
    assert operations.check(actor=SYSTEM, public_id=torn.public_id, now=NOW).stage is BatchStage.UNREADABLE
    assert hand_in(school, content=b"%PDF-1.7").stage is BatchStage.RECEIVED


def test_another_institution_may_hand_in_the_same_file(schools):
    here, there = schools
    assert hand_in(here).file_sha256 == hand_in(there).file_sha256


def test_a_dry_run_of_a_known_file_is_no_second_time(school):
    hand_in(school)
    report = operations.dry_run(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=FILE, today=NOW.date()
    )
    assert report.report.counts.rows == 2


@pytest.mark.django_db(transaction=True)
def test_of_uploads_at_the_same_moment_one_becomes_a_batch():
    school, barrier, answers = two_schools()[0], threading.Barrier(5), []

    def one():
        barrier.wait()
        try:
            answers.append(hand_in(school).number)
        except FileTwice as refusal:
            answers.append(refusal.details["number"])
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(5)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert answers == ["2026-0001"] * 5
    assert queries.batches(actor=SYSTEM).total == 1
