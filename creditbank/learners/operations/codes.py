"""Claim codes: one-time, printed by a school or an outlet, good for 90 days; the bank keeps their digests."""

import secrets
from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions
from creditbank.learners.operations.rows import check_living, locked_visible, write_accesses
from creditbank.learners.rules import CODE_CHARACTERS, CODE_DAYS, CODE_LENGTH, bank_day, printed_code
from creditbank.learners.types import AccessKind, IssuedCode, Status
from creditbank.learners.vault import vault


@transaction.atomic
def issue_claim_code(*, actor: Actor, organization_id: int, learner_id: int, now: datetime) -> IssuedCode:
    """Return a fresh code for one account, to be printed now; earlier ones of this organization end.

    The holder reads who printed it.

    Refused: no permission here, an account the actor may not know of, one that is claimed or not open.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CLAIM, at=organization_id)
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    if row.status == Status.ACTIVE:
        raise errors.AlreadyClaimed
    check_living(row)
    return _issued([row], actor=actor, organization_id=organization_id, now=now)[0]


@transaction.atomic
def issue_claim_codes(
    *, actor: Actor, organization_id: int, learner_ids: Sequence[int], known: Collection[int], now: datetime
) -> tuple[IssuedCode, ...]:
    """Return fresh codes for those of the accounts that nobody has claimed, in the order of their ids.

    Only accounts that the organization opened, or that are `known`: the caller has established that a second
    person vouched for these as people of the organization. Whoever puts a stranger on a list gets no code.
    Codes that another organization printed still work. Refused: no permission here.
    """
    permissions.check(actor, Permission.LEARNERS_ACCOUNT_CLAIM, at=organization_id)
    unclaimed = models.Learner.objects.filter(
        Q(opened_by=organization_id) | Q(learner_id__in=set(known)),
        learner_id__in=set(learner_ids),
        status=Status.UNCLAIMED,
    )
    rows = list(unclaimed.select_for_update(of=("self",)).order_by("learner_id"))
    return _issued(rows, actor=actor, organization_id=organization_id, now=now) if rows else ()


def _issued(
    rows: Sequence[models.Learner], *, actor: Actor, organization_id: int, now: datetime
) -> tuple[IssuedCode, ...]:
    expires_at = now + timedelta(days=CODE_DAYS)
    codes = {row.learner_id: "".join(secrets.choice(CODE_CHARACTERS) for _ in range(CODE_LENGTH)) for row in rows}
    earlier = models.ClaimCode.objects.filter(learner_id__in=codes, organization_id=organization_id)
    earlier.filter(spent_at__isnull=True).update(spent_at=now)
    ring = vault()
    slips = [
        models.ClaimCode(
            digest=ring.code_digest(code),
            learner_id=learner_id,
            organization_id=organization_id,
            issued_at=now,
            expires_at=expires_at,
            issued_by=actor.reference,
        )
        for learner_id, code in codes.items()
    ]
    models.ClaimCode.objects.bulk_create(slips)
    write_accesses(list(codes), actor=actor, organization_id=organization_id, what=AccessKind.CODE, now=now)
    fact = facts.claim_codes_issued(organization_id=organization_id, count=len(slips), actor=actor.reference, at=now)
    evidence.append(fact)
    return tuple(
        IssuedCode(
            learner_id=row.learner_id,
            account_number=row.account_number,
            name=row.name,
            code=printed_code(codes[row.learner_id]),
            expires_on=bank_day(expires_at),
        )
        for row in rows
    )
