"""What jobs and institutions do is kept in figures, and a cancelled batch ends its job."""

from datetime import date, timedelta

import pytest

from creditbank.deposits import models, operations, queries
from creditbank.deposits.errors import BatchNotFound
from creditbank.deposits.operations import reporting
from creditbank.deposits.pace import Outcome
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage, Step
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.sheets import Row, sheet

TODAY = date(2026, 11, 22)
BANK = Text("云江学分银行", "Yunjiang Credit Bank")


def uploaded(school, *rows, by=1):
    return operations.upload(
        actor=staff(by, school.id), organization_id=school.id, file_name="a.csv", content=sheet(*rows), now=NOW
    )


def posted(school, *rows):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=sheet(*rows), now=NOW
    ).batch


def runs(batch):
    return [(run.job.value, run.rows, run.outcome) for run in queries.runs_of(batch.id)]


def test_each_run_of_a_job_leaves_a_line_with_rows_and_seconds(school):
    batch = posted(school, Row(person=1), Row(person=2), Row(person=3, grade="x"))
    assert runs(batch) == [("post", 2, "done"), ("check", 3, "done")]
    check = queries.runs_of(batch.id)[1]
    assert set(check.steps) >= {"reading", "checking", "catalogue"}
    assert 0 < sum(check.steps.values()) <= check.seconds + 0.01
    assert set(queries.seconds_of([batch.id])) == {batch.id}


def test_a_run_that_fails_says_so_and_the_next_one_is_a_line_of_its_own(school, monkeypatch):
    batch, message = uploaded(school, Row(person=1)), "the disk is full"

    def fails(**_):
        raise OSError(message)

    with monkeypatch.context() as patch:
        patch.setattr(reporting, "_keep_report", fails)
        with pytest.raises(OSError, match=message):
            operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert runs(batch) == [("check", 1, "done"), ("check", 1, "fault")]


def test_a_run_left_open_by_a_killed_process_is_closed_by_the_next(school):
    batch = uploaded(school, Row(person=1))
    models.Run.objects.create(batch_id=batch.id, job="check", started_at=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert [run.outcome for run in queries.runs_of(batch.id)] == [Outcome.DONE, Outcome.INTERRUPTED]


def test_a_file_that_ends_the_process_again_and_again_is_put_aside(school):
    batch = uploaded(school, Row(person=1))
    for _ in range(reporting.DEATHS_MAX):
        models.Run.objects.create(batch_id=batch.id, job="check", started_at=NOW)
    found = operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert (found.stage, found.refusal_code) == (BatchStage.UNREADABLE, "deposits.file.check_failed")


def test_a_file_whose_check_was_killed_a_few_times_is_checked_all_the_same(school):
    batch = uploaded(school, Row(person=1))
    for _ in range(reporting.DEATHS_MAX - 1):
        models.Run.objects.create(batch_id=batch.id, job="check", started_at=NOW)
    assert operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW).stage is BatchStage.REPORTED


def test_a_batch_cancelled_while_it_is_checked_ends_the_check(school):
    batch = uploaded(school, Row(person=1))

    def cancel(step, done, total):
        if step is Step.CHECKING and not done:
            operations.cancel(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)

    with pytest.raises(BatchNotThere):
        operations.check(actor=SYSTEM, public_id=batch.public_id, watch=cancel, now=NOW)
    assert runs(batch) == [("check", 0, "stopped")]
    assert queries.batch(actor=SYSTEM, public_id=batch.public_id).stage is BatchStage.CANCELLED


