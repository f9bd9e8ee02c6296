"""Who may do what to the catalogue. `check_` refuses; `may_` answers; `visible_to` filters: one rule, three faces."""

from typing import Final

from django.db.models import Q

from creditbank.catalogue.types import Status
from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission

WORKING: Final = frozenset({Permission.CATALOGUE_SPECIFICATION_EDIT, Permission.CATALOGUE_SPECIFICATION_PROPOSE})


def visible_to(actor: Actor) -> Q:
    """Return what the actor may know of: proposals are for those who work on them, the rest is public."""
    reach = actor.reach(WORKING)
    return Q() if reach.everywhere else ~Q(status=Status.PROPOSED) | Q(owner_id__in=reach.organizations)


def editable_by(actor: Actor) -> Q:
    """Return what the actor may recognise, change and withdraw."""
    reach = actor.reach({Permission.CATALOGUE_SPECIFICATION_EDIT})
    return Q() if reach.everywhere else Q(owner_id__in=reach.organizations)


def may_edit(actor: Actor, owner_id: int) -> bool:
    """Say whether the actor may define, recognise and withdraw what the organization owns."""
    return actor.holds(Permission.CATALOGUE_SPECIFICATION_EDIT, at=owner_id)


def check_may_edit(actor: Actor, owner_id: int) -> None:
    """Refuse who may not edit what the organization owns."""
    if not may_edit(actor, owner_id):
        raise NotPermitted(actor=actor.reference, organization=owner_id)


def check_may_propose(actor: Actor, organization_id: int) -> None:
    """Refuse who may not propose courses for the organization."""
    if not actor.holds(Permission.CATALOGUE_SPECIFICATION_PROPOSE, at=organization_id):
        raise NotPermitted(actor=actor.reference, organization=organization_id)


def may_name(actor: Actor, organization_id: int) -> bool:
    """Say whether the actor may say what names in the files of the organization stand for."""
    return any(actor.holds(permission, at=organization_id) for permission in WORKING)


def check_may_name(actor: Actor, organization_id: int) -> None:
    """Refuse who may not say what names in the files of the organization stand for."""
    if not may_name(actor, organization_id):
        raise NotPermitted(actor=actor.reference, organization=organization_id)


def may_work(actor: Actor) -> bool:
    """Say whether the actor proposes to or edits the catalogue anywhere; used to show its working pages."""
    return any(actor.holds_anywhere(permission) for permission in WORKING)


def may_publish(actor: Actor) -> bool:
    """Say whether the actor edits the catalogue anywhere; used to show the way to its forms."""
    return actor.holds_anywhere(Permission.CATALOGUE_SPECIFICATION_EDIT)
