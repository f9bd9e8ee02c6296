"""What a plan gives, checked against the documents alone: the lines of a rule, and their credits. No planner code."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import floor
from typing import Any

from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Rule
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement, Course
from creditbank.conversion.rules.targets import ChooseLine, CourseLine, CreditsLine, LevelLine, Line, PartLine

Given = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Ledger:
    """One book and the programme: how courses are called, and by what the book's amounts are multiplied."""

    situation: Situation
    unit: str
    factor: Fraction
    speaks: bool
    divisible: bool

    def same(self, one: str, other: str) -> bool:
        """Tell whether two codes are one course."""
        return one == other or other in self.codes(one)

    def codes(self, code: str) -> set[str]:
        """Return every code a course goes by."""
        found, before = {code}, 0
        while len(found) != before:
            before = len(found)
            for course in self.situation.problem.programme.courses:
                if course.same_as is not None and not found.isdisjoint((course.code, course.same_as)):
                    found |= {course.code, course.same_as}
        return found

    def course(self, code: str) -> Course | None:
        """Return the course of the programme by any of its codes, of several the first by code."""
        codes = self.codes(code)
        found = [course for course in self.situation.problem.programme.courses if course.code in codes]
        return min(found, key=lambda course: course.code, default=None)

    def own(self, achievement: Achievement) -> Fraction:
        """Return an achievement's credits in the programme's unit."""
        if achievement.credits is None:
            return Fraction(0)
        given = achievement.credits
        in_unit = self.situation.lexicon.units.convert(given.value, given.unit, self.unit)
        return (in_unit or Fraction(0)) * self.factor

    def holds(self, conditions: Conditions, uses: Sequence[Achievement], targets: Sequence[str]) -> bool:
        """Tell whether conditions hold for one of the sources."""
        return any(state_of(conditions, use, self.situation, targets) is State.SATISFIED for use in uses)


def may_give(rule: Rule, gives: Sequence[Given], ledger: Ledger) -> bool:
    """Tell whether a rule may give exactly these lines, the surplus aside."""
    own = list(gives)
    if rule.surplus is not None and own and own[-1]["kind"] == "credits" and len(own) > 1:
        return _covers(rule.gives, own, ledger) or _covers(rule.gives, own[:-1], ledger)
    return _covers(rule.gives, own, ledger)


def _covers(lines: Sequence[Line], gives: Sequence[Given], ledger: Ledger) -> bool:
    return any(not rest for rest in _taken(lines, list(gives), ledger))


def _taken(lines: Sequence[Line], gives: list[Given], ledger: Ledger) -> Iterator[list[Given]]:
    """Yield what is left of the given lines after the rule's lines took theirs, in every way."""
    if not lines:
        yield gives
        return
    for rest in _one(lines[0], gives, ledger):
        yield from _taken(lines[1:], rest, ledger)


def _one(line: Line, gives: list[Given], ledger: Ledger) -> Iterator[list[Given]]:
    if isinstance(line, ChooseLine):
        least, most = (
            (line.choose, line.choose) if isinstance(line.choose, int) else (line.choose.at_least, line.choose.at_most)
        )
        yield from _chosen(line, gives, ledger, (least, most), 0)
        return
    if isinstance(line, CreditsLine) and line.credits == "@category":
        rest = [given for given in gives if given["kind"] != "credits"]
        if len(rest) < len(gives):
            yield rest
        return
    for at, given in enumerate(gives):
        if _is(line, given, ledger):
            yield [*gives[:at], *gives[at + 1 :]]


def _is(line: Line, given: Given, ledger: Ledger) -> bool:
    match line:
        case CourseLine(course=code):
            return bool(given["kind"] == "course") and ledger.same(code, given["target"])
        case CreditsLine(credits=category):
            return bool(given["kind"] == "credits" and given["target"] == category)
        case PartLine(part=part, of=of):
            return bool(given["kind"] == "part" and given["target"] == part and given.get("of") == of)
        case LevelLine(level=level):
            return bool(given["kind"] == "level" and given["target"] == level)
        case _:
            return bool(given["kind"] == "award" and given["target"] == getattr(line, "award", None))


def _chosen(
    line: ChooseLine, gives: list[Given], ledger: Ledger, bounds: tuple[int, int], first: int
) -> Iterator[list[Given]]:
    """Yield what is left after a choice: named alternatives in order, each once, then courses by their conditions."""
    least, most = bounds
    for at, option in enumerate((line.of or ())[first:], first):
        if most > 0:
            bundle = option if isinstance(option, tuple) else (option,)
            for rest in _taken(bundle, gives, ledger):
                yield from _chosen(line, rest, ledger, (least - 1, most - 1), at + 1)
    if line.where is not None:
        yield from _by_conditions(line.where, gives, ledger, bounds)
    if least <= 0:
        yield gives


