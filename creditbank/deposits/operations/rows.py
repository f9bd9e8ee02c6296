"""What the operations share: finding and moving a batch, watching its job, asking a worker."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from creditbank.deposits import errors, facts, models, permissions
from creditbank.deposits.transitions import check_move
from creditbank.deposits.types import Batch, BatchStage
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor

ATTEMPTS_MAX: Final = 3


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


def defer(task: str, batch: Batch) -> None:
    """Ask a worker, within the caller's transaction. No lock of the queue: it would outlive a killed worker."""
    app.configure_task(task, queue="deposits").defer(batch=batch.public_id)


def one_by_one(acts: Iterable[Callable[[], int]]) -> int:
    """Do each, whatever becomes of the others, and return the sum; what failed is raised at the end, all of it."""
    done, faults = 0, []
    for act in acts:
        try:
            done += act()
        except Exception as fault:  # noqa: BLE001  # one case must not keep the others waiting
            faults.append(fault)
    if faults:
        raise ExceptionGroup("some could not be done", faults)
    return done


@transaction.atomic
def count_attempt(*, actor: Actor, public_id: str) -> bool:
    """Count a try that ended with a fault of ours; say whether that was the last one."""
    row = find(actor, public_id)
    row.record_attempt()
    return row.attempts >= ATTEMPTS_MAX


@transaction.atomic
def give_up(*, actor: Actor, public_id: str, written: int, fault: str, now: datetime) -> None:
    """Let a batch rest whose posting failed as often as it is tried, so that those behind it go on."""
    row = find(actor, public_id)
    check_move(BatchStage(row.stage), BatchStage.FAILED)
    row.record_failed(written=written)
    evidence.append(facts.batch_failed(batch=public_id, attempts=row.attempts, fault=fault, at=now))
