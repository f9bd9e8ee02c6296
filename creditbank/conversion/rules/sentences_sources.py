"""Source trees and target lines as sentences, printed and parsed in both languages."""

import re
from decimal import Decimal
from functools import partial
from typing import Literal

from creditbank.conversion.rules import sources as s, targets as t
from creditbank.conversion.rules.sentences import print_conditions, printed_list, read_conditions
from creditbank.conversion.rules.sentences_engine import MARKS, Language, Reader, quoted

_NUMBER = re.compile("[0-9]{1,9}")
_AMOUNT = re.compile(r"「(-?[0-9]{1,12}(?:\.[0-9]{1,4})?)」")

_MEASURES: dict[Literal["credits", "hours", "count"], tuple[str, str]] = {
    "credits": ("学分合计不少于", "credits that add up to at least "),
    "hours": ("学时合计不少于", "hours that add up to at least "),
    "count": ("项数合计不少于", "achievements that number at least "),
}
_ANYTHING = ("任一成果", "any achievement")


def _word(pair: tuple[str, str], language: Language) -> str:
    return pair[0] if language == "zh" else pair[1]


def print_source(source: s.Source, language: Language) -> str:
    """Return a source tree as a piece of sentence: conditions of one achievement, or branches in brackets."""
    marks = MARKS[language]
    if isinstance(source, s.One):
        return print_conditions(source.one, language) if source.one else _word(_ANYTHING, language)
    if isinstance(source, s.Pool):
        unit = "" if source.unit is None else f"{marks.open_}{quoted(source.unit)}{marks.close}"
        conditions = f"{marks.open_tree}{print_conditions(source.pool, language)}{marks.close_tree}"
        return f"{_word(_MEASURES[source.measure], language)}{quoted(source.at_least)}{unit}{conditions}"
    if isinstance(source, s.All):
        opening, branches = _word(("全部具备", "all of "), language), source.all
    elif isinstance(source, s.AnyBranch):
        opening, branches = _word(("具备其一", "one of "), language), source.any
    else:
        opening = f"具备其中 {source.some} 项" if language == "zh" else f"{source.some} of "
        branches = source.of
    inner = marks.branch.join(print_source(branch, language) for branch in branches)
    return f"{opening}{marks.open_tree}{inner}{marks.close_tree}"


def read_source(reader: Reader) -> s.Source:
    """Read a source tree."""
    if reader.take(reader.word(*_ANYTHING)):
        return s.One(one=())
    for measure, words in _MEASURES.items():
        if reader.take(reader.word(*words)):
            return _read_pool(reader, measure)
    if reader.take(reader.word("全部具备", "all of ")):
        return s.All(all=_branches(reader))
    if reader.take(reader.word("具备其一", "one of ")):
        return s.AnyBranch(any=_branches(reader))
    some = reader.match(_SOME_ZH if reader.language == "zh" else _SOME_EN)
    if some is not None:
        return s.Some(some=int(some[1]), of=_branches(reader))
    return s.One(one=read_conditions(reader))


_SOME_ZH = re.compile("具备其中 ([0-9]{1,9}) 项")
_SOME_EN = re.compile("([0-9]{1,9}) of (?=\\[)")


def _branches(reader: Reader) -> tuple[s.Source, ...]:
    reader.expect(reader.marks.open_tree)
    found = reader.deeper(partial(reader.many, partial(read_source, reader), reader.marks.branch))
    reader.expect(reader.marks.close_tree)
    return found


def _read_pool(reader: Reader, measure: Literal["credits", "hours", "count"]) -> s.Pool:
    least = read_amount(reader)
    unit = None
    if reader.take(reader.marks.open_):
        unit = reader.value()
        reader.expect(reader.marks.close)
    reader.expect(reader.marks.open_tree)
    conditions = read_conditions(reader)
    reader.expect(reader.marks.close_tree)
    return s.Pool(pool=conditions, measure=measure, unit=unit, at_least=least)


def read_amount(reader: Reader) -> Decimal:
    """Read a quoted amount exactly as it was written."""
    return Decimal(reader.must(_AMOUNT)[1])


def print_line(line: t.Line, language: Language) -> str:
    """Return a target line as a piece of sentence."""
    match line:
        case t.CourseLine():
            return _word(("免修课程", "course "), language) + quoted(line.course)
        case t.ChooseLine():
            return _print_choice(line, language)
        case t.CreditsLine():
            return _print_credits(line, language)
        case t.PartLine():
            zh, en = f"免{quoted(line.of)}的{quoted(line.part)}部分", f"part {quoted(line.part)} of {quoted(line.of)}"
            return _word((zh, en), language)
        case t.LevelLine():
            return _word(("授予等级", "level "), language) + quoted(line.level)
        case _:
            return _word(("授予", "award "), language) + quoted(line.award)


