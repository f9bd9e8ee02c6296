"""A file comes in pieces, each sealed once; it goes on behind a lost connection, and its pieces stay its file."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import partial
from pathlib import PurePath
from typing import Final

from django.db import transaction

from creditbank.deposits import errors, files, locks, models, permissions
from creditbank.deposits.operations.rows import defer
from creditbank.deposits.operations.uploading import (
    NAME_MAX,
    TITLE_MAX,
    Sealed,
    check_depositing,
    check_new,
    check_size,
    new_public_id,
    receive,
)
from creditbank.deposits.types import PIECE_BYTES_MAX, Batch, Upload
from creditbank.kernel.actor import Actor

UNFINISHED_MAX: Final = 20
UNFINISHED_FOR: Final = timedelta(days=1)
MARK_MAX: Final = 100


@transaction.atomic
def start_upload(
    *,
    actor: Actor,
    organization_id: int,
    file_name: str,
    size: int,
    title: str = "",
    sha256: str = "",
    mark: str = "",
    now: datetime,
) -> Upload:
    """Begin an upload in pieces, or return the one that this actor began of the same file: `mark` tells it.

    `sha256`, where given, is compared when all pieces are here. Nothing is handed in before `finish_upload`.
    Refused: who may not upload for the institution, one that is not active or has many unfinished uploads, a size
    that no file may have, a digest that lies in a batch already.
    """
    check_depositing(actor, organization_id)
    check_size(size)
    name, mark = PurePath(file_name).name[:NAME_MAX], (mark or sha256)[:MARK_MAX]
    locks.numbering(organization_id)
    unfinished = models.Upload.objects.filter(organization_id=organization_id)
    same = unfinished.filter(started_by=actor.reference, file_name=name, size=size, mark=mark).exclude(mark="").first()
    if same is not None:
        return same.as_value()
    if sha256:
        check_new(organization_id, sha256.lower())
    if unfinished.count() >= UNFINISHED_MAX:
        raise errors.UploadsTooMany(most=UNFINISHED_MAX)
    row = models.Upload.objects.create(
        public_id=new_public_id(),
        organization_id=organization_id,
        file_name=name,
        title=title.strip()[:TITLE_MAX],
        size=size,
        sha256=sha256.lower(),
        mark=mark,
        started_by=actor.reference,
        started_at=now,
        touched_at=now,
    )
    return row.as_value()


def add_piece(*, actor: Actor, public_id: str, offset: int, content: bytes, now: datetime) -> Upload:
    """Take the piece that begins at `offset` and return how far the upload is; what is returned is on disk.

    Refused: an upload that the actor did not begin, one that another request is at, a piece that does not follow the
    last one, one that is empty or too long, a workbook that is too large.
    """
    with _held(actor, public_id) as row:
        if offset != row.offset:
            raise errors.OffsetWrong(offset=row.offset)
        most = min(PIECE_BYTES_MAX, row.size - offset)
        if not 0 < len(content) <= most:
            raise errors.PieceFaulty(size=len(content), most=most)
        if not offset:
            check_size(row.size, head=content[:8])
        with errors.room_on_disk():
            files.write(public_id, files.piece(offset), content)
        row.record_piece(offset=offset + len(content), at=now)
        return row.as_value()


def finish_upload(*, actor: Actor, public_id: str, all_or_nothing: bool = False, now: datetime) -> Batch:
    """Let an upload of which every piece is here be a batch, as `upload` does; asked again, return the same batch.

    Refused: as `upload`; one that lacks pieces, one whose digest is not the announced one.
    A file that cannot become a batch is dropped.
    """
    try:
        with _held(actor, public_id) as row:
            return _handed_in(actor, row, now, all_or_nothing=all_or_nothing)
    except errors.UploadNotFound:
        return _earlier_answer(actor, public_id)


def drop_upload(*, actor: Actor, public_id: str) -> None:
    """Delete an unfinished upload. Refused: one that the actor did not begin, one that another request is at."""
    with _held(actor, public_id) as row:
        _drop(row)


def forget_unfinished(now: datetime) -> None:
    """Delete uploads that nobody went on with for a day."""
    old = models.Upload.objects.filter(touched_at__lt=now - UNFINISHED_FOR)
    for number in list(old.order_by("id").values_list("id", flat=True)):
        with locks.receiving(number) as alone:
            row = old.filter(id=number).first() if alone else None
            if row is not None:
                _drop(row)


@transaction.atomic
def _drop(row: models.Upload) -> None:
    """Delete an upload and its pieces."""
    transaction.on_commit(partial(files.drop_all, row.public_id))
    row.delete()


@contextmanager
def _held(actor: Actor, public_id: str) -> Iterator[models.Upload]:
    """Hold an upload of the actor's against other requests, as it stands."""
    mine = models.Upload.objects.filter(permissions.visible_to(actor), started_by=actor.reference, public_id=public_id)
    found = mine.first()
    if found is None:
        raise errors.UploadNotFound
    with locks.receiving(found.id) as alone:
        if not alone:
            raise errors.UploadBusy
        row = mine.first()
        if row is None:
            raise errors.UploadNotFound
        check_depositing(actor, row.organization_id)
        yield row


def _earlier_answer(actor: Actor, public_id: str) -> Batch:
    """Return the batch that an upload became: the answer may have been lost on its way."""
    visible = models.Batch.objects.filter(permissions.visible_to(actor), uploaded_by=actor.reference)
    row = visible.filter(public_id=public_id).first()
    if row is None:
        raise errors.UploadNotFound
    return row.as_value()


def _handed_in(actor: Actor, row: models.Upload, now: datetime, *, all_or_nothing: bool) -> Batch:
    """Let the pieces be the file of a batch in the transaction in which the upload ends."""
    if row.offset < row.size:
        raise errors.UploadUnfinished(offset=row.offset, size=row.size)
    try:
        return _as_batch(actor, row, _sealed(row), now, all_or_nothing=all_or_nothing)
    except (errors.FileChanged, errors.FileTwice):
        _drop(row)
        raise


@transaction.atomic
def _as_batch(actor: Actor, row: models.Upload, sealed: Sealed, now: datetime, *, all_or_nothing: bool) -> Batch:
    if row.sha256 not in {"", sealed.sha256}:
        raise errors.FileChanged
    batch = receive(actor, row.organization_id, sealed, row.file_name, row.title, now, all_or_nothing=all_or_nothing)
    models.Upload.objects.filter(id=row.id).delete()  # the row itself stays as it is, should the commit fail
    defer("deposits.check", batch)
    return batch


def _sealed(row: models.Upload) -> Sealed:
    """Return the pieces as the file that they are."""
    digest, size = hashlib.sha256(), 0
    for block in files.blocks(row.public_id, files.UPLOAD):
        digest.update(block)
        size += len(block)
    assert size == row.size, "what was acknowledged is all here"
    return Sealed(public_id=row.public_id, size=size, sha256=digest.hexdigest())
