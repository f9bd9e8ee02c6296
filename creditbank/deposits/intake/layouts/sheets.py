"""The three sheets of the exchange template as data: own courses, courses converted, certificates converted."""

from typing import Final

import polars as pl

from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits.intake.layouts.making import PERSON, STUDIES, cell, converted, items_of
from creditbank.deposits.intake.layouts.shape import OWN, SOURCE, TARGET, Column, Layout
from creditbank.kernel.text import Text

#: Exporters write this where they know nothing.
NONE_WRITTEN: Final = ("无", "-", "—", "/")
_NO_CREDITS: Final = r"^0+(\.0*)?$"
_PERSON: Final = (
    Column("person_name", ("姓名", "学生姓名", "学员姓名", "Name"), required=True),
    Column(
        "document",
        ("身份证号", "身份证号码", "证件号", "证件号码", "身份证件号", "身份证件号码", "ID number"),
        required=True,
    ),
)
_STUDIES: Final = (
    Column("cohort", ("届别", "届", "毕业届别", "Cohort")),
    Column("outcome_code", ("毕业结业肄业", "毕结业", "毕业结业", "毕结业代码", "毕业结业肄业代码", "Outcome code")),
    Column("season_code", ("毕业季", "毕业季代码", "毕业季节", "Season code")),
    Column("remark", ("备注", "说明", "Remark")),
)
_STUDENT_NUMBER: Final = ("学号", "学生学号", "学籍号", "Student number")
_OBTAINED: Final = ("获得时间", "取得时间", "获得日期", "获得年月", "Obtained")

OWN_COURSES_COLUMNS: Final = (
    *_PERSON,
    Column("major", ("专业名称", "专业", "Major"), required=True),
    Column("course", ("课程名称", "课程", "课程名", "Course"), required=True),
    Column("level_code", ("教育层次代码", "教育层次", "层次代码", "Level code"), required=True),
    Column("category_code", ("教育类别代码", "教育类别", "类别代码", "Category code"), required=True),
    Column("credits", ("学分", "课程学分", "Credits"), required=True),
    Column("hours", ("学时", "课程学时", "Hours")),
    Column("grade", ("成绩", "课程成绩", "Grade"), required=True),
    Column("obtained", _OBTAINED, required=True),
    *_STUDIES,
    Column("student_number", _STUDENT_NUMBER, required=True),
)
_CODES: Final = (
    Column("source_level_code", ("原教育层次代码", "原教育层次", "Original level code")),
    Column("source_category_code", ("原教育类别代码", "原教育类别", "Original category code")),
)
_WORTH: Final = (
    Column("source_credits", ("原学分", "Original credits")),
    Column("source_hours", ("原学时", "Original hours")),
    Column("source_grade", ("原成绩", "Original grade")),
    Column("source_obtained", _OBTAINED, required=True),
)
_INTO: Final = (
    Column("target_level_code", ("转换后教育层次代码", "转换后教育层次", "Level code after conversion")),
    Column("target_course_code", ("转换后课程代码", "Course code after conversion")),
    Column("target_course", ("转换后课程名称", "转换后课程", "Course after conversion"), required=True),
    Column("target_credits", ("转换后学分", "Credits after conversion"), required=True),
    Column("target_obtained", ("转换时间", "转换日期", "Converted"), required=True),
    Column("target_major", ("转换后专业名称", "转换后专业", "Major after conversion")),
)
_SCHOOL: Final = Column("target_issuer_code", ("转换学校代码", "学校代码", "Code of the converting school"))

CONVERSIONS_COLUMNS: Final = (
    *_PERSON,
    _SCHOOL,
    Column("source_kind_code", ("原课程来源代码", "来源代码", "Code of origin")),
    Column("source_major", ("原专业名称", "原专业", "Original major")),
    Column("source_course", ("原课程名称", "原课程", "Original course"), required=True),
    Column("source_issuer_name", ("原办学机构", "原学校", "原学校名称", "Original institution")),
    *_CODES,
    *_WORTH,
    *_STUDIES,
    Column("student_number", _STUDENT_NUMBER),
    *_INTO,
)
CERTIFICATES_COLUMNS: Final = (
    *_PERSON,
    _SCHOOL,
    Column("source_kind_code", ("原证书来源代码", "来源代码", "Code of origin")),
    Column("source_kind", ("原证书类型", "证书类型", "Kind of certificate")),
    Column("source_course", ("原证书名称", "证书名称", "Certificate"), required=True),
    Column("source_certificate_level", ("原证书等级", "证书等级", "Level of the certificate")),
    Column("source_certificate_number", ("原证书编号", "证书编号", "证书号", "Certificate number")),
    Column("source_issuer_name", ("原发证机构", "发证机构", "Issued by")),
    *_CODES,
    *_WORTH,
    *_INTO,
    Column("student_number", _STUDENT_NUMBER),
)


