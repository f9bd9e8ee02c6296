"""Whether an award is attained, asked alone, is what the whole plan for it says."""

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion import planning
from tests.rooms.conversion.planner.books import SHIPPED, a_problem, shipped
from tests.rooms.conversion.planner.test_awards import award_book, earned, need

CATEGORIES = ("major", "general", "elective")
CASES = [(path, case.id) for path in SHIPPED for case in shipped(path).cases if case.given.award]


@pytest.mark.parametrize(("path", "name"), CASES, ids=[f"{path.stem}-{name}" for path, name in CASES])
def test_the_cases_of_shipped_books_agree(path, name):
    book = shipped(path)
    problem = next(case.given for case in book.cases if case.id == name)
    assert planning.attains(book, problem) is planning.award(book, problem).attained


def test_both_answers_occur_among_the_shipped_cases():
    books = {path: shipped(path) for path in SHIPPED}
    problems = [(book, case.given) for book in books.values() for case in book.cases if case.given.award]
    assert {planning.attains(book, problem) for book, problem in problems} == {True, False}


leaves = st.builds(
    lambda category, at_least: need(f"n-{category}-{at_least}", str(at_least), categories=[category]),
    st.sampled_from(CATEGORIES),
    st.integers(1, 9),
)
trees = st.one_of(
    leaves,
    st.builds(lambda of: {"all": of}, st.lists(leaves, min_size=1, max_size=3, unique_by=str)),
    st.builds(lambda of: {"any": of}, st.lists(leaves, min_size=1, max_size=3, unique_by=str)),
    st.builds(lambda of: {"some": 2, "of": of}, st.lists(leaves, min_size=2, max_size=3, unique_by=str)),
)


@settings(max_examples=150, deadline=None)
@given(
    trees,
    st.lists(st.tuples(st.sampled_from(CATEGORIES), st.integers(1, 5)), max_size=5),
    st.sampled_from([(), ({"id": "C", "measure": "credits", "at_most": "7"},)]),
)
def test_random_awards_agree(needs, sizes, caps):
    book = award_book(needs, caps=list(caps))
    achievements = [earned(f"a{number}", category, size) for number, (category, size) in enumerate(sizes)]
    problem = a_problem(*achievements, award="degree")
    assert planning.attains(book, problem) is planning.award(book, problem).attained
