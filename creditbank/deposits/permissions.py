"""Who may do what to a batch. `check_` refuses; `may_` answers; `visible_to` filters: one rule, three faces."""

from typing import Final

from django.db.models import Q

from creditbank.deposits.transitions import MOVES
from creditbank.deposits.types import Batch, BatchStage
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Process

SEEING: Final = frozenset(
    {Permission.DEPOSITS_BATCH_VIEW, Permission.DEPOSITS_BATCH_UPLOAD, Permission.DEPOSITS_BATCH_APPROVE}
)

#: A batch is handed in by one person of the institution and approved by another.
SECOND_PERSON: Final = Process(edition="second-person.v1", readings=(Permission.DEPOSITS_BATCH_APPROVE,))


def visible_to(actor: Actor) -> Q:
    """Return the rule as a filter: batches of institutions where the actor deals with batches."""
    reach = actor.reach(SEEING)
    return Q() if reach.everywhere else Q(organization_id__in=reach.organizations)


def may_upload(actor: Actor, organization_id: int) -> bool:
    """Say whether the actor may hand in files of an institution."""
    return actor.holds(Permission.DEPOSITS_BATCH_UPLOAD, at=organization_id)


def check_may_upload(actor: Actor, organization_id: int) -> None:
    """Refuse who may not hand in files of an institution."""
    if not may_upload(actor, organization_id):
        raise NotPermitted(organization=organization_id)


def may_approve(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may read this batch now; used to show the button."""
    second = actor.reference not in {batch.uploaded_by, batch.submitted_by}
    return batch.stage is BatchStage.SUBMITTED and second and _holds(actor, batch)


def may_submit(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may ask a second person now."""
    return (
        BatchStage.SUBMITTED in MOVES[batch.stage]
        and batch.counts.approvable > 0
        and not batch.holds_back
        and may_upload(actor, batch.organization_id)
    )


def may_choose(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may choose now what refused rows do to the others."""
    return BatchStage.SUBMITTED in MOVES[batch.stage] and may_upload(actor, batch.organization_id)


def may_cancel(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may drop the batch now."""
    partly = batch.stage is BatchStage.FAILED and batch.progress.done > 0
    return BatchStage.CANCELLED in MOVES[batch.stage] and not partly and may_upload(actor, batch.organization_id)


def may_reopen(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may have a failed batch tried again now."""
    return batch.stage is BatchStage.FAILED and _holds(actor, batch)


def may_ask_withdrawal(actor: Actor, batch: Batch) -> bool:
    """Say whether the actor may ask that a posted batch count no more: who may hand in there."""
    return batch.stage is BatchStage.POSTED and may_upload(actor, batch.organization_id)


def may_decide_withdrawal(actor: Actor, batch: Batch, asked_by: str) -> bool:
    """Say whether the actor may decide on a withdrawal that somebody asked for."""
    return batch.stage is BatchStage.POSTED and actor.reference != asked_by and _holds(actor, batch)


def check_may_approve(actor: Actor, batch: Batch) -> None:
    """Refuse who has no permission to approve; that it is another person is the kernel's `next_stage`."""
    if not _holds(actor, batch):
        raise NotPermitted(batch=batch.number)


def _holds(actor: Actor, batch: Batch) -> bool:
    return all(actor.holds(permission, at=batch.organization_id) for permission in SECOND_PERSON.readings)


def check_may_erase(actor: Actor, organization_id: int) -> None:
    """Refuse who may not have a person erased."""
    if not actor.holds(Permission.LEARNERS_ACCOUNT_ERASE, at=organization_id):
        raise NotPermitted(organization=organization_id)


def check_may_forget(actor: Actor) -> None:
    """Refuse everybody but the bank itself: what is kept how long is no person's choice."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted


def check_may_deposit_alone(actor: Actor, organization_id: int) -> None:
    """Refuse everybody but the system itself, which is reached only from the bank's own machine."""
    if actor.kind is not ActorKind.SYSTEM:
        raise NotPermitted(organization=organization_id)


def conflicts_visible_to(actor: Actor) -> Q:
    """Return the rule as a filter: cases of institutions where the actor deals with batches, on either side."""
    reach = actor.reach(SEEING)
    here = reach.organizations
    return Q() if reach.everywhere else Q(organization_id__in=here) | Q(first_organization_id__in=here)


def may_decide(actor: Actor, *, first_id: int, second_id: int) -> bool:
    """Say whether the actor may decide between two institutions; who reaches one of them alone is a party."""
    return all(actor.holds(Permission.DEPOSITS_CONFLICT_DECIDE, at=place) for place in (first_id, second_id))


def check_may_decide(actor: Actor, *, first_id: int, second_id: int) -> None:
    """Refuse who may not decide between two institutions."""
    if not may_decide(actor, first_id=first_id, second_id=second_id):
        raise NotPermitted(first=first_id, second=second_id)


def may_decide_somewhere(actor: Actor) -> bool:
    """Say whether the actor decides between institutions at all; used to show the way to the cases."""
    return actor.holds_anywhere(Permission.DEPOSITS_CONFLICT_DECIDE)
