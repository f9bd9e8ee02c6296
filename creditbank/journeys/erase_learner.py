"""Erasing a person: rows and salts go from all rooms by the eraser's hand, and what is left leads to nobody."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from creditbank.archive import operations as archive
from creditbank.enrolments import operations as enrolments
from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners

BECOME: Final = "SET LOCAL ROLE creditbank_eraser"
RETURN: Final = "SET LOCAL ROLE NONE"


@transaction.atomic
def erase_learner(*, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime) -> None:
    """Delete all that the bank keeps of a person, and of the accounts that were merged into this one.

    Left are the account number, which is never given again, the facts, which name nobody, and for each entry
    32 bytes that the proofs of other people's entries need and that lead to nobody without the salt. Files
    that institutions uploaded are not touched here. Refused: no permission, an account the actor may not know
    of, one that lives on in another, no reason, achievements set aside for requests, a batch under way to it.
    """
    learner_ids = learners.prepare_erasure(
        actor=actor, organization_id=organization_id, learner_id=learner_id, reason=reason, now=now
    )
    archive.prepare_erasure(actor=actor, organization_id=organization_id, learner_ids=learner_ids, now=now)
    with _as_eraser():
        archive.delete_rows(learner_ids=learner_ids)
        enrolments.delete_rows(learner_ids=learner_ids)
        identity.delete_rows(learner_ids=learner_ids)
        learners.delete_rows(learner_ids=learner_ids)


@contextmanager
def _as_eraser() -> Iterator[None]:
    """Be the role that may delete, and no other, for the block; a failure ends it with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(BECOME)
    yield
    with connection.cursor() as cursor:
        cursor.execute(RETURN)
