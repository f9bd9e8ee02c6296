"""Offers: what a rule gives, resolved against the courses of one programme, before anybody is credited with it."""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import combinations, product
from math import floor
from operator import attrgetter
from typing import NamedTuple

from creditbank.conversion import errors
from creditbank.conversion.planner.matching import MATCHES_MAX
from creditbank.conversion.planner.prepared import ReadyRule
from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.judging import compile_conditions
from creditbank.conversion.rules.lexicon import Situation
from creditbank.conversion.rules.problem import Course, Problem
from creditbank.conversion.rules.targets import (
    AwardLine,
    Between,
    ChooseLine,
    CourseLine,
    CreditsLine,
    LevelLine,
    Line,
    PartLine,
)

HUNDRED = 100


class Atom(NamedTuple):
    """One line that a rule may give: `root` names a course whatever code it goes by, `weight` is in hundredths."""

    kind: str
    target: str
    weight: int = 0
    of: str | None = None
    course: Course | None = None
    root: str = ""


class Offer(NamedTuple):
    """Lines that are given together; `courses` are the codes of those that are courses."""

    atoms: tuple[Atom, ...]
    courses: tuple[str, ...]
    roots: tuple[str, ...]
    weight: int
    benefits: int


def hundredths(amount: Fraction) -> int:
    """Return an amount in whole hundredths; what lies below a hundredth lapses, and never less than nothing."""
    return max(0, floor(amount * HUNDRED))


class Courses:
    """The courses of a programme by every code they go by; cross-listed codes are one course."""

    __slots__ = ("_atoms", "_by_root", "_roots", "codes", "done", "single")

    def __init__(self, problem: Problem) -> None:
        """Join the codes that are listed across."""
        programme = problem.programme
        self._roots: dict[str, str] = {}
        ordered = sorted(programme.courses, key=attrgetter("code"))
        for course in ordered:
            if course.same_as is not None:
                one, other = sorted((self.root(course.code), self.root(course.same_as)))
                self._roots[other] = one
        self._by_root: dict[str, Course] = {}
        for course in ordered:
            self._by_root.setdefault(self.root(course.code), course)
        self.single = tuple(self._by_root.values())
        self._atoms: dict[str, Atom] = {}
        self.done = frozenset(self.root(code) for code in programme.done)
        self.codes = self._by_root.keys() | self._roots.keys() if self._roots else self._by_root.keys()
        """Every code that a course of the programme goes by."""

    def root(self, code: str) -> str:
        """Return the one name of a course that goes by several codes."""
        while code in self._roots:
            code = self._roots[code]
        return code

    def find(self, code: str) -> Course | None:
        """Return the course of the programme that goes by this code."""
        return self._by_root.get(self.root(code) if self._roots else code)

    def atom(self, course: Course) -> Atom:
        """Return the line that frees a course."""
        atom = self._atoms.get(course.code)
        if atom is None:
            weight = max(0, int(course.credits * HUNDRED))
            atom = Atom("course", course.code, weight, course=course, root=self.root(course.code))
            self._atoms[course.code] = atom
        return atom

    def named(self, codes: Sequence[str]) -> Sequence[Atom]:
        """Return the lines that free these courses, or none where one is not in the programme or there twice."""
        atoms: list[Atom] = []
        for code in codes:
            course = self.find(code)
            if course is None:
                return ()
            atoms.append(self.atom(course))
        return () if len(atoms) > 1 and len({atom.root for atom in atoms}) < len(atoms) else atoms


