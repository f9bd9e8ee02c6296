"""Rows of the journal and of claims, for all that writes them."""

from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Max

from creditbank.archive import models
from creditbank.archive.errors import EntryAlreadyClaimed
from creditbank.archive.types import EntryKey, JournalKind


def journal(*, kind: JournalKind, key: EntryKey, scope: str, reference: str, now: datetime) -> int:
    """Append one row to the learner's journal and return its number."""
    last = models.Journal.objects.filter(learner_id=key.learner_id).aggregate(last=Max("number"))["last"]
    number = (last or 0) + 1
    models.Journal.objects.create(
        learner_id=key.learner_id,
        number=number,
        kind=kind,
        organization_id=key.organization_id,
        specification_id=key.specification_id,
        obtained=key.obtained,
        part=key.part,
        scope=scope,
        reference=reference,
        at=now,
    )
    return number


def insert_claim(key: EntryKey, scope: str, kind: JournalKind) -> None:
    """Claim an entry in a scope. Refused: one that is held or used there already."""
    try:
        with transaction.atomic():
            models.Claim.objects.create(
                learner_id=key.learner_id,
                scope=scope,
                organization_id=key.organization_id,
                specification_id=key.specification_id,
                obtained=key.obtained,
                part=key.part,
                kind=kind,
            )
    except IntegrityError as error:
        raise EntryAlreadyClaimed from error
