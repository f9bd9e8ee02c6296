"""Whose archive a program may ask about."""

from datetime import datetime

from creditbank.enrolments import queries as enrolments
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as learners


def learner_within(actor: Actor, account_number: str, *, now: datetime) -> int:
    """Return the learner of an account that a program may ask about: who studies within its reach or was opened there.

    Refused: any other account, as one that there is not.
    """
    learner_id = learners.by_account_number(account_number).learner_id
    studies = enrolments.by_learner(learner_id)
    if not any(actor.holds(Permission.ENROLMENTS_ENROLMENT_VIEW, at=each.organization_id) for each in studies):
        learners.profile(actor=actor, learner_id=learner_id, now=now)
    return learner_id
