"""Claim slips for the students of a class."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import transaction

from creditbank.enrolments import errors, models, permissions
from creditbank.enrolments.operations.working import LIST_SOURCE
from creditbank.enrolments.types import SLIPS_MAX, Slip
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners

SAID: Final = ("learner_id", "number", "source")


@transaction.atomic
def print_claim_codes(
    *, actor: Actor, organization_id: int, class_name: str, part: int = 1, now: datetime
) -> tuple[Slip, ...]:
    """Return fresh claim slips for the students of a class whose accounts nobody has claimed, by student number.

    A large class is printed in parts of 500 students, claimed ones counted.
    Refused: no permission to see these students or to issue codes for this school, nobody to print for.
    """
    permissions.check_may_view(actor, at=organization_id)
    students = models.Enrolment.objects.filter(
        permissions.visible_to(actor), organization_id=organization_id, class_name=class_name
    )
    first = (part - 1) * SLIPS_MAX
    ordered = students.order_by("student_number", "learner_id", "number")
    rows = {row.learner_id: row for row in ordered[first : first + SLIPS_MAX]}
    known = _vouched(list(rows), organization_id=organization_id)
    issued = learners.issue_claim_codes(
        actor=actor, organization_id=organization_id, learner_ids=list(rows), known=known, now=now
    )
    if not issued:
        raise errors.NobodyToPrintFor
    slips = [Slip(code, rows[code.learner_id].student_number, class_name) for code in issued]
    return tuple(sorted(slips, key=lambda slip: slip.student_number))


def _vouched(learner_ids: Sequence[int], *, organization_id: int) -> set[int]:
    """Return those whom a school knew before it listed them: a list is one person's word, a batch has a second one's.

    The first step of a study says where it came from, where one is kept; later lists overwrite the study's own source.
    """
    studies = models.Enrolment.objects.filter(organization_id=organization_id, learner_id__in=learner_ids)
    sources = {(learner_id, number): source for learner_id, number, source in studies.values_list(*SAID)}
    steps = models.EnrolmentStatus.objects.filter(learner_id__in=learner_ids, step=1)
    first = {(learner_id, number): source for learner_id, number, source in steps.values_list(*SAID)}
    return {study[0] for study, source in sources.items() if not first.get(study, source).startswith(LIST_SOURCE)}