def _by_conditions(
    where: Conditions, gives: list[Given], ledger: Ledger, bounds: tuple[int, int]
) -> Iterator[list[Given]]:
    fitting = []
    for given in gives:
        course = ledger.course(given["target"]) if given["kind"] == "course" else None
        if course is not None and state_of(where, course, ledger.situation) is State.SATISFIED:
            fitting.append(given)
    if max(bounds[0], 1) <= len(fitting) <= bounds[1]:
        yield [given for given in gives if given not in fitting]


def credits_faults(rule: Rule, uses: Sequence[Achievement], gives: Sequence[Given], ledger: Ledger) -> Iterator[str]:
    """Yield a code for each way in which the credits of a grant are not what the documents say."""
    counted = [given for given in gives if given["kind"] in {"course", "credits"}]
    if any(Fraction(given["credits"]) < 0 for given in counted):
        yield "negative"
    own = counted
    if rule.surplus is not None and _surplus_of(rule, uses, counted, ledger) is not None:
        own = counted[:-1]
    total = whole_of(rule, uses, own, ledger)
    if total is None:
        yield "no_amount"
        return
    got = [floor(Fraction(given["credits"]) * 100) for given in own]
    if ledger.divisible:
        yield from ["credits"] if sum(got) > total else []
    elif sum(got) != total or (
        rule.credits.mode == "target" and not rule.credits.adjust and got != [_weight(rule, x, ledger) for x in own]
    ):
        yield "credits"
    elif not _by_share(rule, own, got, ledger):
        yield "share"


def _surplus_of(rule: Rule, uses: Sequence[Achievement], counted: Sequence[Given], ledger: Ledger) -> Given | None:
    """Return the line that is the surplus, if the amounts say that there is one."""
    assert rule.surplus is not None
    if not counted or counted[-1]["kind"] != "credits" or counted[-1]["target"] != rule.surplus.to:
        return None
    rest = sum((Fraction(given["credits"]) for given in counted[:-1]), Fraction(0))
    over = Fraction(floor(sum((ledger.own(use) for use in uses), Fraction(0)) * 100), 100) - rest
    if rule.surplus.at_most is not None:
        over = min(over, Fraction(floor(Fraction(rule.surplus.at_most) * ledger.factor * 100), 100))
    return counted[-1] if over > 0 and Fraction(counted[-1]["credits"]) == over else None


def whole_of(rule: Rule, uses: Sequence[Achievement], own: Sequence[Given], ledger: Ledger) -> int | None:
    """Return the hundredths that the mode and the adjustments come to; None where no row holds."""
    law = rule.credits
    targets = [given["target"] for given in own if given["kind"] == "course"]
    weights = Fraction(sum(_weight(rule, given, ledger) for given in own), 100)
    sources = sum((ledger.own(use) for use in uses), Fraction(0))
    if law.mode == "none":
        return 0
    if law.mode == "table":
        row = next((row for row in law.rows or () if ledger.holds(row.if_, uses, targets)), None)
        if row is None:
            return None
        amount = Fraction(row.amount) * ledger.factor
    elif law.mode == "fixed":
        amount = Fraction(law.amount or 0) * ledger.factor
    elif law.mode == "target":
        amount = weights
    else:
        amount = min(sources, weights) if law.mode == "least" and weights else sources
    added = (Fraction(each.add) for each in law.adjust if ledger.holds(each.if_, uses, targets))
    return max(0, floor((amount + ledger.factor * sum(added, Fraction(0))) * 100))


def _weight(rule: Rule, given: Given, ledger: Ledger) -> int:
    """Return what a line would count by itself, in hundredths."""
    if given["kind"] == "course":
        course = ledger.course(given["target"])
        return floor(Fraction(course.credits) * 100) if course is not None else 0
    amounts = [
        line.amount
        for line in _flat(rule.gives)
        if isinstance(line, CreditsLine) and line.amount is not None and line.credits == given["target"]
    ]
    return floor(Fraction(amounts[0] if amounts else Decimal(0)) * ledger.factor * 100)


def _flat(lines: Sequence[Any]) -> Iterator[Line]:
    for line in lines:
        if isinstance(line, tuple):
            yield from _flat(line)
        elif isinstance(line, ChooseLine):
            yield from _flat(line.of or ())
        else:
            yield line


def _by_share(rule: Rule, own: Sequence[Given], got: Sequence[int], ledger: Ledger) -> bool:
    """Tell whether no line is a whole hundredth away from its exact part of the total."""
    weights = [_weight(rule, given, ledger) for given in own]
    whole = sum(weights)
    if not whole:
        return True
    return all(abs(Fraction(sum(got) * weight, whole) - part) < 1 for weight, part in zip(weights, got, strict=True))
