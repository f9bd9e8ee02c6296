"""The verifier finds every kind of fault that is planted into a plan, and nothing in the plan itself."""

import copy

import pytest

from creditbank.conversion import planning
from creditbank.conversion.planner.verifier import faults
from tests.rooms.conversion.planner.books import UNIT, a_book, a_problem, a_rule, drawn, held, one

CAPS = [
    {"id": "at-most-9", "measure": "credits", "at_most": "9"},
    {"id": "one-of-tag", "measure": "grants", "at_most": "1", "of": {"tags": ["t"]}},
    {"id": "each-issuer-6", "measure": "credits", "at_most": "6", "per": "issuer"},
    {"id": "own-credits", "measure": "credits", "per": "achievement", "at_most": {"field": "achievement.credits"}},
    {"id": "half-of-tag", "measure": "credits", "of": {"tags": ["t"]}, "at_most": {"share": "70", "of": "chosen"}},
]
BOOK = a_book(
    a_rule("single", "A", "K1", tags=["t"]),
    a_rule("both", {"all": [one("B"), one("C")]}, "K2", "K3", credits={"mode": "fixed", "amount": "5"}),
    a_rule("choose", "D", {"choose": {"at_least": 1, "at_most": 2}, "where": [{"is": "course", "in": ["K4", "K5"]}]}),
    a_rule("table", "E", {"credits": "g"}, credits={"mode": "table", "rows": [{"if": [], "amount": "1"}]}, tags=["t"]),
    a_rule("needs", "F", {"credits": "g"}, credits={"mode": "source"}, requires=[{"rule": "single"}]),
    a_rule("theirs", "A", "K6", when=[{"is": "learner_status", "in": ["guest"]}]),
    caps=CAPS,
    policies={"families": {"*": "one"}},
)


def own(name, issuer, family=None):
    parts = {"credits": {"value": "6", "unit": UNIT}, "issuer": issuer}
    return held(name.lower(), name, **parts, **({"family": family} if family else {}))


PROBLEM = a_problem(
    own("A", "i", "f"),
    own("B", "j"),
    own("C", "k"),
    own("D", "l", "f"),
    own("E", "m"),
    own("F", "n"),
    courses={"K1": 3, "K2": 3, "K3": 3, "K4": 2, "K5": 2, "K6": 2},
)


def grant(rule, uses, *gives):
    lines = [{"kind": kind, "target": target, "credits": size} for kind, target, size in gives]
    return {"rule": rule, "uses": uses, "gives": lines}


SINGLE = grant("single", ["a"], ("course", "K1", "3"))
BOTH = grant("both", ["b", "c"], ("course", "K2", "2.5"), ("course", "K3", "2.5"))
TABLE = grant("table", ["e"], ("credits", "g", "1"))


def plan(*grants, says=None):
    total = sum(float(line["credits"]) for each in grants for line in each["gives"])
    return {"credits": says or f"{total:g}", "unit": UNIT, "grants": copy.deepcopy(list(grants))}


def codes(document, problem=PROBLEM, book=BOOK):
    return {fault.code for fault in faults([book], problem, document)}


def changed(**parts):
    return PROBLEM.model_validate(PROBLEM.model_dump(by_alias=True) | parts)


def test_a_plan_that_keeps_every_law_has_no_fault():
    assert codes(plan(SINGLE, BOTH)) == set()
    assert codes(planning.plan([BOOK], PROBLEM)) == set()


PLANTED = {
    "unknown_rule": plan(grant("nobody", ["a"], ("course", "K1", "3"))),
    "unknown_achievement": plan(grant("single", ["zz"], ("course", "K1", "3"))),
    "sources": plan(grant("single", ["b"], ("course", "K1", "3"))),
    "audience": plan(grant("theirs", ["a"], ("course", "K6", "2"))),
    "target": plan(grant("single", ["a"], ("course", "nowhere", "3"))),
    "gives": plan(grant("single", ["a"], ("course", "K2", "3"))),
    "credits": plan(grant("single", ["a"], ("course", "K1", "4"))),
    "share": plan(grant("both", ["b", "c"], ("course", "K2", "4"), ("course", "K3", "1"))),
    "negative": plan(grant("both", ["b", "c"], ("course", "K2", "6"), ("course", "K3", "-1"))),
    "total": plan(SINGLE, BOTH, says="9"),
    "reuse": plan(SINGLE, BOTH, grant("choose", ["a"], ("course", "K4", "2"))),
    "target_twice": plan(SINGLE, grant("single", ["a"], ("course", "K1", "3"))),
    "times": plan(SINGLE, grant("single", ["d"], ("course", "K1", "3"))),
    "family": plan(SINGLE, BOTH, grant("choose", ["d"], ("course", "K4", "2"))),
    "requires": plan(grant("needs", ["f"], ("credits", "g", "6"))),
    "cap": plan(SINGLE, BOTH, TABLE),
}


