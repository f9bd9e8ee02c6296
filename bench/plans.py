"""Value and plan of random archives, beside CP-SAT alone on the same model: unreduced, no presolve, one worker."""

import random
import statistics
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from ortools.sat.python import cp_model

from bench.results import Result, machine
from creditbank.conversion.planner.building import build
from creditbank.conversion.planner.encoding import Atom, Program, encode, total
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.model import Model
from creditbank.conversion.planner.prepared import Prepared, prepare
from creditbank.conversion.planner.solving import best, value
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.problem import Problem

BITS: Final = 40
ROUNDS: Final = 3
"""Of so many runs of one instance the fastest counts, for every contender alike."""

Document = dict[str, Any]

ASKED: Final = {
    "building_ordinary": 0.5,
    "value_ordinary": 0.4,
    "plan_ordinary": 0.4,
    "plan_uncapped": 1.2,
    "plan_large": 0.8,
}
"""The most that a figure may be, as a part of its baseline; of the others nothing was asked."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What the instances of one row are drawn from; no cap where the share is nothing."""

    name: str
    instances: int
    rules: int = 50
    achievements: int = 60
    courses: int = 40
    share: int | None = 40
    hard: bool = False


SHAPES: Final = (
    Shape("ordinary", 60),
    Shape("few_achievements", 30, achievements=12),
    Shape("uncapped", 30, achievements=30, share=None, hard=True),
    Shape("large", 20, rules=150, courses=60),
)


def _leaf(chance: random.Random, specs: int) -> Document:
    conditions: list[Document] = [{"is": "spec", "in": [f"s{chance.randrange(specs):02d}"]}]
    floor = chance.choice((0, 60, 70, 80))
    if floor:
        conditions.append({"is": "grade", "scale": "percent", "at_least": str(floor)})
    return {"one": conditions}


def _rule(chance: random.Random, shape: Shape, number: int, specs: int) -> Document:
    """Draw a rule: ordinarily one source, either of two or two, to one or two courses; hard ones take three as well."""
    if shape.hard:
        leaves = [_leaf(chance, specs) for _ in range(chance.randint(1, 3))]
        form, targets = "all", chance.randint(1, 3)
    else:
        leaves = [_leaf(chance, specs) for _ in range(chance.choice((1, 1, 2, 2)))]
        form, targets = chance.choice(("all", "any")), chance.choice((1, 1, 2))
    courses = sorted(chance.sample(range(shape.courses), targets))
    return {
        "id": f"r{number:03d}",
        "from": leaves[0] if len(leaves) == 1 else {form: leaves},
        "gives": [{"course": f"c{course:02d}"} for course in courses],
        "credits": {"mode": "target"},
    }


