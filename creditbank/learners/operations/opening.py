"""Opening accounts: one at a counter, or half a million from a list."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions, queries
from creditbank.learners.operations.registering import Opening, account_of, register
from creditbank.learners.rules import masked_account
from creditbank.learners.types import Learner, NewPerson, OpenedThrough
from creditbank.learners.vault import vault


@transaction.atomic
def open_account(
    *,
    actor: Actor,
    organization_id: int,
    name: str,
    document: Document,
    through: OpenedThrough = OpenedThrough.OUTLET,
    now: datetime,
) -> Learner:
    """Open one account, unclaimed, and return it.

    Refused: no permission to open here, a text that is no name, a person who has an account
    (the masked account number says which, and merging is the way on).
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_OPEN, at=organization_id)
    digest = vault().digest(document)
    opening = Opening(organization_id=organization_id, through=through, now=now)
    won = register({digest: NewPerson(name=name, document=document)}, opening=opening)
    if digest not in won:
        raise errors.AccountExists(account=masked_account(account_of(digest).account_number))

    learner_id = won[digest]
    fact = facts.account_opened(
        learner_id=learner_id,
        organization_id=organization_id,
        through=through.value,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return models.Learner.objects.get(learner_id=learner_id).as_value()


@transaction.atomic
def open_many(*, actor: Actor, organization_id: int, people: Sequence[NewPerson], now: datetime) -> dict[Document, int]:
    """Return the learner of each document, with an account opened, unclaimed, for every person who had none.

    Set-based; one fact tells how many were opened. Where the same person is opened elsewhere at the
    same moment, both get the one account. A document that comes twice counts once, with its first name.
    Refused: no permission to open in bulk here, a text that is no name.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_OPEN_BULK, at=organization_id)
    first = {person.document: person for person in reversed(people)}
    digests = dict(zip(vault().digests(list(first)), first, strict=True))
    known = queries.learners_by_digest(list(digests))
    missing = {digest: first[document] for digest, document in digests.items() if digest not in known}
    if not missing:
        return {document: known[digest] for digest, document in digests.items()}

    opening = Opening(organization_id=organization_id, through=OpenedThrough.BULK, now=now)
    won = register(missing, opening=opening)
    raced = queries.learners_by_digest([digest for digest in missing if digest not in won])
    if won:
        found = len(known) + len(raced)
        fact = facts.accounts_opened(
            organization_id=organization_id, opened=len(won), found=found, actor=actor.reference, at=now
        )
        evidence.append(fact)
    every = {**known, **won, **raced}
    return {document: every[digest] for digest, document in digests.items()}
