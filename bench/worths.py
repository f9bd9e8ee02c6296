"""Worth of one archive over 500 programmes beside one value, and explanation beside the plan that it explains."""

import random
import statistics
from collections.abc import Sequence
from functools import partial
from typing import Final

from bench.plans import SHAPES, Document, Shape, in_turns, instance
from bench.results import Result, machine
from creditbank.conversion import planning
from creditbank.conversion.planner.building import build
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.prepared import Prepared, prepare
from creditbank.conversion.planner.solving import value
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.problem import Achievement, Problem, Programme

PROGRAMMES: Final = 500
COUNTRIES: Final = 5
TIMES: Final = 60
"""As many values with building may be the worth over all programmes."""
EXPLAINED: Final = 20

SPECS: Final = 400
"""What can be achieved in a country, of which somebody holds 60 and a school's 50 rules speak."""

COURSES: Final = 100
"""Courses of a school, of which a programme has 40."""

ORDINARY: Final = SHAPES[0]

Asked = list[tuple[Book, Problem]]


def _school(book: Book, chance: random.Random, specs: int) -> Book:
    """Return a book of 50 rules on what can be achieved in the country, for the courses of one school."""
    document = book.model_dump(mode="json", by_alias=True, exclude_unset=True)
    for rule in document["rules"]:
        _speak_of(rule["from"], chance, specs)
        targets = chance.sample(range(COURSES), len(rule["gives"]))
        rule["gives"] = [{"course": f"c{number:02d}"} for number in sorted(targets)]
    return Book.model_validate(document)


def _speak_of(source: Document, chance: random.Random, specs: int) -> None:
    for leaf in source.get("all") or source.get("any") or [source]:
        leaf["one"][0]["in"] = [f"s{chance.randrange(specs):02d}"]


def _programme(worths: list[str], chance: random.Random, code: str) -> Programme:
    courses = [
        {"code": f"c{number:02d}", "credits": worths[number]} for number in sorted(chance.sample(range(COURSES), 40))
    ]
    return Programme.model_validate(
        {"code": code, "unit": "cn-course-credit", "credits_required": "160", "courses": courses}
    )


def _archive(problem: Problem, chance: random.Random, specs: int) -> tuple[Achievement, ...]:
    return tuple(each.model_copy(update={"spec": f"s{chance.randrange(specs):02d}"}) for each in problem.achievements)


def country(seed: int, *, schools: int, specs: int) -> Asked:
    """Return one archive in 500 programmes, alike many in each school, a book a school."""
    chance = random.Random(seed)
    _, ordinary = instance(ORDINARY, seed)
    archive = _archive(ordinary, chance, specs)
    asked: Asked = []
    for school in range(schools):
        book = _school(instance(ORDINARY, seed * schools + school)[0], chance, specs)
        worths = [chance.choice(("1", "1.5", "2", "3", "4", "5", "6")) for _ in range(COURSES)]
        for number in range(PROGRAMMES // schools):
            programme = _programme(worths, chance, f"{school}-{number}")
            facts = {"programme": programme, "achievements": archive}
            asked.append((book, ordinary.model_copy(update=facts)))
    return asked


def _one_value(asked: Sequence[tuple[Prepared, Problem]]) -> None:
    """Ask for one value of each, with building, the books ready and the archives new."""
    for prepared, problem in asked:
        value(build(Ground(prepared, problem)).model)


def _worth(asked: Asked) -> None:
    """Ask for the worth of an archive that nobody looked at before, the books ready."""
    new = tuple(each.model_copy() for each in asked[0][1].achievements)
    for book, problem in asked:
        planning.value([book], problem.model_copy(update={"achievements": new}))


def _worths() -> list[Result]:
    ones = [(prepare([book]), problem) for book, problem in (instance(ORDINARY, seed) for seed in range(EXPLAINED))]
    kinds = {
        "worth_500_programmes": (50, SPECS),
        "worth_500_programmes_one_school": (1, ORDINARY.achievements * 2 // 3),
    }
    found = []
    for name, (schools, specs) in kinds.items():
        runs = []
        for seed in range(COUNTRIES):
            asked = country(seed, schools=schools, specs=specs)
            _worth(asked)
            runs.append(in_turns({"worth": partial(_worth, asked), "one": partial(_one_value, ones)}))
        whole = statistics.median(run["worth"] for run in runs)
        times = statistics.median(run["worth"] / run["one"] * len(ones) for run in runs)
        told = f"{TIMES} x one value with building, {TIMES * whole / times:.0f} ms; takes {times:.0f} x"
        found.append(Result(name, whole, "ms", told, TIMES / times, COUNTRIES, machine(), 1))
    return found


def _explanations(shape: Shape) -> list[Result]:
    """Return how many values an explanation solves beside how many it may, and its time beside that of the plan."""
    asked = [instance(shape, seed) for seed in range(EXPLAINED)]
    counts, allowed, told, planned = [], [], [], []
    for book, problem in asked:
        document, values = planning.explain([book], problem)
        counts.append(values)
        allowed.append(1 + len(document["caps"]) + len(document["unused"]))
        assert counts[-1] <= allowed[-1], "an explanation solves more values than it may"
        times = in_turns(
            {"told": partial(planning.explain, [book], problem), "plan": partial(planning.plan, [book], problem)}
        )
        told.append(times["told"])
        planned.append(times["plan"])
    most, median, plan = (statistics.median(each) for each in (allowed, counts, planned))
    bound = f"1 + caps + open rules, {most:.0f}; never more of {len(asked)}"
    return [
        Result(f"explanation_{shape.name}_values", median, "values", bound, most / median, len(asked), machine(), 1),
        Result(
            f"explanation_{shape.name}",
            statistics.median(told),
            "ms",
            f"the verified plan with building, {plan:.1f} ms",
            plan / statistics.median(told),
            len(asked),
            machine(),
        ),
    ]


def run() -> list[Result]:
    """Return worth over 500 programmes, and explanation: medians over their instances."""
    return [*_worths(), *_explanations(ORDINARY)]