def _print_credits(line: t.CreditsLine, language: Language) -> str:
    amount = "" if line.amount is None else quoted(line.amount)
    zh = f"记入{quoted(line.credits)}学分{amount}"
    return _word((zh, f"{amount} credits of {quoted(line.credits)}".lstrip()), language)


def _print_choice(line: t.ChooseLine, language: Language) -> str:
    marks = MARKS[language]
    number = str(line.choose)
    if isinstance(line.choose, t.Between):
        number = f"{line.choose.at_least} {_word(('至', 'to'), language)} {line.choose.at_most}"
    if line.of is None:
        where = printed_list(line.where or (), language, marks.where_and)
        courses = "course" if number == "1" else "courses"
        return _word((f"在{where}的课程中免修 {number} 门", f"{number} {courses} where {where}"), language)
    inner = marks.branch.join(_print_option(each, language) for each in line.of)
    listed = f"{marks.open_tree}{inner}{marks.close_tree}"
    return _word((f"从{listed}中选 {number} 项", f"{number} of {listed}"), language)


def _print_option(option: t.LineOrBundle, language: Language) -> str:
    if not isinstance(option, tuple):
        return print_line(option, language)
    marks = MARKS[language]
    return marks.open_ + " + ".join(print_line(line, language) for line in option) + marks.close


def read_line(reader: Reader) -> t.Line:
    """Read a target line."""
    return _read_line_zh(reader) if reader.language == "zh" else _read_line_en(reader)


def _read_line_zh(reader: Reader) -> t.Line:
    if reader.take("免修课程"):
        return t.CourseLine(course=reader.value())
    if reader.take("记入"):
        category = reader.value()
        reader.expect("学分")
        return _credits(category, reader.match(_AMOUNT))
    if reader.take("授予等级"):
        return t.LevelLine(level=reader.value())
    if reader.take("授予"):
        return t.AwardLine(award=reader.value())
    if reader.take("免"):
        of = reader.value()
        reader.expect("的")
        part = reader.value()
        reader.expect("部分")
        return t.PartLine(part=part, of=of)
    return _read_choice_zh(reader)


def _read_choice_zh(reader: Reader) -> t.ChooseLine:
    if reader.take("从"):
        of = _options(reader)
        reader.expect("中选 ")
        choose = _read_number(reader, " 至 ")
        reader.expect(" 项")
        return t.ChooseLine(choose=choose, of=of)
    reader.expect("在")
    where = read_conditions(reader, reader.marks.where_and)
    reader.expect("的课程中免修 ")
    choose = _read_number(reader, " 至 ")
    reader.expect(" 门")
    return t.ChooseLine(choose=choose, where=where)


def _read_line_en(reader: Reader) -> t.Line:
    if reader.take("course "):
        return t.CourseLine(course=reader.value())
    if reader.take("level "):
        return t.LevelLine(level=reader.value())
    if reader.take("award "):
        return t.AwardLine(award=reader.value())
    if reader.take("part "):
        part = reader.value()
        reader.expect(" of ")
        return t.PartLine(part=part, of=reader.value())
    amount = reader.match(_AMOUNT)
    if amount is not None:
        reader.expect(" ")
    if reader.take("credits of "):
        return _credits(reader.value(), amount)
    return _read_choice_en(reader)


def _read_choice_en(reader: Reader) -> t.ChooseLine:
    choose = _read_number(reader, " to ")
    if reader.take(" courses where ") or reader.take(" course where "):
        return t.ChooseLine(choose=choose, where=read_conditions(reader, reader.marks.where_and))
    reader.expect(" of ")
    return t.ChooseLine(choose=choose, of=_options(reader))


def _credits(category: str, amount: re.Match[str] | None) -> t.CreditsLine:
    return t.CreditsLine.model_validate({"credits": category, "amount": amount and amount[1]})


def _read_number(reader: Reader, between: str) -> int | t.Between:
    least = int(reader.must(_NUMBER)[0])
    if not reader.take(between):
        return least
    return t.Between(at_least=least, at_most=int(reader.must(_NUMBER)[0]))


def _options(reader: Reader) -> tuple[t.LineOrBundle, ...]:
    reader.expect(reader.marks.open_tree)
    found = reader.deeper(partial(reader.many, partial(_read_option, reader), reader.marks.branch))
    reader.expect(reader.marks.close_tree)
    return found


def _read_option(reader: Reader) -> t.LineOrBundle:
    if not reader.take(reader.marks.open_):
        return read_line(reader)
    bundle = reader.many(partial(read_line, reader), " + ")
    reader.expect(reader.marks.close)
    return bundle
