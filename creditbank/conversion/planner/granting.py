"""Granting: every grant that is possible for one problem, after the conditions and the laws of families."""

from collections.abc import Iterable, Mapping, Sequence
from fractions import Fraction
from itertools import groupby
from operator import attrgetter, itemgetter
from typing import Final, NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.crediting import Line, UnsettledAmountError, line_of, lines_of
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.matching import MATCHES_MAX, POOL_SETS_MAX, Finder, Match
from creditbank.conversion.planner.offers import Offer
from creditbank.conversion.planner.prepared import Poured, ReadyRule
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.problem import Achievement

BENEFITS = frozenset({"part", "level", "award"})


class Grant(NamedTuple):
    """What may be granted: a rule, the achievements that fill it, and its lines; `pour` where those are chosen later.

    Of a rule that splits, the grants of one match are parts of one; else they exclude each other.
    """

    rule: ReadyRule
    uses: Match
    lines: tuple[Line, ...]
    credits: int
    benefits: int
    roots: tuple[str, ...]
    order: tuple[int, tuple[int, ...], tuple[str, ...]]
    pour: tuple[tuple[int, Fraction], ...] = ()


class Aside(NamedTuple):
    """An achievement that the law of its family sets aside for another."""

    achievement: int
    family: str
    better: int


class Possible(NamedTuple):
    """What is possible, in the order of the books, and what the laws of families took away.

    `exclusive` are the families of which at most one of the members may be used, by book.
    """

    grants: tuple[Grant, ...]
    aside: tuple[Aside, ...]
    exclusive: tuple[tuple[int, frozenset[int]], ...]
    before_choice: frozenset[int]
    """Rules that have a grant, be its target taken or its source set aside."""


def possible(ground: Ground, assumed: int | None = None) -> Possible:
    """Return every possible grant; of the rule `assumed`, what is unknown counts as satisfied.

    Refused: a rule that can be filled in too many ways.
    """
    found: list[Grant] = []
    aside: list[Aside] = []
    exclusive: list[tuple[int, frozenset[int]]] = []
    for book, rules in groupby(ground.rules(assumed), key=itemgetter(1)):
        grants: list[Grant] = []
        for rule in rules:
            if rule.position == assumed:
                grants += grants_of(ground, rule, State.UNKNOWN)
                continue
            known = ground.known.get(rule.position)
            if known is None:
                known = ground.known[rule.position] = grants_of(ground, rule)
            grants += known
        if ground.prepared.books[book].book.policies.families:
            grants = _by_family_law(ground, book, grants, aside, exclusive)
        found += grants
    before = frozenset([grant.rule.position for grant in found])
    if ground.courses.done or ground.earlier or ground.problem.wishes.avoid.targets:
        found = [grant for grant in found if _open(ground, grant)]
    found.sort(key=_ORDER)
    return Possible(tuple(found), tuple(aside), tuple(exclusive), before)


_ORDER: Final = attrgetter("order")


def _open(ground: Ground, grant: Grant) -> bool:
    """Tell whether no target of a grant is taken already or held back by the learner."""
    if not grant.roots:
        return not held_back(ground, grant)
    if not ground.courses.done.isdisjoint(grant.roots):
        return False
    once = ground.prepared.books[grant.rule.book].book.policies.target_once
    if once and not ground.granted_roots.isdisjoint(grant.roots):
        return False
    return not held_back(ground, grant)


def held_back(ground: Ground, grant: Grant) -> bool:
    """Tell whether the learner wants a target of the grant left out."""
    avoid = ground.problem.wishes.avoid
    if not avoid.targets:
        return False
    roots = {ground.courses.root(target) for target in avoid.targets}
    return any(ground.courses.root(line.target) in roots for line in grant.lines)


def grants_of(
    ground: Ground, rule: ReadyRule, least: State = State.SATISFIED, *, everything: bool = False
) -> list[Grant]:
    """Return what one rule could grant by its conditions alone; with `everything` also from what is blocked.

    Refused: more than `MATCHES_MAX` of them.
    """
    if not ground.open_to(rule, State.UNKNOWN if everything else least):
        return []
    if not everything and _used_up(ground, rule):
        return []
    if rule.named and not rule.overlap:
        return _named(ground, rule, ground.finder(rule, least, everything=everything))
    finder = ground.finder(rule, least, everything=everything)
    found: list[Grant] = []
    if rule.overlap:
        for offer in ground.offering.of(rule):
            found += _all(ground, rule, finder.matches(rule, offer.courses), (offer,), least)
    else:
        matches = finder.matches(rule)
        if matches is None or matches:
            found = list(_all(ground, rule, matches, ground.offering.of(rule), least))
    if len(found) > MATCHES_MAX:
        raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
    return found


