"""One entry counts no more while the batch that brought it stands; it may count again."""

from dataclasses import asdict
from datetime import datetime

import polars as pl
from django.db import transaction

from creditbank.archive import canonical, facts, locks, models, permissions, queries
from creditbank.archive.errors import EntryNotFound, PostingInUse, PostingNotInForce
from creditbank.archive.operations.posting import begin_posting, finish_posting, post_many
from creditbank.archive.operations.withdrawing import tell_withdrawn
from creditbank.archive.types import Entry, EntryKey, InUse, JournalKind, Posting
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts


@transaction.atomic
def end_entry(*, actor: Actor, key: EntryKey, reference: str, number: str = "", reason: str, now: datetime) -> Posting:
    """Let one entry count no more, and none of its earlier values; its batch and its proof stay as they are.

    It is written once more, as it stands, by a posting of its own that is withdrawn at once. Refused: who may not post
    for its institution, an entry that is not in force, one that is held, used, or was converted into another.
    """
    permissions.check_may_post(actor, key.organization_id)
    keep_accounts(shared=True)
    locks.learner(key.learner_id)
    entry = next((each for each in queries.entries(key.learner_id) if each.key == key), None)
    if entry is None:
        raise EntryNotFound
    in_use = _in_use(key)
    if in_use != InUse():
        raise PostingInUse(**asdict(in_use))
    opened = begin_posting(
        actor=actor, organization_id=key.organization_id, reference=reference, number=number, now=now
    )
    post_many(actor=actor, posting=opened, frames=[_again(entry)])
    finish_posting(actor=actor, posting=opened, file_digest=None, now=now)
    row = models.Posting.objects.select_for_update().get(id=opened.id)
    row.record_withdrawn(at=now, ends=True)
    tell_withdrawn(row, actor=actor, reason=reason, now=now)
    return row.as_value()


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
    row.record_lifted()
    fact = facts.entry_reinstated(
        reference=reference, organization_id=row.organization_id, actor=actor.reference, at=now
    )
    evidence.append(fact)


def _in_use(key: EntryKey) -> InUse:
    kinds = [claim.kind for claim in queries.claims(key.learner_id) if claim.key == key]
    told = models.Provenance.objects.filter(
        learner_id=key.learner_id,
        source_organization_id=key.organization_id,
        source_specification_id=key.specification_id,
        source_obtained=key.obtained,
        source_part=key.part,
    )
    postings = set(told.values_list("posting_id", flat=True))
    stands = models.Posting.objects.filter(id__in=postings, withdrawn_at__isnull=True).exists()
    return InUse(held=kinds.count(JournalKind.HOLD), used=kinds.count(JournalKind.USE), converted=int(stands))


def _again(entry: Entry) -> pl.DataFrame:
    """Return an entry as its next revision."""
    key = entry.key
    row = {
        "learner_id": key.learner_id,
        "specification_id": key.specification_id,
        "obtained": key.obtained,
        "part": key.part,
        "revision": queries.taken(key.learner_id)[key] + 1,
        "enrolment": entry.enrolment,
        "credits": entry.credits,
        "unit_id": entry.unit_id,
        "hours": entry.hours,
        "grade": entry.grade.value,
        "grade_scale": entry.grade.scale.value,
    }
    return pl.DataFrame([row], schema=canonical.COLUMNS)
