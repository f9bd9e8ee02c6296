"""Previews of drafts as jobs: asked for once, cancelled, resumed, given up, and told apart from later texts."""

from datetime import timedelta

import pytest
from django.db import connection

from creditbank.conversion import errors, operations, queries, tasks
from creditbank.conversion.queries import trying
from creditbank.conversion.shown import PreviewStage as Stage
from creditbank.evidence import queries as evidence
from creditbank.kernel.errors import NotPermitted
from tests.rooms.archive.conftest import posted, small_bank
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM, people_of
from tests.rooms.conversion.room.test_trials import COURSES, drafted, enrolled, worked
from tests.rooms.conversion.room.test_worth_pages import programme
from tests.rooms.organizations.test_organizations_at_once import at_once


@pytest.fixture
def bank(db):
    return filled()


@pytest.fixture
def stored_bank(transactional_db):
    return filled()


def filled():
    """Return a bank in which three learners hold what the rule of `nursing` takes."""
    bank = small_bank()
    posted(bank, [bank.row(learner, 0) for learner in range(3)])
    into = programme(bank.school, COURSES)
    for learner_id in bank.learners:
        enrolled(learner_id, into)
    return bank


def nursing(book_id="yj/ncre", **parts):
    return documents.book(book_id, rules=[documents.rule(spec="护理学基础")], **parts)


def asked(bank, document=None):
    public_id = drafted(bank.school, document or nursing())
    return public_id, operations.ask_preview(actor=SYSTEM, public_id=public_id, now=NOW)


def found(public_id):
    return queries.preview(queries.details(SYSTEM, public_id).edition)


def jobs(preview):
    """Return how many jobs were ever asked for this preview; another test's jobs are of another."""
    task = "task_name = 'conversion.preview' AND (args->>'number')::int = %s"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM procrastinate_jobs WHERE {task}", [preview.id])
        return cursor.fetchone()[0]


def names():
    return [stored.fact.name for stored in evidence.facts() if "preview" in stored.fact.name]


def test_a_job_tries_all_learners_and_says_so_in_one_fact(bank, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 2)
    public_id, preview = asked(bank)
    tasks.preview(number=preview.id)
    ended = found(public_id)
    assert (ended.stage, ended.done, ended.total) == (Stage.DONE, 3, 3)
    assert (ended.trial.freed, ended.trial.credits) == (3, 900)
    assert names() == ["conversion.preview_asked.v1", "conversion.preview_ended.v1"]
    tasks.preview(number=preview.id)
    assert names() == ["conversion.preview_asked.v1", "conversion.preview_ended.v1"]


def test_examples_name_nobody(bank):
    _, preview = asked(bank)
    told = str(worked(preview).trial)
    assert "护理学基础" in told
    assert "张三" not in told
    assert not any(str(learner_id) in told for learner_id in bank.learners)


def test_a_job_lets_others_go_first_after_its_turn_and_queues_once(bank, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 1)
    monkeypatch.setattr(tasks, "TURN", timedelta(0))
    public_id, preview = asked(bank)
    tasks.preview(number=preview.id)
    assert (found(public_id).stage, found(public_id).done) == (Stage.RUNNING, 1)
    assert jobs(preview) == 1


def test_what_was_left_lying_is_queued_again(bank):
    _, preview = asked(bank)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE procrastinate_jobs SET status = 'doing' WHERE task_name = 'conversion.preview'")
    assert queries.left_lying(since=NOW) == (preview.id,)
    tasks.resume(timestamp=1)
    tasks.resume(timestamp=1)
    assert jobs(preview) == 2


def test_a_cancelled_preview_keeps_what_it_came_to_and_goes_no_further(bank, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 1)
    public_id, preview = asked(bank)
    operations.work_on_preview(actor=SYSTEM, number=preview.id, now=NOW)
    ended = operations.cancel_preview(actor=SYSTEM, public_id=public_id, now=NOW)
    assert (ended.stage, ended.done, ended.trial.freed) == (Stage.CANCELLED, 1, 1)
    with pytest.raises(errors.PreviewNotRunning):
        operations.cancel_preview(actor=SYSTEM, public_id=public_id, now=NOW)
    tasks.preview(number=preview.id)
    assert found(public_id).done == 1


