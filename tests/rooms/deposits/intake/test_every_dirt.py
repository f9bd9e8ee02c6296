"""Every kind of dirt that schools send: a real file goes in, and what comes out is a code with a sentence, or a row.

One line a case: what stands in the file, and the code it is refused with, or the values it is taken as.
"""

import csv
import io
import zipfile
from datetime import date

import pytest
from openpyxl import Workbook

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue, queries as courses
from creditbank.catalogue.types import NewCourse, NewSpecification, SpecificationKind
from creditbank.deposits import operations, queries
from creditbank.deposits.intake.registry import BY_CODE
from creditbank.kernel import grades
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import packed
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import NewPerson
from creditbank.organizations import operations as organizations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, two_schools
from tests.rooms.deposits.sheets import HEADINGS, Row, identity, sheet

WIDE = str.maketrans("0123456789Xx.", "０１２３４５６７８９Ｘｘ．")


@pytest.fixture
def school(db):
    return two_schools()[0]


def dry(school, content, name="a.csv"):
    return operations.dry_run(
        actor=SYSTEM, organization_id=school.id, file_name=name, content=content, today=NOW.date()
    )


def at_once(school, content, name="a.csv"):
    return operations.deposit_at_once(actor=SYSTEM, organization_id=school.id, file_name=name, content=content, now=NOW)


def stored(person=1):
    document = Document(DocumentKind.RESIDENT_ID, identity(person))
    (entry,) = archive.entries(accounts.find_by_documents([document])[document].learner_id)
    return entry


def cells(**changes):
    """The cells of the good row, with others in some columns, by heading."""
    return list((dict(zip(HEADINGS, Row().cells(), strict=True)) | changes).values())


def as_csv(*lines):
    text = io.StringIO()
    csv.writer(text).writerows([HEADINGS, *lines])
    return text.getvalue().encode()


def as_xlsx(*lines):
    book = Workbook()
    for line in (HEADINGS, *lines):
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


