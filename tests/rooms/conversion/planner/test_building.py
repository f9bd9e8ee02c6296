"""Building: options, credits and laws; the plan is the best of all sets of grants that the verifier lets pass."""

from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion import errors, planning
from creditbank.conversion.planner import verifier
from creditbank.conversion.planner.answering import given_document
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, building_of, drawn, held, one

SEEDS = st.integers(0, 10**9)


def credits_of(book, problem):
    return planning.plan([book], problem)["credits"]


def every_plan(book, problem):
    """Yield every set of possible grants as a plan document, those of one match together."""
    building = building_of(book, problem)
    ids = [each.id for each in building.ground.held.achievements]
    grants = building.grants
    for chosen in chain.from_iterable(combinations(grants, size) for size in range(len(grants) + 1)):
        whole = {}
        for grant in chosen:
            entry = whole.setdefault(
                (grant.rule.position, grant.uses),
                {"rule": grant.rule.id, "uses": sorted(ids[x] for x in grant.uses), "gives": []},
            )
            entry["gives"] += [given_document(line) for line in grant.lines]
        total = sum(Fraction(x.get("credits", "0")) for each in whole.values() for x in each["gives"])
        yield {"credits": str(total), "unit": UNIT, "grants": list(whole.values())}, total


@settings(max_examples=60, deadline=None)
@given(seed=SEEDS)
def test_no_set_of_grants_that_keeps_every_law_is_worth_more(seed):
    book, problem = drawn(seed)
    if len(building_of(book, problem).grants) > 11:
        return
    best = max(total for plan, total in every_plan(book, problem) if not verifier.faults([book], problem, plan))
    assert Fraction(credits_of(book, problem)) == best
    assert planning.value([book], problem) == best


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS)
def test_more_achievements_never_give_less_where_no_family_law_sets_one_aside(seed):
    book, problem = drawn(seed)
    policies = book.policies.model_copy(update={"families": {}})
    caps = tuple(cap for cap in book.caps if not (hasattr(cap.at_most, "of") and cap.at_most.of == "chosen"))
    book = book.model_copy(update={"policies": policies, "caps": caps})
    fewer = problem.model_copy(update={"achievements": problem.achievements[:-1]})
    assert planning.value([book], fewer) <= planning.value([book], problem)


@settings(max_examples=100, deadline=None)
@given(seed=SEEDS, order=st.randoms(use_true_random=False))
def test_the_order_of_what_is_handed_in_is_irrelevant(seed, order):
    book, problem = drawn(seed)
    achievements, courses = list(problem.achievements), list(problem.programme.courses)
    order.shuffle(achievements)
    order.shuffle(courses)
    programme = problem.programme.model_copy(update={"courses": tuple(courses)})
    turned = problem.model_copy(update={"achievements": tuple(achievements), "programme": programme})
    assert planning.plan([book], turned) == planning.plan([book], problem)


@settings(max_examples=50, deadline=None)
@given(seed=SEEDS, part=st.integers(0, 7))
def test_a_plan_of_which_a_part_was_granted_earlier_comes_to_the_whole_again(seed, part):
    book, problem = drawn(seed)
    plan = planning.plan([book], problem)
    earlier = [grant for at, grant in enumerate(plan["grants"]) if part >> at & 1]
    rest = planning.plan([book], problem.model_validate(problem.model_dump(by_alias=True) | {"prior": earlier}))
    before = sum(Fraction(line.get("credits", "0")) for grant in earlier for line in grant["gives"])
    assert before + Fraction(rest["credits"]) == Fraction(plan["credits"])


def test_a_fixed_amount_is_shared_out_by_largest_remainder_ties_in_written_order():
    rule = a_rule("r", "A", "K1", "K2", "K3", credits={"mode": "fixed", "amount": "5"})
    (grant,) = planning.plan([a_book(rule)], a_problem(held("A"), courses={"K1": 3, "K2": 3, "K3": 3}))["grants"]
    assert [line["credits"] for line in grant["gives"]] == ["1.67", "1.67", "1.66"]