@pytest.mark.parametrize("code", PLANTED)
def test_a_planted_fault_is_found(code):
    assert code in codes(PLANTED[code])


def test_a_source_too_many_or_too_few_does_not_fill_a_rule():
    assert "sources" in codes(plan(grant("both", ["b", "c", "f"], ("course", "K2", "2.5"), ("course", "K3", "2.5"))))
    assert "sources" in codes(plan(grant("both", ["b"], ("course", "K2", "2.5"), ("course", "K3", "2.5"))))


def test_more_lines_than_a_choice_allows_are_found():
    book = a_book(a_rule("choose", "D", {"choose": 1, "where": [{"is": "course", "in": ["K4", "K5"]}]}))
    two = grant("choose", ["d"], ("course", "K4", "2"), ("course", "K5", "2"))
    assert "gives" in codes(plan(two), book=book)
    assert codes(plan(grant("choose", ["d"], ("course", "K5", "2"))), book=book) == set()


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ({"spent": ["a"]}, "spent"),
        ({"wishes": {"avoid": {"rules": ["single"]}}}, "avoided"),
        ({"wishes": {"avoid": {"achievements": ["a"]}}}, "avoided"),
        ({"wishes": {"avoid": {"targets": ["K1"]}}}, "avoided"),
        ({"prior": [grant("single", ["a"], ("course", "K1", "3"))]}, "reuse"),
        ({"prior": [grant("single", ["d"], ("course", "K6", "2"))]}, "family"),
        ({"prior": [grant("old", ["d"], ("credits", "g", "7"))]}, "cap"),
    ],
)
def test_what_the_problem_forbids_is_found(parts, code):
    assert code in codes(plan(SINGLE), problem=changed(**parts))


def test_a_course_that_is_done_is_no_target():
    done = PROBLEM.programme.model_copy(update={"done": ("K1",)})
    assert "target" in codes(plan(SINGLE), problem=PROBLEM.model_copy(update={"programme": done}))


def test_a_book_that_does_not_speak_grants_nothing():
    silent = BOOK.model_copy(update={"scope": BOOK.rules[-1].when})
    assert "silent" in codes(plan(SINGLE), book=silent)
    ended = a_book(a_rule("single", "A", "K1"), effective={"from": "2000-01-01", "to": "2020-01-01"})
    assert "silent" in codes(plan(SINGLE), book=ended)
    late = a_book(a_rule("single", "A", "K1"), effective={"from": "2000-01-01", "to": "2020-01-01", "by": "acquired"})
    assert "not_in_force" in codes(plan(SINGLE), book=late)


def test_a_pool_with_a_member_too_many_is_found():
    pool = {"pool": [{"is": "issuer", "in": ["x"]}], "measure": "credits", "unit": UNIT, "at_least": "5"}
    book = a_book(a_rule("pool", pool, "K1"))
    held_ = [held(x, issuer="x", credits={"value": "3", "unit": UNIT}) for x in "abc"]
    problem = a_problem(*held_, courses={"K1": 3})
    two, three = (grant("pool", list(names), ("course", "K1", "3")) for names in ("ab", "abc"))
    assert codes(plan(two), problem, book) == set()
    assert codes(plan(three), problem, book) == {"sources"}


def test_no_plan_leaves_that_the_verifier_does_not_pass(monkeypatch):
    monkeypatch.setattr("creditbank.conversion.planner.verifier.faults", lambda *_: ["planted"])
    with pytest.raises(planning.PlanNotVerifiedError):
        planning.plan([BOOK], PROBLEM)


LEVELLED = a_book(
    a_rule("low", one("X", also=[{"is": "level", "scale": "x", "exactly": "low"}]), "K1"),
    a_rule("high", one("X", also=[{"is": "level", "scale": "x", "exactly": "high"}]), "K2"),
    a_rule("pair", {"all": [one("Y"), one("Z")]}, "K3"),
    policies={"families": {"*": "highest"}},
)


def levelled(*members, **parts):
    held_ = [
        held(name, spec, family="f", **({"level": at, "level_scale": "x"} if at else {})) for name, spec, at in members
    ]
    return a_problem(*held_, courses={"K1": 3, "K2": 2, "K3": 4}, **parts)