def _own_courses(frame: pl.DataFrame) -> pl.DataFrame:
    return items_of(frame, item=0, role=OWN, fixed={"kind": pl.lit(SpecificationKind.COURSE.value)})


def _converted_courses(frame: pl.DataFrame) -> pl.DataFrame:
    return _converted(frame, SpecificationKind.COURSE)


def _converted_certificates(frame: pl.DataFrame) -> pl.DataFrame:
    return _converted(frame, SpecificationKind.CERTIFICATE)


def _converted(frame: pl.DataFrame, usual: SpecificationKind) -> pl.DataFrame:
    """Return a source and a target for each row; a certificate's credits of 0 are none."""
    kind = _kind(frame, usual)
    credits_given = cell(frame, "source_credits")
    worthless = (kind != SpecificationKind.COURSE.value) & credits_given.str.contains(_NO_CREDITS)
    level = cell(frame, "source_certificate_level")
    fixed = {
        "kind": kind,
        "credits": pl.when(~worthless.fill_null(value=False)).then(credits_given),
        "certificate_level": pl.when(~level.is_in(NONE_WRITTEN)).then(level),
    }
    sources = items_of(frame, item=0, role=SOURCE, prefix="source_", shared=(*PERSON, "remark"), fixed=fixed)
    course = {"kind": pl.lit(SpecificationKind.COURSE.value)}
    targets = items_of(frame, item=1, role=TARGET, prefix="target_", shared=(*PERSON, *STUDIES), fixed=course)
    return converted(sources, targets)


def _kind(frame: pl.DataFrame, usual: SpecificationKind) -> pl.Expr:
    """Return the kind of the source: by its code (01 courses, 02 certificates), then by what the certificate is called.

    The first generation has one sheet for both. A code that is neither is left standing, for the check to refuse.
    """
    code = cell(frame, "source_kind_code").str.strip_chars_start("0")
    certificate = (
        pl.when(cell(frame, "source_kind").str.contains("职业资格").fill_null(value=False))
        .then(pl.lit(SpecificationKind.QUALIFICATION.value))
        .otherwise(pl.lit(SpecificationKind.CERTIFICATE.value))
    )
    unstated = certificate if usual is SpecificationKind.CERTIFICATE else pl.lit(usual.value)
    return (
        pl.when(code.is_null() | (code == ""))
        .then(unstated)
        .when(code == "1")
        .then(pl.lit(SpecificationKind.COURSE.value))
        .when(code == "2")
        .then(certificate)
        .otherwise(code)
    )


_PERSON_NEEDED: Final = frozenset({"person_name", "document"})
_TARGET_NEEDED: Final = _PERSON_NEEDED | {"course", "credits", "obtained"}
OWN_COURSES: Final = Layout(
    code="own-courses",
    name=Text("本校课程成绩", "Own courses"),
    columns=OWN_COURSES_COLUMNS,
    needs={
        OWN: _PERSON_NEEDED
        | {"student_number", "major", "course", "level_code", "category_code", "credits", "grade", "obtained"}
    },
    items=_own_courses,
)
CONVERSIONS: Final = Layout(
    code="conversions",
    name=Text("外校课程转换", "Courses of other schools, converted"),
    columns=CONVERSIONS_COLUMNS,
    needs={SOURCE: _PERSON_NEEDED | {"course", "issuer_name", "credits", "grade", "obtained"}, TARGET: _TARGET_NEEDED},
    items=_converted_courses,
)
CERTIFICATES: Final = Layout(
    code="certificates",
    name=Text("证书转换", "Certificates, converted"),
    columns=CERTIFICATES_COLUMNS,
    needs={SOURCE: _PERSON_NEEDED | {"course", "issuer_name", "obtained"}, TARGET: _TARGET_NEEDED},
    items=_converted_certificates,
)
