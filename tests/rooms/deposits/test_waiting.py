"""Rows about people without an account wait for it, and enter when it opens; nobody's row is lost or entered twice."""

import pytest
from cryptography.exceptions import InvalidTag

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as names, queries as catalogue
from creditbank.deposits import aside, errors, models, operations, parts, queries, waiting_queries
from creditbank.deposits.types import BatchStage, ConflictState, Traces, WaitingState
from creditbank.evidence import queries as evidence
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import Verdict
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import NewPerson
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, identity, sheet

ONE, TWO = Row(person=1), Row(person=2)


def open_account(school, person, name=""):
    document = Document(DocumentKind.RESIDENT_ID, identity(person))
    name = name or ONE.but(person=person).cells()[0]
    people = [NewPerson(name=name, document=document)]
    return learners.open_many(actor=SYSTEM, organization_id=school.id, people=people, now=NOW)[document]


def reported(li, place, *rows):
    batch = operations.upload(actor=li, organization_id=place.id, file_name="a.csv", content=sheet(*rows), now=NOW)
    return operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)


def posted(li, wang, place, *rows):
    batch = reported(li, place, *rows)
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    return operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)


def enter():
    entered = operations.enter_waiting(actor=SYSTEM, now=NOW)
    late = models.Batch.objects.filter(stage=BatchStage.APPROVED)
    return entered, [operations.post(actor=SYSTEM, public_id=row.public_id, now=NOW) for row in late.order_by("id")]


def states(batch):
    return {row.row: row.state for row in models.Waiting.objects.filter(batch_id=batch.id).order_by("row")}


def facts(name):
    return [stored.fact.body for stored in evidence.facts(name=f"deposits.{name}.v1")]


def test_rows_of_unknown_people_wait_and_the_others_enter(trainer, li, wang):
    known = open_account(trainer, 1)
    batch = posted(li, wang, trainer, ONE, TWO, TWO.but(course="物理"))
    counts = batch.counts
    assert (counts.rows, counts.kept, counts.waiting, counts.accounts_opened) == (3, 1, 2, 0)
    assert len(archive.entries(known)) == 1
    assert states(batch) == {3: "waiting", 4: "waiting"}
    assert accounts.living() == 1
    page = waiting_queries.waiting_rows(actor=li, public_id=batch.public_id)
    assert [(row.row, row.person_name, row.document) for row in page.rows] == [
        (3, TWO.cells()[0], "31**************92"[:2] + page.rows[0].document[2:]),
        (4, TWO.cells()[0], page.rows[0].document),
    ]
    assert identity(2) not in str(page)


def test_rows_enter_under_the_same_approval_when_the_account_opens(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE, TWO, TWO.but(course="物理"))
    assert enter() == (0, [])
    learner_id = open_account(trainer, 2)
    entered, (late,) = enter()
    assert (entered, late.number, late.stage, late.late_of) == (2, f"{batch.number}-1", BatchStage.POSTED, batch.id)
    assert [reading.reader for reading in late.readings] == [reading.reader for reading in batch.readings]
    assert len(archive.entries(learner_id)) == 2
    assert states(batch) == {2: "waiting", 3: "entered", 4: "entered"}
    assert enter() == (0, [])
    assert facts("late_rows_approved")[0] == {
        "actor": SYSTEM.reference,
        "batch": late.public_id,
        "late_of": batch.public_id,
        "rows": 2,
    }
    open_account(trainer, 1)
    assert [each.number for each in enter()[1]] == [f"{batch.number}-2"]
    assert waiting_queries.waiting_batches(li) == ()


def test_a_batch_of_nothing_but_waiting_rows_can_be_approved(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE, TWO)
    assert (batch.stage, batch.counts.waiting, batch.counts.postable) == (BatchStage.POSTED, 2, 0)
    learner_id = open_account(trainer, 1)
    enter()
    assert len(archive.entries(learner_id)) == 1


def test_a_batch_that_is_not_approved_lets_nobody_wait(trainer, li):
    batch = reported(li, trainer, ONE)
    assert batch.counts.waiting == 1
    assert states(batch) == {}
    operations.cancel(actor=li, public_id=batch.public_id, now=NOW)
    open_account(trainer, 1)
    assert enter() == (0, [])


