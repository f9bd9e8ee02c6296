"""Rows that enter after their batch: an own batch behind it, under the same approval, posted by the same job."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

import polars as pl

from creditbank.deposits import conflicting, facts, models, parts
from creditbank.deposits.narrow import Narrow
from creditbank.deposits.operations import naming
from creditbank.deposits.operations.rows import defer
from creditbank.deposits.types import Batch, BatchStage, Counts, Step
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor

PUBLIC_ID_BYTES: Final = 16
#: What a late batch has of the one that it is of: the file, who handed it in, and by which checks.
_OF_PARENT: Final = (
    *("organization_id", "title", "file_name", "file_size", "file_sha256", "template", "encoding", "checks"),
    *("uploaded_by", "uploaded_at", "submitted_by", "submitted_at"),
)
_PERSON: Final = ["document_kind", "document_number"]


def enter_late(
    parent: models.Batch,
    staged: pl.DataFrame,
    *,
    digests: Sequence[bytes],
    links: pl.DataFrame | None = None,
    actor: Actor,
    now: datetime,
) -> Batch:
    """Let rows of a batch that was approved enter the book as a batch of their own, and return it.

    Within the caller's transaction, which holds the parent. `staged` as the check stages rows: every one has a
    learner; `links` say what of it was converted into what. Its number is that of the parent with one behind it; it
    carries the parent's readings, and the edition of the checks by which these were given.
    """
    later = models.Batch.objects.filter(late_of=parent.id).count() + 1
    row = models.Batch.objects.create(
        public_id=ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES)),
        number=f"{parent.number}-{later}",
        **{name: getattr(parent, name) for name in _OF_PARENT},
        stage=BatchStage.APPROVED,
        step=Step.WAITING,
        total=staged.height,
        counts=asdict(_counts(staged)),
        checked_at=now,
        people_kept=True,
        late_of=parent.id,
    )
    models.Reading.objects.bulk_create(
        models.Reading(batch=row, reader=each.reader, verdict=each.verdict, note=each.note, at=each.at)
        for each in parent.readings.order_by("id")
    )
    naming.keep(row, sorted(set(digests)))
    parts.stage(row.public_id, 0, Narrow.of(staged))
    conflicting.mark(row.public_id, 0, staged, organization_id=row.organization_id)
    if links is not None:
        parts.put(row.public_id, parts.LINKS, 0, links)
    batch = row.as_value()
    evidence.append(
        facts.late_rows_approved(
            batch=row.public_id, late_of=parent.public_id, rows=staged.height, actor=actor.reference, at=now
        )
    )
    defer("deposits.post", batch)
    return batch


def _counts(staged: pl.DataFrame) -> Counts:
    corrections = int(staged["correction"].sum())
    return Counts(
        rows=staged.height,
        kept=staged.height - corrections,
        corrections=corrections,
        mapped=int(staged["mapped"].sum()),
        people=staged.select(_PERSON).n_unique(),
        credits_hundredths=int(staged["credits"].sum()),
    )
