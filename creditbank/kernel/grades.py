"""Grades as they were given: five scales, their spellings, and what counts as passed."""

import re
import unicodedata
from dataclasses import dataclass
from enum import IntEnum

from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal

PERCENT_MAX = 100_00
PERCENT_PASS = 60_00

_NUMBER = re.compile(r"([0-9]{1,3})(?:\.([0-9]{1,2}))?")
_MINUS_SIGNS = str.maketrans({0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2212: "-"})


class Scale(IntEnum):
    """How a grade was expressed. The numbers are on disk and never change meaning."""

    NONE = 0
    PERCENT = 1
    FIVE = 2
    LETTER = 3
    PASS = 4


# The steps of each scale, worst first: a grade's value is its place in the row.
_STEPS_ZH: dict[Scale, tuple[str, ...]] = {
    Scale.FIVE: ("不及格", "及格", "中等", "良好", "优秀"),
    Scale.LETTER: ("F", "D-", "D", "D+", "C-", "C", "C+", "B-", "B", "B+", "A-", "A", "A+"),
    Scale.PASS: ("不合格", "合格"),
}
_STEPS_EN = _STEPS_ZH | {
    Scale.FIVE: ("Fail", "Pass", "Fair", "Good", "Excellent"),
    Scale.PASS: ("Not passed", "Passed"),
}


class NotAGrade(Refusal):
    """A text is a grade on none of the scales the bank knows."""

    code = "kernel.grades.not_a_grade"
    zh = "“{text}”不是成绩。请填写0至100的分数（小数最多两位）、优秀至不及格、A+至F，或合格、不合格。"
    en = (
        '"{text}" is not a grade. Write a mark from 0 to 100 with at most two decimals, '
        "优秀 to 不及格, A+ to F, or 合格 or 不合格."
    )


@dataclass(frozen=True, slots=True)
class Grade:
    """One grade on its own scale: hundredths of a mark for PERCENT, else a step counted from 0, higher is better."""

    scale: Scale
    value: int

    def __post_init__(self) -> None:
        """Stop a grade beyond its scale where it is made."""
        assert 0 <= self.value <= _highest(self.scale), (self.scale, self.value)


def parse(text: str) -> Grade:
    """Return the grade a text states on its own scale; an empty text states none.

    Case and full-width forms do not matter, and the usual short forms (优, 良, 中, 通过, 未通过) are known.
    Refused: everything else, so that 缺考 or 免修 never turns into a grade.
    """
    spelled = unicodedata.normalize("NFKC", text).translate(_MINUS_SIGNS).strip().upper()
    named = _SPELLINGS.get(spelled)
    if named is not None:
        return named
    found = _NUMBER.fullmatch(spelled)
    if found is None:
        raise NotAGrade(text=text[:40])
    whole, decimals = found.groups(default="")
    value = int(whole) * 100 + int(decimals.ljust(2, "0"))
    if value > PERCENT_MAX:
        raise NotAGrade(text=text[:40])
    return Grade(Scale.PERCENT, value)


def passed(grade: Grade) -> bool | None:
    """Say whether a grade is a pass on its own scale (60 of 100; D- or better); None where no grade was given."""
    if grade.scale is Scale.NONE:
        return None
    return grade.value >= (PERCENT_PASS if grade.scale is Scale.PERCENT else 1)


def label(grade: Grade) -> str:
    """Return the one Chinese spelling of a grade, on its own scale: "85.5", "良好", "B+", "合格", or "" for none."""
    return _spelling(grade, _STEPS_ZH)


def label_en(grade: Grade) -> str:
    """Return the one English spelling of a grade: "85.5", "Good", "B+", "Passed", or "" for none."""
    return _spelling(grade, _STEPS_EN)


def _spelling(grade: Grade, steps: dict[Scale, tuple[str, ...]]) -> str:
    match grade.scale:
        case Scale.NONE:
            return ""
        case Scale.PERCENT:
            return plain(grade.value)
        case _:
            return steps[grade.scale][grade.value]


def _highest(scale: Scale) -> int:
    match scale:
        case Scale.NONE:
            return 0
        case Scale.PERCENT:
            return PERCENT_MAX
        case _:
            return len(_STEPS_ZH[scale]) - 1


_SPELLINGS = {
    "": Grade(Scale.NONE, 0),
    **{step: Grade(scale, value) for scale, steps in _STEPS_ZH.items() for value, step in enumerate(steps)},
    "中": Grade(Scale.FIVE, 2),
    "良": Grade(Scale.FIVE, 3),
    "优": Grade(Scale.FIVE, 4),
    "未通过": Grade(Scale.PASS, 0),
    "通过": Grade(Scale.PASS, 1),
}
