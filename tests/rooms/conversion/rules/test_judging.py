"""Every condition holds, is refused with its code and distance, or is unknown for what is missing."""

from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.rules.answers import SATISFIED, Refused, State, Unknown
from creditbank.conversion.rules.judging import answer, compile_conditions, judge, state_of
from creditbank.conversion.rules.problem import Course
from tests.rooms.conversion.rules.samples import achievement, clauses, situation

HERE = situation()
Fields = dict[str, Any]


def asked(condition: Fields, fields: Fields, *, targets: tuple[str, ...] = ()) -> Any:
    (clause,) = clauses(condition)
    return answer(clause, achievement(**fields), HERE, targets)


LEVEL = {"is": "level", "scale": "x", "exactly": "中级"}
PERCENT = {"scale": "percent", "value": "74"}


@pytest.mark.parametrize(
    ("condition", "fields"),
    [
        ({"is": "spec", "in": ["NCRE", "CET-4"]}, {"spec": "CET-4"}),
        ({"is": "issuer", "in": ["@awarding"]}, {"issuer": "inst1"}),
        ({"is": "category", "in": ["major"]}, {"category": "major_required"}),
        ({"is": "category", "in": ["all"]}, {"category": "major_required"}),
        ({"is": "category", "in": ["off-tree"]}, {"category": "off-tree"}),
        ({"is": "register", "in": ["verified"]}, {"register": "verified"}),
        (LEVEL, {"level": "中级", "level_scale": "x"}),
        ({"is": "level", "scale": "x", "at_least": "中级"}, {"level": "高级", "level_scale": "x"}),
        ({"is": "level", "scale": "x", "at_most": "中级"}, {"level": "初级", "level_scale": "x"}),
        ({"is": "grade", "scale": "percent", "at_least": "74"}, {"grade": PERCENT}),
        ({"is": "grade", "scale": "percent", "at_least": "80"}, {"grade": {"scale": "five", "value": "良好"}}),
        ({"is": "passed"}, {"grade": {"scale": "percent", "value": "60"}}),
        ({"is": "passed"}, {"grade": {"scale": "five", "value": "及格"}}),
        ({"is": "passed"}, {"passed": True}),
        ({"is": "credits", "at_least": "2", "unit": "u"}, {"credits": {"value": "2", "unit": "u"}}),
        (
            {"is": "hours", "at_least": "32", "unit": "contact-hour"},
            {"hours": {"value": "2", "unit": "cn-course-credit"}},
        ),
        (
            {"is": "hours", "at_least": "2", "unit": "cn-course-credit"},
            {"hours": {"value": "32", "unit": "contact-hour"}},
        ),
        ({"is": "framework_level", "framework": "cn-edu", "at_least": "4.5"}, {"framework_level": {"cn-edu": "4.5"}}),
        ({"is": "acquired", "from": "2025-06-01", "to": "2025-06-01"}, {}),
        ({"is": "age", "at_most_months": 9, "at": "application"}, {}),
        ({"is": "order", "event": "first_degree", "when": "after"}, {"acquired": "2020-07-01"}),
        ({"is": "order", "event": "first_degree", "when": "before"}, {"acquired": "2020-06-30"}),
        ({"is": "valid", "at": "application"}, {}),
        ({"is": "valid", "at": "no-such-event"}, {}),
        ({"is": "valid", "at": "application"}, {"valid_until": "2026-03-01"}),
        ({"is": "order", "event": "enrolment", "when": "before"}, {"acquired": "2025-08-31"}),
    ],
)
def test_condition_holds(condition: Fields, fields: Fields) -> None:
    assert asked(condition, fields) is SATISFIED


