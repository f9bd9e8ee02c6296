"""Cases in words: what is given, what is expected, what came of it, and those that the checks have drafted."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any, Final

from pydantic import ValidationError

from creditbank.conversion import planning, vocabulary
from creditbank.conversion.planner.casing import CaseResult, Difference
from creditbank.conversion.queries.books import Ruling
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.queries.reviewing import drafted_cases, ruling_of
from creditbank.conversion.queries.telling import said_grade
from creditbank.conversion.rules.book import Book, Case
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.reading import book_of
from creditbank.conversion.rules.sentences_codes import CODES, FOUND_ALONE, print_code
from creditbank.conversion.shown import CaseShown, Differs, Expected, Note, Tried
from creditbank.conversion.types import Details, Named
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text

HELD_SHOWN: Final = 6
_AMOUNTS: Final = ("credits", "credits_still_needed")
_PASSED: Final = {True: Text("合格", "passed"), False: Text("不合格", "not passed")}
_TRUTHS: Final = {True: Text("是", "yes"), False: Text("否", "no")}


def whole_case(tree: object) -> Case | None:
    """Return a case as a value, or None while it is not whole."""
    try:
        return Case.model_validate(tree, by_alias=True, by_name=False)
    except ValidationError:
        return None


def facts_of(document: Mapping[str, Any]) -> tuple[Problem, ...]:
    """Return the facts of every whole case of a document."""
    listed = document.get("cases")
    found = (whole_case(each) for each in (listed if isinstance(listed, list) else ()))
    return tuple(each.given for each in found if each is not None)


def case_shown(
    names: Names, number: int, case: Case, *, result: CaseResult | None = None, notes: tuple[Note, ...] = ()
) -> CaseShown:
    """Return a case in words; with a result also how it came out."""
    refused = Text(*result.words) if result and result.refused else None
    return CaseShown(
        number=number,
        id=case.id,
        title=Text(case.title.zh, case.title.en) if case.title else None,
        given=_given(names, case.given),
        programme=names.named(case.given.programme.code).name if names.known(case.given.programme.code) else None,
        expected=tuple(_expected(names, case)),
        passes=result.passes if result else None,
        differences=tuple(_differs(names, each) for each in result.differences) if result else (),
        refused=refused,
        notes=notes,
    )


def drafted_shown(found: Details) -> tuple[CaseShown, ...]:
    """Return the cases that the checks have drafted for an edition, in words and in the order of `drafted_cases`."""
    cases = [whole_case(each) for each in drafted_cases(found.document)]
    whole = [each for each in cases if each is not None]
    if not whole:
        return ()
    names = _names(found, tuple(each.given for each in whole))
    return tuple(case_shown(names, number, each) for number, each in enumerate(whole))


def case_tried(found: Details, tree: Mapping[str, Any]) -> Tried | None:
    """Return a case of a draft as it is being written, with what comes of it; None while it or the draft has faults."""
    case, book = whole_case(tree), book_of({**found.document, "cases": []})[0]
    if case is None or book is None:
        return None
    ruling = ruling_of(book)
    names = Names([Ruling(found.edition, ruling)], also=[case.given])
    result = planning.run_cases(ruling.model_copy(update={"cases": (case,)}))[0]
    return Tried(case_shown(names, -1, case, result=result), tuple(_outcome(names, ruling, case)))


def named_in(found: Details) -> tuple[Named, ...]:
    """Return the achievements and courses that the rules and cases of an edition name, by their codes."""
    book, facts = book_of({**found.document, "cases": []})[0], facts_of(found.document)
    ruling = ruling_of(book) if book else None
    codes = set(vocabulary.codes_of(ruling)) if ruling else set()
    codes |= {each.spec for one in facts for each in one.achievements if each.spec}
    codes |= {course.code for one in facts for course in one.programme.courses}
    names = Names([Ruling(found.edition, ruling)] if ruling else [], also=facts)
    return tuple(names.named(each) for each in sorted(codes))


def reasons() -> tuple[tuple[str, Text], ...]:
    """Return the reasons for which a rule may come to nothing: codes with words, the commonest first."""
    return tuple((code, Text(*words)) for code, words in CODES.items() if code not in FOUND_ALONE)


def _names(found: Details, facts: tuple[Problem, ...]) -> Names:
    book = book_of(found.document)[0]
    return Names([Ruling(found.edition, ruling_of(book))] if book else [], also=facts)


def _given(names: Names, given: Problem) -> Text:
    said = [_held(names, each) for each in given.achievements[:HELD_SHOWN]]
    if not said:
        return Text("没有成果", "nothing held")
    zh, en = "；".join(each.zh for each in said), "; ".join(each.en for each in said)
    more = len(given.achievements) - HELD_SHOWN
    return Text(zh, en) if more <= 0 else Text(f"{zh}；另有{more}项", f"{en}; and {more} more")


def _held(names: Names, one: Achievement) -> Text:
    """Return one achievement with the attributes that rules look at most."""
    name = names.named(one.spec or one.family or one.kind or one.id).title
    level = names.named(one.level).name if one.level and one.level not in name.zh else None
    grade = said_grade(one.grade.value) if one.grade else None
    score = Text(f"成绩{grade.zh}", f"grade {grade.en or grade.zh}") if grade else None
    passed = None if grade or one.passed is None else _PASSED[one.passed]
    amounts = [_amount(names, each) for each in (one.credits, one.hours) if each is not None]
    said = [each for each in (level, score, passed, *amounts, _day(one.acquired)) if each is not None]
    zh, en = "，".join(each.zh for each in said), ", ".join(each.en or each.zh for each in said)
    return Text(f"{name.zh}（{zh}）", f"{name.en or name.zh} ({en})")


def _amount(names: Names, amount: Quantity) -> Text:
    unit = names.named(amount.unit).name
    return Text(f"{amount.value}{unit.zh}", f"{amount.value} {unit.en or unit.zh}")


def _day(text: str) -> Text:
    day = date.fromisoformat(text)
    return Text(f"{day.year}年{day.month}月{day.day}日取得", f"acquired {text}")


def _expected(names: Names, case: Case) -> Iterator[Expected]:
    expect = case.expect
    for field in _AMOUNTS:
        value = getattr(expect, field)
        if value is not None:
            yield Expected(field, Text(str(value), str(value)))
    if expect.attained is not None:
        yield Expected("attained", _TRUTHS[expect.attained])
    for field in ("uses_rules", "binding"):
        if getattr(expect, field):
            yield Expected(field, *_list(names, getattr(expect, field)))
    for rule, code in (expect.not_rules or {}).items():
        reason, title = print_code(code), _called(names, rule)
        words = Text(f"{title.zh}（{reason[0]}）", f"{title.en or title.zh} ({reason[1]})")
        yield Expected("not_rules", words, f"{rule} · {code}")
    for need, amount in (expect.missing or {}).items():
        told = names.need(need)
        yield Expected("missing", Text(f"{told.zh} {amount}", f"{told.en or told.zh} {amount}"), need)


def _list(names: Names, codes: tuple[str, ...]) -> tuple[Text, str]:
    """Return rules or caps by their names, and their codes where the names are others."""
    said = [_called(names, each) for each in codes]
    words = Text("、".join(each.zh for each in said), ", ".join(each.en or each.zh for each in said))
    return words, "" if [each.zh for each in said] == list(codes) else "、".join(codes)


def _called(names: Names, code: str) -> Text:
    """Return the title of a rule, a cap as its sentence; a rule without a title is called by its id."""
    if names.is_rule(code):
        return names.rule(code).title
    return names.cap(code) if names.is_cap(code) else Text(code, code)


def _differs(names: Names, each: Difference) -> Differs:
    field, _, of = each.field.partition(".")
    named = _called(names, of) if of else Text("")
    return Differs(field, named, _value(names, field, each.expected), _value(names, field, each.found))


def _value(names: Names, field: str, text: str) -> Text:
    """Return a value that a case expected or came to, in words."""
    if not text or text == "null":
        return Text("—", "—")
    match field:
        case "attained":
            return _TRUTHS.get({"true": True, "false": False}.get(text, False), Text(text))
        case "not_rules":
            return Text(*print_code(text))
        case "uses_rules" | "binding":
            return _list(names, tuple(text.split("、")))[0]
        case _:
            return Text(text, text)


def _outcome(names: Names, book: Book, case: Case) -> Iterator[Expected]:
    """Yield what comes of a case by the rules: credits, rules used, why the others are not, the award."""
    try:
        document, _ = planning.explain([book], case.given)
    except Refusal as refusal:
        yield Expected("refused", Text(refusal.sentence("zh"), refusal.sentence("en")), refusal.code)
        return
    credits_ = str(document["plan"]["credits"])
    yield Expected("credits", Text(credits_, credits_))
    used = tuple(dict.fromkeys(grant["rule"] for grant in document["plan"]["grants"]))
    if used:
        yield Expected("uses_rules", *_list(names, used))
    for entry in document["unused"]:
        title, code = _called(names, entry["rule"]), entry.get("code", entry["why"])
        reason = names.reason({key: str(value) for key, value in entry.items() if not isinstance(value, list)})
        short = print_code(code)
        words = Text(f"{title.zh}（{reason.zh or short[0]}）", f"{title.en or title.zh} ({reason.en or short[1]})")
        yield Expected("not_rules", words, f"{entry['rule']} · {code}")
    binding = tuple(cap["cap"] for cap in document["caps"] if cap["cost"] != "0")
    if binding:
        yield Expected("binding", *_list(names, tuple(dict.fromkeys(binding))))
    award = document.get("award")
    if award is not None:
        yield Expected("attained", _TRUTHS[bool(award["attained"])])
