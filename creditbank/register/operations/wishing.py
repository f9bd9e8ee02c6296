"""One certificate is revoked, or restored, by two people of its issuer."""

import secrets
from datetime import datetime
from typing import Final

from django.db import IntegrityError, transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor
from creditbank.kernel.certificates import certificate_number
from creditbank.kernel.review import Stage, Verdict, next_stage
from creditbank.learners.operations import keep_accounts
from creditbank.register import errors, facts, locks, models, permissions, queries
from creditbank.register.operations.claiming import take_back_numbers
from creditbank.register.operations.ending import reinstate
from creditbank.register.operations.rows import PUBLIC_ID_BYTES
from creditbank.register.types import NOTE_MAX, Status, Wish, WishStage

REASON_MIN: Final = 2
#: What a wish makes of a certificate, and what it must be before.
TURNS: Final = {
    Wish.REVOKE: (Status.REVOKED, frozenset({Status.VALID, Status.REPLACED})),
    Wish.RESTORE: (Status.VALID, frozenset({Status.REVOKED, Status.REPLACED})),
}


@transaction.atomic
def ask(
    *, actor: Actor, organization_id: int, specification_id: int, number: str, wish: Wish, reason: str, now: datetime
) -> str:
    """Ask that a certificate be revoked or restored; return the public id of the request, which a second person reads.

    Refused: who may not load for the issuer, an unknown certificate, one that stands so already or waits, no reason.
    """
    permissions.check_may_load(actor, organization_id)
    stated = " ".join(reason.split())
    if not REASON_MIN <= len(stated) <= NOTE_MAX:
        raise errors.ReasonMissing(field="reason")
    row = _certificate(organization_id, specification_id, certificate_number(number))
    if Status(row.status) not in TURNS[wish][1]:
        raise errors.WishUnfitting
    public_id = ids.public_id(secrets.token_bytes(PUBLIC_ID_BYTES))
    try:
        with transaction.atomic():
            models.Wish.objects.create(
                public_id=public_id,
                organization_id=organization_id,
                specification_id=specification_id,
                number=row.number,
                wish=wish,
                reason=stated,
                proposed_by=actor.reference,
                proposed_at=now,
            )
    except IntegrityError:
        raise errors.WishUnfitting from None
    evidence.append(
        facts.wish_proposed(
            wish=public_id, what=wish.value, organization_id=organization_id, actor=actor.reference, at=now
        )
    )
    return public_id


@transaction.atomic
def decide(*, actor: Actor, public_id: str, verdict: Verdict, note: str = "", now: datetime) -> WishStage:
    """Do what was asked for a certificate, or refuse it; what it had entered is taken back with it.

    Refused: a request the actor may not know of or not release, a reading by who asked, one decided already, a
    certificate that changed meanwhile.
    """
    keep_accounts(shared=True)
    visible = models.Wish.objects.filter(permissions.visible_to(actor), public_id=public_id)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.WishNotFound
    permissions.check_may_release(actor, row.organization_id)
    stage = next_stage(
        permissions.SECOND_PERSON,
        stage=Stage.READING if row.stage == WishStage.OPEN else Stage.ACCEPTED,
        earlier_readers=frozenset(),
        reader=actor.reference,
        verdict=verdict,
        submitter=row.proposed_by,
    )
    ends = WishStage.DONE if stage is Stage.ACCEPTED else WishStage.REFUSED
    if ends is WishStage.DONE:
        _turn(row, actor, now)
    row.record_decided(stage=ends, by=actor.reference, note=note.strip()[: 2 * NOTE_MAX], at=now)
    evidence.append(
        facts.wish_decided(
            wish=public_id,
            what=row.wish,
            verdict=verdict.value,
            process=permissions.SECOND_PERSON.edition,
            actor=actor.reference,
            at=now,
        )
    )
    return ends


def _turn(wish: models.Wish, actor: Actor, now: datetime) -> None:
    """Write the new status and the event; take back what archives have, or let it count again."""
    locks.issuer(wish.organization_id)
    row = _certificate(wish.organization_id, wish.specification_id, wish.number)
    status, before = TURNS[Wish(wish.wish)]
    if Status(row.status) not in before:
        raise errors.WishUnfitting
    models.Event.objects.create(
        issuer_id=row.issuer_id,
        specification_id=row.specification_id,
        number=row.number,
        holder=bytes(row.holder),
        status=status,
        status_before=row.status,
        issued_before=row.issued,
        until_before=row.until,
        actor=actor.reference,
        note=wish.reason,
        at=now,
    )
    models.Certificate.objects.filter(pk=row.pk).update(status=status)
    if status is not Status.VALID:
        take_back_numbers(issuer_id=row.issuer_id, numbers=[row.number], now=now)
    else:
        reinstate(row, now=now)


def _certificate(issuer_id: int, specification_id: int, number: str) -> models.Certificate:
    row = queries.rows_of(issuer_id, number, specification_id=specification_id).select_for_update().first()
    if row is None:
        raise errors.CertificateNotFound(field="number")
    return row
