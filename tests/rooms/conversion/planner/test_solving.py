"""The solver finds the one best solution: by trying everything, by CP-SAT alone, in any order, however it got there."""

import subprocess
import sys

import pytest

from creditbank.conversion.errors import PlanTooHard
from creditbank.conversion.planner import cpsat, settling, solving
from creditbank.conversion.planner.model import Key, Limit, Model, Option, Solution
from creditbank.conversion.planner.reduction import packing
from tests.rooms.conversion.planner import brute, drawing

CHUNK = 50


def chunks(count: int) -> list[range]:
    return [range(first, first + CHUNK) for first in range(0, count, CHUNK)]


@pytest.mark.parametrize("seeds", chunks(800), ids=str)
def test_plan_and_value_of_a_small_model_are_what_trying_everything_finds(seeds):
    for seed in seeds:
        model = drawing.small(seed)
        assert solving.best(model) == brute.best(model), seed
        if model.prefer[0] in solving.ADDITIVE:
            assert solving.value(model) == brute.value(model), seed


@pytest.mark.parametrize("seeds", chunks(100), ids=str)
def test_a_small_award_leaves_as_little_unmet_as_trying_everything_does(seeds):
    for seed in seeds:
        model = drawing.award(seed)
        assert solving.best(model) == brute.best(model), seed


def test_the_small_models_hold_every_construct():
    models = [drawing.small(seed) for seed in range(400)]
    packed = [model for model in models if packing(model)]
    assert len(packed) > 100
    assert len(models) - len(packed) > 100
    for part in ("group_cliques", "requires", "forced", "pools", "flows", "amounts"):
        assert sum(bool(getattr(model, part)) for model in models) > 20, part


@pytest.mark.parametrize("seeds", chunks(400), ids=str)
def test_plan_of_a_large_model_is_what_cp_sat_finds_alone(seeds):
    for seed in seeds:
        model = drawing.large(seed)
        assert solving.best(model) == cpsat.solve(model), seed
        if seed % 5 == 0:
            assert solving.value(model) == cpsat.value(model), seed


@pytest.mark.parametrize("seeds", chunks(200), ids=str)
def test_plan_of_an_uncapped_model_is_what_cp_sat_finds_alone(seeds):
    for seed in seeds:
        model = drawing.uncapped(seed)
        assert solving.best(model) == cpsat.solve(model), seed


@pytest.mark.parametrize("nodes", [0, 1, 7, 30, 90])
def test_a_search_that_gives_up_anywhere_is_finished_to_the_same_plan(nodes, monkeypatch):
    for seed in range(12):
        model = drawing.large(seed)
        expected = solving.best(model)
        with monkeypatch.context() as patch:
            patch.setattr(settling, "NODES", nodes)
            assert solving.best(model) == expected, seed
            patch.setattr(settling, "NODES_FIRST", nodes)
            assert solving.best(model) == expected, seed
            assert solving.value(model) == cpsat.value(model), seed


def test_the_order_of_laws_does_not_matter():
    for seed in range(60):
        model = drawing.small(seed)
        assert solving.best(drawing.shuffled(model, seed)) == solving.best(model), seed
    for seed in range(15):
        model = drawing.large(seed)
        assert solving.best(drawing.shuffled(model, seed)) == solving.best(model), seed


def test_what_is_forced_in_costs_what_trying_everything_says():
    for seed in range(15):
        model = drawing.small(seed)._replace(prefer=(Key.CREDITS,))
        for option in range(len(model.options)):
            forced = model._replace(forced=((option,),))
            assert solving.value(forced) == brute.value(forced), (seed, option)


def test_a_limit_that_nothing_fits_under_leaves_an_empty_plan_and_forcing_against_it_leaves_none():
    model = Model((Option(0, (0,), (0,), credits=5),), 1, limits=(Limit("total", 4, ((0, 5),)),))
    assert solving.best(model) == Solution(())
    assert solving.value(model) == 0
    assert solving.best(model._replace(forced=((0,),))) is None
    assert solving.value(model._replace(forced=((0,),))) is None


def test_two_forced_options_that_exclude_each_other_leave_no_plan():
    options = (Option(0, (0,), (0,), credits=5), Option(1, (0,), (1,), credits=5), Option(2, (1,), (2,), credits=1))
    model = Model(options, 2, cliques=((0, 1),), forced=((0,), (1,)))
    assert solving.best(model) is None
    assert solving.value(model) is None


def test_a_benefit_is_taken_though_it_costs_an_achievement_and_nothing_else_is():
    options = (Option(0, (0,), (0,)), Option(1, (1,), (1,), benefits=1))
    assert solving.best(Model(options, 2)) == Solution((1,))


def test_the_older_achievement_is_used_and_then_the_earlier_rule():
    options = tuple(Option(rule, (age,), (rule,), credits=3) for rule in (0, 1) for age in (1, 0))
    model = Model(
        options,
        2,
        cliques=((0, 2), (1, 3), (0, 1), (2, 3)),
        limits=(Limit("one", 3, ((0, 3), (1, 3), (2, 3), (3, 3))),),
    )
    assert solving.best(model) == Solution((1,))


def test_a_proof_beyond_the_effort_is_refused_and_no_lesser_plan_is_shown():
    model = drawing.uncapped(3)
    with pytest.raises(PlanTooHard):
        cpsat.solve(model, effort=0.0)
    with pytest.raises(PlanTooHard):
        cpsat.value(model, effort=0.0)


def test_a_plan_that_the_search_proves_does_not_load_the_solver():
    program = (
        "import sys; from creditbank.conversion.planner import solving; "
        "from creditbank.conversion.planner.model import Limit, Model, Option; "
        "options = tuple(Option(n, (n,), (n // 2,), credits=n) for n in range(6)); "
        "cap = Limit('cap', 7, tuple((n, n) for n in range(1, 6))); "
        "print(solving.best(Model(options, 6, ((0, 1), (2, 3), (4, 5)), limits=(cap,))).options); "
        "assert not any(name.startswith('ortools') for name in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True)
    assert done.stdout.strip() == "(2, 5)"
