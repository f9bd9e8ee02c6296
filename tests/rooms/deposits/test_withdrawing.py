"""A posted batch is withdrawn by two people, while nothing of it is in use; what comes after is new again."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingInUse
from creditbank.catalogue import operations as names, queries as catalogue
from creditbank.deposits import locks, models, operations, queries
from creditbank.deposits.errors import (
    BatchOutdated,
    InstitutionPosting,
    WithdrawalAskedAlready,
    WithdrawalNotFound,
    WithdrawalReasonMissing,
)
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage, ConflictState, Traces
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.grades import Grade, Scale
from creditbank.kernel.review import SameReaderTwice, Verdict
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_pipeline import at_once, handed_in, person_of, posted
from tests.rooms.deposits.test_waiting import open_account

LATER = NOW + timedelta(days=1)
REASON = "整批成绩取错了学期"
FILE = sheet(Row(), Row(course="高等数学"), Row(person=2))


def asked(li, batch, reason=REASON):
    return operations.ask_withdrawal(actor=li, public_id=batch.public_id, reason=reason, now=LATER)


def decided(wang, batch, verdict=Verdict.APPROVE, now=LATER):
    return operations.decide_withdrawal(actor=wang, public_id=batch.public_id, verdict=verdict, now=now)


def withdrawn(li, wang, batch, now=LATER):
    asked(li, batch)
    return decided(wang, batch, now=now)


def entries(number=1):
    return book.entries(person_of(number))


def test_one_asks_and_another_confirms(school, li, wang):
    batch = posted(li, wang, school, FILE)
    assert asked(li, batch).stage is BatchStage.POSTED
    assert len(entries()) == 2
    done = decided(wang, batch)
    assert (done.stage, done.withdrawn_at, done.root) == (BatchStage.WITHDRAWN, LATER, batch.root)
    assert entries() == entries(2) == []
    assert queries.withdrawal_reasons([batch.public_id]) == {batch.public_id: REASON}
    names = [stored.fact.name for stored in evidence.facts()]
    for name in ("deposits.withdrawal_asked.v1", "archive.posting_withdrawn.v1", "deposits.withdrawal_read.v1"):
        assert names.count(name) == 1
    assert REASON not in str([dict(stored.fact.body) for stored in evidence.facts()])


def test_who_asked_does_not_confirm_and_may_take_it_back(school, li, wang):
    batch = posted(li, wang, school, FILE)
    asked(wang, batch)
    with pytest.raises(SameReaderTwice):
        decided(wang, batch)
    assert decided(wang, batch, Verdict.RETURN).stage is BatchStage.POSTED
    with pytest.raises(WithdrawalNotFound):
        decided(li, batch)
    assert withdrawn(wang, li, batch).stage is BatchStage.WITHDRAWN


def test_a_declined_withdrawal_leaves_the_batch_as_it_is(school, li, wang):
    batch = posted(li, wang, school, FILE)
    asked(li, batch)
    assert decided(wang, batch, Verdict.RETURN).stage is BatchStage.POSTED
    [told] = queries.withdrawal(actor=li, public_id=batch.public_id).withdrawals
    assert (told.verdict, told.decided_by, told.reason) == ("return", wang.reference, REASON)
    assert len(entries()) == 2


@pytest.mark.parametrize("reason", ["", "错了", "长" * 301])
def test_a_withdrawal_needs_its_reason(school, li, wang, reason):
    batch = posted(li, wang, school, FILE)
    with pytest.raises(WithdrawalReasonMissing):
        asked(li, batch, reason)


def test_it_is_asked_for_once_and_of_posted_batches_only(school, li, wang):
    waiting = handed_in(li, school, FILE)
    with pytest.raises(BatchNotThere):
        asked(li, waiting)
    operations.cancel(actor=li, public_id=waiting.public_id, now=NOW)
    batch = posted(li, wang, school, FILE)
    asked(li, batch)
    with pytest.raises(WithdrawalAskedAlready):
        asked(wang, batch)
    decided(wang, batch)
    with pytest.raises(BatchNotThere):
        asked(li, batch)


def test_another_schools_people_do_not_withdraw(schools, li, wang):
    here, there = schools
    batch = posted(li, wang, here, FILE)
    viewer = staff(9, here.id)
    viewer = type(viewer)(
        kind=viewer.kind, id=9, name="看", grants=tuple(g for g in viewer.grants if g.permission.endswith("batch:view"))
    )
    with pytest.raises(NotPermitted):
        asked(viewer, batch)
    asked(li, batch)
    with pytest.raises(NotPermitted):
        decided(viewer, batch)
    assert there.id != here.id


def test_what_is_in_use_is_told_when_it_is_asked_and_when_it_is_confirmed(school, li, wang):
    batch = posted(li, wang, school, FILE)
    asked(li, batch)
    key = entries()[0].key
    archive.hold(actor=SYSTEM, key=key, scope="award:1", reference="case:1", now=NOW)
    with pytest.raises(PostingInUse) as refused:
        decided(wang, batch)
    assert refused.value.details == {"held": 1, "used": 0, "converted": 0, "corrected": 0, "moved": 0}
    other = posted(li, wang, school, sheet(Row(grade="90")), name="b.csv")
    with pytest.raises(PostingInUse):
        asked(li, other)
    assert queries.batch(actor=li, public_id=batch.public_id).stage is BatchStage.POSTED


def test_the_same_file_may_come_again_and_everything_in_it_is_new(school, li, wang):
    first = posted(li, wang, school, FILE)
    withdrawn(li, wang, first)
    again = posted(li, wang, school, FILE)
    assert (again.counts.kept, again.counts.corrections, again.counts.duplicates) == (3, 0, 0)
    assert again.counts.accounts_opened == 0
    assert [entry.revision for entry in entries()] == [1, 1]
    assert book.figures().entries == 3
    third = handed_in(li, school, sheet(Row(grade="99"), Row(course="高等数学")), name="c.csv")
    assert (third.counts.kept, third.counts.corrections, third.counts.duplicates) == (0, 1, 1)


def test_a_withdrawn_correction_gives_the_old_value_back_and_the_next_one_is_a_correction(school, li, wang):
    posted(li, wang, school, sheet(Row(grade="60")))
    second = posted(li, wang, school, sheet(Row(grade="70")), name="b.csv")
    withdrawn(li, wang, second, now=NOW)  # before the third one is posted
    assert [entry.grade for entry in entries()] == [Grade(Scale.PERCENT, 6000)]
    third = posted(li, wang, school, sheet(Row(grade="80")), name="c.csv")
    assert (third.counts.kept, third.counts.corrections) == (0, 1)
    [line] = queries.corrections(actor=li, public_id=third.public_id).lines
    assert (line.old.grade, line.new.grade) == (Grade(Scale.PERCENT, 6000), Grade(Scale.PERCENT, 8000))
    assert [entry.revision for entry in entries()] == [2]


def test_while_a_batch_enters_the_book_none_of_its_institution_is_withdrawn(school, li, wang):
    batch = posted(li, wang, school, FILE)
    coming = handed_in(li, school, sheet(Row(grade="90")), name="b.csv")
    operations.submit(actor=li, public_id=coming.public_id, now=NOW)
    operations.review(actor=wang, public_id=coming.public_id, verdict=Verdict.APPROVE, now=NOW)
    asked(li, batch)
    with pytest.raises(InstitutionPosting):
        decided(wang, batch)
    operations.post(actor=SYSTEM, public_id=coming.public_id, now=NOW)
    with pytest.raises(PostingInUse) as refused:
        decided(wang, batch)
    assert refused.value.details["corrected"] == 1


def test_a_batch_whose_duplicates_may_be_none_any_more_is_checked_anew(school, li, wang):
    batch = posted(li, wang, school, FILE)
    report = handed_in(li, school, sheet(Row(), Row(person=5)), name="b.csv")
    second = handed_in(li, school, sheet(Row(), Row(person=6)), name="c.csv")
    operations.submit(actor=li, public_id=second.public_id, now=NOW)
    withdrawn(li, wang, batch)
    with pytest.raises(BatchOutdated):
        operations.submit(actor=li, public_id=report.public_id, now=LATER)
    with pytest.raises(BatchOutdated):
        operations.review(actor=wang, public_id=second.public_id, verdict=Verdict.APPROVE, now=LATER)
    operations.cancel(actor=li, public_id=report.public_id, now=LATER)
    fresh = handed_in(li, school, sheet(Row(), Row(person=5)), name="b.csv")
    assert (fresh.counts.kept, fresh.counts.duplicates) == (2, 0)


def test_who_confirms_finds_it_among_what_waits(school, li, wang):
    batch = posted(li, wang, school, FILE)
    assert queries.matters(actor=wang) == ()
    asked(li, batch)
    [waits] = queries.matters(actor=wang)
    assert (waits.batch.public_id, waits.withdrawal, waits.originals) == (batch.public_id, True, 0)
    assert queries.matters(actor=li) == ()


def test_a_name_in_the_reason_goes_when_the_person_is_erased(school, li, wang):
    batch = posted(li, wang, school, FILE)
    asked(li, batch, "学生丁的成绩取错了")
    traces = Traces(
        digests=frozenset(bytes(each) for each in models.Named.objects.values_list("digest", flat=True)),
        names=frozenset({"学生丁"}),
        studies=frozenset(),
    )
    operations.prepare_erasure(actor=SYSTEM, organization_id=school.id, traces=traces, now=LATER)
    [told] = queries.withdrawal(actor=li, public_id=batch.public_id).withdrawals
    assert told.reason == "某某的成绩取错了"


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_correction_on_its_way_do_not_meet(transactional_db):
    school = two_schools()[0]
    first = at_once(school, FILE).batch
    asker, second = staff(1, school.id), staff(2, school.id)
    asked(asker, first)

    def confirms():
        try:
            return decided(second, first).stage
        except InstitutionPosting as refusal:
            return type(refusal)
        finally:
            connection.close()

    with locks.posting_for(school.id), ThreadPoolExecutor(1) as threads:
        assert threads.submit(confirms).result(timeout=30) is InstitutionPosting
    with ThreadPoolExecutor(1) as threads:
        assert threads.submit(confirms).result(timeout=30) is BatchStage.WITHDRAWN


def entered_late():
    operations.enter_waiting(actor=SYSTEM, now=NOW)
    return [
        operations.post(actor=SYSTEM, public_id=row.public_id, now=NOW)
        for row in models.Batch.objects.filter(stage=BatchStage.APPROVED)
    ]


def test_what_entered_later_goes_with_its_batch_and_nobody_waits_for_it_any_more(trainer, li, wang):
    open_account(trainer, 1)
    batch = posted(li, wang, trainer, sheet(Row(), Row(person=2), Row(person=3)))
    open_account(trainer, 2)
    [late] = entered_late()
    told = queries.withdrawal(actor=li, public_id=batch.public_id).goes
    assert (told.achievements, [each.number for each in told.late], told.waiting) == (2, [late.number], 1)
    withdrawn(li, wang, batch)
    assert entries() == entries(2) == []
    late = queries.batch(actor=li, public_id=late.public_id)
    assert (late.stage, late.withdrawn_at) == (BatchStage.WITHDRAWN, LATER)
    went = queries.withdrawal(actor=li, public_id=batch.public_id).goes
    assert (went.achievements, went.late, went.waiting) == (2, (late,), 0)
    assert queries.withdrawal_reasons([late.public_id, batch.public_id]) == {
        late.public_id: REASON,
        batch.public_id: REASON,
    }
    assert queries.withdrawal(actor=li, public_id=late.public_id).carried_out.reason == REASON
    open_account(trainer, 3)
    assert entered_late() == []
    assert models.Waiting.objects.get(row=4).state == "dropped"


def test_a_batch_stays_while_anything_that_entered_later_is_in_use(trainer, li, wang):
    open_account(trainer, 1)
    batch = posted(li, wang, trainer, sheet(Row(), Row(person=2)))
    open_account(trainer, 2)
    [late] = entered_late()
    archive.hold(actor=SYSTEM, key=entries(2)[0].key, scope="award:1", reference="case:1", now=NOW)
    with pytest.raises(PostingInUse) as refused:
        asked(li, batch)
    assert refused.value.details["held"] == 1
    archive.release(actor=SYSTEM, key=entries(2)[0].key, scope="award:1", reference="case:1", now=NOW)
    asked(li, batch)
    archive.hold(actor=SYSTEM, key=entries(2)[0].key, scope="award:1", reference="case:1", now=NOW)
    with pytest.raises(PostingInUse):
        decided(wang, batch)
    assert len(entries()) == len(entries(2)) == 1
    assert {batch.public_id, late.public_id} == {
        row.public_id for row in models.Batch.objects.filter(stage=BatchStage.POSTED)
    }


def test_a_late_batch_that_failed_is_dropped_and_one_withdrawn_before_is_left(trainer, li, wang):
    open_account(trainer, 1)
    batch = posted(li, wang, trainer, sheet(Row(), Row(person=2), Row(person=3)))
    open_account(trainer, 2)
    [second] = entered_late()
    withdrawn(li, wang, second, now=NOW)
    open_account(trainer, 3)
    operations.enter_waiting(actor=SYSTEM, now=NOW)
    models.Batch.objects.filter(stage=BatchStage.APPROVED).update(stage=BatchStage.FAILED)
    withdrawn(li, wang, batch)
    stages = models.Batch.objects.order_by("id").values_list("stage", "withdrawn_at")
    assert list(stages) == [("withdrawn", LATER), ("withdrawn", NOW), ("cancelled", None)]


def test_a_request_of_its_own_about_a_late_batch_is_answered_with_it(trainer, li, wang):
    open_account(trainer, 1)
    batch = posted(li, wang, trainer, sheet(Row(), Row(person=2)))
    open_account(trainer, 2)
    [late] = entered_late()
    asked(li, late, "另有原因的撤回")
    withdrawn(li, wang, batch)
    told = queries.withdrawal(actor=li, public_id=late.public_id)
    assert (told.open, {each.reason for each in told.withdrawals}) == (None, {REASON, "另有原因的撤回"})


@pytest.fixture
def disputed(schools):
    """A course of the first school, told otherwise by the second: its batch, and the officer and approver there."""
    here, there = schools
    at_once(here, sheet(Row(grade="86")))
    [course] = catalogue.courses_of(here.id)
    names.add_alias(actor=SYSTEM, specification_id=course.id, organization_id=there.id, alias="外校英语", now=NOW)
    rows = sheet(Row(course="外校英语", grade="91"), Row(course="物理"))
    return at_once(there, rows).batch, staff(11, there.id), staff(12, there.id)


def decide_case(batch, outcome):
    operations.decide_conflict(
        actor=SYSTEM, public_id=batch.public_id, row=2, item=0, outcome=outcome, reason="看过原件", now=NOW
    )
    operations.settle_conflicts(actor=SYSTEM, now=NOW)


def test_what_a_batch_had_corrected_of_another_school_gets_its_value_back(schools, disputed):
    batch, asker, second = disputed
    decide_case(batch, ConflictState.SECOND)
    assert {entry.grade.value for entry in entries()} == {9100, 8600}
    told = queries.withdrawal(actor=asker, public_id=batch.public_id).goes
    assert (told.achievements, told.corrections) == (2, 1)
    withdrawn(asker, second, batch)
    [entry] = entries()
    assert (entry.key.organization_id, entry.grade.value) == (schools[0].id, 8600)
    reference = f"{batch.public_id}.c2"
    assert queries.withdrawal_reasons([reference]) == {reference: REASON}


def test_a_correction_of_another_school_that_is_in_use_keeps_the_batch_in(schools, disputed):
    batch, asker, second = disputed
    decide_case(batch, ConflictState.SECOND)
    [corrected] = [entry for entry in entries() if entry.grade.value == 9100]
    asked(asker, batch)
    archive.hold(actor=SYSTEM, key=corrected.key, scope="award:1", reference="case:1", now=NOW)
    with pytest.raises(PostingInUse) as refused:
        decided(second, batch)
    assert refused.value.details["held"] == 1
    assert len(entries()) == 2


def test_while_the_other_school_posts_its_correction_stays(schools, disputed):
    batch, asker, second = disputed
    decide_case(batch, ConflictState.SECOND)
    asked(asker, batch)
    models.Batch.objects.filter(organization_id=schools[0].id).update(stage=BatchStage.APPROVED)
    with pytest.raises(InstitutionPosting):
        decided(second, batch)
    assert len(entries()) == 2


def test_open_cases_of_a_batch_end_with_it(schools, disputed):
    batch, asker, second = disputed
    assert queries.withdrawal(actor=asker, public_id=batch.public_id).goes.cases == 1
    withdrawn(asker, second, batch)
    assert queries.open_conflicts(SYSTEM) == 0
    assert [(entry.key.organization_id, entry.grade.value) for entry in entries()] == [(schools[0].id, 8600)]


def test_what_was_let_stand_beside_goes_with_its_batch(schools, disputed):
    batch, asker, second = disputed
    decide_case(batch, ConflictState.BOTH)
    entered_late()
    assert len(entries()) == 3
    withdrawn(asker, second, batch)
    assert [entry.key.organization_id for entry in entries()] == [schools[0].id]
