"""Erasing an account: this room's part. The rows go by the eraser's hand only, and the number is never given again."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions
from creditbank.learners.digest_queries import digests_of
from creditbank.learners.numbers import BANK_DIGITS
from creditbank.learners.operations.rows import locked_visible
from creditbank.learners.rules import read_reason
from creditbank.learners.types import Status

NOBODY: Final = 0
"""The learner that the account numbers of erased accounts lead to: they stay taken, and nothing is found by them."""


@transaction.atomic
def prepare_erasure(
    *, actor: Actor, organization_id: int, learner_id: int, reason: str, now: datetime
) -> tuple[int, ...]:
    """Lock an account, cut its numbers loose and append the fact; return it and all that were merged into it.

    The reason is asked for and not kept: it would outlive whom it is about. Refused: no permission here, an
    account the actor may not know of, one that lives on in another, no reason.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_ERASE, at=organization_id)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    read_reason(reason)
    if row.status == Status.MERGED:
        raise errors.AccountNotOpen(account=row.account_number)
    family = _family(learner_id)
    own = [str(row.account_number) for row in models.Learner.objects.filter(learner_id__in=family)]
    models.LearnerNumber.objects.filter(number__in=own).update(learner_id=NOBODY)
    taken = [
        models.LearnerNumber(number=number, learner_id=NOBODY, kind="own", bank_code=number[:BANK_DIGITS])
        for number in own
    ]
    models.LearnerNumber.objects.bulk_create(taken, ignore_conflicts=True)
    fact = facts.account_erased(
        learner_id=learner_id,
        merged=len(family) - 1,
        organization_id=organization_id,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return family


def _family(learner_id: int) -> tuple[int, ...]:
    """Return an account and every one that lives on in it, in one step or several."""
    found, newest = [learner_id], [learner_id]
    while newest:
        merged = models.Learner.objects.filter(merged_into__in=newest).order_by("learner_id")
        newest = list(merged.values_list("learner_id", flat=True))
        found += newest
    return tuple(found)


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete all that this room keeps of accounts; run as the eraser, after `prepare_erasure`."""
    of_learners = Q(learner_id__in=learner_ids)
    models.Application.objects.filter(of_learners | Q(digest__in=digests_of(learner_ids))).delete()
    for table in (
        models.LearnerKey,
        models.LearnerNumber,
        models.Document,
        models.FormerName,
        models.Attribute,
        models.Access,
        models.ClaimCode,
        models.Repair,
        models.Learner,
    ):
        table._default_manager.filter(of_learners).delete()  # noqa: SLF001  # Django's public manager
