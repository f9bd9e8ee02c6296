"""A file is handed in, as a new batch or only to be looked at; it is sealed while it comes, never whole in memory."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from io import BytesIO
from pathlib import PurePath
from typing import Final, Protocol

import polars as pl
from django.db import transaction
from django.utils import timezone

from creditbank.deposits import checking, errors, facts, files, locks, models, permissions
from creditbank.deposits.checking import Report
from creditbank.deposits.operations.rows import defer
from creditbank.deposits.types import FILE_BYTES_MAX, PACKED_BYTES_MAX, Batch, BatchStage
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization, Status

PUBLIC_ID_BYTES: Final = 16
READ_BYTES: Final = 1024 * 1024
MEGA: Final = 1024 * 1024
NAME_MAX: Final = 200
TITLE_MAX: Final = 120
#: How workbooks and archives begin: XLSX and ZIP, XLS, Parquet.
PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"PAR1")
#: A file may be handed in again once its batch has ended so.
ENDED_WITHOUT_ENTRIES: Final = (BatchStage.CANCELLED, BatchStage.UNREADABLE, BatchStage.WITHDRAWN)


class Readable(Protocol):
    """What a file can be read from, forwards: an open file, the body of a request."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


Content = bytes | Readable


@dataclass(frozen=True, slots=True)
class DryRun:
    """What depositing a file would come to; `refused` as `checks.refusals` gives it, in the order of the file."""

    report: Report
    refused: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file that lies sealed under the public id of the batch that it is going to be."""

    public_id: str
    size: int
    sha256: str


def check_depositing(actor: Actor, organization_id: int) -> Organization:
    """Return the institution. Refused: who may not upload for it, one that is not active."""
    permissions.check_may_upload(actor, organization_id)
    institution = organizations.by_id(organization_id)
    if institution.status is not Status.ACTIVE:
        raise errors.InstitutionNotActive
    return institution


def check_size(size: int, *, head: bytes = b"") -> None:
    """Refuse an empty file and one that is too large for what its first bytes say it is."""
    if not size:
        raise errors.FileMissing(field="file")
    most = PACKED_BYTES_MAX if head.startswith(PACKED) else FILE_BYTES_MAX
    if size > most:
        raise errors.FileTooLarge(field="file", megabytes=-(-size // MEGA), most=most // MEGA)


def new_public_id() -> str:
    """Return a public id that nothing has."""
    return ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES))


@contextmanager
def sealing(content: Content, *, size: int | None = None) -> Iterator[Sealed]:
    """Seal a file block by block as it comes; an exception within the block leaves nothing of it on disk.

    `size` is what was announced. Refused: an empty or too large file, one of which fewer bytes come than announced, one
    for which there is no room.
    """
    if size is not None:
        check_size(size)
    public_id = new_public_id()
    try:
        with errors.room_on_disk():
            sealed = _seal(public_id, content, size)
        yield sealed
    except BaseException:
        files.drop_all(public_id)
        raise


def _seal(public_id: str, content: Content, size: int | None) -> Sealed:
    source = BytesIO(content) if isinstance(content, bytes) else content
    digest, head = hashlib.sha256(), b""
    with files.writing(public_id, files.UPLOAD) as file:
        while block := source.read(READ_BYTES):
            head = head or block[: len(PACKED[0])]
            digest.update(block)
            file.write(block)
            check_size(file.size, head=head)
        if size not in {None, file.size}:
            raise errors.FileCut(field="file", declared=size, received=file.size)
        check_size(file.size)
    return Sealed(public_id=public_id, size=file.size, sha256=digest.hexdigest())


def dry_run(
    *,
    actor: Actor,
    organization_id: int,
    file_name: str,
    content: Content,
    size: int | None = None,
    watch: checking.Watch = checking.nobody_watches,
    today: date,
) -> DryRun:
    """Return the report on a file and keep nothing at all. Refused: as `upload`, and an unreadable file."""
    institution = check_depositing(actor, organization_id)
    with sealing(content, size=size) as sealed:
        source = files.source(sealed.public_id, name=file_name, size=sealed.size)
        try:
            report = checking.check(source, batch=sealed.public_id, institution=institution, today=today, watch=watch)
            refused = pl.concat(checking.refused(sealed.public_id)).sort("row")
        finally:
            files.drop_all(sealed.public_id)
    return DryRun(report=report, refused=refused)


def upload(
    *,
    actor: Actor,
    organization_id: int,
    file_name: str,
    content: Content,
    size: int | None = None,
    title: str = "",
    all_or_nothing: bool = False,
    now: datetime,
) -> Batch:
    """Take a file in as a new batch, seal it, and return the batch; the check is a job of its own.

    With `all_or_nothing` not a row is posted while any is refused. The file is read forwards, once; `size` is what
    its sender announced. Nothing of the database is held meanwhile.
    Refused: who may not upload for the institution, one that is not active, an empty or too large file, one that did
    not come whole, one that was handed in before and not dropped.
    """
    check_depositing(actor, organization_id)
    with sealing(content, size=size) as sealed, transaction.atomic():
        batch = receive(actor, organization_id, sealed, file_name, title, now, all_or_nothing=all_or_nothing)
        defer("deposits.check", batch)
    return batch


def receive(  # noqa: PLR0917  # the words of `upload`, passed on
    actor: Actor,
    organization_id: int,
    sealed: Sealed,
    file_name: str,
    title: str,
    now: datetime,
    *,
    all_or_nothing: bool = False,
) -> Batch:
    """Let a sealed file be a new batch and return it, within the caller's transaction; what is next is the caller's."""
    institution = check_depositing(actor, organization_id)
    locks.numbering(institution.id)
    check_new(organization_id, sealed.sha256)
    row = models.Batch.objects.create(
        public_id=sealed.public_id,
        number=_next_number(institution, timezone.localdate(now)),
        organization_id=organization_id,
        title=title.strip()[:TITLE_MAX],
        file_name=PurePath(file_name).name[:NAME_MAX],
        file_size=sealed.size,
        file_sha256=sealed.sha256,
        uploaded_by=actor.reference,
        uploaded_at=now,
        all_or_nothing=all_or_nothing,
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
    return row.as_value()


def check_new(organization_id: int, sha256: str) -> None:
    """Refuse a file that lies in another batch of the institution already; final only under its numbering."""
    same = models.Batch.objects.filter(organization_id=organization_id, file_sha256=sha256, late_of__isnull=True)
    earlier = same.exclude(stage__in=ENDED_WITHOUT_ENTRIES).order_by("-id").first()
    if earlier is not None:
        raise errors.FileTwice(field="file", number=earlier.number, batch=earlier.public_id)


def _next_number(institution: Organization, today: date) -> str:
    """Return the institution's next batch number of the year; the caller holds the numbering."""
    start = f"{today.year}-"
    own = models.Batch.objects.filter(organization_id=institution.id, late_of__isnull=True)
    given = own.filter(number__startswith=start).count()
    return f"{start}{given + 1:04d}"
