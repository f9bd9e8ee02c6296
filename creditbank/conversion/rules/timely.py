"""The law of every single condition on dates: windows, shelf life, order, validity, waiting. Days are ISO texts."""

from collections.abc import Callable
from typing import Any

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.answers import Refused, State, Unknown
from creditbank.conversion.rules.leaves import REFUSED, SATISFIED, UNKNOWN, Leaf, Targets
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.quantities import days_between, months_before, plain

_FIRST, _LAST = "0001-01-01", "9999-12-31"

# The days that bound another: the first and the last allowed, or None where an event is not on record.
Window = tuple[str, str] | None


def _within(
    tag: str,
    *,
    day_of: Callable[[Any, Situation], str | None],
    window_of: Callable[[Situation], Window],
    codes: tuple[str, str],
    lacking: tuple[str, str],
) -> Leaf:
    """Return the leaf of a day that lies in a window, both ends included.

    `codes` are those of a day too early and too late; `lacking` names the day and the event where unknown.
    """

    def state(subject: Any, situation: Situation, _: Targets) -> State:  # noqa: ANN401 - an achievement, or None
        day, window = day_of(subject, situation), window_of(situation)
        if day is None or window is None:
            return UNKNOWN
        return SATISFIED if window[0] <= day <= window[1] else REFUSED

    def tell(subject: Any, situation: Situation, _: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        day, window = day_of(subject, situation), window_of(situation)
        if day is None or window is None:
            return Unknown(tag, lacking[0] if day is None else lacking[1])
        if day < window[0]:
            return Refused(codes[0], tag, window[0], day, plain(days_between(day, window[0])), "day")
        return Refused(codes[1], tag, window[1], day, plain(days_between(window[1], day)), "day")

    return Leaf(tag, "", state, tell, lambda subject, situation: day_of(subject, situation) or "")


def _acquired_on(subject: Any, _: Situation) -> str:  # noqa: ANN401 - an achievement
    day: str = subject.acquired
    return day


def acquired(condition: c.Acquired, _: Lexicon) -> Leaf:
    """Between the two days, both included; an end that is left out is open."""
    window = (condition.since or _FIRST, condition.until or _LAST)
    return _within(
        "acquired",
        day_of=_acquired_on,
        window_of=lambda _: window,
        codes=("too_early", "too_late"),
        lacking=("acquired", ""),
    )


def enrolled(condition: c.Enrolled, _: Lexicon) -> Leaf:
    """The learner's day of enrolment between the two days, both included; an end that is left out is open."""
    window = (condition.since or _FIRST, condition.until or _LAST)
    return _within(
        "enrolled",
        day_of=lambda _, situation: situation.problem.learner.enrolled,
        window_of=lambda _: window,
        codes=("too_early", "too_late"),
        lacking=("enrolled", ""),
    )


def age(condition: c.Age, _: Lexicon) -> Leaf:
    """No earlier than the day of the event less the months; that last day counts."""
    event, months = condition.at, condition.at_most_months

    def window(situation: Situation) -> Window:
        day = situation.event(event)
        return None if day is None else (months_before(day, months), _LAST)

    return _within(
        "age", day_of=_acquired_on, window_of=window, codes=("too_old", "too_old"), lacking=("acquired", event)
    )


def order(condition: c.Order, _: Lexicon) -> Leaf:
    """Before: earlier than the day of the event. After: on that day or later."""
    event, before = condition.event, condition.when == "before"

    def state(subject: Any, situation: Situation, _: Targets) -> State:  # noqa: ANN401 - an achievement
        day = situation.event(event)
        if day is None:
            return UNKNOWN
        return SATISFIED if (subject.acquired < day) is before else REFUSED

    def tell(subject: Any, situation: Situation, _: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        day = situation.event(event)
        if day is None:
            return Unknown("order", event)
        away = days_between(day, subject.acquired)
        return Refused("wrong_order", "order", day, subject.acquired, plain(away + 1 if before else -away), "day")

    return Leaf("order", event, state, tell, _acquired_on)


def valid(condition: c.Valid, _: Lexicon) -> Leaf:
    """Without an end, or with an end no earlier than the event."""
    event = condition.at

    def state(subject: Any, situation: Situation, _: Targets) -> State:  # noqa: ANN401 - an achievement
        end = subject.valid_until
        if end is None:
            return SATISFIED
        day = situation.event(event)
        if day is None:
            return UNKNOWN
        return SATISFIED if end >= day else REFUSED

    def tell(subject: Any, situation: Situation, _: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        day, end = situation.event(event), subject.valid_until
        if day is None:
            return Unknown("valid", event)
        return Refused("expired", "valid", day, end, plain(days_between(end, day)), "day")

    return Leaf("valid", event, state, tell, lambda subject, _: subject.valid_until or "")


def waited(condition: c.Waited, _: Lexicon) -> Leaf:
    """So many days lie between the event and the day of the problem."""
    event, least = condition.event, condition.at_least_days

    def passed_days(situation: Situation) -> int | None:
        day = situation.event(event)
        return None if day is None else days_between(day, situation.problem.as_of)

    def has(_: Any, situation: Situation) -> str:  # noqa: ANN401 - nothing is looked at
        days = passed_days(situation)
        return "" if days is None else plain(days)

    def state(_: Any, situation: Situation, __: Targets) -> State:  # noqa: ANN401 - as above
        days = passed_days(situation)
        if days is None:
            return UNKNOWN
        return SATISFIED if days >= least else REFUSED

    def tell(_: Any, situation: Situation, __: Targets) -> Refused | Unknown:  # noqa: ANN401 - as above
        days = passed_days(situation)
        if days is None:
            return Unknown("waited", event)
        return Refused("too_soon", "waited", plain(least), plain(days), plain(least - days), "day")

    return Leaf("waited", plain(least), state, tell, has)
