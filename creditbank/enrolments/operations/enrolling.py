"""What a school tells of its students is written, or confirmed; a registrar changes where one of them stands."""

from collections.abc import Sequence
from datetime import datetime

import polars as pl
from django.db import transaction

from creditbank.catalogue import queries as catalogue
from creditbank.enrolments import errors, facts, models, permissions, rules
from creditbank.enrolments.confirming import KEY, Telling, confirm, frame_of, keep_first_steps, lock_school
from creditbank.enrolments.types import Enrolment, EnrolmentRow, Key, StatusChange
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners


def confirm_many(
    *, actor: Actor, organization_id: int, rows: Sequence[EnrolmentRow], source: str, now: datetime
) -> dict[Key, int]:
    """Write the enrolments that a school tells of, or confirm them; return their numbers. As `confirm_frame`."""
    frame = frame_of(rows)
    found = confirm_frame(actor=actor, organization_id=organization_id, frame=frame, source=source, now=now)
    return {row.key: number for row, number in zip(rows, found["enrolment"].to_list(), strict=True)}


@transaction.atomic
def confirm_frame(
    *, actor: Actor, organization_id: int, frame: pl.DataFrame, source: str, now: datetime
) -> pl.DataFrame:
    """Write the enrolments that a school tells of, or confirm those it told of before; return the frame, in its order.

    `enrolment` in it is the number of each. The frame tells `learner_id`, `student_number`, `major`, `level_code` and
    `category_code`, and may tell `cohort`, `outcome_code`, `season_code`, `class_name`, `entry_year` and `status`;
    other columns stay. Set-based and idempotent; of rows with one key the last counts. What a row does not tell
    stays, and a status goes forward only. Refused: no permission to load at this school.
    """
    permissions.check_may_load(actor, at=organization_id)
    lock_school(organization_id)
    numbers, written, changed = confirm(frame, telling(organization_id, source, now))
    if written or changed:
        fact = facts.enrolments_confirmed(
            organization_id=organization_id,
            written=written,
            changed=changed,
            source=source,
            actor=actor.reference,
            at=now,
        )
        evidence.append(fact)
    joined = frame.join(numbers.rename({"number": "enrolment"}), on=KEY, how="left", maintain_order="left")
    assert not joined["enrolment"].has_nulls(), "every enrolment has a number now"
    return joined


@transaction.atomic
def change_status(*, actor: Actor, learner_id: int, number: int, change: StatusChange, now: datetime) -> Enrolment:
    """Change where an enrolment stands, from a day on, and keep the step; return the enrolment.

    Refused: an enrolment the actor may not know of, no permission to load at its school, a step
    that the machine of enrolments does not have, a day before that of the last step.
    """
    learners.keep_accounts(shared=True)  # before any row is locked, as everywhere
    visible = models.Enrolment.objects.filter(permissions.visible_to(actor), learner_id=learner_id, number=number)
    for school in visible.values_list("organization_id", flat=True):
        lock_school(school)
    row = visible.select_for_update(of=("self",)).first()
    if row is None:
        raise errors.EnrolmentNotFound
    permissions.check_may_load(actor, at=row.organization_id)
    rules.check_move(row.as_value().status, change.status)
    keep_first_steps(pl.Series([learner_id]), pl.Series([number]))
    last = models.EnrolmentStatus.objects.filter(learner_id=learner_id, number=number).order_by("-step")[0]
    # The first step bears the day its list was loaded, which says nothing about the student.
    rules.check_since(last.since if last.step > 1 else None, change.since)
    row.record_status(change.status)
    models.EnrolmentStatus.objects.create(
        learner_id=learner_id,
        number=number,
        step=last.step + 1,
        since=change.since,
        status=change.status,
        source=actor.reference,
    )
    fact = facts.status_changed(
        learner_id=learner_id, number=number, status=change.status.value, actor=actor.reference, at=now
    )
    evidence.append(fact)
    return row.as_value()


def telling(organization_id: int, source: str, now: datetime) -> Telling:
    """Return what a school tells from there on that day."""
    programmes = catalogue.programmes_of(organization_id)
    return Telling(organization_id=organization_id, source=source, day=rules.bank_day(now), programmes=programmes)