def instance(shape: Shape, seed: int) -> tuple[Book, Problem]:
    """Return a random book and a problem; the same seed gives the same documents."""
    chance = random.Random(seed)
    specs = max(4, shape.achievements * 2 // 3)
    worths = [chance.choice(("1", "1.5", "2", "3", "4", "5", "6")) for _ in range(shape.courses)]
    caps: list[Document] = []
    if shape.share is not None:
        bound = {"share": str(shape.share), "of": "programme"}
        caps = [{"id": "total", "measure": "credits", "of": {}, "at_most": bound}]
    book = {
        "format": "creditbank-rules/1",
        "id": "bench",
        "edition": "1",
        "kind": "institutional",
        "owner": {"name": {"zh": "测试学校", "en": "Bench school"}},
        "title": {"zh": "测试规则", "en": "Bench rules"},
        "effective": {"from": "2020-01-01", "to": None},
        "unit": "cn-course-credit",
        "words": {"scales": {"percent": {"kind": "numeric", "pass": "60", "max": "100"}}},
        "rules": [_rule(chance, shape, number, specs) for number in range(shape.rules)],
        "caps": caps,
    }
    problem = {
        "as_of": "2026-11-22",
        "programme": {
            "code": "P1",
            "unit": "cn-course-credit",
            "credits_required": f"{sum(float(worth) for worth in worths):g}",
            "courses": [{"code": f"c{number:02d}", "credits": worth} for number, worth in enumerate(worths)],
        },
        "achievements": [
            {
                "id": f"a{number:02d}",
                "spec": f"s{chance.randrange(specs):02d}",
                "acquired": f"{chance.randint(2018, 2025)}-{chance.randint(1, 12):02d}-{chance.randint(1, 28):02d}",
                "grade": {"scale": "percent", "value": str(chance.randrange(50, 100))},
            }
            for number in range(shape.achievements)
        ],
    }
    return Book.model_validate(book), Problem.model_validate(problem)


def _maximise(program: Program, solver: cp_model.CpSolver, stage: list[Atom]) -> None:
    """Ask for one stage and hold each of its atoms."""
    variables, coefficients, weight = [], [], 1
    for atom in reversed(stage):
        variables += atom.variables
        coefficients += [weight * coefficient for coefficient in atom.coefficients]
        weight *= atom.span + 1
    program.cp.maximize(total(variables, coefficients))
    assert solver.solve(program.cp) == cp_model.OPTIMAL
    for atom in stage:
        reached = sum(c * solver.value(v) for v, c in zip(atom.variables, atom.coefficients, strict=True))
        program.cp.add(total(atom.variables, atom.coefficients) == reached)


def _alone(model: Model, *, whole: bool) -> tuple[int, ...]:
    """Return what CP-SAT grants: by credits, benefits and count, and if asked by both strings in blocks of 40 bits."""
    program = encode(model)
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    solver.parameters.cp_model_presolve = False
    solver.parameters.random_seed = 1
    _maximise(program, solver, program.sections[0])
    for letters in (*program.sections[1:], program.book) if whole else ():
        for first in range(0, len(letters), BITS):
            _maximise(program, solver, letters[first : first + BITS])
    return tuple(number for number, choice in enumerate(program.choices) if solver.boolean_value(choice))


def in_turns(calls: Mapping[str, Callable[[], object]]) -> dict[str, float]:
    """Return the milliseconds of processor time of each call, the fastest of some rounds in which all take turns."""
    found = dict.fromkeys(calls, float("inf"))
    for _ in range(ROUNDS):
        for name, call in calls.items():
            started = time.process_time()
            call()
            found[name] = min(found[name], 1000 * (time.process_time() - started))
    return found


def _measured(prepared: Prepared, problem: Problem) -> dict[str, float]:
    """Return the milliseconds of every contender on one instance, whose plan both ways is the same."""
    model = build(Ground(prepared, problem)).model
    solution = best(model)
    assert solution is not None
    assert solution.options == _alone(model, whole=True), "the plan depends on the solver"
    return in_turns(
        {
            "building": lambda: build(Ground(prepared, problem)),
            "value": lambda: value(model),
            "plan": lambda: best(model),
            "short": lambda: _alone(model, whole=False),
            "whole": lambda: _alone(model, whole=True),
        }
    )


def _row(shape: Shape) -> list[Result]:
    runs = []
    for seed in range(shape.instances):
        book, problem = instance(shape, seed)
        runs.append(_measured(prepare([book]), problem))
    medians = {name: statistics.median(run[name] for run in runs) for name in runs[0]}
    asked = {"building": "short", "value": "short", "plan": "whole"}
    words = {"short": "CP-SAT alone, credits and count", "whole": "CP-SAT alone, whole preference"}
    return [
        Result(
            f"{name}_{shape.name}",
            medians[name],
            "ms",
            f"{words[other]}, {medians[other]:.2f} ms",
            medians[other] / medians[name],
            shape.instances,
            machine(),
            ASKED.get(f"{name}_{shape.name}"),
        )
        for name, other in asked.items()
    ]


def run() -> list[Result]:
    """Return building, value and plan for each shape: medians over its instances."""
    return [result for shape in SHAPES for result in _row(shape)]
