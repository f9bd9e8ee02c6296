"""Who may do what to a sign-in or a client. `check_` refuses, `may_` answers, `visible_to` filters: one rule."""

from django.db.models import Q

from creditbank.identity.types import User, UserKind
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission


def may_create_staff(actor: Actor, *, organization_id: int) -> bool:
    """Say whether the actor may let a new member of staff sign in for an organization."""
    return actor.holds(Permission.IDENTITY_USER_MANAGE, at=organization_id)


def check_may_create_staff(actor: Actor, *, organization_id: int) -> None:
    """Refuse the actor that may not add staff there."""
    if not may_create_staff(actor, organization_id=organization_id):
        raise NotPermitted(organization=organization_id)


def users_visible_to(actor: Actor) -> Q:
    """Return the sign-ins an actor may know of: staff where they manage, learners at a counter."""
    reach = actor.reach({Permission.IDENTITY_USER_MANAGE})
    staff = Q(kind=UserKind.STAFF)
    visible = staff if reach.everywhere else staff & Q(organization_id__in=reach.organizations)
    if actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CORRECT):
        visible |= Q(kind=UserKind.LEARNER)
    return visible


def may_manage(actor: Actor, user: User, *, organization_id: int) -> bool:
    """Say whether the actor, at work in an organization, may reset, close or open a sign-in.

    Staff are managed where their sign-in belongs, wherever the actor sits. A learner may walk into
    any outlet, so any will do whose counters see documents and correct them; schools, which only
    hand out codes for claiming, will not.
    """
    match user.kind:
        case UserKind.STAFF:
            assert user.organization_id is not None
            return actor.holds(Permission.IDENTITY_USER_MANAGE, at=user.organization_id)
        case UserKind.LEARNER:
            return actor.holds(Permission.LEARNERS_ACCOUNT_CORRECT, at=organization_id)


def check_may_manage(actor: Actor, user: User, *, organization_id: int) -> None:
    """Refuse the actor that may not manage a sign-in."""
    if not may_manage(actor, user, organization_id=organization_id):
        raise NotPermitted(user=user.id, organization=organization_id)


def may_manage_clients(actor: Actor, *, organization_id: int) -> bool:
    """Say whether the actor may create and revoke API clients of an organization."""
    return actor.holds(Permission.IDENTITY_CLIENT_MANAGE, at=organization_id)


def check_may_manage_clients(actor: Actor, *, organization_id: int) -> None:
    """Refuse the actor that may not manage clients there."""
    if not may_manage_clients(actor, organization_id=organization_id):
        raise NotPermitted(organization=organization_id)


def clients_visible_to(actor: Actor) -> Q:
    """Return the same rule for clients as a filter."""
    reach = actor.reach({Permission.IDENTITY_CLIENT_MANAGE})
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)
