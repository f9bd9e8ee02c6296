"""Numbers of documents betray mistakes of the hand. All people here are made up: county 99 does not exist."""

from datetime import date

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.documents import (
    BirthDateImpossible,
    CheckDigitWrong,
    Document,
    DocumentKind,
    NumberMalformed,
    RegionUnknown,
    birth_date,
    check_digit,
    kind_by_form,
    masked,
    read,
)
from creditbank.kernel.errors import Refusal

TODAY = date(2026, 11, 27)
RESIDENT = DocumentKind.RESIDENT_ID
PROVINCES = [*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55), *range(61, 66)]
PROVINCES += [71, 81, 82, 83, 91]


def number(prefix: str, birth: date | str, sequence: int = 1) -> str:
    digits = birth if isinstance(birth, str) else f"{birth:%Y%m%d}"
    first17 = f"{prefix}{digits}{sequence:03d}"
    return first17 + check_digit(first17)


births = st.dates(date(1880, 1, 1), TODAY)
residents = st.builds(
    lambda province, birth, sequence: number(f"{province}0199", birth, sequence),
    st.sampled_from(PROVINCES),
    births,
    st.integers(0, 999),
)


def is_refused(text: str) -> bool:
    try:
        read(RESIDENT, text, today=TODAY)
    except Refusal:
        return True
    return False


@given(residents)
def test_a_number_is_read_back_however_it_is_written(right: str) -> None:
    full_width = right.translate({ord(c): ord(c) + 0xFEE0 for c in "0123456789X"})
    for text in (right, f" {right.lower()}\n", f"{right[:6]} {right[6:14]}-{right[14:]}", full_width):
        assert read(RESIDENT, text, today=TODAY) == Document(RESIDENT, right)


@given(residents)
def test_every_single_wrong_character_is_caught(right: str) -> None:
    for place, character in enumerate(right):
        for wrong in "0123456789X".replace(character, ""):
            assert is_refused(right[:place] + wrong + right[place + 1 :])


@given(residents)
def test_every_swap_of_neighbours_is_caught(right: str) -> None:
    for place in range(17):
        swapped = right[:place] + right[place + 1] + right[place] + right[place + 2 :]
        assert swapped == right or is_refused(swapped)


@given(st.from_regex(r"[0-9]{17}", fullmatch=True))
def test_the_check_digit_satisfies_the_congruence_of_the_standard(first17: str) -> None:
    """ISO 7064 MOD 11-2: the digits, read as a number to the base 2, leave 1 when divided by 11."""
    sum_mod_11 = 0
    for character in first17 + check_digit(first17):
        sum_mod_11 = (sum_mod_11 * 2 + (10 if character == "X" else int(character))) % 11
    assert sum_mod_11 == 1


def test_the_check_digit_is_that_of_the_example_in_the_standard() -> None:
    assert check_digit("11010519491231002") == "X"
    assert check_digit("44052418800101001") == "4"


@given(residents, st.dates(date(1900, 1, 1), date(1999, 12, 31)))
def test_an_old_number_and_its_new_form_are_one_document(right: str, birth: date) -> None:
    new = number(right[:6], birth, 7)
    old = new[:6] + new[8:17]
    assert read(RESIDENT, old, today=TODAY) == read(RESIDENT, new, today=TODAY)


@given(residents)
def test_the_birth_date_is_that_in_the_number(right: str) -> None:
    assert birth_date(read(RESIDENT, right, today=TODAY)) == date(
        int(right[6:10]), int(right[10:12]), int(right[12:14])
    )


@pytest.mark.parametrize("digits", ["18791231", "20261128", "20230229", "19901301", "19900100"])
def test_an_impossible_birth_is_refused(digits: str) -> None:
    with pytest.raises(BirthDateImpossible):
        read(RESIDENT, number("310199", digits), today=TODAY)


def test_who_is_born_today_may_be_read() -> None:
    assert birth_date(read(RESIDENT, number("310199", TODAY), today=TODAY)) == TODAY


def test_an_old_number_with_an_impossible_birth_is_refused() -> None:
    with pytest.raises(BirthDateImpossible):
        read(RESIDENT, "310199901301001", today=TODAY)


def test_only_provinces_of_the_standard_are_regions() -> None:
    accepted = []
    for region in range(100):
        try:
            read(RESIDENT, number(f"{region:02d}0199", "19900101"), today=TODAY)
        except RegionUnknown:
            continue
        accepted.append(region)
    assert accepted == PROVINCES


def test_a_wrong_check_digit_is_refused_by_its_own_code() -> None:
    right = number("310199", "19900101")
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    with pytest.raises(CheckDigitWrong):
        read(RESIDENT, wrong, today=TODAY)


FOREIGNER = number("931840", "19900101")
HONG_KONG = number("810000", "19900101")


