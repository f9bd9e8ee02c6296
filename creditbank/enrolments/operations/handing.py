"""A list of people is handed in, sealed while it comes; stopped; and what is kept no longer is deleted."""

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from io import BytesIO
from pathlib import PurePath
from typing import Final, Protocol

import polars as pl
from django.db import transaction
from procrastinate.contrib.django import app

from creditbank.enrolments import errors, facts, files, list_models, permissions
from creditbank.enrolments.types import MOVING, ListKind, ListStage, PeopleList
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.learners import permissions as accounts

FILE_BYTES_MAX: Final = 4 * 1024**3
PACKED_BYTES_MAX: Final = 300 * 1024**2
READ_BYTES: Final = 1024**2
MEGA: Final = 1024**2
NAME_MAX: Final = 200
PACKED: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
REFUSED_KEPT: Final = timedelta(days=14)
ORPHANS_KEPT: Final = timedelta(days=1)
TASK: Final = "enrolments.work_list"


class Readable(Protocol):
    """What a file can be read from, forwards."""

    def read(self, size: int, /) -> bytes:
        """Return the next bytes, none at the end."""
        ...


Content = bytes | Readable


@dataclass(frozen=True, slots=True)
class Sealed:
    """A file that lies sealed under the public id of the list that it is going to be."""

    public_id: str
    size: int
    sha256: str


def check_may_hand_in(actor: Actor, *, organization_id: int, kind: ListKind, bank_code: str) -> None:
    """Refuse who may not hand such a list in here, and a code that is no other bank's."""
    permissions.check_may_hand_in(actor, kind, at=organization_id)
    if kind is ListKind.TAKEOVER:
        accounts.check_may_take_over(actor, bank_code=bank_code, at=organization_id)


def hand_in(
    *,
    actor: Actor,
    organization_id: int,
    kind: ListKind,
    bank_code: str = "",
    file_name: str,
    content: Content,
    now: datetime,
) -> PeopleList:
    """Take a list in, seal it, and return it; a job works through it.

    Refused: no permission, a code that is no other bank's, no file, an empty or too large one.
    """
    check_may_hand_in(actor, organization_id=organization_id, kind=kind, bank_code=bank_code)
    with sealing(content) as sealed, transaction.atomic():
        row = receive(actor, organization_id, sealed, kind, bank_code, file_name, now)
        app.configure_task(TASK, queue="deposits").defer(people_list=row.public_id)
    return row.as_value()


@contextmanager
def sealing(content: Content) -> Iterator[Sealed]:
    """Seal a file block by block as it comes; an exception within the block leaves nothing of it on disk."""
    public_id = ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES))
    try:
        yield _sealed(public_id, content)
    except BaseException:
        files.LISTS.drop_all(public_id)
        raise


