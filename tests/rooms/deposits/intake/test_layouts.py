"""Every layout is recognised by its headings and turned into the same items."""

from pathlib import Path

import polars as pl
import pytest

from creditbank.deposits.intake import layouts
from creditbank.deposits.intake.layouts import Layout, Renaming
from creditbank.kernel.grades import parse, passed

FORMATS = Path(__file__).parents[3] / "data" / "formats"
WANG = "110199196907210509"
CERTIFICATE_ROW = {
    "person_name": "徐燕",
    "document": "310199196709141693",
    "target_issuer_code": "4131012044",
    "source_kind_code": "02",
    "source_kind": "职业技能等级证书",
    "source_course": "建筑信息模型(BIM)职业技能等级证书",
    "source_certificate_level": "高级",
    "source_issuer_name": "廊坊市中科建筑产业化创新研究中心",
    "source_credits": "0",
    "source_grade": "合格",
    "source_obtained": "202406",
    "target_course": "物流管理基础",
    "target_course_code": "C9695",
    "target_credits": "3",
    "target_obtained": "202512",
}


def rows(name: str) -> list[tuple[str | None, ...]]:
    grid = pl.read_excel(FORMATS / name, has_header=False, infer_schema_length=0)
    return grid.with_columns(pl.all().cast(pl.String)).rows()


def frame(layout: Layout, *given: dict[str, str]) -> pl.DataFrame:
    """Rows of a layout under its own names, numbered from 2."""
    data = [{"row": number, **dict.fromkeys(layout.names), **row} for number, row in enumerate(given, 2)]
    return pl.DataFrame(data, schema={"row": pl.Int64, **dict.fromkeys(layout.names, pl.String)})


def read(name: str) -> pl.DataFrame:
    """What a file of an example becomes, through its own recognised headings."""
    lines = rows(name)
    found = layouts.recognise(lines)
    assert found is not None
    body = [
        {"row": at, **{ours: cell for ours, cell in zip(found.names, line, strict=True) if ours}}
        for at, line in enumerate(lines[found.header + 1 :], found.header + 2)
    ]
    schema = {"row": pl.Int64, **dict.fromkeys([ours for ours in found.names if ours], pl.String)}
    return found.layout.items(pl.DataFrame(body, schema=schema))


@pytest.mark.parametrize(
    ("name", "code", "header"),
    [
        ("gen1_courses.xlsx", "own-courses", 1),
        ("gen2_courses.xlsx", "own-courses", 0),
        ("gen2_conversions.xlsx", "conversions", 0),
        ("gen2_certificates.xlsx", "certificates", 0),
    ],
)
def test_every_sheet_is_known_by_its_headings(name: str, code: str, header: int) -> None:
    found = layouts.recognise(rows(name))
    assert found is not None
    assert (found.layout.code, found.header) == (code, header)
    assert None not in found.names
    assert (found.missing, found.twice) == ((), ())


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.code)
def test_every_layout_knows_its_own_headings_in_any_order(layout: Layout) -> None:
    headings = [column.heading for column in reversed(layout.columns)]
    found = layouts.recognise([("一个标题",), tuple(headings)])
    assert found is not None
    assert (found.layout.code, found.header) == (layout.code, 1)
    assert found.names == tuple(reversed(layout.names))


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.code)
def test_no_heading_of_a_layout_names_two_of_its_columns(layout: Layout) -> None:
    plain = [layouts.plain(heading) for column in layout.columns for heading in {*map(layouts.plain, column.headings)}]
    assert len(plain) == len(set(plain))


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.code)
def test_every_layout_gives_the_common_columns(layout: Layout) -> None:
    full = frame(layout, dict.fromkeys(layout.names, "1"))
    bare = full.select("row", *layout.minimum)
    for given in (full, bare, full.clear()):
        items = layout.items(given)
        assert tuple(items.columns) == layouts.COMMON
        assert set(items["role"]) <= set(layout.needs)


@pytest.mark.parametrize("layout", layouts.LAYOUTS, ids=lambda layout: layout.code)
def test_what_a_layout_needs_has_a_heading(layout: Layout) -> None:
    for role, needed in layout.needs.items():
        fixed = {"kind"} if layout.code != "creditbank-1" else set()
        assert [name for name in needed - fixed if not layout.heading(name, role)] == []


def test_a_missing_and_a_doubled_heading_are_named() -> None:
    headings = [c.heading for c in layouts.OWN_COURSES.columns if c.name != "credits"]
    found = layouts.recognise([(*headings, "课程")])
    assert found is not None
    assert (found.layout.code, found.missing, found.twice) == ("own-courses", ("学分",), ("课程名称",))


def test_a_title_is_no_heading() -> None:
    assert layouts.recognise([("本校2021春批次学分银行成绩", None), ("姓名", "学分")]) is None


