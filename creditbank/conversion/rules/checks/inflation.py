"""Inflation: converted from outcome to outcome over all books in force, nobody ends with more than they began."""

from collections.abc import Iterator, Sequence
from decimal import Decimal
from fractions import Fraction
from math import prod
from typing import Final, NamedTuple

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import lines
from creditbank.conversion.rules.checks.surroundings import Catalogue
from creditbank.conversion.rules.implication import Slot, Slots, TooManyTermsError, simple_conditions, source_terms
from creditbank.conversion.rules.quantities import Units, plain
from creditbank.conversion.rules.targets import CourseLine, CreditsLine

STEPS_MAX: Final = 6
FINDINGS_MAX: Final = 50
ONE: Final = Fraction(1)


class Edge(NamedTuple):
    """One credit of the source becomes so many of the target, by a rule or a unit map of a book."""

    source: str
    target: str
    gain: Fraction
    book: str
    by: str
    path: str


class _Walk(NamedTuple):
    """Edges one after the other, and what they come to."""

    nodes: tuple[str, ...]
    gain: Fraction
    edges: tuple[Edge, ...]

    @property
    def ring(self) -> bool:
        """Say whether it ends where it began."""
        return self.nodes[0] == self.nodes[-1]

    @property
    def simple(self) -> bool:
        """Say whether it passes nothing twice, and is more than one step or a ring of one."""
        return len(set(self.nodes)) == len(self.edges) + (not self.ring) and (self.ring or len(self.edges) > 1)


def inflation(book: Book, in_force: Sequence[Book], catalogue: Catalogue) -> Iterator[Finding]:
    """Yield a finding for every path of two to six steps through this book that gains, and for rings that do.

    Gains are exact fractions in one unit; a step whose credits or units cannot be compared is left out. Where
    several rings hang together, at least one is told.
    """
    books = [book, *(each for each in in_force if each.id != book.id)]
    units = Units([each for one in books for each in one.words.unit_maps])
    by_rule = [edge for each in books for edge in rule_edges(each, units, catalogue)]
    by_unit = [edge for each in books for edge in unit_edges(each)]
    walks = [*(walk for walk in _walks(by_unit) if walk.ring), *_walks(by_rule)]
    if not any(walk.ring and walk.gain > 1 for walk in walks):
        walks.extend(_long_ring(by_rule))
    found: dict[tuple[str, ...], Finding] = {}
    for walk in walks:
        mine = next((edge for edge in walk.edges if edge.book == book.id), None)
        key = tuple(sorted(set(walk.nodes))) if walk.ring else (walk.nodes[0], walk.nodes[-1])
        if mine is None or walk.gain <= 1 or not walk.simple or key in found or len(found) >= FINDINGS_MAX:
            continue
        word, factor = " → ".join(_shown(node) for node in walk.nodes), plain(walk.gain)
        code = "inflation_cycle" if walk.ring else "inflation"
        found[key] = finding(code, mine.path, mine.by, word=word, factor=factor)
    yield from found.values()


def unit_edges(book: Book) -> Iterator[Edge]:
    """Yield a step for every unit map, and one back, since a map is used both ways unless both are written."""
    written = {(each.source, each.target) for each in book.words.unit_maps}
    for number, each in enumerate(book.words.unit_maps):
        path, by = f"/words/unit_maps/{number}", f"{each.source} → {each.target}"
        yield Edge(each.source, each.target, Fraction(each.factor), book.id, by, path)
        if (each.target, each.source) not in written:
            yield Edge(each.target, each.source, 1 / Fraction(each.factor), book.id, by, path)


def rule_edges(book: Book, units: Units, catalogue: Catalogue) -> Iterator[Edge]:
    """Yield a step for every rule from each achievement that it names to each outcome that it gives with credits."""
    for number, rule in enumerate(book.rules):
        try:
            ways = source_terms(rule.source)
        except TooManyTermsError:
            continue
        for slots in ways:
            brought = _brought(slots, units, book.unit, catalogue)
            if brought is None:
                continue
            for target, amount in _given(rule, brought[1], book, units, catalogue):
                gain = amount / brought[1]
                for source in sorted(brought[0]):
                    yield Edge(source, target, gain, book.id, rule.id, f"/rules/{number}")


