"""The enrolments of an account that is merged live on under another; those of one that is erased go."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from itertools import count

from django.db import transaction

from creditbank.enrolments import facts, models, permissions
from creditbank.enrolments.confirming import confirm, frame_of, lock_school
from creditbank.enrolments.operations.enrolling import telling
from creditbank.enrolments.types import Enrolment, EnrolmentRow
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor


@transaction.atomic
def move_enrolments(
    *, actor: Actor, organization_id: int, survivor_id: int, other_id: int, now: datetime
) -> dict[int, int]:
    """Let the enrolments of an account that is merged live on under the survivor; return the new number of each.

    What the survivor studies by the same school, number, major, level and category is one enrolment afterwards,
    as far on as either was. Refused: no permission to merge accounts here.
    """
    permissions.check_may_move(actor, at=organization_id)
    theirs = list(models.Enrolment.objects.filter(learner_id=other_id).order_by("number"))
    for school in sorted({row.organization_id for row in theirs}):
        lock_school(school)
    mine = [row.as_value() for row in models.Enrolment.objects.filter(learner_id=survivor_id).order_by("number")]
    places = {each.place: each.number for each in mine}
    joined = {row.number: places[row.as_value().place] for row in theirs if row.as_value().place in places}
    free = count(start=max(places.values(), default=0) + 1)
    fresh = {row.number: next(free) for row in theirs if row.number not in joined}
    for row in theirs:
        if row.number in joined:
            _join(row.as_value(), survivor_id, now)
    steps = models.EnrolmentStatus.objects.filter(learner_id=other_id).order_by("number", "step")
    _write_under(survivor_id, [*theirs, *steps], fresh)
    delete_rows(learner_ids=[other_id])
    fact = facts.enrolments_moved(
        survivor_id=survivor_id,
        other_id=other_id,
        moved=len(fresh),
        joined=len(joined),
        organization_id=organization_id,
        actor=actor.reference,
        at=now,
    )
    evidence.append(fact)
    return joined | fresh


def _join(told: Enrolment, survivor_id: int, now: datetime) -> None:
    """Tell the survivor's enrolment what the other account knew of the same study."""
    row = EnrolmentRow(
        learner_id=survivor_id,
        student_number=told.student_number,
        major=told.major,
        level_code=told.level_code,
        category_code=told.category_code,
        cohort=told.cohort,
        outcome_code=told.outcome_code,
        season_code=told.season_code,
        class_name=told.class_name,
        entry_year=told.entry_year,
        status=told.status,
    )
    confirm(frame_of([row]), telling(told.organization_id, told.source, now))


def _write_under(
    survivor_id: int, rows: Iterable[models.Enrolment | models.EnrolmentStatus], numbers: Mapping[int, int]
) -> None:
    """Write rows again under another learner: the column that they are distributed by is never updated."""
    for row in rows:
        if row.number in numbers:
            row.learner_id, row.number = survivor_id, numbers[row.number]
            row.save(force_insert=True)


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete the enrolments of accounts that are erased or live on in another; the callers have decided."""
    models.EnrolmentStatus.objects.filter(learner_id__in=learner_ids).delete()
    models.Enrolment.objects.filter(learner_id__in=learner_ids).delete()
