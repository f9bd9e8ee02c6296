"""Accounts that live on in others."""

from datetime import datetime

from creditbank.archive import operations
from creditbank.archive.types import MoveCounts
from tests.rooms.archive.conftest import NOW, SYSTEM, Bank


def merged(bank: Bank, other: int, *, into: int = 0, now: datetime = NOW) -> MoveCounts:
    """Let the account of one learner live on in another's, both by their place."""
    return operations.move_account(
        actor=SYSTEM,
        organization_id=bank.school,
        survivor_id=bank.learners[into],
        other_id=bank.learners[other],
        enrolments={},
        now=now,
    )
