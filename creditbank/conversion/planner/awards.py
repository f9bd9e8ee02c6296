"""Awards: what an award needs as a tree over the model, what is attained, and what has still to be earned."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import lcm
from typing import NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.counting import PLAN, Counter, Scope, Subject, total
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.limiting import Cap, Limiting, Sums, scope_of
from creditbank.conversion.planner.model import Limit, NeedLeaf, NeedTree
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Award, OpenLine
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.limits import (
    Need,
    NeedAll,
    NeedAny,
    NeedLeaf as LeafDocument,
    NeedSome,
    NeedTree as Document,
    Selection,
    Share,
)
from creditbank.conversion.rules.problem import Achievement


class Asked(NamedTuple):
    """A need as the award asks for it: how much there is, how much is missing, and whether the best way needs it."""

    need: Need
    value: Fraction
    missing: Fraction
    asked: bool


class Aim(NamedTuple):
    """The award that a plan is made for, with the number of the book that states it."""

    book: int
    award: Award
    lines: tuple[OpenLine, ...]


def aim_of(ground: Ground) -> Aim | None:
    """Return the award of the problem, or None where it asks for none.

    Refused: an award that none of the books states.
    """
    name = ground.problem.award
    if name is None:
        return None
    for ready in ground.prepared.books:
        for award in ready.book.awards:
            if award.id == name:
                return Aim(ready.number, award, ready.book.open_lines)
    raise errors.AwardUnknown(award=name)


def needs_of(limiting: Limiting, aim: Aim) -> NeedTree | NeedLeaf:
    """Return the needs of an award as a tree over the model, all shortfalls in one scale."""
    leaves = list(_documents(aim.award.needs))
    sums = {need.id: _sums(limiting, aim, need) for need in leaves if need.holds is None}
    denominators = [number for each in sums.values() for number in each.denominators()]
    floors = {need.id: _at_least(limiting, aim, need) for need in leaves}
    scale = lcm(HUNDRED, *denominators, *(each.denominator for each in floors.values()))
    made = {
        need.id: _leaf(
            limiting.ground, aim, need, sums.get(need.id, Sums.empty()), at_least=floors[need.id], scale=scale
        )
        for need in leaves
    }
    return _tree(aim.award.needs, made, mandatory=True)


def _documents(tree: Document) -> Iterator[Need]:
    match tree:
        case LeafDocument(need=need):
            yield need
        case NeedAll(all=of) | NeedAny(any=of) | NeedSome(of=of):
            for branch in of:
                yield from _documents(branch)


def scope_of_need(aim: Aim, need: Need) -> Scope:
    """Return what a need counts; of several framework levels in one grant the lowest."""
    return Scope(aim.book, need.of, need.measure or "credits", framework=need.framework, most=False)


def _sums(limiting: Limiting, aim: Aim, need: Need) -> Sums:
    counter = Counter(limiting.ground, scope_of_need(aim, need))
    return limiting.sums(counter).get(PLAN, Sums.empty())


def _at_least(limiting: Limiting, aim: Aim, need: Need) -> Fraction:
    """Return how much a plan must still bring, after what was granted earlier."""
    if need.holds is not None:
        return Fraction(0)
    counter = Counter(limiting.ground, scope_of_need(aim, need))
    before = total(counter, limiting.earlier).get(PLAN, Fraction(0))
    return max(Fraction(0), _bound(limiting.ground, aim, need) - before)


def _bound(ground: Ground, aim: Aim, need: Need) -> Fraction:
    factor = ground.bases[aim.book].factor if need.measure in {"credits", "points"} else Fraction(1)
    return Fraction(need.at_least or 0) * factor


def _leaf(ground: Ground, aim: Aim, need: Need, sums: Sums, *, at_least: Fraction, scale: int) -> NeedLeaf:
    if need.holds is not None:
        return NeedLeaf(need.id, held=_holds(ground, aim, need), waived=True)
    choices, achievements, amounts = sums.scaled(scale)
    helping = tuple(
        (number, scale // HUNDRED)
        for number, line in enumerate(aim.lines)
        if need.measure == "credits" and _may_count(ground, aim, need.of, line)
    )
    return NeedLeaf(need.id, int(at_least * scale), choices, achievements, amounts, helping)


def _holds(ground: Ground, aim: Aim, need: Need) -> bool:
    situation = ground.situations[aim.book]
    state = compile_conditions(need.holds or (), situation.lexicon).state
    return ground.silent[aim.book] is None and state(None, situation, ()) is State.SATISFIED


def _tree(document: Document, made: dict[str, NeedLeaf], *, mandatory: bool) -> NeedTree | NeedLeaf:
    """Write down the tree; a need that is asked in any case and that no open line can help is waived."""
    match document:
        case LeafDocument(need=need):
            leaf = made[need.id]
            return leaf._replace(waived=leaf.waived or (mandatory and not leaf.open_lines))
        case NeedAll(all=of):
            return NeedTree(len(of), tuple(_tree(each, made, mandatory=mandatory) for each in of))
        case NeedAny(any=of):
            return NeedTree(1, tuple(_tree(each, made, mandatory=mandatory and len(of) == 1) for each in of))
        case NeedSome(some=some, of=of):
            return NeedTree(some, tuple(_tree(each, made, mandatory=mandatory and some == len(of)) for each in of))


def _imagined(ground: Ground, line: OpenLine) -> Achievement:
    return Achievement.model_validate(
        {"id": "open", "acquired": ground.problem.as_of, "category": line.category, "via": line.via}
    )


def _state(ground: Ground, book: int, selection: Selection, line: OpenLine) -> State:
    """Tell whether what is earned in an open line counts in a selection; unknown is what the learner can see to."""
    lexicon = ground.prepared.books[book].lexicon
    if selection.rules is not None or selection.tags is not None or selection.targets is not None:
        return State.REFUSED
    if selection.categories is not None and not any(
        line.category in lexicon.with_descendants(each) for each in selection.categories
    ):
        return State.REFUSED
    if selection.sources is None:
        return State.SATISFIED
    check = compile_conditions(selection.sources, lexicon)
    return check.state(_imagined(ground, line), ground.situations[book], ())


def counts_open(ground: Ground, book: int, selection: Selection, line: OpenLine) -> bool:
    """Tell whether what is earned in an open line surely counts in a selection."""
    return _state(ground, book, selection, line) is State.SATISFIED


def _may_count(ground: Ground, aim: Aim, selection: Selection, line: OpenLine) -> bool:
    return _state(ground, aim.book, selection, line) is not State.REFUSED


def useful(ground: Ground, aim: Aim | None, grant: Subject) -> int:
    """Return the credits of a grant, in hundredths, that help a need or a required course."""
    counters = [] if aim is None else [Counter(ground, scope_of_need(aim, need)) for need in _credit_needs(aim)]
    return sum(
        line.credits
        for line in grant.lines
        if (line.course is not None and line.course.nature == "required")
        or any(counter.count(grant._replace(lines=(line,))) for counter in counters)
    )


def _credit_needs(aim: Aim) -> Iterator[Need]:
    return (need for need in _documents(aim.award.needs) if need.holds is None)


def with_lines(ground: Ground, aim: Aim, cap: Cap, limit: Limit) -> Limit:
    """Let a cap on the plan or a category hold for what is still to be earned; `spreading` tells of new years.

    Where a cap is a share of what is chosen, everything that is earned makes it wider.
    """
    scope, share = scope_of(cap.limit), cap.limit.limit.at_most
    if scope.per not in {"plan", "category"} or scope.measure != "credits":
        return limit
    widens = cap.bound if isinstance(share, Share) and share.of == "chosen" else Fraction(0)
    taken: list[tuple[int, int]] = []
    for number, line in enumerate(aim.lines):
        here = scope.per == "plan" or line.category == cap.value
        counts = here and counts_open(ground, scope.book, scope.of, line)
        amount = int((counts - widens) * cap.scale) // HUNDRED
        if amount:
            taken.append((number, amount))
    return limit._replace(open_lines=tuple(taken))


def asked(ground: Ground, aim: Aim, grants: Iterable[Subject]) -> list[Asked]:
    """Return every need in written order; of a choice the branches with the fewest unmet, then the least missing."""
    subjects = [*grants]
    subjects += [Subject(each.rule, each.uses, each.lines) for each in ground.earlier]
    found = {need.id: _measure(ground, aim, need, subjects) for need in _documents(aim.award.needs)}
    _, _, chosen = _way(aim.award.needs, found)
    return [each._replace(asked=name in chosen) for name, each in found.items()]


def _measure(ground: Ground, aim: Aim, need: Need, subjects: Sequence[Subject]) -> Asked:
    if need.holds is not None:
        held = Fraction(_holds(ground, aim, need))
        return Asked(need, held, 1 - held, asked=True)
    value = total(Counter(ground, scope_of_need(aim, need)), subjects).get(PLAN, Fraction(0))
    return Asked(need, value, max(Fraction(0), _bound(ground, aim, need) - value), asked=True)


def _way(tree: Document, found: dict[str, Asked]) -> tuple[int, Fraction, frozenset[str]]:
    """Return how many needs of the best way are unmet, how much is missing of amounts, and which needs it asks."""
    match tree:
        case LeafDocument(need=need):
            missing = found[need.id].missing
            return int(missing > 0), missing if need.holds is None else Fraction(0), frozenset({need.id})
        case NeedAll(all=of):
            return _ways(of, len(of), found)
        case NeedAny(any=of):
            return _ways(of, 1, found)
        case NeedSome(some=some, of=of):
            return _ways(of, some, found)


def _ways(branches: Sequence[Document], number: int, found: dict[str, Asked]) -> tuple[int, Fraction, frozenset[str]]:
    ways = sorted((_way(each, found) for each in branches), key=lambda way: way[:2])[:number]
    names = frozenset().union(*(way[2] for way in ways))
    return sum(way[0] for way in ways), sum((way[1] for way in ways), Fraction(0)), names
