"""Batches enter the book: invisible row by row, then visible all at once."""

from datetime import datetime
from itertools import groupby

import polars as pl
from django.db import transaction

from creditbank.archive import locks, models, permissions, queries
from creditbank.archive.errors import PostingClosed
from creditbank.archive.operations.moving import move_late
from creditbank.archive.operations.writing import close, write
from creditbank.archive.types import Posting
from creditbank.kernel.actor import Actor


@transaction.atomic
def begin_posting(*, actor: Actor, organization_id: int, reference: str, number: str = "", now: datetime) -> Posting:
    """Open a posting for a batch, or return the one that a crash left open; `number` is what people call the batch.

    Refused: who may not post for the institution; a batch that is posted already.
    """
    permissions.check_may_post(actor, organization_id)
    row, _ = models.Posting.objects.get_or_create(
        reference=reference, defaults={"organization_id": organization_id, "number": number, "begun_at": now}
    )
    assert row.organization_id == organization_id
    if row.posted_at is not None:
        raise PostingClosed(batch=reference)
    return row.as_value()


@transaction.atomic
def post_many(*, actor: Actor, posting: Posting, frame: pl.DataFrame) -> list[bytes]:
    """Write a frame of entries into the book and return their commitments in the frame's order.

    Columns: `leaf` (the entry's place in the batch's tree) and those of `canonical.COLUMNS`.
    The entries stay invisible until `finish_posting`. Rows are trusted to be checked; a key that
    is stored already with the same revision breaks the whole frame. Refused: a posted batch.
    """
    permissions.check_may_post(actor, posting.organization_id)
    if models.Posting.objects.filter(id=posting.id, posted_at__isnull=False).exists():
        raise PostingClosed(batch=posting.reference)
    return write(frame, organization_id=posting.organization_id, posting_id=posting.id)


def leaves_of(posting: Posting) -> list[bytes]:
    """Return the commitments written so far, in the order of the tree; a resumed batch goes on after them."""
    return queries.leaves(posting.id)


@transaction.atomic
def finish_posting(
    *, actor: Actor, posting: Posting, commitments: list[bytes], file_digest: str | None, now: datetime
) -> Posting:
    """Make the batch visible, with the Merkle root over its entries, and append its one fact.

    Refused: a batch that somebody else finished meanwhile.
    """
    permissions.check_may_post(actor, posting.organization_id)
    locks.accounts(shared=True)
    row = models.Posting.objects.select_for_update().get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    close(row, actor=actor, commitments=commitments, file_digest=file_digest, now=now)
    for other_id, entries in groupby(queries.late(posting.id), key=lambda entry: entry.key.learner_id):
        move_late(actor=actor, other_id=other_id, late=list(entries), organization_id=row.organization_id, now=now)
    return row.as_value()
