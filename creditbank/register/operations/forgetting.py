"""What is kept no longer: refused rows of lists past their period, files that nobody reads, an erased person's rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.functions import Greatest

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as accounts
from creditbank.register import facts, files, models, permissions, queries
from creditbank.register.operations.rows import drop
from creditbank.register.queries.holders import short
from creditbank.register.types import LoadStage

KEPT: Final = timedelta(days=180)
_NAMED: Final = ("issuer_id", "specification_id", "number")
_OF_WISH: Final = {"issuer_id": OuterRef("organization_id"), **{name: OuterRef(name) for name in _NAMED[1:]}}
#: A file whose list is not there after so long belongs to a request that failed.
LOST: Final = timedelta(days=1)
ENDED: Final = (LoadStage.ENTERED, LoadStage.CANCELLED, LoadStage.UNREADABLE)
WAITING: Final = (LoadStage.REPORTED, LoadStage.SUBMITTED, LoadStage.RETURNED)


def forget_old(*, actor: Actor, now: datetime) -> int:
    """Delete the refused rows of lists that ended half a year ago, and files without a list; return how many lists.

    A list that has waited as long for somebody's decision is dropped. A request about a certificate that the register
    has no more goes, too. Refused: everybody but the bank itself.
    """
    permissions.check_is_bank(actor)
    numbers = list(_old(now).order_by("id").values_list("id", flat=True))
    for number in numbers:
        _forget(number, actor, now)
    models.Wish.objects.exclude(Exists(models.Certificate.objects.filter(**_OF_WISH))).delete()
    for public_id, written in files.lying():
        waits = models.Load.objects.filter(public_id=public_id, checked_at__isnull=True).exclude(stage__in=ENDED)
        if written < (now - LOST).timestamp() and not waits.exists():
            files.drop(public_id)
    return len(numbers)


def _old(now: datetime) -> QuerySet[models.Load]:
    since = now - KEPT
    ended = Q(stage__in=ENDED, closed_at__lt=since) | Q(stage=LoadStage.FAILED, decided_at__lt=since)
    waiting = Q(stage__in=WAITING, last_step__lt=since)
    rows = models.Load.objects.annotate(last_step=Greatest("decided_at", "submitted_at", "checked_at"))
    return rows.filter(ended | waiting, refused_forgotten=False)


@transaction.atomic
def _forget(number: int, actor: Actor, now: datetime) -> None:
    row = models.Load.objects.select_for_update().get(id=number)
    if not _old(now).filter(id=number).exists():
        return  # somebody let it go on meanwhile
    if row.stage in WAITING:
        drop(row, actor=actor, now=now)
    models.RefusedRow.objects.filter(load_id=number).delete()
    row.record(refused_forgotten=True)
    evidence.append(facts.list_forgotten(load=row.public_id, at=now))


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete what the register keeps of the holders of accounts that are erased; run as the eraser.

    A refused row that names no document of theirs is found by the number of one of their certificates with their name.
    """
    holders = [short(digest) for digest in accounts.digests_of(learner_ids)]
    theirs = _certificates(holders, learner_ids)
    names = accounts.names_of(learner_ids)
    said = {(issuer, number) for issuer, _, number in theirs}
    named = [each for issuer, number in said for each in queries.named_by(issuer, [(number, one) for one in names])]
    models.RefusedRow.objects.filter(named__in=named).delete()
    now = Exists(models.Certificate.objects.filter(**_OF_WISH, holder__in=holders))
    then = Exists(models.Event.objects.filter(**_OF_WISH, holder__in=holders, at__gte=OuterRef("proposed_at")))
    models.Wish.objects.filter(now | then).delete()
    for table in (models.Certificate, models.Event, models.Staged, models.RefusedRow):
        table._default_manager.filter(holder__in=holders).delete()  # noqa: SLF001  # Django's public manager
    models.Claim.objects.filter(learner_id__in=learner_ids).delete()
    models.Ended.objects.filter(learner_id__in=learner_ids).delete()


def _certificates(holders: Sequence[bytes], learner_ids: Sequence[int]) -> set[tuple[int, int, str]]:
    """Return by what certificates are named that are, or were until a correction, of these people."""
    held = Q(holder__in=holders)
    sources = (
        models.Certificate.objects.filter(held),
        models.Event.objects.filter(held),
        models.Claim.objects.filter(learner_id__in=learner_ids),
        models.Ended.objects.filter(learner_id__in=learner_ids),
    )
    return {found for rows in sources for found in rows.values_list(*_NAMED)}
