"""Matching: which sets fill a tree, each achievement in one place, pools without a member too many."""

import random
from fractions import Fraction
from itertools import chain, combinations

import pytest
from hypothesis import given, strategies as st

from creditbank.conversion import errors, planning
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.matching import minimal_sets
from creditbank.conversion.planner.prepared import prepare
from creditbank.conversion.rules.answers import State
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, drawn, held, one


def matches(source, *achievements, **parts):
    ground = Ground(prepare([a_book(a_rule("r", source, "K"))]), a_problem(*achievements, courses={"K": 3}, **parts))
    (rule,) = ground.prepared.rules
    found = ground.finder(rule).matches(rule)
    names = [each.id for each in ground.held.achievements]
    return None if found is None else [{names[number] for number in match} for match in found]


def test_one_achievement_does_not_fill_two_places():
    both = {"all": [one("A"), one("A", "B")]}
    assert matches(both, held("a", "A")) == []
    assert matches(both, held("a", "A"), held("b", "B")) == [{"a", "b"}]


def test_any_uses_one_branch_only():
    assert matches({"any": [one("A"), one("B")]}, held("a", "A"), held("b", "B")) == [{"a"}, {"b"}]


def test_some_uses_exactly_so_many_branches():
    three = {"some": 2, "of": [one("A"), one("B"), one("C")]}
    found = matches(three, held("a", "A"), held("b", "B"), held("c", "C"))
    assert sorted(map(sorted, found)) == [["a", "b"], ["a", "c"], ["b", "c"]]


def test_one_set_that_fills_a_tree_in_two_ways_is_one_match():
    assert matches({"all": [one("A", "B"), one("A", "B")]}, held("a", "A"), held("b", "B")) == [{"a", "b"}]


def test_an_unknown_answer_fills_no_place():
    source = one("A", also=[{"is": "passed"}])
    assert matches(source, held("a", "A")) == []
    ground = Ground(prepare([a_book(a_rule("r", source, "K"))]), a_problem(held("a", "A"), courses={"K": 3}))
    (rule,) = ground.prepared.rules
    assert ground.finder(rule, State.UNKNOWN).matches(rule) == [(0,)]


def test_achievements_are_found_by_a_reference_of_the_problem():
    found = matches(one("@mine"), held("a", "A"), held("b", "B"), refs={"mine": "B"})
    assert found == [{"b"}]


def test_a_pool_takes_sets_from_which_nothing_can_be_left_out():
    pool = {"pool": [{"is": "kind", "in": ["k"]}], "measure": "credits", "unit": UNIT, "at_least": "5"}
    sizes = {"a": "3", "b": "3", "c": "2", "d": "5"}
    found = matches(pool, *(held(x, kind="k", credits={"value": v, "unit": UNIT}) for x, v in sizes.items()))
    assert sorted(map(sorted, found)) == [["a", "b"], ["a", "c"], ["b", "c"], ["d"]]


def test_a_pool_too_wide_to_list_is_left_to_be_poured():
    pool = {"pool": [{"is": "kind", "in": ["k"]}], "measure": "count", "at_least": "9"}
    assert matches(pool, *(held(f"a{at}", kind="k") for at in range(18))) is None


def test_a_rule_that_is_filled_in_too_many_ways_is_refused():
    places = {"all": [{"one": [{"is": "kind", "in": ["k"]}]} for _ in range(6)]}
    with pytest.raises(errors.TooManyMatches, match="too_many_matches"):
        matches(places, *(held(f"a{at}", kind="k") for at in range(24)))


@given(
    amounts=st.lists(st.integers(1, 6), min_size=0, max_size=7),
    at_least=st.integers(1, 12),
)
def test_minimal_sets_are_those_of_the_definition(amounts, at_least):
    numbered = [(number, Fraction(amount)) for number, amount in enumerate(amounts)]
    everything = chain.from_iterable(combinations(range(len(amounts)), size) for size in range(1, len(amounts) + 1))
    expected = [
        chosen
        for chosen in everything
        if (total := sum(amounts[x] for x in chosen)) >= at_least and all(total - amounts[x] < at_least for x in chosen)
    ]
    assert sorted(minimal_sets(numbered, Fraction(at_least), 1000)) == sorted(expected)


def test_what_fills_a_rule_is_found_once_for_many_programmes_and_only_where_nothing_else_decides():
    only = a_rule("only", one("A", also=[{"is": "grade", "scale": "percent", "at_least": "60"}]), "K1")
    at = a_rule("at", one("A", also=[{"is": "age", "at_most_months": 12, "at": "application"}]), "K1")
    whose = a_rule("whose", {"one": [{"is": "spec", "in": ["A"]}, {"is": "learner_status", "in": ["guest"]}]}, "K1")
    named = a_rule("named", {"one": [{"is": "spec", "in": ["@own"]}]}, "K1")
    either = a_rule(
        "either", {"one": [{"any": [[{"is": "spec", "in": ["A"]}], [{"not": at["from"]["one"][1]}]]}]}, "K1"
    )
    found = prepare([a_book(only, at, whose, named, either)])
    assert [rule.alone for rule in found.rules] == [True, False, False, False, False]


@pytest.mark.parametrize("seed", range(60))
def test_an_archive_asked_about_before_is_worth_the_same_as_a_new_one(seed):
    book, problem = drawn(seed)
    chance = random.Random(seed)
    programmes = [
        problem.programme.model_copy(
            update={"courses": tuple(each for each in problem.programme.courses if chance.random() < 0.7)}
        )
        for _ in range(3)
    ]
    spent = tuple(each.id for each in problem.achievements if chance.random() < 0.3)
    asked = [
        problem.model_copy(update={"programme": programme, "spent": ids})
        for programme in programmes
        for ids in ((), spent)
    ]
    before = [planning.value([book], each) for each in asked]
    new = [
        each.model_copy(update={"achievements": tuple(held_.model_copy() for held_ in each.achievements)})
        for each in asked
    ]
    assert before == [planning.value([book], each) for each in new]


WIDE = {"pool": [{"is": "kind", "in": ["k"]}], "measure": "count", "at_least": "9"}


@pytest.mark.parametrize(
    ("more", "caps"),
    [
        ({"times": "any"}, []),
        ({"surplus": {"to": "g"}}, []),
        ({}, [{"id": "n", "measure": "achievements", "at_most": "5"}]),
    ],
)
def test_a_wide_pool_whose_sets_must_be_told_apart_is_refused_and_says_how_to_mend_it(more, caps):
    problem = a_problem(*(held(f"a{at}", kind="k") for at in range(18)), courses={"K": 3})
    assert planning.value([a_book(a_rule("r", WIDE, "K"))], problem) == 3
    with pytest.raises(errors.PoolTooWide) as refused:
        planning.value([a_book(a_rule("r", WIDE, "K", **more), caps=caps)], problem)
    assert refused.value.details == {"rule": "r", "most": 2000}
