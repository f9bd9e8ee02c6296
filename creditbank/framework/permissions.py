"""Who may do what to the framework. Editions and units are public: everybody reads them."""

from creditbank.kernel.actor import Actor
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission


def may_publish(actor: Actor, owner_id: int | None) -> bool:
    """Say whether the actor may publish an edition of that owner; without an owner, of the whole bank."""
    if owner_id is None:
        return actor.reach({Permission.FRAMEWORK_EDITION_EDIT}).everywhere
    return actor.holds(Permission.FRAMEWORK_EDITION_EDIT, at=owner_id)


def check_may_publish(actor: Actor, owner_id: int | None) -> None:
    """Refuse who may not publish an edition of that owner."""
    if not may_publish(actor, owner_id):
        raise NotPermitted(actor=actor.reference, organization=owner_id)
