"""Counting: how much a grant comes to in a measure over a selection. Caps and needs count alike."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Final, NamedTuple

from creditbank.conversion.planner.crediting import Line, source_credits
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.prepared import ReadyRule
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.limits import Measure, Selection
from creditbank.conversion.rules.problem import Achievement

PLAN: Final = ""
"""The one value of `per: plan`."""

_JULY: Final = 7


class Scope(NamedTuple):
    """What is counted: the selection of a cap or need, its measure, and for what it is counted apart."""

    book: int
    of: Selection
    measure: Measure
    per: str = "plan"
    pro_rata: bool = False
    framework: str | None = None
    most: bool = True
    """Of several framework levels in one grant the highest counts (caps), or the lowest (needs)."""


class Subject(NamedTuple):
    """A grant as it is counted, be it possible, chosen or approved earlier; `rule` is None where it is not known."""

    rule: ReadyRule | None
    uses: tuple[int, ...]
    lines: tuple[Line, ...]


class Counter:
    """Counts grants for one scope; the answers are credits (or points, or numbers), apart by value of `per`."""

    def __init__(self, ground: Ground, scope: Scope) -> None:
        """Prepare the conditions; each achievement and course is judged once."""
        self.ground = ground
        self.scope = scope
        book = ground.prepared.books[scope.book]
        self._situation = ground.situations[scope.book]
        selection = scope.of
        self._source = None if selection.sources is None else compile_conditions(selection.sources, book.lexicon).state
        self._target = None if selection.targets is None else compile_conditions(selection.targets, book.lexicon).state
        self._categories: frozenset[str] | None = None
        if selection.categories is not None:
            wholes = [book.lexicon.with_descendants(each) for each in selection.categories]
            self._categories = frozenset().union(*wholes)
        self._matching: dict[int, bool] = {}
        self.by_lines = self._target is not None or self._categories is not None or scope.per == "category"
        self.by_sources = self._source is not None or scope.per not in {"plan", "rule", "match", "category"}
        self.simple = not self.by_lines and not self.by_sources and scope.per == "plan" and scope.measure == "credits"

    def of_rule(self, rule: ReadyRule | None) -> bool:
        """Tell whether the selection takes grants of a rule; rule ids and tags speak of the book's own rules."""
        selection = self.scope.of
        if selection.rules is None and selection.tags is None:
            return True
        if rule is None or rule.book != self.scope.book:
            return False
        if selection.rules is not None and rule.rule.id not in selection.rules:
            return False
        return selection.tags is None or not set(selection.tags).isdisjoint(rule.rule.tags)

    def sources(self, uses: Iterable[int]) -> tuple[int, ...]:
        """Return those of a grant's achievements that the selection looks at."""
        state = self._source
        if state is None:
            return tuple(uses)
        for number in uses:
            if number not in self._matching:
                held = self.ground.achievement(number)
                self._matching[number] = state(held, self._situation, ()) is State.SATISFIED
        return tuple(number for number in uses if self._matching[number])

    def lines(self, lines: Sequence[Line]) -> Sequence[Line]:
        """Return those of a grant's lines that the selection looks at."""
        if self._target is None and self._categories is None:
            return lines
        return [line for line in lines if self._takes(line)]

    def _takes(self, line: Line) -> bool:
        if self._categories is not None and line.category not in self._categories:
            return False
        if self._target is None:
            return True
        return line.course is not None and self._target(line.course, self._situation, ()) is State.SATISFIED

    def count(self, grant: Subject) -> Mapping[str, Fraction]:
        """Return what a grant counts, by value of `per`; nothing where it is not selected."""
        if not self.of_rule(grant.rule):
            return {}
        sources = self.sources(grant.uses)
        if not sources and self._source is not None:
            return {}
        lines = self.lines(grant.lines)
        if not lines:
            return {}
        if self.scope.per == "category":
            parts: dict[str, list[Line]] = {}
            for line in lines:
                parts.setdefault(line.category or "", []).append(line)
            return {value: self._amount(grant, sources, part, value) for value, part in parts.items()}
        return {value: self._amount(grant, sources, lines, value) for value in self._values(grant, sources)}

    def _values(self, grant: Subject, sources: Sequence[int]) -> Iterable[str]:
        per = self.scope.per
        if per == "plan":
            return (PLAN,)
        if per == "rule":
            return () if grant.rule is None else (grant.rule.id,)
        if per == "match":
            ids = sorted(self.ground.achievement(number).id for number in grant.uses)
            return ("" if grant.rule is None else f"{grant.rule.id}:{'+'.join(ids)}",)
        return dict.fromkeys(
            value for number in sources if (value := value_of(self.ground.achievement(number), per)) is not None
        )

    def _amount(self, grant: Subject, sources: Sequence[int], lines: Sequence[Line], value: str) -> Fraction:
        match self.scope.measure:
            case "targets":
                return Fraction(sum(line.kind == "course" for line in lines))
            case "grants":
                return Fraction(1)
            case "achievements":
                return Fraction(len(self.of_value(grant.uses, value)))
            case _:
                amount = credits_of(lines)
        if self.scope.measure == "points":
            amount *= self._level(sources or grant.uses)
        return amount * self._part(grant, self.of_value(grant.uses, value)) if self.scope.pro_rata else amount

    def of_value(self, uses: Sequence[int], value: str) -> Sequence[int]:
        """Return those of a grant's achievements that are looked at for one value of `per`."""
        sources = self.sources(uses)
        if self.scope.per in {"plan", "rule", "match", "category"}:
            return sources
        return [number for number in sources if value_of(self.ground.achievement(number), self.scope.per) == value]

    def _level(self, numbers: Sequence[int]) -> Fraction:
        """Return the level of the sources on the scope's framework; zero where one has none."""
        name = self.scope.framework
        if name is None:
            name = next(iter(self.ground.prepared.books[self.scope.book].book.words.frameworks), "")
        levels = [Fraction((self.ground.achievement(number).framework_level or {}).get(name, 0)) for number in numbers]
        return (max(levels) if self.scope.most else min(levels)) if levels else Fraction(0)

    def _part(self, grant: Subject, numbers: Sequence[int]) -> Fraction:
        """Return the part of a grant that some of its sources carry, by their credits; all alike without any.

        Where the credits of some are not on record nobody knows the parts, and the whole counts for each.
        """
        known = [self.ground.achievement(number).credits is not None for number in grant.uses]
        if any(known) and not all(known):
            return Fraction(1)
        basis = self.ground.bases[self.scope.book]
        own = {number: source_credits((self.ground.achievement(number),), basis) for number in grant.uses}
        whole = sum(own.values())
        if not whole:
            return Fraction(len(numbers), max(1, len(grant.uses)))
        return sum((own[number] for number in numbers), Fraction(0)) / whole


