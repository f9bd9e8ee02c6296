"""A list of people is worked through, block by block, each in one transaction: a crash goes on behind the last."""

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
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import Status as AccountStatus

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
    learners.keep_accounts(shared=True)  # before any row is locked, as everywhere: nobody is merged meanwhile
    row = found(actor, public_id)
    if row.stage != ListStage.WORKING:
        return False
    read, refused = lists.read(table, block, today=rules.bank_day(now))
    value = row.as_value()
    take = _take_students if value.kind is ListKind.STUDENTS else _take_accounts
    taken, opened, reasons = take(actor, value, read, now)
    refused |= reasons
    if refused:
        files.LISTS.write_frame(
            public_id, files.refused_name(block.last), lists.kept_cells(table, block, refused), lasting=True
        )
    row.record_block(last=block.last, taken=taken, refused=len(refused), opened=opened)
    return True


def _take_students(actor: Actor, of: PeopleList, read: pl.DataFrame, now: datetime) -> Taken:
    """Open accounts for newcomers and write the enrolments."""
    judged = _names_compared(accounts.digested(read))
    reasons = dict(judged.filter(pl.col("refusal").is_not_null()).select("row", "refusal").iter_rows())
    kept = judged.filter(pl.col("refusal").is_null())
    if kept.height:
        opened = learners.open_frame(actor=actor, organization_id=of.organization_id, frame=kept, now=now)
        source = f"{LIST_SOURCE}{of.id}"
        confirm_frame(actor=actor, organization_id=of.organization_id, frame=opened, source=source, now=now)
    return kept.height, kept.filter("is_new")["digest"].n_unique(), reasons


def _take_accounts(actor: Actor, of: PeopleList, read: pl.DataFrame, now: datetime) -> Taken:
    """Let another bank's accounts go on here."""
    told = learners.take_over(
        actor=actor, organization_id=of.organization_id, bank_code=of.bank_code, frame=read, now=now
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


def _names_compared(read: pl.DataFrame) -> pl.DataFrame:
    """Say in `refusal` what the person's account or the rest of the block has against a row, and who `is_new`.

    The name must be the one registered for the document, or the only one that a new document has here.
    """
    known = accounts.accounts_by_digest(read["digest"])
    joined = read.join(known, on="digest", how="left", maintain_order="left").with_columns(
        is_new=pl.col("learner_id").is_null()
    )
    reason = (
        pl.when(pl.col("is_new") & (pl.col("name_key").n_unique().over("digest") > 1))
        .then(pl.lit("two_names"))
        .when(pl.col("account_status") == AccountStatus.CLOSED.value)
        .then(pl.lit("account_closed"))
        .when(pl.col("account_key") != pl.col("name_key"))
        .then(pl.lit("name_differs"))
    )
    return joined.with_columns(refusal=reason).drop("account_key", "account_status")