LOW, HIGH = ("a", "X", "low"), ("b", "X", "high")
USES_LOW = plan(grant("low", ["a"], ("course", "K1", "3")))
USES_HIGH = plan(grant("high", ["b"], ("course", "K2", "2")))


def test_a_member_of_a_family_below_one_that_could_be_used_is_found():
    assert codes(USES_LOW, levelled(LOW, HIGH), LEVELLED) == {"family_highest"}
    assert codes(USES_HIGH, levelled(LOW, HIGH), LEVELLED) == set()
    assert codes(USES_LOW, levelled(LOW), LEVELLED) == set()


def test_a_higher_member_that_no_rule_could_use_sets_nothing_aside():
    middle = ("m", "X", "middle")
    assert codes(USES_LOW, levelled(LOW, middle), LEVELLED) == set()
    avoided = levelled(LOW, HIGH, wishes={"avoid": {"achievements": ["b"]}})
    assert codes(USES_LOW, avoided, LEVELLED) == set()
    assert codes(USES_LOW, levelled(LOW, HIGH, spent=["b"]), LEVELLED) == set()
    assert codes(USES_LOW, levelled(LOW, HIGH, wishes={"avoid": {"rules": ["high"]}}), LEVELLED) == set()
    one_law = LEVELLED.model_copy(update={"policies": LEVELLED.policies.model_copy(update={"families": {"*": "one"}})})
    assert codes(USES_LOW, levelled(LOW, HIGH), one_law) == set()


def test_without_levels_the_member_good_for_the_most_credits_is_the_highest():
    book = a_book(
        a_rule("two", "P", "K2"),
        a_rule("three", "Q", "K1"),
        a_rule("own", "S", {"credits": "g"}, credits={"mode": "source"}),
        policies={"families": {"*": "highest"}},
    )
    two, three = (
        grant(*each) for each in (("two", ["p"], ("course", "K2", "2")), ("three", ["q"], ("course", "K1", "3")))
    )
    both = levelled(("p", "P", None), ("q", "Q", None))
    assert codes(plan(two), both, book) == {"family_highest"}
    assert codes(plan(three), both, book) == set()
    brings = held("s", "S", family="f", credits={"value": "9", "unit": UNIT})
    assert codes(
        plan(three),
        both.model_validate(
            {
                **both.model_dump(by_alias=True),
                "achievements": [*both.model_dump(by_alias=True)["achievements"], brings],
            }
        ),
        book,
    ) == {"family_highest"}


def test_a_member_that_fills_a_rule_only_together_with_another_counts_as_one_that_could_be_used():
    top = ("y", "Y", "high")
    other = ("z", "Z", "low")
    assert codes(USES_LOW, levelled(LOW, top), LEVELLED) == set()
    with_other = levelled(LOW, top, other)
    loose = with_other.model_copy(
        update={
            "achievements": tuple(
                each.model_copy(update={"family": None}) if each.id == "z" else each for each in with_other.achievements
            )
        }
    )
    assert codes(USES_LOW, loose, LEVELLED) == {"family_highest"}


@pytest.mark.parametrize("seed", range(120))
def test_no_plan_of_a_random_book_of_families_is_accused(seed):
    book, problem = drawn(seed)
    law = book.policies.model_copy(update={"families": {"*": "highest"}})
    assert planning.plan([book.model_copy(update={"policies": law})], problem)["unit"] == UNIT


@pytest.mark.parametrize(
    "cap",
    [
        {"measure": "achievements", "per": "family", "at_most": "1"},
        {"measure": "credits", "per": "issuer", "at_most": "2", "attribution": "pro_rata"},
    ],
    ids=["distinct", "pro rata"],
)
def test_a_source_that_says_nothing_of_what_a_cap_counts_apart_counts_for_none_of_it(cap):
    credits_ = {"credits": {"value": "2", "unit": UNIT}}
    book = a_book(a_rule("both", {"all": [one("A"), one("B")]}, "K1"), caps=[{"id": "each", **cap}])
    problem = a_problem(
        held("a", "A", family="f", issuer="i", **credits_), held("b", "B", **credits_), courses={"K1": 4}
    )
    assert codes(planning.plan([book], problem), problem, book) == set()
    assert planning.plan([book], problem)["credits"] == "4"
    both = problem.model_copy(
        update={
            "achievements": tuple(x.model_copy(update={"family": "f", "issuer": "i"}) for x in problem.achievements)
        }
    )
    assert codes(plan(grant("both", ["a", "b"], ("course", "K1", "4"))), both, book) == {"cap"}
