"""Institutions that say different things of one achievement: kept aside as cases, and decided by the centre."""

from collections.abc import Collection
from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.deposits import aside, errors, facts, matching, models, permissions
from creditbank.deposits.types import ConflictState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor

ROWS_A_STATEMENT: Final = 2000
REASON_MAX: Final = 400
DECISIONS: Final = frozenset({ConflictState.FIRST, ConflictState.SECOND, ConflictState.BOTH})
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


def open_late(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> int:
    """Keep as cases what rows say that had waited, or were told differently since the check, as `keep`.

    The report that was approved does not count them, so each is told. Cases of a late batch are those of its file.
    """
    of_file = row if row.late_of is None else models.Batch.objects.get(id=row.late_of)
    keep(of_file, frame, now=now)
    items = frame["item"] if "item" in frame.columns else [0] * frame.height
    for number, item in zip(frame["row"], items, strict=True):
        evidence.append(facts.conflict_opened(batch=of_file.public_id, row=number, item=item, at=now))
    return frame.height


@transaction.atomic
def decide_conflict(
    *, actor: Actor, public_id: str, row: int, item: int, outcome: ConflictState, reason: str, now: datetime
) -> ConflictState:
    """Decide which of two institutions stands, or that both are achievements of their own; return the decision.

    What follows from it is done by the next minute's job. Refused: a case the actor may not know of, who may not
    decide between both institutions, no reason or one of more than 400 characters, a case that is decided.
    """
    assert outcome in DECISIONS
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


def erase(learner_ids: Collection[int]) -> int:
    """Delete the cases of a person, within the caller's transaction."""
    return models.Conflict.objects.filter(learner_id__in=list(learner_ids)).delete()[0]
