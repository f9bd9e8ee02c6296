"""Looking at rules from their targets: everything that frees a course, and all that leads into a programme."""

from collections.abc import Container, Iterable, Iterator, Mapping
from datetime import date
from itertools import islice
from typing import Final

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import Programme, Specification
from creditbank.conversion import vocabulary
from creditbank.conversion.errors import BookNotFound
from creditbank.conversion.queries.books import Ruling, in_force
from creditbank.conversion.queries.naming import Names
from creditbank.conversion.queries.worth import CONVERTING, award_target, books_for
from creditbank.conversion.rules import judging, problem as given
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import ChooseLine, Rule
from creditbank.conversion.rules.conditions import Conditions
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.reading import digest_of, document_of
from creditbank.conversion.rules.targets import LineOrBundle
from creditbank.conversion.told import CourseState, Link, Pathways, Way
from creditbank.conversion.types import Named
from creditbank.framework import queries as framework
from creditbank.kernel.text import Text, fold
from creditbank.organizations import queries as organizations

WAYS_MAX: Final = 200


def to_target(text: str, *, day: date) -> tuple[Way, ...]:
    """Return every rule in force that gives something whose code or name contains the text.

    That is a course named or chosen by what it is among the courses of the programmes the book binds, credits of a
    category, a part, level or award; and a rule of a book of awards gives towards each of its awards that counts it.
    """
    return tuple(islice(_ways(text, day, by_target=True), WAYS_MAX))


def from_source(text: str, *, day: date) -> tuple[Way, ...]:
    """Return every rule in force that asks for an achievement whose code or name contains the text."""
    return tuple(islice(_ways(text, day, by_target=False), WAYS_MAX))


def ruling_text(public_id: str, *, day: date) -> dict[str, object]:
    """Return the text that plans of a day rest on under an edition in force; a plan names it by its digest.

    It is the edition's document, but guidance that is adopted is filled in, and rules with an open report are left
    out. Refused: an edition that is not in force.
    """
    for ruling in in_force(day):
        if ruling.edition.public_id == public_id:
            return document_of(ruling.book)
    raise BookNotFound


def ruling_digest(ruling: Ruling) -> str:
    """Return the digest by which plans name the text of an edition."""
    return digest_of(ruling.book)


def _ways(text: str, day: date, *, by_target: bool) -> Iterator[Way]:
    key = fold(text)
    if not key:
        return
    rulings = in_force(day)
    names, bound = Names(rulings), Bound(day)
    for ruling in rulings:
        for rule in ruling.book.rules:
            targets = tuple(names.named(each) for each in vocabulary.targets_of(rule))
            if by_target:
                targets = tuple(dict.fromkeys((*targets, *_further(ruling, rule, names), *bound.chosen(ruling, rule))))
                targets = tuple(each for each in targets if _matches(key, each))
            sources = tuple(names.source(*each) for each in vocabulary.sources_of(rule))
            if targets if by_target else any(_matches(key, each) for each in sources):
                yield Way(rule=names.rule_of(ruling, rule), targets=targets, sources=sources)


def _further(ruling: Ruling, rule: Rule, names: Names) -> Iterator[Named]:
    """Yield what a rule gives besides courses, and the awards of its book that count it."""
    for code in vocabulary.benefits_of(rule):
        yield names.named(code)
    for award in (each for each in ruling.book.awards if vocabulary.counts_towards(rule, each)):
        yield Named(award_target(ruling, award.id), Text(award.title.zh, award.title.en))