def test_a_member_of_a_team_counts_half_a_credit_less():
    rule = a_rule(
        "r",
        "A",
        {"credits": "innovation"},
        credits={
            "mode": "fixed",
            "amount": "2",
            "adjust": [{"if": [{"is": "role", "in": ["member"]}], "add": "-0.5"}],
        },
    )
    assert credits_of(a_book(rule), a_problem(held("A", role="member"))) == "1.5"
    assert credits_of(a_book(rule), a_problem(held("A", role="head"))) == "2"
    assert credits_of(a_book(rule), a_problem(held("A"))) == "0"


def test_a_grade_is_mapped_and_the_lowest_of_several_is_recorded():
    words = {
        "scales": {
            "percent": {"kind": "numeric", "pass": "60", "max": "100"},
            "two": {"kind": "ordered", "order": ["fair", "good"], "pass": "fair"},
        },
        "grade_maps": [
            {
                "from": "percent",
                "to": "two",
                "rows": [
                    {"min": "0", "max": "79", "gives": "fair"},
                    {"min": "80", "max": "100", "gives": "good"},
                ],
            },
        ],
    }
    rule = a_rule("r", {"all": [one("A"), one("B")]}, "K", record_grade={"map": "two"})
    graded = [held(x, grade={"scale": "percent", "value": v}) for x, v in (("A", "90"), ("B", "70"))]
    (grant,) = planning.plan([a_book(rule, words=words)], a_problem(*graded, courses={"K": 3}))["grants"]
    assert grant["gives"][0]["grade"] == {"scale": "two", "value": "fair"}


def test_the_highest_of_a_family_counts_though_a_lower_one_would_free_more():
    book = a_book(
        a_rule("low", one("A", also=[{"is": "level", "scale": "x", "exactly": "low"}]), "K1"),
        a_rule("high", one("A", also=[{"is": "level", "scale": "x", "exactly": "high"}]), "K2"),
        policies={"families": {"*": "highest"}},
    )
    both = [held(x, "A", family="f", level=x, level_scale="x") for x in ("low", "high")]
    document, _ = planning.explain([book], a_problem(*both, courses={"K1": 5, "K2": 2}))
    assert document["plan"]["credits"] == "2"
    assert document["set_aside"] == [{"achievement": "low", "family": "f", "for": "high"}]
    assert document["unused"][0] | {"rule": "", "by": ""} == {
        "rule": "",
        "why": "set_aside",
        "code": "set_aside",
        "by": "",
    }


def test_a_member_converted_earlier_still_sets_the_others_aside():
    book = a_book(
        a_rule("r", "A", {"credits": "g"}, credits={"mode": "fixed", "amount": "1"}, times="any"),
        policies={"families": {"f": "highest"}},
    )
    members = [held(x, "A", family="f", level=x, level_scale="x") for x in ("low", "high")]
    prior = [{"rule": "r", "uses": ["high"], "gives": [{"kind": "credits", "target": "g", "credits": "1"}]}]
    assert credits_of(book, a_problem(*members)) == "1"
    assert credits_of(book, a_problem(*members, prior=prior)) == "0"


def test_two_books_share_what_is_held_and_speak_in_the_order_given():
    first = a_book(a_rule("r", "A", "K1"), id="first")
    second = a_book(a_rule("r", "A", "K2"), id="second")
    problem = a_problem(held("A"), courses={"K1": 3, "K2": 3})
    assert planning.plan([first, second], problem)["grants"][0]["rule"] == "first#r"
    assert planning.plan([second, first], problem)["grants"][0]["rule"] == "second#r"
    assert planning.value([first, second], problem) == 3
    assert planning.value([], problem) == 0


def test_a_book_in_another_unit_counts_by_an_exact_map_or_stays_silent():
    rule = a_rule("r", "A", {"credits": "g"}, credits={"mode": "fixed", "amount": "3"})
    words = {"unit_maps": [{"from": "ects", "to": UNIT, "factor": "2/3", "cites": ["x"]}]}
    mapped = a_book(rule, unit="ects", words=words, cites=[{"id": "x", "title": {"zh": "据"}}])
    assert credits_of(mapped, a_problem(held("A"))) == "2"
    document, _ = planning.explain([a_book(rule, unit="ects")], a_problem(held("A")))
    assert [(x["why"], x["code"]) for x in document["unused"]] == [("scope", "other_unit")]


