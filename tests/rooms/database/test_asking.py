"""Asking without cursors gives what cursors give, inside a transaction and outside, and survives what undoes plans."""

import pytest
from django.db import DataError, ProgrammingError, connection, transaction

from creditbank.database.asking import ask

BOTH = [pytest.param(False, id="in_no_transaction"), pytest.param(True, id="in_a_transaction")]


@pytest.fixture(params=BOTH)
def place(request, transactional_db):
    """Where a question is asked: by itself, or in a transaction."""
    if not request.param:
        yield
        return
    with transaction.atomic():
        yield


def test_rows_are_tuples_of_python_values(place):
    asked = "SELECT $1::int, $2::text, NULL::int, true, timestamptz '2026-01-02T03:04:05Z'"
    [(number, words, nothing, yes, at)] = ask(asked, 7, "学分")
    assert (number, words, nothing, yes, at.isoformat()) == (7, "学分", None, True, "2026-01-02T03:04:05+00:00")


def test_nothing_is_asked_for_as_nothing(place):
    assert ask("SELECT $1::bigint IS NULL", None) == [(True,)]
    assert ask("SELECT 1 WHERE false") == []


def test_rows_come_as_they_are_wanted(place):
    assert ask("SELECT g FROM generate_series(1, $1) g", 3, row=lambda cells: cells[0]) == [1, 2, 3]


def test_what_the_server_refuses_is_the_error_that_django_raises(transactional_db):
    with pytest.raises(ProgrammingError):
        ask("SELECT * FROM no_such_table")
    with pytest.raises(DataError):
        ask("SELECT 1 / $1::int", 0)
    assert ask("SELECT 2") == [(2,)]


def test_a_question_is_planned_once_and_again_after_plans_are_gone(transactional_db):
    def planned():
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_prepared_statements WHERE statement LIKE '%many_times%'")
            return cursor.fetchone()

    for number in range(3):
        assert ask("SELECT $1::int AS many_times", number) == [(number,)]
    assert planned() == (1,)
    with connection.cursor() as cursor:
        cursor.execute("DEALLOCATE ALL")
    assert planned() == (0,)
    assert ask("SELECT $1::int AS many_times", 9) == [(9,)]
    assert planned() == (1,)


def test_who_listens_hears_what_is_asked(db, django_assert_num_queries):
    with django_assert_num_queries(2):
        ask("SELECT 1")
        ask("SELECT $1::int", 1)