class Bound:
    """The courses of the programmes that a book binds, looked up when first asked for."""

    def __init__(self, day: date) -> None:
        """Look at the programmes that can be begun on a day."""
        self._day = day
        self._programmes: tuple[Programme, ...] | None = None
        self._situations: dict[int, tuple[tuple[Situation, ...], Mapping[str, Named]]] = {}

    def chosen(self, ruling: Ruling, rule: Rule) -> Iterator[Named]:
        """Yield the courses that a rule lets choose by what they are."""
        wanted = _wanted(rule)
        if not wanted:
            return
        if ruling.edition.id not in self._situations:
            self._situations[ruling.edition.id] = self._look_up(ruling)
        situations, names = self._situations[ruling.edition.id]
        for situation in situations:
            for course in situation.problem.programme.courses:
                if any(judging.state_of(where, course, situation) is State.SATISFIED for where in wanted):
                    yield names[course.code]

    def _look_up(self, ruling: Ruling) -> tuple[tuple[Situation, ...], Mapping[str, Named]]:
        if self._programmes is None:
            self._programmes = tuple(catalogue.programmes_on_offer(self._day))
        bound = [each for each in self._programmes if books_for(each, [ruling])]
        courses = catalogue.by_ids(
            course.specification_id for each in bound for group in each.groups for course in group.courses
        )
        unit = ruling.book.unit
        told = (vocabulary.programme(each, courses, unit=unit) for each in bound)
        problems = (given.Problem(as_of=self._day.isoformat(), programme=each) for each in told)
        looked = (Situation.of(each, ruling.book.words) for each in problems)
        # Whether somebody is registered nobody can say here; a programme that the scope leaves out is out.
        situations = tuple(
            each for each in looked if judging.state_of(ruling.book.scope, None, each) is not State.REFUSED
        )
        return situations, {vocabulary.spec_code(each): vocabulary.named(each) for each in courses.values()}


def _wanted(rule: Rule) -> list[Conditions]:
    """Return by which conditions a rule lets choose among a programme's own courses, in choices within choices too."""
    return [line.where for line in _lines(rule.gives) if isinstance(line, ChooseLine) and line.where is not None]


def _lines(lines: Iterable[LineOrBundle]) -> Iterator[LineOrBundle]:
    for each in lines:
        if isinstance(each, tuple):
            yield from _lines(each)
        else:
            yield each
            if isinstance(each, ChooseLine):
                yield from _lines(each.of or ())


def _matches(key: str, named: Named) -> bool:
    return key == fold(named.code) or key in fold(named.title.zh) or key in fold(named.title.en)


def pathways(programme_public_id: str, *, day: date) -> Pathways:
    """Return everything that leads into a programme by the books in force, and the courses that nothing frees.

    Refused: a programme that there is none of.
    """
    programme = catalogue.programme(programme_public_id)
    rulings = books_for(programme, in_force(day, kinds=CONVERTING))
    courses = catalogue.by_ids(course.specification_id for group in programme.groups for course in group.courses)
    unit = framework.units_by_id()[programme.unit_id]
    problem = given.Problem(
        as_of=day.isoformat(), programme=vocabulary.programme(programme, courses, unit=unit.unit.code)
    )
    names = Names(rulings, problem)
    links: dict[tuple[Named, str], Link] = {}
    for ruling in rulings:
        situation = Situation.of(problem, ruling.book.words)
        for rule in ruling.book.rules:
            told = names.rule_of(ruling, rule)
            targets = tuple(_freed(rule, situation))
            for source in (names.source(*each) for each in vocabulary.sources_of(rule)):
                for target in targets:
                    links.setdefault((source, target), Link(source, names.named(target), told))
    freed = {target for _, target in links}
    order = {course.code: number for number, course in enumerate(problem.programme.courses)}
    return Pathways(
        programme_public_id=programme.public_id,
        programme=programme.name,
        institution=organizations.by_id(programme.organization_id).name,
        unit=unit.name,
        links=tuple(links[key] for key in sorted(links, key=lambda pair: (order[pair[1]], pair[0].title.zh))),
        groups=tuple(
            (
                group.name,
                tuple(_state(courses[course.specification_id], course.credits, freed) for course in group.courses),
            )
            for group in programme.groups
        ),
    )


def _state(course: Specification, credits_: int, freed: Container[str]) -> CourseState:
    named = vocabulary.named(course)
    return CourseState(named, credits_, "freed" if named.code in freed else "open")


def _freed(rule: Rule, situation: Situation) -> Iterator[str]:
    """Yield the courses of the programme that a rule may free: by their codes, or by what it asks of courses."""
    named = set(vocabulary.targets_of(rule))
    wanted = _wanted(rule)
    for course in situation.problem.programme.courses:
        if course.code in named or any(
            judging.state_of(where, course, situation) is State.SATISFIED for where in wanted
        ):
            yield course.code
