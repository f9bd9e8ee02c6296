"""Who may see and write enrolments: the learner one's own, a school those of its students."""

from typing import Final

from django.db.models import Q

from creditbank.enrolments.types import ListKind
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission

HANDING_IN: Final = {
    ListKind.STUDENTS: Permission.ENROLMENTS_ENROLMENT_LOAD,
    ListKind.TAKEOVER: Permission.LEARNERS_ACCOUNT_TAKE_OVER,
}


def visible_to(actor: Actor) -> Q:
    """Return which enrolments an actor may know of."""
    if actor.kind is ActorKind.LEARNER:
        return Q(learner_id=actor.learner_id)
    reach = actor.reach({Permission.ENROLMENTS_ENROLMENT_VIEW})
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def check_may_load(actor: Actor, *, at: int) -> None:
    """Refuse who may not write enrolments of a school."""
    if not actor.holds(Permission.ENROLMENTS_ENROLMENT_LOAD, at=at):
        raise NotPermitted(organization=at)


def check_may_view(actor: Actor, *, at: int) -> None:
    """Refuse who may not see enrolments of a school."""
    if not actor.holds(Permission.ENROLMENTS_ENROLMENT_VIEW, at=at):
        raise NotPermitted(organization=at)


def check_may_move(actor: Actor, *, at: int) -> None:
    """Refuse who may not let an account's enrolments live on under another."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_MERGE, at=at):
        raise NotPermitted(organization=at)


def check_may_erase(actor: Actor, *, at: int) -> None:
    """Refuse who may not have a person erased."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_ERASE, at=at):
        raise NotPermitted(organization=at)


def check_may_hand_in(actor: Actor, kind: ListKind, *, at: int) -> None:
    """Refuse who may not hand a list of this kind in for an organization."""
    if not actor.holds(HANDING_IN[kind], at=at):
        raise NotPermitted(organization=at, permission=HANDING_IN[kind].value)


def lists_visible_to(actor: Actor) -> Q:
    """Return which lists an actor may know of: those of the organizations where it hands such lists in."""
    rule = Q(pk__in=[])
    for kind, permission in HANDING_IN.items():
        reach = actor.reach({permission})
        rule |= Q(kind=kind) if reach.everywhere else Q(kind=kind, organization_id__in=reach.organizations)
    return rule


def check_is_system(actor: Actor) -> None:
    """Refuse everybody but the command line and jobs."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted(actor=actor.reference)
