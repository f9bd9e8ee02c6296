"""A confirmed certificate becomes an entry of its holder's archive; one that is revoked is taken back."""

import hashlib
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Final

import polars as pl
from django.db import transaction
from django.utils import timezone

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingInUse, PostingNotInForce
from creditbank.archive.types import EntryKey
from creditbank.catalogue import queries as catalogue
from creditbank.evidence import operations as evidence
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.certificates import certificate_number, part_of
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.grades import Grade, Scale
from creditbank.learners.operations import keep_accounts
from creditbank.register import errors, facts, models, permissions, queries
from creditbank.register.operations import ending
from creditbank.register.operations.ending import BANK, SHOWN_OF_REFERENCE
from creditbank.register.queries import holders, taken
from creditbank.register.types import Certificate, Status, Verdict

MERGED: Final = "账户合并"
CREDIT_UNIT: Final = 1  # cn.he.credit, for certificates whose specification states no unit
REFUSED: Final[dict[Verdict, type[Refusal]]] = {
    Verdict.OTHER_HOLDER: errors.CertificateOfOther,
    Verdict.REVOKED: errors.CertificateRevoked,
    Verdict.REPLACED: errors.CertificateReplaced,
    Verdict.EXPIRED: errors.CertificateExpired,
}


@transaction.atomic
def claim(*, actor: Actor, issuer_id: int, number: str, now: datetime) -> Certificate:
    """Confirm a certificate against the register and let it enter the learner's own archive; return it.

    The same certificate twice is one entry. Refused: everybody but a learner; a number that the issuer has not
    registered, another holder's, a revoked, replaced or expired certificate, one that is in the archive.
    """
    if actor.kind is not ActorKind.LEARNER or actor.learner_id is None:
        raise NotPermitted
    keep_accounts(shared=True)
    text = certificate_number(number)
    rows = models.Certificate.objects.select_for_update().filter(issuer_id=issuer_id, number=text)
    found = list(rows.order_by("specification_id"))
    if not found:
        raise errors.CertificateNotFound(field="number")
    mine = holders.own_holders(actor.learner_id)
    today = timezone.localdate(now)
    judged = [(queries.judged(row, mine=bytes(row.holder) in mine, today=today), row.as_value()) for row in found]
    good = [certificate for verdict, certificate in judged if verdict is Verdict.CONFIRMED]
    if not good:
        # What is said of one's own goes before what is said of somebody else's.
        verdict = min((verdict for verdict, _ in judged), key=lambda each: each is Verdict.OTHER_HOLDER)
        raise REFUSED[verdict](field="number")
    free = [each for each in good if not _held(actor.learner_id, each)]
    if not free:
        raise errors.AlreadyInArchive(field="number")
    _post(actor, actor.learner_id, free[0], now)
    return free[0]


def _held(learner_id: int, certificate: Certificate) -> bool:
    [held] = queries.in_archive(learner_id, [certificate])
    return held


def _row(learner_id: int, of: Certificate | models.Claim) -> models.Claim | None:
    place = {"issuer_id": of.issuer_id, "specification_id": of.specification_id, "number": of.number}
    return models.Claim.objects.filter(learner_id=learner_id, **place).first()


def _reference(row: models.Claim) -> str:
    """Return what the posting is called by which a claim enters, each time another."""
    parts = (row.learner_id, row.issuer_id, row.specification_id, row.number, row.times)
    return ids.public_id(hashlib.sha256("/".join(map(str, ("register", *parts))).encode()).digest())


def _post(actor: Actor, learner_id: int, certificate: Certificate, now: datetime) -> None:
    """Let a certificate enter the book as a posting of its own, so that it can be withdrawn alone."""
    place = {"issuer_id": certificate.issuer_id, "specification_id": certificate.specification_id}
    row = _row(learner_id, certificate) or models.Claim(
        learner_id=learner_id, **place, number=certificate.number, times=0
    )
    row.times, row.claimed_at, row.withdrawn_at = row.times + 1, now, None
    row.posting = reference = _reference(row)
    number = f"R-{reference[:SHOWN_OF_REFERENCE]}"
    posting = archive.begin_posting(
        actor=BANK, organization_id=certificate.issuer_id, reference=reference, number=number, now=now
    )
    archive.post_many(actor=BANK, posting=posting, frames=[_frame(learner_id, certificate)])
    archive.finish_posting(actor=BANK, posting=posting, file_digest=None, now=now)
    row.save()
    evidence.append(
        facts.certificate_claimed(
            learner_id=learner_id,
            organization_id=certificate.issuer_id,
            posting=reference,
            actor=actor.reference,
            at=now,
        )
    )


