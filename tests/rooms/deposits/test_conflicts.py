"""Institutions that say different things of one achievement: kept aside, decided by the centre, done once."""

from concurrent.futures import ThreadPoolExecutor

import polars as pl
import pytest
from django.db import connection

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as names, queries as catalogue
from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits import conflicting, errors, locks, matching, models, operations, waiting_queries
from creditbank.deposits.operations import conflicts
from creditbank.deposits.types import BatchStage, ConflictState
from creditbank.evidence import queries as evidence
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.learners import queries as learners
from creditbank.organizations import queries as organizations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_sheets import define, own

FIRST, SECOND, BOTH = ConflictState.FIRST, ConflictState.SECOND, ConflictState.BOTH


def at_once(place, *rows):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=place.id, file_name="a.csv", content=sheet(*rows), now=NOW
    ).batch


def person(number=1):
    document = Document(DocumentKind.RESIDENT_ID, identity(number))
    return learners.find_by_documents([document])[document].learner_id


@pytest.fixture
def told(schools):
    """What the second school says of the same course of the same person, as its checked row."""
    here, there = schools
    at_once(here, Row(grade="86"))
    # The other school has deposited something of its own, so that there is a batch and an enrolment to stand behind.
    batch = models.Batch.objects.get(id=at_once(there, Row(course="物理", grade="70")).id)
    (entry,) = [each for each in archive.entries(person()) if each.key.organization_id == here.id]

    def row(**values):
        given = {"grade": 9100, "grade_scale": 1, "credits": 400, "hours": 6400, "obtained": 20240700} | values
        line = {
            "row": 2,
            "person_name": "学生七",
            "name_key": "学生七",
            "document_kind": "resident-id",
            "document_number": identity(1),
            "student_number": "S0001",
            "major": "物流管理",
            "course": "大学英语",
            "course_key": "大学英语",
            "level_code": "86",
            "category_code": "321",
            "cohort": 2024,
            "outcome_code": "1261",
            "season_code": "1321",
            "mapped": False,
            "learner_id": person(),
            "specification_id": entry.key.specification_id,
            **given,
        }
        kinds = {"credits": pl.Int32, "hours": pl.Int32, "grade": pl.Int32, "grade_scale": pl.Int8}
        return pl.DataFrame([line]).cast(kinds | {"specification_id": pl.Int32, "obtained": pl.Int32})

    return batch, row


def kept(told, **values):
    batch, row = told
    compared = conflicting.against_others(row(**values), organization_id=batch.organization_id)
    conflicts.keep(batch, compared.conflicting, now=NOW)
    return batch


def decide(batch, outcome, actor=SYSTEM, reason="看过双方的原件"):
    return operations.decide_conflict(
        actor=actor, public_id=batch.public_id, row=2, item=0, outcome=outcome, reason=reason, now=NOW
    )


def settle():
    settled = operations.settle_conflicts(actor=SYSTEM, now=NOW)
    for row in models.Batch.objects.filter(stage=BatchStage.APPROVED).order_by("id"):
        operations.post(actor=SYSTEM, public_id=row.public_id, now=NOW)
    return settled


def english():
    return {
        entry.key.organization_id: (entry.grade.value, entry.revision)
        for entry in archive.entries(person())
        if entry.credits == 400 and entry.grade.value in {8600, 9100}
    }


def test_equal_values_are_stored_already_and_other_values_are_a_conflict(told):
    batch, row = told
    ask = {"organization_id": batch.organization_id}
    same = conflicting.against_others(row(grade=8600), **ask)
    other = conflicting.against_others(row(), **ask)
    elsewhen = conflicting.against_others(row(obtained=20250100), **ask)
    parts = [(each.kept.height, each.duplicates.height, each.conflicting.height) for each in (same, other, elsewhen)]
    assert parts == [(0, 1, 0), (0, 0, 1), (1, 0, 0)]
    assert same.duplicates["first_organization_id"].to_list() != [batch.organization_id]
    assert elsewhen.kept.columns[: len(row().columns)] == row().columns


def test_one_s_own_entries_are_no_others(told, schools):
    _, row = told
    compared = conflicting.against_others(row(), organization_id=schools[0].id)
    assert (compared.kept.height, compared.conflicting.height) == (1, 0)


def test_a_case_shows_both_sides_with_where_they_come_from(told, schools):
    batch = kept(told)
    kept(told)
    (case,) = waiting_queries.conflicts(staff(1, schools[0].id))
    assert (case.first.institution, case.second.institution) == (schools[0].name, schools[1].name)
    assert (case.first.grade.value, case.second.grade.value) == (8600, 9100)
    assert (case.second.batch, case.row, case.achievement.zh) == (batch.number, 2, "大学英语")
    assert case.first.at is not None
    assert not case.may_decide
    assert waiting_queries.conflicts(staff(1, 0)) == ()
    assert waiting_queries.open_conflicts(SYSTEM) == 1


def test_where_the_first_stands_nothing_enters(told, schools):
    batch = kept(told)
    assert decide(batch, FIRST) is FIRST
    assert settle() == 1
    assert english() == {schools[0].id: (8600, 0)}
    assert settle() == 0


