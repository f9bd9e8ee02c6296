"""Names are compared loosely only where they differ, and courses are found by name, code and alias."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, strategies as st

from creditbank.catalogue.queries.matched import Accreditation, Known
from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits.intake import known_courses, likeness
from creditbank.deposits.intake.likeness import Likeness
from creditbank.kernel.text import name_key


def judged(*pairs):
    rows = pl.DataFrame(pairs, schema={"file": pl.String, "account": pl.String}, orient="row")
    return [Likeness(each) for each in likeness.of_names(rows, ours="file", theirs="account")]


def known(number, name, code="", aliases=(), standard=400, tolerance=0, kind="course", periods=(), level=""):
    return Known(
        id=number,
        issuer_id=1,
        kind=SpecificationKind(kind),
        name_key=name,
        level=level,
        code=code,
        aliases=aliases,
        credits=standard,
        hours=None,
        tolerance=tolerance,
        accreditations=periods,
    )


def test_each_row_is_judged_by_its_own_pair():
    assert judged(("张三", "张三"), ("張三", "张三"), ("李四", "张三"), ("李四", None), (None, None)) == [
        Likeness.SAME,
        Likeness.WRITTEN_DIFFERENTLY,
        Likeness.OTHER,
        Likeness.SAME,
        Likeness.SAME,
    ]


def test_where_nothing_differs_nothing_is_converted(monkeypatch):
    monkeypatch.setattr(likeness.text, "loose_name_key", None)
    assert judged(("張三", "張三"), ("李四", None)) == [Likeness.SAME] * 2


def test_one_person_written_two_ways_has_one_compared_name():
    rows = pl.DataFrame({"document": ["1", "1", "2", "3", "3"], "name_key": ["張三", "张三", "張五", "李四", "王五"]})
    compared = likeness.loose_where_several(rows, person=["document"], name_key="name_key").to_list()
    assert compared == ["张三", "张三", "張五", "李四", "王五"]


@given(st.lists(st.sampled_from(["张三", "張三", "李四", "Li Na", "LI·NA"]).map(name_key), max_size=8))
def test_likeness_is_the_same_both_ways(names):
    pairs = [(one, other) for one in names for other in names]
    assert judged(*pairs) == judged(*((other, one) for one, other in pairs))


def test_name_goes_before_code_and_code_before_alias():
    found = known_courses.table(
        [known(1, "高等数学", "m1", ("c语言", "高数")), known(2, "c语言", "m2", ("m1",)), known(3, "m2", "m3")]
    )
    lines = {key: (number, way) for key, number, *_, way in found.iter_rows()}
    assert lines == {
        "高等数学": (1, "name"),
        "c语言": (2, "name"),
        "m2": (3, "name"),
        "m1": (1, "code"),
        "m3": (3, "code"),
        "高数": (1, "alias"),
    }


def test_what_has_levels_is_named_with_its_level_and_barely_where_there_is_one_only():
    some = [known(1, "养老", level="初级"), known(2, "养老", level="中级"), known(3, "电工", level="高级")]
    found = known_courses.table(some)
    assert dict(found.select("course_key", "specification_id").iter_rows()) == {
        "养老 初级": 1,
        "养老 中级": 2,
        "电工 高级": 3,
        "电工": 3,
    }


def test_what_others_issue_is_named_by_an_alias_only():
    found = known_courses.table([known(1, "", aliases=("外校英语",))])
    assert found["course_key"].to_list() == ["外校英语"]


def test_a_code_that_two_courses_carry_names_neither():
    found = known_courses.table([known(1, "a", "x"), known(2, "b", "x")])
    assert found["course_key"].to_list() == ["a", "b"]


@pytest.mark.parametrize(
    ("given_credits", "standard", "tolerance", "differs", "tolerated"),
    [
        (400, 400, 0, False, False),
        (450, 400, 50, False, True),
        (350, 400, 50, False, True),
        (451, 400, 50, True, False),
        (350, 400, 0, True, False),
        (350, None, None, False, False),
    ],
)
def test_credits_may_differ_as_far_as_is_tolerated(given_credits, standard, tolerance, differs, tolerated):
    schema = dict.fromkeys(("credits", "standard", "tolerance"), pl.Int32)
    rows = pl.DataFrame([(given_credits, standard, tolerance)], schema=schema, orient="row")
    answer = rows.select(known_courses.differs().alias("d"), known_courses.within_tolerance().alias("t")).row(0)
    assert answer == (differs, tolerated)


def test_rows_of_what_was_not_accredited_then_are_found():
    periods = (Accreditation(1, date(2026, 1, 1), date(2026, 7, 1), "x"),)
    certificate = known(5, "电工", kind="certificate", periods=periods)
    rows = pl.DataFrame(
        {"specification_id": [5, 5, 5, 7, None], "obtained": [20260600, 20260700, 20251231, 20260700, 20260700]},
        schema={"specification_id": pl.Int32, "obtained": pl.Int32},
    )
    found = known_courses.not_accredited(rows, [certificate, known(7, "高等数学")])
    assert found.to_list() == [False, True, True, False, False]