def _named(ground: Ground, rule: ReadyRule, finder: Finder) -> list[Grant]:
    """Return what a rule could grant that frees named courses and nothing else: each match in the one way there is."""
    atoms = ground.courses.named(rule.named)
    matches = finder.matches(rule) if atoms else ()
    if matches is None or not rule.plain:
        return list(_all(ground, rule, matches, ground.offering.of(rule), finder.least))
    if not matches:
        return []
    if len(matches) > MATCHES_MAX:
        raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
    lines = tuple([line_of(atom) for atom in atoms])
    roots = tuple([atom.root for atom in atoms])
    targets = tuple(sorted([atom.target for atom in atoms])) if len(atoms) > 1 else (atoms[0].target,)
    whole, position = sum([atom.weight for atom in atoms]), rule.position
    ranks, before = ground.held.ranks, _matches_before(ground, rule)
    return [
        Grant(rule, match, lines, whole, 0, roots, (position, _order(match, ranks), targets))
        for match in matches
        if match not in before
    ]


def _order(match: Match, ranks: Sequence[int]) -> tuple[int, ...]:
    """Return a match as it is compared: by the ids of its achievements."""
    return (ranks[match[0]],) if len(match) == 1 else tuple(sorted([ranks[number] for number in match]))


def _used_up(ground: Ground, rule: ReadyRule) -> bool:
    """Tell whether the learner avoids the rule, or it was used before and may be used once only."""
    if rule.id in ground.problem.wishes.avoid.rules:
        return True
    if not ground.earlier:
        return False
    return rule.rule.times == "once" and any(each.rule is rule for each in ground.earlier)


def _all(
    ground: Ground, rule: ReadyRule, matches: Sequence[Match] | None, offers: Sequence[Offer], least: State
) -> Iterable[Grant]:
    if matches is None:
        yield from (_poured(ground, rule, offer, least) for offer in offers)
        return
    if not offers:
        return
    if len(matches) * len(offers) > MATCHES_MAX:
        raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
    ranks, before = ground.held.ranks, _matches_before(ground, rule)
    ready = _same_for_all(ground, rule, offers)
    for match in matches:
        if match in before:
            continue
        order = _order(match, ranks)
        for offer, known in zip(offers, ready, strict=True):
            lines = known or _lines(ground, rule, match, offer, least)
            if lines:
                yield _grant(rule, match, lines, offer, order)


def _same_for_all(ground: Ground, rule: ReadyRule, offers: Sequence[Offer]) -> list[tuple[Line, ...] | None]:
    """Return the lines of each offer where they are the same whoever brings the sources, else None."""
    if not rule.plain or any(atom.target == "@category" for atom in offers[0].atoms):
        return [None] * len(offers)
    return [lines_of(rule, (), offer, ground.bases[rule.book]) for offer in offers]


def _lines(ground: Ground, rule: ReadyRule, match: Match, offer: Offer, least: State) -> tuple[Line, ...]:
    """Return the lines of a grant; none where no amount can be said and that is not assumed."""
    uses = tuple([ground.held.achievements[number] for number in match])
    try:
        return lines_of(rule, uses, offer, ground.bases[rule.book])
    except UnsettledAmountError as problem:
        return _unsettled(offer) if problem.state >= least else ()


def _grant(rule: ReadyRule, match: Match, lines: tuple[Line, ...], offer: Offer, order: tuple[int, ...]) -> Grant:
    whole = sum([line.credits for line in lines])
    targets = tuple(sorted([line.target for line in lines])) if len(lines) > 1 else (lines[0].target,)
    return Grant(rule, match, lines, whole, offer.benefits, offer.roots, (rule.position, order, targets))


def _unsettled(offer: Offer) -> tuple[Line, ...]:
    """Return the lines of a grant whose amount nobody knows yet: nothing is promised."""
    return tuple(Line(atom.kind, atom.target, of=atom.of, course=atom.course) for atom in offer.atoms)


