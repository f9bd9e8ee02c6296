"""Awards: what is attained, what is missing on the best way, and what has still to be earned, and where."""

from decimal import Decimal

import pytest

from creditbank.conversion import errors, planning
from tests.rooms.conversion.planner.books import SHIPPED, UNIT, a_book, a_problem, a_rule, held, shipped


def need(name, at_least, **of):
    measure = of.pop("measure", "credits")
    return {"need": {"id": name, "measure": measure, "of": of, "at_least": at_least}}


def award_book(needs, **parts):
    count = a_rule("count", {"one": []}, {"credits": "@category"}, credits={"mode": "source"}, times="any")
    award = {"id": "degree", "title": {"zh": "学位"}, "needs": needs}
    lines = [{"category": "major", "via": "school"}, {"category": "general", "via": "exam"}]
    return a_book(count, kind="award", awards=[award], open_lines=parts.pop("open_lines", lines), **parts)


def earned(name, category, size, **parts):
    return held(name, category=category, credits={"value": str(size), "unit": UNIT}, **parts)


def told(book, *achievements, **parts):
    document, _ = planning.explain([book], a_problem(*achievements, award="degree", **parts))
    return document["award"]


BOTH = {"all": [need("total", "10"), need("major", "6", categories=["major"])]}


def test_an_award_is_attained_when_every_need_is_met():
    document = told(award_book(BOTH), earned("a", "major", 6), earned("b", "general", 4))
    assert document["attained"]
    assert document["credits_still_needed"] == "0"


def test_what_is_missing_is_told_for_each_need_and_still_needed_once():
    document = told(award_book(BOTH), earned("a", "general", 4))
    assert {x["need"]: x["missing"] for x in document["needs"]} == {"total": "6", "major": "6"}
    assert document["credits_still_needed"] == "6"
    assert document["open_lines"] == [{"category": "major", "credits": "6", "via": "school"}]


def test_of_alternatives_the_nearest_is_asked():
    either = {"any": [need("many", "9"), need("major", "3", categories=["major"])]}
    document = told(award_book(either), earned("a", "major", 2))
    assert [(x["need"], x["asked"]) for x in document["needs"]] == [("many", False), ("major", True)]
    assert document["credits_still_needed"] == "1"


def test_so_many_of_several_needs_are_asked():
    some = {"some": 2, "of": [need("a", "1", categories=["x"]), need("b", "5"), need("c", "2", categories=["major"])]}
    assert told(award_book(some), earned("m", "major", 5))["attained"]
    assert not told(award_book(some), earned("m", "major", 3))["attained"]


def test_conditions_on_the_learner_are_needs_that_no_credits_fill():
    holds = {"need": {"id": "days", "holds": [{"is": "waited", "event": "registration", "at_least_days": 75}]}}
    book = award_book({"all": [need("total", "4"), holds]})
    early = told(book, earned("a", "major", 4), events={"registration": "2026-02-01"})
    assert not early["attained"]
    assert {x["need"]: x["missing"] for x in early["needs"]} == {"total": "0", "days": "1"}
    assert early["credits_still_needed"] == "0"


def test_an_entry_counts_where_it_helps_most():
    rules = [
        a_rule("major", "C", {"credits": "major"}, credits={"mode": "source"}, times="any"),
        a_rule("general", "C", {"credits": "general"}, credits={"mode": "fixed", "amount": "9"}, times="any"),
    ]
    award = {"id": "degree", "title": {"zh": "学位"}, "needs": {"all": [need("major", "4", categories=["major"])]}}
    book = a_book(*rules, kind="award", awards=[award])
    document, _ = planning.explain([book], a_problem(earned("a", "x", 4, spec="C"), award="degree"))
    assert [grant["rule"] for grant in document["plan"]["grants"]] == ["major"]
    assert document["award"]["attained"]
    assert document["award"]["credits_still_needed"] == "0"


def test_a_cap_on_the_whole_plan_holds_for_what_is_still_to_be_earned():
    caps = [{"id": "few-general", "measure": "credits", "of": {"categories": ["general"]}, "at_most": "3"}]
    book = award_book({"all": [need("total", "10")]}, caps=caps)
    document = told(book, earned("a", "general", 5), earned("b", "major", 2))
    assert document["credits_still_needed"] == "8"
    assert {x["category"] for x in document["open_lines"]} <= {"major", "general"}
    assert not document["attained"]


def test_caps_of_other_awards_do_not_speak():
    caps = [{"id": "c", "awards": ["other"], "measure": "credits", "at_most": "1"}]
    assert told(award_book({"all": [need("total", "5")]}, caps=caps), earned("a", "major", 5))["attained"]


def test_earlier_grants_count_towards_an_award():
    prior = [{"rule": "count", "uses": ["a"], "gives": [{"kind": "credits", "target": "major", "credits": "6"}]}]
    document = told(award_book(BOTH), earned("a", "major", 6), earned("b", "general", 4), prior=prior)
    assert document["attained"]


def test_without_open_lines_nothing_says_what_is_still_needed():
    assert told(award_book(BOTH, open_lines=[]), earned("a", "major", 4))["credits_still_needed"] is None


def test_an_award_that_no_book_states_is_refused():
    with pytest.raises(errors.AwardUnknown):
        planning.plan([award_book(BOTH)], a_problem(award="no-such-award"))


