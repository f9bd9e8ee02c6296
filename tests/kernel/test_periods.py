"""Periods are half open: the first day belongs to them, the last does not."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.periods import Period, PeriodEmpty

FIRST = date(2026, 1, 1)
SPAN = 12


def day(number: int) -> date:
    return FIRST + timedelta(number)


def days_in(period: Period) -> set[int]:
    """Count out the days; an endless period goes well past every end."""
    return {number for number in range(-1, 3 * SPAN) if period.contains(day(number))}


def made(start: int, length: int | None) -> Period:
    return Period(day(start), None if length is None else day(start + length))


periods = st.builds(made, st.integers(0, SPAN), st.none() | st.integers(1, SPAN))


@given(periods, periods)
def test_overlapping_and_lying_within_agree_with_counting_days(left: Period, right: Period) -> None:
    assert left.overlaps(right) == right.overlaps(left) == bool(days_in(left) & days_in(right))
    assert left.within(right) == (days_in(left) <= days_in(right))


def test_the_end_is_the_first_day_outside() -> None:
    period = Period(day(0), day(2))
    assert [period.contains(day(n)) for n in (-1, 0, 1, 2)] == [False, True, True, False]
    assert not period.overlaps(Period(day(2)))


@pytest.mark.parametrize("ends", [day(0), day(-1)])
def test_a_period_without_a_day_is_refused(ends: date) -> None:
    with pytest.raises(PeriodEmpty) as refusal:
        Period(day(0), ends)
    assert "2026-01-01" in refusal.value.sentence("en")
