"""Cliques: what excludes what, from the laws of reuse, targets, times and families."""

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from creditbank.conversion.planner.granting import Grant, Possible
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.model import Flow, Limit
from creditbank.conversion.planner.offers import most_lines
from creditbank.conversion.planner.prepared import ReadyRule

Group = tuple[int, ...]


class Cliques(NamedTuple):
    """Of the choices of a plain clique one at most; of the groups of a grouped one, members of one at most."""

    plain: tuple[Group, ...]
    grouped: tuple[tuple[Group, ...], ...]
    limits: tuple[Limit, ...]


class _Units:
    """The choices by what stands or falls together: the lines of a split match as one group, every other alone."""

    def __init__(self, grants: Sequence[Grant], flows: Sequence[Flow], first_flow: int) -> None:
        self.of_match: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for number, grant in enumerate(grants):
            self.of_match.setdefault((grant.rule.position, grant.uses), []).append(number)
        self.grants = grants
        self.book_of = _books(grants, flows, first_flow)
        self.by_achievement: dict[int, list[Group]] = {}
        self.by_rule: dict[int, list[Group]] = {}
        for (position, uses), numbers in self.of_match.items():
            groups = self.groups(numbers)
            self.by_rule.setdefault(position, []).extend(groups)
            for achievement in uses:
                self.by_achievement.setdefault(achievement, []).extend(groups)
        for at, flow in enumerate(flows):
            self.by_achievement.setdefault(flow.achievement, []).append((first_flow + at,))

    def groups(self, numbers: Sequence[int]) -> list[Group]:
        """Return the choices of one match: together where its rule splits, else each alone."""
        if self.grants[numbers[0]].rule.splits:
            return [tuple(numbers)]
        return [(number,) for number in numbers]


class _Gathering:
    """Collects cliques, without those that exclude nothing and those said before."""

    def __init__(self) -> None:
        self._plain: dict[Group, None] = {}
        self._grouped: dict[tuple[Group, ...], None] = {}

    def add(self, groups: Sequence[Group]) -> None:
        """Add "members of one group at most"."""
        if not groups[1:]:  # one alone excludes nothing
            return
        flat = [number for group in groups for number in group]
        if len(flat) == len(groups):
            flat.sort()
            self._plain[tuple(flat)] = None
        else:
            self._grouped[tuple(sorted(groups))] = None

    def made(self, limits: Sequence[Limit]) -> Cliques:
        """Return what was gathered."""
        return Cliques(tuple(self._plain), tuple(self._grouped), tuple(limits))


def cliques_of(
    ground: Ground, found: Possible, grants: Sequence[Grant], flows: Sequence[Flow], first_flow: int
) -> Cliques:
    """Return everything that excludes something; `first_flow` is the number of the first flow among the choices."""
    if ground.prepared.strict and not flows and not found.exclusive:
        return Cliques(tuple(_strict(grants)), (), ())
    return _mixed(ground, found, grants, flows, first_flow)


def _mixed(ground: Ground, found: Possible, grants: Sequence[Grant], flows: Sequence[Flow], first_flow: int) -> Cliques:
    """Return what excludes each other where laws differ from book to book, or lines of a match go together."""
    units, gathering = _Units(grants, flows, first_flow), _Gathering()
    limits: list[Limit] = []
    rules: Mapping[int, ReadyRule] = {grant.rule.position: grant.rule for grant in grants}
    for position, groups in units.by_rule.items():
        if rules[position].once:
            gathering.add(groups)
    for (position, _), numbers in units.of_match.items():
        if len(numbers) > 1:
            _within_match(rules[position], numbers, gathering, limits)
    free = any(ready.book.policies.reuse != "once" for ready in ground.prepared.books)
    for groups in units.by_achievement.values():
        if len(groups) > 1:
            gathering.add(_by_reuse(ground, groups, units.book_of) if free else groups)
    for group in _by_target(ground, grants):
        gathering.add([(number,) for number in group])
    _families(ground, found, units, gathering)
    return gathering.made(limits)


def _strict(grants: Sequence[Grant]) -> dict[Group, None]:
    """Return what excludes each other where everything is used and freed once: by rule, match, achievement, course."""
    rules: dict[int, list[int]] = {}
    matches: dict[tuple[int, tuple[int, ...]], list[int]] = {}
    achievements: dict[int, list[int]] = {}
    courses: dict[str, list[int]] = {}
    for number, grant in enumerate(grants):
        if grant.rule.once:
            rules.setdefault(grant.rule.position, []).append(number)
        else:
            matches.setdefault((grant.rule.position, grant.uses), []).append(number)
        for achievement in grant.uses:
            achievements.setdefault(achievement, []).append(number)
        for root in grant.roots:
            courses.setdefault(root, []).append(number)
    parts = (rules, matches, achievements, courses)
    return {tuple(numbers): None for part in parts for numbers in part.values() if len(numbers) > 1}


def _books(grants: Sequence[Grant], flows: Sequence[Flow], first_flow: int) -> Mapping[int, int]:
    found = {number: grant.rule.book for number, grant in enumerate(grants)}
    found.update({first_flow + at: grants[flow.option].rule.book for at, flow in enumerate(flows)})
    return found


def _within_match(rule: ReadyRule, numbers: Sequence[int], gathering: _Gathering, limits: list[Limit]) -> None:
    """A match is granted once: of a rule that splits so many lines as it may give, of any other one choice."""
    most = most_lines(rule) if rule.splits else 1
    if most == 1:
        gathering.add([(number,) for number in numbers])
    elif most < len(numbers):
        limits.append(Limit(f"lines of {rule.id}", most, tuple((number, 1) for number in numbers)))


def _by_reuse(ground: Ground, groups: Sequence[Group], book_of: Mapping[int, int]) -> list[Group]:
    """Return what excludes each other by an achievement: with a book of free reuse, only the others do."""
    books = ground.prepared.books
    once = [group for group in groups if books[book_of[group[0]]].book.policies.reuse == "once"]
    free = tuple(number for group in groups if group not in once for number in group)
    return [*once, free] if free else once


def _by_target(ground: Ground, grants: Sequence[Grant]) -> Iterable[Group]:
    """Yield the grants that free one course; where no book frees it once only, those of one match."""
    by_root: dict[str, list[int]] = {}
    for number, grant in enumerate(grants):
        for root in grant.roots:
            by_root.setdefault(root, []).append(number)
    books = ground.prepared.books
    for numbers in by_root.values():
        if any(books[grants[number].rule.book].book.policies.target_once for number in numbers):
            yield tuple(numbers)
            continue
        matches: dict[tuple[int, tuple[int, ...]], list[int]] = {}
        for number in numbers:
            matches.setdefault((grants[number].rule.position, grants[number].uses), []).append(number)
        yield from (tuple(each) for each in matches.values())


def _families(
    ground: Ground,
    found: Possible,
    units: _Units,
    gathering: _Gathering,
) -> None:
    """Of the members of a family one at most: where they are used once by groups, else by counting members."""
    books = ground.prepared.books
    for book, members in found.exclusive:
        used = [number for number in sorted(members) if number in units.by_achievement]
        if not used[1:]:  # one member excludes nobody
            continue
        own = {number: [x for x in units.by_achievement[number] if units.book_of[x[0]] == book] for number in used}
        if books[book].book.policies.reuse == "once":
            gathering.add(list(dict.fromkeys(group for groups in own.values() for group in groups)))
        else:
            gathering.add([tuple(sorted({n for group in groups for n in group})) for groups in own.values() if groups])
