"""A posted batch counts no more: one person asks with a reason, another confirms."""

import hashlib
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Q

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingInUse
from creditbank.archive.types import InUse
from creditbank.deposits import errors, facts, locks, models, permissions, withdrawals
from creditbank.deposits.operations import waiting
from creditbank.deposits.operations.rows import find
from creditbank.deposits.transitions import check_move
from creditbank.deposits.types import Batch, BatchStage
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor, system
from creditbank.kernel.review import Stage, Verdict, next_stage
from creditbank.learners.operations import keep_accounts

#: Lets go with a batch what a decision let enter under another institution's name.
BANK: Final = system("withdrawal")
REASON_MIN: Final = 4
REASON_MAX: Final = 300
#: What may still enter the book and rests on what was stored when it was planned.
ENTERING: Final = Q(stage__in=[BatchStage.APPROVED, BatchStage.POSTING]) | Q(stage=BatchStage.FAILED, done__gt=0)


@transaction.atomic
def ask_withdrawal(*, actor: Actor, public_id: str, reason: str, now: datetime) -> Batch:
    """Ask that a posted batch count no more; a second person decides. The learners concerned will read the reason.

    With it goes all that came out of its file later: rows that had waited, and corrections of what others stored.

    Refused: a batch the actor may not know of, or not upload for; one that is not posted; a
    reason that is missing or too long; one asked for already; one of which anything is in use (with how many).
    """
    row = find(actor, public_id)
    permissions.check_may_upload(actor, row.organization_id)
    check_move(BatchStage(row.stage), BatchStage.WITHDRAWN)
    told = " ".join(reason.split())
    if not REASON_MIN <= len(told) <= REASON_MAX:
        raise errors.WithdrawalReasonMissing(field="reason")
    if row.withdrawals.filter(verdict="").exists():
        raise errors.WithdrawalAskedAlready
    _check_unused(row)
    row.withdrawals.create(reason=told, asked_by=actor.reference, asked_at=now)
    fact = facts.withdrawal_asked(
        batch=public_id, actor=actor.reference, reason=hashlib.sha256(told.encode()).digest(), at=now
    )
    evidence.append(fact)
    return row.as_value()


def _check_unused(row: models.Batch) -> None:
    """Refuse at once what would be refused in the end; the end looks again under its locks."""
    in_use = book.in_use(withdrawals.postings(row))
    if in_use != InUse():
        raise PostingInUse(**asdict(in_use))


@transaction.atomic
def decide_withdrawal(*, actor: Actor, public_id: str, verdict: Verdict, note: str = "", now: datetime) -> Batch:
    """Decide on a withdrawal: approved, all that came out of the file counts no more at once; else it stays as it is.

    Who asked may take it back. Refused: a batch the actor may not know of or not approve; none asked for; approval by
    who asked; a batch of one of the institutions on its way into the book; one of which anything is in use.
    """
    keep_accounts(shared=True)  # before any row is locked, as everywhere
    row = find(actor, public_id)
    batch = row.as_value()
    asked = row.withdrawals.filter(verdict="").first()
    takes_back = asked is not None and verdict is not Verdict.APPROVE and actor.reference == asked.asked_by
    if not takes_back:
        permissions.check_may_approve(actor, batch)
    if asked is None:
        raise errors.WithdrawalNotFound
    if not takes_back:
        next_stage(
            permissions.SECOND_PERSON,
            stage=Stage.READING,
            earlier_readers=frozenset(),
            reader=actor.reference,
            verdict=verdict,
            submitter=asked.asked_by,
        )
    said = Verdict.APPROVE if verdict is Verdict.APPROVE else Verdict.RETURN
    if said is Verdict.APPROVE:
        _withdraw(actor=actor, row=row, reason=asked.reason, now=now)
    asked.record_decided(verdict=said.value, by=actor.reference, note=note.strip(), at=now)
    process = permissions.SECOND_PERSON.edition
    evidence.append(
        facts.withdrawal_read(batch=public_id, actor=actor.reference, verdict=said.value, process=process, at=now)
    )
    return row.as_value()


def _withdraw(*, actor: Actor, row: models.Batch, reason: str, now: datetime) -> None:
    """Take everything that came out of a file out of what counts: all of it or nothing."""
    check_move(BatchStage(row.stage), BatchStage.WITHDRAWN)
    postings = withdrawals.postings(row)
    _check_nothing_enters({posting.organization_id for posting in postings})
    own = [each.reference for each in postings if each.organization_id == row.organization_id]
    own.remove(row.public_id)
    archive.withdraw_posting(actor=actor, reference=row.public_id, also=own, reason=reason, now=now)
    for each in postings:
        if each.organization_id != row.organization_id:  # entered by a decision, whose ground is gone
            archive.withdraw_posting(actor=BANK, reference=each.reference, reason=reason, now=now)
    for late in withdrawals.late_batches(row).select_for_update(of=("self",)):
        _end_late(late, actor=actor, now=now)
    row.record_withdrawn(at=now)
    waiting.drop_with(row, actor=actor, reason=reason, now=now)


def _check_nothing_enters(organization_ids: Iterable[int]) -> None:
    """Refuse while a batch of any of these institutions is on its way into the book."""
    for organization_id in sorted(organization_ids):
        entering = models.Batch.objects.filter(ENTERING, organization_id=organization_id)
        if not locks.try_posting_for(organization_id) or entering.exists():
            raise errors.InstitutionPosting


def _end_late(late: models.Batch, *, actor: Actor, now: datetime) -> None:
    """Let a late batch go with the one that it is of; what never entered is dropped."""
    if late.stage == BatchStage.POSTED:
        late.record_withdrawn(at=now)
        for asked in late.withdrawals.filter(verdict=""):
            asked.record_decided(verdict=Verdict.APPROVE.value, by=actor.reference, note="", at=now)
    elif late.stage == BatchStage.FAILED:
        late.record_cancelled(at=now)
        evidence.append(facts.batch_cancelled(batch=late.public_id, actor=actor.reference, at=now))
