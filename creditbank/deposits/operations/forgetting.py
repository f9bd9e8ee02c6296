"""What institutions handed in is forgotten: where a person is erased, and when its period is over."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Coalesce
from django.utils import timezone

from creditbank.deposits import errors, facts, files, models, permissions
from creditbank.deposits.intake.registry import BY_CODE
from creditbank.deposits.operations import conflicts, naming, profiles, waiting
from creditbank.deposits.operations.resuming import forget_unfinished
from creditbank.deposits.rules import kept_since
from creditbank.deposits.types import BatchStage, Gone, Traces
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.organizations import queries as organizations

UNREAD: Final = frozenset({BatchStage.RECEIVED, BatchStage.CHECKING})
WAITING: Final = frozenset({BatchStage.REPORTED, BatchStage.SUBMITTED, BatchStage.RETURNED})
ENTERING: Final = frozenset({BatchStage.APPROVED, BatchStage.POSTING})
ENDED: Final = frozenset({BatchStage.POSTED, BatchStage.WITHDRAWN, BatchStage.CANCELLED, BatchStage.UNREADABLE})
SOMEBODY: Final = "某某"
ORPHAN_AFTER: Final = timedelta(days=1)
UNREAD_FOR: Final = timedelta(days=1)


@transaction.atomic
def prepare_erasure(*, actor: Actor, organization_id: int, traces: Traces, now: datetime) -> int:
    """Forget a person in all that institutions handed in; return how many batches named them.

    The sealed originals of these batches are deleted, what waits for a decision is dropped with them, the person's
    refused rows and those that wait keep their place and reason only, cases about their achievements go. A file that
    nobody could check within a day is dropped too. Refused: no permission here, a fresh file that is not checked yet
    and so may name them, a batch that names them on its way into the book.
    """
    permissions.check_may_erase(actor, organization_id)
    naming.catch_up(timezone.localdate(now))
    # Asked before the batches that name the person: a check that ends in between has written its names by then.
    _drop_never_read(actor=actor, now=now)
    unread = models.Batch.objects.filter(stage__in=UNREAD).order_by("id")
    if unread:
        raise errors.BatchesUnread(batches=_told(unread))
    named = _naming(traces)
    entering = [row for row in named if row.stage in ENTERING or (row.stage == BatchStage.FAILED and row.done)]
    if entering:
        raise errors.BatchesBeingPosted(batches=_told(entering))
    for row in named:
        _forget_person(row, traces)
        _drop(row, actor=actor, why=Gone.ERASURE, now=now)
    waiting.erase(traces.digests, actor=actor, now=now)
    conflicts.erase(traces.learner_ids)
    return len(named)


def _drop_never_read(*, actor: Actor, now: datetime) -> None:
    """Drop what no check could read in a day: whom it names will not be known, and nobody waits for it."""
    old = models.Batch.objects.select_for_update(of=("self",)).filter(
        stage__in=UNREAD, uploaded_at__lt=now - UNREAD_FOR
    )
    for row in old.order_by("id"):
        _drop(row, actor=actor, why=Gone.ERASURE, now=now)


def _naming(traces: Traces) -> list[models.Batch]:
    """Lock the batches that name a person by a document, or by name and student number where that was unreadable."""
    found = set(models.Named.objects.filter(digest__in=traces.digests).values_list("batch_id", flat=True))
    for organization_id, number in traces.studies:
        rows = models.RefusedRow.objects.filter(batch__organization_id=organization_id, student_number=number)
        found |= set(rows.filter(person_name__in=traces.names).values_list("batch_id", flat=True))
    return list(models.Batch.objects.select_for_update(of=("self",)).filter(id__in=found).order_by("id"))


def _told(rows: Iterable[models.Batch]) -> str:
    """Return the batches as people name them: the code of the institution and its number."""
    listed = list(rows)
    places = organizations.by_ids({row.organization_id for row in listed})
    return "、".join(f"{places[row.organization_id].code} {row.number}" for row in listed)


def _forget_person(row: models.Batch, traces: Traces) -> None:
    """Blank what a batch's report, title and notes say of a person."""
    theirs = Q(digest__in=traces.digests) | Q(digest__isnull=True, person_name__in=traces.names)
    for refused in row.refused.filter(theirs).order_by("id"):
        check = BY_CODE[refused.code]
        refused.record_blanked(message_zh=check.name_zh, message_en=check.name_en)
    row.record_words(title=_unnamed(row.title, traces), file_name=_unnamed(row.file_name, traces))
    for reading in row.readings.order_by("id"):
        reading.record_note(_unnamed(reading.note, traces))
    for each in row.withdrawals.order_by("id"):
        each.record_words(reason=_unnamed(each.reason, traces), note=_unnamed(each.note, traces))
    for reason in set(row.waiting_rows.exclude(reason="").values_list("reason", flat=True)):
        row.waiting_rows.filter(reason=reason).update(reason=_unnamed(reason, traces))
    for asked in row.requests.order_by("id"):
        texts = {"question": asked.question, "answer": asked.answer, "file_name": asked.file_name}
        asked.record_words(**{name: _unnamed(text, traces) for name, text in texts.items()})


