"""Implication, contradiction and witnesses against the judge: what is claimed holds for whatever is made up."""

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.rules.answers import State
from creditbank.conversion.rules.book import Book, Rule
from creditbank.conversion.rules.checks.drafting import draft_cases
from creditbank.conversion.rules.implication import common_words, contradiction_in, implies, leaves, source_implies
from creditbank.conversion.rules.judging import judge, state_of
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.problem import Achievement, Problem
from creditbank.conversion.rules.sources import One
from creditbank.conversion.rules.witnesses import thresholds, witness
from creditbank.conversion.rules.words import Words
from tests.rooms.conversion.checks.documents import SHIPPED, book, case, level, rule, shipped, spec

WORDS = Words.model_validate(
    {
        "levels": {"x": ["1", "2", "3"], "y": ["a", "b"]},
        "scales": {
            "percent": {"kind": "numeric", "pass": "60", "max": "100"},
            "five": {"kind": "ordered", "order": ["F", "D", "C", "B", "A"], "pass": "D"},
        },
        "categories": {"major_required": "major", "major_elective": "major"},
    }
)
PROBLEM = Problem.model_validate(
    {
        "as_of": "2026-03-31",
        "events": {"enrolment": "2024-09-01"},
        "programme": {"code": "P", "unit": "u"},
        "refs": {"awarding": "S"},
    }
)
SITUATION = Situation(PROBLEM, Lexicon(WORDS))
NAMES = st.sampled_from(["a", "b", "c", "@awarding"])
DAYS = st.sampled_from(["2019-12-31", "2023-02-28", "2024-09-01", "2025-05-05"])


def among(tag, values=NAMES):
    return st.lists(values, min_size=1, max_size=2, unique=True).map(lambda each: {"is": tag, "in": each})


def amount(tag, unit):
    return st.sampled_from(["1", "2.5", "60", "80"]).map(lambda each: {"is": tag, "at_least": each, "unit": unit})


SINGLE = st.one_of(
    among("spec"),
    among("kind"),
    among("issuer"),
    among("category", st.sampled_from(["major", "major_required", "liberal"])),
    st.sampled_from(["1", "2", "3"]).map(lambda each: {"is": "level", "scale": "x", "at_least": each}),
    st.sampled_from(["1", "2", "3"]).map(lambda each: {"is": "level", "scale": "x", "at_most": each}),
    st.sampled_from(["a", "b"]).map(lambda each: {"is": "level", "scale": "y", "exactly": each}),
    st.sampled_from(["0", "59", "60", "75"]).map(lambda each: {"is": "grade", "scale": "percent", "at_least": each}),
    st.sampled_from(["D", "B", "A"]).map(lambda each: {"is": "grade", "scale": "five", "at_least": each}),
    st.just({"is": "passed"}),
    amount("credits", "u"),
    amount("hours", "h"),
    amount("attendance", "percent"),
    st.sampled_from(["4", "4.5"]).map(lambda each: {"is": "framework_level", "framework": "F", "at_least": each}),
    DAYS.map(lambda each: {"is": "acquired", "from": each}),
    DAYS.map(lambda each: {"is": "acquired", "to": each}),
    st.sampled_from([1, 13, 84]).map(lambda each: {"is": "age", "at_most_months": each, "at": "application"}),
    st.sampled_from(["before", "after"]).map(lambda each: {"is": "order", "event": "enrolment", "when": each}),
    st.just({"is": "valid", "at": "application"}),
    st.sampled_from(["70", "80"]).map(lambda each: {"is": "overlap", "at_least": each}),
)
CLAUSE = st.recursive(
    SINGLE,
    lambda inner: st.one_of(
        inner.map(lambda each: {"not": each}),
        st.lists(st.one_of(inner, st.lists(inner, min_size=1, max_size=2)), min_size=1, max_size=2).map(
            lambda each: {"any": each}
        ),
    ),
    max_leaves=3,
)
CONDITIONS = st.lists(CLAUSE, max_size=4).map(lambda each: One.model_validate({"one": each}).one)
ACHIEVEMENT = st.fixed_dictionaries(
    {"id": st.just("a"), "acquired": st.sampled_from(["2019-03-31", "2024-09-01", "2026-03-01"])},
    optional={
        "spec": st.sampled_from(["a", "b", "S"]),
        "kind": st.sampled_from(["a", "c"]),
        "issuer": st.sampled_from(["S", "b"]),
        "category": st.sampled_from(["major", "major_elective", "liberal"]),
        "level": st.sampled_from(["1", "2", "3"]),
        "level_scale": st.just("x"),
        "grade": st.sampled_from([{"scale": "percent", "value": "60"}, {"scale": "five", "value": "B"}]),
        "passed": st.booleans(),
        "credits": st.sampled_from(["1", "3"]).map(lambda each: {"value": each, "unit": "u"}),
        "framework_level": st.sampled_from(["4", "5"]).map(lambda each: {"F": each}),
        "valid_until": st.sampled_from(["2026-03-30", "2027-01-01"]),
        "overlap": st.sampled_from(["69", "80"]).map(lambda each: {"K": each}),
    },
).map(Achievement.model_validate)


def holds(conditions, achievement):
    return judge(conditions, achievement, SITUATION, ("K",)).state is State.SATISFIED


