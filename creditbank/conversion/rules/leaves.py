"""The law of every single condition on what somebody has and is: how it stands, and what to say where it fails."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from operator import attrgetter
from typing import Any

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.answers import Refused, State, Unknown
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.quantities import plain

Targets = Sequence[str]
StateOf = Callable[[Any, Situation, Targets], State]
TellOf = Callable[[Any, Situation, Targets], Refused | Unknown]
TextOf = Callable[[Any, Situation], str]

REFUSED, UNKNOWN, SATISFIED = State.REFUSED, State.UNKNOWN, State.SATISFIED


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition made ready: `state` is asked always, `tell` only where it does not hold.

    `needs` and `has` are the two texts a refusal shows; conditions on the learner do not look at the subject.
    """

    tag: str
    needs: str
    state: StateOf
    tell: TellOf
    has: TextOf


Values = Callable[[Any, Situation], tuple[str, ...] | None]

# Where an achievement or a course keeps the one value that its condition asks about.
_FIELDS: dict[str, str] = {
    **{tag: tag for tag in ("spec", "family", "kind", "issuer", "subject", "category", "via", "rank", "reach", "role")},
    "register": "register_",
    "course_nature": "nature",
    "course_kind": "kind",
    "course_practice": "practice",
    "course_category": "category",
}
_TREES = ("category", "course_category")


def _one(value: str | None) -> tuple[str, ...] | None:
    return None if value is None else (value,)


# A course goes by its own code and by that of the course it is listed across with; somebody may be in many groups.
_READERS: dict[str, Values] = {
    "learner_status": lambda _, situation: _one(situation.problem.learner.status),
    "learner_major": lambda _, situation: _one(situation.problem.learner.major),
    "learner_group": lambda _, situation: situation.problem.learner.groups,
    "programme": lambda _, situation: (situation.problem.programme.code,),
    "study_mode": lambda _, situation: _one(situation.problem.learner.mode),
    "course": lambda course, _: (course.code,) if course.same_as is None else (course.code, course.same_as),
}


