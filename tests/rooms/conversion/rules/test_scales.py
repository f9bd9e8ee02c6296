"""Grade maps: how a grade goes through one, which maps are refused, and those made from two distributions."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

from creditbank.conversion.rules.grade_maps import Take, distribution_map, grade_map_faults
from creditbank.conversion.rules.lexicon import Lexicon, Situation
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.rules.scales import Scales
from creditbank.conversion.rules.words import Words
from tests.rooms.conversion.rules.samples import WORDS, situation

ECTS = ["F", "E", "D", "C", "B", "A"]
SCALES: dict[str, dict[str, Any]] = {
    "percent": {"kind": "numeric", "pass": "60", "max": "100"},
    "five": {"kind": "ordered", "order": ["不及格", "及格", "中等", "良好", "优秀"], "pass": "及格"},
    "ects": {"kind": "ordered", "order": ECTS, "pass": "E"},
}
BANDS: list[dict[str, Any]] = [
    {"min": "0", "max": "59", "gives": "F"},
    {"min": "60", "max": "79", "gives": ["E", "D", "C"]},
    {"min": "80", "max": "100", "gives": ["B", "A"]},
]


def words(rows: list[dict[str, Any]], *, take: str = "middle", source: str = "percent", target: str = "ects") -> Words:
    each = {"from": source, "to": target, "take": take, "rows": rows}
    return Words.model_validate({"scales": SCALES, "grade_maps": [each]})


def found(rows: list[dict[str, Any]], **of: str) -> set[str]:
    made = words(rows, **of)
    return {fault.code for fault in grade_map_faults(made.grade_maps[0], made)}


@pytest.mark.parametrize(
    ("take", "grade", "given_"),
    [
        ("bottom", "60", "E"),
        ("middle", "60", "D"),
        ("top", "79", "C"),
        ("middle", "80", "B"),
        ("middle", "79.5", "D"),
        ("middle", "0", "F"),
        ("middle", "100.5", None),
        ("middle", "good", None),
    ],
)
def test_grade_goes_through_its_band(take: str, grade: str, given_: str | None) -> None:
    assert Scales(words(BANDS, take=take)).on_scale("percent", grade, "ects") == given_


@pytest.mark.parametrize(("take", "points"), [("bottom", "80"), ("middle", "84.5"), ("top", "89")])
def test_band_of_points_gives_its_end_or_its_exact_middle(take: str, points: str) -> None:
    rows = [{"value": "良好", "gives": ["89", "80"]}]
    made = Scales(words(rows, take=take, source="five", target="percent"))
    assert made.on_scale("five", "良好", "percent") == points
    assert made.on_scale("five", "优秀", "percent") is None


def test_grades_below_every_band_and_in_wide_gaps_have_no_place() -> None:
    made = Scales(words([{"min": "60", "max": "69", "gives": "E"}, {"min": "80", "max": "100", "gives": "A"}]))
    assert [made.on_scale("percent", grade, "ects") for grade in ("59", "69", "70", "80")] == [None, "E", None, "A"]


def test_maps_to_scales_that_are_not_defined_lead_nowhere() -> None:
    made = Words.model_validate({"grade_maps": [{"from": "a", "to": "b", "rows": []}]})
    assert Scales(made).leads("a", "b") is False
    assert Scales(made).unit("a") == "step"
    assert list(grade_map_faults(made.grade_maps[0], made)) == []


def test_pass_marks_are_those_of_the_scale() -> None:
    made = Scales(words(BANDS))
    assert [made.passing(scale) for scale in ("percent", "five", "other")] == ["60", "及格", None]
    assert [made.unit(scale) for scale in ("percent", "five")] == ["percent", "step"]


def test_map_that_is_total_and_monotone_has_no_fault() -> None:
    assert found(BANDS) == set()
    assert [fault for each in WORDS.grade_maps for fault in grade_map_faults(each, WORDS)] == []
    values = [{"value": grade, "gives": target} for grade, target in zip(SCALES["five"]["order"], "FECBA", strict=True)]
    assert found(values, source="five") == set()


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        (BANDS[1:], "grade_map_not_total"),
        (BANDS[:-1], "grade_map_not_total"),
        ([BANDS[0], {**BANDS[1], "min": "62"}, BANDS[2]], "grade_map_not_total"),
        ([BANDS[0], {**BANDS[1], "gives": "A"}, {**BANDS[2], "gives": "E"}], "grade_map_not_monotone"),
        ([BANDS[0], {**BANDS[1], "min": "59"}, BANDS[2]], "grade_map_overlapping"),
        ([*BANDS, {"value": "85", "gives": "A"}, {"value": "85.0", "gives": "A"}], "repeated"),
        ([BANDS[0], {**BANDS[1], "gives": "G"}, BANDS[2]], "grade_map_off_scale"),
        ([BANDS[0], BANDS[1], {**BANDS[2], "max": "101"}], "grade_map_off_scale"),
        ([BANDS[0], {**BANDS[1], "min": "79", "max": "60"}, BANDS[2]], "reversed"),
        ([{"value": "优", "gives": "A"}], "grade_map_off_scale"),
    ],
)
def test_faulty_map_is_found(rows: list[dict[str, Any]], code: str) -> None:
    assert code in found(rows)


def test_band_on_a_scale_of_words_is_off_the_scale() -> None:
    assert "grade_map_off_scale" in found(BANDS, source="five")


def test_tenths_leave_no_gap_of_a_whole_point() -> None:
    rows = [
        {"min": "0", "max": "59.9", "gives": "F"},
        {"min": "60", "max": "79.9", "gives": "E"},
        {"min": "80.5", "max": "100", "gives": "A"},
    ]
    assert found(rows) == {"grade_map_not_total"}


SOURCE = [("及格", 10), ("中等", 30), ("良好", 40), ("优秀", 20)]
TARGET = [("E", 10), ("D", 25), ("C", 30), ("B", 25), ("A", 10)]


@pytest.mark.parametrize(
    ("take", "given_"),
    [("bottom", ["E", "D", "C", "B"]), ("middle", ["E", "D", "C", "B"]), ("top", ["E", "C", "B", "A"])],
)
def test_distribution_gives_the_grade_at_the_place_of_the_band(take: Take, given_: list[str]) -> None:
    made = distribution_map(
        source="five", source_shares=SOURCE, target="ects", target_shares=TARGET, take=take, failing={"不及格": "F"}
    )
    assert [row.gives for row in made.rows] == ["F", *given_]
    whole = Words.model_validate({"scales": SCALES, "grade_maps": [document_of(made)]})
    assert list(grade_map_faults(whole.grade_maps[0], whole)) == []


def test_map_that_is_not_what_its_distribution_gives_is_found() -> None:
    made = distribution_map(
        source="five", source_shares=SOURCE, target="ects", target_shares=TARGET, take="top", failing={"不及格": "F"}
    )
    changed = {**document_of(made), "take": "bottom"}
    whole = Words.model_validate({"scales": SCALES, "grade_maps": [changed]})
    assert [fault.code for fault in grade_map_faults(whole.grade_maps[0], whole)] == ["grade_map_not_generated"]


shares = st.lists(st.integers(0, 50), min_size=5, max_size=5).filter(any)


@settings(deadline=None)
@given(shares, shares, st.sampled_from(["bottom", "middle", "top"]))
def test_distribution_is_monotone_and_ordered_by_what_is_taken(
    source: list[int], target: list[int], take: Take
) -> None:
    def made(how: Take) -> list[int]:
        each = distribution_map(
            source="s",
            source_shares=[(f"s{at}", Decimal(share)) for at, share in enumerate(source)],
            target="t",
            target_shares=[(grade, Fraction(share, 7)) for grade, share in zip(ECTS[1:], target, strict=True)],
            take=how,
        )
        return [ECTS.index(str(row.gives)) for row in each.rows]

    assert all(lower <= upper for lower, upper in pairwise(made(take)))
    held = [at for at, share in enumerate(source) if share]
    bottom, middle, top = made("bottom"), made("middle"), made("top")
    assert all(bottom[at] <= middle[at] <= top[at] for at in held)


def test_same_distribution_on_both_sides_changes_nothing() -> None:
    made = distribution_map(source="s", source_shares=TARGET, target="t", target_shares=TARGET, take="middle")
    assert [row.gives for row in made.rows] == [grade for grade, _ in TARGET]


def test_category_tree_that_bites_its_tail_is_followed_once_round() -> None:
    lexicon = Lexicon(Words.model_validate({"categories": {"a": "b", "b": "a"}}))
    assert lexicon.with_descendants("a") == {"a", "b"}


def test_application_is_the_day_of_the_problem_unless_it_has_its_own() -> None:
    here = situation()
    assert (here.event("application"), here.event("enrolment"), here.event("other")) == (
        "2026-03-01",
        "2025-09-01",
        None,
    )
    own = here.problem.model_copy(update={"events": {"application": "2026-02-01"}})
    assert Situation.of(own, WORDS).event("application") == "2026-02-01"
