"""A batch is taken out of what counts: its rows and its root stay in the book for ever."""

import hashlib
from dataclasses import asdict
from datetime import datetime

from django.db import transaction

from creditbank.archive import facts, locks, models, permissions, queries
from creditbank.archive.errors import PostingInUse, PostingNotInForce
from creditbank.archive.types import InUse, Posting
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor


@transaction.atomic
def withdraw_posting(*, actor: Actor, reference: str, reason: str, now: datetime) -> Posting:
    """Let the entries of a posted batch count no more; what they had corrected is in force again.

    They go on proving themselves. Batches of the same institution must not be entering the book meanwhile.
    Refused: who may not post for the institution, a batch that is not posted or is withdrawn, one of whose entries
    any is claimed, corrected since, or of an account merged since.
    """
    locks.accounts(shared=True)
    found = models.Posting.objects.filter(reference=reference).first()
    if found is None:
        raise PostingNotInForce
    permissions.check_may_post(actor, found.organization_id)
    locks.posting(found.id, shared=False)
    row = models.Posting.objects.select_for_update().get(id=found.id)
    if row.posted_at is None or row.withdrawn_at is not None:
        raise PostingNotInForce
    in_use = queries.in_use(row.as_value())
    if in_use != InUse():
        raise PostingInUse(**asdict(in_use))
    row.record_withdrawn(at=now)
    evidence.append(
        facts.posting_withdrawn(
            reference=reference,
            organization_id=row.organization_id,
            rows=row.rows,
            root=bytes(row.root or b""),
            reason=hashlib.sha256(reason.encode()).digest(),
            actor=actor.reference,
            at=now,
        )
    )
    return row.as_value()
