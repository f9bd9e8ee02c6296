"""What an archive is worth as JSON of the reference, for programs and the command line."""

from collections.abc import Sequence
from datetime import date

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.errors import OccupationNotFound
from creditbank.conversion.queries.jobs import job
from creditbank.conversion.queries.worth import awards, goal, worth
from creditbank.conversion.told import Job
from creditbank.conversion.types import AwardWorth, Goal, GoalKind, Worth
from creditbank.kernel.actor import Actor
from creditbank.kernel.credits import plain
from creditbank.kernel.text import Text


def worth_document(actor: Actor, learner_id: int, *, day: date) -> dict[str, object]:
    """Return the same as the JSON of the reference: amounts as decimal texts, programmes and awards ranked.

    `goal` names what the learner works towards; for an occupation also its ways, the nearest to done first.
    """
    programmes, towards = worth(actor, learner_id, day=day), awards(actor, learner_id, day=day)
    aimed = goal(learner_id)
    return {
        "as_of": day.isoformat(),
        "goal": None if aimed is None else _goal(actor, aimed, programmes, towards, day=day),
        "programmes": [
            {
                "programme": each.programme_public_id,
                "name": {"zh": each.programme.zh, "en": each.programme.en},
                "institution": {"zh": each.institution.zh, "en": each.institution.en},
                "enrolled": each.enrolled,
                "credits": None if each.credits is None else plain(each.credits),
                "held": plain(each.held),
                "credits_required": plain(each.credits_required),
                "still_needed": None if each.missing is None else plain(each.missing),
                "refused": each.refusal and each.refusal.code,
                "editions": list(each.editions),
            }
            for each in programmes
        ],
        "awards": [
            {
                "award": each.target,
                "title": {"zh": each.title.zh, "en": each.title.en},
                "attained": each.attained,
                "needs": each.needs,
                "met": each.met,
                "still_needed": None if each.still_needed is None else plain(each.still_needed),
                "refused": each.refusal and each.refusal.code,
            }
            for each in towards
        ],
    }


def _goal(
    actor: Actor, aimed: Goal, programmes: Sequence[Worth], towards: Sequence[AwardWorth], *, day: date
) -> dict[str, object]:
    """Return a goal by name; one that is not on offer any more has none."""
    named: dict[str, object] = {"kind": aimed.kind.value, "target": aimed.target}
    if aimed.kind is GoalKind.PROGRAMME:
        return named | {"name": _pair(catalogue.programme(aimed.target).name)}
    if aimed.kind is GoalKind.AWARD:
        award = next((each for each in towards if each.target == aimed.target), None)
        return named | {"name": _pair(award.title) if award else None}
    try:
        told = job(actor, aimed.learner_id, aimed.target, day=day, programmes=programmes, awards=towards)
    except OccupationNotFound:
        return named | {"name": None, "routes": []}
    return named | {"name": _pair(told.name), "routes": _routes(told)}


def _routes(told: Job) -> list[dict[str, object]]:
    return [
        {
            "name": _pair(route.name),
            "missing": route.missing,
            "credits": plain(route.credits),
            "needs": [
                {"kind": need.kind, "target": need.target, "name": _pair(need.title), "met": need.met}
                for need in route.needs
            ],
        }
        for route in told.routes
    ]


def _pair(text: Text) -> dict[str, str]:
    return {"zh": text.zh, "en": text.en}
