"""Books made ready for planning: rules, leaves, caps and laws in the order that counts, once for many problems."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence, Set as AbstractSet
from fractions import Fraction
from typing import Final, NamedTuple

from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.conditions import Acquired, AnyOf, Clause, Condition, Conditions
from creditbank.conversion.rules.judging import Check, compile_conditions
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.limits import Limit
from creditbank.conversion.rules.sources import All, AnyBranch, One, Pool, Some, Source
from creditbank.conversion.rules.targets import CourseLine, one_by_one

ANCHORS: Final = ("spec", "family", "kind")
"""By what achievements are looked up, the narrowest first."""

OWN: Final = frozenset(ANCHORS) | {
    *("issuer", "subject", "category", "via", "rank", "reach", "role", "register"),
    *("level", "grade", "passed", "credits", "hours", "attendance", "framework_level", "acquired"),
}
"""Conditions that look at the achievement and at nothing else."""


class Leaf(NamedTuple):
    """One place that achievements fill: its conditions, and the values by which candidates are looked up."""

    number: int
    conditions: Conditions
    anchor: str
    values: tuple[str, ...]
    check: Check
    identity: Check
    """What says which achievement it is: spec, family and kind alone."""
    overlap: bool
    alone: bool
    """Nothing but the achievement decides: not the learner, not the day, not the programme."""


class Slot(NamedTuple):
    """A place for one achievement."""

    leaf: int


class Poured(NamedTuple):
    """A place for as many achievements as reach an amount."""

    leaf: int
    measure: str
    unit: str
    at_least: Fraction


class Several(NamedTuple):
    """So many of the branches, each with achievements of its own."""

    number: int
    of: "tuple[Tree, ...]"


Tree = Slot | Poured | Several


class ReadyRule(NamedTuple):
    """A rule with its place among all rules of the plan; `id` is what the plan calls it."""

    position: int
    book: int
    id: str
    rule: Rule
    leaves: tuple[Leaf, ...]
    tree: Tree
    audience: Check
    overlap: bool
    alone: bool
    """What fills it is decided by what is held alone, whatever the programme is."""
    splits: bool
    """Each line of its one choice is an option of its own."""
    named: tuple[str, ...]
    """The courses it frees where it gives nothing else, or none."""
    plain: bool
    """Its courses count what they count, whoever brings the sources."""
    once: bool
    """It may be used once in a plan."""


class ReadyLimit(NamedTuple):
    """A cap with the book that states it; `id` is what the plan calls it."""

    book: int
    id: str
    limit: Limit


class ReadyBook(NamedTuple):
    """A book with its words made ready."""

    number: int
    book: Book
    lexicon: Lexicon
    rules: tuple[ReadyRule, ...]


class Prepared(NamedTuple):
    """All books of a plan, in the order given."""

    books: tuple[ReadyBook, ...]
    rules: tuple[ReadyRule, ...]
    limits: tuple[ReadyLimit, ...]
    strict: bool
    """Every book uses an achievement once and frees a course once, and no rule gives the lines of a choice apart."""
    by_anchor: Mapping[tuple[str, str], frozenset[int]]
    anywhere: frozenset[int]
    """Rules with a place that is not looked up by a value of the book."""

    def touched(self, keys: AbstractSet[tuple[str, str]]) -> frozenset[int]:
        """Return the rules, by position, that may have to do with achievements of these specs, families and kinds."""
        return self.anywhere.union(*(self.by_anchor[key] for key in keys & self.by_anchor.keys()))


def prepare(books: Sequence[Book]) -> Prepared:
    """Make books ready; where two books use one id for a rule or cap, the plan says `book#id`."""
    rule_ids = Counter(rule.id for book in books for rule in book.rules)
    limit_ids = Counter(limit.id for book in books for limit in book.caps)
    ready: list[ReadyBook] = []
    rules: list[ReadyRule] = []
    limits: list[ReadyLimit] = []
    for number, book in enumerate(books):
        lexicon = Lexicon(book.words)
        place = _Place(book, number, lexicon, _window(book))
        own = tuple(
            _rule(rule, place, position=len(rules) + at, name=_name(book, rule.id, rule_ids))
            for at, rule in enumerate(book.rules)
        )
        rules += own
        limits += [ReadyLimit(number, _name(book, limit.id, limit_ids), limit) for limit in book.caps]
        ready.append(ReadyBook(number, book, lexicon, own))
    by_anchor, anywhere = _index(rules)
    strict = all(book.policies.reuse == "once" and book.policies.target_once for book in books)
    strict = strict and not any(rule.splits for rule in rules)
    return Prepared(tuple(ready), tuple(rules), tuple(limits), strict, by_anchor, anywhere)


def _index(rules: Sequence[ReadyRule]) -> tuple[Mapping[tuple[str, str], frozenset[int]], frozenset[int]]:
    by_anchor: dict[tuple[str, str], set[int]] = {}
    anywhere: set[int] = set()
    for rule in rules:
        for leaf in rule.leaves:
            if not leaf.anchor or any(value.startswith("@") for value in leaf.values):
                anywhere.add(rule.position)
            for value in leaf.values:
                by_anchor.setdefault((leaf.anchor, value), set()).add(rule.position)
    return {key: frozenset(positions) for key, positions in by_anchor.items()}, frozenset(anywhere)


def _name(book: Book, own: str, among: Counter[str]) -> str:
    return own if among[own] == 1 else f"{book.id}#{own}"


class _Place(NamedTuple):
    """What the rules of one book share while they are made ready."""

    book: Book
    number: int
    lexicon: Lexicon
    window: Conditions


def _rule(rule: Rule, place: _Place, *, position: int, name: str) -> ReadyRule:
    leaves: list[Leaf] = []
    tree = _tree(rule.source, leaves, place)
    splits = (
        one_by_one(rule.gives)
        and rule.credits.mode in {"target", "none"}
        and not rule.credits.adjust
        and rule.surplus is None
    )
    courses = tuple(line.course for line in rule.gives if isinstance(line, CourseLine))
    law = rule.credits
    plain = law.mode == "target" and not law.adjust and rule.surplus is None and rule.record_grade is None
    return ReadyRule(
        position=position,
        book=place.number,
        id=name,
        rule=rule,
        leaves=tuple(leaves),
        tree=tree,
        audience=compile_conditions(rule.when, place.lexicon),
        overlap=any(leaf.overlap for leaf in leaves),
        alone=all(leaf.alone for leaf in leaves),
        splits=splits,
        named=courses if len(courses) == len(rule.gives) else (),
        plain=plain,
        once=rule.times == "once",
    )


def _window(book: Book) -> Conditions:
    """Return what every source must meet besides: where acquisition decides, the days the book is in force."""
    if book.effective.by != "acquired":
        return ()
    return (Acquired.model_validate({"from": book.effective.since, "to": book.effective.until}),)


def _tree(source: Source, leaves: list[Leaf], place: _Place) -> Tree:
    match source:
        case One(one=conditions):
            return Slot(_leaf(conditions, leaves, place))
        case Pool(pool=conditions, measure=measure, unit=unit, at_least=at_least):
            return Poured(_leaf(conditions, leaves, place), measure, unit or place.book.unit, Fraction(at_least))
        case All(all=of):
            return Several(len(of), tuple(_tree(each, leaves, place) for each in of))
        case AnyBranch(any=of):
            return Several(1, tuple(_tree(each, leaves, place) for each in of))
        case Some(some=count, of=of):
            return Several(count, tuple(_tree(each, leaves, place) for each in of))


def _leaf(conditions: Conditions, leaves: list[Leaf], place: _Place) -> int:
    anchor, values = "", ()
    for name in ANCHORS:
        found = next((each for each in conditions if isinstance(each, Condition) and each.tag == name), None)
        if found is not None:
            anchor, values = name, getattr(found, "among", ())
            break
    whole = (*conditions, *place.window) if place.window else conditions
    check = compile_conditions(whole, place.lexicon)
    named = tuple(each for each in conditions if isinstance(each, Condition) and each.tag in ANCHORS)
    identity = compile_conditions(named, place.lexicon)
    single = [one for each in whole for one in _single(each)]
    overlap = any(each.tag == "overlap" for each in single)
    leaves.append(Leaf(len(leaves), whole, anchor, values, check, identity, overlap, all(map(_alone, single))))
    return len(leaves) - 1


def _alone(condition: Condition) -> bool:
    """Tell whether a condition looks at the achievement and at nothing else."""
    named = any(value.startswith("@") for value in getattr(condition, "among", ()))
    return condition.tag in OWN and not named


def _single(clause: Clause) -> Iterator[Condition]:
    """Yield the single conditions of a clause."""
    if isinstance(clause, Condition):
        yield clause
    elif isinstance(clause, AnyOf):
        for branch in clause.any:
            for each in branch:
                yield from _single(each)
    else:
        yield from _single(clause.negated)
