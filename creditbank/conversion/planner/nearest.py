"""The nearest: for a rule that nothing fills, which achievement comes closest, and what is the first thing amiss."""

from collections.abc import Collection, Iterable, Sequence
from fractions import Fraction
from typing import NamedTuple

from creditbank.conversion.planner.ground import NOT_YET, Ground
from creditbank.conversion.planner.matching import Finder
from creditbank.conversion.planner.prepared import Leaf, Poured, ReadyRule, Several, Slot, Tree
from creditbank.conversion.rules.answers import Answer, Judgement, Refused, State, Unknown
from creditbank.conversion.rules.judging import answer
from creditbank.conversion.rules.problem import Achievement
from creditbank.conversion.rules.quantities import days_between, plain
from creditbank.conversion.rules.targets import CreditsLine

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
        blocked, to_come = self.finder.blocked, self.ground.to_come
        for number in self.ground.held.anchored(leaf, self.ground.problem):
            known = leaf.identity.state(self.ground.achievement(number), self.situation, ())
            if known is State.SATISFIED and (number not in blocked or number in to_come):
                yield number

    def judge(self, leaf: Leaf, number: int) -> Judgement:
        """Return how an achievement stands in a leaf, with the targets that suit it best.

        That it was not acquired yet on the day of the problem is told after what the leaf refuses itself.
        """
        judged = leaf.check.judge(self.ground.achievement(number), self.situation, self.targets_for(leaf, number))
        if number not in self.ground.to_come:
            return judged
        if judged.state is State.REFUSED:
            return Judgement(State.REFUSED, judged.unmet + 1, judged.first, judged.place)
        return Judgement(State.REFUSED, judged.unmet + 1, self.not_yet(number), len(leaf.conditions))

    def not_yet(self, number: int) -> Refused:
        """Return that an achievement is acquired only after the day of the problem."""
        day, acquired = self.ground.problem.as_of, self.ground.achievement(number).acquired
        return Refused(NOT_YET, "acquired", day, acquired, str(days_between(day, acquired)), "day")

    def targets_for(self, leaf: Leaf, number: int) -> Sequence[str]:
        """Return the targets for which an achievement stands best: by state, then the fewest unmet."""
        if len(self.targets) == 1:
            return self.targets[0]
        achievement = self.ground.achievement(number)
        judged = [leaf.check.judge(achievement, self.situation, targets) for targets in self.targets]
        return self.targets[min(range(len(judged)), key=lambda at: (-judged[at].state, judged[at].unmet, at))]


def lacking(ground: Ground, rule: ReadyRule) -> Near:
    """Return the first place that stays empty where each could be filled by itself, but not all at once.

    So many places as can be are filled, earlier ones first; a pool takes what stands in no other place.
    """
    search = _Search(ground, rule)
    places = list(_places(search, rule.tree))
    leaves = [rule.leaves[place.leaf] for place in places if isinstance(place, Slot)]
    fitting = [search.finder.candidates(leaf, search.targets[0]) for leaf in leaves]
    standing = _standing(fitting)
    filled = set(standing.values())
    empty = next((at for at in range(len(leaves)) if at not in filled), None)
    if empty is None:
        pools = (_pool(search, place, standing) for place in places if isinstance(place, Poured))
        return next((near for near in pools if near is not _FILLED), _FILLED)
    leaf = leaves[empty]
    alike = [at for at, other in enumerate(leaves) if other.conditions == leaf.conditions]
    short = len(alike) - len(filled.intersection(alike))
    told = Refused("one_lacking", leaf.anchor or "one", "、".join(leaf.values), str(len(fitting[empty])), str(short))
    return Near(State.REFUSED, short, told, None, (leaf,))


def _places(search: _Search, tree: Tree) -> Iterable[Slot | Poured]:
    """Yield the places of the nearest way through a tree, in written order."""
    if not isinstance(tree, Several):
        yield tree
        return
    for branch, _ in _chosen(search, tree):
        yield from _places(search, branch)


def _standing(fitting: Sequence[Sequence[int]]) -> dict[int, int]:
    """Return the place of each achievement where as many places as can be are filled by what fits them."""
    found: dict[int, int] = {}

    def fill(place: int, tried: set[int]) -> bool:
        for number in fitting[place]:
            if number not in tried:
                tried.add(number)
                if number not in found or fill(found[number], tried):
                    found[number] = place
                    return True
        return False

    for place in range(len(fitting)):
        fill(place, set())
    return found


def _chosen(search: _Search, tree: Several) -> list[tuple[Tree, Near]]:
    """Return the branches that are nearest to being filled, as many as are asked for, in written order."""
    ways = [_tree(search, branch) for branch in tree.of]
    chosen = sorted(range(len(ways)), key=lambda at: (ways[at].unmet, at))[: tree.number]
    return [(tree.of[at], ways[at]) for at in sorted(chosen)]


def _tree(search: _Search, tree: Tree) -> Near:
    if isinstance(tree, Slot):
        return _slot(search, search.rule.leaves[tree.leaf])
    if isinstance(tree, Poured):
        return _pool(search, tree)
    parts = [near for _, near in _chosen(search, tree)]
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


def _pool(search: _Search, tree: Poured, taken: Collection[int] = ()) -> Near:
    """Return how close a pool is to being filled by what is not taken by other places."""
    leaf = search.rule.leaves[tree.leaf]
    held = list(search.held(leaf))
    if not held:
        return _none_held(leaf)
    if held[0] in search.ground.to_come:
        return Near(State.REFUSED, 1, search.not_yet(held[0]), held[0], (leaf,))
    reached = max(
        sum((amount for at, amount in search.finder.poured(search.rule, tree, targets) if at not in taken), Fraction(0))
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
            if number in ground.to_come:
                continue
            achievement = ground.achievement(number)
            targets = search.targets_for(leaf, number)
            told_all = [answer(clause, achievement, situation, targets) for clause in leaf.conditions]
            if not any(isinstance(each, Refused) for each in told_all):
                told_all += _parts_unknown(rule, achievement)
                found.update({(achievement.id, each): None for each in told_all if isinstance(each, Unknown)})
    return tuple(found)


def _parts_unknown(rule: ReadyRule, achievement: Achievement) -> list[Answer]:
    """Return what is not on record of the category that a rule takes over, and of the part that is one source's."""
    if not any(isinstance(line, CreditsLine) and line.credits == "@category" for line in rule.rule.gives):
        return []
    told: list[Answer] = [] if achievement.category is not None else [Unknown("category", "category")]
    several = len(rule.leaves) > 1 or isinstance(rule.tree, Poured)
    return [*told, Unknown("credits", "credits")] if several and achievement.credits is None else told
