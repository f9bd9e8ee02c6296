"""Grade maps: whether one is total and monotone, and how one is generated from the distributions of two groups."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Literal

from creditbank.conversion.rules.faults import Fault, Path
from creditbank.conversion.rules.scales import MapInUse, Rank, as_points, rank_on, step_of, taken
from creditbank.conversion.rules.words import (
    BandRow,
    Distribution,
    GradeMap,
    OrderedScale,
    Scale,
    ShareOfGrade,
    ValueRow,
    Words,
)

Shares = Sequence[tuple[str, Decimal | Fraction | int]]
"""The passing grades of a group, worst first, each with its share: percentages or head counts, of any sum."""

Take = Literal["top", "middle", "bottom"]


def distribution_map(
    *,
    source: str,
    source_shares: Shares,
    target: str,
    target_shares: Shares,
    take: Take,
    failing: Mapping[str, str] | None = None,
) -> GradeMap:
    """Return the map that gives every source grade the target grade at its place in the distribution.

    A grade occupies the band of percentiles from those below it to those with it; the target grade is the one at the
    band's bottom, middle or top, on a boundary the lower one. Fractions throughout: nothing is rounded. `failing`
    says what the grades below the pass mark become. The shares stay with the map.
    """
    ends = list(_cumulated(target_shares))
    rows = [ValueRow(value=grade, gives=given) for grade, given in (failing or {}).items()]
    below = Fraction(0)
    for grade, upto in _cumulated(source_shares):
        rows.append(ValueRow(value=grade, gives=_grade_at(ends, below, upto, take)))
        below = upto
    kept = Distribution(source=_stated(source_shares), target=_stated(target_shares))
    return GradeMap.model_validate(
        {"from": source, "to": target, "take": take, "rows": tuple(rows), "distribution": kept}
    )


def _cumulated(shares: Shares) -> Iterator[tuple[str, Fraction]]:
    whole = sum((Fraction(share) for _, share in shares), Fraction(0))
    assert whole > 0, "a distribution of nobody"
    upto = Fraction(0)
    for grade, share in shares:
        upto += Fraction(share) / whole
        yield grade, upto


def _grade_at(ends: Sequence[tuple[str, Fraction]], below: Fraction, upto: Fraction, take: Take) -> str:
    """Return the target grade at a band's bottom (the first above it), middle or top (the first that reaches it)."""
    if take == "bottom":
        return next((grade for grade, end in ends if end > below), ends[-1][0])
    at = upto if take == "top" else (below + upto) / 2
    return next(grade for grade, end in ends if end >= at)


def _stated(shares: Shares) -> tuple[ShareOfGrade, ...]:
    """Write the shares as parts of the whole, exactly: a fraction `3/8`, or a whole number."""
    return tuple(ShareOfGrade(value=grade, share=str(Fraction(share))) for grade, share in shares)


def grade_map_faults(each: GradeMap, words: Words, path: Path = ()) -> Iterator[Fault]:
    """Yield what keeps a map from being usable: rows off the scales, overlaps, gaps, and better grades given less.

    Maps between scales that the book does not define are not judged here; the missing word is a fault of its own.
    """
    source, target = words.scales.get(each.source), words.scales.get(each.target)
    if source is None or target is None:
        return
    strange = list(_off_scale(each, source, target, path))
    yield from strange
    if strange:
        return
    yield from _overlaps(each, source, path)
    yield from _gaps(each, source, target, path)
    yield from _falls(each, source, target, path)
    if each.distribution is not None and not _is_generated(each, each.distribution):
        yield Fault((*path, "distribution"), "grade_map_not_generated")


def _off_scale(each: GradeMap, source: Scale, target: Scale, path: Path) -> Iterator[Fault]:
    for at, row in enumerate(each.rows):
        here = (*path, "rows", at)
        asked = (row.value,) if isinstance(row, ValueRow) else (str(row.min), str(row.max))
        given = (row.gives,) if isinstance(row.gives, str) else row.gives
        for scale, name, grades in ((source, each.source, asked), (target, each.target, given)):
            for grade in grades:
                if rank_on(scale, grade) is None or (isinstance(row, BandRow) and as_points(asked[0]) is None):
                    yield Fault(here, "grade_map_off_scale", grade, name)
        if isinstance(row, BandRow) and row.min > row.max:
            yield Fault(here, "reversed", str(row.min), str(row.max))


def _bands(each: GradeMap) -> list[BandRow]:
    return sorted((row for row in each.rows if isinstance(row, BandRow)), key=lambda row: row.min)


def _overlaps(each: GradeMap, source: Scale, path: Path) -> Iterator[Fault]:
    for lower, upper in pairwise(_bands(each)):
        if upper.min <= lower.max:
            here = (*path, "rows")
            yield Fault(here, "grade_map_overlapping", f"{lower.min}-{lower.max}", f"{upper.min}-{upper.max}")
    seen: set[Rank | None] = set()
    for at, row in enumerate(each.rows):
        if isinstance(row, ValueRow):
            rank = rank_on(source, row.value)
            if rank in seen:
                yield Fault((*path, "rows", at), "repeated", row.value)
            seen.add(rank)


def _gaps(each: GradeMap, source: Scale, target: Scale, path: Path) -> Iterator[Fault]:
    used = MapInUse(each, source, target)
    bands = _bands(each)
    if isinstance(source, OrderedScale):
        probes = list(source.order)
    else:
        # Just above each band lies the first grade that may have been forgotten; so do both ends of the scale.
        after = [row.max + step_of(bands) for row in bands if row.max + step_of(bands) <= source.max]
        probes = [str(probe) for probe in (Decimal(0), *after, source.max)]
    for probe in probes:
        if used.grade(probe) is None:
            yield Fault((*path, "rows"), "grade_map_not_total", probe)


def _falls(each: GradeMap, source: Scale, target: Scale, path: Path) -> Iterator[Fault]:
    rows = [(rank_on(source, row.value if isinstance(row, ValueRow) else str(row.min)) or 0, row) for row in each.rows]
    ordered = [row for _, row in sorted(rows, key=lambda pair: pair[0])]
    for lower, upper in pairwise(ordered):
        given, better = (taken(row, target, each.take) for row in (lower, upper))
        if (rank_on(target, better) or 0) < (rank_on(target, given) or 0):
            yield Fault((*path, "rows"), "grade_map_not_monotone", better, given)


def _is_generated(each: GradeMap, kept: Distribution) -> bool:
    """Say whether the rows are what the distribution gives; grades outside it, the failing ones, are free."""
    passing = {share.value for share in kept.source}
    made = distribution_map(
        source=each.source,
        source_shares=[(share.value, Fraction(share.share)) for share in kept.source],
        target=each.target,
        target_shares=[(share.value, Fraction(share.share)) for share in kept.target],
        take=each.take,
    )
    return [row for row in each.rows if isinstance(row, ValueRow) and row.value in passing] == list(made.rows)
