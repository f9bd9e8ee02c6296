"""What a learner decides about their own worth: a goal, and outcomes they pin or hold back."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from creditbank.conversion import facts, models, permissions, queries
from creditbank.conversion.types import Goal
from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor


@transaction.atomic
def set_goal(*, actor: Actor, goal: Goal, now: datetime) -> Goal:
    """Set or change what a learner works towards and return it.

    Refused: anybody else, a target not on offer, pinning or holding back what is neither held nor in the target:
    the programme, or one of those that the ways into the occupation name.
    """
    permissions.check_own(actor, goal.learner_id)
    day = timezone.localdate(now)
    queries.check_target(goal.kind, goal.target, day=day)
    queries.check_wishes(actor, goal, day=day)
    models.Goal.objects.update_or_create(
        learner_id=goal.learner_id,
        defaults={
            "kind": goal.kind,
            "target": goal.target,
            "keep": list(goal.keep),
            "avoid": list(goal.avoid),
            "set_at": now,
        },
    )
    evidence.append(facts.goal_set(actor=actor, goal=goal, at=now))
    return goal


@transaction.atomic
def clear_goal(*, actor: Actor, learner_id: int, now: datetime) -> None:
    """Give a goal up; without one nothing happens. Refused: anybody else."""
    permissions.check_own(actor, learner_id)
    deleted, _tables = models.Goal.objects.filter(learner_id=learner_id).delete()
    if deleted:
        evidence.append(facts.goal_cleared(actor=actor, learner_id=learner_id, at=now))


def delete_rows(*, learner_ids: Sequence[int]) -> None:
    """Delete what this room keeps of learners; for erasing alone, within its transaction."""
    models.Goal.objects.filter(learner_id__in=learner_ids).delete()
