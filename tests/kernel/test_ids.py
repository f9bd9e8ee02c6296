"""Account numbers betray mistakes of the hand; opaque ids have one form."""

from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.ids import (
    NotAnAccountNumber,
    account_number,
    check_account_number,
    grouped,
    is_public_id,
    public_id,
)

numbers = st.builds(
    account_number, st.from_regex(r"[0-9]{4}", fullmatch=True), st.from_regex(r"[0-9]{10}", fullmatch=True)
)


def is_refused(text: str) -> bool:
    try:
        check_account_number(text)
    except NotAnAccountNumber:
        return True
    return False


@given(numbers)
def test_an_account_number_is_read_back_however_it_is_grouped(number: str) -> None:
    assert check_account_number(number) == number
    assert check_account_number(f" {grouped(number)}\u3000") == number
    assert check_account_number(grouped(number).replace(" ", "-")) == number


@given(numbers)
def test_every_single_wrong_digit_is_caught(number: str) -> None:
    for place, right in enumerate(number):
        for wrong in "0123456789".replace(right, ""):
            assert is_refused(number[:place] + wrong + number[place + 1 :])


@given(numbers)
def test_every_swap_of_neighbours_is_caught_unless_they_differ_by_one(number: str) -> None:
    """ISO 7064 promises less for MOD 11,10 than for MOD 11-2: 4 and 5, or 9 and 0, may slip through."""
    for place, (left, right) in enumerate(pairwise(number)):
        if (int(left) - int(right)) % 10 not in {0, 1, 9}:
            assert is_refused(number[:place] + right + left + number[place + 2 :])


def satisfies_iso_7064(digits: str) -> bool:
    """Check as the standard words it: what the recursion of MOD 11,10 leaves at the last digit is 1."""
    product, rest = 10, 0
    for digit in digits:
        rest = (product + int(digit)) % 10
        product = (rest or 10) * 2 % 11
    return rest == 1


@given(numbers)
def test_the_check_digit_satisfies_the_recursion_of_the_standard(number: str) -> None:
    assert satisfies_iso_7064("07945"), "the worked example of the standard"
    assert satisfies_iso_7064(number)


def test_people_read_account_numbers_in_fours() -> None:
    assert grouped("004388172019345") == "0043 8817 2019 345"


@pytest.mark.parametrize("text", ["", "1", "00438817201934", "0043881720193400", "00438817201934X", "٠٠٤٣٨٨١٧٢٠١٩٣٤٥"])
def test_what_is_no_account_number_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAnAccountNumber) as refusal:
        check_account_number(text)
    assert refusal.value.details == {}


@pytest.mark.parametrize(("bank", "digits"), [("43", "8817201934"), ("0043", "881720193"), ("004X", "8817201934")])
def test_an_account_number_is_made_of_whole_parts_only(bank: str, digits: str) -> None:
    with pytest.raises(AssertionError):
        account_number(bank, digits)


@given(st.binary(min_size=12, max_size=12), st.binary(min_size=12, max_size=16))
def test_public_ids_differ_as_their_bytes_do(left: bytes, right: bytes) -> None:
    assert is_public_id(public_id(left))
    assert (public_id(left) == public_id(right)) == (left == right[:12])


def test_a_public_id_is_crockford_base_32() -> None:
    assert public_id(bytes(12)) == "0" * 20
    assert public_id(b"\xff" * 12) == "z" * 19 + "g"


def test_too_few_bytes_make_no_public_id() -> None:
    with pytest.raises(AssertionError):
        public_id(bytes(11))


@pytest.mark.parametrize(
    "text", ["", "0" * 19, "0" * 21, "0" * 19 + "l", "0" * 19 + "u", "0" * 19 + "A", "0" * 20 + "\n"]
)
def test_other_texts_are_no_public_ids(text: str) -> None:
    assert not is_public_id(text)
