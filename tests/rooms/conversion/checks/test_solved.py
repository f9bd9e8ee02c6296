"""The checks that solve: caps that never bind and needs that cannot be met, found where seeded and nowhere else."""

import pytest

from creditbank.conversion.planner.checking import solved_findings
from tests.rooms.conversion.checks.documents import SHIPPED, book, case, rule, shipped, spec

GENERIC = {"gives": [{"credits": "g"}], "credits": {"mode": "fixed", "amount": "2"}}


def codes(made):
    return [each.code for each in solved_findings(made)]


def capped(at_most, measure="credits", rules=None, **more):
    cap = {"id": "cap", "measure": measure, "at_most": at_most, **more}
    return book(
        *(rules or (rule("R1", **GENERIC), rule("R2", **GENERIC, **{"from": {"one": [spec("app")]}}))),
        caps=[cap],
        cases=[case()],
    )


@pytest.mark.parametrize(
    ("faulty", "clean"),
    [
        (capped("4"), capped("3")),
        (capped("2", measure="grants"), capped("1", measure="grants")),
        (capped("2", measure="achievements"), capped("1", measure="achievements")),
        (capped("2", of={"rules": ["R1"]}), capped("1", of={"rules": ["R1"]})),
        (capped("2", per="achievement"), capped("1", per="achievement")),
        (capped("2", per="rule"), capped("1", per="rule")),
        (capped("4", per="issuer"), capped("3", per="issuer")),
    ],
)
def test_a_cap_that_everything_together_stays_within_is_found(faulty, clean):
    assert codes(faulty) == ["never_binds"]
    assert codes(clean) == []


def test_a_cap_on_a_rule_that_may_be_used_often_binds():
    assert codes(capped("30", rules=(rule("R1", **GENERIC, times="any"),))) == []


def test_a_cap_counts_courses_by_what_the_rules_may_free():
    choosing = rule(
        "R1", gives=[{"choose": {"at_least": 1, "at_most": 3}, "where": [{"is": "course_kind", "in": ["核心"]}]}]
    )
    assert codes(capped("3", measure="targets", rules=(choosing,))) == ["never_binds"]
    assert codes(capped("2", measure="targets", rules=(choosing,))) == []


def test_a_cap_whose_credits_come_from_the_source_may_always_bind():
    source = rule("R1", gives=[{"credits": "@category"}], credits={"mode": "source"})
    assert codes(capped("900", rules=(source,))) == []
    assert codes(capped("900", rules=(source,), of={"categories": ["major"]})) == []


def test_the_finding_says_how_much_there_could_be():
    (found,) = solved_findings(capped("5"))
    assert found.details == {"most": "4", "limit": "5"}


def test_a_book_without_cases_is_not_judged():
    assert codes(capped("4").model_copy(update={"cases": ()})) == []


def award(*needs, caps=(), lines=({"category": "major"}, {"category": "general"})):
    counted = rule("R1", gives=[{"credits": "@category"}], credits={"mode": "source"}, times="any")
    return book(
        counted,
        kind="award",
        awards=[{"id": "A", "title": {"zh": "学位"}, "needs": {"all": [{"need": each} for each in needs]}}],
        caps=list(caps),
        open_lines=list(lines),
        cases=[case()],
    )


TOTAL = {"id": "total", "measure": "credits", "at_least": "100"}
MAJOR = {"id": "major", "measure": "credits", "of": {"categories": ["major"]}, "at_least": "60"}


def cap(at_most, **more):
    return {"id": "cap", "measure": "credits", "at_most": at_most, **more}


def test_a_need_above_a_cap_on_the_same_is_found():
    of = {"of": {"categories": ["major"]}}
    assert codes(award(TOTAL, MAJOR, caps=[cap("50", **of)])) == ["impossible_need"]
    assert codes(award(TOTAL, MAJOR, caps=[cap("60", **of)])) == []


def test_needs_that_caps_make_impossible_together_are_found():
    general = cap("30", of={"categories": ["general"]})
    major = cap("69", of={"categories": ["major"]}) | {"id": "other"}
    assert codes(award(TOTAL, MAJOR, caps=[general, major])) == ["impossible_need"]
    assert codes(award(TOTAL, MAJOR, caps=[general, major | {"at_most": "70"}])) == []


def test_an_award_without_open_lines_is_judged_by_the_categories_it_speaks_of():
    assert codes(award(TOTAL, MAJOR, caps=[cap("99")], lines=())) == ["impossible_need"]
    assert codes(award(TOTAL, MAJOR, caps=[cap("100")], lines=())) == []


def test_more_achievements_than_a_cap_allows_cannot_be_asked():
    seven = {"id": "seven", "measure": "achievements", "at_least": "7"}
    assert codes(award(seven, caps=[cap("3", measure="achievements")])) == ["impossible_need"]
    assert "impossible_need" not in codes(award(seven, caps=[cap("7", measure="achievements")]))


def test_a_cap_for_another_award_is_in_nobodys_way():
    assert codes(award(TOTAL, MAJOR, caps=[cap("50", awards=["B"])])) != ["impossible_need"]


@pytest.mark.parametrize("name", SHIPPED)
def test_the_shipped_books_have_no_idle_cap_and_no_impossible_need(name):
    assert codes(shipped(name)) == []
