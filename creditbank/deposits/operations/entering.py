"""An approved batch enters the book, or a file does in one go from the command line."""

from contextlib import ExitStack, closing, suppress
from dataclasses import asdict, replace
from datetime import datetime
from typing import Final

from django.db import transaction

from creditbank.archive import operations as archive
from creditbank.archive.types import Posting
from creditbank.database.ahead import ahead_in_the_database
from creditbank.deposits import conflicting, errors, facts, files, locks, permissions, posting, queries, registered
from creditbank.deposits.checking import Watch, nobody_watches
from creditbank.deposits.operations import conflicts, waiting
from creditbank.deposits.operations.reporting import check
from creditbank.deposits.operations.rows import count_attempt, find, give_up, move
from creditbank.deposits.operations.runs import watched
from creditbank.deposits.operations.uploading import Content, receive, sealing
from creditbank.deposits.pace import Job
from creditbank.deposits.transitions import BatchNotThere, check_move
from creditbank.deposits.types import Batch, BatchStage, Step
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor, system
from creditbank.kernel.errors import Refusal
from creditbank.kernel.review import Verdict
from creditbank.learners.operations import keep_accounts
from creditbank.register import operations as register

BANK: Final = system("deposits")


def post(*, actor: Actor, public_id: str, watch: Watch = nobody_watches, now: datetime) -> Batch:
    """Let an approved batch enter the book; what a crash interrupted goes on where it stopped. `watch` hears how far.

    An institution's batches enter one by one; one that a crash left half way goes first.
    After three tries that end with a fault of ours the batch rests, as failed, and those behind it go on.
    Refused: a batch the actor may not know of, one that is not approved or is posted.
    """
    batch = queries.batch(actor=actor, public_id=public_id)
    with locks.posting_for(batch.organization_id):
        batch = queries.batch(actor=actor, public_id=public_id)
        if batch.stage is not BatchStage.POSTING:
            check_move(batch.stage, BatchStage.POSTING)
            for earlier in queries.half_posted(actor=actor, organization_id=batch.organization_id):
                _posted(actor=actor, batch=earlier, now=now)
            batch = move(actor=actor, public_id=public_id, then=BatchStage.POSTING)
        return _posted(actor=actor, batch=batch, watch=watch, now=now)


def _posted(*, actor: Actor, batch: Batch, watch: Watch = nobody_watches, now: datetime) -> Batch:
    try:
        told = locks.telling_of(conflicting.issuers_of(batch.public_id))
        with watched(batch, Job.POST, also=watch) as watch_too, told:
            return _entered(actor=actor, batch=batch, watch=watch_too, now=now)
    except BatchNotThere:
        raise
    except Exception as fault:
        if count_attempt(actor=actor, public_id=batch.public_id):
            written, kind = _written(actor=actor, batch=batch, now=now), type(fault).__name__
            give_up(actor=actor, public_id=batch.public_id, written=written, fault=kind, now=now)
        raise


def _entered(*, actor: Actor, batch: Batch, watch: Watch, now: datetime) -> Batch:
    opened = archive.begin_posting(
        actor=actor, organization_id=batch.organization_id, reference=batch.public_id, number=batch.number, now=now
    )
    total = batch.counts.postable
    watch(Step.OPENING, opened.rows, total)
    planned = posting.planned(batch, actor=actor, written=opened.rows, now=now)
    # Closed whatever happens: nobody plans on once somebody else may take the batch up.
    with closing(ahead_in_the_database(planned)) as frames:
        archive.post_many(
            actor=actor,
            posting=opened,
            frames=frames,
            watch=lambda written: watch(Step.POSTING, written, total),
            step=posting.ROWS_A_STEP,
        )
    return _finish(actor=actor, batch=batch, opened=opened, now=now)


def _written(*, actor: Actor, batch: Batch, now: datetime) -> int:
    """Return how many rows of a batch that is not posted are in the book, invisible."""
    opened = archive.begin_posting(
        actor=actor, organization_id=batch.organization_id, reference=batch.public_id, number=batch.number, now=now
    )
    return opened.rows


