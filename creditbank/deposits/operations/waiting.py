"""Rows about people who have no account: kept at the approval, entered when the account opens, or dropped."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from typing import Final

import polars as pl
from django.db import transaction
from django.db.models import QuerySet

from creditbank.deposits import aside, conflicting, converting, errors, facts, matching, models, parts, permissions
from creditbank.deposits.intake import checks
from creditbank.deposits.intake.registry import CHECKS
from creditbank.deposits.operations import conflicts
from creditbank.deposits.operations.late import enter_late
from creditbank.deposits.operations.rows import one_by_one
from creditbank.deposits.types import WaitingState
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as learners
from creditbank.learners.operations import keep_accounts
from creditbank.organizations import queries as organizations

ROWS_A_STATEMENT: Final = 2000
ROWS_AT_ONCE: Final = 100_000
REASON_MAX: Final = 400
WHOLE_EVERY: Final = timedelta(hours=1)


def keep(row: models.Batch, frame: pl.DataFrame, *, now: datetime) -> int:
    """Let rows of an approved batch wait, within the caller's transaction; return how many. Again changes nothing.

    `frame` has the columns of a checked row and `digest`, by which the person is found; a row that stands for
    several achievements has as many lines there, and waits with all of them.
    """
    digests = dict(frame.select("row", "digest").iter_rows())
    if digests:
        _look_at_all()
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
    return len(digests)


def keep_all(row: models.Batch, *, now: datetime) -> None:
    """Let rows of a batch wait, and be cases, that the check put aside, within the transaction that approves it."""
    for frame in parts.each(row.public_id, parts.WAITING):
        keep(row, frame, now=now)
    for frame in parts.each(row.public_id, parts.CONFLICTS):
        conflicts.keep(row, frame, now=now)


def enter_waiting(*, actor: Actor, now: datetime) -> int:
    """Let the rows whose people have an account by now enter the book; return how many are on their way.

    Each batch is a transaction of its own. A row that its account or the catalogue speaks against goes on waiting,
    with the reason beside it; one that is stored just so already waits no more, and one of which another institution
    has stored something else is a case from now on. Refused: everybody but the bank itself.
    """
    permissions.check_may_forget(actor)
    return one_by_one(partial(_enter, number, actor=actor, now=now) for number in _batches_of_found(now))


@transaction.atomic
def _batches_of_found(now: datetime) -> list[int]:
    """Return the batches with rows whose people have an account.

    Of accounts only the new ones are asked about, and once an hour all of them: a document may lead to an account that
    is not new, and an account may be on its way for longer than from look to look.
    """
    look, _ = models.Look.objects.select_for_update().get_or_create(id=1)
    whole = look.whole_at is None or not timedelta(0) <= now - look.whole_at < WHOLE_EVERY
    newest = learners.newest()
    known = learners.has_account("digest", after=0 if whole else look.upto)
    rows = models.Waiting.ready().filter(known)
    batches = list(rows.order_by("batch_id").values_list("batch_id", flat=True).distinct())
    # After something was found all are asked about again: whatever could not enter at once does then.
    whole_at = None if batches else now if whole else look.whole_at
    # What was the newest at the last look is left behind only now: a number below it may have been on its way then.
    look.record(upto=min(look.newest, newest), newest=newest, whole_at=whole_at)
    return batches


def _look_at_all() -> None:
    """Ask about all accounts at the next look, as rows wait that no look has seen."""
    models.Look.objects.update(whole_at=None)


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
    _look_at_all()
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


def _locked(actor: Actor, public_id: str) -> models.Batch:
    visible = models.Batch.objects.filter(permissions.visible_to(actor), public_id=public_id)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.BatchNotFound
    return row


def _end(
    rows: QuerySet[models.Waiting],
    state: WaitingState,
    *,
    by: str,
    reason: str = "",
    now: datetime,
    late: int | None = None,
) -> int:
    blank = {"digest": None, "sealed": b"", "problem": ""}
    return rows.update(state=state, ended_at=now, ended_by=by, reason=reason, late_batch_id=late, **blank)


@transaction.atomic
def _enter(number: int, *, actor: Actor, now: datetime) -> int:
    """Enter those rows of a batch that can; rows of one batch wait for each other through its lock."""
    keep_accounts(shared=True)  # before any row is locked, as everywhere: nobody is erased meanwhile
    parent = models.Batch.objects.select_for_update(of=("self",)).get(id=number)
    ready = models.Waiting.ready().filter(learners.has_account("digest"), batch=parent)
    rows = list(ready.order_by("row")[:ROWS_AT_ONCE])
    if not rows:
        return 0
    found = _judged(_opened(rows, batch=parent.public_id), organization_id=parent.organization_id)
    mine = models.Waiting.objects.filter(batch=parent, state=WaitingState.WAITING)
    for problem, held in found.problems.items():
        mine.filter(row__in=held).update(problem=problem)
    judged = mine.filter(row__in=[row.row for row in rows], problem="")
    if found.staged.height or found.tells_of_disputed:
        digests = found.staged["digest"].to_list()
        late = enter_late(parent, found.staged, digests=digests, links=found.links, actor=actor, now=now)
        entered = judged.filter(row__in=found.staged["row"].to_list())
        _end(entered, WaitingState.ENTERED, by=actor.reference, now=now, late=late.id)
    if found.disputed.height:
        conflicts.open_late(parent, found.disputed, now=now)
        disputed = judged.filter(row__in=found.disputed["row"].to_list())
        _end(disputed, WaitingState.DISPUTED, by=actor.reference, now=now)
    # Whatever else the rest says is in the book, a case, or said by another row of the person.
    _end(judged, WaitingState.STORED, by=actor.reference, now=now)
    return found.staged.height


def _opened(rows: Sequence[models.Waiting], *, batch: str) -> pl.DataFrame:
    """Return what rows say, with the digest of each person."""
    frame = aside.opened((aside.SealedRow(row.row, row.key_id, bytes(row.sealed)) for row in rows), batch=batch)
    digests = {row.row: bytes(row.digest or b"") for row in rows}
    return frame.with_columns(pl.Series("digest", [digests[row] for row in frame["row"]], dtype=pl.Binary))


@dataclass(frozen=True, slots=True)
class _Judged:
    """Rows that waited, by what accounts, catalogue and book say of them now: frames as a check leaves them."""

    staged: pl.DataFrame
    disputed: pl.DataFrame
    failing: pl.DataFrame
    links: pl.DataFrame | None

    @property
    def tells_of_disputed(self) -> bool:
        """Whether conversions are told of which one end is a case: its decision finds them by the batch that tells."""
        return self.links is not None and self.links.height > 0 and self.disputed.height > 0

    @property
    def problems(self) -> Mapping[str, list[int]]:
        """The rows that each check holds back."""
        return {
            CHECKS[rank].code: self.failing.filter(pl.col("rank") == rank)["row"].to_list()
            for rank in self.failing["rank"].unique().sort()
        }


def _judged(frame: pl.DataFrame, *, organization_id: int) -> _Judged:
    """Judge rows as a check does, by what is known of their people now."""
    institution = organizations.by_id(organization_id)
    tables = matching.tables(
        organization_id,
        told=converting.told(frame).group_by("course_key", "credits").len(),
        may_propose=not institution.registers_courses,
    )
    if "kind" in frame.columns:  # of a sheet that has more than the institution's own courses
        found = converting.judge(frame, pl.DataFrame(schema=checks.FAILING), converting.tables(tables))
        ready, failing, links = found.ready, found.failing, found.links
    else:
        people = matching.with_people(frame)
        courses = matching.with_courses(people.kept, tables)
        ready, failing, links = courses.kept, pl.concat([people.failing, courses.failing]), None
    assert not ready["learner_id"].null_count(), "accounts are kept"
    compared = matching.against_book(ready, organization_id=organization_id)
    new, others = conflicting.of_others(compared.new, organization_id=organization_id)
    return _Judged(
        staged=pl.concat([new, compared.corrections]).sort("row"),
        disputed=others.conflicting,
        failing=failing,
        links=links,
    )
