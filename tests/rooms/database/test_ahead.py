"""What is made ahead or written away behind comes in order, and what fails there fails where it is waited for."""

import threading
from itertools import count

import pytest
from django.db import connection, transaction

from creditbank.database.ahead import Behind, ahead, ahead_in_the_database


class TornError(Exception):
    """What happens in the other thread."""


def torn():
    raise TornError


def test_things_come_in_order_and_are_made_in_another_thread():
    makers = []

    def numbers():
        for number in range(5):
            makers.append(threading.get_ident())
            yield number + 1

    assert list(ahead(numbers())) == [1, 2, 3, 4, 5]
    assert threading.get_ident() not in makers


def test_a_fault_comes_behind_what_was_made_before_it():
    def broken():
        yield 1
        raise TornError

    found = ahead(broken())
    assert next(found) == 1
    with pytest.raises(TornError):
        next(found)


def test_things_are_done_in_order_and_all_of_them_before_the_block_ends():
    done = []
    with Behind() as behind:
        for number in range(20):
            behind.do(done.append, number)
    assert done == list(range(20))


def test_what_fails_behind_is_raised_before_anything_relies_on_it():
    behind = Behind()
    behind.do(torn)
    with pytest.raises(TornError):
        behind.wait()
    with pytest.raises(TornError), Behind() as another:
        another.do(torn)


def test_a_block_that_fails_keeps_its_own_fault_and_begins_nothing_more():
    started, go_on, done = threading.Event(), threading.Event(), []

    def slow():
        started.set()
        assert go_on.wait(10)

    def block():
        with Behind() as behind:
            behind.do(slow)
            behind.do(done.append, "later")
            assert started.wait(10)
            threading.Timer(0.2, go_on.set).start()
            raise ValueError("mine")

    with pytest.raises(ValueError, match="mine"):
        block()
    assert done == []


def test_ahead_makes_one_more_than_was_asked_for_and_stops_when_nobody_wants_more():
    made, ended = [], []

    def numbers():
        for number in count():
            made.append(number)
            yield number

    source = ahead(numbers(), at_end=lambda: ended.append(threading.get_ident()))
    assert [next(source), next(source)] == [0, 1]
    source.close()
    assert made in ([0, 1], [0, 1, 2])
    assert len(ended) == 1
    assert ended != [threading.get_ident()]


@pytest.mark.django_db(transaction=True)
def test_ahead_in_the_database_has_its_own_connection_unless_a_transaction_is_open():
    def backends():
        for _ in range(2):
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                yield cursor.fetchone()[0]

    [mine, _] = backends()
    others = set(ahead_in_the_database(backends()))
    assert len(others) == 1
    assert others != {mine}
    with transaction.atomic():
        assert set(ahead_in_the_database(backends())) == {mine}


def test_ahead_makes_as_many_steps_as_it_is_told_and_what_nobody_wants_is_not_made():
    made, third = [], threading.Event()

    def numbers():
        for number in count():
            made.append(number)
            if number == 2:
                third.set()
            yield number

    source = ahead(numbers(), steps=2)
    assert next(source) == 0
    assert third.wait(10)
    source.close()
    assert made == [0, 1, 2]


@pytest.mark.django_db(transaction=True)
def test_what_is_made_ahead_in_the_database_is_let_go_in_its_own_thread_when_nobody_wants_more():
    held = []

    def numbers():
        try:
            yield from count()
        finally:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1")
                held.append((threading.get_ident(), cursor.fetchone()))

    source = ahead_in_the_database(numbers(), steps=2)
    assert next(source) == 0
    source.close()
    [(thread, answer)] = held
    assert thread != threading.get_ident()
    assert answer == (1,)
