"""Erasing a person: rows and salts go from all rooms by the eraser's hand, and what is left leads to nobody."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from creditbank.archive import operations as archive
from creditbank.conversion import operations as conversion
from creditbank.deposits import operations as deposits
from creditbank.deposits.types import Traces
from creditbank.enrolments import operations as enrolments, queries as studies
from creditbank.identity import operations as identity
from creditbank.journeys.errors import EraserMissing
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners, queries as accounts
from creditbank.register import operations as register

BECOME: Final = "SET LOCAL ROLE creditbank_eraser"
RETURN: Final = "SET LOCAL ROLE NONE"
MAY_ERASE: Final = """
SELECT coalesce(bool_and(pg_has_role(current_user, oid, 'SET') AND has_table_privilege(oid, 'archive_entry', 'DELETE')),
                false)
  FROM pg_roles WHERE rolname = 'creditbank_eraser'
"""


@transaction.atomic
def erase_learner(*, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime) -> None:
    """Delete all that the bank keeps of a person, and of the accounts that were merged into this one.

    Left are the account number, which is never given again, the facts, which name nobody, and for each entry
    32 bytes that the proofs of other people's entries need and that lead to nobody without the salt. Sealed files
    of institutions that name the person go as a whole, and refused rows keep their place and reason only.
    Refused: no permission, an account the actor may not know of, one that lives on in another, no reason,
    achievements set aside for requests, files being checked or posted, lists being worked through, a server that
    lets nobody erase.
    """
    learners.keep_accounts(shared=False)
    learner_ids = learners.prepare_erasure(
        actor=actor, organization_id=organization_id, learner_id=learner_id, reason=reason, now=now
    )
    traces = _traces(learner_ids)
    enrolments.forget_person(actor=actor, organization_id=organization_id, names=traces.names)
    deposits.prepare_erasure(actor=actor, organization_id=organization_id, traces=traces, now=now)
    archive.prepare_erasure(actor=actor, organization_id=organization_id, learner_ids=learner_ids, now=now)
    conversion.delete_rows(learner_ids=learner_ids)
    with _as_eraser():
        register.delete_rows(learner_ids=learner_ids)
        archive.delete_rows(learner_ids=learner_ids)
        enrolments.delete_rows(learner_ids=learner_ids)
        identity.delete_rows(learner_ids=learner_ids)
        learners.delete_rows(learner_ids=learner_ids)


def _traces(learner_ids: Sequence[int]) -> Traces:
    """Return by what the holder of these accounts is found in the files of institutions."""
    known = [each for learner_id in learner_ids for each in studies.by_learner(learner_id)]
    return Traces(
        digests=accounts.digests_of(learner_ids),
        names=accounts.names_of(learner_ids),
        studies=frozenset((each.organization_id, each.student_number) for each in known),
        learner_ids=frozenset(learner_ids),
    )


@contextmanager
def _as_eraser() -> Iterator[None]:
    """Be the role that may delete, and no other, for the block; a failure ends it with the transaction.

    Refused: a server that does not let the application become that role, or that role delete.
    """
    with connection.cursor() as cursor:
        cursor.execute(MAY_ERASE)
        (may,) = cursor.fetchone()
        if not may:
            raise EraserMissing
        cursor.execute(BECOME)
    yield
    with connection.cursor() as cursor:
        cursor.execute(RETURN)