@pytest.mark.parametrize(
    ("condition", "fields", "refused"),
    [
        ({"is": "spec", "in": ["A", "B"]}, {"spec": "C"}, ("not_among", "A、B", "C", "", "")),
        ({"is": "issuer", "in": ["@awarding"]}, {"issuer": "other"}, ("not_among", "@awarding", "other", "", "")),
        ({"is": "category", "in": ["major_required"]}, {"category": "major"}, ("not_among", "major_required", "major")),
        (LEVEL, {"level": "初级", "level_scale": "x"}, ("level_low", "中级", "初级", "1", "step")),
        (LEVEL, {"level": "高级", "level_scale": "x"}, ("level_high", "中级", "高级", "1", "step")),
        (LEVEL, {"level": "中级", "level_scale": "y"}, ("other_scale", "x", "y", "", "")),
        ({"is": "grade", "scale": "percent", "at_least": "75"}, {"grade": PERCENT}, ("grade_low", "75", "74", "1")),
        (
            {"is": "grade", "scale": "five", "at_least": "优秀"},
            {"grade": {"scale": "five", "value": "及格"}},
            ("grade_low", "优秀", "及格", "3", "step"),
        ),
        (
            {"is": "grade", "scale": "percent", "at_least": "75"},
            {"grade": {"scale": "five", "value": "及格"}},
            ("grade_low", "75", "60", "15", "percent"),
        ),
        (
            {"is": "passed"},
            {"grade": {"scale": "percent", "value": "59.5"}, "passed": True},
            ("not_passed", "60", "59.5", "0.5", "percent"),
        ),
        (
            {"is": "passed"},
            {"grade": {"scale": "five", "value": "不及格"}},
            ("not_passed", "及格", "不及格", "1", "step"),
        ),
        ({"is": "passed"}, {"passed": False}, ("not_passed", "", "", "", "")),
        (
            {"is": "credits", "at_least": "2.5", "unit": "u"},
            {"credits": {"value": "2", "unit": "u"}},
            ("credits_few", "2.5", "2", "0.5", "u"),
        ),
        (
            {"is": "hours", "at_least": "33", "unit": "contact-hour"},
            {"hours": {"value": "2", "unit": "cn-course-credit"}},
            ("hours_few", "33", "32", "1", "contact-hour"),
        ),
        (
            {"is": "attendance", "at_least": "80", "unit": "percent"},
            {"attendance": {"value": "79", "unit": "percent"}},
            ("attendance_few", "80", "79", "1", "percent"),
        ),
        (
            {"is": "credits", "at_least": "2", "unit": "u"},
            {"credits": {"value": "9", "unit": "v"}},
            ("other_unit", "u", "v", "", ""),
        ),
        (
            {"is": "framework_level", "framework": "cn-edu", "at_least": "5"},
            {"framework_level": {"cn-edu": "4.5"}},
            ("framework_low", "5", "4.5", "0.5", "cn-edu"),
        ),
        ({"is": "acquired", "from": "2025-06-03"}, {}, ("too_early", "2025-06-03", "2025-06-01", "2", "day")),
        ({"is": "acquired", "to": "2025-05-31"}, {}, ("too_late", "2025-05-31", "2025-06-01", "1", "day")),
        (
            {"is": "age", "at_most_months": 8, "at": "application"},
            {},
            ("too_old", "2025-07-01", "2025-06-01", "30", "day"),
        ),
        (
            {"is": "order", "event": "first_degree", "when": "before"},
            {"acquired": "2020-07-01"},
            ("wrong_order", "2020-07-01", "2020-07-01", "1", "day"),
        ),
        (
            {"is": "order", "event": "first_degree", "when": "after"},
            {"acquired": "2020-06-29"},
            ("wrong_order", "2020-07-01", "2020-06-29", "2", "day"),
        ),
        (
            {"is": "valid", "at": "application"},
            {"valid_until": "2026-02-28"},
            ("expired", "2026-03-01", "2026-02-28", "1", "day"),
        ),
    ],
)
def test_condition_is_refused_with_what_is_lacking(condition: Fields, fields: Fields, refused: tuple[str, ...]) -> None:
    found = asked(condition, fields)
    assert isinstance(found, Refused)
    shown = (found.code, found.needs, found.has, found.distance, found.unit)
    assert shown[: len(refused)] == refused
    assert found.tag == condition["is"]


