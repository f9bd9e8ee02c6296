"""The ground of a plan: what one problem comes to under the books at hand before anything is chosen."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from operator import itemgetter
from typing import Any, Final, NamedTuple

from creditbank.conversion.planner.crediting import Basis, Line
from creditbank.conversion.planner.matching import Finder, Held
from creditbank.conversion.planner.offers import Courses, Offering, hundredths
from creditbank.conversion.planner.prepared import Prepared, ReadyBook, ReadyRule
from creditbank.conversion.rules.answers import Judgement, Refused, State, Unknown
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Achievement, PriorGrant, Problem
from creditbank.conversion.rules.quantities import days_between

NOT_YET: Final = "not_yet"


class Earlier(NamedTuple):
    """A grant approved earlier, with what is still known of its rule and sources."""

    grant: PriorGrant
    rule: ReadyRule | None
    uses: tuple[int, ...]
    lines: tuple[Line, ...]


class Ground:
    """One problem under prepared books: who is silent, what is held, blocked and already granted."""

    def __init__(self, prepared: Prepared, problem: Problem, held: Held | None = None) -> None:
        """Lay the ground; nothing is matched yet. `held` may be handed in where it was made for other programmes."""
        self.prepared = prepared
        self.problem = problem
        self.held = held or Held(problem)
        self.concerned = self.held.concerned(prepared)
        self.to_come = self.held.after(problem.as_of)
        """The achievements that are acquired only after the day of the problem."""
        self.situations = tuple(Situation(problem, ready.lexicon) for ready in prepared.books)
        factors = [ready.lexicon.units.factor(ready.book.unit, problem.programme.unit) for ready in prepared.books]
        self.silent: tuple[Judgement | None, ...] = tuple(
            silence(ready, situation) for ready, situation in zip(prepared.books, self.situations, strict=True)
        )
        self.bases = tuple(
            Basis(situation, ready.book.unit, factor or Fraction(1))
            for ready, situation, factor in zip(prepared.books, self.situations, factors, strict=True)
        )
        by_id = _by_id(prepared) if problem.prior else {}
        self.earlier = tuple(self._earlier(grant, by_id) for grant in problem.prior)
        self._blocked: dict[int, Mapping[int, str]] = {}
        self._finders: dict[tuple[int, State], Finder] = {}
        self.known: dict[int, Sequence[Any]] = {}
        """Grants by rule, as far as they were looked for, so that a ground with one more need not look again."""

    def plus(self, added: Achievement) -> "Ground":
        """Return the ground with one more achievement; what does not concern it is shared.

        The id of the one more sorts after every other, and it is no older, or nothing is shared but the programme.
        """
        problem = self.problem.model_copy(update={"achievements": (*self.problem.achievements, added)})
        other = Ground(self.prepared, problem)
        other.courses, other.offering = self.courses, self.offering
        last = len(self.held.achievements)
        if other.held.numbers[added.id] == last == other.held.ranks[last]:
            concerned = self.prepared.touched(Held(problem.model_copy(update={"achievements": (added,)})).keys)
            other.known = {position: found for position, found in self.known.items() if position not in concerned}
        return other

    def rules(self, assumed: int | None = None) -> list[ReadyRule]:
        """Return the rules that may come to anything in this programme, in the order of the books; with one assumed.

        What frees named courses does so only where they are in the programme.
        """
        by_course, codes = self.concerned.by_course, self.courses.codes
        found = [*self.concerned.others]
        for code in by_course.keys() & codes:
            found += [rule for rule in by_course[code] if len(rule.named) == 1 or codes >= {*rule.named}]
        if assumed is not None and all(rule.position != assumed for rule in found):
            found.append(self.prepared.rules[assumed])
        found.sort(key=itemgetter(0))
        return found

    @cached_property
    def courses(self) -> Courses:
        """Return the courses of the programme."""
        return Courses(self.problem)

    @cached_property
    def offering(self) -> Offering:
        """Return what rules give in this programme."""
        return Offering(self.courses, self.situations, [basis.factor for basis in self.bases])

    @cached_property
    def granted_roots(self) -> frozenset[str]:
        """Return the courses that earlier grants freed."""
        return frozenset(
            self.courses.root(line.target) for each in self.earlier for line in each.lines if line.kind == "course"
        )

    def achievement(self, number: int) -> Achievement:
        """Return an achievement by its number."""
        return self.held.achievements[number]

    def _earlier(self, grant: PriorGrant, by_id: Mapping[str, ReadyRule]) -> Earlier:
        lines = []
        for given in grant.gives:
            course = self.courses.find(given.target) if given.kind == "course" else None
            category = given.target if given.kind == "credits" else None if course is None else course.category
            amount = hundredths(Fraction(given.credits or 0))
            lines.append(Line(given.kind, given.target, amount, given.of, category, course, given.grade))
        uses = tuple(sorted(self.held.numbers[name] for name in grant.uses if name in self.held.numbers))
        return Earlier(grant, by_id.get(grant.rule), uses, tuple(lines))

    def blocked(self, book: int) -> Mapping[int, str]:
        """Return the achievements that no match of a book may use, each with why.

        That is `avoided`, `spent`, the rule that used it before, or `not_yet` for what is acquired later.
        """
        known = self._blocked.get(book)
        if known is None:
            known = self._blocked[book] = self._block(book)
        return known

    def _block(self, book: int) -> Mapping[int, str]:
        policies = self.prepared.books[book].book.policies
        found = dict.fromkeys(self.to_come, NOT_YET)
        for each in self.earlier:
            other = each.rule
            theirs = "once" if other is None else self.prepared.books[other.book].book.policies.reuse
            if "once" in {policies.reuse, theirs}:
                found.update(dict.fromkeys(each.uses, each.grant.rule))
        numbers = self.held.numbers
        if policies.spent_elsewhere == "refuse":
            found.update({numbers[name]: "spent" for name in self.problem.spent if name in numbers})
        avoided = self.problem.wishes.avoid.achievements
        found.update({numbers[name]: "avoided" for name in avoided if name in numbers})
        return found

    def finder(self, rule: ReadyRule, least: State = State.SATISFIED, *, everything: bool = False) -> Finder:
        """Return what finds the rule's matches; with `everything` also among what is blocked but not yet to come."""
        if everything:
            return Finder(self.held, self.situations[rule.book], self.to_come, least)
        finder = self._finders.get((rule.book, least))
        if finder is None:
            finder = Finder(self.held, self.situations[rule.book], self.blocked(rule.book), least)
            self._finders[rule.book, least] = finder
        return finder

    def audience(self, rule: ReadyRule) -> Judgement:
        """Return how the rule's conditions on learner and programme stand."""
        return rule.audience.judge(None, self.situations[rule.book], ())

    def open_to(self, rule: ReadyRule, least: State = State.SATISFIED) -> bool:
        """Tell whether a rule speaks to this learner at all."""
        silence = self.silent[rule.book]
        if silence is not None and silence.state < least:
            return False
        return not rule.rule.when or rule.audience.state(None, self.situations[rule.book], ()) >= least

    @cached_property
    def used_before(self) -> Mapping[int, Earlier]:
        """Return the earlier grant by each achievement that it used; of several the first."""
        found: dict[int, Earlier] = {}
        for each in self.earlier:
            for number in each.uses:
                found.setdefault(number, each)
        return found