#: Column, what stands in its cell, and the code that says why the row is not taken.
REFUSED = [
    ("备注", "=1+1", "formula"),
    ("备注", '=HYPERLINK("http://example.org","看")', "formula"),
    ("备注", "+cmd|' /C calc'!A0", "formula"),
    ("备注", "@SUM(A1)", "formula"),
    ("备注", "＝1+1", "formula"),
    ("专业名称", "物流\x07管理", "control_character"),
    ("专业名称", "物流\u202e管理", "control_character"),
    ("课程名称", "大学\ufffd英语", "control_character"),
    ("获得时间", "201913", "obtained_malformed"),
    ("获得时间", "20190631", "obtained_malformed"),
    ("获得时间", "去年六月", "obtained_malformed"),
    ("获得时间", "209901", "obtained_future"),
    ("身份证号", "3.10199E+17", "document_scientific"),
    ("身份证号", "3.10199199001001E+017", "document_scientific"),
    ("学号", "2.02406E+15", "student_number_scientific"),
    ("身份证号", identity(1)[:-1], "document_malformed"),
    ("身份证号", identity(1)[:-1] + ("1" if identity(1)[-1] != "1" else "2"), "document_check_digit"),
    ("学分", "两学分", "credits_malformed"),
    ("学分", "2.555", "credits_malformed"),
    ("学分", "-2", "credits_malformed"),
    ("学分", "0", "credits_out_of_range"),
    ("学分", "61", "credits_out_of_range"),
    ("学分", "3-4学分", "credits_malformed"),
    ("学分", "3学时", "credits_malformed"),
    ("学分", "0学分", "credits_out_of_range"),
    ("学时", "六十四", "hours_malformed"),
    ("学时", "64分", "hours_malformed"),
    ("成绩", "缺考", "grade_not_given"),
    ("成绩", " 缓 ", "grade_not_given"),
    ("成绩", "免修", "grade_not_given"),
    ("成绩", "补考60", "grade_malformed"),
    ("成绩", "101", "grade_malformed"),
    ("成绩", "优良", "grade_malformed"),
    ("成绩", "86分/100分", "grade_malformed"),
    ("成绩", "86-90", "grade_malformed"),
    ("成绩", "86-90分", "grade_malformed"),
    ("成绩", "86学分", "grade_malformed"),
    ("成绩", "101分", "grade_malformed"),
    ("成绩", "59分", "grade_not_passed"),
    ("成绩", "不及格", "grade_not_passed"),
    ("成绩", "F", "grade_not_passed"),
    ("成绩", "59.9", "grade_not_passed"),
    ("成绩", "不合格", "grade_not_passed"),
    ("姓名", "学生1号", "name_malformed"),
    ("姓名", "", "name_missing"),
    ("教育层次代码", "99", "level_unknown"),
    ("教育类别代码", "99", "category_unknown"),
    ("毕业结业肄业", "9", "outcome_unknown"),
    ("毕业季", "夏", "season_unknown"),
    ("届别", "24", "cohort_malformed"),
]
#: Column, what stands in its cell, and what of the stored entry shows how it was read.
TAKEN = [
    ("学分", "2", {"credits": 200}),
    ("学分", "2.5", {"credits": 250}),
    ("学分", "0.5", {"credits": 50}),
    ("学分", "２．５", {"credits": 250}),
    ("学分", " 4.0 ", {"credits": 400}),
    ("学分", "3.0分", {"credits": 300}),
    ("学分", "3学分", {"credits": 300}),
    ("学分", "３．０ 学分", {"credits": 300}),
    ("学时", "", {"hours": None}),
    ("学时", "64学时", {"hours": 6400}),
    ("学时", "32.0", {"hours": 3200}),
    ("成绩", "85.5", {"grade": "85.5"}),
    ("成绩", "８５", {"grade": "85"}),
    ("成绩", "86分", {"grade": "86"}),
    ("成绩", "８６．５　分", {"grade": "86.5"}),
    ("成绩", "A-", {"grade": "A-"}),
    ("成绩", "b+", {"grade": "B+"}),
    ("成绩", "B−", {"grade": "B-"}),
    ("成绩", "优", {"grade": "优秀"}),
    ("成绩", "中", {"grade": "中等"}),
    ("成绩", "及格", {"grade": "及格"}),
    ("成绩", "通过", {"grade": "合格"}),
    ("获得时间", "2024-07", {"obtained": 20240700}),
    ("获得时间", "2024/7/1", {"obtained": 20240701}),
    ("获得时间", "2024年7月", {"obtained": 20240700}),
    ("获得时间", "２０２４０７", {"obtained": 20240700}),
    ("获得时间", "2024", {"obtained": 20240000}),
    ("身份证号", identity(1).translate(WIDE), {}),
    ("身份证号", f" {identity(1)[:6]} {identity(1)[6:14]} {identity(1)[14:]} ", {}),
    ("身份证号", f"\u200b{identity(1).lower()}", None),
    ("姓名", "學生\u3000七", {}),
    ("教育层次代码", "21", {}),
    ("届别", "2024届", {}),
]


@pytest.mark.parametrize(("heading", "cell", "code"), REFUSED)
def test_what_is_not_taken_is_told_by_code_and_sentence(school, heading, cell, code):
    report = at_once(school, as_csv(cells(**{heading: cell})))
    assert (report.batch.counts.rows, report.batch.counts.refused_rows) == (1, 1)
    (row,) = report.refused
    check = BY_CODE[f"deposits.row.{code}"]
    assert (row.code, row.row) == (check.code, 2)
    for said in (row.message_zh, row.message_en, check.remedy_zh, check.remedy_en):
        assert said
        assert identity(1) not in said
        assert "{" not in said


@pytest.mark.parametrize(("heading", "cell", "shown"), [case for case in TAKEN if case[2] is not None])
def test_what_can_be_read_is_taken_as_it_is_meant(school, heading, cell, shown):
    report = at_once(school, as_csv(cells(**{heading: cell})))
    assert report.as_json()["refused"] == []
    entry = stored()
    read = {
        "credits": entry.credits,
        "hours": entry.hours,
        "grade": grades.label(entry.grade),
        "obtained": entry.key.obtained,
    }
    assert {name: read[name] for name in shown} == shown


