"""Whole rules as sentences: what somebody may be given for what, by which regulation, and everything beside it."""

import re
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from creditbank.conversion.rules import book as b, conditions as c
from creditbank.conversion.rules.sentences import print_conditions, read_conditions
from creditbank.conversion.rules.sentences_engine import (
    MARKS,
    Language,
    Reader,
    UnreadError,
    quoted,
    read_whole,
    several,
)
from creditbank.conversion.rules.sentences_sources import (
    print_line,
    print_source,
    read_amount,
    read_line,
    read_source,
)

_BARE = re.compile("[A-Za-z0-9][A-Za-z0-9_-]*")
_LINES = ("，并", " plus ")
_MODES = {
    "target": ("按课程学分", "each course's own credits"),
    "source": ("按来源学分", "the credits of the sources"),
    "least": ("按来源与课程学分中较小者", "the smaller of source and course credits"),
    "none": ("不计学分", "no credits"),
}
_DEVIATIONS = {
    "no": ("采用时不得偏离。", "No deviation when adopted."),
    "narrower": ("采用时只可收窄。", "Only narrower when adopted."),
    "free": ("采用时可自行修改。", "Free to change when adopted."),
}
_STOP = ("。", ". ")


def _word(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language == "zh" else pair[1]


def rule_sentence(rule: b.Rule, language: Language) -> str:
    """Return the legal sentence of a rule: for whom, for what, what is given, how it counts, by which regulation."""
    audience = print_conditions(rule.when, language) if rule.when else ""
    source = print_source(rule.source, language)
    gives = _word(_LINES, language).join(print_line(line, language) for line in rule.gives)
    credits_ = print_credits(rule.credits, language)
    if language == "zh":
        head = f"凡{audience}，{source}" if audience else f"凡{source}"
        return f"{head}，可{gives}（{credits_}）。{_print_cites(rule.cites, '依据：', '、')}".strip()
    head = f"Where {audience}: {source}" if audience else f"For everyone: {source}"
    return f"{head} gives {gives} ({credits_}). {_print_cites(rule.cites, 'By: ', ', ')}".strip()


def print_rule(rule: b.Rule, language: Language) -> str:
    """Return everything a rule says: its id and title, its legal sentence, and a sentence for each further field."""
    title = ""
    if rule.title is not None:
        pair = " / ".join(quoted(text) for text in (rule.title.zh, rule.title.en) if text)
        title = _word((f"（{pair}）", f" ({pair})"), language)
    head = _word((f"规则{quoted(rule.id)}{title}：", f"Rule {quoted(rule.id)}{title}: "), language)
    gap = "" if language == "zh" else " "
    return gap.join((head.rstrip(), rule_sentence(rule, language), *_print_rest(rule, language)))


def parse_rule(text: str, language: Language) -> b.Rule:
    """Return the rule that `print_rule` printed; refused (`SentenceUnread`) for anything else."""
    return read_whole(text, language, _read_rule)


def print_credits(mode: b.CreditMode, language: Language) -> str:
    """Return how a grant counts."""
    marks = MARKS[language]
    if mode.mode == "fixed":
        said = _word((f"共{quoted(mode.amount)}学分", f"{quoted(mode.amount)} credits together"), language)
    elif mode.mode == "table":
        rows = (_print_if(row.if_, f"{quoted(row.amount)}", language) for row in mode.rows or ())
        said = _word(("按表", "by table "), language) + _tree(rows, language)
    else:
        said = _word(_MODES[mode.mode], language)
    if mode.adjust:
        rows = (_print_if(row.if_, f"{quoted(row.add)}", language) for row in mode.adjust)
        said += f"{marks.branch}{_word(('另加', 'adding '), language)}{_tree(rows, language)}"
    return said


def _tree(parts: Any, language: Language) -> str:  # noqa: ANN401 - texts
    marks = MARKS[language]
    return marks.open_tree + marks.branch.join(parts) + marks.close_tree


def _print_if(conditions: Sequence[c.Clause], then: str, language: Language) -> str:
    said = print_conditions(conditions, language)
    return _word((f"若{said}则{then}", f"if {said} then {then}"), language)


def _print_cites(cites: Sequence[str], opening: str, joiner: str) -> str:
    if not cites:
        return ""
    listed = joiner.join(cite if _BARE.fullmatch(cite) else quoted(cite) for cite in cites)
    return f"{opening}{listed}{'。' if opening == '依据：' else '.'}"


def _print_rest(rule: b.Rule, language: Language) -> list[str]:
    joiner = MARKS[language].names
    said = []
    if rule.tags:
        said.append((f"标签：{several(rule.tags, joiner)}。", f"Tags: {several(rule.tags, joiner)}."))
    if rule.surplus is not None:
        zh, en = f"余下学分记入{quoted(rule.surplus.to)}", f"What is left over goes to {quoted(rule.surplus.to)}"
        if rule.surplus.at_most is not None:
            zh, en = f"{zh}，最多{quoted(rule.surplus.at_most)}", f"{en}, at most {quoted(rule.surplus.at_most)}"
        said.append((f"{zh}。", f"{en}."))
    if rule.record_grade is not None:
        said.append((_print_record(rule.record_grade, "zh"), _print_record(rule.record_grade, "en")))
    if rule.requires:
        listed = [
            (f"规则{quoted(each.rule)}", f"rule {quoted(each.rule)}")
            if each.rule is not None
            else (f"课程{quoted(each.course)}", f"course {quoted(each.course)}")
            for each in rule.requires
        ]
        zh, en = "、".join(pair[0] for pair in listed), ", ".join(pair[1] for pair in listed)
        said.append((f"须先有：{zh}。", f"It requires: {en}."))
    if rule.times == "any":
        said.append(("可多次使用。", "It may be used more than once."))
    if rule.may_deviate is not None:
        said.append(_DEVIATIONS[rule.may_deviate])
    return [_word(pair, language) for pair in said]


def _print_record(record: b.RecordGrade, language: Language) -> str:
    scale = "" if record.scale is None else quoted(record.scale)
    opening = _word((f"成绩记载{scale}", f"The grade recorded {scale} ".replace("  ", " ")), language)
    if record.map is not None:
        how = _word((f"按换算表{quoted(record.map)}", f"by the map {quoted(record.map)}"), language)
    else:
        rows = (_print_if(row.if_, quoted(row.value), language) for row in record.rows or ())
        how = _tree(rows, language)
    return f"{opening}{how}{_word(_STOP, language).strip()}"


def _read_rule(reader: Reader) -> b.Rule:
    zh = reader.language == "zh"
    reader.expect("规则" if zh else "Rule ")
    document: dict[str, Any] = {"id": reader.value()}
    if reader.take("（" if zh else " ("):
        document["title"] = {"zh": reader.value(), "en": reader.value() if reader.take(" / ") else ""}
        reader.expect("）" if zh else ")")
    reader.expect("：" if zh else ": ")
    document["when"], document["from"] = _read_head_zh(reader) if zh else _read_head_en(reader)
    reader.expect("，可" if zh else " gives ")
    document["gives"] = reader.many(partial(read_line, reader), reader.word(*_LINES))
    reader.expect("（" if zh else " (")
    document["credits"] = _read_credits(reader)
    reader.expect("）。" if zh else ").")
    for opening, read in _RESTS.items():
        reader.take("" if zh else " ")
        if reader.take(reader.word(*opening)):
            read(reader, document)
    return b.Rule.model_validate(document)


def _read_head_zh(reader: Reader) -> tuple[c.Conditions, b.Source]:
    """Read audience and source, or the source alone: only the comma after the audience tells them apart."""
    reader.expect("凡")
    audience = reader.attempt(partial(_read_audience_zh, reader))
    return audience or (), read_source(reader)


def _read_audience_zh(reader: Reader) -> c.Conditions:
    found = read_conditions(reader)
    reader.expect("，")
    if not found or reader.text.startswith("可", reader.at):
        raise UnreadError(reader.at)
    return found


def _read_head_en(reader: Reader) -> tuple[c.Conditions, b.Source]:
    audience: c.Conditions = ()
    if not reader.take("For everyone: "):
        reader.expect("Where ")
        audience = read_conditions(reader)
        reader.expect(": ")
    return audience, read_source(reader)


def _read_credits(reader: Reader) -> dict[str, Any]:
    found = _read_mode(reader)
    if reader.take(reader.marks.branch + reader.word("另加", "adding ")):
        rows = _read_rows(reader, read_amount)
        found["adjust"] = [{"if": conditions, "add": value} for conditions, value in rows]
    return found


def _read_mode(reader: Reader) -> dict[str, Any]:
    for mode, words in _MODES.items():
        if reader.take(reader.word(*words)):
            return {"mode": mode}
    if reader.take(reader.word("按表", "by table ")):
        rows = _read_rows(reader, read_amount)
        return {"mode": "table", "rows": [{"if": conditions, "amount": value} for conditions, value in rows]}
    reader.expect(reader.word("共", ""))
    amount = read_amount(reader)
    reader.expect(reader.word("学分", " credits together"))
    return {"mode": "fixed", "amount": amount}


def _read_rows(reader: Reader, read: Callable[[Reader], Any]) -> tuple[tuple[c.Conditions, Any], ...]:
    def row() -> tuple[c.Conditions, Any]:
        reader.expect(reader.word("若", "if "))
        conditions = read_conditions(reader)
        reader.expect(reader.word("则", " then "))
        return conditions, read(reader)

    reader.expect(reader.marks.open_tree)
    found = reader.many(row, reader.marks.branch)
    reader.expect(reader.marks.close_tree)
    return found


def _stop(reader: Reader) -> None:
    reader.expect(reader.word("。", "."))


def _read_cites(reader: Reader, document: dict[str, Any]) -> None:
    def cite() -> str:
        bare = reader.match(_BARE)
        return reader.value() if bare is None else bare[0]

    document["cites"] = reader.many(cite, reader.marks.names)
    _stop(reader)


def _read_tags(reader: Reader, document: dict[str, Any]) -> None:
    document["tags"] = reader.many(reader.value, reader.marks.names)
    _stop(reader)


def _read_surplus(reader: Reader, document: dict[str, Any]) -> None:
    document["surplus"] = {"to": reader.value()}
    if reader.take(reader.word("，最多", ", at most ")):
        document["surplus"]["at_most"] = read_amount(reader)
    _stop(reader)


def _read_record(reader: Reader, document: dict[str, Any]) -> None:
    found: dict[str, Any] = {}
    if reader.text.startswith("「", reader.at):
        found["scale"] = reader.value()
        reader.take(reader.word("", " "))
    if reader.take(reader.word("按换算表", "by the map ")):
        found["map"] = reader.value()
    else:
        found["rows"] = [{"if": conditions, "value": value} for conditions, value in _read_rows(reader, Reader.value)]
    _stop(reader)
    document["record_grade"] = found


def _read_requires(reader: Reader, document: dict[str, Any]) -> None:
    def requirement() -> dict[str, str]:
        if reader.take(reader.word("规则", "rule ")):
            return {"rule": reader.value()}
        reader.expect(reader.word("课程", "course "))
        return {"course": reader.value()}

    document["requires"] = reader.many(requirement, reader.marks.names)
    _stop(reader)


def _read_times(_: Reader, document: dict[str, Any]) -> None:
    document["times"] = "any"


def _deviation(word: str) -> Callable[[Reader, dict[str, Any]], None]:
    def read(_: Reader, document: dict[str, Any]) -> None:
        document["may_deviate"] = word

    return read


# The sentences after the first, in the order in which they are printed.
_RESTS: dict[tuple[str, str], Callable[[Reader, dict[str, Any]], None]] = {
    ("依据：", "By: "): _read_cites,
    ("标签：", "Tags: "): _read_tags,
    ("余下学分记入", "What is left over goes to "): _read_surplus,
    ("成绩记载", "The grade recorded "): _read_record,
    ("须先有：", "It requires: "): _read_requires,
    ("可多次使用。", "It may be used more than once."): _read_times,
    **{words: _deviation(word) for word, words in _DEVIATIONS.items()},
}