def test_nobody_waits_for_a_batch_that_is_dropped_after_its_approval(trainer, li, wang):
    batch = reported(li, trainer, ONE, TWO)
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    operations.cancel(actor=li, public_id=batch.public_id, now=NOW)
    learner_id = open_account(trainer, 1)
    assert enter() == (0, [])
    assert (archive.entries(learner_id), set(states(batch).values())) == ([], {"dropped"})


def test_a_row_that_its_account_speaks_against_goes_on_waiting(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE)
    learner_id = open_account(trainer, 1, name="另一个人")
    assert enter() == (0, [])
    (row,) = waiting_queries.waiting_rows(actor=li, public_id=batch.public_id).rows
    assert row.problem.code == "deposits.row.name_differs_from_account"
    (listed,) = waiting_queries.waiting_batches(li)
    assert (listed.rows, listed.held) == (1, 1)
    learners.correct_name(
        actor=SYSTEM,
        organization_id=trainer.id,
        learner_id=learner_id,
        name=ONE.cells()[0],
        reason="录错",
        now=NOW,
    )
    assert enter() == (0, [])
    assert operations.retry_waiting(actor=li, public_id=batch.public_id, now=NOW) == 1
    assert enter()[0] == 1
    assert len(archive.entries(learner_id)) == 1


def test_what_is_stored_meanwhile_waits_no_more(trainer, li, wang):
    first = posted(li, wang, trainer, ONE)
    second = posted(li, wang, trainer, ONE, TWO)
    learner_id = open_account(trainer, 1)
    enter()
    enter()
    assert len(archive.entries(learner_id)) == 1
    ended = states(first) | states(second)
    assert sorted(state for row, state in ended.items() if row == 2) in (["entered"], ["stored"])
    assert WaitingState.WAITING not in {states(first)[2], states(second)[2]}


def test_rows_are_given_up_with_a_reason(trainer, li, wang, zhao):
    batch = posted(li, wang, trainer, ONE, TWO)
    with pytest.raises(errors.ReasonMissing):
        operations.drop_waiting(actor=li, public_id=batch.public_id, rows=[2], reason=" ", now=NOW)
    with pytest.raises(errors.BatchNotFound):
        operations.drop_waiting(actor=zhao, public_id=batch.public_id, rows=[2], reason="错行", now=NOW)
    assert operations.drop_waiting(actor=li, public_id=batch.public_id, rows=[2], reason="错行", now=NOW) == 1
    with pytest.raises(errors.NobodyWaits):
        operations.drop_waiting(actor=li, public_id=batch.public_id, rows=[2], reason="错行", now=NOW)
    row = models.Waiting.objects.get(batch_id=batch.id, row=2)
    assert (row.state, row.reason, row.digest, bytes(row.sealed)) == ("dropped", "错行", None, b"")
    assert operations.drop_waiting(actor=li, public_id=batch.public_id, rows=[], reason="不等了", now=NOW) == 1
    open_account(trainer, 1)
    assert enter() == (0, [])


def test_what_waited_as_long_as_files_are_kept_is_given_up(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE)
    operations.forget_old(actor=SYSTEM, months=24, now=NOW)
    assert states(batch) == {2: "waiting"}
    operations.forget_old(actor=SYSTEM, months=24, now=NOW.replace(year=NOW.year + 3))
    assert states(batch) == {2: "dropped"}
    assert facts("waiting_dropped")[0]["rows"] == 1


def test_only_the_bank_itself_lets_rows_enter(trainer, li):
    with pytest.raises(NotPermitted):
        operations.enter_waiting(actor=li, now=NOW)


def test_approving_twice_over_keeps_a_row_once(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE)
    row = models.Batch.objects.get(id=batch.id)
    sealed = models.Waiting.objects.get(batch=row)
    frame = aside.opened([aside.SealedRow(sealed.row, sealed.key_id, bytes(sealed.sealed))], batch=batch.public_id)
    assert frame["document_number"].to_list() == [identity(1)]
    assert states(batch) == {2: "waiting"}
    with pytest.raises(InvalidTag):
        aside.opened([aside.SealedRow(3, sealed.key_id, bytes(sealed.sealed))], batch=batch.public_id)


def test_what_is_sealed_comes_back_as_it_was(trainer, li):
    batch = reported(li, trainer, ONE, TWO.but(hours=""))
    frame = parts.get(batch.public_id, parts.WAITING, 0)
    opened = aside.opened(aside.seal(frame, batch=batch.public_id), batch=batch.public_id)
    assert opened.equals(frame.select(opened.columns))
    assert set(frame.columns) - set(opened.columns) == {"digest"}


