"""What is kept for the same values is made once, is bounded, and stands several threads."""

import random
from concurrent.futures import ThreadPoolExecutor

from creditbank.conversion.planner.keeping import Kept


def test_the_same_values_are_looked_through_once():
    kept, made = Kept[str, int](2), []
    values = ("a", "b")
    for _ in range(2):
        assert kept.of(values, lambda: made.append(1) or len(made)) == 1
    assert made == [1]


def test_the_one_longest_unasked_is_dropped():
    kept, made = Kept[str, str](2), []

    def ask(name):
        kept.of((name,), lambda: made.append(name) or name)

    for name in "abacab":
        ask(name)
    assert made == ["a", "b", "c", "b"]
    assert len(kept) == 2


def test_many_threads_get_what_belongs_to_their_values():
    kept = Kept[str, str](3)
    names = [f"n{at}" for at in range(9)]

    def ask(seed):
        name = random.Random(seed).choice(names)
        return name, kept.of((name,), lambda: name)

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(ask, range(4000)))
    assert all(name == made for name, made in answers)
    assert len(kept) <= 3