def test_the_award_of_one_book_is_told_briefly():
    brief = planning.award(award_book(BOTH), a_problem(earned("a", "major", 6), award="degree"))
    assert (brief.attained, brief.needs, brief.met, brief.credits, brief.still_needed) == (
        False,
        2,
        1,
        Decimal(6),
        Decimal(4),
    )


SCHOOL = {"sources": [{"is": "via", "in": ["school"]}]}


def capped(at_most, **parts):
    needs = {"all": [need("total", "10"), need("major", "6", categories=["major"])]}
    lines = [{"category": each, "via": via} for each in ("major", "general") for via in ("school", "exam")]
    cap = {"id": "cap", "measure": "credits", "at_most": at_most, **parts}
    return award_book(needs, caps=[cap], open_lines=lines)


def lines_of(document):
    return {(each["category"], each["via"]): each["credits"] for each in document["open_lines"]}


@pytest.mark.parametrize("holding", [(), (("a", "general", 1),)], ids=["nothing held", "something else held"])
def test_a_cap_limits_what_is_still_to_be_earned_though_nothing_held_counts_for_it(holding):
    document = told(capped("2", of=SCHOOL), *(earned(*each, via="exam") for each in holding))
    assert document["credits_still_needed"] == str(10 - len(holding))
    assert lines_of(document) == {("major", "school"): "2", ("major", "exam"): str(8 - len(holding))}


def test_a_cap_for_each_category_limits_what_is_still_to_be_earned_in_each():
    assert lines_of(told(capped("7", per="category"))) == {("major", "school"): "7", ("general", "school"): "3"}
    assert told(capped("4", per="category"))["credits_still_needed"] is None


def test_a_cap_on_a_part_of_what_is_chosen_counts_what_is_still_to_be_earned_on_both_sides():
    document = told(capped({"share": "30", "of": "chosen"}, of=SCHOOL))
    assert document["credits_still_needed"] == "10"
    assert lines_of(document) == {("major", "school"): "3", ("major", "exam"): "7"}


def test_a_cap_for_each_institution_or_year_has_room_in_another_one():
    for per in ("issuer", "year", "semester"):
        assert lines_of(told(capped("2", of=SCHOOL, per=per))) == {("major", "school"): "10"}


def test_a_bachelor_with_nothing_yet_has_140_credits_to_earn():
    book = shipped(next(path for path in SHIPPED if path.stem == "09_acbs_degrees"))
    problem = book.cases[0].given.model_copy(update={"achievements": (), "award": "bachelor"})
    document, _ = planning.explain([book], problem)
    found = {(each["category"], each["via"]): Decimal(each["credits"]) for each in document["award"]["open_lines"]}
    assert document["award"]["credits_still_needed"] == "140"
    assert sum(found.values()) == 140
    assert sum(size for (category, _), size in found.items() if category.startswith("major")) >= 60
    assert sum(size for (category, _), size in found.items() if category == "liberal") >= 30
    assert sum(size for (_, via), size in found.items() if via == "accredited") >= 18


def test_a_cap_of_105_on_one_way_leaves_a_bachelor_35_credits_to_earn_another_way():
    book = shipped(next(path for path in SHIPPED if path.stem == "09_acbs_degrees"))
    whole = book.caps[0].model_copy(update={"per": "plan"})
    problem = book.cases[0].given.model_copy(update={"achievements": (), "award": "bachelor"})
    document, _ = planning.explain([book.model_copy(update={"caps": (whole, *book.caps[1:])})], problem)
    found = [(each["via"], Decimal(each["credits"])) for each in document["award"]["open_lines"]]
    assert document["award"]["credits_still_needed"] == "140"
    assert sum(size for via, size in found if via == "accredited") == 105
    assert sum(size for via, size in found if via == "self_study_exam") == 35


def yearly(at_most, per="year"):
    of = {"sources": [{"is": "via", "in": ["school"]}]}
    return {"id": "yearly", "measure": "credits", "of": of, "per": per, "at_most": at_most}


@pytest.mark.parametrize("per", ["year", "semester", "issuer"])
def test_a_cap_for_each_year_or_institution_spreads_what_is_still_needed(per):
    needs = need("major", "20", categories=["major"])
    document = told(award_book(needs, caps=[yearly("8", per)]), earned("a", "major", 3))
    assert document["credits_still_needed"] == "17"
    assert document["spread"] == [{"cap": "yearly", "per": per, "at_most": "8", "at_least": 3}]
    assert "spread" not in told(award_book(needs, caps=[yearly("17", per)]), earned("a", "major", 3))


def test_what_is_still_needed_is_spread_only_as_far_as_the_cap_counts_it():
    needs = need("general", "20", categories=["general"])
    document = told(award_book(needs, caps=[yearly("8")]), earned("a", "general", 3))
    assert (document["credits_still_needed"], "spread" in document) == ("17", False)


def test_what_no_year_and_no_institution_has_room_for_is_not_still_needed_there():
    needs = need("total", "10")
    assert told(award_book(needs))["open_lines"] == [{"category": "major", "credits": "10", "via": "school"}]
    shut = told(award_book(needs, caps=[yearly("0")]))
    assert shut["open_lines"] == [{"category": "general", "credits": "10", "via": "exam"}]
    only = told(award_book(need("major", "10", categories=["major"]), caps=[yearly("0", "issuer")]))
    assert only["credits_still_needed"] is None
