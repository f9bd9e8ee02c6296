"""Caps as sentences, in both languages: what is counted, over what, for each of what, at most how much."""

from typing import Final

from creditbank.conversion.rules.limits import FieldBound, Limit, Selection, Share
from creditbank.conversion.rules.sentences import print_conditions
from creditbank.conversion.rules.sentences_engine import MARKS, Language, quoted, several

MEASURES: Final = {
    "credits": ("学分", "credits"),
    "targets": ("课程门数", "courses"),
    "grants": ("转换项数", "grants"),
    "achievements": ("成果项数", "achievements"),
    "points": ("学分积点", "credit points"),
}
PERS: Final = {
    "plan": ("全部", "in all"),
    "achievement": ("每项成果", "for each achievement"),
    "issuer": ("每个颁发机构", "for each issuer"),
    "family": ("每一同类", "for each family"),
    "rule": ("每条规则", "for each rule"),
    "match": ("每一组成果", "for each match"),
    "category": ("每个类别", "for each category"),
    "year": ("每年", "for each year"),
    "semester": ("每学期", "for each semester"),
}


def print_limit(limit: Limit, language: Language) -> str:
    """Return a cap as a sentence; what it is attributed by is said only where it is pro rata."""
    zh = language == "zh"
    measure, per = (names[0 if zh else 1] for names in (MEASURES[limit.measure], PERS[limit.per]))
    if limit.framework is not None:
        measure += f"（{quoted(limit.framework)}）" if zh else f" ({quoted(limit.framework)})"
    over, bound = _over(limit.of, language), _bound(limit, language)
    when = print_conditions(limit.when, language) if limit.when else ""
    awards = several(limit.awards, MARKS[language].names) if limit.awards else ""
    if zh:
        head = "".join((f"凡{when}，" if when else "", f"对{awards}，" if awards else ""))
        tail = "；按来源学分分摊" if limit.attribution == "pro_rata" else ""
        return f"{head}{over}{per}的{measure}不超过{bound}{tail}。"
    head = "".join((f"Where {when}: " if when else "", f"For {awards}: " if awards else ""))
    tail = ", shared by the credits of the sources" if limit.attribution == "pro_rata" else ""
    return f"{head}{measure}{over} {per}: at most {bound}{tail}."


def _bound(limit: Limit, language: Language) -> str:
    bound = limit.at_most
    zh = language == "zh"
    if isinstance(bound, FieldBound):
        return "该成果自身的学分" if zh else "the credits of the achievement itself"
    if isinstance(bound, Share):
        of = {"programme": ("培养方案学分", "the programme's credits"), "chosen": ("所转换学分", "what is converted")}[
            bound.of
        ]
        return f"{of[0]}的 {bound.share}%" if zh else f"{bound.share}% of {of[1]}"
    return str(bound)


def _over(selection: Selection, language: Language) -> str:
    """Return what is counted, as an attribute before the noun in Chinese and after it in English."""
    joiner = MARKS[language].names
    said = [
        (print_conditions(selection.sources, language), "来源符合{}", "from sources where {}")
        if selection.sources
        else None,
        (several(selection.rules, joiner), "规则为{}", "by the rules {}") if selection.rules else None,
        (several(selection.tags, joiner), "标签为{}", "tagged {}") if selection.tags else None,
        (several(selection.categories, joiner), "类别为{}", "of the categories {}") if selection.categories else None,
        (print_conditions(selection.targets, language), "目标符合{}", "for courses where {}")
        if selection.targets
        else None,
    ]
    parts = [(zh if language == "zh" else en).format(text) for text, zh, en in filter(None, said)]
    if not parts:
        return ""
    return f"{'，且'.join(parts)}的转换，" if language == "zh" else f" {', and '.join(parts)}"