def _by_id(prepared: Prepared) -> dict[str, ReadyRule]:
    found: dict[str, ReadyRule] = {}
    for rule in prepared.rules:
        found.setdefault(rule.id, rule)
        found.setdefault(rule.rule.id, rule)
    return found


def silence(ready: ReadyBook, situation: Situation) -> Judgement | None:
    """Return why a whole book is silent: its scope, its days, or its unit; None where it speaks."""
    if ready.book.scope:
        scope = compile_conditions(ready.book.scope, ready.lexicon).judge(None, situation, ())
        if not scope.holds:
            return scope
    programme = situation.problem.programme
    if ready.lexicon.units.factor(ready.book.unit, programme.unit) is None:
        return _refused(Refused("other_unit", "unit", programme.unit, ready.book.unit))
    return _out_of_force(ready, situation)


def _out_of_force(ready: ReadyBook, situation: Situation) -> Judgement | None:
    effective = ready.book.effective
    if effective.by == "acquired":
        return None
    day = situation.event(effective.by)
    if day is None:
        return Judgement(State.UNKNOWN, 1, Unknown("effective", effective.by), 0)
    if day < effective.since:
        return _refused(Refused("too_early", "effective", effective.since, day, _days(day, effective.since), "day"))
    if effective.until is not None and day > effective.until:
        return _refused(Refused("too_late", "effective", effective.until, day, _days(effective.until, day), "day"))
    return None


def _refused(answer: Refused) -> Judgement:
    return Judgement(State.REFUSED, 1, answer, 0)


def _days(earlier: str, later: str) -> str:
    return str(days_between(earlier, later))
