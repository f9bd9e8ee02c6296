"""What the operations share: finding and moving a batch, watching its job, asking a worker."""

from django.db import transaction
from procrastinate.contrib.django import app

from creditbank.deposits import errors, models, permissions, posting
from creditbank.deposits.transitions import check_move
from creditbank.deposits.types import Batch, BatchStage, Step
from creditbank.kernel.actor import Actor


def find(actor: Actor, public_id: str) -> models.Batch:
    """Lock a batch that the actor may know of."""
    visible = models.Batch.objects.filter(permissions.visible_to(actor))
    row = visible.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise errors.BatchNotFound
    return row


@transaction.atomic
def move(*, actor: Actor, public_id: str, then: BatchStage) -> Batch:
    """Let a batch take one step, in a transaction of its own. Refused: a step that the table does not have."""
    row = find(actor, public_id)
    check_move(BatchStage(row.stage), then)
    row.record_stage(then)
    return row.as_value()


def watched(batch: Batch) -> posting.Watch:
    """Return what writes the progress of a job where people see it."""

    def watch(step: Step, done: int, total: int) -> None:
        models.Batch.objects.filter(id=batch.id).update(step=step, done=done, total=total)

    return watch


def defer(task: str, batch: Batch) -> None:
    """Ask a worker, within the caller's transaction. No lock of the queue: it would outlive a killed worker."""
    app.configure_task(task, queue="deposits").defer(batch=batch.public_id)
