"""What entries were converted from: written with the batch that tells of it, moved with an account."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import polars as pl
from django.db import connection, transaction

from creditbank.archive import models, permissions, rules
from creditbank.archive.errors import PostingClosed
from creditbank.archive.queries.provenance import COLUMNS
from creditbank.archive.types import EntryKey, Posting
from creditbank.kernel.actor import Actor

_HANDED_OVER: Final = (
    "CREATE TEMPORARY TABLE conversions_handed_over (LIKE archive_provenance INCLUDING DEFAULTS) ON COMMIT DROP"
)
_COLUMNS: Final = ", ".join(["organization_id", "posting_id", *COLUMNS])
_COPY: Final = f"COPY conversions_handed_over ({_COLUMNS}) FROM STDIN (FORMAT csv)"
_TAKE: Final = "INSERT INTO archive_provenance SELECT * FROM conversions_handed_over ON CONFLICT DO NOTHING"


@transaction.atomic
def post_provenance(*, actor: Actor, posting: Posting, frame: pl.DataFrame) -> int:
    """Write what entries of a batch were converted from, and return how many conversions are new.

    `frame` has the columns of `queries.PROVENANCE_COLUMNS`. What is written already stays, so that a batch can go on
    after a crash. Nothing of it is seen before the batch is posted. Refused: who may not post for the institution;
    a posted batch.
    """
    permissions.check_may_post(actor, posting.organization_id)
    row = models.Posting.objects.select_for_update().get(id=posting.id)
    if row.posted_at is not None:
        raise PostingClosed(batch=posting.reference)
    rows = frame.select(
        pl.lit(posting.organization_id).alias("organization_id"), pl.lit(posting.id).alias("posting_id"), *COLUMNS
    )
    with connection.cursor() as cursor:
        cursor.execute(_HANDED_OVER)
        with cursor.copy(_COPY) as copy:
            copy.write(rows.write_csv(include_header=False))
        cursor.execute(_TAKE)
        written: int = cursor.rowcount
        cursor.execute("DROP TABLE conversions_handed_over")
    return written


@transaction.atomic
def lead_provenance(*, actor: Actor, was: EntryKey, stands: EntryKey) -> int:
    """Say of an entry what batches said of another, which stands in its stead; return how many conversions are new.

    They count while the batches do that told of them. Refused: who may not post for the institution of the other.
    """
    permissions.check_may_post(actor, was.organization_id)
    told = [row.as_value() for row in models.Provenance.objects.filter(learner_id=was.learner_id)]
    ends = {was: stands}
    rows = [
        _row(ends.get(row.target, row.target), ends.get(row.source, row.source), row.posting_id, row.converted)
        for row in told
        if was in {row.source, row.target}
    ]
    return len(models.Provenance.objects.bulk_create(rows, ignore_conflicts=True))


def move_provenance(moves: Sequence[rules.Move], *, survivor_id: int, other_id: int) -> None:
    """Say of an account's entries where they live on what was said of them before."""
    lives = {replace(move.entry.key, learner_id=survivor_id): move.key for move in moves}
    rows = [row.as_value() for row in models.Provenance.objects.filter(learner_id=other_id)]
    moved = []
    for row in rows:
        source, target = (replace(key, learner_id=survivor_id) for key in (row.source, row.target))
        moved.append(_row(lives.get(target, target), lives.get(source, source), row.posting_id, row.converted))
    models.Provenance.objects.bulk_create(moved, ignore_conflicts=True)


def _row(target: EntryKey, source: EntryKey, posting_id: int, converted: int) -> models.Provenance:
    return models.Provenance(
        learner_id=target.learner_id,
        organization_id=target.organization_id,
        specification_id=target.specification_id,
        obtained=target.obtained,
        part=target.part,
        source_organization_id=source.organization_id,
        source_specification_id=source.specification_id,
        source_obtained=source.obtained,
        source_part=source.part,
        posting_id=posting_id,
        converted=converted,
    )
