"""Requirements as trees over an archive and the plan that would be granted: programmes by groups, awards by needs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, Final

from creditbank.catalogue import queries as catalogue
from creditbank.conversion import planning, vocabulary
from creditbank.conversion.errors import GoalUnknown
from creditbank.conversion.queries.books import Ruling, in_force
from creditbank.conversion.queries.held import holdings
from creditbank.conversion.queries.telling import Telling, hundredths
from creditbank.conversion.queries.worth import (
    answer_for,
    award_problem,
    award_target,
    done_in,
    unit_name,
)
from creditbank.conversion.rules.limits import Need, NeedAll, NeedAny, NeedLeaf, NeedTree
from creditbank.conversion.told import Audit, AwardAnswer, CourseState, Requirement
from creditbank.conversion.types import BookKind
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

HUNDRED: Final = 100


def audit(actor: Actor, learner_id: int, programme_public_id: str, *, day: date) -> Audit:
    """Return a programme's requirements with what is done, what the best plan would free, and what stays open.

    Refused: a programme that there is none of.
    """
    held = holdings(actor, learner_id)
    programme = catalogue.programme(programme_public_id)
    answered = answer_for(held, programme, day=day)
    done = {each.id for each in done_in(held, programme)}
    freed = {line.named.code for grant in answered.told.grants for line in grant.gives if line.credits is not None}
    courses = catalogue.by_ids(course.specification_id for group in programme.groups for course in group.courses)
    parts = []
    for group in programme.groups:
        states = []
        for course in group.courses:
            one = courses[course.specification_id]
            named = vocabulary.named(one)
            state = "done" if one.id in done else "freed" if named.code in freed else "open"
            states.append(CourseState(named, course.credits, state))
        value = sum(each.credits for each in states if each.state != "open")
        least = group.credits_min if group.credits_min is not None else sum(each.credits for each in states)
        parts.append(
            Requirement(
                kind="need",
                title=group.name,
                value=Decimal(value) / HUNDRED,
                at_least=Decimal(least) / HUNDRED,
                met=value >= least,
                courses=tuple(states),
            )
        )
    return Audit(
        programme_public_id=programme.public_id,
        title=programme.name,
        owner=organizations.by_id(programme.organization_id).name,
        unit=framework.units_by_id()[programme.unit_id].name,
        held=answered.held,
        freed=answered.told.credits,
        credits_required=programme.credits_required,
        parts=tuple(parts),
    )


def award(actor: Actor, learner_id: int, target: str, *, day: date) -> AwardAnswer:
    """Return how far an archive reaches towards one award, need by need, with the plan that reaches furthest.

    Refused: an award of no book in force.
    """
    held = holdings(actor, learner_id)
    ruling, name = _award(target, day)
    problem = award_problem(held, ruling, name, day=day)
    document: dict[str, Any] = planning.simulate([ruling.book], problem)
    stated = next(each for each in ruling.book.awards if each.id == name)
    told = document["award"]
    lacking = told["credits_still_needed"]
    return AwardAnswer(
        target=target,
        title=Text(stated.title.zh, stated.title.en),
        owner=organizations.by_id(ruling.edition.book.owner_id).name,
        unit=unit_name(ruling.book.unit),
        requirement=_requirement(stated.needs, {each["need"]: each for each in told["needs"]}),
        attained=told["attained"],
        still_needed=None if lacking is None else Decimal(hundredths(lacking)) / HUNDRED,
        open_lines=tuple(
            (Text(line["category"]), Decimal(hundredths(line["credits"])) / HUNDRED) for line in told["open_lines"]
        ),
        spread=tuple(
            (each["per"], Decimal(hundredths(each["at_most"])) / HUNDRED, each["at_least"])
            for each in told.get("spread", ())
        ),
        document=document,
        told=Telling(document, [ruling], problem).told(),
        editions=(ruling.edition,),
    )


def _award(target: str, day: date) -> tuple[Ruling, str]:
    for ruling in in_force(day, kinds=frozenset({BookKind.AWARD})):
        for each in ruling.book.awards:
            if award_target(ruling, each.id) == target:
                return ruling, each.id
    raise GoalUnknown


def _requirement(tree: NeedTree, told: Mapping[str, Mapping[str, Any]]) -> Requirement:
    if isinstance(tree, NeedLeaf):
        return _leaf(tree.need, told[tree.need.id])
    if isinstance(tree, NeedAll):
        parts = tuple(_requirement(each, told) for each in tree.all)
        return Requirement(
            kind="all", title=Text(""), some=len(parts), parts=parts, met=all(each.met for each in parts)
        )
    branches, some = (tree.any, 1) if isinstance(tree, NeedAny) else (tree.of, tree.some)
    parts = tuple(_requirement(each, told) for each in branches)
    return Requirement(
        kind="any" if some == 1 else "some",
        title=Text(""),
        some=some,
        parts=parts,
        met=sum(each.met for each in parts) >= some,
    )


def _leaf(need: Need, told: Mapping[str, Any]) -> Requirement:
    value, missing = (Decimal(hundredths(told[key])) / HUNDRED for key in ("value", "missing"))
    title = Text(need.title.zh, need.title.en) if need.title else Text(need.id)
    if need.holds is not None:
        return Requirement(kind="holds", title=title, met=value > 0)
    return Requirement(
        kind="need",
        title=title,
        value=value,
        at_least=need.at_least or Decimal(0),
        measure=need.measure or "credits",
        met=not missing,
    )
