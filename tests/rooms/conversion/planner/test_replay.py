"""Replay: a stored plan comes to the same bytes again, and a changed book or plan is refused."""

import json

import pytest
import rfc8785
from hypothesis import given, settings, strategies as st

from creditbank.conversion import errors, planning
from tests.rooms.conversion.planner.books import SHIPPED, a_book, a_problem, a_rule, drawn, held, shipped

BOOK = a_book(a_rule("r", "A", "K"))
PROBLEM = a_problem(held("A"), courses={"K": 3})


def as_stored(document):
    return json.loads(json.dumps(document))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_plan_of_a_shipped_case_replays(path):
    book = shipped(path)
    for made in (planning.stored, planning.simulate):
        document = as_stored(made([book], book.cases[0].given))
        assert rfc8785.dumps(planning.replay(document, [book])) == rfc8785.dumps(document)


@settings(max_examples=40, deadline=None)
@given(seed=st.integers(0, 10**9))
def test_any_plan_replays_byte_for_byte(seed):
    book, problem = drawn(seed)
    document = as_stored(planning.stored([book], problem))
    assert set(document) == {"problem", "books", "plan", "explanation"}
    planning.replay(document, [book])


def test_a_plan_without_explanation_replays():
    planning.replay(as_stored(planning.simulate([BOOK], PROBLEM, explain=False)), [BOOK])


def test_a_book_that_was_changed_or_is_missing_is_refused():
    document = as_stored(planning.stored([BOOK], PROBLEM))
    changed = a_book(a_rule("r", "A", "K", cites=["new"]))
    for at_hand in ([changed], []):
        with pytest.raises(errors.ReplayBookChanged):
            planning.replay(document, at_hand)


def test_a_plan_that_was_changed_is_refused():
    document = as_stored(planning.stored([BOOK], PROBLEM))
    document["plan"]["credits"] = "4"
    with pytest.raises(errors.ReplayDiffers):
        planning.replay(document, [BOOK])