def among(condition: c.Condition, lexicon: Lexicon) -> Leaf:
    """The value, or any of the values, is in the list; `@name` stands for a reference of the problem."""
    listed: tuple[str, ...] = attrgetter("among")(condition)
    tag = condition.tag
    whole = lexicon.with_descendants if tag in _TREES else lambda value: frozenset((value,))
    known = frozenset().union(*(whole(value) for value in listed if not value.startswith("@")))
    names = tuple(value[1:] for value in listed if value.startswith("@"))
    field = _FIELDS.get(tag)
    read = _READERS[tag] if field is None else _reader(field)

    def stands(subject: Any, situation: Situation, _: Targets) -> State:  # noqa: ANN401 - an achievement or a course
        values = read(subject, situation)
        if values is None:
            return UNKNOWN
        if not known.isdisjoint(values):
            return SATISFIED
        refs = situation.problem.refs
        if any(not whole(refs[name]).isdisjoint(values) for name in names if name in refs):
            return SATISFIED
        return REFUSED if all(name in refs for name in names) or not values else UNKNOWN

    def tell(subject: Any, situation: Situation, targets: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        values = read(subject, situation)
        if stands(subject, situation, targets) is UNKNOWN:
            lacking = (f"@{name}" for name in names if name not in situation.problem.refs)
            return Unknown(tag, tag if values is None else next(lacking))
        return Refused("not_among", tag, "、".join(listed), "、".join(values or ()))

    def has(subject: Any, situation: Situation) -> str:  # noqa: ANN401 - as above
        return "、".join(read(subject, situation) or ())

    state = stands if field is None or names else _simple(field, known)
    return Leaf(tag, "、".join(listed), state, tell, has)


def _reader(field: str) -> Values:
    get = attrgetter(field)
    return lambda subject, _: _one(get(subject))


def _simple(field: str, known: frozenset[str]) -> StateOf:
    """Return the quick form for a single value and a list without references."""
    get = attrgetter(field)

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - an achievement or a course
        value = get(subject)
        if value in known:
            return SATISFIED
        return UNKNOWN if value is None else REFUSED

    return state


def level(condition: c.Level, lexicon: Lexicon) -> Leaf:
    """By position on the one scale; a level of another scale is refused, a level not listed is unknown."""
    order = lexicon.scales.levels.get(condition.scale, {})
    bottom = condition.exactly or condition.at_least or ""
    top = condition.exactly or condition.at_most or ""
    unlisted = next((code for code in (bottom, top) if code and code not in order), None)
    low, high = order.get(bottom, 0), order.get(top, len(order))
    scale, needs = condition.scale, "–".join(dict.fromkeys((bottom, top))).strip("–")

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - an achievement
        if subject.level_scale != scale:
            return UNKNOWN if subject.level_scale is None else REFUSED
        at = order.get(subject.level)
        if at is None or unlisted is not None:
            return UNKNOWN
        return SATISFIED if low <= at <= high else REFUSED

    def tell(subject: Any, situation: Situation, targets: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        value = subject.level
        if state(subject, situation, targets) is UNKNOWN:
            return _lacks_level(subject, unlisted)
        if subject.level_scale != scale:
            return Refused("other_scale", "level", scale, subject.level_scale)
        at = order[value]
        if at < low:
            return Refused("level_low", "level", bottom, value, plain(low - at), "step")
        return Refused("level_high", "level", top, value, plain(at - high), "step")

    return Leaf("level", needs, state, tell, lambda subject, _: subject.level or "")


def _lacks_level(subject: Any, unlisted: str | None) -> Unknown:  # noqa: ANN401 - an achievement
    """Tell what of a level is missing: itself, its scale, or a place in the book's list."""
    if subject.level is None or subject.level_scale is None:
        return Unknown("level", "level" if subject.level is None else "level_scale")
    return Unknown("level", unlisted or subject.level, "unlisted")


def grade(condition: c.Grade, lexicon: Lexicon) -> Leaf:
    """On the same scale, else through a grade map; without a map nobody can tell."""
    scales, scale, needs = lexicon.scales, condition.scale, condition.at_least
    least = scales.rank(scale, needs)

    def there(subject: Any) -> str | None:  # noqa: ANN401 - an achievement
        given = subject.grade
        return None if given is None else scales.on_scale(given.scale, given.value, scale)

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - as above
        value = there(subject)
        rank = None if value is None else scales.rank(scale, value)
        if rank is None or least is None:
            return UNKNOWN
        return SATISFIED if rank >= least else REFUSED

    def tell(subject: Any, _: Situation, __: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        given = subject.grade
        if given is None:
            return Unknown("grade", "grade")
        if not scales.leads(given.scale, scale):
            return Unknown("grade", given.scale, "no_map")
        value = there(subject)
        rank = None if value is None else scales.rank(scale, value)
        if rank is None or least is None:
            return Unknown("grade", needs if least is None else given.value, "unlisted")
        return Refused("grade_low", "grade", needs, value or "", plain(least - rank), scales.unit(scale))

    return Leaf("grade", needs, state, tell, lambda subject, _: there(subject) or "")


def passed(_: c.Passed, lexicon: Lexicon) -> Leaf:
    """By the pass mark of the grade's own scale where the book defines it, else by what the source says itself."""
    scales = lexicon.scales
    marks = {name: mark for name in scales.scales if (mark := scales.passing(name)) is not None}
    least = {name: scales.rank(name, mark) for name, mark in marks.items()}

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - an achievement
        given = subject.grade
        mark = None if given is None else least.get(given.scale)
        rank = None if mark is None else scales.rank(given.scale, given.value)
        if mark is None or rank is None:
            return UNKNOWN if subject.passed is None else State(2 * subject.passed)
        return SATISFIED if rank >= mark else REFUSED

    def tell(subject: Any, situation: Situation, targets: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        given = subject.grade
        if state(subject, situation, targets) is UNKNOWN:
            return Unknown(
                "passed", "passed" if given is None else given.value, "missing" if given is None else "unlisted"
            )
        mark = None if given is None else least.get(given.scale)
        rank = None if mark is None else scales.rank(given.scale, given.value)
        if mark is None or rank is None:
            return Refused("not_passed", "passed")
        short = plain(mark - rank)
        return Refused("not_passed", "passed", marks[given.scale], given.value, short, scales.unit(given.scale))

    return Leaf("passed", "", state, tell, lambda subject, _: "" if subject.grade is None else subject.grade.value)


def measured(condition: c.Credits | c.Hours | c.Attendance, lexicon: Lexicon) -> Leaf:
    """An amount in the same unit, or through an exact map; in any other unit it is refused."""
    units, unit, least, tag = lexicon.units, condition.unit, Fraction(condition.at_least), condition.tag
    get = attrgetter(tag)
    needs = plain(least)

    def there(subject: Any) -> Fraction | None:  # noqa: ANN401 - an achievement
        given: Quantity = get(subject)
        return units.convert(given.value, given.unit, unit)

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - as above
        if get(subject) is None:
            return UNKNOWN
        amount = there(subject)
        return SATISFIED if amount is not None and amount >= least else REFUSED

    def tell(subject: Any, _: Situation, __: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        given = get(subject)
        if given is None:
            return Unknown(tag, tag)
        amount = there(subject)
        if amount is None:
            return Refused("other_unit", tag, unit, given.unit)
        return Refused(f"{tag}_few", tag, needs, plain(amount), plain(least - amount), unit)

    def has(subject: Any, _: Situation) -> str:  # noqa: ANN401 - as above
        amount = None if get(subject) is None else there(subject)
        return "" if amount is None else plain(amount)

    return Leaf(tag, needs, state, tell, has)


def framework_level(condition: c.FrameworkLevel, _: Lexicon) -> Leaf:
    """The number on that framework; a number on another says nothing."""
    name, least = condition.framework, condition.at_least

    def there(subject: Any) -> Decimal | None:  # noqa: ANN401 - an achievement
        levels: dict[str, Decimal] | None = subject.framework_level
        return None if levels is None else levels.get(name)

    def state(subject: Any, _: Situation, __: Targets) -> State:  # noqa: ANN401 - as above
        number = there(subject)
        if number is None:
            return UNKNOWN
        return SATISFIED if number >= least else REFUSED

    def tell(subject: Any, _: Situation, __: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        number = there(subject)
        if number is None:
            return Unknown("framework_level", name)
        return Refused("framework_low", "framework_level", plain(least), plain(number), plain(least - number), name)

    def has(subject: Any, _: Situation) -> str:  # noqa: ANN401 - as above
        number = there(subject)
        return "" if number is None else plain(number)

    return Leaf("framework_level", plain(least), state, tell, has)


def overlap(condition: c.Overlap, _: Lexicon) -> Leaf:
    """A finding for every target of the grant; without targets or without a finding nobody can tell."""
    least = condition.at_least

    def state(subject: Any, _: Situation, targets: Targets) -> State:  # noqa: ANN401 - an achievement
        found: dict[str, Decimal] = subject.overlap or {}
        if any(found[target] < least for target in targets if target in found):
            return REFUSED
        return SATISFIED if targets and all(target in found for target in targets) else UNKNOWN

    def tell(subject: Any, _: Situation, targets: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        found: dict[str, Decimal] = subject.overlap or {}
        low = next((found[target] for target in targets if target in found and found[target] < least), None)
        if low is None:
            return Unknown("overlap", next((target for target in targets if target not in found), "overlap"))
        return Refused("overlap_low", "overlap", plain(least), plain(low), plain(least - low), "percent")

    return Leaf("overlap", plain(least), state, tell, lambda *_: "")