def test_three_faults_in_a_row_end_it_and_a_good_slice_forgives(bank, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 1)
    public_id, preview = asked(bank)
    read = trying.holdings_of
    for worker in (faulty, read, faulty, faulty, faulty):
        monkeypatch.setattr(trying, "holdings_of", worker)
        if worker is read:
            operations.work_on_preview(actor=SYSTEM, number=preview.id, now=NOW)
        else:
            with pytest.raises(OSError, match="disk"):
                tasks.preview(number=preview.id)
    assert (found(public_id).stage, found(public_id).done) == (Stage.FAILED, 1)


def faulty(*_):
    message = "disk"
    raise OSError(message)


def test_a_changed_text_is_not_what_was_tried(bank):
    public_id, preview = asked(bank)
    worked(preview)
    before = queries.details(SYSTEM, public_id).edition
    assert found(public_id).of(before.digest)
    changed = nursing(title={"zh": "改过的规则"})
    after = operations.save_draft(actor=SYSTEM, public_id=public_id, seen=before.digest, document=changed, now=NOW)
    assert not found(public_id).of(after.digest)
    again = operations.ask_preview(actor=SYSTEM, public_id=public_id, now=NOW)
    assert again.id != preview.id
    assert again.of(after.digest)


def test_a_text_changed_under_a_running_preview_does_not_mix_into_it(bank, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 1)
    public_id, preview = asked(bank)
    operations.work_on_preview(actor=SYSTEM, number=preview.id, now=NOW)
    before = queries.details(SYSTEM, public_id).edition
    changed = documents.book(rules=[documents.rule(spec="高等数学")])
    operations.save_draft(actor=SYSTEM, public_id=public_id, seen=before.digest, document=changed, now=NOW)
    assert worked(found(public_id)).trial.credits == 900


def test_only_who_writes_the_draft_asks_and_cancels_and_only_the_bank_works(bank):
    people = people_of(bank)
    public_id = drafted(bank.school, nursing())
    for act in (operations.ask_preview, operations.cancel_preview):
        with pytest.raises(NotPermitted):
            act(actor=people.wang, public_id=public_id, now=NOW)
        with pytest.raises(errors.BookNotFound):
            act(actor=people.sun, public_id=public_id, now=NOW)
    preview = operations.ask_preview(actor=people.li, public_id=public_id, now=NOW)
    for act in (operations.work_on_preview, operations.note_preview_fault, operations.resume_preview):
        with pytest.raises(NotPermitted):
            act(actor=people.li, number=preview.id, now=NOW)


def test_a_faulty_draft_and_an_edition_past_drafting_are_not_tried(bank):
    faulty_draft = drafted(bank.school, documents.book(rules=[{}]))
    with pytest.raises(errors.PreviewNeedsBook):
        operations.ask_preview(actor=SYSTEM, public_id=faulty_draft, now=NOW)
    document = documents.book("yj/other")
    public = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=document, now=NOW)
    with pytest.raises(errors.EditionNotThere):
        operations.ask_preview(actor=SYSTEM, public_id=public.public_id, now=NOW)


def test_the_comparison_is_for_those_who_work_on_the_book_and_for_that_text_alone(bank):
    people = people_of(bank)
    old = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    public_id, preview = asked(bank, nursing(edition="2027"))
    new = queries.details(SYSTEM, public_id).edition
    assert queries.compared(people.li, new, old) is None
    worked(preview)
    assert queries.compared(people.li, new, old).trial.beside.gained == 900
    assert queries.compared(people.sun, new, old) is None
    changed = nursing(edition="2027", title={"zh": "改过的规则"})
    after = operations.save_draft(actor=SYSTEM, public_id=public_id, seen=new.digest, document=changed, now=NOW)
    assert queries.compared(people.li, after, old) is None


def test_those_who_ask_at_once_get_one_preview(stored_bank):
    public_id = drafted(stored_bank.school, nursing())
    answers = at_once(*[lambda: operations.ask_preview(actor=SYSTEM, public_id=public_id, now=NOW)] * 4)
    assert len({each.id for each in answers}) == 1
    assert names() == ["conversion.preview_asked.v1"]
    assert jobs(answers[0]) == 1


def test_workers_at_one_slice_count_it_once(stored_bank):
    public_id, preview = asked(stored_bank)
    answers = at_once(*[lambda: operations.work_on_preview(actor=SYSTEM, number=preview.id, now=NOW)] * 3)
    assert sum(isinstance(each, errors.PreviewNotRunning) for each in answers) <= 2
    ended = worked(found(public_id))
    assert (ended.done, ended.trial.freed, ended.trial.credits) == (3, 3, 900)
    assert names().count("conversion.preview_ended.v1") == 1
