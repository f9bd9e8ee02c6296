"""Explaining: each reason a rule may have for not being in the plan, what caps cost, and what one more would bring."""

import pytest

from creditbank.conversion import planning
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, held, one


def explained(book, problem):
    document, _ = planning.explain([book], problem)
    return document


def why(book, problem, rule):
    return next(each for each in explained(book, problem)["unused"] if each["rule"] == rule)


PASSED = {"is": "passed"}
FREE = {"is": "grade", "scale": "percent", "at_least": "75"}


def test_scope_and_audience_tell_the_first_failing_condition():
    guests = [{"is": "learner_status", "in": ["guest"]}]
    problem = a_problem(held("A"), courses={"K": 3})
    entry = why(a_book(a_rule("r", "A", "K"), scope=guests), problem, "r")
    assert (entry["why"], entry["code"], entry["needs"], entry["has"]) == ("scope", "not_among", "guest", "registered")
    assert why(a_book(a_rule("r", "A", "K", when=guests)), problem, "r")["why"] == "audience"


def test_the_nearest_achievement_is_the_one_with_fewest_unmet_then_latest_failure_then_oldest():
    source = one("A", also=[{"is": "issuer", "in": ["x"]}, FREE])
    graded = {"scale": "percent", "value": "74"}
    worse = held("a", "A", issuer="y", grade=graded)
    near = held("b", "A", issuer="x", grade=graded)
    newer = held("c", "A", issuer="x", grade=graded, acquired="2025-07-01")
    entry = why(a_book(a_rule("r", source, "K")), a_problem(worse, near, newer, courses={"K": 3}), "r")
    assert (entry["achievement"], entry["code"], entry["distance"], entry["unit"]) == ("b", "grade_low", "1", "percent")


def test_through_a_tree_all_adds_and_any_takes_the_least():
    low = held("a", "A", grade={"scale": "percent", "value": "70"})
    source = {"any": [{"all": [one("B"), one("C")]}, one("A", also=[FREE])]}
    entry = why(a_book(a_rule("r", source, "K")), a_problem(low, courses={"K": 3}), "r")
    assert (entry["code"], entry["unmet"]) == ("grade_low", 1)
    both = why(a_book(a_rule("r", {"all": [one("B"), one("C")]}, "K")), a_problem(courses={"K": 3}), "r")
    assert (both["code"], both["unmet"]) == ("none_held", 2)


def test_missing_data_says_what_to_bring_and_what_it_gains():
    entry = why(a_book(a_rule("r", one("A", also=[PASSED]), "K")), a_problem(held("a", "A"), courses={"K": 3}), "r")
    assert (entry["why"], entry["gain"]) == ("missing_data", "3")
    assert entry["bring"] == [{"tag": "passed", "what": "passed", "code": "missing", "achievement": "a"}]


def test_a_rule_that_loses_says_to_what_and_at_what_price():
    book = a_book(a_rule("r", "A", "K1"), a_rule("s", "A", "K2"))
    entry = why(book, a_problem(held("A"), courses={"K1": 3, "K2": 5}), "r")
    assert (entry["why"], entry["to"], entry["price"]) == ("lost", ["s"], "2")


def test_a_tie_names_the_key_that_decided():
    book = a_book(a_rule("r", "A", "K1"), a_rule("s", {"all": [one("A"), one("B")]}, "K1"), a_rule("t", "A", "K2"))
    problem = a_problem(held("A"), held("B"), courses={"K1": 3, "K2": 3})
    entry = why(book, problem, "t")
    assert (entry["why"], entry["key"]) == ("tie", "book_order")
    assert why(book, problem, "s")["key"] == "fewest_achievements"


def test_a_capped_rule_names_its_cap():
    caps = [{"id": "two", "measure": "credits", "of": {"tags": ["t"]}, "at_most": "2"}]
    entry = why(a_book(a_rule("r", "A", "K", tags=["t"]), caps=caps), a_problem(held("A"), courses={"K": 3}), "r")
    assert (entry["why"], entry["cap"]) == ("capped", "two")


@pytest.mark.parametrize(
    "cap",
    [{}, {"per": "match"}, {"of": {"targets": [{"is": "course", "in": ["K1"]}]}}],
    ids=["of the plan", "of each match", "of some lines"],
)
def test_a_rule_that_needs_more_achievements_than_a_cap_allows_names_the_cap(cap):
    caps = [{"id": "one-only", "measure": "achievements", "at_most": "1", **cap}]
    choice = {"choose": {"at_least": 1, "at_most": 2}, "of": [{"course": "K1"}]}
    book = a_book(a_rule("both", {"all": [one("A"), one("B")]}, choice), a_rule("r", "A", "K2"), caps=caps)
    entry = why(book, a_problem(held("A"), held("B"), courses={"K1": 3, "K2": 2}), "both")
    assert (entry["why"], entry.get("cap")) == ("capped", "one-only")


def test_a_rule_that_needs_two_of_a_family_of_which_one_counts_names_both():
    book = a_book(a_rule("r", {"all": [one("A"), one("B")]}, "K"), policies={"families": {"*": "one"}})
    entry = why(book, a_problem(held("A", family="f"), held("B", family="f"), courses={"K": 3}), "r")
    assert (entry["why"], entry["by"]) == ("set_aside", ["A", "B"])


