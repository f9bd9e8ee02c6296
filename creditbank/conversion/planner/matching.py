"""Matching: which sets of achievements fill the sources of a rule. Looked up by anchor, never scanned."""

from bisect import bisect_right
from collections.abc import Collection, Mapping, Sequence
from fractions import Fraction
from itertools import combinations
from operator import attrgetter
from typing import Any, Final, NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.prepared import ANCHORS, Leaf, Poured, Prepared, ReadyRule, Slot, Tree
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement, Problem

MATCHES_MAX: Final = 20_000
"""Matches of one rule; more is a book that asks for too little."""

POOL_SETS_MAX: Final = 2_000
"""Minimal sets of a pool that are listed one by one; above that the solver pours."""

KEPT_MAX: Final = 500
"""Sets that fill one rule and are kept for other programmes; more are found again."""

Match = tuple[int, ...]
"""Numbers of achievements, ascending: a set that fills a tree."""


class Concerned(NamedTuple):
    """The rules that may have to do with what is held; those that free named courses only, by the first of them."""

    by_course: Mapping[str, Sequence[ReadyRule]]
    others: Sequence[ReadyRule]


class Held:
    """The achievements of a problem, oldest first, found by spec, family and kind."""

    __slots__ = ("_concerned", "_found", "achievements", "boards", "filled", "keys", "numbers", "ranks")

    def __init__(self, problem: Problem) -> None:
        """Number the achievements by day and id; two of one id are one achievement, the first that is handed in."""
        once = {each.id: each for each in reversed(problem.achievements)}
        self.achievements = tuple(sorted(once.values(), key=lambda each: (each.acquired, each.id)))
        self.numbers = {each.id: number for number, each in enumerate(self.achievements)}
        by_id = {name: rank for rank, name in enumerate(sorted(self.numbers))}
        self.ranks = tuple(by_id[each.id] for each in self.achievements)
        self._found: dict[str, dict[str, list[int]]] = {}
        for anchor in ANCHORS:
            found = self._found[anchor] = {}
            for number, each in enumerate(self.achievements):
                value = getattr(each, anchor)
                if value is not None:
                    found.setdefault(value, []).append(number)
        self.keys = frozenset((anchor, value) for anchor, found in self._found.items() for value in found)
        self.filled: dict[tuple[State, frozenset[int]], dict[int, tuple[ReadyRule, list[Match] | None]]] = {}
        """What fills rules that nothing but the achievements decides on, for any programme.

        It is kept by what fills a place and what may not, then by the rule's identity.
        """
        self.boards: dict[tuple[object, ...], tuple[Prepared, Any]] = {}
        """What was laid out of the archive for books, by the books' identity and what may not be used."""
        self._concerned: dict[int, tuple[Prepared, Concerned]] = {}

    def after(self, day: str) -> range:
        """Return the achievements that are acquired later than a day."""
        held = self.achievements
        if not held or held[-1].acquired <= day:
            return range(0)
        return range(bisect_right(held, day, key=attrgetter("acquired")), len(held))

    def concerned(self, prepared: Prepared) -> Concerned:
        """Return the rules that may have to do with what is held, looked up once for many programmes."""
        known = self._concerned.get(id(prepared))
        if known is None:
            positions = prepared.touched(self.keys)
            by_course: dict[str, list[ReadyRule]] = {}
            others = []
            for rule in (prepared.rules[position] for position in sorted(positions)):
                if rule.named and not rule.overlap:
                    by_course.setdefault(rule.named[0], []).append(rule)
                else:
                    others.append(rule)
            known = self._concerned[id(prepared)] = (prepared, Concerned(by_course, others))
        return known[1]

    def anchored(self, leaf: Leaf, problem: Problem) -> Sequence[int]:
        """Return those that may satisfy a leaf, oldest first: those its anchor finds, else all."""
        if not leaf.anchor:
            return range(len(self.achievements))
        found = self._found[leaf.anchor]
        if len(leaf.values) == 1 and not leaf.values[0].startswith("@"):
            return found.get(leaf.values[0], ())
        values = {problem.refs.get(value[1:], "") if value.startswith("@") else value for value in leaf.values}
        return sorted(number for value in values for number in found.get(value, ()))


