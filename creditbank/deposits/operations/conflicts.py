"""Institutions that say different things of one achievement: kept aside, decided by the centre, then done by a job."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingClosed
from creditbank.deposits import aside, errors, facts, locks, matching, models, permissions
from creditbank.deposits.operations.late import enter_late
from creditbank.deposits.operations.rows import one_by_one
from creditbank.deposits.types import ConflictState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as learners

ROWS_A_STATEMENT: Final = 2000
REASON_MAX: Final = 400
_CLEAR: Final = (
    *("learner_id", "row", "specification_id", "obtained", "part"),
    *matching.VALUES,
    *("first_organization_id", "first_posting_id"),
    *(f"first_{name}" for name in matching.VALUES),
)


def keep(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> int:
    """Keep rows of an approved batch aside as cases, within the caller's transaction; return how many.

    `frame` as `conflicting.Compared.conflicting`. Again changes nothing.
    """
    clear = {line["row"]: line for line in frame.select(_CLEAR).iter_rows(named=True)}
    stated = frame.drop([name for name in frame.columns if name.startswith("first_")])
    models.Conflict.objects.bulk_create(
        (
            models.Conflict(
                batch_id=row.id,
                organization_id=row.organization_id,
                key_id=each.key_id,
                sealed=each.ciphertext,
                since=now,
                **clear[each.row],
            )
            for each in aside.seal(stated, batch=row.public_id)
        ),
        batch_size=ROWS_A_STATEMENT,
        ignore_conflicts=True,
    )
    return frame.height


@transaction.atomic
def decide_conflict(
    *, actor: Actor, public_id: str, row: int, outcome: ConflictState, reason: str, now: datetime
) -> ConflictState:
    """Decide which of two institutions stands, or that both are achievements of their own; return the decision.

    What follows from it is done by the next minute's job. Refused: a case the actor may not know of, who may not
    decide between both institutions, no reason or one of more than 400 characters, a case that is decided.
    """
    assert outcome is not ConflictState.OPEN
    batch_id = models.Batch.objects.filter(public_id=public_id).values_list("id", flat=True)
    visible = models.Conflict.objects.filter(permissions.conflicts_visible_to(actor))
    found = visible.select_for_update(of=("self",)).filter(batch_id__in=batch_id, row=row).first()
    if found is None:
        raise errors.ConflictNotFound
    permissions.check_may_decide(actor, first_id=found.first_organization_id, second_id=found.organization_id)
    words = reason.strip()
    if not words or len(words) > REASON_MAX:
        raise errors.ReasonMissing(field="reason", most=REASON_MAX)
    if found.state != ConflictState.OPEN:
        raise errors.ConflictDecided
    found.record_decision(outcome, by=actor.reference, reason=words, at=now)
    evidence.append(
        facts.conflict_decided(batch=public_id, row=row, outcome=outcome.value, actor=actor.reference, at=now)
    )
    return outcome


def settle_conflicts(*, actor: Actor, now: datetime) -> int:
    """Do what was decided, each case in a transaction of its own; return how many. Refused: all but the bank itself."""
    permissions.check_may_forget(actor)
    decided = models.Conflict.objects.filter(settled_at__isnull=True).exclude(state=ConflictState.OPEN)
    keys = list(decided.order_by("decided_at", "learner_id", "batch_id", "row").values_list("pk", flat=True))
    return one_by_one(partial(_settle, key, actor=actor, now=now) for key in keys)


def erase(learner_ids: Collection[int]) -> int:
    """Delete the cases of a person, within the caller's transaction."""
    return models.Conflict.objects.filter(learner_id__in=list(learner_ids)).delete()[0]


@transaction.atomic
def _settle(key: tuple[int, int, int], *, actor: Actor, now: datetime) -> bool:
    archive.keep_accounts(shared=True)  # before any row is locked, as everywhere
    case = models.Conflict.objects.select_for_update(of=("self",)).filter(pk=key, settled_at__isnull=True).first()
    if case is None:
        return False
    if case.state == ConflictState.SECOND and not locks.try_posting_for(case.first_organization_id):
        return (
            False  # a batch of theirs, which may correct the same, is entering the book: the next minute's job does it
        )
    parent = models.Batch.objects.select_for_update(of=("self",)).get(id=case.batch_id)
    # An account that was merged since lives on in another; what was erased has no case any more.
    learner_id = learners.survivors([case.learner_id])[case.learner_id]
    led_to = None
    if case.state == ConflictState.BOTH:
        led_to = _both(case, parent, learner_id=learner_id, actor=actor, now=now)
    elif case.state == ConflictState.SECOND:
        led_to = _second(case, parent, learner_id=learner_id, actor=actor, now=now)
    case.record_settled(at=now)
    evidence.append(facts.conflict_settled(batch=parent.public_id, row=case.row, posting=led_to, at=now))
    return True


def _both(case: models.Conflict, parent: models.Batch, *, learner_id: int, actor: Actor, now: datetime) -> str | None:
    """Let what the later file says enter beside what stands, under its own institution."""
    sealed = aside.SealedRow(case.row, case.key_id, bytes(case.sealed))
    frame = aside.opened([sealed], batch=parent.public_id).with_columns(
        pl.lit(learner_id, pl.Int64).alias("learner_id"),
        pl.lit(case.specification_id, pl.Int32).alias("specification_id"),
    )
    digests = sorted(learners.digests_of([learner_id]))
    frame = frame.with_columns(pl.lit(digests[0] if digests else None, pl.Binary).alias("digest"))
    compared = matching.against_book(frame, organization_id=parent.organization_id)
    staged = pl.concat([compared.new, compared.corrections])
    if staged.is_empty():
        return None
    return enter_late(parent, staged, digests=digests, actor=actor, now=now).public_id


def _second(case: models.Conflict, parent: models.Batch, *, learner_id: int, actor: Actor, now: datetime) -> str | None:
    """Correct what stands by what the later file says; the old value stays visible behind it."""
    stored = book.stored(organization_id=case.first_organization_id, learner_ids=[learner_id]).filter(
        (pl.col("specification_id") == case.specification_id)
        & (pl.col("obtained") == case.obtained)
        & (pl.col("part") == case.part)
        & pl.col("standing")
    )
    if stored.is_empty():  # its batch was withdrawn meanwhile: nothing stands that could be corrected
        return None
    enrolment = next(
        entry.enrolment
        for entry in book.entries(learner_id)
        if (entry.key.organization_id, entry.key.specification_id, entry.key.obtained, entry.key.part)
        == (case.first_organization_id, case.specification_id, case.obtained, case.part)
    )
    entry = stored.with_columns(
        (pl.col("revision") + 1).cast(pl.Int16).alias("revision"),
        pl.lit(enrolment).alias("enrolment"),
        *(pl.lit(getattr(case, name)).alias(name) for name in matching.VALUES),
    ).select([pl.col(name).cast(kind) for name, kind in book.ENTRY_COLUMNS.items()])
    reference = f"{parent.public_id}.c{case.row}"
    try:
        posting = archive.begin_posting(
            actor=actor,
            organization_id=case.first_organization_id,
            reference=reference,
            number=f"{parent.number}-c{case.row}"[:20],
            now=now,
        )
    except PostingClosed:
        return reference
    archive.post_many(actor=actor, posting=posting, frames=[entry])
    archive.finish_posting(actor=actor, posting=posting, file_digest=parent.file_sha256, now=now)
    return reference