def test_spent_done_and_absent_targets_are_told_apart():
    book = a_book(a_rule("r", "A", "K"))
    assert why(book, a_problem(held("A"), courses={"K": 3}, spent=["A"]), "r")["by"] == ["A"]
    done = why(book, a_problem(held("A"), courses={"K": 3}, programme={"courses": [], "done": ["K"]}), "r")
    assert (done["why"], done["by"]) == ("already_or_no_target", [])
    assert why(book, a_problem(held("A")), "r")["why"] == "already_or_no_target"


def test_two_places_and_one_achievement_leave_a_rule_unfilled():
    book = a_book(a_rule("r", {"all": [one("A"), one("A")]}, "K"))
    assert why(book, a_problem(held("A"), courses={"K": 3}), "r")["code"] == "one_lacking"


def test_a_table_without_a_row_that_holds_has_no_amount():
    rows = [{"if": [{"is": "role", "in": ["head"]}], "amount": "1"}]
    book = a_book(a_rule("r", "A", {"credits": "g"}, credits={"mode": "table", "rows": rows}))
    assert why(book, a_problem(held("A", role="member")), "r")["code"] == "no_amount"
    assert why(book, a_problem(held("A")), "r")["why"] == "missing_data"


def test_caps_that_bind_only_together_cost_nothing_each_and_something_both():
    caps = [{"id": x, "measure": "credits", "at_most": "3"} for x in ("one", "two")]
    document = explained(
        a_book(a_rule("r", "A", "K1"), a_rule("s", "B", "K2"), caps=caps),
        a_problem(held("A"), held("B"), courses={"K1": 3, "K2": 4}),
    )
    assert [(x["cap"], x["value"], x["slack"], x["cost"]) for x in document["caps"]] == [
        ("one", "3", "0", "0"),
        ("two", "3", "0", "0"),
    ]
    assert document["without_caps"] == "7"


def test_one_more_is_the_weakest_achievement_that_gains_ranked_by_gain():
    book = a_book(
        a_rule("small", one("A", also=[FREE]), "K1"),
        a_rule("large", {"all": [one("H"), one("B")]}, "K2"),
        a_rule("two-lacking", {"all": [one("X"), one("Y")]}, "K3"),
    )
    document = explained(book, a_problem(held("H"), courses={"K1": 2, "K2": 5, "K3": 9}))
    assert [(x["through"], x["gain"]) for x in document["one_more"]] == [("large", "5"), ("small", "2")]
    assert document["one_more"][1]["achievement"] == {"spec": "A", "grade": {"scale": "percent", "value": "75"}}


def test_a_pool_tells_how_much_is_lacking_and_one_more_brings_it():
    pool = {"pool": [{"is": "spec", "in": ["A"]}], "measure": "credits", "unit": UNIT, "at_least": "12"}
    document = explained(
        a_book(a_rule("r", pool, "K")), a_problem(held("A", credits={"value": "8", "unit": UNIT}), courses={"K": 3})
    )
    assert document["unused"][0]["distance"] == "4"
    assert document["one_more"][0]["achievement"]["credits"] == {"value": "4", "unit": UNIT}


def test_outcomes_that_nothing_could_use_are_named():
    document = explained(a_book(a_rule("r", "A", "K")), a_problem(held("A"), held("Z"), courses={"K": 3}))
    assert document["outcomes_without_use"] == ["Z"]


def test_wishes_show_their_price_and_what_nothing_can_meet():
    book = a_book(a_rule("r", "A", "K1"), a_rule("s", "A", "K2"))
    wishes = {"keep": {"rules": ["r"], "achievements": ["nobody"]}}
    document = explained(book, a_problem(held("A"), courses={"K1": 3, "K2": 5}, wishes=wishes))
    assert document["plan"]["credits"] == "3"
    assert document["wishes"] == [
        {"wish": "keep", "of": "achievements", "id": "nobody", "possible": False, "price": "0"},
        {"wish": "keep", "of": "rules", "id": "r", "possible": True, "price": "2"},
    ]


def test_an_avoided_achievement_or_rule_is_told_as_a_wish():
    book = a_book(a_rule("r", "A", "K1"))
    for wish in ({"rules": ["r"]}, {"achievements": ["A"]}, {"targets": ["K1"]}):
        problem = a_problem(held("A"), courses={"K1": 3}, wishes={"avoid": wish})
        assert why(book, problem, "r")["why"] == "avoided"
        assert explained(book, problem)["wishes"][0]["price"] == "3"


def test_a_course_that_nothing_frees_on_purpose_is_told():
    none = [
        {"id": "n", "course": "K9", "reason": {"zh": "实习不转换"}},
        {"id": "m", "course": "X", "reason": {"zh": "无"}},
    ]
    document = explained(a_book(a_rule("r", "A", "K"), none=none), a_problem(courses={"K": 3, "K9": 2}))
    assert document["none"] == [{"id": "n", "course": "K9", "reason": {"zh": "实习不转换", "en": ""}}]