def approved(school):
    batch = uploaded(school, Row(person=1))
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)
    return operations.review(actor=staff(2, school.id), public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


def test_a_batch_that_waits_for_posting_may_be_dropped_and_is_not_posted(school):
    batch = approved(school)
    operations.cancel(actor=staff(1, school.id), public_id=batch.public_id, now=NOW)
    with pytest.raises(BatchNotThere):
        operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert queries.batch(actor=SYSTEM, public_id=batch.public_id).stage is BatchStage.CANCELLED


def test_progress_tells_step_rows_and_rate_to_pages_and_programs(school):
    batch = uploaded(school, Row(person=1), Row(person=2))
    told = []

    def look(step, done, total):
        progress = queries.status(queries.batch(actor=SYSTEM, public_id=batch.public_id))["progress"]
        told.append((progress["step"], progress["done"], progress["total"], progress["rows_per_second"] is not None))

    operations.check(actor=SYSTEM, public_id=batch.public_id, watch=look, now=NOW)
    assert told[0] == ("reading", 0, 0, False)
    assert [line[:2] for line in told[1:]] == [("checking", 0), ("checking", 2), ("catalogue", 0), ("catalogue", 2)]
    assert told[2][3]


def test_kinds_come_from_the_batch_with_the_uppermost_row_of_each(school):
    batch = posted(
        school, Row(person=1), Row(person=2, grade="x"), Row(person=3, obtained=""), Row(person=4, grade="y")
    )
    (first, second) = queries.kinds_of_refusal(batch)
    assert (first.code, first.rows, first.example.row) == ("deposits.row.grade_malformed", 2, 3)
    assert (second.code, second.rows, second.example.row) == ("deposits.row.obtained_missing", 1, 4)
    assert batch.kinds == {"deposits.row.grade_malformed": 2, "deposits.row.obtained_missing": 1}
    models.Batch.objects.filter(id=batch.id).update(kinds={})  # as a report of before was kept
    again = queries.batch(actor=SYSTEM, public_id=batch.public_id)
    assert queries.kinds_of_refusal(again) == [first, second]


def test_figures_of_institutions_are_sums_of_their_batches(schools):
    here, there = schools
    old = Row(person=5, obtained="200907")
    new = Row(person=1, obtained="202610"), Row(person=2, obtained="202611")
    posted(here, *new, old, Row(person=4, grade="x"))
    posted(here, old.but(grade="90"))
    found = {each.place.id: each for each in queries.depositing(actor=SYSTEM, today=TODAY)}
    mine = found[here.id]
    assert (mine.files, mine.posted, mine.corrections, mine.rows) == (2, 4, 1, 5)
    assert (mine.refused_share, mine.fresh_share) == (1 / 5, 2 / 4)
    assert mine.days == (TODAY - NOW.date()).days
    assert (found[there.id].last, found[there.id].files, found[there.id].refused_share) == (None, 0, None)


def test_a_withdrawn_batch_counts_as_withdrawn_alone(school):
    batch = posted(school, Row(person=1))
    models.Batch.objects.filter(id=batch.id).update(stage="withdrawn", withdrawn_at=NOW)
    (one,) = (each for each in queries.depositing(actor=SYSTEM, today=TODAY) if each.place.id == school.id)
    assert (one.files, one.posted, one.last, one.withdrawn) == (0, 0, None, 1)


def test_months_tell_rows_refusals_and_kinds(school):
    posted(school, Row(person=1), Row(person=2, grade="x"))
    (found,) = (each.place for each in queries.depositing(actor=SYSTEM, today=TODAY) if each.place.id == school.id)
    (month,) = queries.months(found)
    assert (month.month, month.files, month.rows, month.refused, month.kept) == (
        NOW.year * 10000 + NOW.month * 100,
        1,
        2,
        1,
        1,
    )
    assert month.refused_share == 0.5
    (kind,) = queries.kinds_by_month([month, month])
    assert (kind.code, kind.rows) == ("deposits.row.grade_malformed", 2)


def test_figures_of_another_institution_are_not_there(schools):
    here, there = schools
    li = staff(1, here.id)
    assert [each.place.id for each in queries.depositing(actor=li, today=TODAY)] == [here.id]
    with pytest.raises(BatchNotFound):
        queries.depositing_of(actor=li, public_id=there.public_id, today=TODAY)


def test_a_receipt_says_who_when_what_and_where_the_root_is_checked(school):
    batch = approved(school)
    done = operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW + timedelta(minutes=1))
    view = queries.posted_view(actor=SYSTEM, public_id=done.public_id)
    told = queries.receipt(view, bank=BANK, check_at="https://bank.example.org/roots/")
    assert told["form"] == "creditbank-receipt-1"
    assert told["institution"] == {"code": school.code, "name": school.name.zh, "name_en": school.name.en}
    assert (told["handed_in"]["by"], told["submitted"]["by"], told["approved"]["by"]) == (
        "staff:1",
        "staff:1",
        "staff:2",
    )
    assert (told["approved"]["process"], told["choice"]) == ("second-person.v1", "good-rows-now")
    assert told["counts"]["rows"] == told["counts"]["kept"] == 1
    assert told["root"] == {
        "algorithm": "RFC 6962, SHA-256",
        "value": done.root,
        "check_at": "https://bank.example.org/roots/",
    }
    assert told["checked"]["checks"] == done.checks != ""
    assert (told["posted_at"], told["withdrawn_at"]) == (
        (NOW + timedelta(minutes=1)).strftime("%Y-%m-%dT%H:%M:%SZ"),
        None,
    )


def test_a_deposit_by_one_person_says_so_on_the_receipt(school):
    view = queries.posted_view(actor=SYSTEM, public_id=posted(school, Row()).public_id)
    approved_by = queries.receipt(view, bank=BANK, check_at="")["approved"]
    assert (approved_by["process"], approved_by["by"]) == ("command-line.v1", SYSTEM.reference)


def test_there_is_no_receipt_before_the_batch_is_posted(school):
    with pytest.raises(BatchNotFound):
        queries.posted_view(actor=SYSTEM, public_id=approved(school).public_id)


def test_a_root_leads_to_its_batch_and_nothing_else_does(school):
    batch = posted(school, Row(person=1), Row(person=2))
    found = queries.by_root(batch.root)
    assert (found.institution, found.number, found.rows, found.withdrawn_at) == (school.name, batch.number, 2, None)
    assert queries.by_root("0" * 64) is None
    assert queries.by_root("") is None
