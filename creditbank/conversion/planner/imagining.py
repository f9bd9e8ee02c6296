"""Imagining: an archive and a programme in which everything a cap counts could be granted, to see whether it binds."""

from collections.abc import Iterator
from decimal import Decimal
from itertools import product
from typing import Final

from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.implication import leaves, simple_conditions
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.limits import FieldBound, Limit
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Achievement, Course, Problem, Wishes
from creditbank.conversion.rules.targets import Between, ChooseLine, CourseLine, Line
from creditbank.conversion.rules.witnesses import witness

COPIES_MAX: Final = 60
COPIES: Final = 24
"""How often a rule that may be used any number of times is imagined to be used."""

LARGE, SMALL = Decimal(1000), Decimal("0.01")


def imagined(book: Book, cap: Limit, case: Problem, lexicon: Lexicon) -> Problem:
    """Return the facts of a case with the archive and courses that fill the cap as far as the rules allow."""
    courses = {each.code: each for each in case.programme.courses}
    for rule in book.rules:
        courses = {each.code: each for each in _courses(rule)} | courses
    programme = case.programme.model_copy(update={"courses": tuple(courses.values()), "done": ()})
    award = next((each.id for each in book.awards if cap.awards and each.id in cap.awards), None)
    bare = case.model_copy(
        update={
            "programme": programme,
            "achievements": (),
            "spent": (),
            "prior": (),
            "wishes": Wishes(),
            "award": award,
        }
    )
    targets = tuple(courses)
    archive = tuple(
        each for rule in book.rules for each in _archive(book, cap, rule, Situation(bare, lexicon), targets)
    )
    return bare.model_copy(update={"achievements": archive})


def _archive(
    book: Book, cap: Limit, rule: Rule, situation: Situation, targets: tuple[str, ...]
) -> Iterator[Achievement]:
    copies = _copies(cap) if rule.times == "any" else 1
    for (path, leaf), category in product(leaves(rule.source), (*(cap.of.categories or ()), None)):
        name = f"{rule.id}{path}/{category or ''}"
        made = _most(leaf, cap.of.sources or (), situation, targets)
        if made is None:
            continue
        more = _filled(made, category, cap, book.unit)
        yield from (made.model_copy(update={**more, "id": f"{name}/{number}"}) for number in range(copies))


def _most(leaf: Conditions, selected: Conditions, situation: Situation, targets: tuple[str, ...]) -> Achievement | None:
    """Return a witness that the cap selects too, or else any witness of the leaf."""
    return witness((*leaf, *selected), situation, targets=targets) or witness(leaf, situation, targets=targets)


def _filled(made: Achievement, category: str | None, cap: Limit, unit: str) -> dict[str, object]:
    """Return what an achievement may have beside what was asked of it: the more it has, the more a cap counts."""
    own = isinstance(cap.at_most, FieldBound)
    more: dict[str, object] = {"issuer": made.issuer or "imagined"}
    if made.credits is None:
        more["credits"] = Quantity(value=SMALL if own else LARGE, unit=unit)
    if made.category is None:
        more["category"] = category or "imagined"
    if cap.framework is not None and cap.framework not in (made.framework_level or {}):
        more["framework_level"] = {**(made.framework_level or {}), cap.framework: LARGE}
    return more


def _copies(cap: Limit) -> int:
    if cap.measure in {"achievements", "grants"} and isinstance(cap.at_most, Decimal):
        return max(1, min(COPIES_MAX, int(cap.at_most) + 1))
    return COPIES


def _courses(rule: Rule) -> Iterator[Course]:
    """Yield the courses that the rule names, and for every choice by conditions as many as it may free."""
    for line in rule.gives:
        yield from _of_line(line)


def _of_line(line: Line) -> Iterator[Course]:
    if isinstance(line, CourseLine):
        yield Course(code=line.course, credits=LARGE)
    if not isinstance(line, ChooseLine):
        return
    for option in line.of or ():
        for each in option if isinstance(option, tuple) else (option,):
            yield from _of_line(each)
    if line.where is not None:
        first = {each.tag: getattr(each, "among", ("",)) for each in simple_conditions(line.where)}
        most = line.choose.at_most if isinstance(line.choose, Between) else line.choose
        codes = first.get("course", tuple(f"imagined-{number}" for number in range(most)))
        fields = {
            name: first[f"course_{name}"][0]
            for name in ("nature", "kind", "practice", "category")
            if f"course_{name}" in first
        }
        yield from (Course(code=code, credits=LARGE, **fields) for code in codes)
