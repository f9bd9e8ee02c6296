"""Answering: the best plan of a problem, its value, and the document that says what is granted."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from creditbank.conversion import errors
from creditbank.conversion.planner import proving, solving
from creditbank.conversion.planner.awards import Asked, asked
from creditbank.conversion.planner.building import Building, Granted, build, granted
from creditbank.conversion.planner.counting import Subject
from creditbank.conversion.planner.crediting import Line
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.model import Key, Model, Solution
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.planner.spreading import spread
from creditbank.conversion.rules.quantities import plain


@dataclass(frozen=True, slots=True)
class Answer:
    """The best plan of a building; `worth` is what the first key comes to, in the model's own scale."""

    building: Building
    solution: Solution
    grants: tuple[Granted, ...]
    worth: int

    @property
    def credits(self) -> int:
        """Return the credits granted, in hundredths."""
        return sum(grant.credits for grant in self.grants)


def answer(ground: Ground) -> Answer:
    """Return the one best plan.

    Refused: wishes that no plan meets together, a rule that is filled in too many ways, a plan too hard to prove.
    """
    building = build(ground)
    solution = solving.best(building.model)
    if solution is None:
        raise errors.WishesCollide
    return Answer(building, solution, granted(building, solution), worth_of(building.model, solution))


def worth_of(model: Model, solution: Solution) -> int:
    """Return what a solution comes to in the key that value speaks of; for an award in credits."""
    return _sum(model, solution, _key(model))


def credits_of(model: Model) -> int:
    """Return the credits of the best plan in hundredths, whatever the preference puts before credits; else zero.

    Where credits come first the best value is enough, and the rest of the preference need not be settled.
    """
    if _key(model) is Key.CREDITS:
        return value_of(model) or 0
    solution = solving.best(model)
    return 0 if solution is None else _sum(model, solution, Key.CREDITS)


def _sum(model: Model, solution: Solution, key: Key) -> int:
    whole = 0
    for number in solution.options:
        option = model.options[number]
        whole += (
            option.credits if key is Key.CREDITS else option.useful if key is Key.USEFUL_CREDITS else option.benefits
        )
    for at in solution.flows:
        whole += model.flows[at].useful if key is Key.USEFUL_CREDITS else model.flows[at].credits
    for amount, taken in zip(model.amounts, solution.amounts, strict=True):
        whole += taken * (amount.useful if key is Key.USEFUL_CREDITS else 1)
    return whole


def _key(model: Model) -> Key:
    return Key.CREDITS if model.needs is not None else model.prefer[0]


def value_of(model: Model) -> int | None:
    """Return the value of a model: its first key; for an award the best plan's credits. None: nothing is allowed."""
    if model.needs is None:
        return solving.value(model) if model.options else 0
    solution = solving.best(model)
    return None if solution is None else worth_of(model, solution)


def subjects(grants: Sequence[Granted]) -> list[Subject]:
    """Return grants as they are counted."""
    return [Subject(each.rule, each.uses, each.lines) for each in grants]


def credits_text(hundredths: int) -> str:
    """Write hundredths as credits."""
    return plain(Fraction(hundredths, HUNDRED))


def plan_document(answered: Answer) -> dict[str, Any]:
    """Return the plan as rules.md part 7 writes it."""
    ground = answered.building.ground
    return {
        "credits": credits_text(answered.credits),
        "unit": ground.problem.programme.unit,
        "grants": [
            {
                "rule": grant.rule.id,
                "uses": sorted(ground.achievement(number).id for number in grant.uses),
                "gives": [given_document(line) for line in grant.lines],
            }
            for grant in answered.grants
        ],
    }


def given_document(line: Line) -> dict[str, Any]:
    """Return a line as it is granted; a benefit has no credits."""
    given: dict[str, Any] = {"kind": line.kind, "target": line.target}
    if line.kind in {"course", "credits"}:
        given["credits"] = credits_text(line.credits)
    if line.of is not None:
        given["of"] = line.of
    if line.grade is not None:
        given["grade"] = {"scale": line.grade.scale, "value": line.grade.value}
    return given


def award_document(answered: Answer) -> dict[str, Any] | None:
    """Return what an award asks for, what is there, what is missing, and what has still to be earned, and where."""
    building = answered.building
    aim = building.aim
    if aim is None:
        return None
    needs = asked(building.ground, aim, subjects(answered.grants))
    attained = not any(each.asked and each.missing for each in needs)
    document: dict[str, Any] = {
        "id": aim.award.id,
        "attained": attained,
        "needs": [_need_document(each) for each in needs],
    }
    document.update(_still_needed(building, attained=attained))
    return document


def _need_document(each: Asked) -> dict[str, Any]:
    document: dict[str, Any] = {
        "need": each.need.id,
        "value": plain(each.value),
        "missing": plain(each.missing),
        "asked": each.asked,
    }
    if each.need.holds is None:
        document["measure"] = each.need.measure or "credits"
        document["at_least"] = plain(each.need.at_least or 0)
    return document


def _still_needed(building: Building, *, attained: bool) -> dict[str, Any]:
    """Return the least that must still be earned; null where the book names no lines, or none can fill the award."""
    aim, model = building.aim, building.model
    assert aim is not None
    if attained:
        return {"credits_still_needed": "0", "open_lines": []}
    if not aim.lines:
        return {"credits_still_needed": None, "open_lines": []}
    found = proving.still_needed(model)
    if found is None:
        return {"credits_still_needed": None, "open_lines": []}
    lines = [
        {"category": line.category, "credits": credits_text(amount)} | ({} if line.via is None else {"via": line.via})
        for line, amount in zip(aim.lines, found.lines, strict=True)
        if amount
    ]
    told: dict[str, Any] = {"credits_still_needed": credits_text(found.total), "open_lines": lines}
    over = [
        {"cap": each.cap, "per": each.per, "at_most": plain(each.at_most), "at_least": each.at_least}
        for each in spread(building.ground, aim, found.lines)
    ]
    return told | {"spread": over} if over else told
