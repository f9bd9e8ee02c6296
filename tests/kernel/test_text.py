"""Names read alike when people would call them the same."""
# full-width characters are what is tested

import unicodedata

import pytest
from hypothesis import assume, given, strategies as st

from creditbank.kernel.text import (
    NotAName,
    Text,
    fold,
    loose_name_key,
    name_key,
    person_name,
    pinyin_initials,
    pinyin_key,
    same_name,
)

letters = st.characters(categories=("Lu", "Ll", "Lo", "Lm", "Zs", "Pd", "Po")) | st.sampled_from("张阿依古丽·•.． '-〇")


def named(text: str) -> str:
    """Return the shown name, or give the example up where the text is none."""
    try:
        return person_name(text)
    except NotAName:
        assume(condition=False)
        raise


names = st.text(letters, min_size=1, max_size=15).map(named)


@given(names)
def test_a_shown_name_is_shown_the_same_again(name: str) -> None:
    assert person_name(name) == name


@given(names)
def test_the_key_of_a_name_is_its_own_key(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key


def test_a_name_of_plain_characters_is_itself_and_its_own_key() -> None:
    for start in range(0x4E00, 0x9FA6, 50):
        name = "".join(map(chr, range(start, min(start + 50, 0x9FA6))))
        assert person_name(name) == name_key(name) == name
        # With a space before it, it is no plain text, and read as any other.
        assert person_name(f" {name}") == fold(name) == name


@given(st.text())
def test_a_folded_text_is_its_own_fold(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@given(st.text())
def test_a_text_is_a_name_without_digits_and_controls_or_refused(text: str) -> None:
    name = named(text)
    assert 1 <= len(name) <= 60
    assert name == name.strip()
    assert not {unicodedata.category(character) for character in name} & {"Nd", "Cc", "Cf"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("  张三 ", "张三"),
        ("阿依古丽•买买提", "阿依古丽·买买提"),
        ("阿依古丽 ‧ 买买提", "阿依古丽·买买提"),
        ("阿依古丽・买买提", "阿依古丽·买买提"),
        ("阿依古丽･买买提", "阿依古丽·买买提"),
        ("阿依古丽．买买提", "阿依古丽·买买提"),
        ("John  A. Smith", "John A. Smith"),
        ("Ｊｏｈｎ　Ｓｍｉｔｈ", "John Smith"),
        ("张\u200b三\ufeff", "张三"),
        ("王〇", "王〇"),
        ("王\U000313b0", "王\U000313b0"),
        ("王\ue123", "王\ue123"),
        ("O'Neill-李", "O'Neill-李"),
        ("张" * 60, "张" * 60),
    ],
)
def test_names_are_shown_in_one_spelling(text: str, name: str) -> None:
    assert person_name(text) == name


@pytest.mark.parametrize(
    "text",
    ["", "  ", "\u200b", "张3", "张３", "张\n三", "张\t三", "张\u202e三", "张" * 61, "·", "--", "310199199001010000"],
)
def test_what_is_no_name_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(NotAName) as refusal:
        person_name(text)
    assert refusal.value.details == {}


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("张 三", "张三"),
        ("阿依古丽·买买提", "阿依古丽买买提"),
        ("John A. Smith", "JOHN A SMITH"),
        ("Ｌｉ　Ｎａ", "li na"),
    ],
)
def test_spaces_dots_and_case_do_not_tell_names_apart(left: str, right: str) -> None:
    assert name_key(left) == name_key(right)


def test_different_names_have_different_keys() -> None:
    assert len({name_key(name) for name in ("张三", "章三", "张三丰", "Li Na", "Lina Li")}) == 5


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("大学英语（一）", "大学英语(一)"),
        ("大学英语【一】", "大学英语[一]"),
        ("Ｃ语言", "c语言"),
        ("高等数学Ⅱ", "高等数学ii"),
        ("会计\u3000 学", " 会计 学\ufeff"),
    ],
)
def test_width_case_brackets_and_spaces_fold_away(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def test_folding_keeps_what_tells_courses_apart() -> None:
    assert len({fold(text) for text in ("高等数学A", "高等数学B", "高等数学(一)", "高等数学 (一)")}) == 4


def test_a_missing_english_text_shows_the_chinese_and_says_so() -> None:
    assert Text("学分", "credit").in_language("en") == ("credit", "en")
    assert Text("学分", "credit").in_language("zh") == ("学分", "zh")
    assert Text("学分").in_language("en") == ("学分", "zh")
    assert Text("学分", "credit").in_language("fr") == ("学分", "zh")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("張藝謀", "张艺谋"),
        ("歐陽 靜", "欧阳静"),
        ("阿依古丽・买买提", "阿依古丽買買提"),
        ("买买提‧吐尔逊", "买买提．吐尔逊"),
        ("Ｏ'Brien Sean", "OBRIEN SEÁN"),
        ("Anne-Marie Li", "annemarie li"),
    ],
)
def test_script_accents_and_signs_do_not_make_another_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert same_name(other, one)


@pytest.mark.parametrize(("one", "other"), [("张辉", "张晖"), ("王小明", "王明"), ("Li Na", "Na Li"), ("吴芳", "吳方")])
def test_other_names_stay_other_names(one: str, other: str) -> None:
    assert not same_name(one, other)


@given(names)
def test_a_stored_key_leads_to_the_loose_key_of_its_name(name: str) -> None:
    assert loose_name_key(name_key(name)) == loose_name_key(name)
    assert same_name(name, name_key(name))


@pytest.mark.parametrize(
    ("text", "initials", "key"),
    [
        ("护理专业", "hlzy", "hu li zhuan ye"),
        ("C语言程序设计", "cyycxsj", "c yu yan cheng xu she ji"),
        ("会计学（二）", "kjxe", "kuai ji xue er"),
        ("Python 3", "python3", "python 3"),
        ("", "", ""),
    ],
)
def test_chinese_is_found_and_sorted_by_its_sounds(text: str, initials: str, key: str) -> None:
    assert pinyin_initials(text) == initials
    assert pinyin_key(text) == key


def test_two_syllables_sort_before_one_that_sounds_like_both() -> None:
    assert sorted(["先", "西安"], key=pinyin_key) == ["西安", "先"]


@given(st.text())
def test_pinyin_keys_are_plain_letters_and_digits(text: str) -> None:
    assert pinyin_key(text).isascii()
    assert " " not in pinyin_initials(text)
