"""Looking a person up at a counter, and seeing a full document number: reads that leave a trace, so they write."""

from dataclasses import dataclass
from datetime import datetime, time

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import name_key
from creditbank.learners import documents, errors, facts, models, permissions, queries
from creditbank.learners.numbers import lead
from creditbank.learners.operations.rows import leads_to, locked, locked_visible, write_access
from creditbank.learners.rules import BANK_ZONE, REASON_MAX, REASON_MIN, bank_day
from creditbank.learners.types import AccessKind, Line


@dataclass(frozen=True, slots=True)
class FoundPerson:
    """An account found at the counter; `name_fits` is False where the name typed is not the one registered."""

    line: Line
    name_fits: bool


@transaction.atomic
def find_person(
    *,
    actor: Actor,
    organization_id: int,
    name: str = "",
    document: Document | None = None,
    account_number: str = "",
    now: datetime,
) -> FoundPerson:
    """Return the account of a person who shows a document or an account number, whoever opened it.

    The organization may then work with the account for 24 hours; that it looked is on record for the
    holder. Refused: no permission here, nobody found.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CLAIM, at=organization_id)
    learner_id = lead(account_number) if document is None else leads_to(document)
    if learner_id is None:
        raise errors.LearnerNotFound
    row = locked(learner_id)
    write_access(row, actor=actor, organization_id=organization_id, what=AccessKind.FOUND, purpose="", now=now)
    fact = facts.person_found(learner_id=learner_id, organization_id=organization_id, actor=actor.reference, at=now)
    evidence.append(fact)
    masked = queries.masked_documents([learner_id]).get(learner_id, "")
    name_fits = document is None or name_key(name) == row.name_key
    return FoundPerson(line=queries.line_of(row.as_value(), masked), name_fits=name_fits)


@transaction.atomic
def open_page(*, actor: Actor, organization_id: int, learner_id: int, now: datetime) -> None:
    """Keep for the holder that a member of staff opened a page with the name; once an actor, account and day.

    The caller has found the account within what the actor may see, and `organization_id` is where the actor's sign-in
    belongs. Refused: an unknown account.
    """
    row = locked(learner_id)
    midnight = datetime.combine(bank_day(now), time.min, tzinfo=BANK_ZONE)
    today = models.Access.objects.filter(learner_id=learner_id, what=AccessKind.PAGE, actor=actor.reference)
    if today.filter(at__gte=midnight).exists():
        return
    write_access(row, actor=actor, organization_id=organization_id, what=AccessKind.PAGE, purpose="", now=now)
    fact = facts.page_opened(learner_id=learner_id, organization_id=organization_id, actor=actor.reference, at=now)
    evidence.append(fact)


@transaction.atomic
def unmask(
    *, actor: Actor, organization_id: int, learner_id: int, document_number: int, purpose: str, now: datetime
) -> str:
    """Return the full number of one document of an account; the holder reads who saw it and why.

    Refused: no permission here, an account the actor may not know of, no purpose.
    """
    permissions.check(actor, Permission.LEARNERS_DOCUMENT_UNMASK, at=organization_id)
    stated = " ".join(purpose.split())
    if not REASON_MIN <= len(stated) <= REASON_MAX:
        raise errors.PurposeMissing
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    held = {document.number: document for document in documents.documents_of([learner_id])}
    if document_number not in held:
        raise errors.LearnerNotFound
    write_access(row, actor=actor, organization_id=organization_id, what=AccessKind.UNMASKED, purpose=stated, now=now)
    fact = facts.document_unmasked(
        learner_id=learner_id, organization_id=organization_id, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return documents.full(held[document_number]).number
