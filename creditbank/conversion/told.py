"""A plan and its explanation as plain frozen values in words: what pages show of the answers of the planner."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from creditbank.conversion.types import AwardWorth, Edition, Named, Worth
from creditbank.kernel.text import Text


@dataclass(frozen=True, slots=True)
class Cited:
    """A regulation that a rule quotes."""

    title: Text
    clause: str
    url: str


@dataclass(frozen=True, slots=True)
class RuleTold:
    """One rule for a page: its legal sentence with names for codes, what it quotes, and where it stands."""

    id: str
    title: Text
    sentence: Text
    cites: tuple[Cited, ...]
    edition: Edition
    owner: Text


@dataclass(frozen=True, slots=True)
class Held:
    """One achievement of a problem; `acquired` is the day it is taken to be of, `grade` as it was given."""

    id: str
    named: Named
    acquired: date
    grade: Text | None


@dataclass(frozen=True, slots=True)
class Freed:
    """One line of a grant; `credits` in hundredths, None for a benefit."""

    named: Named
    credits: int | None


@dataclass(frozen=True, slots=True)
class Granted:
    """One grant of a plan: the rule, the achievements it uses, what it gives."""

    rule: RuleTold
    uses: tuple[Held, ...]
    gives: tuple[Freed, ...]

    @property
    def credits(self) -> int:
        """What the grant counts, in hundredths."""
        return sum(line.credits or 0 for line in self.gives)


@dataclass(frozen=True, slots=True)
class Unused:
    """Achievements that the plan does not use, with the one reason they share.

    `why`: `done` `set_aside` `condition` `missing_data` `spent` `avoided` `possible` or `none`; `by` names what stands
    in the way, `reason` is the failed condition in words.
    """

    held: tuple[Held, ...]
    why: str
    reason: Text
    by: tuple[Text, ...] = ()
    rule: RuleTold | None = None


@dataclass(frozen=True, slots=True)
class RuleUnused:
    """A rule that the plan does not use; `why` as rules.md part 7, `amount` the price or the gain in hundredths."""

    rule: RuleTold
    why: str
    reason: Text
    by: tuple[Text, ...] = ()
    amount: int = 0


@dataclass(frozen=True, slots=True)
class CapTold:
    """A cap in words, for what it stands, how full it is and what it costs, in hundredths."""

    sentence: Text
    of: Text
    value: Decimal
    at_most: Decimal
    bound: bool
    cost: int
    of_credits: bool


@dataclass(frozen=True, slots=True)
class OneMore:
    """One further achievement and what it would free more; `grade` is the least one that does."""

    named: Named
    grade: Text | None
    rule: RuleTold
    gives: tuple[Named, ...]
    gain: int


@dataclass(frozen=True, slots=True)
class WishTold:
    """Something pinned or held back, and what that costs in hundredths."""

    how: str
    of: str
    id: str
    name: Text
    possible: bool
    price: int


@dataclass(frozen=True, slots=True)
class Told:
    """A plan and its explanation in words. `without_caps`: what it would come to with every cap away."""

    credits: int
    grants: tuple[Granted, ...]
    unused: tuple[Unused, ...]
    rules_unused: tuple[RuleUnused, ...]
    caps: tuple[CapTold, ...]
    without_caps: int
    one_more: tuple[OneMore, ...]
    wishes: tuple[WishTold, ...]

    @property
    def uses(self) -> int:
        """How many achievements the plan uses."""
        return len({held.id for grant in self.grants for held in grant.uses})

    @property
    def courses(self) -> int:
        """How many courses it frees."""
        return len({line.named.code for grant in self.grants for line in grant.gives if line.credits is not None})

    @property
    def benefits(self) -> int:
        """How much it gives besides credits: levels of certificates, parts that need not be taken."""
        return sum(line.credits is None for grant in self.grants for line in grant.gives)


@dataclass(frozen=True, slots=True)
class Answer:
    """A plan with its explanation: the document that replays it, and the same in words.

    `document` is the JSON of the reference: `problem`, `books`, `plan`, `explanation`. `held` counts as passed already.
    """

    programme_public_id: str
    programme: Text
    institution: Text
    credits_required: int
    held: int
    unit: Text
    document: dict[str, object]
    told: Told
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class CourseState:
    """One course of a programme: `done`, `freed` by the plan, or `open`; credits in hundredths."""

    named: Named
    credits: int
    state: str


@dataclass(frozen=True, slots=True)
class Requirement:
    """One need with how far it is met, or a knot of needs: `all`, `any` or `some` of its parts."""

    kind: str
    title: Text
    value: Decimal = Decimal(0)
    at_least: Decimal = Decimal(0)
    measure: str = "credits"
    met: bool = False
    some: int = 0
    parts: tuple["Requirement", ...] = ()
    courses: tuple[CourseState, ...] = ()


@dataclass(frozen=True, slots=True)
class AwardAnswer:
    """How far an archive reaches towards one award, with the plan that reaches furthest.

    `spread`: at most so much counts of each `year`, `semester` or `issuer`, so at least so many are needed.
    """

    target: str
    title: Text
    owner: Text
    unit: Text
    requirement: Requirement
    attained: bool
    still_needed: Decimal | None
    open_lines: tuple[tuple[Text, Decimal], ...]
    spread: tuple[tuple[str, Decimal, int], ...]
    document: dict[str, object]
    told: Told
    editions: tuple[Edition, ...]


@dataclass(frozen=True, slots=True)
class Audit:
    """A programme as its requirements, with what is done and what the plan would free; amounts in hundredths."""

    programme_public_id: str
    title: Text
    owner: Text
    unit: Text
    held: int
    freed: int
    credits_required: int
    parts: tuple[Requirement, ...]


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a target: the rule that gives it, in which book, in words, and what it asks for."""

    rule: RuleTold
    targets: tuple[Named, ...]
    sources: tuple[Named, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """One way in the picture: a source frees a course by a rule."""

    source: Named
    target: Named
    rule: RuleTold


@dataclass(frozen=True, slots=True)
class Pathways:
    """Everything that leads into a programme: links, the group each course stands in, and courses no rule frees."""

    programme_public_id: str
    programme: Text
    institution: Text
    unit: Text
    links: tuple[Link, ...]
    groups: tuple[tuple[Text, tuple[CourseState, ...]], ...]


@dataclass(frozen=True, slots=True)
class RouteNeedTold:
    """One thing a way into an occupation asks for, and how far an archive has it.

    `kind`: `specification`, `programme` or `award`; `target` its public id, an award's target. `by` is what meets it
    or comes nearest: a certificate held, perhaps of a lower level. `worth` and `award` say how far a programme or an
    award is reached. `leading` are courses that rules in force put on a par with a certificate, whatever its level.
    """

    kind: str
    target: str
    title: Text
    met: bool
    credits: int = 0
    by: Text | None = None
    worth: Worth | None = None
    award: AwardWorth | None = None
    leading: tuple[Named, ...] = ()


@dataclass(frozen=True, slots=True)
class RouteTold:
    """One way into an occupation with all of its needs; `position` is its place among the owner's, from 0."""

    position: int
    name: Text
    needs: tuple[RouteNeedTold, ...]

    @property
    def missing(self) -> int:
        """How many needs are not met."""
        return sum(not each.met for each in self.needs)

    @property
    def credits(self) -> int:
        """Credits that count towards its programmes and awards already, in hundredths, each in its own unit."""
        return sum(each.credits for each in self.needs)

    def first_open(self, kind: str) -> str:
        """Return the target of the first need of a kind that is not met, or nothing."""
        return next((each.target for each in self.needs if each.kind == kind and not each.met), "")


@dataclass(frozen=True, slots=True)
class Job:
    """An occupation as a goal: its ways, the nearest to done first.

    That is the one with the fewest needs missing; of several, the one with most credits counted already; of several
    still, the one its owner names first.
    """

    code: str
    public_id: str
    name: Text
    about: Text
    note: Text
    routes: tuple[RouteTold, ...]

    @property
    def nearest(self) -> RouteTold:
        """The way that is nearest to done."""
        return self.routes[0]

    @property
    def programme(self) -> str:
        """The programme of the nearest way that is not completed yet, by its public id, or nothing."""
        return self.nearest.first_open("programme")

    @property
    def aimed_award(self) -> str:
        """The award of the nearest way that is not reached yet, by its target, or nothing."""
        return self.nearest.first_open("award")
