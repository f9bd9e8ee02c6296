"""Whether a plan keeps the laws of families, checked against the documents alone. No planner code.

Where telling what else could be used would take a search, nothing is said: a fault told here is one in any case.
"""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import islice
from typing import Any, Final, NamedTuple

from creditbank.conversion.planner.verified_gives import Given, Ledger, whole_of
from creditbank.conversion.planner.verified_limits import Entry, earlier
from creditbank.conversion.planner.verified_sources import Place, good, in_force, left
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.sources import All, AnyBranch, One, Pool, Some, Source
from creditbank.conversion.rules.targets import ChooseLine, CourseLine, CreditsLine

BESIDE: Final = 8
"""So many other achievements are tried beside one that does not fill a rule alone."""

WAYS: Final = 200
"""So many ways to fill a rule are tried."""

_PLAIN: Final = frozenset({"target", "fixed", "none"})
"""Modes whose credits do not depend on who brings them."""


class _Scene(NamedTuple):
    """A book with what the learner holds, the plan's grants and the earlier ones."""

    number: int
    book: Book
    ledger: Ledger
    problem: Problem
    entries: Sequence[Entry]
    before: Sequence[Entry]

    def place(self) -> Place:
        """Return where sources are judged; what speaks of courses to be freed is unknown there."""
        return Place(self.ledger.situation, (), self.book.unit)


def family_faults(
    books: Sequence[Book], problem: Problem, ledgers: Sequence[Ledger], entries: Sequence[Entry]
) -> Iterator[tuple[str, str]]:
    """Yield a code and the family for each law of families that is broken."""
    if not any(book.policies.families for book in books):
        return
    before = list(earlier(books, problem))
    for number, book in enumerate(books):
        scene = _Scene(number, book, ledgers[number], problem, entries, before)
        laws = book.policies.families
        for family, members in _used(scene).items():
            law = laws.get(family, laws.get("*", "all"))
            if law != "all" and len(members) > 1:
                yield "family", family
            elif law == "highest" and _set_aside(scene, family, next(iter(members.values()))):
                yield "family_highest", family


def _used(scene: _Scene) -> dict[str, dict[str, Achievement]]:
    """Return the members of each family that the plan uses, with those that were converted earlier."""
    found: dict[str, dict[str, Achievement]] = {}
    own = (entry for entry in scene.entries if entry.book == scene.number)
    for use in (use for entry in own for use in entry.uses if use.family is not None):
        found.setdefault(use.family or "", {})[use.id] = use
    for use in (use for entry in scene.before for use in entry.uses if use.family in found):
        found[use.family or ""][use.id] = use
    return found


def _set_aside(scene: _Scene, family: str, used: Achievement) -> bool:
    """Tell whether a member was used though some rule could use one that ranks above it."""
    free = _free(scene)
    members = [each for each in scene.problem.achievements if each.family == family]
    above = [each for each in free if each.family == family and each.id != used.id]
    rules = [rule for rule in scene.book.rules if _open(rule, scene)]
    able = {each.id: [rule for rule in rules if _could(rule, each, free, scene)] for each in above}
    above = [each for each in above if able[each.id]]
    order = _order(scene, members)
    if order is not None:
        return any(order[each.level] > order[used.level] for each in above)
    if _order(scene, [used, *above]) is not None:
        return False
    most = _most(rules, used, scene)
    return most is not None and any(_least(able[each.id], each, scene) > most for each in above)


def _order(scene: _Scene, members: Sequence[Achievement]) -> dict[str | None, int] | None:
    """Return the levels by which members are ranked, or None where they are not all on one scale."""
    scales = {each.level_scale for each in members}
    levels = scene.book.words.levels.get(min(scales, key=str) or "", ()) if len(scales) == 1 else ()
    order: dict[str | None, int] = {level: at for at, level in enumerate(levels)}
    return order if order and all(each.level in order for each in members) else None


def _free(scene: _Scene) -> list[Achievement]:
    """Return what a match of the book may use: not spent, held back, converted before, to come or out of the days."""
    problem, book = scene.problem, scene.book
    taken = {use.id for entry in scene.before for use in entry.uses} | set(problem.wishes.avoid.achievements)
    if book.policies.spent_elsewhere == "refuse":
        taken |= set(problem.spent)
    days = book.effective.by == "acquired"
    once = {each.id: each for each in reversed(problem.achievements) if each.acquired <= problem.as_of}
    return [each for each in once.values() if each.id not in taken and not (days and not in_force(book, each.acquired))]


def _open(rule: Rule, scene: _Scene) -> bool:
    """Tell whether a rule speaks to the learner, is not held back and not used up."""
    if not {rule.id, f"{scene.book.id}#{rule.id}"}.isdisjoint(scene.problem.wishes.avoid.rules):
        return False
    if rule.times == "once" and any(entry.rule is rule for entry in scene.before):
        return False
    return scene.ledger.speaks and state_of(rule.when, None, scene.ledger.situation) is State.SATISFIED


