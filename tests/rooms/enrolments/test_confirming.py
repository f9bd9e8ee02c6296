"""Writing and confirming enrolments: set-wise, idempotent, safe against two at once."""

import random
import threading
import time
from functools import partial

import polars as pl
import pytest
from django.db import connection, transaction

from creditbank.enrolments import models, operations, queries, rules
from creditbank.enrolments.errors import EnrolmentNotFound, StatusImpossible
from creditbank.enrolments.rules import MOVES, after
from creditbank.enrolments.types import EnrolmentRow, Status, StatusChange
from creditbank.kernel.errors import NotPermitted
from tests.rooms.learners.people import ELSEWHERE, HERE, LI, WANG, ZHAO, staff
from tests.rooms.learners.test_opening import at_once, facts


def row(learner_id, student_number="2024060816", **more):
    told = {"major": "护理", "level_code": "85", "category_code": "322"} | more
    return EnrolmentRow(learner_id=learner_id, student_number=student_number, **told)


def confirm(rows, now, actor=LI, organization_id=HERE, source="batch-1"):
    return operations.confirm_many(actor=actor, organization_id=organization_id, rows=rows, source=source, now=now)


def stored():
    return sorted(models.Enrolment.objects.values_list("learner_id", "number", "student_number", "status"))


def test_enrolments_are_numbered_within_the_learner_and_confirmed_afterwards(db, now):
    rows = [row(7), row(7, major="物流管理"), row(8)]
    numbers = confirm(rows, now)
    assert sorted(numbers[each.key] for each in rows[:2]) == [1, 2]
    assert numbers[rows[2].key] == 1
    assert confirm(list(reversed(rows)), now, source="batch-2") == numbers
    assert len(stored()) == 3
    assert facts("enrolments.enrolments_confirmed.v1") == [
        {"organization": HERE, "written": 3, "changed": 0, "source": "batch-1", "actor": "staff:1"}
    ]


def test_the_order_of_rows_makes_no_difference(db, now):
    rows = [row(n % 40, student_number=str(n % 3), major=f"专业{n % 5}") for n in range(200)]
    numbers = confirm(rows, now)
    operations.delete_rows(learner_ids=list(range(40)))
    shuffled = rows[:]
    random.Random(7).shuffle(shuffled)
    assert confirm(shuffled, now) == numbers


def test_a_frame_comes_back_in_its_order_with_numbers_and_any_text_is_kept_as_it_is(db, now):
    majors = ['护理"', "a\\b", "{x,y}", "NULL", "护理,1", "护理\n2"]
    frame = pl.DataFrame(
        {
            "row": range(6),
            "learner_id": [9, 8, 7, 9, 8, 7],
            "student_number": ["1"] * 6,
            "major": majors,
            "level_code": ["85"] * 6,
            "category_code": ["322"] * 6,
        }
    )
    found = operations.confirm_frame(actor=LI, organization_id=HERE, frame=frame, source="batch-1", now=now)
    assert found["row"].to_list() == list(range(6))
    kept = dict(models.Enrolment.objects.values_list("pk", "major"))
    pairs = zip(found["learner_id"], found["enrolment"], strict=True)
    assert [kept[learner_id, number] for learner_id, number in pairs] == majors
    changed = frame.with_columns(class_name=pl.col("major"))
    operations.confirm_frame(actor=LI, organization_id=HERE, frame=changed, source="batch-2", now=now)
    assert all(each.class_name == each.major for each in models.Enrolment.objects.all())


def test_another_school_numbers_on(db, now):
    confirm([row(7)], now)
    assert confirm([row(7)], now, actor=WANG, organization_id=ELSEWHERE) == {row(7).key: 2}


@pytest.mark.django_db(transaction=True)
def test_a_number_that_another_school_took_since_is_left_to_it(now):
    written = threading.Event()

    def here():
        with transaction.atomic():
            numbers = confirm([row(7), row(8)], now)
            written.set()
            wait_until_somebody_waits()
        return numbers

    def elsewhere():
        assert written.wait(60)
        return confirm([row(7), row(9)], now, actor=WANG, organization_id=ELSEWHERE)

    ours, theirs = at_once(here, elsewhere)
    assert ours == {row(7).key: 1, row(8).key: 1}
    assert theirs == {row(7).key: 2, row(9).key: 1}
    assert len(stored()) == 4


def wait_until_somebody_waits():
    """Return once another connection waits for what this one wrote."""
    for _ in range(6_000):
        with connection.cursor() as cursor:
            cursor.execute("SELECT EXISTS (SELECT FROM pg_locks WHERE NOT granted AND locktype = 'transactionid')")
            if cursor.fetchone() == (True,):
                return
        time.sleep(0.01)
    raise AssertionError("nobody waits")


