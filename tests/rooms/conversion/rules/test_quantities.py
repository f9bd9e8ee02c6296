"""Numbers stay exact, days keep to the calendar, and units meet only through a map."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.rules.quantities import Units, days_between, months_before, plain
from creditbank.conversion.rules.words import UnitMap


@pytest.mark.parametrize(
    ("number", "text"),
    [
        (0, "0"),
        (Decimal("7.50"), "7.5"),
        (Decimal("-0.05"), "-0.05"),
        (Fraction(3, 8), "0.375"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-7, 6), "-7/6"),
        (1200, "1200"),
        (Decimal("1E+2"), "100"),
    ],
)
def test_number_is_written_in_the_shortest_exact_way(number: Decimal | Fraction | int, text: str) -> None:
    assert plain(number) == text


@settings(deadline=None)
@given(st.fractions(max_denominator=10_000))
def test_what_is_written_is_the_number(number: Fraction) -> None:
    assert Fraction(plain(number)) == number


@pytest.mark.parametrize(
    ("day", "months", "earlier"),
    [
        ("2026-03-31", 1, "2026-02-28"),
        ("2024-02-29", 12, "2023-02-28"),
        ("2025-02-28", 12, "2024-02-28"),
        ("2026-01-15", 0, "2026-01-15"),
        ("2026-01-15", 13, "2024-12-15"),
        ("0001-01-15", 1, "0001-01-01"),
    ],
)
def test_months_back_keep_the_day_or_take_the_last(day: str, months: int, earlier: str) -> None:
    assert months_before(day, months) == earlier


@settings(deadline=None)
@given(st.dates(min_value=date(1000, 1, 1)), st.integers(0, 1200))
def test_months_back_and_days_between_agree(day: date, months: int) -> None:
    earlier = months_before(day.isoformat(), months)
    assert days_between(earlier, day.isoformat()) >= months * 28
    assert earlier <= day.isoformat()


def units(*maps: tuple[str, str, str]) -> Units:
    return Units(
        UnitMap.model_validate({"from": source, "to": target, "factor": factor, "cites": ["R"]})
        for source, target, factor in maps
    )


def test_map_between_units_is_exact_in_both_directions() -> None:
    known = units(("credit", "hour", "16"), ("credit", "ects", "3/2"))
    assert known.convert(Decimal("2.5"), "credit", "hour") == 40
    assert known.convert(Decimal(1), "hour", "credit") == Fraction(1, 16)
    assert known.factor("ects", "credit") == Fraction(2, 3)


def test_maps_are_not_chained_and_units_without_one_do_not_meet() -> None:
    known = units(("credit", "hour", "16"), ("credit", "ects", "3/2"))
    assert known.factor("hour", "ects") is None
    assert known.convert(Decimal(1), "hour", "point") is None
    assert known.convert(Decimal(1), "point", "point") == 1


def test_written_map_goes_before_the_reverse_of_another() -> None:
    assert units(("a", "b", "2"), ("b", "a", "1/3")).factor("b", "a") == Fraction(1, 3)
