"""Batches enter the book: invisible row by row, then visible all at once."""

from collections.abc import Callable, Generator, Iterable, Iterator
from contextlib import closing
from datetime import datetime
from itertools import groupby
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.archive import canonical, models, permissions, queries
from creditbank.archive.copying import copy_entries
from creditbank.archive.errors import PostingClosed
from creditbank.archive.operations.moving import move_late
from creditbank.archive.operations.writing import Sealed, close, seal
from creditbank.archive.types import Posting, tree_of
from creditbank.database.ahead import ahead_in_the_database
from creditbank.evidence import operations as evidence, queries as proofs
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts

ROWS_A_STEP: Final = 100_000
STEPS_AHEAD: Final = 2
Watch = Callable[[int], None]


def nobody_watches(written: int) -> None:
    """Watch nothing."""


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


def post_many(
    *,
    actor: Actor,
    posting: Posting,
    frames: Iterable[pl.DataFrame],
    watch: Watch = nobody_watches,
    step: int = ROWS_A_STEP,
) -> None:
    """Write the entries of a batch into the book: those that are not there yet, in steps of a transaction each.

    `frames` are the whole batch, part by part, always in the same order, with `canonical.COLUMNS`; a part is asked for
    when the one before it is all but written. `watch` hears how many are written. The entries stay invisible until
    `finish_posting`. Rows are trusted to be checked; a key that is stored already with the same revision breaks its
    step. Refused: a posted batch.
    """
    permissions.check_may_post(actor, posting.organization_id)
    row = models.Posting.objects.get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    grown_again(row)
    sealed_steps = _sealed_steps(row.as_value(), frames, step)
    with closing(ahead_in_the_database(sealed_steps, steps=STEPS_AHEAD)) as steps:
        watch(row.rows)
        for sealed in steps:
            watch(_written(posting, sealed))


def _sealed_steps(posting: Posting, frames: Iterable[pl.DataFrame], step: int) -> Generator[Sealed, None, None]:
    """Yield what is not written yet, step by step, sealed and put into the tree."""
    source = {"organization_id": posting.organization_id, "posting_id": posting.id}
    with evidence.Growing(name=tree_of(posting.id), at=posting.rows) as tree:
        for part, names in _unwritten(posting, frames, step):
            yield seal(part, names, **source, commit=tree.commit)
    # `finish_posting` makes sure of it; what the disk has by then need not be waited for.
    evidence.keep_tree(name=tree_of(posting.id))


def _unwritten(
    posting: Posting, frames: Iterable[pl.DataFrame], step: int
) -> Iterator[tuple[pl.DataFrame, canonical.Names]]:
    """Yield the steps that are not in the book yet, numbered by their leaves, and what their numbers are called."""
    offset = 0
    for frame in frames:
        rest = frame.with_row_index("leaf", offset=offset).slice(max(0, posting.rows - offset))
        names = queries.names_of(rest, organization_id=posting.organization_id)
        for first in range(0, rest.height, step):
            yield rest.slice(first, step), names
        offset += frame.height


@transaction.atomic
def _written(posting: Posting, sealed: Sealed) -> int:
    """Write one step and return how many rows of the batch are in the book now. Refused: a posted batch."""
    row = models.Posting.objects.select_for_update().get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    assert row.rows == sealed.first, "somebody else writes this batch"
    copy_entries(sealed.content)
    row.record_written(row.rows + sealed.rows)
    return row.rows


def grown_again(row: models.Posting) -> None:
    """Make the tree of a batch from what the book holds: after a crash the book is the truth."""
    evidence.extend_tree(name=tree_of(row.id), leaves=queries.leaves(row.id) if row.rows else (), at=0)


@transaction.atomic
def finish_posting(*, actor: Actor, posting: Posting, file_digest: str | None, now: datetime) -> Posting:
    """Make the batch visible, with the Merkle root over its entries, and append its one fact.

    Refused: a batch that somebody else finished meanwhile.
    """
    permissions.check_may_post(actor, posting.organization_id)
    keep_accounts(shared=True)
    row = models.Posting.objects.select_for_update().get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    tree = tree_of(row.id)
    assert proofs.tree_size(tree) == row.rows, "the tree is not that of the batch"
    evidence.keep_tree(name=tree)
    close(row, actor=actor, root=proofs.tree_root(tree), file_digest=file_digest, now=now)
    for other_id, entries in groupby(queries.late(posting.id), key=lambda entry: entry.key.learner_id):
        move_late(actor=actor, other_id=other_id, late=list(entries), organization_id=row.organization_id, now=now)
    return row.as_value()
