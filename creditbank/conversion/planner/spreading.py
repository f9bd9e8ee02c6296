"""Spreading: caps for each year, half-year or institution over what is still to be earned for an award."""

from collections.abc import Iterable, Iterator, Sequence
from fractions import Fraction
from math import ceil
from typing import Final, NamedTuple

from creditbank.conversion.planner.awards import Aim, counts_open
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.limiting import bounds, speaks
from creditbank.conversion.planner.model import Limit
from creditbank.conversion.planner.offers import HUNDRED
from creditbank.conversion.planner.prepared import ReadyLimit
from creditbank.conversion.rules.limits import FieldBound, Share

NEW: Final = frozenset({"year", "semester", "issuer"})
"""What there is always a new one of: a cap for each of these says over how many, not how much in all."""


class Spread(NamedTuple):
    """A cap that makes what is still needed take so many years, half-years or institutions at least."""

    cap: str
    per: str
    at_most: Fraction
    at_least: int


def _caps(ground: Ground, aim: Aim) -> Iterator[tuple[ReadyLimit, Fraction, Sequence[int]]]:
    """Yield the caps for each new year or institution that speak, with their bound and the open lines they count."""
    for ready in ground.prepared.limits:
        limit = ready.limit
        share = isinstance(limit.at_most, Share) and limit.at_most.of == "chosen"
        if limit.per not in NEW or limit.measure != "credits" or share or isinstance(limit.at_most, FieldBound):
            continue
        if speaks(ground, ready):
            counted = [at for at, line in enumerate(aim.lines) if counts_open(ground, ready.book, limit.of, line)]
            if counted:
                yield ready, bounds(ground, ready)(""), counted


def shut(ground: Ground, aim: Aim) -> Iterable[Limit]:
    """Return limits on the open lines that no year and no institution has room for."""
    for ready, bound, counted in _caps(ground, aim):
        if bound * HUNDRED < 1:
            yield Limit(ready.id, 0, open_lines=tuple((at, 1) for at in counted))


def spread(ground: Ground, aim: Aim, amounts: Sequence[int]) -> list[Spread]:
    """Return over how many each cap spreads what is still to be earned, in hundredths by open line; one is not told."""
    found = []
    for ready, bound, counted in _caps(ground, aim):
        needed = sum(amounts[at] for at in counted)
        times = ceil(needed / (bound * HUNDRED)) if bound * HUNDRED >= 1 else 0
        if times > 1:
            found.append(Spread(ready.id, ready.limit.per, bound, times))
    return found
