"""Claiming: a person takes possession of an account. What does not fit is counted, kept and mended, never lost.

A failed attempt must stay on record although it is refused, so each way has two halves: the inner
one commits and returns the learner or the refusal, the outer one raises it.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import name_key, person_name
from creditbank.learners import errors, facts, models, permissions, queries
from creditbank.learners.operations.repairs import close_settled, open_repair
from creditbank.learners.operations.rows import check_living, leads_to, locked, locked_visible
from creditbank.learners.rules import (
    BANK_ZONE,
    REPAIR_DAYS,
    Attempts,
    Fit,
    after_failure,
    compare,
    is_locked,
    read_code,
)
from creditbank.learners.types import ClaimedThrough, Learner, SignIn, Status
from creditbank.learners.vault import vault


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at claiming: who acts, what was stated, and how to sign in afterwards."""

    actor: Actor
    name: str
    document: Document
    sign_in: SignIn
    now: datetime


def claim_with_code(
    *, actor: Actor, code: str, name: str, document: Document, sign_in: SignIn, now: datetime
) -> Learner:
    """Claim an account with a printed code, name and document, and make the sign-in; return the account.

    Refused: what does not fit (a repair case; a right code with differing data is counted and the fifth
    time locks for 24 hours, while wrong codes are counted at the gate, so that whoever knows a document
    number cannot lock its holder out), a code that ended, a claimed or closed account, a taken
    sign-in name, a weak password. Call it outside a transaction, so that failures stay on record.
    """
    answer = _with_code(read_code(code), Attempt(actor, name, document, sign_in, now))
    if isinstance(answer, Refusal):
        raise answer
    return answer


def claim_at_counter(
    *,
    actor: Actor,
    organization_id: int,
    learner_id: int,
    name: str,
    document: Document,
    sign_in: SignIn,
    now: datetime,
) -> Learner:
    """Claim an account for a person at the counter whose document was seen; return the account.

    The counter is the way out of a lock, so failures are not counted here. Refused: no permission,
    an account the actor may not know of, one claimed or not open, a document that differs (a repair
    case is opened), a taken sign-in name, a weak password. Call it outside a transaction.
    """
    attempt = Attempt(actor, name, document, sign_in, now)
    answer = _at_counter(attempt, organization_id=organization_id, learner_id=learner_id)
    if isinstance(answer, Refusal):
        raise answer
    return answer


def claim_with_provider(*, actor: Actor, vouching: str, sign_in: SignIn, now: datetime) -> Learner:
    """Claim the account of the person whom an identity provider vouched for (`hold_vouching`); return the account.

    Refused: a vouching older than 15 minutes, a person without an account, a name that differs from the
    account's (a repair case is opened), and as with a code. Call it outside a transaction.
    """
    person = queries.vouched_person(vouching, now=now)
    answer = _with_provider(Attempt(actor, person.name, person.document, sign_in, now))
    if isinstance(answer, Refusal):
        raise answer
    return answer


@transaction.atomic
def _with_code(code: str, attempt: Attempt) -> Learner | Refusal:
    slip = models.ClaimCode.objects.filter(digest=vault().code_digest(code)).first()
    document_leads_to = leads_to(attempt.document)
    learner_id = document_leads_to if slip is None else slip.learner_id
    if learner_id is None:
        return errors.ClaimMismatch()
    row = locked(learner_id)
    if slip is None:
        return _wrong_code(row, attempt)
    slip.refresh_from_db()  # under the learner's lock: nobody else spends it now
    if is_locked(_attempts(row), attempt.now):
        return _locked_refusal(row)
    fit = _fit(row, attempt, document_leads_to)
    ended = slip.spent_at is not None or slip.expires_at <= attempt.now
    if fit is not Fit.WHOLE:
        return _failed(row, attempt, errors.ClaimMismatch() if ended else _repair_refusal(row, attempt, fit))
    if ended:
        return errors.AlreadyClaimed() if row.status == Status.ACTIVE else errors.CodeExpired()
    return _taken(row, attempt, through=ClaimedThrough.CODE, organization_id=slip.organization_id)