@pytest.mark.parametrize(("day", "code"), [("2019-12-31", "too_early"), ("2026-01-01", "too_late")])
def test_a_book_speaks_on_the_day_that_decides(day, code):
    book = a_book(a_rule("r", "A", "K"), effective={"from": "2020-01-01", "to": "2025-12-31", "by": "enrolment"})
    problem = a_problem(held("A"), courses={"K": 3}, learner={"status": "registered", "enrolled": day})
    document, _ = planning.explain([book], problem)
    assert document["unused"][0]["code"] == code
    unknown, _ = planning.explain([book], a_problem(held("A"), courses={"K": 3}))
    assert (unknown["unused"][0]["why"], unknown["unused"][0]["gain"]) == ("missing_data", "3")


def test_wishes_that_collide_are_refused():
    book = a_book(a_rule("r", "A", "K1"), a_rule("s", "A", "K2"))
    problem = a_problem(held("A"), courses={"K1": 3, "K2": 4}, wishes={"keep": {"rules": ["r", "s"]}})
    with pytest.raises(errors.WishesCollide):
        planning.plan([book], problem)


def test_a_wide_choice_is_refused_rather_than_tried_for_ever():
    courses = {f"c{at}": 2 for at in range(30)}
    line = {"choose": 8, "where": [{"is": "course", "in": list(courses)}]}
    with pytest.raises(errors.TooManyMatches):
        planning.plan([a_book(a_rule("r", "A", line))], a_problem(held("A"), courses=courses))


def test_useful_credits_may_be_preferred_to_many_credits():
    prefer = ["useful_credits", "credits", "benefits", "fewest_achievements", "oldest_first", "book_order"]
    rules = (a_rule("many", "A", {"credits": "g"}, credits={"mode": "fixed", "amount": "9"}), a_rule("few", "A", "K"))
    required = {"courses": [{"code": "K", "credits": "2", "nature": "required"}]}
    problem = a_problem(held("A"), programme=required)
    assert credits_of(a_book(*rules), problem) == "9"
    book = a_book(*rules, policies={"prefer": prefer})
    assert credits_of(book, problem) == "2"
    assert planning.explain([book], problem)[0]["unused"][0]["why"] == "lost"
    assert planning.value([book], problem) == 2


def test_a_value_is_the_credits_of_the_plan_whatever_is_preferred_before_credits():
    prefer = ["useful_credits", "credits", "benefits", "fewest_achievements", "oldest_first", "book_order"]
    rules = (a_rule("need", "A", "K"), a_rule("more", "B", {"credits": "g"}, credits={"mode": "fixed", "amount": "4"}))
    required = {"courses": [{"code": "K", "credits": "2", "nature": "required"}]}
    problem = a_problem(held("A"), held("B"), programme=required)
    book = a_book(*rules, policies={"prefer": prefer})
    assert planning.value([book], problem) == 6
    assert credits_of(book, problem) == "6"


def test_books_that_prefer_different_plans_make_no_plan_together():
    one = a_book(a_rule("r", "A", "K"), id="one")
    other = a_book(a_rule("r", "A", "K"), id="other", policies={"prefer": ["credits", "book_order"]})
    for ask in (planning.value, planning.plan):
        with pytest.raises(errors.PreferencesDiffer) as refused:
            ask([one, other], a_problem(held("A"), courses={"K": 3}))
    assert refused.value.details == {"one": "one", "other": "other"}


def test_two_editions_of_one_book_make_no_plan_together():
    one, other = (a_book(a_rule("r", "A", "K"), edition=name) for name in ("1", "2"))
    with pytest.raises(errors.BookTwice) as refused:
        planning.simulate([one, other], a_problem(held("A"), courses={"K": 3}))
    assert refused.value.details["other"] == "2"


def test_what_expires_soonest_may_be_used_first():
    prefer = ["credits", "benefits", "fewest_achievements", "soonest_expiry_first", "book_order"]
    old = held("old", "A", acquired="2020-01-01")
    short = held("short", "A", valid_until="2027-01-01")
    problem = a_problem(old, short, courses={"K": 3})
    assert planning.plan([a_book(a_rule("r", "A", "K"))], problem)["grants"][0]["uses"] == ["old"]
    book = a_book(a_rule("r", "A", "K"), policies={"prefer": prefer})
    assert planning.plan([book], problem)["grants"][0]["uses"] == ["short"]