def _sealed(public_id: str, content: Content) -> Sealed:
    source = BytesIO(content) if isinstance(content, bytes) else content
    digest, most = hashlib.sha256(), FILE_BYTES_MAX
    with files.LISTS.writing(public_id, files.UPLOAD) as file:
        while block := source.read(READ_BYTES):
            if file.size == 0 and block.startswith(PACKED):
                most = PACKED_BYTES_MAX
            digest.update(block)
            file.write(block)
            if file.size > most:
                raise errors.ListFileMissing(field="file", megabytes=most // MEGA)
        if not file.size:
            raise errors.ListFileMissing(field="file", megabytes=most // MEGA)
    return Sealed(public_id=public_id, size=file.size, sha256=digest.hexdigest())


def receive(  # noqa: PLR0917  # the words of `hand_in`, passed on
    actor: Actor, organization_id: int, sealed: Sealed, kind: ListKind, bank_code: str, file_name: str, now: datetime
) -> list_models.PeopleList:
    """Let a sealed file be a list, within the caller's transaction."""
    row = list_models.PeopleList.objects.create(
        public_id=sealed.public_id,
        organization_id=organization_id,
        kind=kind,
        bank_code=bank_code,
        file_name=PurePath(file_name).name[:NAME_MAX],
        file_size=sealed.size,
        file_sha256=sealed.sha256,
        handed_in_by=actor.reference,
        handed_in_at=now,
    )
    fact = facts.list_handed_in(
        people_list=row.public_id,
        kind=kind.value,
        organization_id=organization_id,
        digest=sealed.sha256,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return row


@transaction.atomic
def stop_list(*, actor: Actor, public_id: str, now: datetime) -> PeopleList:
    """Stop a list behind the block that is being worked on; rows taken stand. Return it.

    Refused: a list the actor may not know of, no permission to hand such a list in, one that has ended.
    """
    row = found(actor, public_id)
    permissions.check_may_hand_in(actor, ListKind(row.kind), at=row.organization_id)
    if row.stage not in MOVING:
        raise errors.ListEnded
    end(row, ListStage.CANCELLED, actor=actor, now=now)
    return row.as_value()


def found(actor: Actor, public_id: str) -> list_models.PeopleList:
    """Lock a list that the actor may know of."""
    visible = list_models.PeopleList.objects.filter(permissions.lists_visible_to(actor))
    row = visible.select_for_update(of=("self",)).filter(public_id=public_id).first()
    if row is None:
        raise errors.ListNotFound
    return row


def end(  # the one place where a list comes to an end before its last row
    row: list_models.PeopleList,
    stage: ListStage,
    *,
    actor: Actor,
    now: datetime,
    code: str = "",
    zh: str = "",
    en: str = "",
) -> None:
    """Write that a locked list ended before its last row, append the fact, and delete the file."""
    row.record_ended(stage, at=now, code=code, zh=zh, en=en)
    fact = facts.list_stopped(
        people_list=row.public_id,
        stage=stage.value,
        taken=row.taken,
        refused=row.refused,
        accounts_opened=row.opened,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    drop_upload(row)


def drop_upload(row: list_models.PeopleList) -> None:
    """Delete the file of a list that has ended, once that is written; the refused rows stay for some days."""
    transaction.on_commit(lambda: files.LISTS.drop(row.public_id, files.UPLOAD))


@transaction.atomic
def forget_person(*, actor: Actor, organization_id: int, names: frozenset[str]) -> None:
    """Drop the refused rows of lists that tell one of the names which the person has or had, each list's as a whole.

    Refused: no permission to erase here, a list that waits or is being worked through, for it may name the person.
    """
    permissions.check_may_erase(actor, at=organization_id)
    moving = list_models.PeopleList.objects.filter(stage__in=MOVING).order_by("id")
    if moving:
        raise errors.ListsMoving(lists="、".join(row.file_name for row in moving))
    for row in list_models.PeopleList.objects.filter(has_refused_file=True).order_by("id"):
        if _tells_of(row, names):
            row.record_refused_dropped()
            transaction.on_commit(partial(files.LISTS.drop_all, row.public_id))


def _tells_of(row: list_models.PeopleList, names: frozenset[str]) -> bool:
    kept = [name for name in files.LISTS.names(row.public_id) if name.startswith(files.REFUSED)]
    frames = (files.LISTS.read_frame(row.public_id, name) for name in kept)
    named = pl.any_horizontal(pl.col(pl.String).str.strip_chars().is_in(list(names)))
    return any(frame.select(named.any()).item() for frame in frames)


def forget_lists(*, actor: Actor, now: datetime) -> int:
    """Delete refused rows that are kept no longer, and files that belong to no list; return how many lists it were.

    Refused: nobody; only the bank's own jobs call it.
    """
    permissions.check_is_system(actor)
    old = list_models.PeopleList.objects.filter(has_refused_file=True, ended_at__lt=now - REFUSED_KEPT)
    dropped = 0
    for row in old.order_by("id"):
        files.LISTS.drop_all(row.public_id)
        row.record_refused_dropped()
        dropped += 1
    for public_id, changed in files.LISTS.owners():
        known = list_models.PeopleList.objects.filter(public_id=public_id).first()
        if changed >= (now - ORPHANS_KEPT).timestamp():
            continue
        if known is None:
            files.LISTS.drop_all(public_id)
        elif known.stage not in MOVING:  # a process that was killed once the end was written left it
            files.LISTS.drop(public_id, files.UPLOAD)
    return dropped
