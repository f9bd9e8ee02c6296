"""Comparing levels and grades: by position on one scale, and from scale to scale through a grade map only."""

from bisect import bisect_right
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from creditbank.conversion.rules.quantities import plain
from creditbank.conversion.rules.words import BandRow, GradeMap, NumericScale, OrderedScale, Scale, ValueRow, Words

Rank = Decimal | int
"""How high a grade stands on its scale: points, or steps from the worst; only ranks of one scale compare."""


def rank_on(scale: Scale, value: str) -> Rank | None:
    """Return how high a grade stands; None for what is not a grade of this scale."""
    if isinstance(scale, OrderedScale):
        return scale.order.index(value) if value in scale.order else None
    points = as_points(value)
    return points if points is not None and 0 <= points <= scale.max else None


def as_points(value: str) -> Decimal | None:
    """Return the number a text states, or None."""
    try:
        points = Decimal(value)
    except InvalidOperation:
        return None
    return points if points.is_finite() else None


def taken(row: ValueRow | BandRow, scale: Scale, take: str) -> str:
    """Return the one grade a row gives: of several the best, the worst or the middle; of two middles the lower.

    Two numbers are the ends of a band of points, whose middle is exact.
    """
    if isinstance(row.gives, str):
        return row.gives
    ordered = sorted(row.gives, key=lambda grade: (rank_on(scale, grade) or 0, grade))
    if take == "top":
        return ordered[-1]
    if take == "bottom":
        return ordered[0]
    if isinstance(scale, NumericScale):
        return plain((Decimal(ordered[0]) + Decimal(ordered[-1])) / 2)
    return ordered[(len(ordered) - 1) // 2]


class MapInUse:
    """A grade map as it is used: a grade in, a grade of the other scale out."""

    def __init__(self, each: GradeMap, source: Scale, target: Scale) -> None:
        """Prepare both forms of rows: single grades, and bands in the order of their lower ends."""
        values = [row for row in each.rows if isinstance(row, ValueRow)]
        bands = sorted((row for row in each.rows if isinstance(row, BandRow)), key=lambda row: row.min)
        self._source = source
        self._values = {rank_on(source, row.value): taken(row, target, each.take) for row in values}
        self._starts = [row.min for row in bands]
        self._ends = [row.max for row in bands]
        self._gives = [taken(row, target, each.take) for row in bands]
        self._step = step_of(bands)

    def grade(self, value: str) -> str | None:
        """Return the grade of the other scale, or None where the map has no row for this one.

        Between two neighbouring bands written in whole points, as 60-69 and 70-79, a grade of 69.5 counts in the
        lower: it has not reached the upper.
        """
        rank = rank_on(self._source, value)
        if rank is None:
            return None
        if rank in self._values:
            return self._values[rank]
        at = bisect_right(self._starts, rank) - 1
        if at < 0:
            return None
        near = at + 1 < len(self._starts) and self._starts[at + 1] - self._ends[at] <= self._step
        return self._gives[at] if near or rank <= self._ends[at] else None


def step_of(bands: list[BandRow]) -> Decimal:
    """Return the finest step in which the bounds of bands are written: 1 for whole points, 0.1 for tenths."""
    exponents = [bound.normalize().as_tuple().exponent for row in bands for bound in (row.min, row.max)]
    return Decimal(1).scaleb(min([0, *(each for each in exponents if isinstance(each, int))]))


class Scales:
    """The scales, levels and grade maps of a book, ready to compare by."""

    def __init__(self, words: Words) -> None:
        """Prepare the positions; of two maps for one pair of scales the first in the book counts."""
        self.scales: Mapping[str, Scale] = words.scales
        self.levels = {name: {code: at for at, code in enumerate(codes)} for name, codes in words.levels.items()}
        self._maps: dict[tuple[str, str], MapInUse] = {}
        for each in words.grade_maps:
            source, target = self.scales.get(each.source), self.scales.get(each.target)
            if source is not None and target is not None:
                self._maps.setdefault((each.source, each.target), MapInUse(each, source, target))

    def rank(self, scale: str, value: str) -> Rank | None:
        """Return how high a grade stands; None for an unknown scale or a grade that is not on it."""
        known = self.scales.get(scale)
        return None if known is None else rank_on(known, value)

    def passing(self, scale: str) -> str | None:
        """Return the grade that passes on a scale, or None where the book does not define the scale."""
        known = self.scales.get(scale)
        if known is None:
            return None
        return known.passing if isinstance(known, OrderedScale) else plain(known.passing)

    def on_scale(self, scale: str, value: str, target: str) -> str | None:
        """Return a grade as it stands on the target scale; None where no map leads there or has no row for it."""
        if scale == target:
            return value
        through = self._maps.get((scale, target))
        return None if through is None else through.grade(value)

    def leads(self, source: str, target: str) -> bool:
        """Say whether grades of one scale can be compared on the other."""
        return source == target or (source, target) in self._maps

    def unit(self, scale: str) -> str:
        """Return what distances on a scale are counted in: the scale's own points, or steps."""
        return scale if isinstance(self.scales.get(scale), NumericScale) else "step"