class Finder:
    """Finds matches among what is held; `least` is the state that fills a place, `blocked` may fill none."""

    __slots__ = ("_filled", "blocked", "held", "least", "situation")

    def __init__(
        self, held: Held, situation: Situation, blocked: Collection[int] = (), least: State = State.SATISFIED
    ) -> None:
        """Keep where to look and what counts."""
        self.held = held
        self.situation = situation
        self.blocked = blocked
        self.least = least
        self._filled = held.filled.setdefault((least, frozenset(blocked)), {})

    def candidates(self, leaf: Leaf, targets: Sequence[str]) -> list[int]:
        """Return the achievements that may stand in a place, oldest first."""
        state, situation, least, blocked = leaf.check.state, self.situation, self.least, self.blocked
        achievements = self.held.achievements
        return [
            number
            for number in self.held.anchored(leaf, situation.problem)
            if number not in blocked and state(achievements[number], situation, targets) >= least
        ]

    def matches(self, rule: ReadyRule, targets: Sequence[str] = ()) -> list[Match] | None:
        """Return every set that fills the rule's sources; None where a pool has too many and must be poured.

        Refused: more than `MATCHES_MAX` sets of a rule that cannot be poured.
        """
        if not rule.alone:
            return self._matches(rule, targets)
        known = self._filled.get(id(rule))
        if known is None:
            known = (rule, self._matches(rule, ()))
            if known[1] is None or len(known[1]) <= KEPT_MAX:
                self._filled[id(rule)] = known
        return known[1]

    def _matches(self, rule: ReadyRule, targets: Sequence[str]) -> list[Match] | None:
        tree = rule.tree
        if isinstance(tree, Slot):
            return [(number,) for number in self.candidates(rule.leaves[tree.leaf], targets)]
        if isinstance(tree, Poured):
            return minimal_sets(self.poured(rule, tree, targets), tree.at_least, POOL_SETS_MAX)
        if tree.number == 1 and all(isinstance(branch, Slot) for branch in tree.of):
            leaves = [rule.leaves[branch.leaf] for branch in tree.of if isinstance(branch, Slot)]
            return [(number,) for number in sorted({n for leaf in leaves for n in self.candidates(leaf, targets)})]
        found = self._fill(rule, tree, targets)
        if len(found) > MATCHES_MAX:
            raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
        return sorted(found)

    def poured(self, rule: ReadyRule, tree: Poured, targets: Sequence[str]) -> list[tuple[int, Fraction]]:
        """Return what may go into a pool, oldest first, with how much each counts; nothing that counts nothing."""
        held = self.held.achievements
        amounts = ((each, self.measured(held[each], tree)) for each in self.candidates(rule.leaves[tree.leaf], targets))
        return [(number, amount) for number, amount in amounts if amount > 0]

    def measured(self, achievement: Achievement, tree: Poured) -> Fraction:
        """Return how much an achievement counts towards a pool; zero without an amount in a unit that maps."""
        if tree.measure == "count":
            return Fraction(1)
        given = achievement.credits if tree.measure == "credits" else achievement.hours
        if given is None:
            return Fraction(0)
        return self.situation.lexicon.units.convert(given.value, given.unit, tree.unit) or Fraction(0)

    def _fill(self, rule: ReadyRule, tree: Tree, targets: Sequence[str]) -> set[Match]:
        if isinstance(tree, Slot):
            return {(number,) for number in self.candidates(rule.leaves[tree.leaf], targets)}
        if isinstance(tree, Poured):
            sets = minimal_sets(self.poured(rule, tree, targets), tree.at_least, MATCHES_MAX)
            if sets is None:
                raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
            return set(sets)
        parts = [self._fill(rule, branch, targets) for branch in tree.of]
        if not all(parts) and tree.number == len(parts):
            return set()
        found: set[Match] = set()
        for chosen in combinations(parts, tree.number):
            found |= _disjoint(chosen, rule)
        return found


def _disjoint(parts: Sequence[set[Match]], rule: ReadyRule) -> set[Match]:
    """Return every union of one set of each part, no achievement in two of them."""
    whole = parts[0]
    for part in parts[1:]:
        whole = {
            tuple(sorted((*one, *other))) for one in whole for other in part if not one or set(one).isdisjoint(other)
        }
        if len(whole) > MATCHES_MAX:
            raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
    return whole


def minimal_sets(amounts: Sequence[tuple[int, Fraction]], at_least: Fraction, most: int) -> list[Match] | None:
    """Return every set that reaches the amount and from which nothing can be left out; None if more than `most`.

    Taken from the greatest amount down, a set is minimal exactly when only its last member brings it there.
    """
    if at_least <= 0:
        return []
    ordered = sorted(amounts, key=lambda pair: (-pair[1], pair[0]))
    rest = [Fraction(0)] * (len(ordered) + 1)
    for at in range(len(ordered) - 1, -1, -1):
        rest[at] = rest[at + 1] + ordered[at][1]
    found: list[Match] = []
    stack: list[tuple[int, Fraction, Match]] = [(0, at_least, ())]
    while stack:
        at, lacking, taken = stack.pop()
        if lacking > rest[at]:
            continue
        number, amount = ordered[at]
        if amount >= lacking:
            found.append((*taken, number))
            if len(found) > most:
                return None
        else:
            stack.append((at + 1, lacking - amount, (*taken, number)))
        stack.append((at + 1, lacking, taken))
    return sorted(tuple(sorted(each)) for each in found)
