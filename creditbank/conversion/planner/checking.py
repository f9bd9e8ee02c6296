"""The checks at publishing that solve: caps that never bind, and awards whose needs cannot all be met."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import product
from typing import Final

from creditbank.conversion.planner import proving, solving
from creditbank.conversion.planner.building import Building, build
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.imagining import imagined
from creditbank.conversion.planner.model import Key, Limit as Bound, Model
from creditbank.conversion.planner.prepared import prepare
from creditbank.conversion.rules.book import Award, Book, OpenLine
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import needs, single_conditions
from creditbank.conversion.rules.conditions import Via
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.limits import Limit, Need, NeedAll, NeedLeaf, NeedTree, Selection
from creditbank.conversion.rules.problem import Problem, Wishes
from creditbank.conversion.rules.quantities import plain
from creditbank.conversion.rules.targets import CreditsLine

NUMBERS_MAX: Final = 4
"""So many different settings of cases are tried for each cap."""


def solved_findings(book: Book) -> tuple[Finding, ...]:
    """Return the caps that cannot bind and the awards that cannot be reached, in the facts of the book's own cases.

    A book without cases is not judged: nothing says for whom it would be tried.
    """
    return (*never_binding(book), *impossible_needs(book))


def never_binding(book: Book) -> Iterator[Finding]:
    """Yield a finding for every cap that stays within its limit for every value of `per`, whatever is granted."""
    lexicon = Lexicon(book.words)
    settings = _settings(book)
    for number, cap in enumerate(book.caps):
        tried = [_most(book, cap, case, lexicon) for case in settings]
        found = [each for each in tried if each is not None]
        if found and len(found) == len(tried) and all(most <= limit for most, limit in found):
            most, limit = max(found)
            yield finding("never_binds", f"/caps/{number}", cap.id, most=plain(most), limit=plain(limit))


def impossible_needs(book: Book) -> Iterator[Finding]:
    """Yield a finding for every award of which no amount of open credits fills all needs under the caps."""
    if not book.cases:
        return
    for number, award in enumerate(book.awards):
        clash = _clash(book, award)
        if clash is None and not _reachable(book, award):
            clash = " · ".join(place.need.id for place in needs(book) if place.award == award.id)
        if clash is not None:
            yield finding("impossible_need", f"/awards/{number}/needs", award.id, word=clash)


def _settings(book: Book) -> list[Problem]:
    """Return the cases to try in: one for each kind of learner and programme, those with most courses first."""
    found: dict[str, Problem] = {}
    for case in sorted(book.cases, key=lambda each: -len(each.given.programme.courses)):
        given = case.given
        key = f"{given.learner!r} {given.programme.code} {given.programme.credits_required}"
        found.setdefault(key, given)
    return list(found.values())[:NUMBERS_MAX]


def _most(book: Book, cap: Limit, case: Problem, lexicon: Lexicon) -> tuple[Fraction, Fraction] | None:
    """Return the most a cap could come to without caps, and its limit, where the two are nearest; None: silent."""
    building = build(Ground(prepare([book]), imagined(book, cap, case, lexicon)))
    found: list[tuple[Fraction, Fraction, Fraction]] = []
    for told, bound in zip(building.caps, building.model.limits, strict=False):
        if told.limit.id == cap.id and told.lacking is None:
            reached = _at_most(building, bound)
            most, limit = (Fraction(each, told.scale) for each in (reached, bound.at_most))
            found.append((most - limit, most, limit))
    return max(found)[1:] if found else None


def _at_most(building: Building, bound: Bound) -> int:
    """Return the largest sum of a limit under all laws but the caps, or a little more: negative parts are left out."""
    model = building.model
    worth = {number: value for number, value in bound.choices if value > 0}
    for number, value in bound.amounts:
        amount = model.amounts[number]
        worth[amount.option] = worth.get(amount.option, 0) + max(0, value) * amount.at_most
    count = len(model.options)
    options = tuple(each._replace(credits=worth.get(at, 0)) for at, each in enumerate(model.options))
    flows = tuple(each._replace(credits=worth.get(count + at, 0)) for at, each in enumerate(model.flows))
    laws = model.limits[len(building.caps) :]
    bare = model._replace(
        options=options, flows=flows, amounts=(), limits=laws, needs=None, open_lines=0, prefer=(Key.CREDITS,)
    )
    used = {number for option in model.options for number in option.achievements}
    used |= {flow.achievement for flow in model.flows}
    distinct = sum(value for number, value in bound.achievements if value > 0 and number in used)
    return distinct + (_value(bare) if worth else 0)


def _value(model: Model) -> int:
    return solving.value(model) or 0


def _reachable(book: Book, award: Award) -> bool:
    """Say whether open credits can fill the award; what only named achievements can fill is taken as filled."""
    opened = book if book.open_lines else book.model_copy(update={"open_lines": tuple(_lines(book))})
    if not opened.open_lines:
        return True
    facts = {"achievements": (), "spent": (), "prior": (), "wishes": Wishes(), "award": award.id}
    bare = book.cases[0].given.model_copy(update=facts)
    return proving.still_needed(build(Ground(prepare([opened]), bare)).model) is not None


def _lines(book: Book) -> Iterator[OpenLine]:
    """Yield the lines that credits could be earned in: every category and way that the book speaks of."""
    places = [*(place.need.of for place in needs(book)), *(cap.of for cap in book.caps)]
    spoken = {category for of in places for category in of.categories or ()}
    given = {line.credits for rule in book.rules for line in rule.gives if isinstance(line, CreditsLine)}
    ways = {via for _place, each in single_conditions(book) if isinstance(each, Via) for via in each.among}
    categories = sorted({each for each in spoken | given if not each.startswith("@")})
    for category, via in product(categories, [*sorted(ways), None]):
        yield OpenLine(category=category, via=via)


def _clash(book: Book, award: Award) -> str | None:
    """Return a need and a cap of which the one asks for more than the other allows, both counting the same."""
    for need in _asked(award.needs):
        for cap in book.caps:
            within = cap.measure == need.measure and cap.per == "plan" and not cap.when and _wider(cap.of, need.of)
            concerns = cap.awards is None or award.id in cap.awards
            limit = cap.at_most if isinstance(cap.at_most, Decimal) else None
            if within and concerns and limit is not None and need.at_least is not None and need.at_least > limit:
                return f"{need.id} · {cap.id}"
    return None


def _asked(tree: NeedTree) -> Sequence[Need]:
    """Return the needs that are asked for in any case."""
    if isinstance(tree, NeedLeaf):
        return (tree.need,)
    return [need for branch in tree.all for need in _asked(branch)] if isinstance(tree, NeedAll) else ()


def _wider(cap: Selection, need: Selection) -> bool:
    """Say whether the cap counts everything that the need counts: each part it has is the same in the need."""
    return all(value is None or value == getattr(need, name) for name, value in cap)
