"""The verifier: from documents and a plan alone, whether the plan keeps every law. It shares conditions, no more."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple

from creditbank.conversion.planner.verified_families import family_faults
from creditbank.conversion.planner.verified_gives import Ledger, credits_faults, may_give
from creditbank.conversion.planner.verified_limits import Entry, limit_faults
from creditbank.conversion.planner.verified_sources import Place, fills, in_force
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.judging import state_of
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.problem import Achievement, Problem


class Fault(NamedTuple):
    """One law that a plan breaks: a code, and the grant, cap, target or achievement concerned."""

    code: str
    subject: str


class _Known(NamedTuple):
    """Where a rule of the plan stands."""

    number: int
    book: Book
    rule: Rule
    ledger: Ledger


def faults(books: Sequence[Book], problem: Problem, plan: Mapping[str, Any]) -> list[Fault]:
    """Return everything in which a plan breaks the books; a plan that keeps them comes back with nothing."""
    return list(_faults(books, problem, plan))


def _faults(books: Sequence[Book], problem: Problem, plan: Mapping[str, Any]) -> Iterator[Fault]:
    ledgers = [_ledger(book, problem) for book in books]
    held = {each.id: each for each in reversed(problem.achievements)}
    entries: list[Entry] = []
    for grant in plan["grants"]:
        known = _find(books, ledgers, grant["rule"])
        if known is None:
            yield Fault("unknown_rule", grant["rule"])
            continue
        unknown = [name for name in grant["uses"] if name not in held]
        if unknown or len(set(grant["uses"])) != len(grant["uses"]):
            yield Fault("unknown_achievement", grant["rule"])
            continue
        uses = tuple(held[name] for name in grant["uses"])
        entries.append(Entry(known.number, known.rule, grant["rule"], uses, tuple(grant["gives"])))
        yield from _grant_faults(known, uses, grant["gives"], problem)
    total = sum(
        (Fraction(given.get("credits", "0")) for grant in plan["grants"] for given in grant["gives"]), Fraction(0)
    )
    if total != Fraction(plan["credits"]) or plan["unit"] != problem.programme.unit:
        yield Fault("total", plan["credits"])
    if len(entries) == len(plan["grants"]):
        yield from (Fault(*each) for each in limit_faults(books, problem, ledgers, entries))
        yield from (Fault(*each) for each in family_faults(books, problem, ledgers, entries))
        yield from _requirements(problem, ledgers, entries)
        yield from _wishes(problem, entries)


def _ledger(book: Book, problem: Problem) -> Ledger:
    lexicon = Lexicon(book.words)
    factor = lexicon.units.factor(book.unit, problem.programme.unit)
    situation = Situation(problem, lexicon)
    speaks = factor is not None and _speaks(book, situation)
    return Ledger(situation, book.unit, factor or Fraction(0), speaks, book.policies.divisible)


def _find(books: Sequence[Book], ledgers: Sequence[Ledger], name: str) -> _Known | None:
    """Return the rule that a plan names: by its id, or by book and id where two books use it."""
    uses = Counter(rule.id for book in books for rule in book.rules)
    for number, book in enumerate(books):
        for rule in book.rules:
            if name == (rule.id if uses[rule.id] == 1 else f"{book.id}#{rule.id}"):
                return _Known(number, book, rule, ledgers[number])
    return None


def _grant_faults(
    known: _Known, uses: Sequence[Achievement], gives: Sequence[Mapping[str, Any]], problem: Problem
) -> Iterator[Fault]:
    rule, ledger = known.rule, known.ledger
    yield from (Fault(code, rule.id) for code in _source_faults(known, uses, gives, problem))
    for target in (given["target"] for given in gives if given["kind"] == "course"):
        course = ledger.course(target)
        if course is None or course.code != target or not ledger.codes(target).isdisjoint(problem.programme.done):
            yield Fault("target", target)
    if not may_give(rule, gives, ledger):
        yield Fault("gives", rule.id)
        return
    yield from (Fault(code, rule.id) for code in credits_faults(rule, uses, gives, ledger))


def _source_faults(
    known: _Known, uses: Sequence[Achievement], gives: Sequence[Mapping[str, Any]], problem: Problem
) -> Iterator[str]:
    """Yield a code for each way in which a grant is not open to this learner, or its sources do not fill the rule."""
    book, rule, situation = known.book, known.rule, known.ledger.situation
    if not known.ledger.speaks:
        yield "silent"
    if state_of(rule.when, None, situation) is not State.SATISFIED:
        yield "audience"
    if book.policies.spent_elsewhere == "refuse" and any(use.id in problem.spent for use in uses):
        yield "spent"
    if any(use.acquired > problem.as_of for use in uses):
        yield "not_yet"
    if book.effective.by == "acquired" and not all(in_force(book, use.acquired) for use in uses):
        yield "not_in_force"
    targets = [given["target"] for given in gives if given["kind"] == "course"]
    if not fills(rule.source, uses, Place(situation, targets, book.unit)):
        yield "sources"


def _speaks(book: Book, situation: Situation) -> bool:
    """Tell whether a book speaks: in scope, and in force on the day that decides."""
    if state_of(book.scope, None, situation) is not State.SATISFIED:
        return False
    by = book.effective.by
    day = None if by == "acquired" else situation.event(by)
    return by == "acquired" or (day is not None and in_force(book, day))


def _requirements(problem: Problem, ledgers: Sequence[Ledger], entries: Sequence[Entry]) -> Iterator[Fault]:
    """Every requirement is met by another grant, an earlier one, or a course that is done."""
    earlier = {grant.rule.rpartition("#")[2] for grant in problem.prior}
    for entry in entries:
        ledger = ledgers[entry.book]
        freed = [given["target"] for other in entries if other is not entry for given in other.gives]
        freed += [given.target for grant in problem.prior for given in grant.gives] + list(problem.programme.done)
        for need in entry.rule.requires:
            others = {other.rule.id for other in entries if other is not entry and other.book == entry.book}
            if need.rule is not None and need.rule not in others | earlier:
                yield Fault("requires", entry.name)
            if need.course is not None and ledger.codes(need.course).isdisjoint(freed):
                yield Fault("requires", entry.name)


def _wishes(problem: Problem, entries: Sequence[Entry]) -> Iterator[Fault]:
    """What the learner wants left out is left out."""
    avoid = problem.wishes.avoid
    for entry in entries:
        held_back = any(use.id in avoid.achievements for use in entry.uses) or entry.name in avoid.rules
        if held_back or any(given["target"] in avoid.targets for given in entry.gives):
            yield Fault("avoided", entry.name)
