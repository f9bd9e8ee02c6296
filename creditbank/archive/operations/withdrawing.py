"""A batch is taken out of what counts: its rows and its root stay in the book for ever."""

import hashlib
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from creditbank.archive import facts, locks, models, permissions, queries
from creditbank.archive.errors import PostingInUse, PostingNotInForce
from creditbank.archive.types import InUse, Posting
from creditbank.evidence import operations as evidence
from creditbank.evidence.types import Fact
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts


@transaction.atomic
def withdraw_posting(*, actor: Actor, reference: str, also: Sequence[str] = (), reason: str, now: datetime) -> Posting:
    """Let the entries of a posted batch count no more; what they had corrected is in force again.

    They go on proving themselves. `also` names batches that go with it, all of them or none. Batches of the same
    institutions must not be entering the book meanwhile. Refused: who may not post for the institutions, a batch that
    is not posted or is withdrawn, one of whose entries any is claimed, corrected since by another, or of an account
    merged since.
    """
    keep_accounts(shared=True)
    references = [reference, *also]
    found = {row.reference: row for row in models.Posting.objects.filter(reference__in=references)}
    if len(found) != len(references):
        raise PostingNotInForce
    for row in found.values():
        permissions.check_may_post(actor, row.organization_id)
    for row in sorted(found.values(), key=lambda row: row.id):
        locks.posting(row.id, shared=False)
    ids = [row.id for row in found.values()]
    rows = list(models.Posting.objects.select_for_update().filter(id__in=ids).order_by("id"))
    if any(row.posted_at is None or row.withdrawn_at is not None for row in rows):
        raise PostingNotInForce
    in_use = queries.in_use([row.as_value() for row in rows])
    if in_use != InUse():
        raise PostingInUse(**asdict(in_use))
    for row in rows:
        row.record_withdrawn(at=now)
        evidence.append(withdrawn_fact(row, actor=actor, reason=reason, now=now))
    return next(row.as_value() for row in rows if row.reference == reference)


def withdrawn_fact(row: models.Posting, *, actor: Actor, reason: str, now: datetime) -> Fact:
    """Return the fact that a posting counts no more."""
    return facts.posting_withdrawn(
        reference=row.reference,
        organization_id=row.organization_id,
        rows=row.rows,
        root=bytes(row.root or b""),
        reason=hashlib.sha256(reason.encode()).digest(),
        actor=actor.reference,
        at=now,
    )
