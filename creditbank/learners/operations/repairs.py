"""Repair cases: stated data that do not fit an account are kept sealed until somebody with the papers decides."""

import json
import secrets
from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document, DocumentKind, masked
from creditbank.kernel.ids import PUBLIC_ID_BYTES, public_id
from creditbank.kernel.permissions import Permission
from creditbank.learners import documents, errors, facts, models, permissions
from creditbank.learners.operations.correcting import change_document, change_name
from creditbank.learners.operations.rows import locked, next_number, repair_place, write_access
from creditbank.learners.rules import Fit, read_reason
from creditbank.learners.types import AccessKind, Repair, RepairCase, RepairState, Stated
from creditbank.learners.vault import Sealed, vault

SETTLED = "claimed"
"""What closed cases say that ended with the claiming itself."""


def open_repair(
    row: models.Learner, name: str, document: Document, contact: str, *, cause: Fit, now: datetime
) -> Repair:
    """Return the open case of an account whose cause this is, opened now if there is none. The account is locked."""
    present = models.Repair.objects.filter(learner_id=row.learner_id, state=RepairState.OPEN, cause=cause).first()
    if present is not None:
        return present.as_value()
    number = next_number(models.Repair, row.learner_id)
    stated = {"name": name, "kind": document.kind.value, "number": document.number, "contact": contact}
    text = json.dumps(stated, ensure_ascii=False)
    sealed = vault().seal(text, place=repair_place(row.learner_id, number))
    case = models.Repair.objects.create(
        learner_id=row.learner_id,
        number=number,
        public_id=public_id(secrets.token_bytes(PUBLIC_ID_BYTES)),
        organization_id=row.opened_by,
        opened_at=now,
        cause=cause.value,
        ciphertext=sealed.ciphertext,
        key_id=sealed.key_id,
    )
    evidence.append(facts.repair_opened(learner_id=row.learner_id, repair=number, cause=cause.value, at=now))
    return case.as_value()


@transaction.atomic
def read_repair(*, actor: Actor, public_id: str, now: datetime) -> RepairCase:
    """Return a case beside its account, the stated document masked; that somebody looked is on record.

    Refused: a case out of the actor's reach.
    """
    case = _reachable(actor, public_id)
    row = locked(case.learner_id)
    stated = _stated(case)
    current = [each for each in documents.documents_of([row.learner_id]) if each.until is None]
    write_access(
        row,
        actor=actor,
        organization_id=case.organization_id,
        what=AccessKind.FOUND,
        purpose=case.public_id,
        now=now,
    )
    fact = facts.person_found(
        learner_id=row.learner_id, organization_id=case.organization_id, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return RepairCase(
        repair=case.as_value(),
        account_number=row.account_number,
        name=row.name,
        masked=documents.mask(current[0]) if current else "",
        stated=Stated(name=stated["name"], document=masked(stated["number"]), contact=stated["contact"]),
    )


@transaction.atomic
def resolve_repair(*, actor: Actor, public_id: str, resolution: str, now: datetime) -> Repair:
    """Take over into the account what was stated, as somebody with the papers decided; lift the lock of claiming.

    Refused: a case out of reach, no permission to correct, a closed case, no reason, a document of another account.
    """
    reason = read_reason(resolution)
    case = _mendable(actor, public_id)
    row = locked(case.learner_id)
    stated = _stated(case)
    if case.cause in {Fit.NAME_DIFFERS, Fit.BOTH_DIFFER}:
        change_name(row, name=stated["name"], actor=actor, organization_id=case.organization_id, reason=reason, now=now)
    if case.cause in {Fit.DOCUMENT_DIFFERS, Fit.BOTH_DIFFER}:
        document = Document(DocumentKind(stated["kind"]), stated["number"])
        change_document(
            row, document=document, actor=actor, organization_id=case.organization_id, reason=reason, now=now
        )
    row.record_claim_failure(failures=0, locked_until=None)
    return _closed(case, actor=actor, state=RepairState.RESOLVED, resolution=reason, now=now)


@transaction.atomic
def dismiss_repair(*, actor: Actor, public_id: str, resolution: str, now: datetime) -> Repair:
    """End a case and leave the account as it is. Refused: as `resolve_repair`."""
    reason = read_reason(resolution)
    case = _mendable(actor, public_id)
    return _closed(case, actor=actor, state=RepairState.DISMISSED, resolution=reason, now=now)


def close_settled(row: models.Learner, *, actor: Actor, now: datetime) -> None:
    """End the open cases of an account that its holder has just claimed: what they asked is answered."""
    for case in models.Repair.objects.filter(learner_id=row.learner_id, state=RepairState.OPEN).order_by("number"):
        _closed(case, actor=actor, state=RepairState.RESOLVED, resolution=SETTLED, now=now)


def _reachable(actor: Actor, public_id: str) -> models.Repair:
    rows = models.Repair.objects.filter(permissions.repairs_visible_to(actor), public_id=public_id)
    case = rows.first()
    if case is None:
        raise errors.RepairNotFound
    return case


def _mendable(actor: Actor, public_id: str) -> models.Repair:
    """Return an open case under the lock of its learner."""
    case = _reachable(actor, public_id)
    locked(case.learner_id)
    case.refresh_from_db()
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CORRECT, at=case.organization_id)
    if case.state != RepairState.OPEN:
        raise errors.RepairClosed
    return case


def _stated(case: models.Repair) -> dict[str, str]:
    sealed = Sealed(key_id=case.key_id, ciphertext=bytes(case.ciphertext))
    stated: dict[str, str] = json.loads(vault().open(sealed, place=repair_place(case.learner_id, case.number)))
    return stated


def _closed(case: models.Repair, *, actor: Actor, state: RepairState, resolution: str, now: datetime) -> Repair:
    case.record_closed(state=state, by=actor.reference, at=now, resolution=resolution)
    fact = facts.repair_closed(
        learner_id=case.learner_id, repair=case.number, state=state.value, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return case.as_value()
