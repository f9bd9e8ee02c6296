"""Reasons as sentences: why a condition does not hold and how far that is, printed and parsed in both languages."""

from collections.abc import Mapping, Sequence
from functools import cache

from creditbank.conversion.errors import SentenceUnread
from creditbank.conversion.rules.answers import Refused, Unknown
from creditbank.conversion.rules.sentences_engine import (
    MARKS,
    SHOWN_MAX,
    Language,
    fields_of,
    filled,
    pattern,
    values_in,
)
from creditbank.conversion.rules.sentences_forms import TAG_NAMES

_SHORT = "差{distance}（{unit}）"
_SHORT_EN = "short of {distance} ({unit})"

# By code, the ways a refusal reads; the first whose fields are those it has is printed. `{tag}` is the tag's name.
REFUSALS: dict[str, tuple[tuple[str, str], ...]] = {
    "not_among": (
        ("{tag}应为{needs}，现为{has}", "{tag} should be {needs}, and is {has}"),
        ("{tag}应为{needs}，现在一项也没有", "{tag} should be {needs}, and there is none"),
    ),
    "excluded": (
        ("{tag}不得为{needs}，现为{has}", "{tag} may not be {needs}, and is {has}"),
        ("{tag}不得为{needs}", "{tag} may not be {needs}"),
        ("{tag}不得为所述情形，现为{has}", "{tag} may not be as described, and is {has}"),
        ("属于{tag}", "it is {tag}"),
    ),
    "level_low": (
        (f"等级需要{{needs}}，现有{{has}}，{_SHORT}", f"the level needs {{needs}}, has {{has}}, {_SHORT_EN}"),
    ),
    "level_high": (
        (
            "等级最高为{needs}，现有{has}，高出{distance}（{unit}）",
            "the level is at most {needs}, has {has}, above by {distance} ({unit})",
        ),
    ),
    "other_scale": (("等级制应为{needs}，现为{has}", "the scale of levels should be {needs}, and is {has}"),),
    "grade_low": (
        (f"成绩需要{{needs}}，现有{{has}}，{_SHORT}", f"the grade needs {{needs}}, has {{has}}, {_SHORT_EN}"),
    ),
    "not_passed": (
        (f"合格线为{{needs}}，现有{{has}}，{_SHORT}", f"the pass mark is {{needs}}, has {{has}}, {_SHORT_EN}"),
        ("没有合格", "it was not passed"),
    ),
    "credits_few": (
        (f"学分需要{{needs}}，现有{{has}}，{_SHORT}", f"the credits need {{needs}}, have {{has}}, {_SHORT_EN}"),
    ),
    "hours_few": (
        (f"学时需要{{needs}}，现有{{has}}，{_SHORT}", f"the hours need {{needs}}, have {{has}}, {_SHORT_EN}"),
    ),
    "attendance_few": (
        (f"出勤需要{{needs}}，现有{{has}}，{_SHORT}", f"the attendance needs {{needs}}, has {{has}}, {_SHORT_EN}"),
    ),
    "pool_few": (
        (f"合计需要{{needs}}，现有{{has}}，{_SHORT}", f"the sum needs {{needs}}, has {{has}}, {_SHORT_EN}"),
        ("合计需要{needs}，现有{has}，差{distance}项", "{needs} are needed, there are {has}, short of {distance}"),
    ),
    "other_unit": (("{tag}应以{needs}计量，现以{has}计量", "{tag} should be measured in {needs}, and is in {has}"),),
    "framework_low": (
        (
            f"资历级别需要{{needs}}，现有{{has}}，{_SHORT}",
            f"the framework level needs {{needs}}, has {{has}}, {_SHORT_EN}",
        ),
    ),
    "too_early": (
        (
            "{tag}不早于{needs}，现为{has}，早了{distance}（{unit}）",
            "{tag} is no earlier than {needs}, and is {has}, early by {distance} ({unit})",
        ),
    ),
    "too_late": (
        (
            "{tag}不晚于{needs}，现为{has}，晚了{distance}（{unit}）",
            "{tag} is no later than {needs}, and is {has}, late by {distance} ({unit})",
        ),
    ),
    "not_yet": (
        (
            "在{needs}还没有取得，取得日期为{has}，还差{distance}（{unit}）",
            "not yet acquired on {needs}, the date is {has}, {distance} ({unit}) ahead",
        ),
    ),
    "too_old": (
        (
            "取得时限要求不早于{needs}，实为{has}，早了{distance}（{unit}）",
            "the shelf life asks for {needs} or later, it is of {has}, too old by {distance} ({unit})",
        ),
    ),
    "wrong_order": (
        (
            "与{needs}的先后不合要求，取得于{has}，差{distance}（{unit}）",
            "it is on the wrong side of {needs}, acquired {has}, away by {distance} ({unit})",
        ),
    ),
    "expired": (
        (
            "应在{needs}时有效，{has}已到期，差{distance}（{unit}）",
            "it should be valid on {needs}, expired {has}, short of {distance} ({unit})",
        ),
    ),
    "too_soon": (
        (
            "须等满{needs}，现已等{has}，还差{distance}（{unit}）",
            "the wait is {needs}, so far {has}, to go {distance} ({unit})",
        ),
    ),
    "overlap_low": (
        (
            f"内容重合度需要{{needs}}，现有{{has}}，{_SHORT}",
            f"the overlap needs {{needs}}, has {{has}}, {_SHORT_EN}",
        ),
    ),
    "none_held": (
        ("没有持有：{tag}{needs}", "none held: {tag} {needs}"),
        ("没有持有：{tag}", "none held: {tag}"),
    ),
    "one_lacking": (
        (
            "{tag}{needs}还缺{distance}项，现有{has}项，每项只用一次",
            "{tag} {needs}: {distance} more needed beside the {has} held, each counts once",
        ),
        (
            "{tag}还缺{distance}项，现有{has}项，每项只用一次",
            "{tag}: {distance} more needed beside the {has} held, each counts once",
        ),
    ),
}