@pytest.mark.parametrize(
    ("written", "shown"),
    [(2.5, 250), ("2.5", 250), (4, 400), ("４", 400)],
    ids=["number", "text", "whole", "full width"],
)
def test_credits_are_read_from_workbooks_as_numbers_and_as_text(school, written, shown):
    at_once(school, as_xlsx(cells(学分=written)), "a.xlsx")
    assert stored().credits == shown


def test_an_identity_number_that_a_workbook_holds_as_a_number_is_told_as_damaged(school):
    report = at_once(school, as_xlsx(cells(身份证号=310199199001001000)), "a.xlsx")
    assert [row.code for row in report.refused] == ["deposits.row.document_scientific"]


def test_a_formula_of_a_workbook_is_refused(school):
    report = at_once(school, as_xlsx(cells(备注="=1+1"), cells(学号="S2", 课程名称="物理")), "a.xlsx")
    assert report.batch.counts.rows == 2
    assert {row.code for row in report.refused} <= {"deposits.row.formula"}


def test_a_zip_bomb_is_refused_before_it_is_unpacked(school, monkeypatch):
    monkeypatch.setattr(packed, "UNPACKED_BYTES_MAX", 1000)
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive_file:
        archive_file.writestr("a.csv", b"0" * 100_000)
    with pytest.raises(Refusal) as refused:
        dry(school, content.getvalue(), "a.zip")
    assert refused.value.code == "kernel.sheets.too_large_unpacked"


def test_what_stands_around_the_rows_of_a_table_is_told_as_such_and_not_as_a_row_with_faults(school):
    about = [
        ["合计", "", "", "", "", "", "8", "128", "172"],
        ["注：缺考的不计学分。"],
        ["制表人：李某", "", "", "审核人：王某", "", "", "", "", "", "2024-07-10"],
        ["=SUM(G2:G3)"],
        [*[""] * (len(HEADINGS) - 1), "共2行"],
        list(HEADINGS),
    ]
    report = at_once(school, as_csv(cells(), cells(课程名称="物理"), *about))
    assert (report.batch.counts.kept, report.batch.counts.refused_rows) == (2, len(about))
    assert {row.code for row in report.refused} == {"deposits.row.not_of_a_student"}
    assert [row.message_zh[1:3] for row in report.refused] == ["合计", "注：", "制表", "=S", "共2", "姓名"]


@pytest.mark.parametrize("lacks", ["身份证号", "身份证号 学号", "课程名称 获得时间", "身份证号 获得时间"])
def test_a_row_that_says_whose_or_what_it_is_is_one_with_faults(school, lacks):
    report = at_once(school, as_csv(cells(**dict.fromkeys(lacks.split(), ""))))
    (row,) = report.refused
    assert row.code.endswith("_missing")


@pytest.mark.parametrize("lines", [(), ((), ("",))])
def test_a_workbook_without_a_cell_is_told_as_empty(school, lines):
    book = Workbook()
    for line in lines:
        book.active.append(line)
    content = io.BytesIO()
    book.save(content)
    with pytest.raises(Refusal) as refused:
        dry(school, content.getvalue(), "a.xlsx")
    assert refused.value.code == "deposits.file.empty"


def test_headings_with_a_star_are_known(school):
    content = as_csv(cells()).decode().replace("身份证号", "身份证件号码*").replace("姓名", "*姓　名").encode()
    assert at_once(school, content).batch.counts.kept == 1


def test_namesakes_are_two_people(school):
    report = at_once(school, sheet(Row(person=1, name="王芳"), Row(person=2, name="王芳")))
    assert (report.batch.counts.kept, report.batch.counts.people, report.batch.counts.accounts_opened) == (2, 2, 2)