def total(counter: Counter, grants: Iterable[Subject]) -> dict[str, Fraction]:
    """Return what grants come to within a scope, by value of `per`; an achievement counts once however often used."""
    found: dict[str, Fraction] = {}
    distinct: dict[str, set[int]] = {}
    for grant in grants:
        for value, amount in counter.count(grant).items():
            found[value] = found.get(value, Fraction(0)) + amount
            distinct.setdefault(value, set()).update(counter.of_value(grant.uses, value))
    if counter.scope.measure == "achievements":
        return {value: Fraction(len(numbers)) for value, numbers in distinct.items()}
    return found


def credits_of(lines: Iterable[Line]) -> Fraction:
    """Return the credits of lines, in whole credits."""
    return Fraction(sum(line.credits for line in lines), 100)


_VALUES: Final[Mapping[str, Callable[[Achievement], str | None]]] = {
    "achievement": lambda each: each.id,
    "issuer": lambda each: each.issuer,
    "family": lambda each: each.family,
    "year": lambda each: each.acquired[:4],
    "semester": lambda each: f"{each.acquired[:4]}-{1 if int(each.acquired[5:7]) < _JULY else 2}",
}


def value_of(achievement: Achievement, per: str) -> str | None:
    """Return for what an achievement is counted apart; a semester is half a calendar year."""
    return _VALUES[per](achievement)
