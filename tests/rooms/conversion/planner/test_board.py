"""The board: a value without building is the value of the plan, whatever the programme, the day and what is spent."""

import random

import pytest

from creditbank.conversion import planning
from creditbank.conversion.planner import board, weighing
from creditbank.conversion.planner.matching import Held
from creditbank.conversion.planner.model import Key
from creditbank.conversion.planner.reduction import clashing, packing
from creditbank.conversion.planner.solving import value
from tests.rooms.conversion.planner import brute, drawing
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, held, one


def plain(seed):
    """Return a random plain book and problems that differ in programme, day, learner and what is spent."""
    draw = random.Random(seed)
    specs = [f"s{at}" for at in range(draw.randint(2, 6))]
    codes = [f"c{at}" for at in range(draw.randint(2, 7))]
    rules = [_rule(draw, at, specs, codes) for at in range(draw.randint(2, 8))]
    caps = [{"id": "total", "measure": "credits", "at_most": {"share": "40", "of": "programme"}}]
    caps += [{"id": "tag", "measure": "credits", "of": {"tags": ["t"]}, "at_most": str(draw.randint(4, 12))}]
    caps += [{"id": "each", "measure": "credits", "per": "issuer", "at_most": "9"}]
    scope = [{"is": "programme", "in": ["P", "Q"]}] if draw.random() < 0.3 else []
    book = a_book(*rules, caps=draw.sample(caps, draw.randint(0, 2)), scope=scope)
    achievements = [
        held(f"a{at}", draw.choice(specs), acquired=f"202{draw.randint(0, 7)}-06-01", issuer=draw.choice(["i", "j"]))
        for at in range(draw.randint(1, 7))
    ]
    return book, [_problem(draw, achievements, codes) for _ in range(4)]


def _rule(draw, at, specs, codes):
    sources = [one(draw.choice(specs)), {"all": [one(draw.choice(specs)), one(draw.choice(specs))]}]
    sources += [{"any": [one(draw.choice(specs)), one(draw.choice(specs))]}]
    more = {"times": draw.choice(["once", "any"]), "tags": draw.choice([[], ["t"]])}
    if draw.random() < 0.3:
        more["when"] = [{"is": "learner_status", "in": ["registered"]}]
    return a_rule(f"r{at}", draw.choice(sources), *draw.sample(codes, draw.randint(1, 2)), **more)


def _problem(draw, achievements, codes):
    courses = {code: draw.choice(["1.5", "2", "4"]) for code in codes if draw.random() < 0.8}
    return a_problem(
        *achievements,
        courses=courses,
        as_of=draw.choice(["2023-01-01", "2026-03-01"]),
        programme={
            "code": draw.choice("PQR"),
            "credits_required": draw.choice(["20", "60"]),
            "done": draw.sample(codes, 1) if draw.random() < 0.3 else [],
        },
        learner={"status": draw.choice(["registered", "guest"])},
        spent=[achievements[0]["id"]] if draw.random() < 0.3 else [],
    )


def test_a_value_from_the_board_is_that_of_the_plan():
    answered = 0
    for seed in range(150):
        book, problems = plain(seed)
        archive = problems[0].achievements
        for problem in (each.model_copy(update={"achievements": archive}) for each in problems):
            told = board.value(planning.ready([book]), problem, Held(problem))
            answered += told is not None
            assert planning.value([book], problem) == float(planning.plan([book], problem)["credits"]), seed
    assert answered > 300, "the board hardly ever answers"


@pytest.mark.parametrize(
    "parts",
    [
        {"award": "degree"},
        {"wishes": {"avoid": {"rules": ["r"]}}},
        {"prior": [{"rule": "x", "uses": [], "gives": []}]},
        {"programme": {"courses": [{"code": "K", "credits": "3", "same_as": "L"}]}},
    ],
)
def test_what_a_board_cannot_tell_is_left_to_building(parts):
    problem = a_problem(held("A"), courses={"K": 3})
    prepared = planning.ready([a_book(a_rule("r", "A", "K"))])
    assert board.value(prepared, problem, Held(problem)) == 300
    asked = problem.model_validate(problem.model_dump(by_alias=True, exclude_unset=True) | _whole(problem, parts))
    assert board.value(prepared, asked, Held(asked)) is None


def _whole(problem, parts):
    programme = problem.programme.model_dump(by_alias=True, exclude_unset=True)
    return parts | ({"programme": programme | parts["programme"]} if "programme" in parts else {})


@pytest.mark.parametrize(
    "book",
    [
        a_book(a_rule("r", "A", "K"), policies={"families": {"*": "highest"}}),
        a_book(a_rule("r", "A", "K"), policies={"reuse": "free"}),
        a_book(a_rule("r", "A", "K", credits={"mode": "fixed", "amount": "2"})),
        a_book(a_rule("r", "A", "K"), a_rule("s", "A", {"credits": "g"}, credits={"mode": "source"})),
        a_book(a_rule("r", "A", "K"), caps=[{"id": "n", "measure": "achievements", "at_most": "1"}]),
        a_book(a_rule("r", "A", "K"), caps=[{"id": "n", "measure": "credits", "at_most": "2"}]),
    ],
)
def test_a_book_that_is_not_plain_or_a_cap_that_may_bind_is_left_to_building(book):
    problem = a_problem(held("A", credits={"value": "1", "unit": UNIT}), courses={"K": 3})
    assert board.value(planning.ready([book]), problem, Held(problem)) is None


def test_a_board_is_laid_out_once_for_all_programmes():
    book = a_book(a_rule("r", "A", "K"), a_rule("s", "A", "L"))
    first, second = (a_problem(held("A"), courses={code: 3}) for code in "KL")
    second = second.model_copy(update={"achievements": first.achievements})
    archive, prepared = Held(first), planning.ready([book])
    assert board.value(prepared, first, archive) == board.value(prepared, second, archive) == 300
    assert len(archive.boards) == 1


def test_what_is_weighed_is_what_trying_everything_finds():
    weighed = 0
    for seed in range(300):
        model = drawing.small(seed)._replace(limits=(), forced=())
        packed = packing(model)
        if packed is None or packed.limits:
            continue
        worths = [option.credits for option in model.options]
        parts = [weighing.heaviest(part, packed.clash, worths) for part in clashing(sum(packed.parts), packed.clash)]
        if not packed.shared and None not in parts:
            weighed += 1
            assert sum(parts) == brute.value(model._replace(prefer=(Key.CREDITS,))), seed
    assert weighed > 50


def test_a_part_that_takes_too_many_states_is_left_to_the_search(monkeypatch):
    model = drawing.uncapped(3)
    expected = value(model)
    monkeypatch.setattr(weighing, "STATES", 2)
    assert value(model) == expected
