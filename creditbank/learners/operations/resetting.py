"""A forgotten password at the counter: account number and document must lead to the same account.

As in claiming, a failed attempt stays on record although it is refused: the inner half commits, the outer raises.
"""

from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.identity import operations as identity
from creditbank.identity.types import ResetCode
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions
from creditbank.learners.numbers import lead
from creditbank.learners.operations.repairs import open_repair
from creditbank.learners.operations.rows import check_living, leads_to, locked, write_access
from creditbank.learners.rules import BANK_ZONE, Attempts, Fit, after_failure, is_locked
from creditbank.learners.types import AccessKind, Status


def reset_at_counter(
    *,
    actor: Actor,
    organization_id: int,
    account_number: str,
    document: Document,
    phone_lost: bool = False,
    now: datetime,
) -> ResetCode:
    """Return a one-time code with which the person at the counter sets a new password; the holder reads of it.

    `phone_lost` clears the second factor too, which lay on the phone.

    Refused: no permission here; an account nobody claimed or that is not open; a number and a document that do not
    lead to the same account (a fact each time, a repair case, and the fifth time locks for 24 hours); a closed
    sign-in. Call it outside a transaction, so that failures stay on record.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CORRECT, at=organization_id)
    answer = _reset(actor, organization_id, account_number, document, phone_lost=phone_lost, now=now)
    if isinstance(answer, Refusal):
        raise answer
    return answer


@transaction.atomic
def _reset(
    actor: Actor, organization_id: int, account_number: str, document: Document, *, phone_lost: bool, now: datetime
) -> ResetCode | Refusal:
    learner_id = lead(account_number)
    if learner_id is None:
        _tell(None, Attempts(0, None), actor=actor, organization_id=organization_id, now=now)
        return errors.ResetMismatch()
    row = locked(learner_id)
    if row.status == Status.UNCLAIMED:
        raise errors.AccountUnclaimed(account=row.account_number)
    check_living(row)
    attempts = Attempts(row.claim_failures, row.claim_locked_until)
    if is_locked(attempts, now):
        _tell(row, attempts, actor=actor, organization_id=organization_id, now=now)
        return _locked_refusal(attempts)
    if leads_to(document) != row.learner_id:
        after = after_failure(attempts, now)
        row.record_claim_failure(failures=after.failures, locked_until=after.locked_until)
        _tell(row, after, actor=actor, organization_id=organization_id, now=now)
        repair = open_repair(row, row.name, document, "", cause=Fit.DOCUMENT_DIFFERS, now=now)
        return errors.ResetDocumentDiffers(repair=repair.public_id)
    row.record_claim_failure(failures=0, locked_until=None)
    write_access(row, actor=actor, organization_id=organization_id, what=AccessKind.RESET, purpose="", now=now)
    return identity.issue_learner_reset(
        actor=actor, learner_id=row.learner_id, organization_id=organization_id, phone_lost=phone_lost, now=now
    )


def _tell(row: models.Learner | None, attempts: Attempts, *, actor: Actor, organization_id: int, now: datetime) -> None:
    fact = facts.reset_failed(
        learner_id=None if row is None else row.learner_id,
        organization_id=organization_id,
        failures=attempts.failures,
        locked=is_locked(attempts, now),
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)


def _locked_refusal(attempts: Attempts) -> Refusal:
    assert attempts.locked_until is not None, "only a locked account is refused as locked"
    return errors.ResetLocked(until=attempts.locked_until.astimezone(BANK_ZONE).strftime("%Y-%m-%d %H:%M"))
