"""What learners hold, in the words of rule books: for one or for many by the same number of questions."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from creditbank.archive import queries as archive
from creditbank.archive.types import ArchivedAchievement
from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import Specification
from creditbank.conversion import vocabulary
from creditbank.conversion.rules import problem as given
from creditbank.enrolments import queries as enrolments
from creditbank.enrolments.types import Enrolment
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as learners

_TRUSTED: Final = frozenset({ActorKind.LEARNER, ActorKind.SYSTEM})


@dataclass(frozen=True, slots=True)
class Holdings:
    """One learner's archive in the words of rule books, with what else rules may ask of the person."""

    achievements: tuple[given.Achievement, ...]
    archived: tuple[ArchivedAchievement, ...]
    specifications: Mapping[int, Specification]
    enrolments: tuple[Enrolment, ...]
    groups: tuple[str, ...] | None
    spent: tuple[str, ...]


def holdings(actor: Actor, learner_id: int) -> Holdings:
    """Return what a learner holds as far as the actor may see it."""
    return holdings_of(actor, [learner_id])[learner_id]


def holdings_of(actor: Actor, learner_ids: Sequence[int]) -> dict[int, Holdings]:
    """Return what each of many learners holds as far as the actor may see it; `specifications` are those of all."""
    archives = archive.archives_of(actor=actor, learner_ids=learner_ids)
    entered = {each.entry.key.specification_id for archived in archives.values() for each in archived}
    specifications = catalogue.by_ids(entered)
    studied = {
        learner_id: tuple(each for each in found if _may_know(actor, each))
        for learner_id, found in enrolments.by_learners(learner_ids).items()
    }
    # Groups are consented to for the holder's own plans: no program of a school is told of them by what it reads.
    groups = learners.groups_by_learner(learner_ids) if actor.kind in _TRUSTED else {}
    standard = next((each.code for each in framework.editions()), None)
    return {
        learner_id: Holdings(
            achievements=_said(archived, specifications, studied[learner_id], standard),
            archived=tuple(archived),
            specifications=specifications,
            enrolments=studied[learner_id],
            # Who consented to nothing is not known to be in no group: rules for one ask for the consent then.
            groups=tuple(each.value for each in groups.get(learner_id, ())) or None,
            spent=tuple(each.address for each in archived if each.claimed is not None),
        )
        for learner_id, archived in archives.items()
    }


def _may_know(actor: Actor, studied: Enrolment) -> bool:
    """Say whether the actor may know that somebody studies there."""
    if actor.kind is ActorKind.LEARNER:
        return actor.learner_id == studied.learner_id
    return actor.holds(Permission.ENROLMENTS_ENROLMENT_VIEW, at=studied.organization_id)


def _said(
    archived: Sequence[ArchivedAchievement],
    specifications: Mapping[int, Specification],
    studied: Sequence[Enrolment],
    standard: str | None,
) -> tuple[given.Achievement, ...]:
    via = {each.number: vocabulary.via_of(each.category_code) for each in studied}
    return tuple(
        vocabulary.achievement(
            each,
            specifications[each.entry.key.specification_id],
            framework=standard,
            via=via.get(each.entry.enrolment),
        )
        for each in archived
    )
