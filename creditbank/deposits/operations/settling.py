"""What was decided between institutions is done by a job, and a case ends whose first institution withdrew."""

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import Q

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingClosed
from creditbank.archive.types import Entry, EntryKey
from creditbank.deposits import aside, conflicting, converting, facts, locks, matching, models, parts, permissions
from creditbank.deposits.operations.late import enter_late
from creditbank.deposits.operations.rows import one_by_one
from creditbank.deposits.rules import correction_reference
from creditbank.deposits.types import BatchStage, ConflictState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.certificates import UNNUMBERED
from creditbank.learners import queries as learners
from creditbank.learners.operations import keep_accounts

ORDER: Final = ("decided_at", "learner_id", "batch_id", "row", "item")
_KEY: Final = ("learner_id", "first_organization_id", "specification_id", "obtained", "part")
#: Where what the first institution stored stands, as it was or corrected.
_FIRST_STANDS: Final = (ConflictState.FIRST, ConflictState.SECOND)
_ON_ITS_WAY: Final = (BatchStage.APPROVED, BatchStage.POSTING)


def settle_conflicts(*, actor: Actor, now: datetime) -> int:
    """Do what was decided, each case in a transaction of its own; return how many.

    An open case ends, too, when what was stored first is withdrawn: what it kept aside enters, unless something else
    stands against it. Refused: all but the bank itself.
    """
    permissions.check_may_forget(actor)
    cases = models.Conflict.objects.filter(settled_at__isnull=True)
    against = cases.filter(state=ConflictState.OPEN).values_list("first_posting_id", flat=True).distinct()
    ended = Q(state=ConflictState.OPEN, first_posting_id__in=book.withdrawn(against))
    keys = cases.filter(~Q(state=ConflictState.OPEN) | ended).order_by(*ORDER).values_list("pk", flat=True)
    return one_by_one(partial(_settle, key, actor=actor, now=now) for key in keys)


@transaction.atomic
def _settle(key: tuple[int, int, int, int], *, actor: Actor, now: datetime) -> bool:
    keep_accounts(shared=True)  # before any row is locked, as everywhere
    _, batch_id, _, _ = key
    # The batch before its cases, as a withdrawal does.
    parent = models.Batch.objects.select_for_update(of=("self",)).get(id=batch_id)
    case = models.Conflict.objects.select_for_update(of=("self",)).filter(pk=key, settled_at__isnull=True).first()
    if case is None or _is_too_early(case):
        return False
    # An account that was merged since lives on in another; what was erased has no case any more.
    learner_id = learners.survivors([case.learner_id])[case.learner_id]
    standing = _standing(case, learner_id=learner_id) if case.state in _FIRST_STANDS else None
    row = _kept(case, parent, learner_id=learner_id)
    led_to = None
    if case.state == ConflictState.BOTH:
        led_to = _enter(row, parent, actor=actor, now=now)
    elif standing is not None:
        if case.state == ConflictState.SECOND:
            led_to = _correct(case, parent, standing, actor=actor, now=now)
        _lead_to(standing.key, row, parent, actor=actor)
    elif case.state != ConflictState.FIRST:
        again = conflicting.against_others(row, organization_id=parent.organization_id, again=True)
        if again.conflicting.height:
            case.record_reopened(again.conflicting.select(*conflicting.FIRST.values(), "part").row(0, named=True))
            return False
        led_to = _let_in(case, parent, again, actor=actor, now=now)
    case.record_settled(at=now)
    evidence.append(
        facts.conflict_settled(batch=parent.public_id, row=case.row, item=case.item, posting=led_to, at=now)
    )
    return True


def _is_too_early(case: models.Conflict) -> bool:
    """Say whether a later job is to do it.

    What stood first is not to be seen yet, as a crash left its batch; or a batch on its way tells of the case's
    conversion, or may correct the same.
    """
    if case.state == ConflictState.OPEN:
        return not book.withdrawn([case.first_posting_id])
    if not book.postings([case.first_posting_id]):
        return True
    of_file = Q(id=case.batch_id) | Q(late_of=case.batch_id)
    coming = models.Batch.objects.filter(of_file, stage__in=_ON_ITS_WAY).values_list("public_id", flat=True)
    if case.state in _FIRST_STANDS and any(parts.number_of(each, parts.LINKS) for each in coming):
        return True
    return case.state == ConflictState.SECOND and not locks.try_posting_for(case.first_organization_id)


def _let_in(
    case: models.Conflict, parent: models.Batch, again: conflicting.Compared, *, actor: Actor, now: datetime
) -> str | None:
    """Let what the later file says enter, as the first withdrew; nobody has to decide a case that is still open."""
    if case.state == ConflictState.OPEN:
        outcome = ConflictState.WITHDRAWN
        [number] = book.withdrawn([case.first_posting_id]).values()
        case.record_decision(outcome, by=actor.reference, reason=number, at=now)
        evidence.append(
            facts.conflict_decided(
                batch=parent.public_id,
                row=case.row,
                item=case.item,
                outcome=outcome.value,
                actor=actor.reference,
                at=now,
            )
        )
    for stands in again.duplicates.select(_KEY).iter_rows():
        _lead_to(EntryKey(*stands), again.duplicates, parent, actor=actor)
    return _enter(again.kept, parent, actor=actor, now=now)


def _lead_to(stands: EntryKey, row: pl.DataFrame, parent: models.Batch, *, actor: Actor) -> None:
    """Let the conversions that the file tells of lead to what stands in the stead of what it says."""
    part = converting.parts_of(row)[0] if "kind" in row.columns else UNNUMBERED
    archive.lead_provenance(
        actor=actor, was=replace(stands, organization_id=parent.organization_id, part=part), stands=stands
    )


def _kept(case: models.Conflict, parent: models.Batch, *, learner_id: int) -> pl.DataFrame:
    """Return what the later file says, of the account that lives."""
    sealed = aside.SealedRow(case.row, case.key_id, bytes(case.sealed), case.item)
    frame = aside.opened([sealed], batch=parent.public_id).with_columns(
        pl.lit(learner_id, pl.Int64).alias("learner_id"),
        pl.lit(case.specification_id, pl.Int32).alias("specification_id"),
    )
    return frame.with_columns(converting.parts_of(frame)) if "kind" in frame.columns else frame


def _enter(frame: pl.DataFrame, parent: models.Batch, *, actor: Actor, now: datetime) -> str | None:
    """Let what the later file says enter under its own institution, if it is not there."""
    if frame.is_empty():
        return None
    digests = sorted(learners.digests_of(frame["learner_id"].to_list()))
    frame = frame.with_columns(pl.lit(digests[0] if digests else None, pl.Binary).alias("digest"))
    compared = matching.against_book(frame, organization_id=parent.organization_id)
    staged = pl.concat([compared.new, compared.corrections])
    if staged.is_empty():
        return None
    return enter_late(parent, staged, digests=digests, actor=actor, now=now).public_id


def _correct(case: models.Conflict, parent: models.Batch, standing: Entry, *, actor: Actor, now: datetime) -> str:
    """Correct what stands by what the later file says; the old value stays visible behind it."""
    key = standing.key
    stored = book.stored(organization_id=key.organization_id, learner_ids=[key.learner_id])
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
