"""Agreements: two approvals of the same bytes, and per side and rule a review that may report a problem."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from creditbank.conversion.errors import ReviewNotThere
from creditbank.conversion.types import Side


class Review(StrEnum):
    """Where the review of one rule by one side stands."""

    NOT_EVALUATED = "not-evaluated"
    APPROVED = "approved"
    PROBLEM = "problem"
    RESOLVED = "resolved"


class Step(StrEnum):
    """What a side does with a rule."""

    APPROVE = "approve"
    REPORT = "report"
    RESOLVE = "resolve"


STEPS: Final[Mapping[tuple[Review, Step], Review]] = {
    (Review.NOT_EVALUATED, Step.APPROVE): Review.APPROVED,
    (Review.NOT_EVALUATED, Step.REPORT): Review.PROBLEM,
    (Review.APPROVED, Step.REPORT): Review.PROBLEM,
    (Review.PROBLEM, Step.RESOLVE): Review.RESOLVED,
    (Review.RESOLVED, Step.APPROVE): Review.APPROVED,
    (Review.RESOLVED, Step.REPORT): Review.PROBLEM,
}


@dataclass(frozen=True, slots=True)
class Approval:
    """One side's approval of a document: by whom, when, and of which bytes."""

    side: Side
    person: int
    day: date
    digest: str


@dataclass(frozen=True, slots=True)
class RuleReview:
    """Where one side stands with one rule, since which day."""

    side: Side
    rule: str
    review: Review
    since: date


def after_step(rule: str, now: Review, step: Step) -> Review:
    """Return the review after a step, or refuse a step that the table does not have."""
    after = STEPS.get((now, step))
    if after is None:
        raise ReviewNotThere(rule=rule, now=now.value, step=step.value)
    return after


def agreed(approvals: Iterable[Approval], digest: str) -> bool:
    """Say whether both sides, by two persons, have approved these very bytes."""
    by_side: dict[Side, set[int]] = {}
    for each in approvals:
        if each.digest == digest:
            by_side.setdefault(each.side, set()).add(each.person)
    owners, partners = by_side.get(Side.OWNER, set()), by_side.get(Side.PARTNER, set())
    return any(one != other for one in owners for other in partners)


def offered(rule: str, reviews: Iterable[RuleReview], day: date) -> bool:
    """Say whether a rule is offered to new plans of a day: not from the day on which a side reports a problem."""
    return not any(each.rule == rule and each.review is Review.PROBLEM and each.since <= day for each in reviews)


def mermaid() -> str:
    """Return the table of steps as a mermaid state diagram, the same text every time."""
    lines = ["stateDiagram-v2", f"    [*] --> {Review.NOT_EVALUATED.name}"]
    lines += [f"    {now.name} --> {then.name}: {step}" for (now, step), then in STEPS.items()]
    return "\n".join(lines) + "\n"
