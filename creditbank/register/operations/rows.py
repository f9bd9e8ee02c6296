"""What the operations share: finding and moving a list, keys of certificates, asking a worker."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Final

from django.db import transaction
from procrastinate.contrib.django import app

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.register import errors, facts, files, models, permissions, queries
from creditbank.register.queries.holders import holders_of
from creditbank.register.transitions import check_move
from creditbank.register.types import ListRow, Load, LoadStage

ATTEMPTS_MAX: Final = 3
PUBLIC_ID_BYTES: Final = 16


def find(actor: Actor, public_id: str) -> models.Load:
    """Lock a list that the actor may know of."""
    visible = models.Load.objects.filter(permissions.visible_to(actor), public_id=public_id)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.LoadNotFound
    return row


@transaction.atomic
def move(*, actor: Actor, public_id: str, then: LoadStage, now: datetime) -> Load:
    """Let a list take one step, in a transaction of its own. Refused: a step that the table does not have."""
    row = find(actor, public_id)
    check_move(LoadStage(row.stage), then)
    row.record(stage=then, started_at=now)
    return row.as_value()


@transaction.atomic
def count_attempt(*, actor: Actor, public_id: str) -> bool:
    """Count a try that ended with a fault of ours; say whether that was the last one."""
    row = find(actor, public_id)
    row.record(attempts=row.attempts + 1)
    return row.attempts >= ATTEMPTS_MAX


def drop(row: models.Load, *, actor: Actor, now: datetime) -> None:
    """End a list of which nothing entered, within the caller's transaction. Refused: one that is approved already."""
    check_move(LoadStage(row.stage), LoadStage.CANCELLED)
    row.record(stage=LoadStage.CANCELLED, closed_at=now)
    models.Staged.objects.filter(load_id=row.id).delete()
    evidence.append(facts.list_cancelled(load=row.public_id, actor=actor.reference, at=now))
    transaction.on_commit(partial(files.drop, row.public_id))


def defer(task: str, load: Load) -> None:
    """Ask a worker, within the caller's transaction."""
    app.configure_task(task, queue="register").defer(load=load.public_id)


def holders(rows: Sequence[ListRow]) -> tuple[list[bytes], list[bytes]]:
    """Return by what the holders of certificates are found, and their names, both as keyed digests."""
    documents = [Document(DocumentKind(kind), number) for kind, number in (row.document for row in rows)]
    found = holders_of(documents)
    return found, queries.names_of(found, [row.name for row in rows])