def _frame(learner_id: int, certificate: Certificate) -> pl.DataFrame:
    [specification] = catalogue.by_ids([certificate.specification_id]).values()
    part = part_of(certificate.number)
    key = EntryKey(learner_id, certificate.issuer_id, certificate.specification_id, certificate.issued, part)
    taken = book.taken(learner_id).get(key)
    grade = Grade(Scale.PASS, 1)
    entry = {
        "learner_id": learner_id,
        "specification_id": specification.id,
        "obtained": certificate.issued,
        "part": part,
        # What was withdrawn keeps its place in the book.
        "revision": 0 if taken is None else taken + 1,
        "enrolment": 0,
        "credits": specification.credits,
        "hours": specification.hours,
        "grade": grade.value,
        "grade_scale": grade.scale.value,
        "unit_id": specification.unit_id or CREDIT_UNIT,
    }
    return pl.DataFrame([entry], schema=book.ENTRY_COLUMNS)


def take_back(*, actor: Actor, now: datetime) -> int:
    """Withdraw every entry whose certificate its issuer took back or corrected since; return how many there were.

    What was deposited is ended, too, where its certificate is revoked, whoever deposited it. What is in use stays until
    the use is reversed; then the next call takes it back. Refused: all but the bank.
    """
    permissions.check_is_bank(actor)
    with transaction.atomic():
        claimed = _withdrawn(taken.endings(), now)
    return claimed + ending.end_all(now=now)


def take_back_numbers(*, issuer_id: int, numbers: Sequence[str], now: datetime) -> int:
    """Do the same for certificates of one issuer, in the caller's transaction."""
    claimed = _withdrawn(taken.endings(issuer_id=issuer_id, numbers=numbers), now)
    return claimed + ending.end_deposited(taken.revoked(issuer_id=issuer_id, numbers=numbers), now=now)


def _withdrawn(endings: Sequence[taken.Ending], now: datetime) -> int:
    return sum(_ended(each.claim, each.why, each.instead, now) for each in endings)


def _ended(row: models.Claim, why: str, instead: Certificate | None, now: datetime) -> bool:
    """Withdraw what a claim entered by, and let a certificate enter instead; say no where it is in use."""
    try:
        archive.withdraw_posting(actor=BANK, reference=row.posting, reason=why, now=now)
    except PostingInUse:
        return False
    except PostingNotInForce:  # it was taken out by hand
        instead = None
    if instead is not None and not _held(row.learner_id, instead):
        _post(BANK, row.learner_id, instead, now)
    else:
        row.withdrawn_at = now
        row.save(update_fields=["withdrawn_at"])
    return True


@transaction.atomic
def move_claims(
    *, actor: Actor, organization_id: int, survivor_id: int, other_id: int, now: datetime
) -> Mapping[str, str]:
    """Let what a merged account had claimed belong to the survivor, so that a revocation follows it there.

    It enters again as postings of its own: among what the merge posts, nothing could take it back alone. What is in
    use cannot; its postings are returned, each with the reference under which the merge has to post it, alone.
    Refused: no permission to merge accounts here.
    """
    permissions.check_may_move(actor, organization_id)
    rows = list(models.Claim.objects.filter(learner_id=other_id).order_by("issuer_id", "specification_id", "number"))
    models.Claim.objects.filter(learner_id=other_id).delete()
    models.Ended.objects.filter(learner_id=other_id).update(learner_id=survivor_id)
    apart: dict[str, str] = {}
    for row in rows:
        if _is_taken_over(row, survivor_id, now) and not _ended(row, MERGED, _standing(row), now):
            row.times += 1
            apart[row.posting] = row.posting = _reference(row)
            row.save(update_fields=["posting", "times"])
    if rows:
        fact = facts.claims_moved(
            survivor_id=survivor_id, other_id=other_id, moved=len(rows), actor=actor.reference, at=now
        )
        evidence.append(fact)
    return apart


def _is_taken_over(row: models.Claim, survivor_id: int, now: datetime) -> bool:
    """Write a claim under the survivor and say whether its entry counts there.

    Where the survivor has claimed the same certificate, that stands, and the other entry goes.
    """
    own = _row(survivor_id, row)
    if own is not None and own.withdrawn_at is None:
        if row.withdrawn_at is None:
            with suppress(PostingInUse, PostingNotInForce):
                archive.withdraw_posting(actor=BANK, reference=row.posting, reason=MERGED, now=now)
        return False
    if own is not None:
        row.times = max(row.times, own.times)
        own.delete()
    row.learner_id = survivor_id
    row.save(force_insert=True)
    return row.withdrawn_at is None


def _standing(row: models.Claim) -> Certificate | None:
    """Return the certificate of a claim, if it holds."""
    found = queries.rows_of(row.issuer_id, row.number, specification_id=row.specification_id).first()
    return found.as_value() if found is not None and found.status == Status.VALID else None
