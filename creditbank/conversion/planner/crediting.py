"""Crediting: how much a grant counts, how it is shared out among its lines, and which grade is recorded with it."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple

from creditbank.conversion.planner.offers import Atom, Offer, hundredths
from creditbank.conversion.planner.prepared import ReadyRule
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import CreditMode
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement, Course, Grade


class Line(NamedTuple):
    """One line as it is given: credits in hundredths of the programme's unit; benefits count none."""

    kind: str
    target: str
    credits: int = 0
    of: str | None = None
    category: str | None = None
    course: Course | None = None
    grade: Grade | None = None


class Basis(NamedTuple):
    """Where a book's amounts are reckoned: its situation, its unit, and the factor to the programme's unit."""

    situation: Situation
    unit: str
    factor: Fraction


class UnsettledAmountError(Exception):
    """No row of a table can be said to hold; `state` tells a plain no from what nobody knows."""

    def __init__(self, state: State) -> None:
        """Keep how the rows stand."""
        super().__init__(state)
        self.state = state


def source_credits(achievements: Sequence[Achievement], basis: Basis) -> Fraction:
    """Return the credits of the sources in the programme's unit; what has no credits in a unit that maps adds none."""
    return basis.factor * sum((_own(each, basis) for each in achievements), Fraction(0))


def _own(achievement: Achievement, basis: Basis) -> Fraction:
    given = achievement.credits
    if given is None:
        return Fraction(0)
    return basis.situation.lexicon.units.convert(given.value, given.unit, basis.unit) or Fraction(0)


def lines_of(rule: ReadyRule, uses: Sequence[Achievement], offer: Offer, basis: Basis) -> tuple[Line, ...]:
    """Return the lines of a grant with their credits.

    Raises `UnsettledAmountError` where the rule's table, or `@category`, says nothing about these sources.
    """
    credited = rule.rule.credits
    if credited.mode == "target" and not credited.adjust:
        shares = [atom.weight for atom in offer.atoms]
    else:
        shares = shared(_total(credited, uses, offer, basis), offer)
    grade = recorded_grade(rule, uses, basis)
    lines: list[Line] = []
    for atom, share in zip(offer.atoms, shares, strict=True):
        if atom.kind == "course":
            category = None if atom.course is None else atom.course.category
            lines.append(Line("course", atom.target, share, category=category, course=atom.course, grade=grade))
        elif atom.kind == "credits":
            lines += _generic(atom.target, share, uses, basis)
        else:
            lines.append(Line(atom.kind, atom.target, of=atom.of))
    return (*lines, *_surplus(rule, uses, sum(shares), basis))


def line_of(atom: Atom) -> Line:
    """Return the line of a course that counts what it counts."""
    course = atom.course
    category = None if course is None else course.category
    return Line("course", atom.target, atom.weight, None, category, course)


def _total(credited: CreditMode, uses: Sequence[Achievement], offer: Offer, basis: Basis) -> int:
    if credited.mode == "none":
        return 0
    total = _by_mode(credited, uses, offer, basis)
    for each in credited.adjust:
        state = holds(each.if_, uses, offer.courses, basis.situation)
        if state is State.UNKNOWN:
            raise UnsettledAmountError(state)
        if state is State.SATISFIED:
            total += basis.factor * Fraction(each.add)
    return hundredths(total)


def _by_mode(credited: CreditMode, uses: Sequence[Achievement], offer: Offer, basis: Basis) -> Fraction:
    """Return what the mode comes to before adjustments, in the programme's unit."""
    own = Fraction(offer.weight, 100)
    match credited.mode:
        case "fixed":
            return basis.factor * Fraction(credited.amount or 0)
        case "table":
            return basis.factor * _of_table(credited, uses, offer.courses, basis)
        case "source":
            return source_credits(uses, basis)
        case "least":
            brought = source_credits(uses, basis)
            return min(brought, own) if offer.weight else brought
        case _:
            return own


