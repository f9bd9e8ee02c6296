"""A file is handed in, as a new batch or only to be looked at."""

import hashlib
import secrets
from datetime import date, datetime
from pathlib import PurePath
from typing import Final

from django.db import transaction
from django.utils import timezone

from creditbank.deposits import checking, errors, facts, files, locks, models, permissions
from creditbank.deposits.checking import Report
from creditbank.deposits.operations.rows import defer
from creditbank.deposits.types import FILE_BYTES_MAX, Batch, BatchStage
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization, Status

PUBLIC_ID_BYTES: Final = 16
#: A file may be handed in again once its batch has ended so.
ENDED_WITHOUT_ENTRIES: Final = (BatchStage.CANCELLED, BatchStage.UNREADABLE)


def _depositing(actor: Actor, organization_id: int) -> Organization:
    permissions.check_may_upload(actor, organization_id)
    institution = organizations.by_id(organization_id)
    if institution.status is not Status.ACTIVE:
        raise errors.InstitutionNotActive
    return institution


def _check_size(content: bytes) -> None:
    if not content:
        raise errors.FileMissing(field="file")
    if len(content) > FILE_BYTES_MAX:
        mega = 1024 * 1024
        raise errors.FileTooLarge(field="file", megabytes=-(-len(content) // mega), most=FILE_BYTES_MAX // mega)


def dry_run(*, actor: Actor, organization_id: int, file_name: str, content: bytes, today: date) -> Report:
    """Return the report on a file and write nothing at all. Refused: as `upload`, and an unreadable file."""
    institution = _depositing(actor, organization_id)
    _check_size(content)
    return checking.check(content, name=file_name, institution=institution, today=today)


@transaction.atomic
def upload(
    *, actor: Actor, organization_id: int, file_name: str, content: bytes, title: str = "", now: datetime
) -> Batch:
    """Take a file in as a new batch, seal it, and return the batch; the check is a job of its own.

    Refused: who may not upload for the institution, one that is not active, an empty or too large file,
    one that was handed in before and not dropped.
    """
    batch = receive(actor, organization_id, file_name, content, title, now)
    defer("deposits.check", batch)
    return batch


def receive(  # noqa: PLR0917  # the words of `upload`, passed on
    actor: Actor, organization_id: int, file_name: str, content: bytes, title: str, now: datetime
) -> Batch:
    """Seal a file as a new batch and return it; what is done next is the caller's."""
    institution = _depositing(actor, organization_id)
    _check_size(content)
    digest = hashlib.sha256(content).hexdigest()
    locks.numbering(institution.id)
    _check_new(organization_id, digest)
    row = models.Batch.objects.create(
        public_id=ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES)),
        number=_next_number(institution, timezone.localdate(now)),
        organization_id=organization_id,
        title=title.strip()[:120],
        file_name=PurePath(file_name).name[:200],
        file_size=len(content),
        file_sha256=digest,
        uploaded_by=actor.reference,
        uploaded_at=now,
    )
    evidence.append(
        facts.batch_received(
            batch=row.public_id,
            organization_id=organization_id,
            file_sha256=row.file_sha256,
            actor=actor.reference,
            at=now,
        )
    )
    files.write(row.public_id, files.UPLOAD, content)  # last, so that no file stays behind a rollback
    return row.as_value()


def _check_new(organization_id: int, digest: str) -> None:
    """Refuse a file that lies in another batch of the institution already; the caller holds its numbering."""
    same = models.Batch.objects.filter(organization_id=organization_id, file_sha256=digest)
    earlier = same.exclude(stage__in=ENDED_WITHOUT_ENTRIES).order_by("-id").first()
    if earlier is not None:
        raise errors.FileTwice(field="file", number=earlier.number, batch=earlier.public_id)


def _next_number(institution: Organization, today: date) -> str:
    """Return the institution's next batch number of the year; the caller holds the numbering."""
    start = f"{today.year}-"
    given = models.Batch.objects.filter(organization_id=institution.id, number__startswith=start).count()
    return f"{start}{given + 1:04d}"