def test_own_courses_are_one_item_a_row() -> None:
    items = read("gen2_courses.xlsx")
    assert items.height == len(rows("gen2_courses.xlsx")) - 1
    first = items.row(0, named=True)
    assert (first["row"], first["item"], first["role"], first["kind"]) == (2, 0, "own", "course")
    assert (first["person_name"], first["document"], first["student_number"]) == ("张辉", WANG, "2024060816")


def test_a_conversion_is_a_source_and_a_target() -> None:
    items = read("gen2_conversions.xlsx")
    source, target = items.head(2).rows(named=True)
    assert (source["role"], source["course"], source["credits"], source["grade"]) == (
        "source",
        "物流管理基础",
        "3",
        "64",
    )
    assert (source["issuer_name"], source["major"], source["obtained"]) == ("上海开放大学", "物流管理", "202212")
    assert source["student_number"] is None  # it is the number at the school that hands in
    assert (target["role"], target["course"], target["course_code"]) == ("target", "管理系统中计算机应用", "C8054")
    assert (target["obtained"], target["student_number"], target["cohort"]) == ("202512", "2024060816", "2022")
    assert (target["row"], target["of_item"], target["issuer_code"]) == (source["row"], 0, "4131012044")


def test_a_certificate_that_frees_three_courses_is_a_source_in_each_row() -> None:
    given = [CERTIFICATE_ROW | {"target_course": course} for course in ("物流管理基础", "会计基础", "体育")]
    items = layouts.CERTIFICATES.items(frame(layouts.CERTIFICATES, *given))
    assert items["role"].to_list() == ["source", "target"] * 3
    assert items["of_item"].to_list() == [None, 0] * 3
    sources = items.filter(role="source").drop("row")
    assert sources.unique().height == 1
    source = sources.row(0, named=True)
    assert (source["kind"], source["certificate_level"], source["credits"]) == ("certificate", "高级", None)


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("02", "职业技能等级证书", "certificate"),
        ("02", "国家职业资格证书", "qualification"),
        ("01", "", "course"),
        ("", "无", "certificate"),
        ("07", "", "7"),
    ],
)
def test_the_kind_of_a_source_follows_its_code(code: str, kind: str, expected: str) -> None:
    row = CERTIFICATE_ROW | {"source_kind_code": code, "source_kind": kind}
    items = layouts.CERTIFICATES.items(frame(layouts.CERTIFICATES, row))
    assert items["kind"][0] == expected


def test_exporters_none_is_no_level() -> None:
    items = layouts.CERTIFICATES.items(
        frame(layouts.CERTIFICATES, CERTIFICATE_ROW | {"source_certificate_level": "无"})
    )
    assert items["certificate_level"][0] is None


def test_one_sheet_of_the_first_generation_serves_certificates_too() -> None:
    row = {
        "source_kind_code": "02",
        "source_course": "计算机一级",
        "source_credits": "0",
        "target_course": "计算机基础",
    }
    items = layouts.CONVERSIONS.items(frame(layouts.CONVERSIONS, row))
    assert items.select("role", "kind", "course", "credits").rows() == [
        ("source", "certificate", "计算机一级", None),
        ("target", "course", "计算机基础", None),
    ]


def test_own_template_takes_any_kind_in_words_of_both_languages() -> None:
    given = ({"kind": "培训"}, {"kind": "Community course"}, {"kind": "military-service"}, {"kind": "冥想"})
    items = layouts.CREDITBANK.items(frame(layouts.CREDITBANK, *given))
    assert items["kind"].to_list() == ["training", "community-course", "military-service", "冥想"]
    assert set(items["role"]) == {"own"}


def test_own_template_says_in_one_row_what_was_converted() -> None:
    row = {
        "kind": "证书",
        "course": "计算机一级",
        "student_number": "7",
        "target_course": "计算机基础",
        "target_credits": "2",
    }
    items = layouts.CREDITBANK.items(frame(layouts.CREDITBANK, {"kind": "课程", "course": "体育"}, row))
    assert items.select("row", "role", "kind", "course", "student_number", "credits", "of_item").rows() == [
        (2, "own", "course", "体育", None, None, None),
        (3, "source", "certificate", "计算机一级", None, None, None),
        (3, "target", "course", "计算机基础", "7", "2", 0),
    ]


def test_the_machine_names_are_headings_too() -> None:
    found = layouts.recognise([layouts.CREDITBANK.names])
    assert found is not None
    assert found.layout is layouts.CREDITBANK
    assert found.names == layouts.CREDITBANK.names