@transaction.atomic
def _at_counter(attempt: Attempt, *, organization_id: int, learner_id: int) -> Learner | Refusal:
    permissions.check(attempt.actor, Permission.LEARNERS_ACCOUNT_CLAIM, at=organization_id)
    row = locked_visible(actor=attempt.actor, learner_id=learner_id, now=attempt.now)
    fit = _fit(row, attempt, leads_to(attempt.document))
    if fit is not Fit.WHOLE:
        repair = open_repair(row, attempt.name, attempt.document, attempt.sign_in.login, cause=fit, now=attempt.now)
        return errors.ShownDocumentDiffers(repair=repair.public_id)
    return _taken(row, attempt, through=ClaimedThrough.COUNTER, organization_id=organization_id)


@transaction.atomic
def _with_provider(attempt: Attempt) -> Learner | Refusal:
    learner_id = leads_to(attempt.document)
    if learner_id is None:
        return errors.VouchedWithoutAccount()
    row = locked(learner_id)
    fit = _fit(row, attempt, learner_id)
    if fit is not Fit.WHOLE:
        repair = open_repair(row, attempt.name, attempt.document, attempt.sign_in.login, cause=fit, now=attempt.now)
        return errors.VouchedNeedsRepair(repair=repair.public_id, days=REPAIR_DAYS)
    return _taken(row, attempt, through=ClaimedThrough.PROVIDER, organization_id=None)


def _wrong_code(row: models.Learner, attempt: Attempt) -> Refusal:
    """Open a case of a person whose code nobody issued, once; the answer is the one that strangers get."""
    if row.status == Status.UNCLAIMED:
        open_repair(row, attempt.name, attempt.document, attempt.sign_in.login, cause=Fit.CODE_DIFFERS, now=attempt.now)
        locks = is_locked(_attempts(row), attempt.now)
        evidence.append(
            facts.claim_failed(learner_id=row.learner_id, failures=row.claim_failures, locked=locks, at=attempt.now)
        )
    return errors.ClaimMismatch()


def _repair_refusal(row: models.Learner, attempt: Attempt, fit: Fit) -> Refusal:
    repair = open_repair(row, attempt.name, attempt.document, attempt.sign_in.login, cause=fit, now=attempt.now)
    return errors.ClaimNeedsRepair(repair=repair.public_id, days=REPAIR_DAYS)


def _attempts(row: models.Learner) -> Attempts:
    return Attempts(row.claim_failures, row.claim_locked_until)


def _fit(row: models.Learner, attempt: Attempt, document_leads_to: int | None) -> Fit:
    key = name_key(person_name(attempt.name))
    leads_here = document_leads_to == row.learner_id
    return compare(stated_key=key, name_key=row.name_key, document_leads_here=leads_here)


def _locked_refusal(row: models.Learner) -> Refusal:
    assert row.claim_locked_until is not None, "only a locked account is refused as locked"
    return errors.ClaimLocked(until=row.claim_locked_until.astimezone(BANK_ZONE).strftime("%Y-%m-%d %H:%M"))


def _failed(row: models.Learner, attempt: Attempt, refusal: Refusal) -> Refusal:
    """Count a failure against an account that can still be claimed, and hand the refusal on."""
    if row.status != Status.UNCLAIMED:
        return refusal
    after = after_failure(_attempts(row), attempt.now)
    row.record_claim_failure(failures=after.failures, locked_until=after.locked_until)
    locks = is_locked(after, attempt.now)
    evidence.append(
        facts.claim_failed(learner_id=row.learner_id, failures=after.failures, locked=locks, at=attempt.now)
    )
    return refusal


def _taken(row: models.Learner, attempt: Attempt, *, through: ClaimedThrough, organization_id: int | None) -> Learner:
    if row.status == Status.ACTIVE:
        raise errors.AlreadyClaimed
    check_living(row)
    row.record_claim(through=through, at=attempt.now)
    for slip in models.ClaimCode.objects.filter(learner_id=row.learner_id, spent_at__isnull=True):
        slip.record_spent(attempt.now)
    close_settled(row, actor=attempt.actor, now=attempt.now)
    identity.create_learner_login(
        actor=attempt.actor,
        learner_id=row.learner_id,
        account_number=row.account_number,
        login=attempt.sign_in.login,
        name=row.name,
        password=attempt.sign_in.password,
        now=attempt.now,
    )
    fact = facts.account_claimed(
        learner_id=row.learner_id,
        through=through.value,
        organization_id=organization_id,
        actor=attempt.actor.reference,
        at=attempt.now,
    )
    evidence.append(fact)
    return row.as_value()
