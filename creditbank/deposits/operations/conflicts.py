"""Institutions that say different things of one achievement: kept aside, decided by the centre, then done by a job."""

from collections.abc import Collection
from datetime import datetime
from functools import partial
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingClosed
from creditbank.archive.types import Entry
from creditbank.deposits import aside, converting, errors, facts, locks, matching, models, permissions
from creditbank.deposits.operations.late import enter_late
from creditbank.deposits.operations.rows import one_by_one
from creditbank.deposits.rules import correction_reference
from creditbank.deposits.types import ConflictState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as learners
from creditbank.learners.operations import keep_accounts

ROWS_A_STATEMENT: Final = 2000
REASON_MAX: Final = 400
_CLEAR: Final = (
    *("learner_id", "row", "item", "specification_id", "obtained", "part"),
    *matching.VALUES,
    *("first_organization_id", "first_posting_id"),
    *(f"first_{name}" for name in matching.VALUES),
)


def keep(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> int:
    """Keep what rows of an approved batch say aside as cases, within the caller's transaction; return how many.

    `frame` as `conflicting.Compared.conflicting`. Again changes nothing.
    """
    clear = frame if "item" in frame.columns else frame.with_columns(pl.lit(0, pl.Int16).alias("item"))
    stated = frame.drop([name for name in frame.columns if name.startswith("first_")])
    models.Conflict.objects.bulk_create(
        (
            models.Conflict(
                batch_id=row.id,
                organization_id=row.organization_id,
                key_id=each.key_id,
                sealed=each.ciphertext,
                since=now,
                **line,
            )
            for each, line in zip(
                aside.seal_items(stated, batch=row.public_id),
                clear.select(_CLEAR).iter_rows(named=True),
                strict=True,
            )
        ),
        batch_size=ROWS_A_STATEMENT,
        ignore_conflicts=True,
    )
    return frame.height


def open_late(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> None:
    """Keep as cases what rows say that had waited, as `keep`; the batch's report does not count them, so it is told."""
    keep(row, frame, now=now)
    items = frame["item"] if "item" in frame.columns else [0] * frame.height
    for number, item in zip(frame["row"], items, strict=True):
        evidence.append(facts.conflict_opened(batch=row.public_id, row=number, item=item, at=now))


@transaction.atomic
def decide_conflict(
    *, actor: Actor, public_id: str, row: int, item: int, outcome: ConflictState, reason: str, now: datetime
) -> ConflictState:
    """Decide which of two institutions stands, or that both are achievements of their own; return the decision.

    What follows from it is done by the next minute's job. Refused: a case the actor may not know of, who may not
    decide between both institutions, no reason or one of more than 400 characters, a case that is decided.
    """
    assert outcome is not ConflictState.OPEN
    batch_id = models.Batch.objects.filter(public_id=public_id).values_list("id", flat=True)
    visible = models.Conflict.objects.filter(permissions.conflicts_visible_to(actor))
    found = visible.select_for_update(of=("self",)).filter(batch_id__in=batch_id, row=row, item=item).first()
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
        facts.conflict_decided(
            batch=public_id, row=row, item=item, outcome=outcome.value, actor=actor.reference, at=now
        )
    )
    return outcome


def settle_conflicts(*, actor: Actor, now: datetime) -> int:
    """Do what was decided, each case in a transaction of its own; return how many. Refused: all but the bank itself."""
    permissions.check_may_forget(actor)
    decided = models.Conflict.objects.filter(settled_at__isnull=True).exclude(state=ConflictState.OPEN)
    keys = list(decided.order_by("decided_at", "learner_id", "batch_id", "row", "item").values_list("pk", flat=True))
    return one_by_one(partial(_settle, key, actor=actor, now=now) for key in keys)


def erase(learner_ids: Collection[int]) -> int:
    """Delete the cases of a person, within the caller's transaction."""
    return models.Conflict.objects.filter(learner_id__in=list(learner_ids)).delete()[0]


@transaction.atomic
def _settle(key: tuple[int, int, int, int], *, actor: Actor, now: datetime) -> bool:
    keep_accounts(shared=True)  # before any row is locked, as everywhere
    _, batch_id, _, _ = key
    # The batch before its cases, as a withdrawal does.
    parent = models.Batch.objects.select_for_update(of=("self",)).get(id=batch_id)
    case = models.Conflict.objects.select_for_update(of=("self",)).filter(pk=key, settled_at__isnull=True).first()
    if case is None:
        return False
    if case.state == ConflictState.SECOND and not locks.try_posting_for(case.first_organization_id):
        return (
            False  # a batch of theirs, which may correct the same, is entering the book: the next minute's job does it
        )
    # An account that was merged since lives on in another; what was erased has no case any more.
    learner_id = learners.survivors([case.learner_id])[case.learner_id]
    led_to = None
    if case.state == ConflictState.BOTH:
        led_to = _both(case, parent, learner_id=learner_id, actor=actor, now=now)
    elif case.state == ConflictState.SECOND:
        led_to = _second(case, parent, learner_id=learner_id, actor=actor, now=now)
    case.record_settled(at=now)
    evidence.append(
        facts.conflict_settled(batch=parent.public_id, row=case.row, item=case.item, posting=led_to, at=now)
    )
    return True


def _both(case: models.Conflict, parent: models.Batch, *, learner_id: int, actor: Actor, now: datetime) -> str | None:
    """Let what the later file says enter beside what stands, under its own institution."""
    sealed = aside.SealedRow(case.row, case.key_id, bytes(case.sealed), case.item)
    frame = aside.opened([sealed], batch=parent.public_id).with_columns(
        pl.lit(learner_id, pl.Int64).alias("learner_id"),
        pl.lit(case.specification_id, pl.Int32).alias("specification_id"),
    )
    if "kind" in frame.columns:
        frame = frame.with_columns(converting.parts_of(frame))
    digests = sorted(learners.digests_of([learner_id]))
    frame = frame.with_columns(pl.lit(digests[0] if digests else None, pl.Binary).alias("digest"))
    compared = matching.against_book(frame, organization_id=parent.organization_id)
    staged = pl.concat([compared.new, compared.corrections])
    if staged.is_empty():
        return None
    return enter_late(parent, staged, digests=digests, actor=actor, now=now).public_id


def _second(case: models.Conflict, parent: models.Batch, *, learner_id: int, actor: Actor, now: datetime) -> str | None:
    """Correct what stands by what the later file says; the old value stays visible behind it."""
    standing = _standing(case, learner_id=learner_id)
    if standing is None:  # its batch was withdrawn meanwhile: nothing stands that could be corrected
        return None
    key = standing.key
    stored = book.stored(organization_id=key.organization_id, learner_ids=[learner_id])
    entry = (
        _at_case(stored, case, part=key.part)
        .with_columns(
            (pl.col("revision") + 1).cast(pl.Int16).alias("revision"),
            pl.lit(standing.enrolment).alias("enrolment"),
            *(pl.lit(getattr(case, name)).alias(name) for name in matching.VALUES),
        )
        .select([pl.col(name).cast(kind) for name, kind in book.ENTRY_COLUMNS.items()])
    )
    reference = correction_reference(parent.public_id, row=case.row, item=case.item)
    try:
        posting = archive.begin_posting(
            actor=actor,
            organization_id=key.organization_id,
            reference=reference,
            number=reference.replace(f"{parent.public_id}.", f"{parent.number}-")[:20],
            now=now,
        )
    except PostingClosed:
        return reference
    archive.post_many(actor=actor, posting=posting, frames=[entry])
    archive.finish_posting(actor=actor, posting=posting, file_digest=parent.file_sha256, now=now)
    return reference


def _standing(case: models.Conflict, *, learner_id: int) -> Entry | None:
    """Return what stands now of what the first institution stored.

    In an account that took another one over it may be another part: what tells the same is what was moved there.
    """
    achievement = (case.first_organization_id, case.specification_id, case.obtained)
    here = [
        each
        for each in book.entries(learner_id)
        if (each.key.organization_id, each.key.specification_id, each.key.obtained) == achievement
    ]
    at_part = next((each for each in here if each.key.part == case.part), None)
    if learner_id == case.learner_id:
        return at_part
    stored = _at_case(book.stored(organization_id=achievement[0], learner_ids=[case.learner_id]), case, part=case.part)
    before = next(stored.filter("standing").select(matching.VALUES).iter_rows(), None)
    return next((each for each in here if _values(each) == before), at_part)


def _at_case(stored: pl.DataFrame, case: models.Conflict, *, part: int) -> pl.DataFrame:
    key = (pl.col("specification_id") == case.specification_id) & (pl.col("obtained") == case.obtained)
    return stored.filter(key & (pl.col("part") == part))


def _values(entry: Entry) -> tuple[int | None, ...]:
    """Return the values of an entry as `matching.VALUES` names them."""
    return (entry.credits, entry.hours, entry.grade.scale.value, entry.grade.value)
