"""When a condition, audience or source tree is at least as strong as another: sound, complete for conjunctions."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from typing import Final, TypeAlias, TypeVar

from creditbank.conversion.rules.conditions import AnyOf, Clause, Condition, Conditions, Not
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.plain import Amount
from creditbank.conversion.rules.regions import Claim, Key, contradiction, entails, region_of
from creditbank.conversion.rules.sources import All, AnyBranch, One, Pool, Some, Source
from creditbank.conversion.rules.words import Words

TERMS_MAX: Final = 512
"""So many terms of a disjunctive form are looked at; beyond that nothing is claimed."""

Term: TypeAlias = tuple[Claim, ...]


class TooManyTermsError(Exception):
    """The disjunctive form is too long for a claim about it."""


@dataclass(frozen=True, slots=True)
class Slot:
    """A place that one achievement fills, or, with a measure, a pool that several fill together."""

    conditions: Conditions
    measure: str = ""
    unit: str | None = None
    at_least: Amount | None = None


Slots: TypeAlias = tuple[Slot, ...]


def terms(conditions: Conditions) -> tuple[Term, ...]:
    """Return the disjunctive form of an all-of: any of these conjunctions; raises where there are too many."""
    return _all(conditions, negated=False)


def contradiction_in(conditions: Conditions, lexicon: Lexicon) -> Key | None:
    """Return a key on which the conditions contradict one another in every branch, or None if that is not certain."""
    try:
        found = [contradiction(region_of(term, lexicon)) for term in terms(conditions)]
    except TooManyTermsError:
        return None
    return found[0] if found and all(key is not None for key in found) else None


def implies(stronger: Conditions, weaker: Conditions, lexicon: Lexicon) -> bool:
    """Say whether whatever satisfies the first satisfies the second; True is certain, False may only be unknown."""
    try:
        strong, weak = terms(stronger), terms(weaker)
    except TooManyTermsError:
        return False
    return all(_term_implies(term, weak, lexicon) for term in strong)


def source_terms(source: Source) -> tuple[Slots, ...]:
    """Return the ways to fill a source tree, each as the slots that are filled; raises where there are too many."""
    if isinstance(source, One):
        return ((Slot(source.one),),)
    if isinstance(source, Pool):
        return ((Slot(source.pool, source.measure, source.unit, source.at_least),),)
    if isinstance(source, AnyBranch):
        return _few(way for branch in source.any for way in source_terms(branch))
    if isinstance(source, All):
        return _joined(source.all)
    assert isinstance(source, Some)
    return _few(way for chosen in combinations(source.of, source.some) for way in _joined(chosen))


def source_implies(stronger: Source, weaker: Source, lexicon: Lexicon) -> bool:
    """Say whether whoever fills the first fills the second too; True is certain, False may only be unknown."""
    try:
        strong, weak = source_terms(stronger), source_terms(weaker)
    except TooManyTermsError:
        return False
    return all(any(_slots_imply(ways, fewer, lexicon) for fewer in weak) for ways in strong)


def common_words(one: Words, other: Words) -> Words:
    """Return the words that mean the same in both, so that editions are compared by nothing that has moved."""
    return Words(
        scales={name: scale for name, scale in one.scales.items() if other.scales.get(name) == scale},
        levels={name: levels for name, levels in one.levels.items() if other.levels.get(name) == levels},
        categories=one.categories if one.categories == other.categories else {},
    )


def leaves(source: Source) -> tuple[tuple[str, Conditions], ...]:
    """Return every leaf of a source tree with its place in the tree as a JSON pointer."""
    if isinstance(source, One):
        return (("/one", source.one),)
    if isinstance(source, Pool):
        return (("/pool", source.pool),)
    key, branches = next(
        (key, getattr(source, key)) for key in ("all", "any", "of") if getattr(source, key, None) is not None
    )
    return tuple(
        (f"/{key}/{number}{path}", conditions)
        for number, branch in enumerate(branches)
        for path, conditions in leaves(branch)
    )


def simple_conditions(conditions: Iterable[Clause]) -> tuple[Condition, ...]:
    """Return every single condition in written order, whatever any-of or not it stands in."""
    found: list[Condition] = []
    for clause in conditions:
        if isinstance(clause, Condition):
            found.append(clause)
        elif isinstance(clause, AnyOf):
            for branch in clause.any:
                found.extend(simple_conditions(branch))
        else:
            assert isinstance(clause, Not)
            found.extend(simple_conditions((clause.negated,)))
    return tuple(found)


def _all(clauses: Sequence[Clause], *, negated: bool) -> tuple[Term, ...]:
    if negated:
        return _few(term for clause in clauses for term in _clause(clause, negated=True))
    return _few(
        tuple(claim for part in parts for claim in part)
        for parts in product(*(_clause(clause, negated=False) for clause in clauses))
    )


def _clause(clause: Clause, *, negated: bool) -> tuple[Term, ...]:
    if isinstance(clause, Condition):
        return ((Claim(clause, negated),),)
    if isinstance(clause, Not):
        return _clause(clause.negated, negated=not negated)
    assert isinstance(clause, AnyOf)
    branches = [_all(branch, negated=negated) for branch in clause.any]
    if not negated:
        return _few(term for branch in branches for term in branch)
    return _few(tuple(claim for part in parts for claim in part) for parts in product(*branches))


def _joined(branches: Sequence[Source]) -> tuple[Slots, ...]:
    return _few(
        tuple(slot for way in ways for slot in way) for ways in product(*(source_terms(branch) for branch in branches))
    )


_T = TypeVar("_T")


def _few(found: Iterable[_T]) -> tuple[_T, ...]:
    kept: list[_T] = []
    for each in found:
        kept.append(each)
        if len(kept) > TERMS_MAX:
            raise TooManyTermsError
    return tuple(kept)


def _term_implies(term: Term, weak: tuple[Term, ...], lexicon: Lexicon) -> bool:
    region = region_of(term, lexicon)
    if contradiction(region) is not None:
        return True
    return any(all(claim in term or entails(region, claim, lexicon) for claim in other) for other in weak)


def _slots_imply(strong: Slots, weak: Slots, lexicon: Lexicon) -> bool:
    """Find for every weaker slot a stronger one of its own (augmenting paths)."""
    holder: dict[int, int] = {}

    def place(slot: int, tried: set[int]) -> bool:
        for number, candidate in enumerate(strong):
            if number in tried or not _slot_implies(candidate, weak[slot], lexicon):
                continue
            tried.add(number)
            if number not in holder or place(holder[number], tried):
                holder[number] = slot
                return True
        return False

    return len(weak) <= len(strong) and all(place(slot, set()) for slot in range(len(weak)))


def _slot_implies(strong: Slot, weak: Slot, lexicon: Lexicon) -> bool:
    if (strong.measure, strong.unit) != (weak.measure, weak.unit):
        return False
    enough = weak.at_least is None or (strong.at_least is not None and strong.at_least >= weak.at_least)
    return enough and implies(strong.conditions, weak.conditions, lexicon)
