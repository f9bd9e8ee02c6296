"""The abstract 0/1 model of a plan: what may be chosen, what excludes what, what is preferred; it knows no documents.

Choices are numbered: first the options in book order, then the flows. Every amount of one model is an integer
in one scale that the builder chose (the least common denominator of all it saw). Named tuples, not dataclasses,
because a thousand of them are made for one page.
"""

from enum import StrEnum
from typing import Final, NamedTuple


class Key(StrEnum):
    """What one plan may be better in than another."""

    USEFUL_CREDITS = "useful_credits"
    CREDITS = "credits"
    BENEFITS = "benefits"
    FEWEST_ACHIEVEMENTS = "fewest_achievements"
    OLDEST_FIRST = "oldest_first"
    SOONEST_EXPIRY_FIRST = "soonest_expiry_first"
    BOOK_ORDER = "book_order"


PREFER: Final = (Key.CREDITS, Key.BENEFITS, Key.FEWEST_ACHIEVEMENTS, Key.OLDEST_FIRST, Key.BOOK_ORDER)

LETTERS: Final = frozenset({Key.OLDEST_FIRST, Key.SOONEST_EXPIRY_FIRST})
"""Keys that are decided achievement by achievement; the sums before them are numbers."""

Terms = tuple[tuple[int, int], ...]
"""Pairs of a number and its coefficient, which is never zero; each number once."""


class Option(NamedTuple):
    """One thing that may be granted whole: a rule, the achievements that fill it and the lines it gives.

    `achievements` are numbers in oldest-first order, ascending. `lines` are numbers of target lines, equal for
    equal lines; the solver uses them only to see that two options give the same. An option of a pool names no
    achievements: its flows do.
    """

    rule: int
    achievements: tuple[int, ...]
    lines: tuple[int, ...]
    credits: int = 0
    benefits: int = 0
    useful: int = 0


class Pool(NamedTuple):
    """An option whose sources are chosen one by one until the amounts of its flows reach `at_least`, and no further."""

    option: int
    at_least: int


class Flow(NamedTuple):
    """One achievement poured into a pool: it counts `amount` towards the pool and brings its credits along."""

    option: int
    achievement: int
    amount: int
    credits: int = 0
    useful: int = 0


class Amount(NamedTuple):
    """The divisible part of an option: any whole number of units up to `at_most` once the option is chosen."""

    option: int
    at_most: int
    useful: int = 0


class Limit(NamedTuple):
    """At most so much: the sum of coefficients over what is chosen; coefficients may be negative.

    `achievements` count what is used once however often it is used; `open_lines` speak only in the second model
    of an award.
    """

    id: str
    at_most: int
    choices: Terms = ()
    achievements: Terms = ()
    amounts: Terms = ()
    open_lines: Terms = ()


class Requirement(NamedTuple):
    """The option may be chosen only together with one of its supporters."""

    option: int
    supporters: tuple[int, ...]


class NeedLeaf(NamedTuple):
    """At least so much towards an award; `held` is the answer where the need is conditions on the learner.

    A `waived` leaf counts as met in the second model ("still needed"): no open line could ever help it.
    """

    id: str
    at_least: int = 0
    choices: Terms = ()
    achievements: Terms = ()
    amounts: Terms = ()
    open_lines: Terms = ()
    held: bool | None = None
    waived: bool = False


class NeedTree(NamedTuple):
    """So many of the branches: all of them, one of them, or n; `some` is that number."""

    some: int
    of: "tuple[NeedTree | NeedLeaf, ...]"


class Model(NamedTuple):
    """Everything a plan is chosen from.

    `cliques`: of these choices at most one. `group_cliques`: of these groups of choices at most one has a chosen
    member (the lines of one match go together, the matches of one achievement do not); a choice stands in one group
    of a clique at most. `forced`: of these choices at least one (wishes, prices). `expiry_order`: the achievements
    by the end of their validity, needed only for `soonest_expiry_first`. `open_lines`: the number of lines that an
    award can still be filled from. `prefer` ends in the order of the book, and does so even where it does not say so.
    """

    options: tuple[Option, ...]
    achievements: int
    cliques: tuple[tuple[int, ...], ...] = ()
    group_cliques: tuple[tuple[tuple[int, ...], ...], ...] = ()
    limits: tuple[Limit, ...] = ()
    requires: tuple[Requirement, ...] = ()
    forced: tuple[tuple[int, ...], ...] = ()
    pools: tuple[Pool, ...] = ()
    flows: tuple[Flow, ...] = ()
    amounts: tuple[Amount, ...] = ()
    needs: NeedTree | NeedLeaf | None = None
    open_lines: int = 0
    prefer: tuple[Key, ...] = PREFER
    expiry_order: tuple[int, ...] = ()


def before_book(model: Model) -> tuple[Key, ...]:
    """Return the keys that decide before the order of the book does."""
    keys = model.prefer
    return keys[: keys.index(Key.BOOK_ORDER)] if Key.BOOK_ORDER in keys else keys


def worths_of(model: Model, key: Key) -> list[int]:
    """Return what each option counts in an additive key; for achievements, how many it uses."""
    if key is Key.CREDITS:
        return [option.credits for option in model.options]
    if key is Key.BENEFITS:
        return [option.benefits for option in model.options]
    if key is Key.USEFUL_CREDITS:
        return [option.useful for option in model.options]
    return [len(option.achievements) for option in model.options]


class Missing(NamedTuple):
    """A need that the plan does not fill and how much is short; zero where conditions on the learner do not hold."""

    id: str
    short: int


class StillNeeded(NamedTuple):
    """The least that has to be earned yet, and from which open lines."""

    total: int
    lines: tuple[int, ...]


class Solution(NamedTuple):
    """The one best choice: granted options, flows of pools, the parts taken of divisible ones, and what is short."""

    options: tuple[int, ...]
    flows: tuple[int, ...] = ()
    amounts: tuple[int, ...] = ()
    missing: tuple[Missing, ...] = ()

    @property
    def attained(self) -> bool:
        """Tell whether every need that had to be filled is filled."""
        return not self.missing
