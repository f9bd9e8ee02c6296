"""The nearest: for a rule that nothing fills, which achievement comes closest, and what is the first thing amiss."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.matching import Finder
from creditbank.conversion.planner.prepared import Leaf, Poured, ReadyRule, Slot, Tree
from creditbank.conversion.rules.answers import Judgement, Refused, State, Unknown
from creditbank.conversion.rules.judging import answer
from creditbank.conversion.rules.quantities import plain

OFFERS_LOOKED_AT = 200
"""How many ways to give are tried for a rule that asks for overlap with its targets."""


class Near(NamedTuple):
    """How close a place, or a whole tree, is to being filled; `places` are the leaves that are not."""

    state: State
    unmet: int
    first: Refused | Unknown | None
    achievement: int | None
    places: tuple[Leaf, ...]
    short: Fraction = Fraction(0)
    """How much a pool lacks."""


_FILLED = Near(State.SATISFIED, 0, None, None, ())


def nearest(ground: Ground, rule: ReadyRule) -> Near:
    """Return the nearest way to fill the sources of a rule."""
    return _tree(_Search(ground, rule), rule.tree)


class _Search:
    """What the leaves of one rule are asked with."""

    def __init__(self, ground: Ground, rule: ReadyRule) -> None:
        self.ground = ground
        self.rule = rule
        self.finder: Finder = ground.finder(rule)
        self.situation = ground.situations[rule.book]
        offers = ground.offering.of(rule)[:OFFERS_LOOKED_AT] if rule.overlap else ()
        self.targets: Sequence[Sequence[str]] = [offer.courses for offer in offers] or [()]

    def held(self, leaf: Leaf) -> Iterable[int]:
        """Return the achievements that are what the leaf asks for, however they stand otherwise."""
        for number in self.ground.held.anchored(leaf, self.ground.problem):
            known = leaf.identity.state(self.ground.achievement(number), self.situation, ())
            if number not in self.finder.blocked and known is State.SATISFIED:
                yield number

    def judge(self, leaf: Leaf, number: int) -> Judgement:
        """Return how an achievement stands in a leaf, with the targets that suit it best."""
        return leaf.check.judge(self.ground.achievement(number), self.situation, self.targets_for(leaf, number))

    def targets_for(self, leaf: Leaf, number: int) -> Sequence[str]:
        """Return the targets for which an achievement stands best: by state, then the fewest unmet."""
        if len(self.targets) == 1:
            return self.targets[0]
        achievement = self.ground.achievement(number)
        judged = [leaf.check.judge(achievement, self.situation, targets) for targets in self.targets]
        return self.targets[min(range(len(judged)), key=lambda at: (-judged[at].state, judged[at].unmet, at))]


def _tree(search: _Search, tree: Tree) -> Near:
    if isinstance(tree, Slot):
        return _slot(search, search.rule.leaves[tree.leaf])
    if isinstance(tree, Poured):
        return _pool(search, tree)
    ways = [_tree(search, branch) for branch in tree.of]
    chosen = sorted(range(len(ways)), key=lambda at: (ways[at].unmet, at))[: tree.number]
    parts = [ways[at] for at in sorted(chosen)]
    state = min(part.state for part in parts)
    told = next(part for part in parts if part.state is state)
    places = tuple(leaf for part in parts for leaf in part.places)
    return Near(state, sum(part.unmet for part in parts), told.first, told.achievement, places, told.short)


def _slot(search: _Search, leaf: Leaf) -> Near:
    judged = [(number, search.judge(leaf, number)) for number in search.held(leaf)]
    if not judged:
        return _none_held(leaf)
    number, best = min(judged, key=lambda each: (each[1].unmet, -each[1].place, each[0]))
    return _FILLED if best.holds else Near(best.state, best.unmet, best.first, number, (leaf,))


def _none_held(leaf: Leaf) -> Near:
    first = Refused("none_held", leaf.anchor or "one", "、".join(leaf.values))
    return Near(State.REFUSED, max(1, len(leaf.conditions)), first, None, (leaf,))


def _pool(search: _Search, tree: Poured) -> Near:
    leaf = search.rule.leaves[tree.leaf]
    if next(iter(search.held(leaf)), None) is None:
        return _none_held(leaf)
    reached = max(
        sum((amount for _, amount in search.finder.poured(search.rule, tree, targets)), Fraction(0))
        for targets in search.targets
    )
    if reached >= tree.at_least:
        return _FILLED
    short = tree.at_least - reached
    unit = tree.unit if tree.measure != "count" else "achievement"
    first = Refused("pool_few", "pool", plain(tree.at_least), plain(reached), plain(short), unit)
    return Near(State.REFUSED, 1, first, None, (leaf,), short)


def unknowns(ground: Ground, rule: ReadyRule) -> tuple[tuple[str, Unknown], ...]:
    """Return everything that nobody can tell about a rule, with the achievement it is missing of, if any.

    These are what is asked of the learner, then of each achievement that is what a leaf asks for and is not refused.
    """
    situation = ground.situations[rule.book]
    found: dict[tuple[str, Unknown], None] = {}
    for clause in (*ground.prepared.books[rule.book].book.scope, *rule.rule.when):
        told = answer(clause, None, situation)
        if isinstance(told, Unknown):
            found["", told] = None
    search = _Search(ground, rule)
    for leaf in rule.leaves:
        for number in search.held(leaf):
            achievement = ground.achievement(number)
            targets = search.targets_for(leaf, number)
            told_all = [answer(clause, achievement, situation, targets) for clause in leaf.conditions]
            if not any(isinstance(each, Refused) for each in told_all):
                found.update({(achievement.id, each): None for each in told_all if isinstance(each, Unknown)})
    return tuple(found)
