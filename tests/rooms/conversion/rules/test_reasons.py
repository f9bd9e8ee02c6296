"""Reasons print as sentences in both languages and parse back; every code that judging gives has one."""

import itertools

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.errors import SentenceUnread
from creditbank.conversion.rules.answers import Refused, Unknown
from creditbank.conversion.rules.sentences_engine import Language, fields_of, skeleton
from creditbank.conversion.rules.sentences_forms import TAG_NAMES
from creditbank.conversion.rules.sentences_reasons import (
    REFUSALS,
    UNKNOWNS,
    parse_reason,
    print_reason,
)
from tests.rooms.conversion.rules.samples import TEXTS

LANGUAGES: tuple[Language, ...] = ("zh", "en")
GRADE_LOW = Refused("grade_low", "grade", "75", "74", "1", "percent")


def test_grade_that_is_too_low_says_what_is_needed_and_how_far_it_is() -> None:
    assert print_reason(GRADE_LOW, "zh") == "成绩需要「75」，现有「74」，差「1」（「percent」）"
    assert print_reason(GRADE_LOW, "en") == "the grade needs 「75」, has 「74」, short of 「1」 (「percent」)"


def test_what_is_missing_is_named() -> None:
    assert print_reason(Unknown("learner_group", "learner_group"), "zh") == "尚缺：学习者所属群体"
    assert print_reason(Unknown("overlap", "K1"), "en") == "not on record: the overlap of contents (「K1」)"


def test_reason_that_is_none_of_the_language_is_told_by_its_code() -> None:
    assert print_reason(Refused("of_another_house", "grade", needs="75"), "zh") == "of_another_house，「75」"


@pytest.mark.parametrize("column", [0, 1])
def test_no_two_reasons_share_a_skeleton(column: int) -> None:
    forms = [form[column] for forms in (*REFUSALS.values(), *UNKNOWNS.values()) for form in forms]
    assert len({skeleton(form) for form in forms}) == len(forms)


CASES = [(code, form) for code, forms in (*REFUSALS.items(), *UNKNOWNS.items()) for form in forms]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("code", "form"), CASES, ids=[f"{code}-{at}" for at, (code, _) in enumerate(CASES)])
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_reason_of_every_code_parses_back(
    code: str, form: tuple[str, str], language: Language, data: st.DataObject
) -> None:
    names = set(fields_of(form[0]))
    values = {name: data.draw(TEXTS) for name in sorted(names - {"tag"})}
    tag = data.draw(st.sampled_from(sorted(TAG_NAMES))) if "tag" in names else "grade"
    if code in UNKNOWNS:
        reason: Refused | Unknown = Unknown(tag, values.get("what", tag), code)
    else:
        reason = Refused(code, tag, **values)
    read = parse_reason(print_reason(reason, language), language)
    assert (read.code, print_reason(read, language)) == (code, print_reason(reason, language))
    if "tag" in names:
        assert read == reason


def test_words_that_are_no_reason_are_refused() -> None:
    for text, language in itertools.product(("", "成绩需要75"), LANGUAGES):
        with pytest.raises(SentenceUnread):
            parse_reason(text, language)
