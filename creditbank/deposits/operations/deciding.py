"""A checked batch is submitted, read by a second person, or dropped."""

from datetime import datetime
from typing import Final

from django.db import transaction

from creditbank.archive import queries as book
from creditbank.deposits import errors, facts, files, models, permissions
from creditbank.deposits.operations import waiting
from creditbank.deposits.operations.rows import defer, find
from creditbank.deposits.transitions import BatchNotThere, check_move
from creditbank.deposits.types import Batch, BatchStage
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.review import Stage, Verdict, next_stage

_AFTER: Final = {
    Stage.ACCEPTED: BatchStage.APPROVED,
    Stage.RETURNED: BatchStage.RETURNED,
    Stage.REFUSED: BatchStage.RETURNED,
}


@transaction.atomic
def submit(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Ask a second person to let the good rows enter the book.

    Refused: a batch the actor may not know of or not upload for, one that is not reported (or returned),
    one without a row to post, one of all or nothing with a refused row, one whose check was before a withdrawal.
    """
    row = find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.SUBMITTED)
    batch = row.as_value()
    if batch.counts.approvable == 0:
        raise errors.NothingToPost
    if batch.holds_back:
        raise errors.AllOrNothing(rows=batch.counts.refused_rows)
    _check_fresh(batch)
    row.record_submitted(by=actor.reference, at=now)
    evidence.append(facts.batch_submitted(batch=public_id, actor=actor.reference, at=now))
    return row.as_value()


@transaction.atomic
def choose(*, actor: Actor, public_id: str, all_or_nothing: bool, now: datetime) -> Batch:
    """Choose whether the good rows enter the book now, or not a row while any is refused.

    Refused: a batch the actor may not know of or not upload for, one that is not reported (or returned).
    """
    row = find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.SUBMITTED)
    row.record_choice(all_or_nothing=all_or_nothing)
    evidence.append(facts.batch_chosen(batch=public_id, all_or_nothing=all_or_nothing, actor=actor.reference, at=now))
    return row.as_value()


@transaction.atomic
def review(*, actor: Actor, public_id: str, verdict: Verdict, note: str = "", now: datetime) -> Batch:
    """Record the second person's verdict: approved batches are posted by a job, others go back.

    Refused: a batch the actor may not know of or not approve, a reading by the uploader, a batch not submitted;
    approval while an original is awaited, or where a batch was withdrawn after the check.
    """
    row = find(actor, public_id)
    batch = row.as_value()
    permissions.check_may_approve(actor, batch)
    if batch.stage is not BatchStage.SUBMITTED:
        raise BatchNotThere(stage=batch.stage.value, wanted=BatchStage.APPROVED.value)
    since = [reading.reader for reading in batch.readings if batch.submitted_at and reading.at >= batch.submitted_at]
    stage = next_stage(
        permissions.SECOND_PERSON,
        stage=Stage.READING,
        earlier_readers=frozenset(since),
        reader=actor.reference,
        verdict=verdict,
        submitter=batch.submitted_by if actor.reference == batch.submitted_by else batch.uploaded_by,
    )
    if stage is Stage.ACCEPTED:
        _check_answered(row)
        _check_fresh(batch)
        waiting.keep_all(row, now=now)
    models.Reading.objects.create(batch=row, reader=actor.reference, verdict=verdict, note=note.strip(), at=now)
    row.record_stage(_AFTER[stage])
    process = permissions.SECOND_PERSON.edition
    if stage is Stage.ACCEPTED:
        defer("deposits.post", batch)
    evidence.append(
        facts.batch_read(batch=public_id, actor=actor.reference, verdict=verdict.value, process=process, at=now)
    )
    return row.as_value()


def _check_answered(row: models.Batch) -> None:
    """Refuse an approval while originals of the sample are awaited."""
    awaited = row.requests.filter(answered_at__isnull=True).count()
    if awaited:
        raise errors.OriginalsAwaited(count=awaited)


def _check_fresh(batch: Batch) -> None:
    """Refuse a batch whose duplicates may be none any more: what they doubled may be withdrawn."""
    assert batch.checked_at is not None, "only what was checked is approved"
    if batch.counts.duplicates and book.withdrawn_since(batch.organization_id, batch.checked_at):
        raise errors.BatchOutdated


@transaction.atomic
def cancel(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Drop a batch before anything entered the book; its files go, its report stays, and nobody waits for it.

    Refused: a batch the actor may not know of or not upload for, one that is entering the book or in it,
    one whose posting failed with rows in the book.
    """
    row = find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.CANCELLED)
    if row.stage == BatchStage.FAILED and row.done:
        raise errors.PartlyWritten(rows=row.done)
    row.record_cancelled(at=now)
    waiting.drop_with(row, actor=actor, reason="", now=now)
    evidence.append(facts.batch_cancelled(batch=public_id, actor=actor.reference, at=now))
    transaction.on_commit(lambda: files.drop_working(public_id))
    return row.as_value()


@transaction.atomic
def reopen(*, actor: Actor, public_id: str, now: datetime) -> Batch:
    """Try a batch again whose posting was given up; it goes on where it stopped.

    Refused: a batch the actor may not know of or not approve, one that has not failed.
    """
    row = find(actor, public_id)
    permissions.check_may_approve(actor, row.as_value())
    if row.stage != BatchStage.FAILED:
        raise BatchNotThere(stage=row.stage, wanted=BatchStage.APPROVED.value)
    row.record_reopened()
    defer("deposits.post", row.as_value())
    evidence.append(facts.batch_reopened(batch=public_id, actor=actor.reference, at=now))
    return row.as_value()
