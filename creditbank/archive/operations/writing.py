"""Writing rows of the book, for batches and for accounts that are moved."""

import secrets
from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from typing import Final

import polars as pl

from creditbank.archive import canonical, facts, models, queries, rules
from creditbank.archive.copying import copy_entries
from creditbank.evidence import operations as evidence, queries as proofs
from creditbank.kernel.actor import Actor

SALT_BYTES: Final = 16


def write(frame: pl.DataFrame, *, organization_id: int, posting_id: int) -> list[bytes]:
    """Salt, commit and copy a frame of entries of one source; return the commitments in its order."""
    forms = canonical.entry_forms(frame, queries.names_of(frame, organization_id=organization_id))
    salts = secrets.token_bytes(SALT_BYTES * frame.height)
    commitments = [
        proofs.commitment(salts[SALT_BYTES * n : SALT_BYTES * (n + 1)], form.encode()) for n, form in enumerate(forms)
    ]
    full = frame.with_columns(pl.lit(organization_id).alias("organization_id"), pl.lit(posting_id).alias("posting_id"))
    copy_entries(full, salts=salts, commitments=b"".join(commitments))
    return commitments


def close(
    row: models.Posting, *, actor: Actor, commitments: list[bytes], file_digest: str | None, now: datetime
) -> None:
    """Make a posting visible and append its fact."""
    root = proofs.merkle_root(commitments)
    row.record_posted(rows=len(commitments), root=root, at=now)
    evidence.append(
        facts.batch_posted(
            reference=row.reference,
            organization_id=row.organization_id,
            rows=len(commitments),
            root=root,
            file_digest=file_digest,
            actor=actor.reference,
            at=now,
        )
    )


def repost(
    moves: Sequence[rules.Move],
    *,
    actor: Actor,
    organization_id: int,
    reference: str,
    enrolments: Mapping[int, int],
    now: datetime,
) -> int | None:
    """Write moved entries again, with their sources, as one posting; return its number, or None for nothing."""
    fresh = [move for move in moves if not move.doubled]
    if not fresh:
        return None
    posting = models.Posting.objects.create(organization_id=organization_id, reference=reference, begun_at=now)
    commitments: list[bytes] = []
    for source, of_source in groupby(fresh, key=lambda move: move.key.organization_id):
        rows = [_row(move, enrolments) for move in of_source]
        frame = pl.DataFrame(rows, schema=canonical.COLUMNS).with_row_index("leaf", offset=len(commitments))
        commitments += write(frame, organization_id=source, posting_id=posting.id)
    close(posting, actor=actor, commitments=commitments, file_digest=None, now=now)
    return posting.id


def _row(move: rules.Move, enrolments: Mapping[int, int]) -> dict[str, int | None]:
    entry, key = move.entry, move.key
    return {
        "learner_id": key.learner_id,
        "specification_id": key.specification_id,
        "obtained": key.obtained,
        "part": key.part,
        "revision": move.revision,
        "enrolment": enrolments.get(entry.enrolment, 0),
        "credits": entry.credits,
        "hours": entry.hours,
        "grade": entry.grade.value,
        "grade_scale": entry.grade.scale.value,
        "unit_id": entry.unit_id,
    }
