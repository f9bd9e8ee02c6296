"""Entries count no more while the batches that brought them stand; each may count again."""

from collections.abc import Collection, Mapping
from datetime import datetime
from itertools import groupby

import polars as pl
from django.db import transaction

from creditbank.archive import canonical, facts, locks, models, permissions, queries
from creditbank.archive.copying import blocks, copy_entries
from creditbank.archive.errors import PostingNotInForce
from creditbank.archive.operations.withdrawing import withdrawn_fact
from creditbank.archive.operations.writing import committed, posted_fact
from creditbank.archive.types import Ending, Entry, EntryKey
from creditbank.evidence import operations as evidence, queries as proofs
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts


@transaction.atomic
def end_entries(*, actor: Actor, endings: Mapping[EntryKey, Ending], now: datetime) -> frozenset[EntryKey]:
    """Let entries count no more, and none of their earlier values; return which. Their batches and proofs stay.

    Each is written once more, as it stands, by a posting of its own that is withdrawn at once, so that it can be
    reinstated alone; all of an institution by as many statements as one. Left as it is: what is not in force, is held,
    used, or was converted into another. Refused: who may not post for their institutions.
    """
    for organization_id in {key.organization_id for key in endings}:
        permissions.check_may_post(actor, organization_id)
    learner_ids = {key.learner_id for key in endings}
    keep_accounts(shared=True)
    locks.learner(*learner_ids)
    in_force = {entry.key: entry for entry in queries.entries(*learner_ids)}
    ended = sorted(endings.keys() & in_force.keys() - _in_use(learner_ids), key=lambda key: key.organization_id)
    taken = queries.taken(*learner_ids)
    for organization_id, keys in groupby(ended, key=lambda key: key.organization_id):
        again = {key: _again(in_force[key], revision=taken[key] + 1) for key in keys}
        _end(organization_id, again, endings, actor=actor, now=now)
    return frozenset(ended)


@transaction.atomic
def reinstate_entry(*, actor: Actor, reference: str, now: datetime) -> None:
    """Let what a posting has ended count again, as it was before.

    Refused: who may not post for its institution, a posting that ends nothing.
    """
    keep_accounts(shared=True)
    row = models.Posting.objects.select_for_update().filter(reference=reference, ends=True).first()
    if row is None:
        raise PostingNotInForce
    permissions.check_may_post(actor, row.organization_id)
    row.record_lifted(at=now)
    fact = facts.entry_reinstated(
        reference=reference, organization_id=row.organization_id, actor=actor.reference, at=now
    )
    evidence.append(fact)


def _end(
    organization_id: int,
    again: Mapping[EntryKey, Mapping[str, int | None]],
    endings: Mapping[EntryKey, Ending],
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Write entries of one institution again, each by its posting, with its facts."""
    frame = pl.DataFrame(list(again.values()), schema=canonical.COLUMNS)
    salts, commitments = committed(frame, queries.names_of(frame, organization_id=organization_id))
    rows = [
        models.Posting.ended(organization_id, endings[key], root=proofs.merkle_root([leaf]), at=now)
        for key, leaf in zip(again, commitments, strict=True)
    ]
    models.Posting.objects.bulk_create(rows)
    placed = frame.with_columns(
        pl.Series("posting_id", [row.id for row in rows], dtype=pl.Int32),
        pl.lit(organization_id).alias("organization_id"),
        pl.lit(0).alias("leaf"),
    )
    copy_entries(blocks(placed, salts=salts, commitments=b"".join(commitments)))
    posted = [posted_fact(row, actor=actor, file_digest=None, now=now) for row in rows]
    reasons = [endings[key].reason for key in again]
    withdrawn = [
        withdrawn_fact(row, actor=actor, reason=reason, now=now) for row, reason in zip(rows, reasons, strict=True)
    ]
    evidence.append(*(fact for both in zip(posted, withdrawn, strict=True) for fact in both))


def _in_use(learner_ids: Collection[int]) -> set[EntryKey]:
    """Return what of these learners is held or used, or what stands, or is coming, was converted from."""
    claims = models.Claim.objects.filter(learner_id__in=learner_ids)
    standing = models.Posting.objects.filter(withdrawn_at__isnull=True)
    told = models.Provenance.objects.filter(learner_id__in=learner_ids, posting_id__in=standing.values("id"))
    source = ("source_organization_id", "source_specification_id", "source_obtained", "source_part")
    return {
        *(row.as_value().key for row in claims),
        *(EntryKey(*of) for of in told.values_list("learner_id", *source)),
    }


def _again(entry: Entry, *, revision: int) -> dict[str, int | None]:
    key = entry.key
    return {
        "learner_id": key.learner_id,
        "specification_id": key.specification_id,
        "obtained": key.obtained,
        "part": key.part,
        "revision": revision,
        "enrolment": entry.enrolment,
        "credits": entry.credits,
        "unit_id": entry.unit_id,
        "hours": entry.hours,
        "grade": entry.grade.value,
        "grade_scale": entry.grade.scale.value,
    }
