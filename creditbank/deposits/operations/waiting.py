"""Rows about people who have no account: kept at the approval, entered when the account opens, or dropped."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from creditbank.archive import operations as archive
from creditbank.deposits import aside, converting, errors, facts, matching, models, parts, permissions
from creditbank.deposits.intake import checks
from creditbank.deposits.intake.registry import CHECKS
from creditbank.deposits.operations import conflicts
from creditbank.deposits.operations.late import enter_late
from creditbank.deposits.operations.rows import one_by_one
from creditbank.deposits.types import WaitingState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as learners
from creditbank.organizations import queries as organizations

ROWS_A_STATEMENT: Final = 2000
ROWS_AT_ONCE: Final = 100_000
REASON_MAX: Final = 400


def keep(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> int:
    """Let rows of an approved batch wait, within the caller's transaction; return how many. Again changes nothing.

    `frame` has the columns of a checked row and `digest`, by which the person is found.
    """
    digests = dict(frame.select("row", "digest").iter_rows())
    models.Waiting.objects.bulk_create(
        (
            models.Waiting(
                batch=row,
                row=each.row,
                digest=digests[each.row],
                key_id=each.key_id,
                sealed=each.ciphertext,
                since=now,
            )
            for each in aside.seal(frame, batch=row.public_id)
        ),
        batch_size=ROWS_A_STATEMENT,
        ignore_conflicts=True,
    )
    return frame.height


def keep_all(row: models.Batch, *, now: datetime) -> None:
    """Let rows of a batch wait, and be cases, that the check put aside, within the transaction that approves it."""
    for frame in parts.each(row.public_id, parts.WAITING):
        keep(row, frame, now=now)
    for frame in parts.each(row.public_id, parts.CONFLICTS):
        conflicts.keep(row, frame, now=now)


def enter_waiting(*, actor: Actor, now: datetime) -> int:
    """Let the rows whose people have an account by now enter the book; return how many are on their way.

    Each batch is a transaction of its own. A row that its account or the book speaks against goes on waiting, with
    the reason beside it; one that is stored just so already waits no more. Refused: everybody but the bank itself.
    """
    permissions.check_may_forget(actor)
    digests = [bytes(digest or b"") for digest in _ready().values_list("digest", flat=True).distinct()]
    opened = learners.learners_by_digest(digests)
    found = _ready().filter(digest__in=list(opened)).order_by("batch_id").values_list("batch_id", flat=True).distinct()
    return one_by_one(partial(_enter, number, list(opened), actor=actor, now=now) for number in list(found))


@transaction.atomic
def drop_waiting(*, actor: Actor, public_id: str, rows: Collection[int], reason: str, now: datetime) -> int:
    """Give up rows of a batch that wait, all of them where none is named; return how many. Their content is deleted.

    Refused: a batch the actor may not know of or not upload for, no reason or one of more than 400 characters, no
    such rows.
    """
    batch = _locked(actor, public_id)
    permissions.check_may_upload(actor, batch.organization_id)
    words = reason.strip()
    if not words or len(words) > REASON_MAX:
        raise errors.ReasonMissing(field="reason", most=REASON_MAX)
    waiting = models.Waiting.objects.filter(batch=batch, state=WaitingState.WAITING)
    if rows:
        waiting = waiting.filter(row__in=rows)
    dropped = _end(waiting, WaitingState.DROPPED, by=actor.reference, reason=words, now=now)
    if not dropped:
        raise errors.NobodyWaits
    evidence.append(facts.waiting_dropped(batch=public_id, rows=dropped, actor=actor.reference, at=now))
    return dropped


@transaction.atomic
def retry_waiting(*, actor: Actor, public_id: str, now: datetime) -> int:
    """Look again at rows of a batch that something speaks against; return how many. The next minute's job does it.

    Refused: a batch the actor may not know of or not upload for.
    """
    batch = _locked(actor, public_id)
    permissions.check_may_upload(actor, batch.organization_id)
    held = models.Waiting.objects.filter(batch=batch, state=WaitingState.WAITING).exclude(problem="")
    rows = held.update(problem="")
    evidence.append(facts.waiting_retried(batch=public_id, rows=rows, actor=actor.reference, at=now))
    return rows


def drop_with(row: models.Batch, *, actor: Actor, reason: str, now: datetime) -> None:
    """Give up what waits or is disputed of a batch that counts no more, within the caller's transaction."""
    waiting = models.Waiting.objects.filter(batch=row, state=WaitingState.WAITING)
    dropped = _end(waiting, WaitingState.DROPPED, by=actor.reference, reason=reason[:REASON_MAX], now=now)
    if dropped:
        evidence.append(facts.waiting_dropped(batch=row.public_id, rows=dropped, actor=actor.reference, at=now))
    models.Conflict.objects.filter(batch_id=row.id, settled_at__isnull=True).delete()


