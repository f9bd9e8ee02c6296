"""An approved list enters the register in steps of a transaction each; a crash costs one step."""

from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Final

from django.db import connection, transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.review import Verdict
from creditbank.learners.operations import keep_accounts
from creditbank.register import errors, facts, locks, models, permissions, queries
from creditbank.register.operations.claiming import take_back_numbers
from creditbank.register.operations.loading import check, receive
from creditbank.register.operations.rows import count_attempt, find, move
from creditbank.register.transitions import check_move
from creditbank.register.types import Change, Counts, Load, LoadStage, Status

STEP_ROWS: Final = 20_000
#: So many of a step hold no more: each may have to be ended in an archive, which takes longer than all other rows.
ENDED_A_STEP: Final = 500
#: Rows of a step with what the register has under their number; what is revoked stays so.
_COMPARED: Final = f"""
  FROM register_staged s JOIN register_certificate c
    ON c.issuer_id = %(issuer)s AND c.number = s.number AND c.specification_id = s.specification_id
 WHERE s.load_id = %(load)s AND s.row > %(after)s AND s.row <= %(upto)s AND s.change <> {Change.SAME}
   AND (c.holder, c.name, c.issued, c.until, c.status) IS DISTINCT FROM (s.holder, s.name, s.issued, s.until, s.status)
   AND NOT (c.status = {Status.REVOKED} AND s.status <> {Status.REVOKED})"""
#: Rows of a step under whose number the register has nothing.
_FRESH: Final = f"""
  FROM register_staged s
 WHERE s.load_id = %(load)s AND s.row > %(after)s AND s.row <= %(upto)s AND s.change <> {Change.SAME}
   AND NOT EXISTS (SELECT 1 FROM register_certificate c WHERE c.issuer_id = %(issuer)s AND c.number = s.number
                      AND c.specification_id = s.specification_id)"""  # noqa: S608  # ours
KEEP_EVENTS: Final = f"""
INSERT INTO register_event (issuer_id, specification_id, number, holder, status, status_before, issued_before,
                            until_before, load_id, actor, note, at)
SELECT c.issuer_id, c.specification_id, c.number, c.holder, s.status, c.status, c.issued, c.until, s.load_id,
       %(actor)s, s.note, %(now)s {_COMPARED} RETURNING number"""
#: What enters as no longer valid brings its reason along.
KEEP_ENDED: Final = f"""
INSERT INTO register_event (issuer_id, specification_id, number, holder, status, status_before, issued_before,
                            until_before, load_id, actor, note, at)
SELECT %(issuer)s, s.specification_id, s.number, s.holder, s.status, s.status, s.issued, s.until, s.load_id,
       %(actor)s, s.note, %(now)s {_FRESH} AND s.status <> {Status.VALID} RETURNING number"""
DROP_CHANGED: Final = f"""
DELETE FROM register_certificate USING (SELECT c.holder, c.specification_id, c.number {_COMPARED}) AS old
 WHERE register_certificate.holder = old.holder AND register_certificate.number = old.number
   AND register_certificate.specification_id = old.specification_id"""  # noqa: S608  # ours
ENTER: Final = f"""
INSERT INTO register_certificate (issuer_id, specification_id, issued, until, load_id, status, number, holder, name)
SELECT %(issuer)s, s.specification_id, s.issued, s.until, s.load_id, s.status, s.number, s.holder, s.name
  {_FRESH} ORDER BY s.holder"""
LAST_OF_STEP: Final = """
SELECT max(row), count(*) FROM (
  SELECT row, count(*) FILTER (WHERE status <> %s) OVER (ORDER BY row) AS ended
    FROM register_staged WHERE load_id = %s AND row > %s ORDER BY row LIMIT %s) AS step
 WHERE ended <= %s"""


def enter(*, actor: Actor, public_id: str, now: datetime) -> Load:
    """Let an approved list enter the register; what a crash interrupted goes on where it stopped.

    Refused: a list the actor may not know of, one not approved, one that another process is at.
    """
    load = queries.load(actor=actor, public_id=public_id)
    with locks.working_on(load.id) as alone:
        if not alone:
            raise errors.LoadBusy
        load = queries.load(actor=actor, public_id=public_id)
        if load.stage is not LoadStage.ENTERING:
            check_move(load.stage, LoadStage.ENTERING)
            move(actor=actor, public_id=public_id, then=LoadStage.ENTERING, now=now)
        try:
            while _step(actor=actor, public_id=public_id, now=now):
                pass
            return _finish(actor=actor, public_id=public_id, now=now)
        except Exception as fault:
            if count_attempt(actor=actor, public_id=public_id):
                _give_up(actor=actor, public_id=public_id, fault=type(fault).__name__, now=now)
            raise


