"""Who may do what to rule books. `check_` refuses; `may_` answers; `visible_to` filters: one rule, three faces."""

from typing import Final

from django.db.models import Q

from creditbank.conversion.types import PUBLIC_STAGES, EditionStage, RuleBook, Side
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission

WORKING: Final = frozenset(
    {Permission.CONVERSION_BOOK_DRAFT, Permission.CONVERSION_BOOK_PUBLISH, Permission.CONVERSION_BOOK_READ}
)

WAS_PUBLIC: Final = Q(notice_until__isnull=False) | Q(published_at__isnull=False)


def desk_of(actor: Actor) -> Q:
    """Return the editions that the actor works on: those of books of their organizations, on either side."""
    reach = actor.reach(WORKING)
    if reach.everywhere:
        return Q()
    return Q(book__owner_id__in=reach.organizations) | Q(book__partner_id__in=reach.organizations)


def visible_to(actor: Actor) -> Q:
    """Return the editions the actor may know of: public ones, and those of books they work on, on either side."""
    mine = desk_of(actor)
    if not mine:
        return mine
    return Q(stage__in=PUBLIC_STAGES) | (Q(stage=EditionStage.WITHDRAWN) & WAS_PUBLIC) | mine


def may_draft(actor: Actor, owner_id: int) -> bool:
    """Say whether the actor may write rule books of this organization."""
    return actor.holds(Permission.CONVERSION_BOOK_DRAFT, at=owner_id)


def check_may_draft(actor: Actor, owner_id: int) -> None:
    """Refuse an actor who may not write rule books of this organization."""
    if not may_draft(actor, owner_id):
        raise NotPermitted(permission=Permission.CONVERSION_BOOK_DRAFT.value)


def may_publish(actor: Actor, owner_id: int) -> bool:
    """Say whether the actor may publish and withdraw what the organization owns."""
    return actor.holds(Permission.CONVERSION_BOOK_PUBLISH, at=owner_id)


def check_may_publish(actor: Actor, owner_id: int) -> None:
    """Refuse an actor who may not publish and withdraw what the organization owns."""
    if not may_publish(actor, owner_id):
        raise NotPermitted(permission=Permission.CONVERSION_BOOK_PUBLISH.value)


def sides(actor: Actor, book: RuleBook) -> tuple[Side, ...]:
    """Return the sides for which the actor may read a book: the owner's, the other party's, both or none."""
    at = {Side.OWNER: book.owner_id, Side.PARTNER: book.partner_id}
    return tuple(
        side
        for side, place in at.items()
        if place is not None and actor.holds(Permission.CONVERSION_BOOK_READ, at=place)
    )


def check_may_read(actor: Actor, book: RuleBook) -> tuple[Side, ...]:
    """Return the sides for which the actor may read; refused: for none."""
    found = sides(actor, book)
    if not found:
        raise NotPermitted(permission=Permission.CONVERSION_BOOK_READ.value)
    return found


def check_may_work(actor: Actor) -> None:
    """Refuse everybody but the bank's own jobs: nobody else goes through all archives."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted(permission=Permission.CONVERSION_BOOK_DRAFT.value)


def check_own(actor: Actor, learner_id: int) -> None:
    """Refuse everybody but the learner: goals and wishes are nobody else's business."""
    if actor.learner_id != learner_id:
        raise NotPermitted(permission="self")