@pytest.mark.parametrize(
    ("kind", "text", "normal"),
    [
        (DocumentKind.PASSPORT, "e1234 5678", "E12345678"),
        (DocumentKind.PASSPORT, "EA1234567", "EA1234567"),
        (DocumentKind.PASSPORT, "1" * 18, "1" * 18),
        (DocumentKind.HK_MACAU_PERMIT, "h12345678", "H12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "M1234567890", "M1234567890"),
        (DocumentKind.HK_MACAU_RESIDENCE, HONG_KONG, HONG_KONG),
        (DocumentKind.TAIWAN_PERMIT, "01234567", "01234567"),
        (DocumentKind.TAIWAN_PERMIT, "0123456701（B）", "0123456701B"),
        (DocumentKind.TAIWAN_PERMIT, "T123456789", "T123456789"),
        (DocumentKind.FOREIGN_RESIDENCE, FOREIGNER, FOREIGNER),
        (DocumentKind.FOREIGN_RESIDENCE, "usa310190010112", "USA310190010112"),
    ],
)
def test_each_kind_of_document_has_its_form(kind: DocumentKind, text: str, normal: str) -> None:
    document = read(kind, text, today=TODAY)
    assert document == Document(kind, normal)
    assert birth_date(document) == (date(1990, 1, 1) if normal in {FOREIGNER, HONG_KONG} else None)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        (RESIDENT, ""),
        (RESIDENT, "31019919900101001"),
        (RESIDENT, "3101991990010100100"),
        (RESIDENT, "31019919900101X010"),
        (RESIDENT, "(310199199001010010)"),
        (RESIDENT, "٣" * 18),
        (DocumentKind.PASSPORT, "ABCDEFGH"),
        (DocumentKind.PASSPORT, "E123"),
        (DocumentKind.PASSPORT, "E1234567/8"),
        (DocumentKind.HK_MACAU_PERMIT, "C12345678"),
        (DocumentKind.HK_MACAU_PERMIT, "H1234567"),
        (DocumentKind.HK_MACAU_RESIDENCE, "H12345678"),
        (DocumentKind.TAIWAN_PERMIT, "123456789"),
        (DocumentKind.FOREIGN_RESIDENCE, HONG_KONG),
        (DocumentKind.FOREIGN_RESIDENCE, "US3101900101123"),
    ],
)
def test_another_form_is_refused_and_the_number_not_repeated(kind: DocumentKind, text: str) -> None:
    with pytest.raises(NumberMalformed) as refusal:
        read(kind, text, today=TODAY)
    assert refusal.value.details == {"kind": kind.value}


@pytest.mark.parametrize("kind", [DocumentKind.HK_MACAU_RESIDENCE, DocumentKind.FOREIGN_RESIDENCE])
def test_the_check_digit_of_the_other_long_numbers_is_checked_too(kind: DocumentKind) -> None:
    right = HONG_KONG if kind is DocumentKind.HK_MACAU_RESIDENCE else FOREIGNER
    wrong = right[:-1] + ("1" if right[-1] != "1" else "2")
    with pytest.raises(CheckDigitWrong):
        read(kind, wrong, today=TODAY)


def test_a_mainland_number_is_no_residence_permit() -> None:
    with pytest.raises(RegionUnknown):
        read(DocumentKind.HK_MACAU_RESIDENCE, number("310199", "19900101"), today=TODAY)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("310199 19900101 0011", RESIDENT),
        ("810000199001010017", DocumentKind.HK_MACAU_RESIDENCE),
        ("911156199001010012", DocumentKind.FOREIGN_RESIDENCE),
        ("abc-123456789012", DocumentKind.FOREIGN_RESIDENCE),
        ("H12345678", DocumentKind.HK_MACAU_PERMIT),
        ("12345678", DocumentKind.TAIWAN_PERMIT),
        ("1234567890(B)", DocumentKind.TAIWAN_PERMIT),
        ("M1234567", DocumentKind.PASSPORT),
        ("E12345678", DocumentKind.PASSPORT),
        ("ABCDEFGH", RESIDENT),
        ("", RESIDENT),
    ],
)
def test_the_form_of_a_number_tells_its_kind(text: str, kind: DocumentKind) -> None:
    assert kind_by_form(text) is kind


def test_each_refusal_has_a_code_of_its_own() -> None:
    kinds: list[type[Refusal]] = [NumberMalformed, CheckDigitWrong, BirthDateImpossible, RegionUnknown]
    assert sorted(kind.code for kind in kinds) == [
        "documents.number.birth_date",
        "documents.number.check_digit",
        "documents.number.malformed",
        "documents.number.region",
    ]


@pytest.mark.parametrize(
    ("whole", "shown"),
    [
        ("110199199001010509", "11********0509"),
        ("USA310190010112", "US********0112"),
        ("E12345678", "E********78"),
        ("12345", "1********45"),
        ("1234", "********"),
        ("", "********"),
    ],
)
def test_a_masked_number_keeps_its_ends_and_hides_its_length(whole: str, shown: str) -> None:
    assert masked(whole) == shown


@given(residents)
def test_traces_and_logs_do_not_show_numbers(right: str) -> None:
    document = read(RESIDENT, right, today=TODAY)
    assert right not in f"{document} {document!r}"
