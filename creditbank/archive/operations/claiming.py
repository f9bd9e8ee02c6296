"""Entries are set aside, used and given back, each once in a scope."""

from datetime import datetime

from django.db import transaction

from creditbank.archive import facts, locks, models, permissions, queries
from creditbank.archive.errors import EntryNotClaimed, EntryNotFound
from creditbank.archive.operations.rows import insert_claim, journal
from creditbank.archive.types import Entry, EntryKey, JournalKind
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor


def _in_force(actor: Actor, key: EntryKey) -> Entry:
    visible = permissions.may_view(actor, learner_id=key.learner_id, organization_id=key.organization_id)
    found = next((entry for entry in queries.entries(key.learner_id) if entry.key == key), None)
    if not visible or found is None:
        raise EntryNotFound
    return found


def _keep_in_force(actor: Actor, key: EntryKey) -> None:
    """Keep the batch of an entry from being withdrawn until what is claimed is written. Refused: not in force."""
    entry, kept = _in_force(actor, key), -1
    while entry.posting_id != kept:  # withdrawn or corrected before we held its batch
        kept = entry.posting_id
        locks.posting(kept, shared=True)
        entry = _in_force(actor, key)


def _claim_of(key: EntryKey, scope: str) -> models.Claim | None:
    return models.Claim.objects.filter(
        learner_id=key.learner_id,
        scope=scope,
        organization_id=key.organization_id,
        specification_id=key.specification_id,
        obtained=key.obtained,
        part=key.part,
    ).first()


@transaction.atomic
def hold(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Set an entry aside for a request in a scope.

    Refused: an entry not in force or not visible; one that is held or used in the scope already.
    """
    locks.learner(key.learner_id)
    _keep_in_force(actor, key)
    insert_claim(key, scope, JournalKind.HOLD)
    number = journal(kind=JournalKind.HOLD, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_held(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def use(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Spend an entry in a scope; a hold in the same scope becomes the use.

    Refused: an entry not in force or not visible; one that is used in the scope already.
    """
    locks.learner(key.learner_id)
    _keep_in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is not None and claim.kind == JournalKind.HOLD:
        claim.delete()
    insert_claim(key, scope, JournalKind.USE)
    number = journal(kind=JournalKind.USE, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_used(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def release(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Give a hold back. Refused: an entry not visible; one that is not held in the scope."""
    locks.learner(key.learner_id)
    _in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is None or claim.kind != JournalKind.HOLD:
        raise EntryNotClaimed
    claim.delete()
    number = journal(kind=JournalKind.RELEASE, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.entry_released(key=key, number=number, scope=scope, actor=actor.reference, at=now))


@transaction.atomic
def reverse(*, actor: Actor, key: EntryKey, scope: str, reference: str, now: datetime) -> None:
    """Undo a use, so that the entry may be used again. Refused: an entry not visible; one not used in the scope."""
    locks.learner(key.learner_id)
    _in_force(actor, key)
    claim = _claim_of(key, scope)
    if claim is None or claim.kind != JournalKind.USE:
        raise EntryNotClaimed
    claim.delete()
    number = journal(kind=JournalKind.REVERSAL, key=key, scope=scope, reference=reference, now=now)
    evidence.append(facts.use_reversed(key=key, number=number, scope=scope, actor=actor.reference, at=now))
