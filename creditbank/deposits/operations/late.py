"""Rows that enter after their batch: an own batch behind it, under the same approval, posted by the same job."""

import secrets
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Final

import polars as pl

from creditbank.deposits import facts, models, parts
from creditbank.deposits.operations import naming
from creditbank.deposits.operations.rows import defer
from creditbank.deposits.types import Batch, BatchStage, Counts, Step
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor

PUBLIC_ID_BYTES: Final = 16
_PERSON: Final = ["document_kind", "document_number"]


def enter_late(
    parent: models.Batch, staged: pl.DataFrame, *, digests: Sequence[bytes], actor: Actor, now: datetime
) -> Batch:
    """Let rows of a batch that was approved enter the book as a batch of their own, and return it.

    Within the caller's transaction, which holds the parent. `staged` as the check stages rows: every one has a
    learner. Its number is that of the parent with one behind it; it carries the parent's readings.
    """
    later = models.Batch.objects.filter(late_of=parent.id).count() + 1
    row = models.Batch.objects.create(
        public_id=ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES)),
        number=f"{parent.number}-{later}",
        organization_id=parent.organization_id,
        title=parent.title,
        file_name=parent.file_name,
        file_size=parent.file_size,
        file_sha256=parent.file_sha256,
        template=parent.template,
        encoding=parent.encoding,
        stage=BatchStage.APPROVED,
        step=Step.WAITING,
        total=staged.height,
        counts=asdict(_counts(staged)),
        uploaded_by=parent.uploaded_by,
        uploaded_at=parent.uploaded_at,
        checked_at=now,
        submitted_by=parent.submitted_by,
        submitted_at=parent.submitted_at,
        people_kept=True,
        late_of=parent.id,
    )
    models.Reading.objects.bulk_create(
        models.Reading(batch=row, reader=each.reader, verdict=each.verdict, note=each.note, at=each.at)
        for each in parent.readings.order_by("id")
    )
    naming.keep(row, sorted(set(digests)))
    parts.put(row.public_id, parts.STAGED, 0, staged)
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
