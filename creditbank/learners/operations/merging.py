"""Merging two accounts of one person: this room's part. The archive's part is the journey's."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.identity import operations as identity, queries as sign_ins
from creditbank.identity.types import Cause
from creditbank.kernel.actor import Actor, system
from creditbank.kernel.permissions import Permission
from creditbank.learners import documents, errors, facts, models, permissions
from creditbank.learners.numbers import BANK_DIGITS
from creditbank.learners.operations.rows import check_living, next_document, next_number, repair_place, write_access
from creditbank.learners.rules import bank_day, read_reason
from creditbank.learners.types import AccessKind, Learner, RepairState
from creditbank.learners.vault import Sealed, vault


@transaction.atomic
def merge(
    *, actor: Actor, organization_id: int, survivor_id: int, other_id: int, reason: str | None = None, now: datetime
) -> Learner:
    """Let one account live on in another and return the survivor; its holder reads the reason.

    Documents, keys, numbers, names, consents and the trace of who looked move to the survivor; the
    other's number becomes an alias and its sign-in ends. Refused: no permission here, an account
    with itself, one that is not open, a claimed one into one that nobody claimed, a reason too short or too long.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_MERGE, at=organization_id)
    if survivor_id == other_id:
        raise errors.SameAccount
    survivor, other = _both_locked(actor, survivor_id, other_id, now)
    check_living(survivor)
    check_living(other)
    if other.claimed_at is not None and survivor.claimed_at is None:
        raise errors.MergeKeepsTheClaimed

    _move_name(survivor, other, now)
    _move_documents(survivor, other, now)
    _move_repairs(survivor, other)
    _move_rest(survivor, other)
    models.LearnerKey.objects.filter(learner_id=other_id).update(learner_id=survivor_id)
    models.LearnerNumber.objects.filter(learner_id=other_id).update(learner_id=survivor_id, kind="alias")
    models.LearnerNumber.objects.get_or_create(
        number=other.account_number,
        defaults={"learner_id": survivor_id, "kind": "alias", "bank_code": other.account_number[:BANK_DIGITS]},
    )
    models.ClaimCode.objects.filter(learner_id=other_id, spent_at__isnull=True).update(spent_at=now)
    other.record_merged(survivor_id)
    if reason is not None:
        purpose = read_reason(reason)
        found = AccessKind.FOUND
        write_access(survivor, actor=actor, organization_id=organization_id, what=found, purpose=purpose, now=now)
    _end_sign_in(other_id, organization_id=organization_id, now=now)
    fact = facts.accounts_merged(
        survivor_id=survivor_id,
        other_id=other_id,
        organization_id=organization_id,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return survivor.as_value()


def _both_locked(actor: Actor, survivor_id: int, other_id: int, now: datetime) -> tuple[models.Learner, models.Learner]:
    """Lock both in the order of their ids, so that two mergings never wait in a ring."""
    visible = models.Learner.objects.filter(permissions.visible_to(actor, now=now))
    rows = visible.select_for_update(of=("self",)).filter(learner_id__in=[survivor_id, other_id])
    found = {row.learner_id: row for row in rows.order_by("learner_id")}
    for learner_id in (survivor_id, other_id):
        if learner_id not in found:
            raise errors.LearnerNotFound(learner=learner_id)
    return found[survivor_id], found[other_id]


def _move_name(survivor: models.Learner, other: models.Learner, now: datetime) -> None:
    if other.name != survivor.name:
        models.FormerName.objects.create(
            learner_id=survivor.learner_id,
            number=next_number(models.FormerName, survivor.learner_id),
            name=other.name,
            until=bank_day(now),
            reason=other.account_number,
        )
    _renumber(models.FormerName, survivor.learner_id, other.learner_id)


def _move_documents(survivor: models.Learner, other: models.Learner, now: datetime) -> None:
    """Seal each document anew for its new place; of two current ones of a kind the survivor's stays current."""
    today = bank_day(now)
    current = {row.kind for row in documents.documents_of([survivor.learner_id]) if row.until is None}
    for row in documents.documents_of([other.learner_id]):
        doubled = row.until is None and row.kind in current
        documents.write(
            survivor.learner_id,
            next_document(survivor.learner_id),
            documents.full(row),
            since=row.since,
            until=today if doubled else row.until,
            reason=other.account_number if doubled else row.reason,
        )
    models.Document.objects.filter(learner_id=other.learner_id).delete()
    other.record_no_own_document()


def _move_repairs(survivor: models.Learner, other: models.Learner) -> None:
    """Move the open cases and seal them anew; closed ones stay with the merged account as history."""
    ring = vault()
    for row in models.Repair.objects.filter(learner_id=other.learner_id, state=RepairState.OPEN).order_by("number"):
        sealed = Sealed(key_id=row.key_id, ciphertext=bytes(row.ciphertext))
        text = ring.open(sealed, place=repair_place(other.learner_id, row.number))
        number = next_number(models.Repair, survivor.learner_id)
        again = ring.seal(text, place=repair_place(survivor.learner_id, number))
        models.Repair.objects.filter(learner_id=other.learner_id, number=row.number).delete()
        row.learner_id, row.number = survivor.learner_id, number
        row.ciphertext, row.key_id = again.ciphertext, again.key_id
        row.save(force_insert=True)


def _move_rest(survivor: models.Learner, other: models.Learner) -> None:
    standing = models.Attribute.objects.filter(learner_id=survivor.learner_id, withdrawn_on__isnull=True)
    codes: Sequence[str] = list(standing.values_list("code", flat=True))
    doubled = models.Attribute.objects.filter(learner_id=other.learner_id, withdrawn_on__isnull=True, code__in=codes)
    doubled.delete()
    _renumber(models.Attribute, survivor.learner_id, other.learner_id)
    _renumber(models.Access, survivor.learner_id, other.learner_id)


def _renumber(
    table: type[models.FormerName | models.Attribute | models.Access], survivor_id: int, other_id: int
) -> None:
    """Write a learner's rows again under another: the column that rows are distributed by is never updated."""
    mine = table._default_manager.filter(learner_id=other_id)  # noqa: SLF001  # Django's public manager
    rows: list[Any] = list(mine.order_by("number"))
    mine.delete()
    for number, row in enumerate(rows, start=next_number(table, survivor_id)):
        row.learner_id, row.number = survivor_id, number
        row.save(force_insert=True)


def _end_sign_in(other_id: int, *, organization_id: int, now: datetime) -> None:
    user = sign_ins.learner_user(other_id)
    if user is not None:
        merging = system("merging-accounts")
        identity.deactivate(
            actor=merging, user_id=user.id, organization_id=organization_id, cause=Cause.MERGED, now=now
        )