def _unnamed(text: str, traces: Traces) -> str:
    for name in sorted(traces.names, key=len, reverse=True):
        text = text.replace(name, SOMEBODY)
    return text


def _drop(row: models.Batch, *, actor: Actor, why: Gone, now: datetime) -> None:
    """End a batch that still waits, and delete its sealed files with the list of whom they name."""
    if row.stage in WAITING | UNREAD | {BatchStage.FAILED}:
        row.record_cancelled(at=now)
        waiting.drop_with(row, actor=actor, reason="", now=now)
        evidence.append(facts.batch_cancelled(batch=row.public_id, actor=actor.reference, at=now))
    models.Named.objects.filter(batch_id=row.id).delete()
    if row.original_deleted_at is None:
        row.record_original_deleted(why=why, at=now)
        fact = facts.original_deleted(batch=row.public_id, why=why.value, actor=actor.reference, at=now)
        evidence.append(fact)
    transaction.on_commit(partial(files.drop_all, row.public_id))


def forget_old(*, actor: Actor, months: int, now: datetime) -> int:
    """Delete originals and refused rows of batches that ended so many months ago; return how many batches.

    A batch that has waited as long for somebody's decision is dropped, and so is a row that has for its account.
    Numbers, digest and sums stay. Files that a crash left behind go too, and uploads that nobody went on with for a
    day. Each batch is a transaction of its own. Refused: everybody but the bank itself.
    """
    permissions.check_may_forget(actor)
    naming.catch_up(timezone.localdate(now))
    since = kept_since(now, months=months)
    numbers = list(_old(since).order_by("id").values_list("id", flat=True))
    for number in numbers:
        _forget_batch(number, actor=actor, now=now)
    waiting.forget(since=since, actor=actor, now=now)
    profiles.forget_heads(since=since)
    forget_unfinished(now)
    _sweep(now)
    return len(numbers)


def _old(since: datetime) -> QuerySet[models.Batch]:
    reported = Exists(models.RefusedRow.objects.filter(batch_id=OuterRef("id")))
    ended = Q(stage__in=ENDED, closed_at__lt=since)
    waiting = Q(stage__in=WAITING, last_step__lt=since)
    rows = models.Batch.objects.annotate(last_step=Coalesce("submitted_at", "checked_at"))
    return rows.filter(ended | waiting).filter(Q(original_deleted_at__isnull=True) | reported)


@transaction.atomic
def _forget_batch(number: int, *, actor: Actor, now: datetime) -> None:
    row = models.Batch.objects.select_for_update(of=("self",)).get(id=number)
    if row.stage in ENDED | WAITING:
        _drop(row, actor=actor, why=Gone.RETENTION, now=now)
        row.refused.all().delete()


def _sweep(now: datetime) -> None:
    """Delete files that a crash left: after a commit that nobody could finish, or before one that never came."""
    coming = set(models.Upload.objects.values_list("public_id", flat=True))  # asked before what they turn into
    stages = dict(models.Batch.objects.values_list("public_id", "stage"))
    gone = set(models.Batch.objects.filter(original_deleted_at__isnull=False).values_list("public_id", flat=True))
    for public_id, changed in files.batches():
        orphan = public_id not in coming | stages.keys() and changed < (now - ORPHAN_AFTER).timestamp()
        if orphan or public_id in gone:
            files.drop_all(public_id)
        elif stages.get(public_id) in ENDED:
            files.drop_working(public_id)
