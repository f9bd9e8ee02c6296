"""Amounts are conserved, exact, and never cross units."""
# full-width characters are what is tested

from decimal import Decimal

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.credits import Amount, BelowZero, NotAnAmount, Unit, UnitKind, UnitsDiffer, plain, total

CREDIT = Unit(1, "sou-credit", UnitKind.FRAMEWORK_CREDIT)
OTHER_CREDIT = Unit(2, "national-credit", UnitKind.FRAMEWORK_CREDIT)
HOURS = Unit(3, "contact-hour", UnitKind.CONTACT_HOURS)

hundredths = st.integers(0, 10**9)
credit_amounts = st.builds(Amount, hundredths, st.just(CREDIT))
amounts = st.builds(Amount, hundredths, st.sampled_from([CREDIT, OTHER_CREDIT, HOURS]))


@given(st.lists(amounts))
def test_sums_conserve_every_unit(several: list[Amount]) -> None:
    sums = total(several)
    for unit in (CREDIT, OTHER_CREDIT, HOURS):
        expected = sum(amount.hundredths for amount in several if amount.unit == unit)
        assert (sums[unit].hundredths if unit in sums else 0) == expected
    assert all(amount.unit == unit for unit, amount in sums.items())


@given(credit_amounts, credit_amounts)
def test_what_is_added_can_be_taken_away_again(left: Amount, right: Amount) -> None:
    assert (left + right) - right == left


@given(credit_amounts, credit_amounts)
def test_taking_more_than_there_is_is_refused(left: Amount, right: Amount) -> None:
    if right > left:
        with pytest.raises(BelowZero):
            _ = left - right
    else:
        assert (left - right) + right == left


@given(credit_amounts, credit_amounts)
def test_amounts_of_one_unit_compare_as_their_numbers(left: Amount, right: Amount) -> None:
    assert (left < right, left <= right, left > right, left >= right) == (
        left.value < right.value,
        left.value <= right.value,
        left.value > right.value,
        left.value >= right.value,
    )


@pytest.mark.parametrize("other", [OTHER_CREDIT, HOURS])
def test_units_never_mix(other: Unit) -> None:
    left, right = Amount(300, CREDIT), Amount(300, other)
    for mix in (
        lambda: left + right,
        lambda: left - right,
        lambda: left < right,
        lambda: left <= right,
        lambda: left > right,
        lambda: left >= right,
    ):
        with pytest.raises(UnitsDiffer) as refusal:
            mix()
        assert other.code in refusal.value.sentence("zh")
    assert left != right


def test_a_negative_amount_cannot_be_made() -> None:
    with pytest.raises(AssertionError):
        Amount(-1, CREDIT)


@given(st.integers(0, 9999_00))
def test_plain_text_reads_back_as_the_same_amount(number: int) -> None:
    assert Amount.parse(plain(number), CREDIT) == Amount(number, CREDIT)
    assert Decimal(plain(number)) == Amount(number, CREDIT).value


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0"), (300, "3"), (250, "2.5"), (50, "0.5"), (5, "0.05"), (1000, "10"), (12345, "123.45")]
)
def test_plain_text_has_no_trailing_zeros(number: int, text: str) -> None:
    assert plain(number) == text


@pytest.mark.parametrize(
    ("text", "number"),
    [("3", 300), ("2.5", 250), ("0.5", 50), (" 3.0 ", 300), ("２．５", 250), ("9999.00", 9999_00), ("007", 700)],
)
def test_amounts_are_read_as_people_write_them(text: str, number: int) -> None:
    assert Amount.parse(text, CREDIT) == Amount(number, CREDIT)


@pytest.mark.parametrize(
    "text",
    [
        "",
        " ",
        "-1",
        "+1",
        "2.555",
        "9999.01",
        "10000",
        "1e2",
        "1,000",
        ".5",
        "3.",
        "3学分",
        "nan",
        "三",
        "٣",
        "9" * 999,
    ],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(NotAnAmount) as refusal:
        Amount.parse(text, CREDIT)
    assert refusal.value.details["text"] == text[:40]
    assert text[:40] in refusal.value.sentence("en")
