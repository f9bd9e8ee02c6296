"""Dead sources and targets: what the catalogue does not have, has withdrawn, or offers at another time or value."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Final

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.checks.findings import Finding, finding
from creditbank.conversion.rules.checks.places import lines
from creditbank.conversion.rules.checks.surroundings import Catalogue, CourseEntry, SpecEntry
from creditbank.conversion.rules.implication import leaves, simple_conditions
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Problem, Programme
from creditbank.conversion.rules.targets import ChooseLine, CourseLine

_UNKNOWN: Final = ("不在成果目录中", "is not in the catalogue")
_WITHDRAWN: Final = ("已撤销", "is withdrawn")
_OUTSIDE: Final = ("的有效期与本规则书的生效期没有交集", "is not valid on any day the book is in force")
_NO_COURSE: Final = ("不在课程目录中", "is not a course of the catalogue")
_NOTHING: Final = ("一门课程也选不到", "selects no course at all")


def unknown_codes(book: Book, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield one finding where the catalogue knows nothing of what a book names: each of it would be a finding else."""
    named = {spec for rule in book.rules for _, leaf in leaves(rule.source) for spec in _named_specs(leaf)}
    freed = {line.course for rule in book.rules for line in lines(rule.gives) if isinstance(line, CourseLine)}
    if named | freed and not named & catalogue.specs.keys() and not freed & catalogue.courses.keys():
        yield finding("unknown_codes", "", book.id, count=str(len(named | freed)), word=min(named | freed))


def dead_sources(book: Book, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield a finding for every achievement named that nobody can bring."""
    for number, rule in enumerate(book.rules):
        for path, leaf in leaves(rule.source):
            for spec in _named_specs(leaf):
                reason = _why_dead(book, catalogue.specs.get(spec), _UNKNOWN)
                if reason is not None:
                    yield _dead("dead_source", f"/rules/{number}/from{path}", rule.id, spec, reason)


def dead_targets(book: Book, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield a finding for every course named that cannot be freed, and every choice that selects none."""
    situation = _catalogue_as_programme(book, catalogue)
    for number, rule in enumerate(book.rules):
        for line in lines(rule.gives):
            if isinstance(line, CourseLine):
                reason = _why_dead(book, catalogue.courses.get(line.course), _NO_COURSE)
                if reason is not None:
                    yield _dead("dead_target", f"/rules/{number}/gives", rule.id, line.course, reason)
            if isinstance(line, ChooseLine) and line.where is not None:
                live = [each for each in catalogue.listed if _live(book, catalogue, each.code)]
                if catalogue.listed and all(state_of(line.where, each, situation) is State.REFUSED for each in live):
                    yield _dead("dead_target", f"/rules/{number}/gives", rule.id, "where", _NOTHING)
    yield from _changed_credits(book, catalogue)


def _changed_credits(book: Book, catalogue: Catalogue) -> Iterator[Finding]:
    """Yield a finding for every course that the cases count with other credits than the catalogue."""
    told: set[str] = set()
    worth: dict[str, set[Decimal]] = {}
    for each in catalogue.listed:
        worth.setdefault(each.code, set()).add(each.credits)
    for number, case in enumerate(book.cases):
        for course in case.given.programme.courses:
            entry = catalogue.courses.get(course.code)
            if entry is None or course.code in told or entry.unit != case.given.programme.unit:
                continue
            if course.credits not in {entry.course.credits, *worth.get(course.code, ())}:
                told.add(course.code)
                now, then = str(entry.course.credits), str(course.credits)
                reason = (f"现为 {now} 学分，用例仍按 {then} 学分", f"now has {now} credits; the case counts {then}")
                yield _dead("dead_target", f"/cases/{number}/given/programme/courses", case.id, course.code, reason)


def _named_specs(leaf: c.Conditions) -> Iterator[str]:
    for clause in leaf:
        if isinstance(clause, c.Not):
            continue
        for each in simple_conditions((clause,)):
            if isinstance(each, c.Spec):
                yield from (value for value in each.among if not value.startswith("@"))


def _why_dead(book: Book, entry: SpecEntry | CourseEntry | None, unknown: tuple[str, str]) -> tuple[str, str] | None:
    if entry is None:
        return unknown
    if entry.withdrawn:
        return _WITHDRAWN
    since, until = book.effective.since, book.effective.until
    too_late = until is not None and entry.valid_from > until
    too_early = entry.valid_until is not None and entry.valid_until < since
    return _OUTSIDE if too_late or too_early else None


def _live(book: Book, catalogue: Catalogue, code: str) -> bool:
    return _why_dead(book, catalogue.courses.get(code), _NO_COURSE) is None


def _catalogue_as_programme(book: Book, catalogue: Catalogue) -> Situation:
    courses = tuple(catalogue.courses[code].course for code in sorted(catalogue.courses))
    programme = Programme(code=book.id, unit=book.unit, courses=courses)
    return Situation.of(Problem(as_of=book.effective.since, programme=programme), book.words)


def _dead(code: str, path: str, subject: str, word: str, reason: tuple[str, str]) -> Finding:
    return finding(code, path, subject, word=word, reason_zh=reason[0], reason_en=reason[1])