def test_where_the_second_stands_it_corrects_the_first(told, schools):
    batch = kept(told)
    decide(batch, SECOND)
    assert settle() == 1
    assert english() == {schools[0].id: (9100, 1)}
    (entry,) = [each for each in archive.entries(person()) if each.grade.value == 9100]
    assert [each.entry.grade.value for each in archive.revisions(entry.key)] == [9100, 8600]
    assert settle() == 0
    (fact,) = evidence.facts(name="deposits.conflict_settled.v2")
    assert fact.fact.body["posting"] == f"{batch.public_id}.c2"


def test_a_correction_waits_while_a_batch_of_the_first_enters_the_book(told, schools):
    decide(kept(told), SECOND)
    posting = locks.posting_for(schools[0].id)
    with ThreadPoolExecutor(1) as another:
        another.submit(posting.__enter__).result()
        assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 0
        another.submit(posting.__exit__, None, None, None).result()
        another.submit(lambda: connection.close()).result()  # noqa: PLW0108  # each thread has its own
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 1


def test_where_both_are_achievements_they_stand_side_by_side(told, schools):
    batch = kept(told)
    decide(batch, BOTH)
    settle()
    assert english() == {schools[0].id: (8600, 0), schools[1].id: (9100, 0)}
    assert models.Batch.objects.get(late_of=batch.id).number == f"{batch.number}-1"


def test_only_who_reaches_both_institutions_decides(told, schools, zhao):
    batch = kept(told)
    with pytest.raises(NotPermitted):
        decide(batch, FIRST, zhao)
    with pytest.raises(errors.ConflictNotFound):
        decide(batch, FIRST, staff(7, 0))
    with pytest.raises(errors.ReasonMissing):
        decide(batch, FIRST, reason="")
    with pytest.raises(NotPermitted):
        operations.settle_conflicts(actor=zhao, now=NOW)
    centre = staff(8, *(school.id for school in schools))
    assert waiting_queries.conflict(actor=centre, public_id=batch.public_id, row=2, item=0).may_decide
    decide(batch, FIRST, centre)
    with pytest.raises(errors.ConflictDecided):
        decide(batch, BOTH, centre)
    (case,) = waiting_queries.conflicts(centre, open_only=False)
    assert (case.state, case.reason, case.decided_by) == (FIRST, "看过双方的原件", "")
    with pytest.raises(errors.ConflictNotFound):
        waiting_queries.conflict(actor=centre, public_id=batch.public_id, row=3, item=0)


def test_what_is_settled_keeps_nothing_sealed(told):
    batch = kept(told)
    assert bytes(models.Conflict.objects.get(batch_id=batch.id).sealed)
    decide(batch, FIRST)
    settle()
    assert bytes(models.Conflict.objects.get(batch_id=batch.id).sealed) == b""


def test_cases_of_an_erased_person_go(told):
    kept(told)
    assert conflicts.erase([person()]) == 1
    assert waiting_queries.open_conflicts(SYSTEM) == 0


def test_values_that_are_compared_are_those_of_the_book(told):
    batch, row = told
    for name in matching.VALUES:
        changed = {"grade_scale": 4, "grade": 1} if name == "grade_scale" else {name: 100}
        compared = conflicting.against_others(row(**{"grade": 8600} | changed), organization_id=batch.organization_id)
        assert compared.conflicting.height == 1, name
    assert organizations.by_id(batch.organization_id)


@pytest.fixture
def named(schools):
    """The other school calls the first one's course by a name of its own."""
    here, there = schools
    at_once(here, Row(grade="86"))
    (course,) = catalogue.courses_of(here.id)
    names.add_alias(actor=SYSTEM, specification_id=course.id, organization_id=there.id, alias="外校英语", now=NOW)
    return there


def test_a_file_that_tells_another_school_s_course_differently_makes_cases(named, schools):
    same, other, new = (
        Row(course="外校英语"),
        Row(course="外校英语", obtained="202408"),
        Row(person=2, course="外校英语"),
    )
    at_once(schools[0], other.but(course="大学英语", grade="70"))
    counts = at_once(named, same, other, new).counts
    assert (counts.rows, counts.duplicates, counts.conflicts, counts.kept) == (3, 1, 1, 1)
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.row, case.first.grade.value, case.second.grade.value) == (3, 7000, 8600)
    assert [entry.key.organization_id for entry in archive.entries(person(2))] == [named.id]
    decide_row(case, BOTH)
    settle()
    values = sorted((entry.key.organization_id, entry.grade.value) for entry in archive.entries(person()))
    assert values == [(schools[0].id, 7000), (schools[0].id, 8600), (named.id, 8600)]


def test_what_was_decided_to_stand_beside_the_other_is_no_conflict_when_it_is_sent_again(named):
    at_once(named, Row(course="外校英语", grade="91"))
    (case,) = waiting_queries.conflicts(SYSTEM)
    decide_row(case, BOTH)
    settle()
    counts = at_once(named, Row(course="外校英语", grade="91"), Row(course="物理")).counts
    assert (counts.duplicates, counts.conflicts, counts.kept) == (1, 0, 1)


