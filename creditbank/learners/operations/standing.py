"""Where an account stands: suspended, closed, reopened."""

from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import facts, permissions
from creditbank.learners.operations.rows import locked_visible
from creditbank.learners.rules import moved, read_reason
from creditbank.learners.types import Learner, Status


def suspend(*, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime) -> Learner:
    """Suspend an account: nothing can be claimed or changed until it is reopened.

    Refused: no permission here, an account the actor may not know of, one that is not open, no reason.
    """
    return _moved("suspend", actor, organization_id, learner_id, reason, now)


def close(*, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime) -> Learner:
    """Close an account at its holder's wish; its archive stays. Refused: as `suspend`, and a closed one."""
    return _moved("close", actor, organization_id, learner_id, reason, now)


def reopen(*, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime) -> Learner:
    """Reopen a suspended or closed account. Refused: as `suspend`, and an open or merged one."""
    return _moved("reopen", actor, organization_id, learner_id, reason, now)


@transaction.atomic
def _moved(  # noqa: PLR0917  # private, and each caller passes its own arguments on in order
    move: str, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime
) -> Learner:
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CLOSE, at=organization_id)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    read_reason(reason)
    status = moved(Status(row.status), move, claimed=row.claimed_at is not None)
    row.record_status(status)
    fact = facts.account_standing_changed(
        learner_id=learner_id, move=move, status=status.value, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return row.as_value()
