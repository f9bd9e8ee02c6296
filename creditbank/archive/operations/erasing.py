"""Erasing an account's rows of the book, while the proofs of all others hold."""

from collections.abc import Sequence
from datetime import datetime

from django.db import connection, transaction

from creditbank.archive import facts, locks, models, permissions, queries
from creditbank.archive.errors import EntriesHeld, EntriesUnderWay
from creditbank.archive.statements import statement
from creditbank.archive.types import JournalKind
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners.operations import keep_accounts


@transaction.atomic
def prepare_erasure(*, actor: Actor, organization_id: int, learner_ids: Sequence[int], now: datetime) -> None:
    """Keep what the proofs of others need before the eraser deletes the entries of these accounts.

    Refused: no permission here, achievements set aside for requests, a batch under way with entries of these.
    """
    permissions.check_may_erase(actor, organization_id)
    keep_accounts(shared=False)
    locks.learner(*learner_ids)
    held = models.Claim.objects.filter(learner_id__in=learner_ids, kind=JournalKind.HOLD).count()
    if held:
        raise EntriesHeld(count=held)
    if queries.under_way(learner_ids):
        raise EntriesUnderWay
    with connection.cursor() as cursor:
        cursor.execute(statement("keep_commitments"), {"learner_ids": list(learner_ids)})
        kept = cursor.rowcount
    fact = facts.entries_erased(entries=kept, organization_id=organization_id, actor=actor.reference, at=now)
    evidence.append(fact)


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete entries with their salts, journal and claims; the database lets nobody but the eraser do it."""
    for table in (models.Entry, models.Journal, models.Claim, models.Moved, models.Provenance):
        table._default_manager.filter(learner_id__in=learner_ids).delete()  # noqa: SLF001  # Django's public manager
