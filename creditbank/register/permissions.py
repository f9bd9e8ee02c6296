"""Who may do what in the register of certificates. `check_` refuses; `may_` answers; `visible_to` filters."""

from typing import Final

from django.db.models import Q

from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Process
from creditbank.register.transitions import MOVES
from creditbank.register.types import Load, LoadStage

SEEING: Final = frozenset(
    {
        Permission.REGISTER_CERTIFICATE_LOAD,
        Permission.REGISTER_CERTIFICATE_RELEASE,
        Permission.REGISTER_CERTIFICATE_VIEW,
    }
)
#: What one person of the issuer hands in or asks for, another one releases.
SECOND_PERSON: Final = Process(edition="second-person.v1", readings=(Permission.REGISTER_CERTIFICATE_RELEASE,))


def visible_to(actor: Actor) -> Q:
    """Return the lists and requests that an actor may know of, as a filter."""
    reach = actor.reach(SEEING)
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def may_load(actor: Actor, organization_id: int) -> bool:
    """Say whether the actor may hand in lists of an issuer, and ask for a revocation."""
    return actor.holds(Permission.REGISTER_CERTIFICATE_LOAD, at=organization_id)


def check_may_load(actor: Actor, organization_id: int) -> None:
    """Refuse who may not hand in lists of an issuer."""
    if not may_load(actor, organization_id):
        raise NotPermitted(organization=organization_id)


def may_release(actor: Actor, organization_id: int, *, by: tuple[str, ...]) -> bool:
    """Say whether the actor may decide about what these people did; used to show the button."""
    return actor.reference not in by and actor.holds(Permission.REGISTER_CERTIFICATE_RELEASE, at=organization_id)


def check_may_release(actor: Actor, organization_id: int) -> None:
    """Refuse who may not release for an issuer; that it is another person is the kernel's `next_stage`."""
    if not actor.holds(Permission.REGISTER_CERTIFICATE_RELEASE, at=organization_id):
        raise NotPermitted(organization=organization_id)


def may_submit(actor: Actor, load: Load) -> bool:
    """Say whether the actor may ask a second person now."""
    fits = LoadStage.SUBMITTED in MOVES[load.stage] and load.counts.enters > 0
    return fits and may_load(actor, load.organization_id)


def may_cancel(actor: Actor, load: Load) -> bool:
    """Say whether the actor may drop the list now."""
    return LoadStage.CANCELLED in MOVES[load.stage] and may_load(actor, load.organization_id)


def check_is_bank(actor: Actor) -> None:
    """Refuse everybody but the bank itself, which is reached from its own machine only."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted


def check_may_move(actor: Actor, organization_id: int) -> None:
    """Refuse who may not let an account's certificates live on under another."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_MERGE, at=organization_id):
        raise NotPermitted(organization=organization_id)