@transaction.atomic
def _step(*, actor: Actor, public_id: str, now: datetime) -> bool:
    """Enter the next rows and say whether there were any."""
    keep_accounts(shared=True)
    row = find(actor, public_id)
    locks.issuer(row.organization_id)
    with connection.cursor() as cursor:
        cursor.execute(LAST_OF_STEP, [Status.VALID, row.id, row.entered, STEP_ROWS, ENDED_A_STEP])
        upto, count = cursor.fetchone()
        if not count:
            return False
        where = {"issuer": row.organization_id, "load": row.id, "after": row.entered, "upto": upto}
        told = {**where, "actor": actor.reference, "now": now}
        cursor.execute(KEEP_EVENTS, told)
        changed = [number for (number,) in cursor]
        cursor.execute(KEEP_ENDED, told)
        ended = [number for (number,) in cursor]
        cursor.execute(DROP_CHANGED, where)
        cursor.execute(ENTER, where)
        written = cursor.rowcount
    if changed or ended:
        take_back_numbers(issuer_id=row.organization_id, numbers=[*changed, *ended], now=now)
    row.record(entered=upto, counts=_counted(Counts(**row.counts), row, written, len(changed)))
    return True


def _counted(counts: Counts, row: models.Load, written: int, changed: int) -> Counts:
    """Return the counts as they came out: what another list brought since the check is the same now."""
    if not row.entered:
        everything = counts.enters
        counts = replace(counts, new=0, changed=0, same=counts.same + everything)
    return replace(
        counts, new=counts.new + written - changed, changed=counts.changed + changed, same=counts.same - written
    )


@transaction.atomic
def _finish(*, actor: Actor, public_id: str, now: datetime) -> Load:
    row = find(actor, public_id)
    check_move(LoadStage(row.stage), LoadStage.ENTERED)
    row.record(stage=LoadStage.ENTERED, closed_at=now)
    models.Staged.objects.filter(load_id=row.id).delete()
    counts = Counts(**row.counts)
    evidence.append(
        facts.list_entered(
            load=public_id,
            organization_id=row.organization_id,
            file_sha256=row.file_sha256,
            new=counts.new,
            changed=counts.changed,
            ended=counts.ended,
            at=now,
        )
    )
    return row.as_value()


@transaction.atomic
def _give_up(*, actor: Actor, public_id: str, fault: str, now: datetime) -> None:
    row = find(actor, public_id)
    check_move(LoadStage(row.stage), LoadStage.FAILED)
    row.record(stage=LoadStage.FAILED)
    evidence.append(facts.list_failed(load=public_id, fault=fault, at=now))


def load_at_once(
    *, actor: Actor, organization_id: int, file_name: str, content: Iterable[bytes], now: datetime
) -> Load:
    """Hand in, check and enter a list in one go, as the command line does: one actor, recorded as such.

    Refused: everybody but the bank itself, an empty or too large file. An unreadable list and one that changes
    nothing are outcomes: the list's stage says so.
    """
    permissions.check_is_bank(actor)
    with ExitStack() as hands:
        with transaction.atomic():
            load = receive(actor, organization_id, file_name, content, now)
            # Held before anybody can see the list, so that no worker takes it out of our hands.
            hands.enter_context(locks.working_on(load.id))
        load = check(actor=actor, public_id=load.public_id, now=now)
        if load.stage is not LoadStage.REPORTED or not load.counts.enters:
            return load
        _approve_alone(actor=actor, public_id=load.public_id, now=now)
        return enter(actor=actor, public_id=load.public_id, now=now)


@transaction.atomic
def _approve_alone(*, actor: Actor, public_id: str, now: datetime) -> None:
    row = find(actor, public_id)
    check_move(LoadStage(row.stage), LoadStage.SUBMITTED)
    row.record(stage=LoadStage.APPROVED, submitted_by=actor.reference, decided_by=actor.reference, decided_at=now)
    verdict, process = Verdict.APPROVE.value, "command-line.v1"
    evidence.append(facts.list_read(load=public_id, verdict=verdict, process=process, actor=actor.reference, at=now))
