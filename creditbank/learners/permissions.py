"""Who may do what to an account. `check_` refuses and `visible_to` filters: one rule, two faces.

A person stands at any counter of the bank: an outlet sees the accounts opened within its reach and,
for a day, those it found by a document or an account number that somebody showed.
"""

from datetime import datetime, timedelta
from typing import Final

from django.apps import apps
from django.db.models import Exists, OuterRef, Q

from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.learners import models
from creditbank.learners.rules import check_bank
from creditbank.learners.types import AccessKind

LOOKING: Final = frozenset({Permission.LEARNERS_ACCOUNT_VIEW})
READING: Final = frozenset({Permission.LEARNERS_ACCOUNT_OPEN})
MENDING: Final = frozenset({Permission.LEARNERS_ACCOUNT_CORRECT})
COUNTER_HOURS: Final = 24


def visible_to(actor: Actor, *, now: datetime) -> Q:
    """Return which accounts an actor may know of: one's own, those opened in reach, those found at the counter."""
    if actor.kind is ActorKind.LEARNER:
        return Q(learner_id=actor.learner_id)
    reach = actor.reach(LOOKING)
    if reach.everywhere:
        return Q()
    found = models.Access.objects.filter(
        learner_id=OuterRef("learner_id"),
        organization_id__in=reach.organizations,
        what=AccessKind.FOUND,
        at__gt=now - timedelta(hours=COUNTER_HOURS),
    )
    return Q(opened_by__in=reach.organizations) | Q(Exists(found))


def applications_visible_to(actor: Actor) -> Q:
    """Return which applications an actor may read: those sent to outlets where it opens accounts."""
    reach = actor.reach(READING)
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def repairs_visible_to(actor: Actor) -> Q:
    """Return which repair cases an actor may mend."""
    reach = actor.reach(MENDING)
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def check(actor: Actor, permission: Permission, *, at: int) -> None:
    """Refuse the actor that lacks a permission at the organization for which it acts."""
    if not actor.holds(permission, at=at):
        raise NotPermitted(permission=permission.value, organization=at)


def check_is_holder_or(actor: Actor, permission: Permission, *, learner_id: int, at: int) -> None:
    """Refuse everybody but the account's holder and staff with the permission."""
    if actor.kind is not ActorKind.LEARNER or actor.learner_id != learner_id:
        check(actor, permission, at=at)


def check_is_system(actor: Actor) -> None:
    """Refuse everybody but the command line and jobs."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted(actor=actor.reference)


def check_may_take_over(actor: Actor, *, bank_code: str, at: int) -> None:
    """Refuse who may not take accounts over here, and a code that is no other bank's."""
    check(actor, Permission.LEARNERS_ACCOUNT_TAKE_OVER, at=at)
    check_bank(bank_code, own=apps.get_app_config("learners").bank_code)  # type: ignore[attr-defined]  # ours