@pytest.mark.parametrize(
    ("condition", "fields", "unknown"),
    [
        ({"is": "spec", "in": ["A"]}, {}, ("missing", "spec")),
        ({"is": "issuer", "in": ["A", "@nobody"]}, {"issuer": "B"}, ("missing", "@nobody")),
        (LEVEL, {"level_scale": "x"}, ("missing", "level")),
        (LEVEL, {"level": "中级"}, ("missing", "level_scale")),
        (LEVEL, {"level": "特级", "level_scale": "x"}, ("unlisted", "特级")),
        ({"is": "level", "scale": "x", "at_most": "特级"}, {"level": "初级", "level_scale": "x"}, ("unlisted", "特级")),
        ({"is": "grade", "scale": "percent", "at_least": "60"}, {}, ("missing", "grade")),
        ({"is": "grade", "scale": "five", "at_least": "及格"}, {"grade": PERCENT}, ("no_map", "percent")),
        (
            {"is": "grade", "scale": "percent", "at_least": "60"},
            {"grade": {"scale": "percent", "value": "优"}},
            ("unlisted", "优"),
        ),
        (
            {"is": "grade", "scale": "percent", "at_least": "60"},
            {"grade": {"scale": "percent", "value": "101"}},
            ("unlisted", "101"),
        ),
        (
            {"is": "grade", "scale": "nine", "at_least": "5"},
            {"grade": {"scale": "nine", "value": "5"}},
            ("unlisted", "5"),
        ),
        ({"is": "passed"}, {}, ("missing", "passed")),
        ({"is": "passed"}, {"grade": {"scale": "nine", "value": "5"}}, ("unlisted", "5")),
        ({"is": "credits", "at_least": "1", "unit": "u"}, {}, ("missing", "credits")),
        ({"is": "framework_level", "framework": "cn-edu", "at_least": "1"}, {}, ("missing", "cn-edu")),
        (
            {"is": "framework_level", "framework": "cn-edu", "at_least": "1"},
            {"framework_level": {"EQF": "8"}},
            ("missing", "cn-edu"),
        ),
        ({"is": "age", "at_most_months": 1, "at": "defence"}, {}, ("missing", "defence")),
        ({"is": "order", "event": "defence", "when": "before"}, {}, ("missing", "defence")),
        ({"is": "valid", "at": "defence"}, {"valid_until": "2030-01-01"}, ("missing", "defence")),
        ({"is": "overlap", "at_least": "70"}, {"overlap": {"K1": "90"}}, ("missing", "overlap")),
    ],
)
def test_condition_is_unknown_and_says_what_to_bring(
    condition: Fields, fields: Fields, unknown: tuple[str, str]
) -> None:
    found = asked(condition, fields)
    assert isinstance(found, Unknown)
    assert (found.code, found.what, found.tag) == (*unknown, condition["is"])


OVERLAP = {"is": "overlap", "at_least": "70"}


def test_overlap_is_asked_of_every_target() -> None:
    found = {"overlap": {"K1": "70", "K2": "69"}}
    assert asked(OVERLAP, found, targets=("K1",)) is SATISFIED
    assert asked(OVERLAP, found, targets=("K1", "K3")) == Unknown("overlap", "K3")
    low = Refused("overlap_low", "overlap", "70", "69", "1", "percent")
    assert asked(OVERLAP, found, targets=("K3", "K2")) == low


@pytest.mark.parametrize(
    ("condition", "learner", "state"),
    [
        ({"is": "learner_status", "in": ["registered"]}, {"status": "registered"}, State.SATISFIED),
        ({"is": "learner_status", "in": ["registered"]}, {"status": "left"}, State.REFUSED),
        ({"is": "learner_major", "in": ["物流"]}, {}, State.UNKNOWN),
        ({"is": "learner_group", "in": ["a", "b"]}, {"groups": ["c", "b"]}, State.SATISFIED),
        ({"is": "learner_group", "in": ["a"]}, {"groups": []}, State.REFUSED),
        ({"is": "learner_group", "in": ["a"]}, {}, State.UNKNOWN),
        ({"is": "learner_group", "in": ["@unnamed"]}, {"groups": []}, State.REFUSED),
        ({"not": {"is": "learner_group", "in": ["a"]}}, {}, State.UNKNOWN),
        ({"not": {"is": "learner_group", "in": ["a"]}}, {"groups": []}, State.SATISFIED),
        ({"is": "programme", "in": ["P1"]}, {}, State.SATISFIED),
        ({"is": "study_mode", "in": ["part-time"]}, {"mode": "full-time"}, State.REFUSED),
        ({"is": "enrolled", "from": "2025-09-01"}, {"enrolled": "2025-09-01"}, State.SATISFIED),
        ({"is": "enrolled", "to": "2025-08-31"}, {"enrolled": "2025-09-01"}, State.REFUSED),
        ({"is": "enrolled", "to": "2025-08-31"}, {}, State.UNKNOWN),
        ({"is": "waited", "event": "registration", "at_least_days": 59}, {}, State.SATISFIED),
        ({"is": "waited", "event": "registration", "at_least_days": 60}, {}, State.REFUSED),
        ({"is": "waited", "event": "defence", "at_least_days": 1}, {}, State.UNKNOWN),
    ],
)
def test_conditions_on_the_learner_need_no_subject(condition: Fields, learner: Fields, state: State) -> None:
    conditions = clauses(condition)
    here = situation(learner=learner)
    assert judge(conditions, None, here).state is state
    assert state_of(conditions, achievement(), here) is state