def decide_row(case, outcome):
    operations.decide_conflict(
        actor=SYSTEM,
        public_id=case.batch.public_id,
        row=case.row,
        item=case.item,
        outcome=outcome,
        reason="看过原件",
        now=NOW,
    )


def test_a_batch_of_nothing_but_cases_can_be_approved(named):
    batch = at_once(named, Row(course="外校英语", grade="91"))
    assert (batch.stage, batch.counts.conflicts, batch.counts.postable) == (BatchStage.POSTED, 1, 0)
    assert waiting_queries.open_conflicts(SYSTEM) == 1


def test_each_achievement_of_a_row_is_a_case_of_its_own(named, schools):
    """A training and the course it was converted into, both of the first school, in one row of the other's file."""
    here, there = schools
    training = {"kind": "培训", "person_name": Row().cells()[0], "document": identity(1), "course": "物流岗前培训"}
    training |= {"obtained": "202506", "credits": "2"}
    define(here, "物流岗前培训", "", SpecificationKind.TRAINING)
    for place, more in (
        (here, {"grade": "合格"}),
        (there, {"target_course": "外校英语", "target_credits": "4", "target_obtained": "202407"}),
    ):
        batch = operations.deposit_at_once(
            actor=SYSTEM, organization_id=place.id, file_name="a.csv", content=own(training | more), now=NOW
        ).batch
    assert (batch.counts.conflicts, batch.counts.postable) == (2, 0)
    cases = sorted(waiting_queries.conflicts(SYSTEM), key=lambda case: case.item)
    assert [(case.row, case.item, case.achievement.zh) for case in cases] == [
        (2, 0, "物流岗前培训"),
        (2, 1, "大学英语"),
    ]
    decide_row(cases[0], BOTH)
    decide_row(cases[1], SECOND)
    settle()
    stored = {(entry.key.organization_id, entry.credits, entry.grade.value) for entry in archive.entries(person())}
    passed = next(grade for place, worth, grade in stored if (place, worth) == (here.id, 200))
    assert stored == {(here.id, 200, passed), (there.id, 200, 0), (here.id, 400, 0)}
    assert {fact.fact.body["item"] for fact in evidence.facts(name="deposits.conflict_settled.v2")} == {0, 1}


def test_what_was_decided_for_the_first_is_not_asked_again(named):
    lines = [Row(course="外校英语", grade="91")]
    at_once(named, *lines)
    (case,) = waiting_queries.conflicts(SYSTEM)
    again = at_once(named, *lines, Row(course="物理")).counts
    assert (again.duplicates, again.conflicts, again.kept) == (1, 0, 1)  # nobody is asked twice meanwhile
    decide_row(case, FIRST)
    settle()
    later = at_once(named, *lines, Row(course="化学")).counts
    assert (later.duplicates, later.conflicts, later.kept) == (1, 0, 1)
    other = at_once(named, Row(course="外校英语", grade="92")).counts
    assert (other.duplicates, other.conflicts) == (0, 1)  # which nobody has decided


def test_what_was_decided_is_asked_again_when_the_first_tells_something_else(named, schools):
    at_once(named, Row(course="外校英语", grade="91"))
    (case,) = waiting_queries.conflicts(SYSTEM)
    decide_row(case, FIRST)
    settle()
    at_once(schools[0], Row(grade="87"))
    counts = at_once(named, Row(course="外校英语", grade="91"), Row(course="物理")).counts
    assert (counts.duplicates, counts.conflicts) == (0, 1)


@pytest.mark.parametrize("grade", ["86", "70"])
def test_a_decision_after_accounts_were_merged_corrects_what_was_disputed(named, schools, grade):
    """The survivor has the same course in its own right, told alike (`86`, so it is one now) or otherwise."""
    here = schools[0]
    at_once(here, Row(person=2, grade=grade))
    at_once(named, Row(course="外校英语", grade="91"))
    (case,) = waiting_queries.conflicts(SYSTEM)
    decide_row(case, SECOND)
    survivor = person(2)
    merged(here, survivor_id=survivor)
    assert settle() == 1
    found = sorted((entry.key.part, entry.grade.value, entry.revision) for entry in archive.entries(survivor))
    assert found == ([(0, 9100, 1)] if grade == "86" else [(0, 7000, 0), (1, 9100, 1)])


def test_what_was_decided_is_remembered_after_accounts_were_merged(named, schools):
    at_once(named, Row(course="外校英语", grade="91"))
    (case,) = waiting_queries.conflicts(SYSTEM)
    decide_row(case, FIRST)
    settle()
    at_once(schools[0], Row(person=2, name=Row().cells()[0], course="物理"))
    merged(schools[0], survivor_id=person(2))
    counts = at_once(named, Row(course="外校英语", grade="91"), Row(course="化学")).counts
    assert (counts.duplicates, counts.conflicts) == (1, 0)


def merged(place, *, survivor_id):
    merge_accounts(
        actor=SYSTEM,
        organization_id=place.id,
        survivor_id=survivor_id,
        other_id=person(),
        reason="同一人开了两次户",
        now=NOW,
    )
