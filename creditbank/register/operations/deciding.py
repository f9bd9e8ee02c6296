"""A checked list is submitted, read by a second person, dropped, or tried again."""

from datetime import datetime
from typing import Final

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.review import Stage, Verdict, next_stage
from creditbank.register import errors, facts, permissions
from creditbank.register.operations.rows import defer, drop, find
from creditbank.register.transitions import check_move
from creditbank.register.types import Counts, Load, LoadStage

_AFTER: Final = {
    Stage.ACCEPTED: LoadStage.APPROVED,
    Stage.RETURNED: LoadStage.RETURNED,
    Stage.REFUSED: LoadStage.RETURNED,
}
NOTE_MAX: Final = 400


@transaction.atomic
def submit(*, actor: Actor, public_id: str, now: datetime) -> Load:
    """Ask a second person to let the good rows into the register.

    Refused: a list the actor may not know of or not load for, one that is not checked, one that changes nothing.
    """
    row = find(actor, public_id)
    permissions.check_may_load(actor, row.organization_id)
    check_move(LoadStage(row.stage), LoadStage.SUBMITTED)
    if not Counts(**row.counts).enters:
        raise errors.NothingToEnter
    row.record(stage=LoadStage.SUBMITTED, submitted_by=actor.reference, submitted_at=now)
    evidence.append(facts.list_submitted(load=public_id, actor=actor.reference, at=now))
    return row.as_value()


@transaction.atomic
def review(*, actor: Actor, public_id: str, verdict: Verdict, note: str = "", now: datetime) -> Load:
    """Record the second person's verdict: an approved list is entered by a job, another one goes back.

    Refused: a list the actor may not know of or not release, a reading by who handed it in, one not submitted.
    """
    row = find(actor, public_id)
    permissions.check_may_release(actor, row.organization_id)
    check_move(LoadStage(row.stage), LoadStage.APPROVED)
    stage = next_stage(
        permissions.SECOND_PERSON,
        stage=Stage.READING,
        earlier_readers=frozenset(),
        reader=actor.reference,
        verdict=verdict,
        submitter=row.submitted_by if actor.reference == row.submitted_by else row.uploaded_by,
    )
    row.record(stage=_AFTER[stage], decided_by=actor.reference, decided_at=now, note=note.strip()[:NOTE_MAX])
    if stage is Stage.ACCEPTED:
        defer("register.enter", row.as_value())
    process = permissions.SECOND_PERSON.edition
    fact = facts.list_read(load=public_id, verdict=verdict.value, process=process, actor=actor.reference, at=now)
    evidence.append(fact)
    return row.as_value()


@transaction.atomic
def cancel(*, actor: Actor, public_id: str, now: datetime) -> Load:
    """Drop a list before anything of it entered; its report stays for its period.

    Refused: a list the actor may not know of or not load for, one that is approved already.
    """
    row = find(actor, public_id)
    permissions.check_may_load(actor, row.organization_id)
    drop(row, actor=actor, now=now)
    return row.as_value()


@transaction.atomic
def reopen(*, actor: Actor, public_id: str, now: datetime) -> Load:
    """Try a list again whose entry was given up; it goes on where it stopped.

    Refused: a list the actor may not know of or not release, one that has not failed.
    """
    row = find(actor, public_id)
    permissions.check_may_release(actor, row.organization_id)
    if row.stage != LoadStage.FAILED:
        raise errors.LoadNotThere(stage=row.stage, wanted=LoadStage.APPROVED.value)
    row.record(stage=LoadStage.APPROVED, attempts=0)
    defer("register.enter", row.as_value())
    evidence.append(
        facts.list_read(
            load=public_id, verdict=Verdict.APPROVE.value, process="reopened.v1", actor=actor.reference, at=now
        )
    )
    return row.as_value()
