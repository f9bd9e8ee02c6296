"""Priority groups: counted only while the holder consents."""

from datetime import datetime

from django.db import transaction

from creditbank.evidence import operations as evidence
from creditbank.kernel.actor import Actor
from creditbank.kernel.permissions import Permission
from creditbank.learners import errors, facts, models, permissions
from creditbank.learners.operations.rows import locked_visible, next_number
from creditbank.learners.rules import bank_day
from creditbank.learners.types import Attribute, PriorityGroup


@transaction.atomic
def set_attribute(
    *, actor: Actor, organization_id: int, learner_id: int, group: PriorityGroup, now: datetime
) -> Attribute:
    """Count an account in a group from today on, as its holder consents (in writing, at a counter).

    Refused: who is neither the holder nor permitted here, a group that is set already.
    """
    permissions.check_is_holder_or(
        actor, Permission.LEARNERS_ACCOUNT_CORRECT, learner_id=learner_id, at=organization_id
    )
    row = locked_visible(actor=actor, learner_id=learner_id, now=now)
    if _standing(learner_id, group) is not None:
        raise errors.GroupAlreadySet(group=group.value)
    attribute = models.Attribute.objects.create(
        learner_id=learner_id,
        number=next_number(models.Attribute, row.learner_id),
        code=group,
        consented_on=bank_day(now),
    )
    fact = facts.attribute_consented(learner_id=learner_id, number=attribute.number, actor=actor.reference, at=now)
    evidence.append(fact)
    return attribute.as_value()


@transaction.atomic
def withdraw_attribute(
    *, actor: Actor, organization_id: int, learner_id: int, group: PriorityGroup, now: datetime
) -> Attribute:
    """End the consent from today on. Refused: who is neither the holder nor permitted here, a group not set."""
    permissions.check_is_holder_or(
        actor, Permission.LEARNERS_ACCOUNT_CORRECT, learner_id=learner_id, at=organization_id
    )
    locked_visible(actor=actor, learner_id=learner_id, now=now)
    attribute = _standing(learner_id, group)
    if attribute is None:
        raise errors.AttributeNotFound(group=group.value)
    attribute.record_withdrawn(bank_day(now))
    fact = facts.attribute_withdrawn(learner_id=learner_id, number=attribute.number, actor=actor.reference, at=now)
    evidence.append(fact)
    return attribute.as_value()


def _standing(learner_id: int, group: PriorityGroup) -> models.Attribute | None:
    return models.Attribute.objects.filter(learner_id=learner_id, code=group, withdrawn_on__isnull=True).first()