def _of_table(credited: CreditMode, uses: Sequence[Achievement], courses: Sequence[str], basis: Basis) -> Fraction:
    for row in credited.rows or ():
        state = holds(row.if_, uses, courses, basis.situation)
        if state is State.UNKNOWN:
            raise UnsettledAmountError(state)
        if state is State.SATISFIED:
            return Fraction(row.amount)
    raise UnsettledAmountError(State.REFUSED)


def holds(conditions: Conditions, uses: Sequence[Achievement], courses: Sequence[str], situation: Situation) -> State:
    """Tell whether conditions hold for at least one of the sources; without sources, for the learner alone."""
    state = compile_conditions(conditions, situation.lexicon).state
    if not uses:
        return state(None, situation, courses)
    return max(state(each, situation, courses) for each in uses)


def shared(total: int, offer: Offer) -> list[int]:
    """Share a total out by the courses' own credits: largest remainder first, ties in written order.

    Generic lines weigh what they state; where nothing has a weight, the lines that count share alike.
    """
    weights = [atom.weight for atom in offer.atoms]
    if not any(weights):
        weights = [int(atom.kind in {"course", "credits"}) for atom in offer.atoms]
    return by_weight(total, weights)


def by_weight(total: int, weights: Sequence[int]) -> list[int]:
    """Share whole units out in proportion, largest remainder first, ties in order; nothing where nothing weighs."""
    whole = sum(weights)
    if not whole:
        return [0] * len(weights)
    shares = [total * weight // whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda at: (-(total * weights[at] % whole), at))
    for at in order[: total - sum(shares)]:
        shares[at] += 1
    return shares


def _generic(category: str, amount: int, uses: Sequence[Achievement], basis: Basis) -> list[Line]:
    """Return generic credits; `@category` is shared out among the categories of the sources by their credits."""
    if category != "@category":
        return [Line("credits", category, amount, category=category)]
    weights: dict[str, Fraction] = {}
    categories = {each.category for each in uses}
    for each in uses:
        if each.category is None or (each.credits is None and len(categories) > 1):
            raise UnsettledAmountError(State.UNKNOWN)
        weights[each.category] = weights.get(each.category, Fraction(0)) + _own(each, basis)
    if len(weights) == 1 or not any(weights.values()):
        name = min(weights)
        return [Line("credits", name, amount, category=name)]
    parts = by_weight(amount, [hundredths(weight) for weight in weights.values()])
    return [Line("credits", name, part, category=name) for name, part in zip(weights, parts, strict=True) if part]


def _surplus(rule: ReadyRule, uses: Sequence[Achievement], granted: int, basis: Basis) -> list[Line]:
    surplus = rule.rule.surplus
    if surplus is None:
        return []
    over = hundredths(source_credits(uses, basis)) - granted
    if surplus.at_most is not None:
        over = min(over, hundredths(basis.factor * Fraction(surplus.at_most)))
    return _generic(surplus.to, over, uses, basis) if over > 0 else []


def recorded_grade(rule: ReadyRule, uses: Sequence[Achievement], basis: Basis) -> Grade | None:
    """Return the grade recorded with the grant: by the first row that holds, or mapped, the lowest of the sources."""
    law = rule.rule.record_grade
    if law is None:
        return None
    for row in law.rows or ():
        if holds(row.if_, uses, (), basis.situation) is State.SATISFIED:
            return Grade(scale=law.scale or "", value=row.value)
    scale = law.map or law.scale
    if law.rows is not None or scale is None:
        return None
    scales = basis.situation.lexicon.scales
    mapped = [scales.on_scale(use.grade.scale, use.grade.value, scale) for use in uses if use.grade is not None]
    ranked = [
        (rank, value) for value in mapped if value is not None and (rank := scales.rank(scale, value)) is not None
    ]
    return Grade(scale=scale, value=min(ranked)[1]) if ranked else None
