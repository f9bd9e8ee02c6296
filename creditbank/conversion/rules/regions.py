"""What a condition admits, field by field: sets of values and closed ranges that can be intersected and compared."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final, TypeAlias

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.lexicon import Lexicon
from creditbank.conversion.rules.scales import as_points
from creditbank.conversion.rules.words import NumericScale, OrderedScale

Key: TypeAlias = tuple[str, ...]
"""The tag, with the scale, unit, framework or event that it speaks of."""

OVERLAP_MAX: Final = Decimal(100)


@dataclass(frozen=True, slots=True)
class Members:
    """One of these values; `@name` stands for a value that only the problem knows."""

    values: frozenset[str]

    @property
    def open(self) -> bool:
        """Say whether a reference is among them, so that nothing can be excluded before the problem is known."""
        return any(value.startswith("@") for value in self.values)

    def within(self, other: object) -> bool:
        """Say whether whatever is admitted here is admitted there."""
        return isinstance(other, Members) and self.values <= other.values

    def meets(self, other: object) -> bool:
        """Say whether something may be admitted by both."""
        assert isinstance(other, Members)
        return self.open or other.open or bool(self.values & other.values)

    def both(self, other: object) -> "Members":
        """Return what both admit, or more where a reference keeps the answer open."""
        assert isinstance(other, Members)
        if self.open or other.open:
            return other if self.open else self
        return Members(self.values & other.values)


@dataclass(frozen=True, slots=True)
class Touching:
    """At least one of each of these sets: a learner is in several groups, a course may go by two codes."""

    needs: tuple[frozenset[str], ...]

    def within(self, other: object) -> bool:
        """Say whether whatever is admitted here is admitted there."""
        return isinstance(other, Touching) and all(any(mine <= need for mine in self.needs) for need in other.needs)

    def meets(self, other: object) -> bool:
        """Say whether something may be admitted by both, which is always so."""
        return isinstance(other, Touching)

    def both(self, other: object) -> "Touching":
        """Return what both admit."""
        assert isinstance(other, Touching)
        return Touching(self.needs + other.needs)


@dataclass(frozen=True, slots=True)
class Range:
    """From low to high, both included; None is open."""

    low: Any = None
    high: Any = None

    @property
    def empty(self) -> bool:
        """Say that nothing lies between."""
        return self.low is not None and self.high is not None and bool(self.low > self.high)

    def within(self, other: object) -> bool:
        """Say whether whatever is admitted here is admitted there."""
        if not isinstance(other, Range):
            return False
        above = other.low is None or (self.low is not None and self.low >= other.low)
        below = other.high is None or (self.high is not None and self.high <= other.high)
        return bool(above and below)

    def meets(self, other: object) -> bool:
        """Say whether something may be admitted by both."""
        return not self.both(other).empty

    def both(self, other: object) -> "Range":
        """Return what both admit."""
        assert isinstance(other, Range)
        lows = [each for each in (self.low, other.low) if each is not None]
        highs = [each for each in (self.high, other.high) if each is not None]
        return Range(max(lows, default=None), min(highs, default=None))


Field: TypeAlias = Members | Touching | Range


@dataclass(frozen=True, slots=True)
class Claim:
    """A condition, or its negation."""

    condition: c.Condition
    negated: bool = False


@dataclass(slots=True)
class Region:
    """What a conjunction admits: per key what is held, and what is barred."""

    held: dict[Key, Field] = field(default_factory=dict)
    barred: dict[Key, tuple[Field, ...]] = field(default_factory=dict)


def region_of(claims: Iterable[Claim], lexicon: Lexicon) -> Region:
    """Return what all the claims together admit, or a little more where a reference keeps it open."""
    region = Region()
    for claim in claims:
        key, admitted = field_of(claim.condition, lexicon)
        if claim.negated:
            region.barred[key] = (*region.barred.get(key, ()), admitted)
        elif key in region.held:
            region.held[key] = _both(region.held[key], admitted)
        else:
            region.held[key] = admitted
    return region


def contradiction(region: Region) -> Key | None:
    """Return the first key on which nothing is admitted, or None; an answer is certain, None is not."""
    for key, held in region.held.items():
        if _empty(held, region.barred.get(key, ())):
            return key
    levels = [key for key in region.held if key[0] == "level"]
    return levels[1] if len(levels) > 1 else None


def entails(region: Region, claim: Claim, lexicon: Lexicon) -> bool:
    """Say whether all that the region admits satisfies the claim; True is certain, False is not."""
    key, asked = field_of(claim.condition, lexicon)
    held = region.held.get(key)
    if not claim.negated:
        return held is not None and held.within(asked)
    if any(asked.within(barred) for barred in region.barred.get(key, ())):
        return True
    return held is not None and _same_form(held, asked) and not held.meets(asked)


def field_of(condition: c.Condition, lexicon: Lexicon) -> tuple[Key, Field]:
    """Return what a condition speaks of and what it admits there."""
    if isinstance(condition, c.LearnerGroup | c.Course):
        return (condition.tag,), Touching((frozenset(condition.among),))
    among = getattr(condition, "among", None)
    if among is not None:
        if isinstance(condition, c.Category | c.CourseCategory):
            among = frozenset().union(*(lexicon.with_descendants(each) for each in among))
        return (condition.tag,), Members(frozenset(among))
    return _FIELDS[condition.tag](condition, lexicon)


def _both(held: Field, admitted: Field) -> Field:
    if not _same_form(held, admitted):
        return held
    return held.both(admitted)


def _same_form(one: Field, other: Field) -> bool:
    return type(one) is type(other)


def _empty(held: Field, barred: tuple[Field, ...]) -> bool:
    if isinstance(held, Range):
        return held.empty or any(held.within(each) for each in barred)
    out = frozenset(value for each in barred for value in _values(each))
    if isinstance(held, Touching):
        return any(need <= out for need in held.needs)
    return held.values <= out


def _values(barred: Field) -> frozenset[str]:
    if isinstance(barred, Touching):
        return frozenset().union(*barred.needs)
    return barred.values if isinstance(barred, Members) else frozenset()


def _opaque(condition: c.Condition) -> tuple[Key, Field]:
    """Stand for a condition whose words are not defined: it equals itself and nothing else."""
    text = condition.model_dump_json(by_alias=True)
    return ("undefined", text), Members(frozenset({text}))


def _level(condition: c.Level, lexicon: Lexicon) -> tuple[Key, Field]:
    order = lexicon.words.levels.get(condition.scale, ())
    low = condition.exactly or condition.at_least
    high = condition.exactly or condition.at_most
    if any(value is not None and value not in order for value in (low, high)) or not order:
        return _opaque(condition)
    return (condition.tag, condition.scale), Range(
        0 if low is None else order.index(low), len(order) - 1 if high is None else order.index(high)
    )


def _grade(condition: c.Grade, lexicon: Lexicon) -> tuple[Key, Field]:
    scale = lexicon.words.scales.get(condition.scale)
    key = (condition.tag, condition.scale)
    if isinstance(scale, OrderedScale) and condition.at_least in scale.order:
        return key, Range(scale.order.index(condition.at_least), len(scale.order) - 1)
    points = as_points(condition.at_least)
    if isinstance(scale, NumericScale) and points is not None:
        return key, Range(points, scale.max)
    return _opaque(condition)


def _measured(condition: c.Credits | c.Hours | c.Attendance, _lexicon: Lexicon) -> tuple[Key, Field]:
    high = OVERLAP_MAX if condition.unit == "percent" else None
    return (condition.tag, condition.unit), Range(condition.at_least, high)


def _framework(condition: c.FrameworkLevel, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag, condition.framework), Range(condition.at_least)


def _window(condition: c.Acquired | c.Enrolled, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag,), Range(condition.since, condition.until)


def _age(condition: c.Age, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag, condition.at), Range(None, condition.at_most_months)


def _order(condition: c.Order, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag, condition.event), Members(frozenset({condition.when}))


def _valid(condition: c.Valid, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag, condition.at), Members(frozenset({condition.at}))


def _passed(condition: c.Passed, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag,), Members(frozenset({"passed"}))


def _overlap(condition: c.Overlap, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag,), Range(condition.at_least, OVERLAP_MAX)


def _waited(condition: c.Waited, _lexicon: Lexicon) -> tuple[Key, Field]:
    return (condition.tag, condition.event), Range(condition.at_least_days)


_FIELDS: Final[dict[str, Callable[[Any, Lexicon], tuple[Key, Field]]]] = {
    "level": _level,
    "grade": _grade,
    "passed": _passed,
    "credits": _measured,
    "hours": _measured,
    "attendance": _measured,
    "framework_level": _framework,
    "acquired": _window,
    "age": _age,
    "order": _order,
    "valid": _valid,
    "overlap": _overlap,
    "enrolled": _window,
    "waited": _waited,
}
