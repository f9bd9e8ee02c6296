"""Rows that several operations write or lock: always under the lock of their learner."""

from collections.abc import Sequence
from datetime import datetime

from django.db import models as django_models

from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.learners import errors, models, permissions
from creditbank.learners.digest_queries import learners_by_digest
from creditbank.learners.models.accounts import OWN_DOCUMENT
from creditbank.learners.types import AccessKind, Status
from creditbank.learners.vault import vault

LIVING = frozenset({Status.UNCLAIMED, Status.ACTIVE})


def locked(learner_id: int) -> models.Learner:
    """Return an account under lock. Refused: an unknown one."""
    row = models.Learner.objects.select_for_update(of=("self",)).filter(learner_id=learner_id).first()
    if row is None:
        raise errors.LearnerNotFound(learner=learner_id)
    return row


def locked_visible(*, actor: Actor, learner_id: int, now: datetime) -> models.Learner:
    """Return an account under lock. Refused: one that the actor may not know of."""
    visible = models.Learner.objects.filter(permissions.visible_to(actor, now=now))
    row = visible.select_for_update(of=("self",)).filter(learner_id=learner_id).first()
    if row is None:
        raise errors.LearnerNotFound(learner=learner_id)
    return row


def check_living(row: models.Learner) -> None:
    """Refuse an account that is suspended, closed or merged."""
    if row.status not in LIVING:
        raise errors.AccountNotOpen(account=row.account_number)


def next_number(table: type[django_models.Model], learner_id: int) -> int:
    """Return the next number within a learner's rows of a table."""
    rows = table._default_manager.filter(learner_id=learner_id)  # noqa: SLF001  # Django's public manager
    highest = rows.aggregate(highest=django_models.Max("number"))["highest"]
    return (highest or 0) + 1


def repair_place(learner_id: int, number: int) -> str:
    """Name the row that a sealed statement belongs to."""
    return f"learners.repair:{learner_id}:{number}"


def application_place(public_id: str) -> str:
    """Name the row that a sealed application belongs to."""
    return f"learners.application:{public_id}"


def leads_to(document: Document) -> int | None:
    """Return the learner that a document leads to."""
    digest = vault().digest(document)
    return learners_by_digest([digest]).get(digest)


def next_document(learner_id: int) -> int:
    """Return the next number of a document; the first is that of the account's own row."""
    return max(OWN_DOCUMENT + 1, next_number(models.Document, learner_id))


def write_access(
    row: models.Learner, *, actor: Actor, organization_id: int, what: AccessKind, purpose: str, now: datetime
) -> None:
    """Keep for the holder who looked, when and why."""
    models.Access.objects.create(
        learner_id=row.learner_id,
        number=next_number(models.Access, row.learner_id),
        organization_id=organization_id,
        at=now,
        actor=actor.reference,
        what=what,
        purpose=purpose,
    )


def write_accesses(
    learner_ids: Sequence[int], *, actor: Actor, organization_id: int, what: AccessKind, now: datetime
) -> None:
    """Keep the same look for several holders, whose rows are locked."""
    rows = models.Access.objects.filter(learner_id__in=learner_ids).values("learner_id")
    last = dict(rows.annotate(last=django_models.Max("number")).values_list("learner_id", "last"))
    models.Access.objects.bulk_create(
        models.Access(
            learner_id=learner_id,
            number=last.get(learner_id, 0) + 1,
            organization_id=organization_id,
            at=now,
            actor=actor.reference,
            what=what,
        )
        for learner_id in learner_ids
    )
