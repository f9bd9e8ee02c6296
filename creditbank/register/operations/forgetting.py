"""What is kept no longer: refused rows of lists past their period, files that nobody reads, an erased person's rows."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import queries as accounts
from creditbank.register import facts, files, models, permissions, queries
from creditbank.register.types import LoadStage

KEPT: Final = timedelta(days=180)
#: A file whose list is not there after so long belongs to a request that failed.
LOST: Final = timedelta(days=1)
ENDED: Final = (LoadStage.ENTERED, LoadStage.CANCELLED, LoadStage.UNREADABLE)


def forget_old(*, actor: Actor, now: datetime) -> int:
    """Delete the refused rows of lists that ended half a year ago, and files without a list; return how many lists.

    Refused: everybody but the bank itself.
    """
    permissions.check_is_bank(actor)
    old = models.Load.objects.filter(stage__in=ENDED, closed_at__lt=now - KEPT, refused_forgotten=False)
    numbers = list(old.order_by("id").values_list("id", flat=True))
    for number in numbers:
        _forget(number, now)
    for public_id, written in files.lying():
        waits = models.Load.objects.filter(public_id=public_id, checked_at__isnull=True).exclude(stage__in=ENDED)
        if written < (now - LOST).timestamp() and not waits.exists():
            files.drop(public_id)
    return len(numbers)


@transaction.atomic
def _forget(number: int, now: datetime) -> None:
    row = models.Load.objects.select_for_update().get(id=number)
    models.RefusedRow.objects.filter(load_id=number).delete()
    row.record(refused_forgotten=True)
    evidence.append(facts.list_forgotten(load=row.public_id, at=now))


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete what the register keeps of the holders of accounts that are erased; run as the eraser."""
    holders = [queries.short(digest) for digest in accounts.digests_of(learner_ids)]
    for table in (models.Certificate, models.Event, models.Staged, models.RefusedRow):
        table._default_manager.filter(holder__in=holders).delete()  # noqa: SLF001  # Django's public manager
    models.Claim.objects.filter(learner_id__in=learner_ids).delete()
