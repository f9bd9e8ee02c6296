"""Witnesses: the weakest achievement that satisfies conditions, and the ones just below each of their thresholds."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.answers import Refused, State
from creditbank.conversion.rules.implication import Term, TooManyTermsError, terms
from creditbank.conversion.rules.judging import answer, state_of
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Achievement, Grade
from creditbank.conversion.rules.quantities import months_before, plain
from creditbank.conversion.rules.regions import Claim, Region, contradiction, region_of
from creditbank.conversion.rules.scales import as_points
from creditbank.conversion.rules.words import NumericScale, OrderedScale, Scale

ONE: Final = Decimal(1)


class NoWitnessError(Exception):
    """Nothing can be made up that satisfies the conditions: an event, a word or a reference is missing."""


@dataclass(frozen=True, slots=True)
class Threshold:
    """A condition with a bound, an achievement that just reaches it, and one that is one step below."""

    condition: c.Condition
    reaching: Achievement
    below: Achievement


@dataclass(frozen=True, slots=True)
class _Frame:
    """What every draft of one call has in common."""

    situation: Situation
    targets: tuple[str, ...]
    name: str


@dataclass(slots=True)
class _Draft:
    """An achievement as it is made up: its fields, and the days between which it was acquired."""

    situation: Situation
    targets: tuple[str, ...]
    region: Region
    fields: dict[str, Any]
    since: str = date.min.isoformat()
    until: str = date.max.isoformat()

    def event(self, name: str) -> str:
        """Return the day of an event that must be known."""
        day = self.situation.event(name)
        if day is None:
            raise NoWitnessError
        return day


def witness(
    conditions: c.Conditions, situation: Situation, *, targets: tuple[str, ...] = (), name: str = "witness"
) -> Achievement | None:
    """Return the weakest achievement of which the conditions hold, or None where nothing can be made up.

    It is acquired on the day of the problem, or as near to it as the conditions allow. What they do not
    speak of stays unknown. `name` becomes its id; `targets` are the courses an overlap is recorded for.
    """
    for term in _terms(conditions):
        if contradiction(region_of(term, situation.lexicon)) is not None:
            continue
        try:
            draft = _drafted(term, _Frame(situation, targets, name))
            made = _finished(draft, name, acquired=_nearest(draft))
        except NoWitnessError:
            continue
        # What was made up is judged like everything else before it is shown to anybody.
        if state_of(conditions, made, situation, targets) is State.SATISFIED:
            return made
    return None


def thresholds(
    conditions: c.Conditions, situation: Situation, *, targets: tuple[str, ...] = (), name: str = "witness"
) -> tuple[Threshold, ...]:
    """Return for every bound in the conditions a witness that just reaches it and one that is a step below.

    The lowest level of a scale has nothing below it, and what is negated has no threshold.
    """
    found: list[Threshold] = []
    frame = _Frame(situation, targets, name)
    for term in _terms(conditions):
        if contradiction(region_of(term, situation.lexicon)) is not None:
            continue
        for number, claim in enumerate(term):
            if claim.negated or claim.condition.tag not in _BELOW:
                continue
            pair = _around(number, term, frame)
            if pair is None or any(claim.condition == each.condition for each in found):
                continue
            if state_of(conditions, pair.reaching, situation, targets) is not State.SATISFIED:
                continue
            if isinstance(answer(cast("c.Clause", claim.condition), pair.below, situation, targets), Refused):
                found.append(pair)
    return tuple(found)


def _terms(conditions: c.Conditions) -> tuple[Term, ...]:
    try:
        return terms(conditions)
    except TooManyTermsError:
        return ()


def _around(number: int, term: Term, frame: _Frame) -> Threshold | None:
    """Return the two achievements around one bound; None where there is nothing below it."""
    condition, rest = term[number].condition, (*term[:number], *term[number + 1 :])
    try:
        draft = _drafted(term, frame)
        earliest = condition.tag in {"acquired", "age"} and draft.since != date.min.isoformat()
        reaching = _finished(draft, frame.name, acquired=draft.since if earliest else _nearest(draft))
        lower = _drafted(rest, frame)
        lower.fields |= {key: value for key, value in draft.fields.items() if key not in lower.fields}
        below = _BELOW[condition.tag](condition, lower, reaching)
    except NoWitnessError:
        return None
    return None if below is None else Threshold(condition, reaching, below)


def _drafted(term: Term, frame: _Frame) -> _Draft:
    region = region_of(term, frame.situation.lexicon)
    draft = _Draft(frame.situation, frame.targets, region, {})
    for claim in term:
        condition = claim.condition
        if claim.negated:
            _REFUSING.get(condition.tag, _leave)(condition, draft)
        elif isinstance(getattr(condition, "among", None), tuple):
            _fill_among(claim, draft)
        else:
            _FILLING[condition.tag](condition, draft)
    return draft


def _finished(draft: _Draft, name: str, *, acquired: str) -> Achievement:
    if draft.since > draft.until or not draft.since <= acquired <= draft.until:
        raise NoWitnessError
    return Achievement(id=name, acquired=acquired, **draft.fields)


def _nearest(draft: _Draft) -> str:
    return max(draft.since, min(draft.situation.problem.as_of, draft.until))


def _fill_among(claim: Claim, draft: _Draft) -> None:
    """Take the first value in written order that the other conditions on the same field allow."""
    tag = claim.condition.tag
    held = draft.region.held[(tag,)]
    out = {value for field in draft.region.barred.get((tag,), ()) for value in getattr(field, "values", ())}
    written = getattr(claim.condition, "among", ())
    allowed = [value for value in written if value in getattr(held, "values", ()) and value not in out]
    if not allowed:
        allowed = sorted(value for value in getattr(held, "values", ()) if value not in out)
    if not allowed:
        raise NoWitnessError
    refs = draft.situation.problem.refs
    value = refs.get(allowed[0][1:]) if allowed[0].startswith("@") else allowed[0]
    if value is None:
        raise NoWitnessError
    draft.fields["register_" if tag == "register" else tag] = value


def _fill_level(condition: c.Level, draft: _Draft) -> None:
    held = draft.region.held.get(("level", condition.scale))
    low = getattr(held, "low", None)
    if low is None:
        raise NoWitnessError
    order = draft.situation.lexicon.words.levels[condition.scale]
    draft.fields |= {"level": order[low], "level_scale": condition.scale}


def _fill_grade(condition: c.Grade, draft: _Draft) -> None:
    """Take the lowest grade of the first scale asked for, and where `passed` is asked too, the pass mark at least."""
    scale = draft.situation.lexicon.words.scales.get(condition.scale)
    low = getattr(draft.region.held.get(("grade", condition.scale)), "low", None)
    if scale is None or low is None:
        raise NoWitnessError
    if ("passed",) in draft.region.held:
        low = max(low, _pass_mark(scale))
    if "grade" not in draft.fields:
        draft.fields["grade"] = Grade(scale=condition.scale, value=_grade_at(scale, low))
    draft.fields.pop("passed", None)


def _pass_mark(scale: Scale) -> Decimal | int:
    return scale.passing if isinstance(scale, NumericScale) else scale.order.index(scale.passing)


def _grade_at(scale: Scale, rank: Decimal | int) -> str:
    return scale.order[int(rank)] if isinstance(scale, OrderedScale) else plain(rank)


def _fill_passed(_condition: c.Passed, draft: _Draft) -> None:
    if "grade" not in draft.fields:
        draft.fields["passed"] = True


def _fill_measured(condition: c.Credits | c.Hours | c.Attendance, draft: _Draft) -> None:
    present = draft.fields.get(condition.tag)
    if present is None or (present.unit == condition.unit and present.value < condition.at_least):
        draft.fields[condition.tag] = Quantity(value=condition.at_least, unit=condition.unit)


def _fill_framework(condition: c.FrameworkLevel, draft: _Draft) -> None:
    levels = draft.fields.setdefault("framework_level", {})
    levels[condition.framework] = max(condition.at_least, levels.get(condition.framework, condition.at_least))


def _fill_acquired(condition: c.Acquired, draft: _Draft) -> None:
    draft.since = max(draft.since, condition.since or draft.since)
    draft.until = min(draft.until, condition.until or draft.until)


def _fill_age(condition: c.Age, draft: _Draft) -> None:
    draft.since = max(draft.since, months_before(draft.event(condition.at), condition.at_most_months))


def _fill_order(condition: c.Order, draft: _Draft) -> None:
    day = draft.event(condition.event)
    if condition.when == "before":
        draft.until = min(draft.until, _next(day, -1))
    else:
        draft.since = max(draft.since, day)


def _fill_valid(condition: c.Valid, draft: _Draft) -> None:
    draft.event(condition.at)


def _fill_overlap(condition: c.Overlap, draft: _Draft) -> None:
    found = draft.fields.get("overlap", {})
    draft.fields["overlap"] = {
        target: max(condition.at_least, found.get(target, condition.at_least)) for target in draft.targets
    }


def _leave(_condition: c.Condition, _draft: _Draft) -> None:
    """Fill nothing for a negation that no made-up value answers."""
    raise NoWitnessError


def _refuse_among(condition: c.Condition, draft: _Draft) -> None:
    """Have another value: known, and none of those listed."""
    name = "register_" if condition.tag == "register" else condition.tag
    if (condition.tag,) not in draft.region.held:
        draft.fields.setdefault(name, "-")


def _refuse_passed(_condition: c.Passed, draft: _Draft) -> None:
    draft.fields["passed"] = False


def _refuse_by_step(condition: Any, draft: _Draft) -> None:  # noqa: ANN401 - one of the measured conditions
    """Have one step less than the bound, unless another condition already gave the field a value."""
    made = _BELOW[condition.tag](condition, draft, None)
    if made is None:
        raise NoWitnessError
    for name in _FIELDS_OF.get(condition.tag, (condition.tag,)):
        draft.fields.setdefault(name, getattr(made, name))


def _next(day: str, days: int) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def _step(bound: Decimal) -> Decimal:
    """Return one step at the fineness in which the bound is written: 1 for 80, 0.1 for 4.5."""
    exponent = bound.normalize().as_tuple().exponent
    return ONE.scaleb(min(0, exponent if isinstance(exponent, int) else 0))


def _less(bound: Decimal) -> Decimal:
    less = bound - _step(bound)
    if less < 0:
        raise NoWitnessError
    return less


def _with(draft: _Draft, reaching: Achievement | None, **fields: Any) -> Achievement:  # noqa: ANN401 - any field
    """Return the draft with these fields, at the day of the achievement it is compared with."""
    draft.fields |= fields
    acquired = _nearest(draft) if reaching is None else reaching.acquired
    return _finished(
        replace(draft, since=date.min.isoformat(), until=date.max.isoformat()),
        "witness" if reaching is None else reaching.id,
        acquired=acquired,
    )


def _below_level(condition: c.Level, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    order = draft.situation.lexicon.words.levels.get(condition.scale, ())
    asked = condition.at_least or condition.exactly
    if asked not in order or order.index(asked) == 0:
        return None
    return _with(draft, reaching, level=order[order.index(asked) - 1], level_scale=condition.scale)


def _below_grade(condition: c.Grade, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    scale = draft.situation.lexicon.words.scales.get(condition.scale)
    if isinstance(scale, OrderedScale):
        at = scale.order.index(condition.at_least) if condition.at_least in scale.order else 0
        return _with(draft, reaching, grade=Grade(scale=condition.scale, value=scale.order[at - 1])) if at else None
    points = as_points(condition.at_least)
    if scale is None or points is None:
        return None
    return _with(draft, reaching, grade=Grade(scale=condition.scale, value=plain(_less(points))))


def _below_measured(
    condition: c.Credits | c.Hours | c.Attendance, draft: _Draft, reaching: Achievement | None
) -> Achievement | None:
    less = Quantity(value=_less(condition.at_least), unit=condition.unit)
    return _with(draft, reaching, **{str(condition.tag): less})


def _below_framework(condition: c.FrameworkLevel, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    levels = {**draft.fields.get("framework_level", {}), condition.framework: _less(condition.at_least)}
    return _with(draft, reaching, framework_level=levels)


def _below_overlap(condition: c.Overlap, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    return _with(draft, reaching, overlap=dict.fromkeys(draft.targets, _less(condition.at_least)))


def _below_acquired(condition: c.Acquired, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    day = _next(condition.since, -1) if condition.since else _next(condition.until, 1) if condition.until else None
    made = _with(draft, reaching)
    return None if day is None else made.model_copy(update={"acquired": day})


def _below_age(condition: c.Age, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    day = _next(months_before(draft.event(condition.at), condition.at_most_months), -1)
    return _with(draft, reaching).model_copy(update={"acquired": day})


def _below_valid(condition: c.Valid, draft: _Draft, reaching: Achievement | None) -> Achievement | None:
    return _with(draft, reaching, valid_until=_next(draft.event(condition.at), -1))


def _lists(tag: type[c.Condition]) -> bool:
    return "among" in tag.model_fields


_FILLING: Final[dict[str, Callable[[Any, _Draft], None]]] = {
    "level": _fill_level,
    "grade": _fill_grade,
    "passed": _fill_passed,
    "credits": _fill_measured,
    "hours": _fill_measured,
    "attendance": _fill_measured,
    "framework_level": _fill_framework,
    "acquired": _fill_acquired,
    "age": _fill_age,
    "order": _fill_order,
    "valid": _fill_valid,
    "overlap": _fill_overlap,
}
_BELOW: Final[dict[str, Callable[[Any, _Draft, Achievement | None], Achievement | None]]] = {
    "level": _below_level,
    "grade": _below_grade,
    "credits": _below_measured,
    "hours": _below_measured,
    "attendance": _below_measured,
    "framework_level": _below_framework,
    "overlap": _below_overlap,
    "acquired": _below_acquired,
    "age": _below_age,
    "valid": _below_valid,
}
_FIELDS_OF: Final = {"level": ("level", "level_scale"), "acquired": (), "age": (), "valid": ("valid_until",)}
_REFUSING: Final[dict[str, Callable[[Any, _Draft], None]]] = {
    "passed": _refuse_passed,
    **dict.fromkeys(("level", "grade", "credits", "hours", "attendance", "framework_level", "valid"), _refuse_by_step),
    **{each.model_fields["tag"].default: _refuse_among for each in c.ACHIEVEMENT_TAGS if "among" in each.model_fields},
}