def test_learner_is_told_how_long_to_wait() -> None:
    (clause,) = clauses({"is": "waited", "event": "registration", "at_least_days": 75})
    assert answer(clause, None, HERE) == Refused("too_soon", "waited", "75", "59", "16", "day")


@pytest.mark.parametrize(
    ("condition", "state"),
    [
        ({"is": "course", "in": ["K1"]}, State.SATISFIED),
        ({"is": "course", "in": ["K9"]}, State.SATISFIED),
        ({"is": "course", "in": ["K2"]}, State.REFUSED),
        ({"is": "course_nature", "in": ["required"]}, State.SATISFIED),
        ({"is": "course_kind", "in": ["核心"]}, State.UNKNOWN),
        ({"is": "course_practice", "in": ["no"]}, State.SATISFIED),
        ({"is": "course_category", "in": ["all"]}, State.SATISFIED),
    ],
)
def test_course_goes_by_both_its_codes(condition: Fields, state: State) -> None:
    course = Course.model_validate(
        {
            "code": "K1",
            "credits": "3",
            "same_as": "K9",
            "nature": "required",
            "practice": "no",
            "category": "major_required",
        }
    )
    assert state_of(clauses(condition), course, HERE) is state


SPEC, LOW, UNHEARD = (
    {"is": "spec", "in": ["S"]},
    {"is": "level", "scale": "x", "exactly": "高级"},
    {"is": "role", "in": ["主要完成人"]},
)
HELD = {"spec": "S", "level": "初级", "level_scale": "x"}


def test_refused_is_told_before_unknown_whatever_the_order() -> None:
    found = judge(clauses(SPEC, UNHEARD, LOW), achievement(**HELD), HERE)
    assert (found.state, found.unmet, found.place) == (State.REFUSED, 2, 2)
    assert isinstance(found.first, Refused)
    assert found.first.code == "level_low"
    assert found.holds is False


def test_first_unknown_is_told_where_nothing_is_refused() -> None:
    reach = {"is": "reach", "in": ["校级"]}
    found = judge(clauses(SPEC, UNHEARD, reach), achievement(**HELD), HERE)
    assert (found.state, found.unmet, found.place, found.first) == (State.UNKNOWN, 2, 1, Unknown("role", "role"))


def test_all_that_hold_leave_nothing_to_say() -> None:
    found = judge(clauses(SPEC), achievement(**HELD), HERE)
    assert (found.holds, found.unmet, found.first, found.place) == (True, 0, None, 1)
    assert judge((), None, HERE).holds


def test_any_takes_the_branch_in_the_best_state_with_the_fewest_unmet() -> None:
    two = [UNHEARD, {"is": "reach", "in": ["校级"]}]
    one = [SPEC, {"is": "rank", "in": ["一等奖"]}]
    found = judge(clauses({"any": [[LOW], two, one]}), achievement(**HELD), HERE)
    assert (found.state, found.unmet, found.first) == (State.UNKNOWN, 1, Unknown("rank", "rank"))
    assert judge(clauses({"any": [[LOW], [SPEC]]}), achievement(**HELD), HERE).holds


def test_any_of_equal_branches_tells_the_first() -> None:
    other = {"is": "level", "scale": "x", "exactly": "中级"}
    found = judge(clauses({"any": [[LOW], [other]]}), achievement(**HELD), HERE)
    assert found.first == Refused("level_low", "level", "高级", "初级", "2", "step")