@pytest.mark.parametrize(
    ("account", "written", "differently"),
    [
        ("买买提·吐尔逊", "买买提・吐尔逊", 0),
        ("买买提·吐尔逊", "买买提吐尔逊", 0),
        ("欧阳静", "歐陽 靜", 1),
        ("Li Na", "ＬＩ　ＮＡ", 0),
        ("张艺谋", "張藝謀", 1),
    ],
)
def test_ways_to_write_a_name_are_taken_and_counted(school, account, written, differently):
    people = [NewPerson(name=account, document=Document(DocumentKind.RESIDENT_ID, identity(1)))]
    learners.open_many(actor=SYSTEM, organization_id=school.id, people=people, now=NOW)
    counts = at_once(school, sheet(Row(name=written))).batch.counts
    assert (counts.kept, counts.refused_rows, counts.differently) == (1, 0, differently)
    assert accounts.by_id(stored().key.learner_id).name == account


def test_another_name_is_refused(school):
    at_once(school, sheet(Row(name="王芳")))
    report = at_once(school, sheet(Row(name="王方", course="物理")))
    assert [row.code for row in report.refused] == ["deposits.row.name_differs_from_account"]


def test_one_person_may_be_written_two_ways_in_a_file_but_not_have_two_names(school):
    counts = at_once(school, sheet(Row(name="張三"), Row(name="张三", course="物理"))).batch.counts
    assert (counts.kept, counts.people) == (2, 1)
    report = at_once(school, sheet(Row(person=2, name="李四"), Row(person=2, name="李泗", course="物理")))
    assert {row.code for row in report.refused} == {"deposits.row.same_person_two_names"}


def test_a_course_is_found_by_name_code_and_alias_and_credits_within_the_tolerance(school):
    number = catalogue.propose_courses(
        actor=SYSTEM, organization_id=school.id, courses=[NewCourse(name="高等数学", credits=400)], now=NOW
    )["高等数学"]
    catalogue.add_alias(actor=SYSTEM, specification_id=number, organization_id=school.id, alias="高数（上）", now=NOW)
    organizations.set_depositing(
        actor=SYSTEM,
        organization_id=school.id,
        opens_accounts=True,
        registers_courses=True,
        credits_tolerance=50,
        now=NOW,
    )
    report = at_once(
        school,
        sheet(
            Row(person=1, course="高等　数学".replace("　", "")),
            Row(person=2, course="高数(上)", credits="4.5"),
            Row(person=3, course="高数（上）", credits="4.51"),
            Row(person=4, course="高数（下）"),
        ),
    )
    assert {row.row: row.code for row in report.refused} == {
        4: "deposits.row.credits_differ",
        5: "deposits.row.course_unknown",
    }
    assert (report.batch.counts.kept, report.batch.counts.tolerated) == (2, 1)
    assert [stored(person).key.specification_id for person in (1, 2)] == [number, number]
    assert stored(2).credits == 450
    assert [each.id for each in courses.courses_of(school.id)] == [number]


def test_what_is_not_formal_is_taken_while_it_was_accredited(school):
    training = training_of(school, "养老护理员培训")
    row = Row(course="养老护理员培训", credits="2", obtained="202407")
    (refused,) = at_once(school, sheet(row)).refused
    assert (refused.code, "202407" in refused.message_zh) == ("deposits.row.not_accredited", True)
    assert "申请" in BY_CODE[refused.code].remedy_zh
    catalogue.accredit(
        actor=SYSTEM,
        specification_id=training.id,
        starts=date(2024, 7, 15),
        ends=date(2025, 1, 1),
        decision="2024年第1号",
        now=NOW,
    )
    report = at_once(school, sheet(row, row.but(person=2, obtained="202501"), row.but(person=3, obtained="202406")))
    assert [(each.row, each.code) for each in report.refused] == [
        (3, "deposits.row.not_accredited"),
        (4, "deposits.row.not_accredited"),
    ]
    assert stored().key.specification_id == training.id


def training_of(school, name):
    new = NewSpecification(
        kind=SpecificationKind.TRAINING,
        name=Text(name),
        owner_id=school.id,
        issuer_id=school.id,
        credits=200,
        unit_id=1,
    )
    return catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)


def test_a_file_sent_again_says_so_and_changes_nothing(school):
    at_once(school, sheet(Row()))
    counts = at_once(school, sheet(Row(), Row(person=2))).batch.counts
    assert (counts.duplicates, counts.kept) == (1, 1)
    assert queries.stages(SYSTEM)["posted"] == 2
