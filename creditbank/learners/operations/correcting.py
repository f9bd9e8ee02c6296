"""Changes of a person's data: the name, the document, numbers at other banks. What was before is kept."""

from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document, birth_date
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import name_key, person_name
from creditbank.learners import documents, errors, facts, models, permissions
from creditbank.learners.digest_queries import shortened
from creditbank.learners.numbers import leads
from creditbank.learners.operations.rows import check_living, locked_visible, next_document, next_number
from creditbank.learners.rules import bank_day, check_alias, masked_account, read_reason
from creditbank.learners.types import Learner
from creditbank.learners.vault import vault


@transaction.atomic
def correct_name(
    *, actor: Actor, organization_id: int, learner_id: int, name: str, reason: str, now: datetime
) -> Learner:
    """Give an account another name and keep the former one; return the account.

    Refused: no permission here, an account the actor may not know of or that is not open, no reason,
    the present name, a text that is no name.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CORRECT, at=organization_id)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    change_name(row, name=name, actor=actor, organization_id=organization_id, reason=read_reason(reason), now=now)
    return row.as_value()


@transaction.atomic
def replace_document(
    *, actor: Actor, organization_id: int, learner_id: int, document: Document, reason: str, now: datetime
) -> Learner:
    """Put a new document in the place of the present one of its kind; the old one still leads to the account.

    Refused: no permission here, an account the actor may not know of or that is not open, no reason,
    a document of another account (merging is the way on).
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CORRECT, at=organization_id)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    change_document(
        row, document=document, actor=actor, organization_id=organization_id, reason=read_reason(reason), now=now
    )
    return row.as_value()


@transaction.atomic
def add_alias(
    *, actor: Actor, organization_id: int, learner_id: int, number: str, bank_code: str, now: datetime
) -> None:
    """Put on record the number that the person's account has at another bank.

    Refused: no permission here, an account the actor may not know of, a number or code that no bank could have, a
    number that leads to another account.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CORRECT, at=organization_id)
    check_alias(number=number, bank_code=bank_code)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    led_to, is_new = leads([number]).get(number), False
    if led_to is None:
        alias, is_new = models.LearnerNumber.objects.get_or_create(
            number=number, defaults={"learner_id": row.learner_id, "kind": "alias", "bank_code": bank_code}
        )
        led_to = alias.learner_id
    if led_to != row.learner_id:
        raise errors.AccountExists(account=masked_account(number))
    if is_new:
        fact = facts.alias_added(learner_id=row.learner_id, bank_code=bank_code, actor=actor.reference, at=now)
        evidence.append(fact)


def change_name(
    row: models.Learner, *, name: str, actor: Actor, organization_id: int, reason: str, now: datetime
) -> None:
    """Write another name on a locked account, keep the former one, and append the fact."""
    check_living(row)
    shown = person_name(name)
    if shown == row.name:
        raise errors.NameUnchanged
    models.FormerName.objects.create(
        learner_id=row.learner_id,
        number=next_number(models.FormerName, row.learner_id),
        name=row.name,
        until=bank_day(now),
        reason=reason,
    )
    row.record_name(name=shown, key=name_key(shown))
    fact = facts.name_corrected(
        learner_id=row.learner_id, organization_id=organization_id, actor=actor.reference, at=now
    )
    evidence.append(fact)


def change_document(
    row: models.Learner, *, document: Document, actor: Actor, organization_id: int, reason: str, now: datetime
) -> None:
    """Write another document on a locked account, close the one of its kind, and append the fact."""
    check_living(row)
    key, _ = models.LearnerKey.objects.get_or_create(
        digest=shortened(vault().digest(document)), defaults={"learner_id": row.learner_id}
    )
    if key.learner_id != row.learner_id:
        other = models.Learner.objects.get(learner_id=key.learner_id)
        raise errors.AccountExists(account=masked_account(other.account_number))
    documents.replace(row, document.kind, until=bank_day(now), reason=reason)
    documents.write(row.learner_id, next_document(row.learner_id), document, since=bank_day(now))
    born = birth_date(document)
    if born is not None:
        row.record_birth_date(born)
    fact = facts.document_replaced(
        learner_id=row.learner_id,
        organization_id=organization_id,
        kind=document.kind.value,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
