"""Reduction drops only what can never matter: idle limits, twins, and links between parts that share nothing."""

from creditbank.conversion.planner import reduction
from creditbank.conversion.planner.model import Limit, Model, Option, Requirement


def two(**second):
    """Return two options that give the same for the same, and exclude each other."""
    first = Option(0, (0,), (7,), credits=4)
    return Model((first, first._replace(rule=1, **second)), 2, cliques=((0, 1),))


def parts(model):
    packed = reduction.packing(model)
    return [list(reduction.bits(part)) for part in packed.parts]


def test_the_later_of_two_twins_is_dropped():
    assert parts(two()) == [[0]]


def test_options_that_give_or_cost_something_else_are_no_twins():
    assert parts(two(achievements=(1,))) == [[0, 1]]
    assert parts(two(lines=(8,))) == [[0, 1]]
    assert parts(two(credits=5)) == [[0, 1]]


def test_a_twin_that_an_earlier_choice_would_shut_out_is_kept():
    third = Option(2, (1,), (9,), credits=1)
    model = two()._replace(options=(*two().options, third), cliques=((0, 1), (0, 2)))
    assert parts(model) == [[0, 1, 2]]


def test_a_limit_that_everything_together_cannot_reach_links_nothing():
    options = tuple(Option(n, (n,), (n,), credits=3) for n in range(3))
    counted = ((0, 3), (1, 3), (2, 3))
    assert parts(Model(options, 3, limits=(Limit("idle", 9, counted),))) == [[0], [1], [2]]
    assert parts(Model(options, 3, limits=(Limit("live", 8, counted),))) == [[0, 1, 2]]


def test_an_option_too_large_for_a_limit_is_dropped():
    options = tuple(Option(n, (n,), (n,), credits=3) for n in range(2))
    assert parts(Model(options, 2, limits=(Limit("one", 2, ((1, 3),)),))) == [[0]]


def test_what_adding_can_repair_is_no_packing():
    model = two()
    assert reduction.packing(model._replace(requires=(Requirement(1, (0,)),))) is None
    assert reduction.packing(model._replace(limits=(Limit("ratio", 1, ((0, 3), (1, -1))),))) is None