def forget(*, since: datetime, actor: Actor, now: datetime) -> int:
    """Give up what has waited since before an instant: it was kept as long as files are."""
    old = models.Waiting.objects.filter(state=WaitingState.WAITING, since__lt=since)
    numbers = list(old.order_by("batch_id").values_list("batch_id", flat=True).distinct())
    for number in numbers:
        with transaction.atomic():
            row = models.Batch.objects.select_for_update(of=("self",)).get(id=number)
            rows = _end(old.filter(batch=row), WaitingState.DROPPED, by=actor.reference, reason="", now=now)
            evidence.append(facts.waiting_dropped(batch=row.public_id, rows=rows, actor=actor.reference, at=now))
    return len(numbers)


def erase(digests: Collection[bytes], *, actor: Actor, now: datetime) -> int:
    """Delete what waits for a person, within the caller's transaction; nothing of the person stays."""
    theirs = models.Waiting.objects.filter(state=WaitingState.WAITING, digest__in=list(digests))
    return _end(theirs, WaitingState.ERASED, by=actor.reference, reason="", now=now)


def _ready() -> QuerySet[models.Waiting]:
    return models.Waiting.objects.filter(state=WaitingState.WAITING, problem="")


def _locked(actor: Actor, public_id: str) -> models.Batch:
    visible = models.Batch.objects.filter(permissions.visible_to(actor), public_id=public_id)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.BatchNotFound
    return row


def _end(
    rows: QuerySet[models.Waiting], state: WaitingState, *, by: str, reason: str, now: datetime, late: int | None = None
) -> int:
    blank = {"digest": None, "sealed": b"", "problem": ""}
    return rows.update(state=state, ended_at=now, ended_by=by, reason=reason, late_batch_id=late, **blank)


@transaction.atomic
def _enter(number: int, digests: Sequence[bytes], *, actor: Actor, now: datetime) -> int:
    """Enter those rows of a batch that can; rows of one batch wait for each other through its lock."""
    archive.keep_accounts(shared=True)  # before any row is locked, as everywhere: nobody is erased meanwhile
    parent = models.Batch.objects.select_for_update(of=("self",)).get(id=number)
    rows = list(_ready().filter(batch=parent, digest__in=digests).order_by("row")[:ROWS_AT_ONCE])
    if not rows:
        return 0
    frame = aside.opened(
        (aside.SealedRow(row.row, row.key_id, bytes(row.sealed)) for row in rows), batch=parent.public_id
    )
    frame = frame.with_columns(pl.Series("digest", [bytes(row.digest or b"") for row in rows], dtype=pl.Binary))
    judged = _judged(frame, organization_id=parent.organization_id)
    staged = pl.concat([judged.compared.new, judged.compared.corrections]).sort("row")
    mine = models.Waiting.objects.filter(batch=parent, state=WaitingState.WAITING)
    for problem, held in judged.problems.items():
        mine.filter(row__in=held).update(problem=problem)
    stored = judged.compared.duplicates["row"].to_list()
    _end(mine.filter(row__in=stored), WaitingState.STORED, by=actor.reference, reason="", now=now)
    if staged.is_empty():
        return 0
    late = enter_late(parent, staged, digests=staged["digest"].to_list(), actor=actor, now=now)
    entering = mine.filter(row__in=staged["row"].to_list())
    _end(entering, WaitingState.ENTERED, by=actor.reference, reason="", now=now, late=late.id)
    return staged.height


class _Judged:
    """Rows that waited, by what accounts, catalogue and book say of them now; `problems` has rows by check."""

    def __init__(self, compared: matching.Compared, failing: pl.DataFrame) -> None:
        self.compared = compared
        self.problems: Mapping[str, list[int]] = {
            CHECKS[rank].code: failing.filter(pl.col("rank") == rank)["row"].to_list()
            for rank in failing["rank"].unique().sort()
        }


def _judged(frame: pl.DataFrame, *, organization_id: int) -> _Judged:
    institution = organizations.by_id(organization_id)
    known = pl.col("learner_id").is_not_null()
    tables = matching.tables(
        organization_id,
        told=converting.told(frame).group_by("course_key", "credits").len(),
        may_propose=not institution.registers_courses,
    )
    if "kind" in frame.columns:  # of a sheet that has more than the institution's own courses
        nothing = pl.DataFrame(schema=checks.FAILING)
        found = converting.judge(frame, nothing, converting.tables(tables, opens_accounts=False))
        compared = matching.against_book(found.ready.filter(known), organization_id=organization_id)
        return _Judged(compared, found.failing)
    people = matching.with_people(frame)
    courses = matching.with_courses(people.kept.filter(known), tables)
    compared = matching.against_book(courses.kept, organization_id=organization_id)
    return _Judged(compared, pl.concat([people.failing, courses.failing]))