def _could(rule: Rule, member: Achievement, free: Sequence[Achievement], scene: _Scene) -> bool:
    """Tell whether a rule could surely use a member and give something for it."""
    place = scene.place()
    leaves = list(_leaves(rule.source))
    if not any(good(each, member, place) for each in leaves) or not _gives(rule.gives, scene.ledger):
        return False
    beside: list[Achievement] = []
    if not isinstance(rule.source, One) and not _pours(rule.source):
        others = (each for each in free if each.id != member.id)
        beside = list(islice((each for each in others if any(good(leaf, each, place) for leaf in leaves)), BESIDE))
    for rest in islice(left(rule.source, (member, *beside), place), WAYS):
        uses = [each for each in (member, *beside) if each not in rest]
        if member in uses and _settled(rule, uses, scene.ledger):
            return True
    return False


def _leaves(tree: Source) -> Iterator[Conditions]:
    match tree:
        case One(one=conditions) | Pool(pool=conditions):
            yield conditions
        case All(all=of) | AnyBranch(any=of) | Some(of=of):
            for each in of:
                yield from _leaves(each)


def _pours(tree: Source) -> bool:
    match tree:
        case All(all=of) | AnyBranch(any=of) | Some(of=of):
            return any(_pours(each) for each in of)
        case _:
            return isinstance(tree, Pool)


def _gives(lines: Sequence[Any], ledger: Ledger) -> bool:
    """Tell whether all the lines can be given in this programme, no course twice."""
    courses = [line.course for line in lines if isinstance(line, CourseLine)]
    choices = [line for line in lines if isinstance(line, ChooseLine)]
    if len({min(ledger.codes(code)) for code in courses}) < len(courses) or (choices and len(lines) > 1):
        return False
    return all(ledger.course(code) is not None for code in courses) and all(_offers(line, ledger) for line in choices)


def _offers(line: ChooseLine, ledger: Ledger) -> bool:
    """Tell whether there are surely enough courses to choose from."""
    named = {each.course for each in line.of or () if isinstance(each, CourseLine)}
    courses = [found for code in named if (found := ledger.course(code)) is not None]
    if line.where is not None:
        every = ledger.situation.problem.programme.courses
        courses += [each for each in every if state_of(line.where, each, ledger.situation) is State.SATISFIED]
    least = line.choose if isinstance(line.choose, int) else line.choose.at_least
    roots = {min(ledger.codes(each.code)) for each in courses if each.same_as is None}
    return len(roots) >= max(1, least)


def _settled(rule: Rule, uses: Sequence[Achievement], ledger: Ledger) -> bool:
    """Tell whether it is known what a grant comes to."""
    law = rule.credits
    asked = [*(row.if_ for row in law.rows or ()), *(each.if_ for each in law.adjust)]
    known = all(state_of(each, use, ledger.situation) is not State.UNKNOWN for each in asked for use in uses)
    own = any(line.credits == "@category" for line in rule.gives if isinstance(line, CreditsLine))
    own |= rule.surplus is not None and rule.surplus.to == "@category"
    if not known or (own and any(use.category is None for use in uses)):
        return False
    if own and len({use.category for use in uses}) > 1 and any(use.credits is None for use in uses):
        return False
    return law.mode != "table" or any(ledger.holds(row.if_, uses, ()) for row in law.rows or ())


def _worth(rule: Rule, member: Achievement, ledger: Ledger) -> int | None:
    """Return the hundredths that a rule comes to with a member, or None where that depends on more."""
    law = rule.credits
    alone = isinstance(rule.source, One) and _settled(rule, (member,), ledger)
    if any(isinstance(line, ChooseLine) for line in rule.gives) or rule.surplus is not None:
        return None
    if not alone and (law.mode not in _PLAIN or law.adjust):
        return None
    own: list[Given] = []
    for line in rule.gives:
        if isinstance(line, CourseLine):
            own.append({"kind": "course", "target": line.course})
        elif isinstance(line, CreditsLine):
            own.append({"kind": "credits", "target": line.credits})
    return whole_of(rule, (member,), own, ledger) if own else 0


def _most(rules: Sequence[Rule], member: Achievement, scene: _Scene) -> Fraction | None:
    """Return a bound on what a member is good for, or None where there is none."""
    place, earlier_too = scene.place(), [entry for entry in scene.before if member in entry.uses]
    amounts = [Fraction(given.get("credits", "0")) * 100 for entry in earlier_too for given in entry.gives]
    most = sum(amounts, Fraction(0))
    for rule in rules:
        if any(state_of(each, member, place.situation) is not State.REFUSED for each in _leaves(rule.source)):
            worth = _worth(rule, member, scene.ledger)
            if worth is None:
                return None
            most = max(most, Fraction(worth))
    return most


def _least(rules: Sequence[Rule], member: Achievement, scene: _Scene) -> int:
    """Return what a member is surely good for."""
    return max((_worth(rule, member, scene.ledger) or 0 for rule in rules), default=0)
