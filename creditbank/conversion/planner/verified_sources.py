"""Whether achievements fill the sources of a rule, checked against the documents alone. No planner code."""

from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import chain, combinations
from typing import NamedTuple

from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement
from creditbank.conversion.rules.sources import All, AnyBranch, One, Pool, Some, Source


def in_force(book: Book, day: str) -> bool:
    """Tell whether a book is in force on a day."""
    return book.effective.since <= day and (book.effective.until is None or day <= book.effective.until)


class Place(NamedTuple):
    """Where sources are judged: the situation, the courses they would free, and the book's unit."""

    situation: Situation
    targets: Sequence[str]
    unit: str


def fills(tree: Source, uses: Sequence[Achievement], place: Place) -> bool:
    """Tell whether a set of achievements fills a tree exactly, each in one place, none left over."""
    return any(not rest for rest in left(tree, tuple(uses), place))


def left(tree: Source, uses: tuple[Achievement, ...], place: Place) -> Iterator[tuple[Achievement, ...]]:
    """Yield what is left after a tree took what it needs, in every way."""
    match tree:
        case One(one=conditions):
            for at, use in enumerate(uses):
                if good(conditions, use, place):
                    yield (*uses[:at], *uses[at + 1 :])
        case Pool():
            yield from _poured(tree, uses, place)
        case All(all=of):
            yield from _each(of, uses, place)
        case AnyBranch(any=of):
            yield from chain.from_iterable(left(branch, uses, place) for branch in of)
        case Some(some=number, of=of):
            yield from chain.from_iterable(_each(chosen, uses, place) for chosen in combinations(of, number))


def _each(trees: Sequence[Source], uses: tuple[Achievement, ...], place: Place) -> Iterator[tuple[Achievement, ...]]:
    if not trees:
        yield uses
        return
    for rest in left(trees[0], uses, place):
        yield from _each(trees[1:], rest, place)


def _poured(tree: Pool, uses: tuple[Achievement, ...], place: Place) -> Iterator[tuple[Achievement, ...]]:
    """Yield what is left after a pool took a set from which nothing can be left out: whole first, then smaller ones."""
    fit = [use for use in uses if good(tree.pool, use, place)]
    amounts = {use.id: _measured(use, tree, place) for use in fit}
    for size in range(len(fit), 0, -1):
        for chosen in combinations(fit, size):
            total = sum(amounts[use.id] for use in chosen)
            if total >= tree.at_least > total - min(amounts[use.id] for use in chosen):
                yield tuple(use for use in uses if use not in chosen)


def _measured(use: Achievement, tree: Pool, place: Place) -> Fraction:
    if tree.measure == "count":
        return Fraction(1)
    given = use.credits if tree.measure == "credits" else use.hours
    if given is None:
        return Fraction(0)
    return place.situation.lexicon.units.convert(given.value, given.unit, tree.unit or place.unit) or Fraction(0)


def good(conditions: Conditions, use: Achievement, place: Place) -> bool:
    """Tell whether an achievement may stand in a place."""
    return state_of(conditions, use, place.situation, place.targets) is State.SATISFIED
