"""Who may see which entries. One rule for the learner's own archive and for staff of the source."""

from django.db.models import Q

from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission


def visible_to(actor: Actor) -> Q:
    """Return the rule as a filter: one's own entries, or those of institutions that one reaches."""
    if actor.kind is ActorKind.LEARNER:
        return Q(learner_id=actor.learner_id)
    reach = actor.reach({Permission.ARCHIVE_ENTRY_VIEW})
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def may_view(actor: Actor, *, learner_id: int, organization_id: int) -> bool:
    """Say whether the actor may see an entry of this learner from this institution."""
    if actor.kind is ActorKind.LEARNER:
        return actor.learner_id == learner_id
    return actor.holds(Permission.ARCHIVE_ENTRY_VIEW, at=organization_id)


def check_may_post(actor: Actor, organization_id: int) -> None:
    """Refuse who may not let rows of this institution enter the book."""
    if not actor.holds(Permission.DEPOSITS_BATCH_APPROVE, at=organization_id):
        raise NotPermitted(organization=organization_id)


def check_may_move(actor: Actor, organization_id: int) -> None:
    """Refuse who may not let an account's entries live on under another."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_MERGE, at=organization_id):
        raise NotPermitted(organization=organization_id)


def check_may_erase(actor: Actor, organization_id: int) -> None:
    """Refuse who may not have an account's entries erased."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_ERASE, at=organization_id):
        raise NotPermitted(organization=organization_id)
