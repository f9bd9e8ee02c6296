"""Amounts and dates as rules count them: exact maps between units, plain texts of numbers, months back."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from fractions import Fraction

from creditbank.conversion.rules.words import UnitMap

_MONTHS = 12


class Units:
    """The exact maps of a book between units, each usable in both directions; a map written out goes before.

    Nothing is chained: two maps in a row were stated by nobody.
    """

    def __init__(self, maps: Iterable[UnitMap] = ()) -> None:
        """Keep the factors by pair of units; of two maps for one pair the first in the book counts."""
        self._factors: dict[tuple[str, str], Fraction] = {}
        written = [(each.source, each.target, Fraction(each.factor)) for each in maps]
        for source, target, factor in written:
            self._factors.setdefault((source, target), factor)
        for source, target, factor in written:
            self._factors.setdefault((target, source), 1 / factor)

    def factor(self, source: str, target: str) -> Fraction | None:
        """Return by what an amount in `source` is multiplied to stand in `target`; None where no map leads there."""
        return Fraction(1) if source == target else self._factors.get((source, target))

    def convert(self, value: Decimal, source: str, target: str) -> Fraction | None:
        """Return the amount in `target`, exactly; None where no map leads there."""
        factor = self.factor(source, target)
        return None if factor is None else Fraction(value) * factor


def plain(value: Decimal | Fraction | int) -> str:
    """Write a number in the shortest exact way: 7.50 as 7.5, 3/8 as 0.375, and a third as 1/3."""
    exact = Fraction(value)
    scale = _decimal_places(exact.denominator)
    if scale is None:
        return f"{exact.numerator}/{exact.denominator}"
    whole = abs(exact.numerator) * 10**scale // exact.denominator
    digits = str(whole).rjust(scale + 1, "0")
    text = f"{digits[:-scale]}.{digits[-scale:]}" if scale else digits
    return f"-{text}" if exact < 0 else text


def _decimal_places(denominator: int) -> int | None:
    """Return with how many decimals a fraction in lowest terms is exact; None where never."""
    twos = fives = 0
    while denominator % 2 == 0:
        denominator //= 2
        twos += 1
    while denominator % 5 == 0:
        denominator //= 5
        fives += 1
    return max(twos, fives) if denominator == 1 else None


def months_before(day: str, months: int) -> str:
    """Return the day so many months earlier; where that month is too short, its last day."""
    at = date.fromisoformat(day)
    year, month = divmod(at.year * _MONTHS + at.month - 1 - months, _MONTHS)
    if year < 1:
        return date.min.isoformat()
    return date(year, month + 1, min(at.day, monthrange(year, month + 1)[1])).isoformat()


def days_between(earlier: str, later: str) -> int:
    """Return by how many days `later` comes after `earlier`; negative where it comes before."""
    return (date.fromisoformat(later) - date.fromisoformat(earlier)).days
