"""A list of people is worked through, block by block, each in one transaction: a crash goes on behind the last."""

from collections.abc import Sequence
from contextlib import ExitStack
from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction

from creditbank.enrolments import errors, facts, files, lists, locks, queries, rules
from creditbank.enrolments.operations.enrolling import confirm_frame
from creditbank.enrolments.operations.handing import (
    Content,
    check_may_hand_in,
    drop_upload,
    end,
    found,
    receive,
    sealing,
)
from creditbank.enrolments.types import MOVING, ListKind, ListStage, PeopleList
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import Found, Status as AccountStatus

LIST_SOURCE: Final = "list:"
ATTEMPTS_MAX: Final = 3
Taken = tuple[int, int, dict[int, str]]
"""How many rows of a block were taken, how many accounts opened, and the reasons against the others."""


def work_list(*, actor: Actor, public_id: str, now: datetime) -> PeopleList:
    """Work through a list from where it stands to its end, and return it; one that has ended comes back as it is.

    Good rows are taken and the others kept with their reasons. A file that cannot be read further is an outcome, not
    a refusal; so is one at which the bank itself fails three times in one place.
    Refused: an unknown list, one that another process is at.
    """
    waiting = queries.people_list(actor=actor, public_id=public_id)
    with locks.working_on(waiting.id) as alone:
        if not alone:
            raise errors.ListBusy
        return _worked(actor=actor, public_id=public_id, now=now)


def take_list_at_once(
    *,
    actor: Actor,
    organization_id: int,
    kind: ListKind,
    bank_code: str = "",
    file_name: str,
    content: Content,
    now: datetime,
) -> PeopleList:
    """Hand a list in and work through it in one go, as the command line does. Refused: as `hand_in`."""
    check_may_hand_in(actor, organization_id=organization_id, kind=kind, bank_code=bank_code)
    with ExitStack() as hands, sealing(content) as sealed:
        with transaction.atomic():
            row = receive(actor, organization_id, sealed, kind, bank_code, file_name, now)
            # Held before anybody can see the list, so that no worker takes it out of our hands.
            hands.enter_context(locks.working_on(row.id))
        return _worked(actor=actor, public_id=row.public_id, now=now)


def _worked(*, actor: Actor, public_id: str, now: datetime) -> PeopleList:
    try:
        return _through(actor=actor, public_id=public_id, now=now)
    except Refusal as refusal:
        return _unreadable(actor=actor, public_id=public_id, refusal=refusal, now=now)
    except Exception:
        _count_attempt(actor=actor, public_id=public_id, now=now)
        raise


def _through(*, actor: Actor, public_id: str, now: datetime) -> PeopleList:
    row = queries.people_list(actor=actor, public_id=public_id)
    if not row.moving:
        return row
    source = files.LISTS.source(public_id, files.UPLOAD, file_name=row.file_name, size=row.file_size)
    table = lists.opened(source, row.kind)
    _resumed(actor=actor, public_id=public_id, table=table, now=now)
    for block in table.blocks():
        if block.last > row.done and not _take(actor=actor, public_id=public_id, table=table, block=block, now=now):
            return queries.people_list(actor=actor, public_id=public_id)
    return _finished(actor=actor, public_id=public_id, now=now)


@transaction.atomic
def _resumed(*, actor: Actor, public_id: str, table: lists.Table, now: datetime) -> None:
    row = found(actor, public_id)
    if row.stage in MOVING:
        row.record_resumed(form=table.form, headings=table.headings, expected=table.expected, at=now)


@transaction.atomic
def _take(*, actor: Actor, public_id: str, table: lists.Table, block: lists.Block, now: datetime) -> bool:
    """Take a block of a list; say no where somebody stopped it."""
    row = found(actor, public_id)
    if row.stage != ListStage.WORKING:
        return False
    students, aliases, refused = lists.read(table, block, today=rules.bank_day(now))
    value = row.as_value()
    if value.kind is ListKind.STUDENTS:
        taken, opened, reasons = _take_students(actor, value, students, now)
    else:
        taken, opened, reasons = _take_accounts(actor, value, aliases, now)
    refused |= reasons
    if refused:
        files.LISTS.write_frame(
            public_id, files.refused_name(block.last), lists.kept_cells(table, block, refused), lasting=True
        )
    row.record_block(last=block.last, taken=taken, refused=len(refused), opened=opened)
    return True