@settings(max_examples=400, deadline=None)
@given(CONDITIONS)
def test_a_witness_satisfies_its_conditions(conditions):
    made = witness(conditions, SITUATION, targets=("K",))
    if made is not None:
        assert contradiction_in(conditions, SITUATION.lexicon) is None
        assert holds(conditions, made)


@settings(max_examples=400, deadline=None)
@given(CONDITIONS)
def test_what_reaches_a_bound_holds_and_what_is_a_step_below_does_not(conditions):
    for each in thresholds(conditions, SITUATION, targets=("K",)):
        assert holds(conditions, each.reaching)
        assert state_of((each.condition,), each.below, SITUATION, ("K",)) is State.REFUSED


@settings(max_examples=400, deadline=None)
@given(CONDITIONS, ACHIEVEMENT)
def test_what_is_called_a_contradiction_never_holds(conditions, achievement):
    if contradiction_in(conditions, SITUATION.lexicon) is not None:
        assert not holds(conditions, achievement)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_an_implication_that_is_claimed_holds_for_every_achievement(data):
    weaker = data.draw(CONDITIONS)
    stronger = (*weaker, *data.draw(CONDITIONS)) if data.draw(st.booleans()) else data.draw(CONDITIONS)
    if implies(stronger, weaker, SITUATION.lexicon):
        made = witness(stronger, SITUATION, targets=("K",))
        for each in (data.draw(ACHIEVEMENT), *(() if made is None else (made,))):
            assert not holds(stronger, each) or holds(weaker, each)


@settings(deadline=None)
@given(CONDITIONS)
def test_conditions_imply_themselves_and_every_part(conditions):
    assert implies(conditions, conditions, SITUATION.lexicon)
    assert all(implies(conditions, (each,), SITUATION.lexicon) for each in conditions)


def one(*conditions):
    return {"one": list(conditions)}


def source(tree) -> object:
    return Rule.model_validate(rule(**{"from": tree})).source


WEB, APP, HIGH = one(spec("web")), one(spec("app")), one(spec("web"), level(exactly="高级"))
POOL = {"pool": [spec("web")], "measure": "credits", "unit": "u", "at_least": "6"}


@pytest.mark.parametrize(
    ("stronger", "weaker", "answer"),
    [
        (HIGH, WEB, True),
        (WEB, HIGH, False),
        ({"all": [WEB, APP]}, WEB, True),
        (WEB, {"all": [WEB, APP]}, False),
        (WEB, {"any": [APP, WEB]}, True),
        ({"any": [APP, WEB]}, WEB, False),
        ({"all": [HIGH, WEB]}, {"all": [WEB, WEB]}, True),
        ({"all": [WEB, APP]}, {"all": [WEB, WEB]}, False),
        ({"some": 2, "of": [WEB, APP, HIGH]}, {"some": 1, "of": [WEB, APP]}, True),
        ({"some": 1, "of": [WEB, APP]}, {"some": 2, "of": [WEB, APP, HIGH]}, False),
        (POOL | {"at_least": "8"}, POOL, True),
        (POOL, POOL | {"at_least": "8"}, False),
        (POOL, POOL | {"measure": "hours"}, False),
        ({"some": 10, "of": [one(spec(f"s{at}")) for at in range(20)]}, WEB, False),
    ],
)
def test_one_source_is_at_least_as_strong_as_another(stronger, weaker, answer):
    assert source_implies(source(stronger), source(weaker), Lexicon(book().words)) is answer


def test_words_that_moved_between_editions_prove_nothing():
    old, new = book().words, book(words={"levels": {"x": ["高级", "中级", "初级"]}}).words
    middle, low = (One.model_validate(one(level(at_least=name))).one for name in ("中级", "初级"))
    assert implies(middle, low, Lexicon(old))
    assert not implies(middle, low, Lexicon(common_words(old, new)))
    assert implies(middle, middle, Lexicon(common_words(old, new)))


@pytest.mark.parametrize("name", SHIPPED)
def test_every_leaf_of_the_shipped_books_has_a_witness(name):
    made = shipped(name)
    situation = Situation(made.cases[0].given, Lexicon(made.words))
    for each in made.rules:
        for _path, conditions in leaves(each.source):
            found = witness(conditions, situation, targets=("K1",))
            assert found is not None
            assert state_of(conditions, found, situation, ("K1",)) is State.SATISFIED


def test_cases_are_drafted_at_a_bound_and_a_step_below_and_not_where_cases_stand():
    grade = {"is": "grade", "scale": "percent", "at_least": "75"}
    made = rule(**{"from": {"all": [one(spec("web"), grade), APP]}})
    (draft,) = draft_cases(book(made, cases=[case(uses_rules=["R1"])]))
    assert draft.path == "/rules/0/from/all/0/one"
    assert [each.grade.value if each.grade else None for each in draft.reaching.given.achievements] == ["75", None]
    assert [each.grade.value if each.grade else None for each in draft.below.given.achievements] == ["74", None]
    assert draft.reaching.expect.uses_rules == ("R1",)
    assert draft.below.expect.not_rules == {"R1": "grade_low"}
    confirmed = [
        each.model_dump(by_alias=True, mode="json", exclude_unset=True) for each in (draft.reaching, draft.below)
    ]
    whole = book(made, cases=[case(uses_rules=["R1"]), *confirmed])
    assert isinstance(whole, Book)
    assert draft_cases(whole) == ()