UNKNOWNS: dict[str, tuple[tuple[str, str], ...]] = {
    "missing": (
        ("尚缺：{tag}（{what}）", "not on record: {tag} ({what})"),
        ("尚缺：{tag}", "not on record: {tag}"),
    ),
    "no_map": (("{tag}：没有从{what}换算的表", "{tag}: no map leads from {what}"),),
    "unlisted": (("{tag}：规则的用语表里没有{what}", "{tag}: the words of the rules do not list {what}"),),
}

_FIELDS = ("needs", "has", "distance", "unit")


def print_reason(reason: Refused | Unknown, language: Language) -> str:
    """Return why a condition does not hold, as a piece of sentence without an end mark.

    A refusal whose code is not of the language, or whose fields are none of its forms, is told by its code and values.
    """
    values = _values(reason)
    forms = (UNKNOWNS if isinstance(reason, Unknown) else REFUSALS).get(reason.code, ())
    for form in forms:
        template = _template(form, language)
        if set(fields_of(template)) - {"tag"} == set(values):
            return filled(_named(template, reason.tag, language), values, MARKS[language].values)
    return filled("，".join((reason.code, *(f"{{{name}}}" for name in values))), values, MARKS[language].values)


def parse_reason(text: str, language: Language) -> Refused | Unknown:
    """Return the reason a piece of sentence tells; refused (`SentenceUnread`) for anything that was not printed so."""
    for code, tag, template in _readings(language):
        found = pattern(template, MARKS[language].values).fullmatch(text.strip())
        if found is not None:
            said = dict(zip(fields_of(template), map(values_in, found.groups()), strict=True))
            return _reason(code, tag, said)
    raise SentenceUnread(text=text[:SHOWN_MAX], at=0)


def _reason(code: str, tag: str, said: Mapping[str, Sequence[str]]) -> Refused | Unknown:
    joined = {name: "、".join(values) for name, values in said.items()}
    if code in UNKNOWNS:
        return Unknown(tag, joined.get("what", tag), code)
    return Refused(code, tag, **joined)


def _values(reason: Refused | Unknown) -> dict[str, Sequence[str]]:
    """Return the fields that say something; lists, as `not_among` has them, value by value."""
    if isinstance(reason, Unknown):
        return {} if reason.what == reason.tag and reason.code == "missing" else {"what": (reason.what,)}
    said = {name: getattr(reason, name) for name in _FIELDS}
    listed = reason.code in {"not_among", "excluded", "none_held", "one_lacking"}
    return {name: _parts(value) if listed else (value,) for name, value in said.items() if value}


def _parts(text: str) -> Sequence[str]:
    """Return the values of a list; a value that is nothing but the mark between values stays whole."""
    parts = text.split("、")
    return parts if all(parts) else (text,)


def _template(form: tuple[str, str], language: Language) -> str:
    return form[0] if language == "zh" else form[1]


def _named(template: str, tag: str, language: Language) -> str:
    return template.replace("{tag}", _template(TAG_NAMES.get(tag, (tag, tag)), language))


# Which tags a code is told of, where its words do not name the tag themselves.
_TAG_OF = {
    "level_low": "level",
    "level_high": "level",
    "other_scale": "level",
    "grade_low": "grade",
    "not_passed": "passed",
    "credits_few": "credits",
    "hours_few": "hours",
    "attendance_few": "attendance",
    "pool_few": "pool",
    "framework_low": "framework_level",
    "not_yet": "acquired",
    "too_old": "age",
    "wrong_order": "order",
    "expired": "valid",
    "too_soon": "waited",
    "overlap_low": "overlap",
}


@cache
def _readings(language: Language) -> tuple[tuple[str, str, str], ...]:
    """Return every code, tag and template with the tag's name put in."""
    found = []
    for code, forms in (*REFUSALS.items(), *UNKNOWNS.items()):
        tags = (_TAG_OF[code],) if code in _TAG_OF else tuple(TAG_NAMES)
        for tag in tags:
            found += [(code, tag, _named(_template(form, language), tag, language)) for form in forms]
    return tuple(found)