def _take_students(actor: Actor, of: PeopleList, read: Sequence[lists.ListRow], now: datetime) -> Taken:
    """Open accounts for newcomers and write the enrolments."""
    known = accounts.find_by_documents([row.document for row in read])
    kept, reasons = _names_compared(read, known)
    if not kept:
        return 0, 0, reasons
    people = learners.open_frame(actor=actor, organization_id=of.organization_id, frame=_studies(kept), now=now)
    confirm_frame(
        actor=actor,
        organization_id=of.organization_id,
        frame=people,
        source=f"{LIST_SOURCE}{of.file_sha256[:16]}",
        now=now,
    )
    opened = len({row.document for row in kept if row.document not in known})
    return len(kept), opened, reasons


def _studies(kept: Sequence[lists.ListRow]) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person_name": [row.name for row in kept],
            "document_kind": [row.document.kind.value for row in kept],
            "document_number": [row.document.number for row in kept],
            "student_number": [row.student_number for row in kept],
            "major": [row.major for row in kept],
            "level_code": [row.level_code for row in kept],
            "category_code": [row.category_code for row in kept],
            "class_name": [row.class_name for row in kept],
            "entry_year": pl.Series([row.entry_year for row in kept], dtype=pl.Int16),
            "status": pl.Series([row.status and row.status.value for row in kept], dtype=pl.String),
        }
    )


def _take_accounts(actor: Actor, of: PeopleList, read: Sequence[lists.AliasRow], now: datetime) -> Taken:
    """Let another bank's accounts go on here."""
    frame = pl.DataFrame(
        {
            "row": pl.Series([row.row for row in read], dtype=pl.Int64),
            "number": pl.Series([row.number for row in read], dtype=pl.String),
            "person_name": pl.Series([row.name for row in read], dtype=pl.String),
            "document_kind": pl.Series([row.document.kind.value for row in read], dtype=pl.String),
            "document_number": pl.Series([row.document.number for row in read], dtype=pl.String),
            "since": pl.Series([row.since for row in read], dtype=pl.Date),
        }
    )
    told = learners.take_over(
        actor=actor, organization_id=of.organization_id, bank_code=of.bank_code, frame=frame, now=now
    )
    reasons = dict(told.filter(pl.col("refusal").is_not_null()).select("row", "refusal").iter_rows())
    opened = told.filter("is_new").select("document_kind", "document_number").n_unique()
    return told.height - len(reasons), opened, reasons


@transaction.atomic
def _finished(*, actor: Actor, public_id: str, now: datetime) -> PeopleList:
    row = found(actor, public_id)
    if row.stage != ListStage.WORKING:
        return row.as_value()
    row.record_ended(ListStage.DONE, at=now)
    fact = facts.list_loaded(
        organization_id=row.organization_id,
        rows=row.taken + row.refused,
        refused=row.refused,
        accounts_opened=row.opened,
        digest=row.file_sha256,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    drop_upload(row)
    return row.as_value()


@transaction.atomic
def _unreadable(*, actor: Actor, public_id: str, refusal: Refusal, now: datetime) -> PeopleList:
    row = found(actor, public_id)
    if row.stage in MOVING:
        told = {"code": refusal.code, "zh": refusal.sentence("zh"), "en": refusal.sentence("en")}
        end(row, ListStage.UNREADABLE, actor=actor, now=now, **told)
    return row.as_value()


@transaction.atomic
def _count_attempt(*, actor: Actor, public_id: str, now: datetime) -> None:
    """Count a try that ended with a fault of ours; after the third in one place the list rests."""
    row = found(actor, public_id)
    row.record_attempt()
    if row.attempts >= ATTEMPTS_MAX and row.stage in MOVING:
        told = errors.ListFailed()
        end(row, ListStage.FAILED, actor=actor, now=now, code=told.code, zh=told.sentence("zh"), en=told.sentence("en"))


def _names_compared(
    read: Sequence[lists.ListRow], known: dict[Document, Found]
) -> tuple[list[lists.ListRow], dict[int, str]]:
    """Keep the rows whose name is the one registered for the document, or the only one that a new document has here."""
    names: dict[Document, set[str]] = {}
    for row in read:
        names.setdefault(row.document, set()).add(row.name_key)
    kept: list[lists.ListRow] = []
    refused: dict[int, str] = {}
    for row in read:
        reason = _against(row, known.get(row.document), names[row.document])
        if reason:
            refused[row.row] = reason
        else:
            kept.append(row)
    return kept, refused


def _against(row: lists.ListRow, account: Found | None, names: set[str]) -> str:
    """Return the reason against a row that its person's account or the rest of the list gives, or nothing."""
    if account is None:
        return "two_names" if len(names) > 1 else ""
    if account.status is AccountStatus.CLOSED:
        return "account_closed"
    return "" if account.name_key == row.name_key else "name_differs"