@transaction.atomic
def _finish(*, actor: Actor, batch: Batch, opened: Posting, now: datetime) -> Batch:
    """Make the rows visible and close the batch, in one transaction."""
    keep_accounts(shared=True)
    posting.tell_provenance(batch, actor=actor, opened=opened)
    row = find(actor, batch.public_id)
    check_move(BatchStage(row.stage), BatchStage.POSTED)
    closed = archive.finish_posting(actor=actor, posting=opened, file_digest=batch.file_sha256, now=now)
    rows, corrections = posting.planned_rows(batch)
    assert rows == closed.rows
    _end_revoked(batch, now=now)
    disputed = sum(conflicts.open_late(row, frame, now=now) for frame in conflicting.since_the_check(batch.public_id))
    fallen_out = batch.counts.postable - rows - disputed
    counts = replace(
        batch.counts,
        kept=rows - corrections,
        corrections=corrections,
        duplicates=batch.counts.duplicates + fallen_out,
        conflicts=batch.counts.conflicts + disputed,
    )
    assert closed.root is not None
    row.record_posted(counts=asdict(counts), root=closed.root.hex(), at=now)
    evidence.append(
        facts.batch_entered(
            batch=batch.public_id,
            rows=rows,
            accounts_opened=counts.accounts_opened,
            courses_proposed=counts.courses_proposed,
            at=now,
        )
    )
    # The sealed original stays for its period, or until somebody in it is erased.
    transaction.on_commit(lambda: files.drop_working(batch.public_id))
    return row.as_value()


def _end_revoked(batch: Batch, *, now: datetime) -> None:
    """End what issuers have revoked while the batch entered: they found nothing of it in archives yet."""
    learner_ids, kinds = registered.certificates_of(batch.public_id)
    if kinds:
        register.end_revoked(actor=BANK, learner_ids=learner_ids, kinds=kinds, now=now)


def deposit_at_once(
    *,
    actor: Actor,
    organization_id: int,
    file_name: str,
    content: Content,
    all_or_nothing: bool = False,
    watch: Watch = nobody_watches,
    now: datetime,
) -> queries.BatchReport:
    """Hand in, check and post a file in one go, as the command line does: one actor, recorded as such.

    `watch` hears how far it is. Refused: as `upload`; who may not both upload and approve; an unreadable file. One
    without a row to post, and one of `all_or_nothing` with a refused row, is no refusal here: its report says so
    and nothing is posted. A fault of ours is refused with the batch's number.
    """
    permissions.check_may_deposit_alone(actor, organization_id)
    with ExitStack() as hands:
        with sealing(content) as sealed, transaction.atomic():
            batch = receive(actor, organization_id, sealed, file_name, "", now, all_or_nothing=all_or_nothing)
            # Held before anybody can see the batch, so that no worker takes it out of our hands.
            hands.enter_context(locks.working_on(batch.id))
        try:
            _checked_and_posted(actor=actor, batch=batch, watch=watch, now=now)
        except Refusal:
            raise
        except Exception as fault:
            raise errors.PostingFailed(batch=batch.number, fault=type(fault).__name__) from fault
    return queries.report(queries.batch(actor=actor, public_id=batch.public_id))


def _checked_and_posted(*, actor: Actor, batch: Batch, watch: Watch, now: datetime) -> None:
    batch = check(actor=actor, public_id=batch.public_id, watch=watch, now=now)
    if batch.stage is BatchStage.REPORTED and batch.counts.approvable and not batch.holds_back:
        _approve_alone(actor=actor, public_id=batch.public_id, now=now)
        with suppress(BatchNotThere):  # a worker that goes through what was left lying was faster
            post(actor=actor, public_id=batch.public_id, watch=watch, now=now)


@transaction.atomic
def _approve_alone(*, actor: Actor, public_id: str, now: datetime) -> None:
    row = find(actor, public_id)
    check_move(BatchStage(row.stage), BatchStage.SUBMITTED)
    row.record_submitted(by=actor.reference, at=now)
    row.record_stage(BatchStage.APPROVED)
    waiting.keep_all(row, now=now)
    evidence.append(
        facts.batch_read(
            batch=public_id, actor=actor.reference, verdict=Verdict.APPROVE.value, process="command-line.v1", at=now
        )
    )
