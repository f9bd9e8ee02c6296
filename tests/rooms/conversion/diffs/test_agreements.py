"""Agreements: both sides approve the same bytes, and a rule under problem is not offered."""

from datetime import date

import pytest

from creditbank.conversion.errors import ReviewNotThere
from creditbank.conversion.rules.agreements import (
    STEPS,
    Approval,
    Review,
    RuleReview,
    Step,
    after_step,
    agreed,
    mermaid,
    offered,
)
from creditbank.conversion.types import Side

DAY = date(2026, 3, 1)


def test_an_agreement_asks_for_two_persons_two_sides_and_one_digest():
    mine = Approval(Side.OWNER, 1, DAY, "sha256:a")
    assert agreed([mine, Approval(Side.PARTNER, 2, DAY, "sha256:a")], "sha256:a")
    assert not agreed([mine, Approval(Side.PARTNER, 2, DAY, "sha256:b")], "sha256:a")
    assert not agreed([mine, Approval(Side.PARTNER, 1, DAY, "sha256:a")], "sha256:a")
    assert not agreed([mine, Approval(Side.OWNER, 2, DAY, "sha256:a")], "sha256:a")
    assert not agreed([], "sha256:a")


@pytest.mark.parametrize("now", list(Review))
@pytest.mark.parametrize("step", list(Step))
def test_a_review_never_leaves_its_table(now, step):
    if (now, step) in STEPS:
        assert after_step("R1", now, step) is STEPS[now, step]
    else:
        with pytest.raises(ReviewNotThere):
            after_step("R1", now, step)


def test_every_state_is_reached_and_a_problem_ends_by_being_resolved_only():
    assert {Review.NOT_EVALUATED, *STEPS.values()} == set(Review)
    assert [step for now, step in STEPS if now is Review.PROBLEM] == [Step.RESOLVE]
    assert mermaid().startswith("stateDiagram-v2\n    [*] --> NOT_EVALUATED\n")


def test_a_rule_under_problem_is_not_offered_from_the_day_of_the_report():
    reported = RuleReview(Side.PARTNER, "R1", Review.PROBLEM, DAY)
    approved = RuleReview(Side.OWNER, "R1", Review.APPROVED, DAY)
    assert offered("R1", [reported, approved], date(2026, 2, 28))
    assert not offered("R1", [reported, approved], DAY)
    assert offered("R2", [reported], DAY)
    assert offered("R1", [RuleReview(Side.PARTNER, "R1", Review.RESOLVED, DAY), approved], DAY)
