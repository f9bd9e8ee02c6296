"""Writing rows of the book, for batches and for accounts that are moved."""

import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Final

import polars as pl

from creditbank.archive import canonical, facts, models, queries, rules
from creditbank.archive.copying import blocks, copy_entries
from creditbank.evidence import operations as evidence, queries as proofs
from creditbank.evidence.types import Fact
from creditbank.kernel.actor import Actor

SALT_BYTES: Final = 16


#: What commits to canonical forms, a line each, with salts one behind the other; so are the commitments.
Commit = Callable[[bytes, bytes], bytes]


@dataclass(frozen=True, slots=True)
class Sealed:
    """Entries of one source on their way: which leaves of their batch they are, and the bytes that go into the book."""

    first: int
    rows: int
    content: list[bytes]


def seal(
    frame: pl.DataFrame, names: canonical.Names, *, organization_id: int, posting_id: int, commit: Commit
) -> Sealed:
    """Draw salts for entries of one source and commit to them. Reaches for nothing: any thread may do it."""
    salts = secrets.token_bytes(SALT_BYTES * frame.height)
    commitments = commit(salts, canonical.entry_lines(frame, names))
    source = pl.lit(organization_id).alias("organization_id"), pl.lit(posting_id).alias("posting_id")
    content = blocks(frame.with_columns(source), salts=salts, commitments=commitments)
    return Sealed(first=frame["leaf"][0], rows=frame.height, content=content)


def committed(frame: pl.DataFrame, names: canonical.Names) -> tuple[bytes, list[bytes]]:
    """Return salts for entries of one source, one behind the other, and the commitments."""
    salts = secrets.token_bytes(SALT_BYTES * frame.height)
    forms = canonical.entry_forms(frame, names).cast(pl.Binary).to_list()
    return salts, proofs.commitments(salts, forms)


def close(row: models.Posting, *, actor: Actor, root: bytes, file_digest: str | None, now: datetime) -> None:
    """Make a posting visible, with the root over all it wrote, and append its fact."""
    row.record_posted(root=root, at=now)
    evidence.append(posted_fact(row, actor=actor, file_digest=file_digest, now=now))


def posted_fact(row: models.Posting, *, actor: Actor, file_digest: str | None, now: datetime) -> Fact:
    """Return the fact that a posting is visible."""
    return facts.batch_posted(
        reference=row.reference,
        organization_id=row.organization_id,
        rows=row.rows,
        root=bytes(row.root or b""),
        file_digest=file_digest,
        actor=actor.reference,
        at=now,
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
        names = queries.names_of(frame, organization_id=source)
        salts, leaves = committed(frame, names)
        owner = pl.lit(source).alias("organization_id"), pl.lit(posting.id).alias("posting_id")
        copy_entries(blocks(frame.with_columns(owner), salts=salts, commitments=b"".join(leaves)))
        commitments += leaves
    posting.record_written(len(commitments))
    close(posting, actor=actor, root=proofs.merkle_root(commitments), file_digest=None, now=now)
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