def _matches_before(ground: Ground, rule: ReadyRule) -> frozenset[Match]:
    """Return what the rule was filled with before: the same sources fill it once, however free their use."""
    if not ground.earlier:
        return frozenset()
    return frozenset(each.uses for each in ground.earlier if each.rule is rule)


def _poured(ground: Ground, rule: ReadyRule, offer: Offer, least: State) -> Grant:
    """Return the grant of a pool too wide to list; refused where its credits depend on which sources are chosen."""
    tree, law = rule.tree, rule.rule
    assert isinstance(tree, Poured)
    fixed = law.credits.mode in {"fixed", "target", "none", "source"} and not law.credits.adjust
    if not fixed or law.surplus is not None or law.record_grade is not None or law.times == "any" or rule.splits:
        raise errors.PoolTooWide(rule=rule.id, most=POOL_SETS_MAX)
    if law.credits.mode == "source" and (len(offer.atoms) != 1 or offer.atoms[0].target == "@category"):
        raise errors.PoolTooWide(rule=rule.id, most=POOL_SETS_MAX)
    lines = lines_of(rule, (), offer, ground.bases[rule.book])
    pour = tuple(ground.finder(rule, least).poured(rule, tree, offer.courses))
    return _grant(rule, (), lines, offer, ())._replace(pour=pour)


def _by_family_law(
    ground: Ground,
    book: int,
    grants: list[Grant],
    aside: list[Aside],
    exclusive: list[tuple[int, frozenset[int]]],
) -> list[Grant]:
    """Apply `highest` and `one`: what is set aside is told, what may be used by one member only is noted."""
    policies = ground.prepared.books[book].book.policies.families
    members = _members(ground, grants)
    out: set[int] = set()
    for family, numbers in sorted(members.items()):
        law = policies.get(family, policies.get("*", "all"))
        if law == "all":
            continue
        before = [number for number in sorted(numbers) if number in ground.used_before]
        kept = numbers
        if law == "highest":
            ranks = _ranks(ground, book, numbers, grants)
            top = max(ranks.values())
            kept = frozenset(number for number in numbers if ranks[number] == top)
            aside += [Aside(number, family, min(kept)) for number in sorted(numbers - kept) if number not in before]
        if before:
            aside += [Aside(number, family, before[0]) for number in sorted(kept) if number not in before]
            kept = frozenset(before) & kept
        out |= numbers - kept
        exclusive.append((book, numbers))
    single = [numbers for _, numbers in exclusive]
    return [
        _without(grant, out)
        for grant in grants
        if out.isdisjoint(grant.uses) and not any(len(numbers.intersection(grant.uses)) > 1 for numbers in single)
    ]


def _without(grant: Grant, out: set[int]) -> Grant:
    if not grant.pour:
        return grant
    return grant._replace(pour=tuple(pair for pair in grant.pour if pair[0] not in out))


def _members(ground: Ground, grants: Iterable[Grant]) -> dict[str, frozenset[int]]:
    """Return of each family the members that some rule of a book could use, or that were converted before."""
    used = {number for grant in grants for number in (*grant.uses, *(each for each, _ in grant.pour))}
    found: dict[str, set[int]] = {}
    for number in used | set(ground.used_before):
        family = ground.achievement(number).family
        if family is not None:
            found.setdefault(family, set()).add(number)
    return {family: frozenset(numbers) for family, numbers in found.items() if not numbers.isdisjoint(used)}


def _ranks(ground: Ground, book: int, numbers: frozenset[int], grants: Iterable[Grant]) -> Mapping[int, int]:
    """Rank the members of a family on their one level scale, else by the most credits each is good for."""
    levels = ground.prepared.books[book].lexicon.scales.levels
    held: dict[int, Achievement] = {number: ground.achievement(number) for number in numbers}
    scales = {each.level_scale or "" for each in held.values()}
    order = levels.get(min(scales), {}) if len(scales) == 1 else {}
    if order and all(each.level in order for each in held.values()):
        return {number: order[each.level or ""] for number, each in held.items()}
    worth = dict.fromkeys(numbers, 0)
    for grant in grants:
        for number in numbers.intersection(grant.uses):
            worth[number] = max(worth[number], grant.credits)
    for number in numbers.intersection(ground.used_before):
        earlier = ground.used_before[number]
        worth[number] = max(worth[number], sum(line.credits for line in earlier.lines))
    return worth
