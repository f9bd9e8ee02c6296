"""Small books and problems for tests: only what a test speaks of is written, everything else is ordinary."""

import random
from pathlib import Path
from typing import Any

from creditbank.conversion.planner.building import Building, build
from creditbank.conversion.planner.ground import Ground
from creditbank.conversion.planner.prepared import prepare
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.reading import read_book

DATA = Path(__file__).parents[3] / "data" / "rules"
SHIPPED = sorted(DATA.glob("*.json"))
UNIT = "cn-course-credit"


def shipped(path: Path) -> Book:
    return read_book(path.read_bytes())


def a_book(*rules: dict[str, Any], **parts: Any) -> Book:
    document = {
        "format": "creditbank-rules/1",
        "id": "test/book",
        "edition": "1",
        "kind": "institutional",
        "owner": {"name": {"zh": "甲校"}},
        "title": {"zh": "试"},
        "effective": {"from": "2000-01-01"},
        "unit": UNIT,
        "words": {
            "scales": {"percent": {"kind": "numeric", "pass": "60", "max": "100"}},
            "levels": {"x": ["low", "middle", "high"]},
        },
        "rules": list(rules),
    }
    return Book.model_validate(document | parts)


def a_rule(name: str, source: dict[str, Any] | str, *targets: str | dict[str, Any], **parts: Any) -> dict[str, Any]:
    gives = [{"course": each} if isinstance(each, str) else each for each in targets]
    from_ = one(source) if isinstance(source, str) else source
    return {"id": name, "from": from_, "gives": gives, "credits": {"mode": "target"}} | parts


def one(*specs: str, **more: Any) -> dict[str, Any]:
    return {"one": [{"is": "spec", "in": list(specs)}, *more.get("also", [])]}


def held(name: str, spec: str | None = None, **parts: Any) -> dict[str, Any]:
    return {"id": name, "acquired": "2025-06-01", "spec": spec or name} | parts


def a_problem(*achievements: dict[str, Any], **parts: Any) -> Problem:
    courses = parts.pop("courses", {})
    programme = {
        "code": "P",
        "unit": UNIT,
        "courses": [{"code": code, "credits": str(size)} for code, size in courses.items()],
    }
    document = {
        "as_of": "2026-03-01",
        "learner": {"status": "registered"},
        "programme": programme | parts.pop("programme", {}),
        "achievements": list(achievements),
    }
    return Problem.model_validate(document | parts)


def building_of(book: Book, problem: Problem) -> Building:
    return build(Ground(prepare([book]), problem))


def drawn(seed: int) -> tuple[Book, Problem]:
    """A small random book with a problem: trees, choices, generic credits, families, caps, requirements, reuse."""
    draw = random.Random(seed)
    specs = [f"s{at}" for at in range(draw.randint(2, 5))]
    courses = {f"c{at}": draw.choice([2, 3, 4]) for at in range(draw.randint(2, 5))}
    rules = [_drawn_rule(draw, at, specs, list(courses)) for at in range(draw.randint(2, 4))]
    policies: dict[str, Any] = {"reuse": draw.choice(["once", "once", "free"]), "target_once": draw.random() < 0.8}
    if draw.random() < 0.5:
        policies["families"] = {"*": draw.choice(["highest", "one", "all"])}
    caps = [_drawn_cap(draw, at, specs) for at in range(draw.randint(0, 2))]
    achievements = [
        held(
            f"a{at}",
            draw.choice(specs),
            acquired=f"20{draw.randint(20, 25)}-0{draw.randint(1, 9)}-01",
            credits={"value": str(draw.randint(1, 5)), "unit": UNIT},
            issuer=draw.choice(["i", "j"]),
            category=draw.choice(["m", "n"]),
            level=draw.choice(["low", "middle", "high"]),
            level_scale="x",
            **({"family": draw.choice(["f", "g"])} if draw.random() < 0.5 else {}),
        )
        for at in range(draw.randint(1, 5))
    ]
    problem = a_problem(*achievements, courses=courses, programme={"credits_required": "20"} if caps else {})
    given = problem.programme.model_copy(
        update={"credits_required": None if not caps else problem.programme.credits_required}
    )
    return a_book(*rules, policies=policies, caps=caps), problem.model_copy(update={"programme": given})


def _drawn_rule(draw: random.Random, at: int, specs: list[str], courses: list[str]) -> dict[str, Any]:
    def leaf() -> dict[str, Any]:
        return one(draw.choice(specs), draw.choice(specs))

    pool = {"pool": [{"is": "spec", "in": draw.sample(specs, 2)}], "measure": "credits", "unit": UNIT, "at_least": "5"}
    some = {"some": 2, "of": [leaf(), leaf(), leaf()]}
    source = draw.choice(
        [leaf(), leaf(), {"all": [leaf(), leaf()]}, {"any": [leaf(), {"all": [leaf(), leaf()]}]}, some, pool]
    )
    pair = [{"course": each} for each in draw.sample(courses, 2)]
    gives, counted = draw.choice(
        [
            ([pair[0]], {"mode": "target"}),
            (pair, {"mode": "target"}),
            (pair, {"mode": "fixed", "amount": "5"}),
            ([{"choose": 1, "of": [*pair, pair]}], {"mode": "target"}),
            (
                [{"choose": {"at_least": 1, "at_most": 2}, "where": [{"is": "course", "in": courses}]}],
                {"mode": "target"},
            ),
            ([{"credits": "@category"}], {"mode": "source"}),
            ([{"level": f"l{at}"}], {"mode": "none"}),
        ]
    )
    rule = {"id": f"r{at}", "from": source, "gives": gives, "credits": counted, "times": draw.choice(["once", "any"])}
    if at and draw.random() < 0.25:
        rule["requires"] = [{"rule": f"r{at - 1}"}]
    return rule | {"tags": ["t"] if draw.random() < 0.5 else []}


def _drawn_cap(draw: random.Random, at: int, specs: list[str]) -> dict[str, Any]:
    return {
        "id": f"cap{at}",
        **draw.choice(
            [
                {"measure": "credits", "at_most": str(draw.randint(3, 8))},
                {"measure": "credits", "at_most": {"share": "30", "of": "programme"}, "of": {"tags": ["t"]}},
                {"measure": "credits", "at_most": {"share": "60", "of": "chosen"}, "of": {"tags": ["t"]}},
                {"measure": "credits", "at_most": "4", "per": "issuer"},
                {"measure": "credits", "at_most": "4", "per": "issuer", "attribution": "pro_rata"},
                {
                    "measure": "credits",
                    "at_most": "4",
                    "per": draw.choice(["year", "semester", "family", "rule", "category"]),
                },
                {"measure": "credits", "at_most": {"field": "achievement.credits"}, "per": "achievement"},
                {"measure": "achievements", "at_most": "2"},
                {"measure": "achievements", "at_most": "1", "of": {"categories": ["m"]}},
                {"measure": "achievements", "at_most": "1", "of": {"tags": ["t"]}},
                {"measure": "grants", "at_most": "1"},
                {"measure": "targets", "at_most": "2", "of": {"sources": [{"is": "spec", "in": specs[:1]}]}},
            ]
        ),
    }
