"""Making two accounts of one person into one, through all rooms that keep something of them."""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import MoveCounts, Sum
from creditbank.enrolments import operations as enrolments, queries as studies
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.errors import SameAccount
from creditbank.learners.types import AccountPage
from creditbank.register import operations as register
from creditbank.register.queries import taken


@transaction.atomic
def merge_accounts(
    *, actor: Actor, organization_id: int, survivor_id: int, other_id: int, reason: str, now: datetime
) -> MoveCounts:
    """Let one account live on in another, with its documents, enrolments, entries and claims; count what moved.

    The other's number leads to the survivor from now on, and its rows in the book count no more. The holder
    reads the reason. Refused: as in `learners.operations.merge`; no reason; the same achievement spent in one
    scope in both; a batch under way to either.
    """
    learners.keep_accounts(shared=False)
    learners.merge(
        actor=actor,
        organization_id=organization_id,
        survivor_id=survivor_id,
        other_id=other_id,
        reason=reason,
        now=now,
    )
    numbers = enrolments.move_enrolments(
        actor=actor, organization_id=organization_id, survivor_id=survivor_id, other_id=other_id, now=now
    )
    apart = register.move_claims(
        actor=actor, organization_id=organization_id, survivor_id=survivor_id, other_id=other_id, now=now
    )
    return archive.move_account(
        actor=actor,
        organization_id=organization_id,
        survivor_id=survivor_id,
        other_id=other_id,
        enrolments=numbers,
        apart=apart,
        claimed=taken.postings_of(survivor_id),
        now=now,
    )


@dataclass(frozen=True, slots=True)
class Side:
    """One of two accounts beside each other: what is kept, and how much hangs on it. All as far as the actor sees."""

    page: AccountPage
    achievements: int
    sums: tuple[Sum, ...]
    enrolments: int
    claims: int


def beside(*, actor: Actor, numbers: tuple[str, str], now: datetime) -> tuple[Side, Side]:
    """Return two accounts by their numbers, masked, for staff who may know of them.

    Refused: an account the actor may not know of, two numbers of one account.
    """
    first, second = (_side(actor, number, now) for number in numbers)
    if first.page.profile.learner.learner_id == second.page.profile.learner.learner_id:
        raise SameAccount
    return first, second


def _side(actor: Actor, number: str, now: datetime) -> Side:
    page = accounts.account_page(actor=actor, number=number, now=now)
    learner_id = page.profile.learner.learner_id
    achievements = book.archive_of(actor=actor, learner_id=learner_id)
    return Side(
        page=page,
        achievements=len(achievements),
        sums=book.sums(achievements),
        enrolments=len(studies.by_learner(learner_id)),
        claims=len(book.claims(learner_id)),
    )


def one(*, actor: Actor, number: str, now: datetime) -> Side:
    """Return one account in the same way. Refused: an account the actor may not know of."""
    return _side(actor, number, now)
