"""Dates keep the precision they came with."""

from datetime import date, timedelta

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.dates import NotADate, PartialDate, parse

days = st.dates(date(1900, 1, 1), date(2199, 12, 31))


def known_parts(day: date, length: int) -> PartialDate:
    return PartialDate.from_parts(*(day.year, day.month, day.day)[:length])


dates = st.builds(known_parts, days, st.integers(1, 3))


@given(dates)
def test_the_iso_text_of_a_date_reads_back_as_the_date(partial: PartialDate) -> None:
    assert parse(partial.iso) == partial
    assert parse(partial.iso.replace("-", "/")) == partial
    assert parse(partial.iso.replace("-", "")) == partial
    assert parse(partial.iso.replace("-", ".")) == partial


@given(dates)
def test_a_date_is_its_parts_and_its_number(partial: PartialDate) -> None:
    assert PartialDate.from_parts(partial.year, partial.month, partial.day) == partial
    assert PartialDate(partial.number) == partial
    assert {4: "year", 7: "month", 10: "day"}[len(partial.iso)] == partial.precision


@given(days, st.integers(1, 3))
def test_a_date_means_the_days_between_its_first_and_last(day: date, length: int) -> None:
    partial = known_parts(day, length)
    assert partial.first_day <= day <= partial.last_day
    for beyond in (partial.first_day - timedelta(1), partial.last_day + timedelta(1)):
        assert not beyond.isoformat().startswith(partial.iso)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("2020", 20200000),
        ("202012", 20201200),
        ("20201231", 20201231),
        ("2020-12", 20201200),
        ("2020-1", 20200100),
        ("2020-12-31", 20201231),
        ("2020/1/5", 20200105),
        ("2020/12", 20201200),
        ("2020.10", 20201000),
        ("2020.1.5", 20200105),
        ("2020年", 20200000),
        ("2020年1月", 20200100),
        ("２０２０年１２月３１日", 20201231),
        (" 2024-02-29 ", 20240229),
        ("1900", 19000000),
        ("21991231", 21991231),
    ],
)
def test_dates_are_read_as_people_write_them(text: str, number: int) -> None:
    assert parse(text) == PartialDate(number)


def test_iso_text_states_only_what_is_known() -> None:
    assert [PartialDate(n).iso for n in (20200000, 20201200, 20201231)] == ["2020", "2020-12", "2020-12-31"]


def test_the_last_day_knows_leap_years() -> None:
    assert [parse(t).last_day for t in ("2023-02", "2024-02", "2100-02", "2024")] == [
        date(2023, 2, 28),
        date(2024, 2, 29),
        date(2100, 2, 28),
        date(2024, 12, 31),
    ]


IN_ORDER = [20191231, 20200000, 20200100, 20200101, 20200200]


@given(st.permutations(IN_ORDER))
def test_dates_sort_by_what_is_known(shuffled: list[int]) -> None:
    assert [partial.number for partial in sorted(map(PartialDate, shuffled))] == IN_ORDER


@pytest.mark.parametrize(
    "text",
    [
        "",
        "201913",
        "20210230",
        "20230229",
        "1899",
        "2200",
        "202000",
        "20201200",
        "2020-0",
        "2020-12-00",
        "2020-12/31",
        "20-12-31",
        "2020.1",
        "2020123",
        "31.12.2020",
        "2020年13月",
        "2020-12-31 00:00:00",
        "去年",
    ],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(NotADate) as refusal:
        parse(text)
    assert refusal.value.details == {"text": text}


@pytest.mark.parametrize(
    "parts", [(2021, 2, 29), (2021, None, 3), (2021, 0, None), (2021, 13, None), (1800, None, None), (2021, 4, -1)]
)
def test_parts_that_no_calendar_has_are_refused(parts: tuple[int, int | None, int | None]) -> None:
    with pytest.raises(NotADate):
        PartialDate.from_parts(*parts)


@pytest.mark.parametrize("number", [0, 2020, 20200001, 20201301, 20210229, 22000101])
def test_a_number_that_is_no_date_cannot_be_one(number: int) -> None:
    with pytest.raises(AssertionError):
        PartialDate(number)
