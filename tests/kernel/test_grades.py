"""Grades keep their scale, and their one spelling reads back."""
# full-width characters are what is tested

import pytest
from hypothesis import given, strategies as st

from creditbank.kernel.grades import Grade, NotAGrade, Scale, label, label_en, parse, passed

HIGHEST = {Scale.NONE: 0, Scale.PERCENT: 100_00, Scale.FIVE: 4, Scale.LETTER: 12, Scale.PASS: 1}
LETTERS = ["F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"]

grades = st.sampled_from(Scale).flatmap(lambda scale: st.builds(Grade, st.just(scale), st.integers(0, HIGHEST[scale])))


@given(grades)
def test_the_label_of_a_grade_reads_back_as_the_grade(grade: Grade) -> None:
    assert parse(label(grade)) == grade


@given(grades)
def test_every_grade_but_none_has_an_english_label(grade: Grade) -> None:
    assert bool(label_en(grade)) == (grade.scale is not Scale.NONE)
    assert label_en(grade).isascii()


@given(st.text(max_size=8))
def test_a_text_is_a_grade_or_refused(text: str) -> None:
    try:
        grade = parse(text)
    except NotAGrade as refusal:
        assert refusal.details["text"] == text  # noqa: PT017  # either outcome is right, each in its own way
    else:
        assert parse(label(grade)) == grade


@pytest.mark.parametrize(
    ("text", "grade", "spelling"),
    [
        ("", Grade(Scale.NONE, 0), ""),
        ("  ", Grade(Scale.NONE, 0), ""),
        ("85.50", Grade(Scale.PERCENT, 8550), "85.5"),
        ("１００", Grade(Scale.PERCENT, 10000), "100"),
        ("0", Grade(Scale.PERCENT, 0), "0"),
        ("优", Grade(Scale.FIVE, 4), "优秀"),
        ("良", Grade(Scale.FIVE, 3), "良好"),
        ("中", Grade(Scale.FIVE, 2), "中等"),
        ("及格", Grade(Scale.FIVE, 1), "及格"),
        ("不及格", Grade(Scale.FIVE, 0), "不及格"),
        ("通过", Grade(Scale.PASS, 1), "合格"),
        ("未通过", Grade(Scale.PASS, 0), "不合格"),
        ("Ａ", Grade(Scale.LETTER, 11), "A"),
        ("b＋", Grade(Scale.LETTER, 9), "B+"),
        ("a\u2212", Grade(Scale.LETTER, 10), "A-"),
        (" f ", Grade(Scale.LETTER, 0), "F"),
    ],
)
def test_grades_are_read_as_people_write_them(text: str, grade: Grade, spelling: str) -> None:
    assert parse(text) == grade
    assert label(grade) == spelling


def test_english_labels_say_the_same() -> None:
    assert [label_en(parse(text)) for text in ("85.5", "良好", "B+", "合格", "不及格")] == [
        "85.5",
        "Good",
        "B+",
        "Passed",
        "Fail",
    ]


@pytest.mark.parametrize(
    "row", [["不及格", "及格", "中等", "良好", "优秀"], LETTERS, ["不合格", "合格"], ["59.99", "60", "100"]]
)
def test_a_better_grade_has_the_higher_value_and_only_the_lowest_fails(row: list[str]) -> None:
    values = [parse(text).value for text in row]
    assert values == sorted(set(values))
    assert [passed(parse(text)) for text in row] == [False] + [True] * (len(row) - 1)


def test_no_grade_is_neither_passed_nor_failed() -> None:
    assert passed(parse("")) is None


@pytest.mark.parametrize(
    "text", ["100.01", "101", "-1", "85.555", "85.", "E", "A++", "F+", "缺考", "免修", "85分", "优良", "60/100"]
)
def test_what_is_no_grade_is_refused(text: str) -> None:
    with pytest.raises(NotAGrade) as refusal:
        parse(text)
    assert text in refusal.value.sentence("zh")


@pytest.mark.parametrize(
    ("scale", "value"), [(Scale.NONE, 1), (Scale.PERCENT, 10001), (Scale.FIVE, 5), (Scale.LETTER, 13), (Scale.PASS, -1)]
)
def test_a_grade_beyond_its_scale_cannot_be_made(scale: Scale, value: int) -> None:
    with pytest.raises(AssertionError):
        Grade(scale, value)


def test_the_numbers_of_scales_on_disk_are_fixed() -> None:
    assert {scale.name: scale.value for scale in Scale} == {"NONE": 0, "PERCENT": 1, "FIVE": 2, "LETTER": 3, "PASS": 4}
