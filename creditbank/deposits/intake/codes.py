"""The code lists of the exchange template: each code of the first generation and what it is called today."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """One entry of a code list; `first` is null where the first generation had no such code."""

    first: str | None
    current: str
    zh: str
    en: str


LEVELS = (
    Code("20", "85", "本科", "Bachelor's programme"),
    Code("21", "86", "专科", "Junior college programme"),
    Code("22", "783", "专升本", "Junior college to bachelor's"),
    Code("23", "784", "高起本", "Secondary school to bachelor's"),
)
CATEGORIES = (
    Code("30", "321", "成人高等教育", "Adult higher education"),
    Code("31", "322", "普通高等教育", "Regular higher education"),
    Code("32", "1221", "网络教育", "Online education"),
    Code("33", "1381", "中等职业教育", "Secondary vocational education"),
    Code("34", "1421", "自学考试", "Self-taught examinations"),
)
OUTCOMES = (
    Code("40", "1261", "毕业", "Graduated"),
    Code("41", "1262", "结业", "Completed without graduating"),
    Code(None, "1690", "在校", "Enrolled"),
)
SEASONS = (
    Code("50", "1321", "春季", "Spring"),
    Code("51", "1322", "秋季", "Autumn"),
)
LISTS: Mapping[str, tuple[Code, ...]] = {
    "level_code": LEVELS,
    "category_code": CATEGORIES,
    "outcome_code": OUTCOMES,
    "season_code": SEASONS,
}


def to_current(codes: tuple[Code, ...]) -> dict[str, str]:
    """Return every known code of both generations with the code of the second that means the same."""
    return {code.current: code.current for code in codes} | {
        code.first: code.current for code in codes if code.first is not None
    }


def of_first(codes: tuple[Code, ...]) -> frozenset[str]:
    """Return the codes of the first generation; no list shares one with the second."""
    return frozenset(code.first for code in codes if code.first is not None)
