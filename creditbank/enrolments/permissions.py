"""Who may see and write enrolments: the learner one's own, a school those of its students."""

from django.db.models import Q

from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission


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
