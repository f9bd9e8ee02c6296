"""Every case of every shipped book comes out as its author wrote it, verified and replayed."""

import json
from decimal import Decimal

import pytest

from creditbank.conversion import planning
from creditbank.conversion.planner.casing import compare
from creditbank.conversion.rules.book import Book
from tests.rooms.conversion.planner.books import SHIPPED, shipped

BOOKS = {path.stem: shipped(path) for path in SHIPPED}
CASES = [(name, case.id) for name, book in BOOKS.items() for case in book.cases]


@pytest.mark.parametrize(("name", "case"), CASES, ids=[f"{name}-{case}" for name, case in CASES])
def test_a_case_of_a_book_comes_out_as_expected(name, case):
    book = BOOKS[name]
    given = next(each for each in book.cases if each.id == case)
    document, _ = planning.explain([book], given.given)
    assert compare(given, document).differences == ()


@pytest.mark.parametrize("name", BOOKS)
def test_an_explanation_solves_no_more_values_than_one_and_caps_and_open_rules(name):
    book = BOOKS[name]
    for case in book.cases:
        document, values = planning.explain([book], case.given)
        wishes = len(document["wishes"])
        assert values <= 1 + len({cap["cap"] for cap in document["caps"]}) + len(document["unused"]) + wishes


@pytest.mark.parametrize("name", BOOKS)
def test_a_plan_does_not_depend_on_the_order_of_achievements_and_courses(name):
    book = BOOKS[name]
    for case in book.cases:
        programme = case.given.programme
        turned = case.given.model_copy(
            update={
                "achievements": case.given.achievements[::-1],
                "programme": programme.model_copy(update={"courses": programme.courses[::-1]}),
            }
        )
        first, second = planning.explain([book], case.given), planning.explain([book], turned)
        assert json.dumps(first) == json.dumps(second)


def test_a_case_that_differs_says_in_what():
    book = BOOKS["01_postal_courses"]
    wrong = book.cases[0].model_copy(update={"expect": book.cases[1].expect})
    (result,) = planning.run_cases(book.model_copy(update={"cases": (wrong,)}))
    assert [each.field for each in result.differences] == ["credits", "not_rules.E01"]
    assert not result.passes


def test_a_case_that_is_refused_says_by_what_code():
    book = BOOKS["10_ncrf_points"]
    unknown = book.cases[0].given.model_copy(update={"award": "no-such-award"})
    case = book.cases[0].model_copy(update={"given": unknown})
    (result,) = planning.run_cases(book.model_copy(update={"cases": (case,)}))
    assert result.refused == "conversion.plan.award_unknown"


@pytest.mark.parametrize("name", [name for name in BOOKS if name < "13"])
def test_a_shipped_book_has_no_finding_and_every_case_passes(name):
    found, results = planning.check_book(BOOKS[name])
    assert [(each.code, each.path) for each in found] == []
    assert results
    assert all(each.passes for each in results)


def test_a_cap_that_a_case_fills_at_no_cost_has_its_case():
    book = BOOKS["01_postal_courses"]
    filled = {"id": "full", "measure": "credits", "of": {}, "at_most": book.cases[0].expect.credits}
    capped = Book.model_validate(
        book.model_dump(by_alias=True, exclude_unset=True) | {"caps": [filled], "cases": book.cases[:1]}
    )
    lacking = {each.subject for each in planning.check_book(capped)[0] if each.code == "missing_case"}
    assert "full" not in lacking
    wide = capped.model_copy(update={"caps": (capped.caps[0].model_copy(update={"at_most": Decimal(99)}),)})
    lacking = {each.subject for each in planning.check_book(wide)[0] if each.code == "missing_case"}
    assert "full" in lacking