class Offering:
    """Resolves what rules give against one programme, each rule once."""

    __slots__ = ("_known", "courses", "factors", "situations")

    def __init__(self, courses: Courses, situations: Sequence[Situation], factors: Sequence[Fraction]) -> None:
        """Keep the courses, and of each book the situation and the factor to the programme's unit."""
        self.courses = courses
        self.situations = situations
        self.factors = factors
        self._known: dict[int, tuple[Offer, ...]] = {}

    def of(self, rule: ReadyRule) -> tuple[Offer, ...]:
        """Return the ways to give what the rule gives; of a rule that splits, its single alternatives.

        Nothing where a course is not in the programme. Courses already done are among them.
        Refused: more than `MATCHES_MAX` ways.
        """
        known = self._known.get(rule.position)
        if known is None:
            known = self._known[rule.position] = tuple(self._resolve(rule))
        return known

    def _resolve(self, rule: ReadyRule) -> Iterable[Offer]:
        if rule.splits:
            line = rule.rule.gives[0]
            assert isinstance(line, ChooseLine)
            return [_offer(atoms) for atoms in self._alternatives(line, rule)]
        if rule.named:
            return self._named(rule.named)
        parts: list[list[tuple[Atom, ...]]] = []
        for each in rule.rule.gives:
            parts.append(self._line(each, rule))
            if not parts[-1]:
                return []
        count = 1
        for part in parts:
            count *= len(part)
        if count > MATCHES_MAX:
            raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
        whole = (tuple(atom for atoms in chosen for atom in atoms) for chosen in product(*parts))
        return [_offer(atoms) for atoms in _fitting(whole) if atoms]

    def _named(self, codes: Sequence[str]) -> list[Offer]:
        """Return the one way to give courses, or none where one is not in the programme or there twice."""
        atoms = self.courses.named(codes)
        if not atoms:
            return []
        roots = tuple([atom.root for atom in atoms])
        return [Offer(tuple(atoms), tuple([atom.target for atom in atoms]), roots, sum([x.weight for x in atoms]), 0)]

    def _line(self, line: Line, rule: ReadyRule) -> list[tuple[Atom, ...]]:
        match line:
            case CourseLine(course=code):
                course = self.courses.find(code)
                return [] if course is None else [(self.courses.atom(course),)]
            case ChooseLine(choose=choose):
                return self._choice(choose, self._alternatives(line, rule), rule)
            case CreditsLine(credits=category, amount=amount):
                weight = 0 if amount is None else hundredths(Fraction(amount) * self.factors[rule.book])
                return [(Atom("credits", category, weight),)]
            case PartLine(part=part, of=of):
                return [(Atom("part", part, of=of),)]
            case LevelLine(level=level):
                return [(Atom("level", level),)]
            case AwardLine(award=award):
                return [(Atom("award", award),)]

    def _alternatives(self, line: ChooseLine, rule: ReadyRule) -> list[tuple[Atom, ...]]:
        """Return what a choice is made among: named lines and bundles in written order, then courses by code."""
        found: list[tuple[Atom, ...]] = []
        for each in line.of or ():
            bundle = each if isinstance(each, tuple) else (each,)
            parts = [self._line(part, rule) for part in bundle]
            found += [tuple(atom for atoms in chosen for atom in atoms) for chosen in product(*parts)]
        if line.where is not None:
            situation = self.situations[rule.book]
            state = compile_conditions(line.where, situation.lexicon).state
            found += [
                (self.courses.atom(course),)
                for course in self.courses.single
                if state(course, situation, ()) is State.SATISFIED
            ]
        return _fitting(found)

    def _choice(
        self, choose: int | Between, among: Sequence[tuple[Atom, ...]], rule: ReadyRule
    ) -> list[tuple[Atom, ...]]:
        least, most = (choose, choose) if isinstance(choose, int) else (choose.at_least, choose.at_most)
        found: list[tuple[Atom, ...]] = []
        for count in range(least, min(most, len(among)) + 1):
            for chosen in combinations(among, count):
                atoms = tuple(atom for part in chosen for atom in part)
                if _no_course_twice(atoms):
                    found.append(atoms)
                if len(found) > MATCHES_MAX:
                    raise errors.TooManyMatches(rule=rule.id, most=MATCHES_MAX)
        return found


def _offer(atoms: tuple[Atom, ...]) -> Offer:
    return Offer(
        atoms,
        tuple(atom.target for atom in atoms if atom.kind == "course"),
        tuple(atom.root for atom in atoms if atom.kind == "course"),
        sum(atom.weight for atom in atoms),
        sum(atom.kind in {"part", "level", "award"} for atom in atoms),
    )


def _fitting(found: Iterable[tuple[Atom, ...]]) -> list[tuple[Atom, ...]]:
    """Return what is found once each, without what names a course twice."""
    once = {tuple((atom.kind, atom.root or atom.target, atom.of) for atom in atoms): atoms for atoms in found}
    return [atoms for atoms in once.values() if _no_course_twice(atoms)]


def _no_course_twice(atoms: Sequence[Atom]) -> bool:
    roots = [atom.root for atom in atoms if atom.root]
    return len(roots) == len(set(roots))


def most_lines(rule: ReadyRule) -> int:
    """Return how many of its lines a rule that splits may give at once."""
    line = rule.rule.gives[0]
    assert isinstance(line, ChooseLine)
    return line.choose if isinstance(line.choose, int) else line.choose.at_most