NAD_ROW = {
    "abc_account_id": "123456789012",
    "cname": "ASHA EXAMPLE",
    "regn_no": "R-1",
    "course_name": "B.SC.",
    "year": "2024",
    "month": "MAY",
    "sub1nm": "Botany",
    "sub1": "BOT101",
    "sub1_grade": "A+",
    "sub1_credit": "4",
    "sub1_credit_eligibility": "Y",
    "sub3nm": "Sports",
    "sub3_grade_points": "8.00",
    "sub3_credit": "2",
    "sub3_credit_eligibility": "N",
}


def test_a_wide_row_is_one_item_for_each_subject() -> None:
    items = layouts.NAD.items(frame(layouts.NAD, NAD_ROW))
    names = ("row", "item", "account", "person_name", "student_number", "course", "course_code", "credits", "grade")
    assert items.select(names).rows() == [
        (2, 0, "123456789012", "ASHA EXAMPLE", "R-1", "Botany", "BOT101", "4", "A+"),
        (2, 2, "123456789012", "ASHA EXAMPLE", "R-1", "Sports", None, "0", "A"),
    ]
    assert items["obtained"].to_list() == ["202405", "202405"]
    assert items["unit"].to_list() == ["ncrf.credit", "ncrf.credit"]


def test_a_wide_row_without_subjects_is_not_lost() -> None:
    items = layouts.NAD.items(frame(layouts.NAD, {"abc_account_id": "1", "cname": "A B"}))
    assert items.select("row", "item", "course").rows() == [(2, 0, None)]


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"month": "MAY"}, "202405"),
        ({"month": "November 2024"}, "202411"),
        ({"month": "7"}, "202407"),
        ({"month": "", "doi": "18/06/2024"}, "20240618"),
        ({}, "2024"),
    ],
)
def test_when_a_wide_row_was_obtained(said: dict[str, str], expected: str) -> None:
    row = {"year": "2024", "sub1nm": "Botany", **said}
    assert layouts.NAD.items(frame(layouts.NAD, row))["obtained"].to_list() == [expected]


@pytest.mark.parametrize(("letter", "passes"), [("O", True), ("B+", True), ("P", True), ("F", False), ("Ab", False)])
def test_ten_point_letters_are_grades_the_bank_knows(letter: str, *, passes: bool) -> None:
    items = layouts.NAD.items(frame(layouts.NAD, {"sub1nm": "Botany", "sub1_grade": letter}))
    assert passed(parse(items["grade"][0])) is passes
    assert items["remark"].to_list() == [letter]  # what was written stays beside it


def test_generations_are_counted_row_by_row() -> None:
    first = {"level_code": "20", "category_code": "30"}
    present = {"level_code": "85", "category_code": "321"}
    given = (first, first, present, first | {"category_code": "321"}, {"level_code": "77"})
    counts = layouts.generation_counts(frame(layouts.OWN_COURSES, *given))
    assert counts == layouts.GenerationCounts(first=2, current=1, both=1, neither=1)
    assert counts + layouts.GenerationCounts(first=1) == layouts.GenerationCounts(first=3, current=1, both=1, neither=1)


def test_a_schools_own_names_are_used_where_all_its_headings_stand() -> None:
    names = {"学员": "person_name", "证件": "document", "科目": "course"}
    renaming = Renaming(layout="own-courses", names=names)
    found = layouts.recognise([("成绩册",), ("科目", "序号", "学员", "证件")], [renaming])
    assert found is not None
    assert (found.header, found.names, found.renaming) == (
        1,
        ("course", None, "person_name", "document"),
        renaming,
    )
    assert "学分" in found.missing
    assert layouts.recognise([("科目", "序号", "学员")], [renaming]) is None


def test_guesses_pair_what_is_most_alike() -> None:
    guesses = layouts.guessed(layouts.OWN_COURSES, ("学生姓名全称", "身份证件号码(18位)", "课程名", "总学分", "序"))
    assert {name: guesses.get(name) for name in ("person_name", "document", "course", "credits", "grade")} == {
        "person_name": 0,
        "document": 1,
        "course": 2,
        "credits": 3,
        "grade": None,
    }


def test_a_schools_words_become_the_banks() -> None:
    renaming = Renaming(
        layout="own-courses", names={}, values={"grade": {"过": "合格"}, "hours": {}}, fixed={"level_code": "86"}
    )
    given = pl.DataFrame({"row": [2, 3], "grade": ["过", "85"]})
    assert layouts.said(given, renaming).rows() == [(2, "合格", "86"), (3, "85", "86")]


def test_what_is_fixed_is_not_missing() -> None:
    renaming = Renaming(layout="own-courses", names={"学员": "person_name"}, fixed={"credits": "2"})
    found = layouts.recognise([("学员",)], [renaming])
    assert found is not None
    assert "学分" not in found.missing
    assert "课程名称" in found.missing