def test_what_a_negation_excludes_is_named() -> None:
    (clause,) = clauses({"not": SPEC})
    assert answer(clause, achievement(**HELD), HERE) == Refused("excluded", "spec", "S", "S")
    assert answer(clause, achievement(spec="T"), HERE) is SATISFIED
    (either,) = clauses({"not": {"any": [[SPEC], [LOW]]}})
    assert answer(either, achievement(**HELD), HERE) == Refused("excluded", "not")


@pytest.mark.parametrize(
    ("condition", "fields", "has"),
    [
        (LEVEL, {"level": "中级", "level_scale": "x"}, "中级"),
        ({"is": "grade", "scale": "percent", "at_least": "60"}, {"grade": PERCENT}, "74"),
        ({"is": "passed"}, {"passed": True}, ""),
        ({"is": "credits", "at_least": "1", "unit": "u"}, {"credits": {"value": "1.50", "unit": "u"}}, "1.5"),
        ({"is": "framework_level", "framework": "f", "at_least": "1"}, {"framework_level": {"f": "2"}}, "2"),
        ({"is": "acquired", "from": "2025-01-01"}, {}, "2025-06-01"),
        ({"is": "order", "event": "first_degree", "when": "after"}, {}, "2025-06-01"),
        ({"is": "valid", "at": "application"}, {}, ""),
        ({"is": "waited", "event": "registration", "at_least_days": 1}, {}, "59"),
        ({"is": "enrolled", "from": "2025-01-01"}, {}, "2025-09-01"),
    ],
)
def test_excluded_tells_what_there_is(condition: Fields, fields: Fields, has: str) -> None:
    found = asked({"not": condition}, fields)
    assert isinstance(found, Refused)
    assert (found.code, found.has, found.tag) == ("excluded", has, condition["is"])


def test_excluded_overlap_has_no_single_value() -> None:
    found = asked({"not": OVERLAP}, {"overlap": {"K1": "70"}}, targets=("K1",))
    assert found == Refused("excluded", "overlap", "70", "")


def test_unknown_stays_unknown_under_a_negation() -> None:
    (clause,) = clauses({"not": UNHEARD})
    assert answer(clause, achievement(), HERE) == Unknown("role", "role")


CODES = st.sampled_from(["S", "T", "初级", "中级"])
SOME = st.one_of(
    st.lists(CODES, min_size=1, max_size=2).map(lambda codes: {"is": "spec", "in": codes}),
    CODES.map(lambda code: {"is": "level", "scale": "x", "at_least": code}),
    st.just({"is": "role", "in": ["S"]}),
    st.just(OVERLAP),
)
COMBINED = st.lists(
    st.recursive(
        SOME,
        lambda inner: st.one_of(
            inner.map(lambda clause: {"not": clause}),
            st.lists(st.lists(inner, max_size=3), min_size=1, max_size=3).map(lambda branches: {"any": branches}),
        ),
        max_leaves=5,
    ),
    max_size=3,
)
PEOPLE = st.fixed_dictionaries(
    {"level_scale": st.just("x")},
    optional={"spec": CODES, "level": CODES, "overlap": st.just({"K1": "70", "K2": "60"})},
)


@settings(max_examples=200, deadline=None)
@given(COMBINED, PEOPLE, st.lists(st.sampled_from(["K1", "K2", "K3"]), max_size=2))
def test_quick_answer_is_the_full_one_and_never_kinder_without_targets(
    documents: list[Fields], fields: Fields, targets: list[str]
) -> None:
    conditions, subject = clauses(*documents), achievement(**fields)
    quick = state_of(conditions, subject, HERE, targets)
    full = judge(conditions, subject, HERE, targets)
    assert (quick, full.holds) == (full.state, full.first is None)
    assert (full.unmet == 0) is full.holds
    if state_of(conditions, subject, HERE) is not State.UNKNOWN:
        assert state_of(conditions, subject, HERE) is quick


def test_conditions_are_made_ready_once() -> None:
    conditions = clauses(SPEC, LOW)
    assert compile_conditions(conditions, HERE.lexicon) is compile_conditions(conditions, HERE.lexicon)
