"""Who may do what to an organization. `check_` refuses; `may_` answers; `visible_to` filters: one rule, three faces."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q

from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.organizations import errors
from creditbank.organizations.types import PLACES, Extent, OrganizationKind, Role

SEEING: Final = frozenset(
    {
        Permission.ORGANIZATIONS_MEMBER_MANAGE,
        Permission.ORGANIZATIONS_ORGANIZATION_MANAGE,
        Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
    }
)


def visible_to(actor: Actor) -> Q:
    """Return the organizations the actor may know of, as a filter."""
    reach = actor.reach(SEEING)
    return Q() if reach.everywhere else Q(id__in=reach.organizations)


def may_manage(actor: Actor, organization_id: int) -> bool:
    """Say whether the actor may open, rename, suspend and close there; used to show the buttons."""
    return actor.holds(Permission.ORGANIZATIONS_ORGANIZATION_MANAGE, at=organization_id)


def check_may_manage(actor: Actor, organization_id: int) -> None:
    """Refuse who may not manage the organization."""
    if not may_manage(actor, organization_id):
        raise NotPermitted(actor=actor.reference, organization=organization_id)


def check_may_manage_all(actor: Actor) -> None:
    """Refuse who may not manage the whole bank; needed for an organization without one above it."""
    if not actor.reach({Permission.ORGANIZATIONS_ORGANIZATION_MANAGE}).everywhere:
        raise NotPermitted(actor=actor.reference)


def may_appoint(actor: Actor, organization_id: int) -> bool:
    """Say whether the actor may appoint people there; used to show the form."""
    return actor.holds(Permission.ORGANIZATIONS_MEMBER_MANAGE, at=organization_id)


def check_may_end(actor: Actor, organization_id: int) -> None:
    """Refuse who may not end appointments at the organization."""
    if not may_appoint(actor, organization_id):
        raise NotPermitted(actor=actor.reference, organization=organization_id)


def check_may_appoint(
    actor: Actor, *, organization_id: int, kind: OrganizationKind, role: Role, extent: Extent, covered: Iterable[int]
) -> None:
    """Refuse who may not give this role with this extent.

    `covered` are the organizations the role would reach (all of them for the whole bank,
    which is asked of the actor's own reach). Nobody gives more than they hold.
    """
    check_may_end(actor, organization_id)
    if kind not in PLACES[role]:
        raise errors.RoleElsewhere(role=role.value, kind=kind.value, field="role")
    own = actor.reach({Permission.ORGANIZATIONS_MEMBER_MANAGE})
    wide_enough = own.everywhere if extent is Extent.BANK else all(map(own.covers, covered))
    if not wide_enough:
        raise errors.ReachTooWide(extent=extent.value, field="extent")


def may_manage_somewhere(actor: Actor) -> bool:
    """Say whether the actor manages any organization; used to show the way to opening one."""
    return actor.holds_anywhere(Permission.ORGANIZATIONS_ORGANIZATION_MANAGE)