def _walks(edges: Sequence[Edge]) -> Iterator[_Walk]:
    """Yield, shortest first, the walk with most gain for every start, end and length up to the limit.

    A walk that passes a node twice holds a ring: either that ring gains and is yielded by itself, or leaving it
    out gives a shorter walk that gains as much. So nothing that gains is lost.
    """
    leaving: dict[str, list[Edge]] = {}
    for edge in edges:
        leaving.setdefault(edge.source, []).append(edge)
    front = [_Walk((node,), ONE, ()) for node in sorted(leaving)]
    for _ in range(STEPS_MAX):
        best: dict[tuple[str, str], _Walk] = {}
        for walk in front:
            for edge in leaving.get(walk.nodes[-1], ()):
                ends, gain = (walk.nodes[0], edge.target), walk.gain * edge.gain
                if ends not in best or gain > best[ends].gain:
                    best[ends] = _Walk((*walk.nodes, edge.target), gain, (*walk.edges, edge))
        front = list(best.values())
        yield from front


def _long_ring(edges: Sequence[Edge]) -> Iterator[_Walk]:
    """Yield a ring of any length that gains, if there is one (Bellman and Ford, with products)."""
    gains = dict.fromkeys((node for edge in edges for node in edge[:2]), ONE)
    last: dict[str, Edge] = {}
    grown = ""
    for _ in gains:
        grown = _grown(edges, gains, last)
        if not grown:
            return
    if not grown:
        return
    for _ in gains:
        grown = last[grown].source
    ring = [last[grown]]
    while ring[0].source != grown:
        ring.insert(0, last[ring[0].source])
    yield _Walk((grown, *(edge.target for edge in ring)), prod((edge.gain for edge in ring), start=ONE), tuple(ring))


def _grown(edges: Sequence[Edge], gains: dict[str, Fraction], last: dict[str, Edge]) -> str:
    """Let every edge raise its target where it can; return one that was raised, or nothing."""
    grown = ""
    for edge in edges:
        if gains[edge.source] * edge.gain > gains[edge.target]:
            gains[edge.target] = gains[edge.source] * edge.gain
            last[edge.target] = edge
            grown = edge.target
    return grown


def _brought(slots: Slots, units: Units, unit: str, catalogue: Catalogue) -> tuple[set[str], Fraction] | None:
    """Return the outcomes that fill the slots and the credits they bring at least; None where that is not known."""
    names: set[str] = set()
    total = Fraction(0)
    for slot in slots:
        named, least = _slot(slot, units, unit, catalogue)
        if not named or least is None or least <= 0:
            return None
        names |= named
        total += least
    return names, total


def _slot(slot: Slot, units: Units, unit: str, catalogue: Catalogue) -> tuple[set[str], Fraction | None]:
    singles = simple_conditions(slot.conditions)
    specs = {value for each in singles if isinstance(each, c.Spec) for value in each.among}
    categories = {f"category:{value}" for each in singles if isinstance(each, c.Category) for value in each.among}
    if slot.measure == "credits" and slot.at_least is not None:
        return specs or categories, units.convert(slot.at_least, slot.unit or unit, unit)
    asked = [units.convert(each.at_least, each.unit, unit) for each in singles if isinstance(each, c.Credits)]
    known = [
        units.convert(entry.credits.value, entry.credits.unit, unit)
        for entry in (catalogue.specs.get(spec) for spec in specs)
        if entry is not None and entry.credits is not None
    ]
    amounts = [each for each in known or asked if each is not None]
    return specs or categories, min(amounts, default=None)


def _given(
    rule: Rule, brought: Fraction, book: Book, units: Units, catalogue: Catalogue
) -> Iterator[tuple[str, Fraction]]:
    """Yield every outcome with the credits it may be given with, at most."""
    whole = _whole(rule, brought)
    for line in lines(rule.gives):
        if isinstance(line, CreditsLine):
            amount = Fraction(line.amount) if line.amount is not None else whole
            if amount is not None:
                yield f"category:{line.credits}", amount
        if isinstance(line, CourseLine):
            own = _own(line.course, book.unit, units, catalogue)
            if rule.credits.mode == "target" and own is not None:
                yield line.course, own
            elif rule.credits.mode == "least" and own is not None:
                yield line.course, min(own, brought)
            elif len(rule.gives) == 1 and whole is not None:
                yield line.course, whole


def _whole(rule: Rule, brought: Fraction) -> Fraction | None:
    mode = rule.credits
    more = sum((max(Fraction(each.add), Fraction(0)) for each in mode.adjust), Fraction(0))
    if mode.mode == "source":
        return brought + more
    amounts = [mode.amount] if mode.mode == "fixed" else [row.amount for row in mode.rows or ()]
    known: list[Decimal] = [each for each in amounts if each is not None]
    return max(Fraction(each) for each in known) + more if known else None


def _own(course: str, unit: str, units: Units, catalogue: Catalogue) -> Fraction | None:
    entry = catalogue.courses.get(course)
    return None if entry is None else units.convert(entry.course.credits, entry.unit, unit)


def _shown(node: str) -> str:
    return node.removeprefix("category:")