def test_what_a_row_does_not_tell_stays_and_what_it_tells_is_taken(db, now):
    confirm([row(7, cohort=2027, class_name="护理2403", entry_year=2024)], now)
    confirm([row(7, outcome_code="1261", season_code="1321")], now, source="batch-2")
    (enrolment,) = queries.by_learner(7)
    assert (enrolment.cohort, enrolment.class_name, enrolment.entry_year) == (2027, "护理2403", 2024)
    assert (enrolment.outcome_code, enrolment.status) == ("1261", Status.GRADUATED)
    _, steps = queries.enrolment(actor=LI, learner_id=7, number=1)
    assert [(step.step, step.status, step.source) for step in steps] == [
        (2, Status.GRADUATED, "batch-2"),
        (1, Status.REGISTERED, "batch-1"),
    ]
    confirm([row(7, outcome_code="1690")], now)
    assert queries.by_learner(7)[0].status is Status.GRADUATED


def test_the_first_step_is_kept_apart_before_anything_changes(db, now):
    confirm([row(7), row(8)], now)
    assert not models.EnrolmentStatus.objects.exists()
    confirm([row(7, class_name="护理2403"), row(8)], now, source="batch-2")
    _, steps = queries.enrolment(actor=LI, learner_id=7, number=1)
    assert [(step.step, step.status, step.source) for step in steps] == [(1, Status.REGISTERED, "batch-1")]
    assert models.EnrolmentStatus.objects.get().learner_id == 7
    confirm([row(7, class_name="护理2404")], now, source="batch-3")
    assert models.EnrolmentStatus.objects.get().source == "batch-1"
    _, steps = queries.enrolment(actor=LI, learner_id=8, number=1)
    assert [(step.step, step.since, step.source) for step in steps] == [(1, rules.bank_day(now), "batch-1")]


def test_a_status_never_leaves_the_table():
    for present in Status:
        for told in [*Status, None]:
            assert after(present, told) in {present, *MOVES[present]}


def test_who_has_no_permission_at_the_school_writes_nothing(db, now):
    for actor in (WANG, ZHAO):
        with pytest.raises(NotPermitted):
            confirm([row(7)], now, actor=actor)
    assert stored() == []


def test_confirming_stands_or_falls_with_its_fact(db, now, monkeypatch):
    def broken(fact):
        raise RuntimeError

    monkeypatch.setattr("creditbank.evidence.operations.append", broken)
    with pytest.raises(RuntimeError):
        confirm([row(7)], now)
    assert stored() == []
    assert not models.EnrolmentStatus.objects.exists()


def change(actor, status, now, number=1):
    step = StatusChange(status=status, since=now.date())
    return operations.change_status(actor=actor, learner_id=7, number=number, change=step, now=now)


def test_a_registrar_moves_a_status_only_along_the_table(db, now):
    confirm([row(7)], now)
    assert change(LI, Status.SUSPENDED, now).status is Status.SUSPENDED
    with pytest.raises(StatusImpossible):
        change(LI, Status.GRADUATED, now)
    with pytest.raises(EnrolmentNotFound):
        change(WANG, Status.REGISTERED, now)
    with pytest.raises(EnrolmentNotFound):
        queries.enrolment(actor=WANG, learner_id=7, number=1)
    assert change(LI, Status.REGISTERED, now).status is Status.REGISTERED
    assert len(facts("enrolments.status_changed.v1")) == 2


@pytest.mark.django_db(transaction=True)
def test_the_same_rows_of_one_school_at_once_are_written_once(now):
    rows = [row(n) for n in range(1, 200)]
    answers = at_once(*[lambda: confirm(rows, now), lambda: confirm(rows[::-1], now)] * 2)
    assert all(answer == answers[0] for answer in answers)
    assert len(stored()) == 199
    assert sum(fact["written"] for fact in facts("enrolments.enrolments_confirmed.v1")) == 199


@pytest.mark.django_db(transaction=True)
def test_schools_at_once_never_share_a_number(now):
    rows, schools = [row(n) for n in range(1, 300)], range(51, 57)

    def tell(school):
        return confirm(rows[::-1], now, actor=staff(school, school), organization_id=school)

    answers = at_once(*(partial(tell, school) for school in schools))
    for each in rows:
        assert {answer[each.key] for answer in answers} == set(range(1, len(schools) + 1))
    assert models.Enrolment.objects.count() == 299 * len(schools)
