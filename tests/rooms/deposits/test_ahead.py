"""What is made ahead comes in order, and a fault comes where it belongs."""

import threading

import pytest

from creditbank.deposits.ahead import ahead


class TornError(Exception):
    """What a maker may meet."""


def test_things_come_in_order_and_are_made_in_another_thread():
    makers = []

    def numbers():
        for number in range(5):
            makers.append(threading.get_ident())
            yield number + 1

    assert list(ahead(numbers())) == [1, 2, 3, 4, 5]
    assert threading.get_ident() not in makers


def test_a_fault_comes_behind_what_was_made_before_it():
    def torn():
        yield 1
        raise TornError

    found = ahead(torn())
    assert next(found) == 1
    with pytest.raises(TornError):
        next(found)
