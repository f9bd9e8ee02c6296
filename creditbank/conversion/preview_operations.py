"""A draft is tried on all archives that it concerns: asked for, worked at slice by slice, cancelled, given up."""

from contextlib import suppress
from datetime import datetime
from typing import Final

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from creditbank.conversion import errors, facts, models, permissions, queries
from creditbank.conversion.rules.reading import digest_of, document_of
from creditbank.conversion.shown import Preview, PreviewStage
from creditbank.conversion.types import EditionStage
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor

FAULTS_MAX: Final = 3
#: Below everything else in the queue: a preview of a large bank must not keep a school's batch waiting.
PRIORITY: Final = -10


@transaction.atomic
def ask_preview(*, actor: Actor, public_id: str, now: datetime) -> Preview:
    """Have a draft tried on all archives that it concerns, by a job, and return the preview; one that runs is that one.

    An earlier preview of the draft goes. Refused: no permission, an edition past drafting, a draft with faults of form.
    """
    edition = _edition(actor, public_id)
    permissions.check_may_draft(actor, edition.book.owner_id)
    running = _running(edition)
    if running is not None:
        return queries.preview_value(running)
    if edition.stage != EditionStage.DRAFT:
        raise errors.EditionNotThere(stage=edition.stage, wanted="draft")
    read = queries.tryable(edition.document)
    if read is None:
        raise errors.PreviewNeedsBook
    book, ruling = read
    day = timezone.localdate(now)
    before = next((each.edition.id for each in queries.in_force(day) if each.edition.book.id == edition.book_id), None)
    edition.previews.all().delete()
    row = models.Preview.objects.create(
        edition=edition,
        before_id=before,
        digest=edition.digest,
        digest_submitted=digest_of(book),
        ruling=document_of(ruling),
        day=day,
        asked_by=actor.id,
        asked_at=now,
        worked_at=now,
    )
    evidence.append(facts.preview_asked(actor=actor, edition=edition.as_value(), at=now))
    _queue(row.id)
    return queries.preview_value(row)


@transaction.atomic
def cancel_preview(*, actor: Actor, public_id: str, now: datetime) -> Preview:
    """Stop the preview of a draft and return it; what it came to so far is kept. Refused: no permission, none runs."""
    edition = _edition(actor, public_id)
    permissions.check_may_draft(actor, edition.book.owner_id)
    row = _running(edition)
    if row is None:
        raise errors.PreviewNotRunning
    return _end(actor, row, PreviewStage.CANCELLED, now)


def work_on_preview(*, actor: Actor, number: int, now: datetime) -> Preview:
    """Try the next slice of learners, keep what came out, and return the preview; it is done when none are left.

    Nothing is locked while the archives are read. A slice that two workers tried is counted once: who comes second
    finds the preview further on, and drops it. Refused: everybody but the bank itself, a preview that does not run or
    that another worker took further.
    """
    permissions.check_may_work(actor)
    row = models.Preview.objects.filter(id=number, stage=PreviewStage.RUNNING).first()
    if row is None:
        raise errors.PreviewNotRunning
    return _keep(actor, row, queries.next_slice(queries.trying_of(row), row), now)


@transaction.atomic
def _keep(actor: Actor, seen: models.Preview, tried: models.Slice, now: datetime) -> Preview:
    row = _locked(seen.id)
    if row is None or row.after != seen.after:
        raise errors.PreviewNotRunning
    row.record_slice(tried, at=now)
    return queries.preview_value(row) if tried.learners else _end(actor, row, PreviewStage.DONE, now)


@transaction.atomic
def note_preview_fault(*, actor: Actor, number: int, now: datetime) -> None:
    """Count a fault of ours in a slice; after three in a row the preview is given up. One that ended is left alone."""
    permissions.check_may_work(actor)
    row = _locked(number)
    if row is None:
        return
    row.record_fault(at=now)
    if row.faults >= FAULTS_MAX:
        _end(actor, row, PreviewStage.FAILED, now)


@transaction.atomic
def resume_preview(*, actor: Actor, number: int, now: datetime) -> None:
    """Have a worker go on with a preview. Refused: everybody but the bank itself."""
    assert now.tzinfo is not None, "instants are UTC"
    permissions.check_may_work(actor)
    _queue(number)


def _end(actor: Actor, row: models.Preview, stage: PreviewStage, now: datetime) -> Preview:
    row.record_end(stage, at=now)
    ended = queries.preview_value(row)
    evidence.append(facts.preview_ended(actor=actor, edition=row.edition.as_value(), preview=ended, at=now))
    return ended


def _queue(number: int) -> None:
    """Ask a worker; one asking waits at most. A job under way holds no lock, so a killed one keeps nobody out."""
    task = app.configure_task(
        "conversion.preview", queue="previews", priority=PRIORITY, queueing_lock=f"conversion.preview.{number}"
    )
    with suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(number=number)


def _edition(actor: Actor, public_id: str) -> models.Edition:
    """Lock an edition that the actor may know of: who asks second finds the first one's preview."""
    visible = models.Edition.objects.filter(permissions.visible_to(actor), public_id=public_id).select_related("book")
    edition = visible.select_for_update(of=("self",), no_key=True).first()
    if edition is None:
        raise errors.BookNotFound
    return edition


def _running(edition: models.Edition) -> models.Preview | None:
    row = edition.previews.filter(stage=PreviewStage.RUNNING).first()
    return _locked(row.id) if row else None


def _locked(number: int) -> models.Preview | None:
    """Lock a preview that runs."""
    rows = models.Preview.objects.select_related("edition__book", "before").select_for_update(of=("self",))
    return rows.filter(id=number, stage=PreviewStage.RUNNING).first()
