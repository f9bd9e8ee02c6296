"""What a book refers to: every word, citation, rule, cap, need and category that it uses, with its place."""

from collections.abc import Iterable, Iterator
from enum import Enum
from typing import NamedTuple

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.book import Book, Case, Rule
from creditbank.conversion.rules.checks.places import needs, single_conditions
from creditbank.conversion.rules.limits import Selection


class What(Enum):
    """What kind of thing is referred to, as it is called in both languages."""

    SCALE = ("成绩制", "grade scale")
    LEVELS = ("等级制", "level scale")
    FRAMEWORK = ("资历框架", "framework")
    CITE = ("依据", "citation")
    RULE = ("规则", "rule")
    CAP = ("上限", "cap")
    AWARD = ("证书或学位", "award")
    NEED = ("要求", "need")
    TAG = ("标签", "tag")
    CATEGORY = ("类别", "category")
    GRADE = ("成绩", "grade")
    LEVEL = ("等级", "level")


class Use(NamedTuple):
    """One reference: to what kind of thing, by which word, where, and by whom."""

    what: What
    word: str
    path: str
    subject: str


def uses(book: Book) -> Iterator[Use]:
    """Yield every reference of the book in written order."""
    for place, condition in single_conditions(book):
        if isinstance(condition, c.Grade):
            yield Use(What.SCALE, condition.scale, place.path, place.subject)
        if isinstance(condition, c.Level):
            yield Use(What.LEVELS, condition.scale, place.path, place.subject)
        if isinstance(condition, c.FrameworkLevel):
            yield Use(What.FRAMEWORK, condition.framework, place.path, place.subject)
    for number, rule in enumerate(book.rules):
        yield from _by_rule(rule, f"/rules/{number}")
    yield from _by_limits(book)
    yield from _by_words(book)
    for number, case in enumerate(book.cases):
        yield from _by_case(case, f"/cases/{number}/expect")


def _by_rule(rule: Rule, path: str) -> Iterator[Use]:
    yield from _all(What.CITE, rule.cites, f"{path}/cites", rule.id)
    required = [each.rule for each in rule.requires if each.rule is not None]
    yield from _all(What.RULE, required, f"{path}/requires", rule.id)
    grade = rule.record_grade
    scales = [] if grade is None else [scale for scale in (grade.scale, grade.map) if scale is not None]
    yield from _all(What.SCALE, scales, f"{path}/record_grade", rule.id)


def _by_limits(book: Book) -> Iterator[Use]:
    for number, cap in enumerate(book.caps):
        path = f"/caps/{number}"
        yield from _all(What.CITE, cap.cites, f"{path}/cites", cap.id)
        # A cap may name awards of a later edition; one that names none of this edition is a slip of the pen.
        if cap.awards and not {each.id for each in book.awards} & set(cap.awards):
            yield from _all(What.AWARD, cap.awards, f"{path}/awards", cap.id)
        yield from _all(What.FRAMEWORK, [cap.framework] if cap.framework else [], f"{path}/framework", cap.id)
        yield from _by_selection(cap.of, f"{path}/of", cap.id)
    for number, award in enumerate(book.awards):
        yield from _all(What.CITE, award.cites, f"/awards/{number}/cites", award.id)
    for path, _award, need in needs(book):
        yield from _all(What.CITE, need.cites, f"{path}/cites", need.id)
        yield from _all(What.FRAMEWORK, [need.framework] if need.framework else [], f"{path}/framework", need.id)
        yield from _by_selection(need.of, f"{path}/of", need.id)


def _by_selection(selection: Selection, path: str, subject: str) -> Iterator[Use]:
    yield from _all(What.RULE, selection.rules or (), f"{path}/rules", subject)
    yield from _all(What.TAG, selection.tags or (), f"{path}/tags", subject)
    yield from _all(What.CATEGORY, selection.categories or (), f"{path}/categories", subject)


def _by_words(book: Book) -> Iterator[Use]:
    for number, grade_map in enumerate(book.words.grade_maps):
        path, subject = f"/words/grade_maps/{number}", f"{grade_map.source} → {grade_map.target}"
        yield from _all(What.SCALE, (grade_map.source, grade_map.target), path, subject)
        yield from _all(What.CITE, grade_map.cites, f"{path}/cites", subject)
    for number, unit_map in enumerate(book.words.unit_maps):
        path, subject = f"/words/unit_maps/{number}/cites", f"{unit_map.source} → {unit_map.target}"
        yield from _all(What.CITE, unit_map.cites, path, subject)


def _by_case(case: Case, path: str) -> Iterator[Use]:
    expect = case.expect
    yield from _all(What.RULE, expect.uses_rules or (), f"{path}/uses_rules", case.id)
    yield from _all(What.RULE, expect.not_rules or (), f"{path}/not_rules", case.id)
    yield from _all(What.CAP, expect.binding or (), f"{path}/binding", case.id)
    yield from _all(What.NEED, expect.missing or (), f"{path}/missing", case.id)
    yield from _all(What.AWARD, [case.given.award] if case.given.award else [], path, case.id)


def _all(what: What, words: Iterable[str], path: str, subject: str) -> Iterator[Use]:
    for word in words:
        yield Use(what, word, path, subject)