def test_a_late_batch_does_not_stand_in_the_way_of_the_next_number_or_file(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE)
    open_account(trainer, 1)
    enter()
    with pytest.raises(errors.FileTwice) as refused:
        reported(li, trainer, ONE)
    assert refused.value.details["number"] == batch.number
    assert reported(li, trainer, TWO).number == f"{batch.number[:-1]}2"
    assert queries.batch(actor=li, public_id=batch.public_id).counts.waiting == 1


def test_why_rows_were_given_up_names_no_erased_person(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE, TWO)
    name = ONE.cells()[0]
    operations.drop_waiting(actor=li, public_id=batch.public_id, rows=[2], reason=f"{name}已退学", now=NOW)
    digests = frozenset(bytes(each) for each in models.Named.objects.values_list("digest", flat=True))
    traces = Traces(digests=digests, names=frozenset({name}), studies=frozenset())
    operations.prepare_erasure(actor=SYSTEM, organization_id=trainer.id, traces=traces, now=NOW)
    assert models.Waiting.objects.get(row=2).reason == "某某已退学"


def test_a_person_who_is_erased_waits_nowhere(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE, TWO)
    (digest,) = accounts.digests([Document(DocumentKind.RESIDENT_ID, identity(1))])
    traces = Traces(digests=frozenset({digest}), names=frozenset(), studies=frozenset())
    operations.prepare_erasure(actor=SYSTEM, organization_id=trainer.id, traces=traces, now=NOW)
    assert states(batch) == {2: "erased", 3: "waiting"}
    assert bytes(models.Waiting.objects.get(batch_id=batch.id, row=2).sealed) == b""


def test_one_batch_that_cannot_go_on_does_not_keep_the_others_waiting(trainer, li, wang, school):
    first = posted(li, wang, trainer, Row(person=1))
    second = posted(li, wang, trainer, Row(person=2))
    for person in (1, 2):
        open_account(school, person)
    models.Waiting.objects.filter(batch__public_id=first.public_id).update(key_id=99)
    with pytest.raises(ExceptionGroup):
        enter()
    assert states(second) != states(first)


def test_rows_that_enter_later_name_the_edition_of_the_checks_that_approved_them(trainer, li, wang):
    batch = posted(li, wang, trainer, ONE)
    models.Batch.objects.filter(id=batch.id).update(checks="an-older-edition")
    open_account(trainer, 1)
    assert [late.checks for late in enter()[1]] == ["an-older-edition"]


def test_a_row_of_which_another_school_has_stored_something_else_is_a_case_and_enters_only_by_decision(
    trainer, schools, li, wang
):
    """The other school's course, the account opened and the course deposited by it while our row waited."""
    there = schools[1]
    deposited(there, Row(person=3))
    (course,) = catalogue.courses_of(there.id)
    batch = posted(li, wang, trainer, Row(course="外校英语", grade="91"), TWO)
    names.add_alias(actor=SYSTEM, specification_id=course.id, organization_id=trainer.id, alias="外校英语", now=NOW)
    deposited(there, Row(grade="86"))
    assert enter() == (0, [])
    assert states(batch) == {2: "disputed", 3: "waiting"}
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.batch.public_id, case.row, case.second.grade.value) == (batch.public_id, 2, 9100)
    assert facts("conflict_opened") == [{"batch": batch.public_id, "item": 0, "row": 2}]
    page = waiting_queries.waiting_rows(actor=li, public_id=batch.public_id)
    assert (page.total, page.ended) == (1, {WaitingState.DISPUTED: 1})
    assert enter() == (0, [])
    operations.decide_conflict(
        actor=SYSTEM,
        public_id=batch.public_id,
        row=2,
        item=0,
        outcome=ConflictState.BOTH,
        reason="看过原件",
        now=NOW,
    )
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 1
    enter()
    assert sorted(entry.key.organization_id for entry in archive.entries(case_person())) == sorted(
        [there.id, trainer.id]
    )


def deposited(place, *rows):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=place.id, file_name="a.csv", content=sheet(*rows), now=NOW
    ).batch


def case_person():
    document = Document(DocumentKind.RESIDENT_ID, identity(1))
    return accounts.find_by_documents([document])[document].learner_id
