"""The answers as documents: what a plan, its explanation and its stored form hold; schemas are made of these."""

from typing import Any, Literal

from pydantic import Field, TypeAdapter

from creditbank.conversion.rules.book import Nothing
from creditbank.conversion.rules.plain import Part
from creditbank.conversion.rules.problem import Grade, Problem
from creditbank.conversion.rules.schema import DIALECT

Exact = str
"""An exact number as text: a decimal, or a fraction such as 1/3."""


class GivenLine(Part):
    """A line that is granted; benefits (part, level, award) have no credits."""

    kind: Literal["course", "credits", "part", "level", "award"]
    target: str
    credits: Exact | None = None
    of: str | None = None
    grade: Grade | None = None


class PlanGrant(Part):
    """One grant: the rule, the achievements it uses, and what it gives."""

    rule: str
    uses: tuple[str, ...]
    gives: tuple[GivenLine, ...]


class Plan(Part):
    """What is granted, in the order of the books, with its sum."""

    credits: Exact
    unit: str
    grants: tuple[PlanGrant, ...]


class Bring(Part):
    """Something that is not on record; without `achievement` it is about the learner."""

    tag: str
    what: str
    code: str
    achievement: str | None = None


class UnusedRule(Part):
    """Why a rule is not in the plan."""

    rule: str
    why: Literal[
        "scope",
        "audience",
        "condition",
        "missing_data",
        "spent",
        "already_or_no_target",
        "set_aside",
        "lost",
        "tie",
        "capped",
        "avoided",
    ]
    code: str
    state: Literal["refused", "unknown"] | None = None
    unmet: int | None = None
    tag: str | None = None
    what: str | None = None
    needs: str | None = None
    has: str | None = None
    distance: Exact | None = None
    unit: str | None = None
    achievement: str | None = None
    bring: tuple[Bring, ...] | None = None
    gain: Exact | None = None
    to: tuple[str, ...] | None = None
    price: Exact | None = None
    key: str | None = None
    cap: str | None = None
    by: tuple[str, ...] | None = None


class CapLine(Part):
    """A cap for one value of what it counts apart: how full it is, and what the whole cap costs.

    Null where the bound is a part of what is not on record, which `lacking` names; nothing is granted under it then.
    """

    cap: str
    of: str
    value: Exact
    at_most: Exact | None
    slack: Exact | None
    cost: Exact
    lacking: str | None = None


class SetAside(Part):
    """An achievement that the law of its family sets aside for another."""

    achievement: str
    family: str
    for_: str = Field(alias="for")


class OneMore(Part):
    """One more achievement, the weakest that does, the rule it would count through, and what it would gain."""

    achievement: dict[str, Any]
    through: str
    gain: Exact


class WishLine(Part):
    """A wish with its price; what nothing can meet is not possible and was left aside."""

    wish: Literal["keep", "avoid"]
    of: Literal["achievements", "rules", "targets"]
    id: str
    possible: bool
    price: Exact


class EditionLine(Part):
    """A book beyond doubt."""

    id: str
    edition: str
    digest: str


class NeedLine(Part):
    """A need of an award: how much there is and is missing; `asked` on the nearest way of the award."""

    need: str
    value: Exact
    missing: Exact
    asked: bool
    measure: str | None = None
    at_least: Exact | None = None


class OpenCredits(Part):
    """Credits that would still fill the award, and where they can be earned."""

    category: str
    credits: Exact
    via: str | None = None


class Spread(Part):
    """A cap for each year, half-year or institution: what is still needed takes so many of them at least."""

    cap: str
    per: Literal["year", "semester", "issuer"]
    at_most: Exact
    at_least: int


class AwardAnswer(Part):
    """How an award stands; null where it cannot be said how much is still needed."""

    id: str
    attained: bool
    needs: tuple[NeedLine, ...]
    credits_still_needed: Exact | None
    open_lines: tuple[OpenCredits, ...]
    spread: tuple[Spread, ...] = ()


class Explanation(Part):
    """Why the plan is as it is."""

    unused: tuple[UnusedRule, ...]
    caps: tuple[CapLine, ...]
    without_caps: Exact
    set_aside: tuple[SetAside, ...]
    one_more: tuple[OneMore, ...]
    outcomes_without_use: tuple[str, ...]
    none: tuple[Nothing, ...]
    wishes: tuple[WishLine, ...]
    editions: tuple[EditionLine, ...]
    award: AwardAnswer | None = None


class ExplainedPlan(Explanation):
    """What `simulate --explain` answers: plan, explanation, and the problem, so that it replays."""

    plan: Plan
    problem: Problem


class BarePlan(Part):
    """What `simulate` answers without explanation."""

    plan: Plan
    editions: tuple[EditionLine, ...]
    problem: Problem
    award: AwardAnswer | None = None


class StoredPlan(Part):
    """What is kept of a decision."""

    problem: Problem
    books: tuple[EditionLine, ...]
    plan: Plan
    explanation: Explanation


def problem_schema() -> dict[str, Any]:
    """Return the JSON Schema of a problem."""
    return _named(Problem.model_json_schema(by_alias=True), "problem")


def plan_schema() -> dict[str, Any]:
    """Return the JSON Schema of an answer: explained, bare, or as it is stored."""
    adapter: TypeAdapter[Any] = TypeAdapter(ExplainedPlan | BarePlan | StoredPlan)
    return _named(adapter.json_schema(by_alias=True), "plan")


def _named(schema: dict[str, Any], name: str) -> dict[str, Any]:
    return {"$schema": DIALECT, "$id": f"urn:creditbank:{name}:1"} | schema
