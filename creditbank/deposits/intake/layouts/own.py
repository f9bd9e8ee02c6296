"""The bank's own template as data: every kind of achievement, one a row, and what it was converted into."""

from collections.abc import Mapping
from typing import Final

import polars as pl

from creditbank.archive.types import KIND_NAMES
from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits.intake.layouts import sheets
from creditbank.deposits.intake.layouts.making import PERSON, STUDIES, cell, converted, items_of
from creditbank.deposits.intake.layouts.shape import OWN, SOURCE, TARGET, Column, Layout
from creditbank.kernel.text import Text, fold

_SHARED: Final = {column.name: column.headings for column in sheets.OWN_COURSES_COLUMNS}
_INTO: Final = {
    column.name: column.headings for column in sheets.CONVERSIONS_COLUMNS if column.name.startswith("target_")
}


def _column(name: str, *more: str, required: bool = False) -> Column:
    """Return a column that also goes by its machine name, as it stands in Parquet."""
    known = _SHARED.get(name) or _INTO.get(name) or ()
    return Column(name, tuple(dict.fromkeys((*more, *known, name))), required=required)


#: Our name of a column, and what stands in it.
NOTES: Final[Mapping[str, Text]] = {
    "kind": Text("种类，见代码表“种类”", "Kind of achievement, see the list “Kind”"),
    "person_name": Text("证件上的姓名", "Name as on the document"),
    "document": Text(
        "居民身份证、港澳台居民居住证或护照号码；填了学习账户号可以不填",
        "Number of the identity card, residence permit or passport; may be empty where the account is given",
    ),
    "account": Text(
        "本银行的账户号，或已转入账户在原银行的账号", "Account number here, or at the bank it was taken over from"
    ),
    "student_number": Text("学习者在存入机构的学号，没有就不填", "The learner's number at the depositing institution"),
    "major": Text("专业，非学历成果不填", "Major; empty for non-formal achievements"),
    "course": Text(
        "课程、证书、项目、竞赛的全称，和名录一致",
        "Full name of course, certificate, project or contest, as the catalogue has it",
    ),
    "course_code": Text("名录里的代码，有就填", "Code in the catalogue, if there is one"),
    "level_code": Text("教育层次，见代码表；非学历成果不填", "Level, see the list; empty for non-formal achievements"),
    "category_code": Text(
        "教育类别，见代码表；非学历成果不填", "Category, see the list; empty for non-formal achievements"
    ),
    "credits": Text(
        "大于0，最多两位小数；没有学分的成果不填", "More than 0, at most two decimals; empty where there is none"
    ),
    "unit": Text("学分单位，见代码表；不填就是课程学分", "Unit, see the list; empty means course credits"),
    "hours": Text("学时，可以不填", "Contact hours, may be empty"),
    "grade": Text(
        "百分制、五级制、字母或合格；没有成绩不填", "Mark out of 100, five grades, letters or 合格; may be empty"
    ),
    "obtained": Text("年、年月或年月日，如2026、202606、20260618", "Year, month or day: 2026, 202606 or 20260618"),
    "cohort": Text("毕业届别，四位年份", "Year of graduation, four digits"),
    "outcome_code": Text("毕业、结业或在校，见代码表", "How studies ended, see the list"),
    "season_code": Text("毕业季，见代码表", "Season of graduation, see the list"),
    "remark": Text("给自己看的话，不存入档案", "A note for yourselves; not deposited"),
    "issuer_name": Text(
        "发证机构，课程写原学校；就是存入机构时不填",
        "Who issued it, of a course the school; empty where it is the depositing institution",
    ),
    "issuer_code": Text("发证机构在本银行的代码", "Code of the issuer in this bank"),
    "certificate_number": Text(
        "证书编号；同一天的两本同种证书靠它区分",
        "Number of the certificate; it tells two of one kind and day apart",
    ),
    "certificate_level": Text("证书等级，如中级、三级", "Level of the certificate, such as 中级"),
    "target_course": Text(
        "由这项成果转换成的课程；一项转换成几门，就写几行",
        "Course it was converted into; a row for each of several",
    ),
    "target_course_code": Text("转换后课程的代码", "Code of that course"),
    "target_level_code": Text("转换后的教育层次，见代码表", "Level after conversion, see the list"),
    "target_credits": Text("转换后的学分", "Credits after conversion"),
    "target_obtained": Text("转换的年月或日期", "Month or day of the conversion"),
    "target_major": Text("转换后的专业", "Major after conversion"),
}
_HEADINGS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("种类", "成果种类", "Kind"),
    "account": ("学习账户号", "账户号", "账号", "Account"),
    "course": ("成果名称", "Achievement"),
    "course_code": ("成果代码", "课程代码", "证书代码", "项目代码", "Code"),
    "unit": ("学分单位", "Unit"),
    "issuer_name": ("发证机构", "颁发机构", "Issuer"),
    "issuer_code": ("发证机构代码", "Issuer code"),
    "certificate_number": ("证书编号", "证书号", "Certificate number"),
    "certificate_level": ("证书等级", "Certificate level"),
}
_REQUIRED: Final = frozenset({"kind", "person_name", "course", "obtained"})
_KINDS: Final = {
    fold(spelling): kind.value for kind, name in KIND_NAMES.items() for spelling in (kind.value, name.zh, name.en)
} | {fold("证书类"): SpecificationKind.CERTIFICATE.value, fold("课程类"): SpecificationKind.COURSE.value}


def _items(frame: pl.DataFrame) -> pl.DataFrame:
    """Return an item for each row, or two where the row says what the achievement was converted into."""
    kind = {"kind": _kind(frame)}
    into = [name for name in frame.columns if name.startswith("target_")]
    converts = pl.any_horizontal(pl.col(name).is_not_null() for name in into) if into else pl.lit(value=False)
    plain, both = frame.filter(~converts), frame.filter(converts)
    own = items_of(plain, item=0, role=OWN, fixed=kind)
    if both.is_empty():
        return own
    unlike_source = {name: pl.lit(None, pl.String) for name in STUDIES}
    sources = items_of(both, item=0, role=SOURCE, fixed=kind | unlike_source)
    course = {"kind": pl.lit(SpecificationKind.COURSE.value)}
    targets = items_of(both, item=1, role=TARGET, prefix="target_", shared=(*PERSON, *STUDIES), fixed=course)
    return pl.concat([own, converted(sources, targets)]).sort("row", "item")


def _kind(frame: pl.DataFrame) -> pl.Expr:
    """Return our word for each kind; what is none is left standing, for the check to refuse."""
    given: list[str] = frame["kind"].drop_nulls().unique().to_list() if "kind" in frame.columns else []
    spoken = {word: _KINDS.get(fold(word), word) for word in given}
    return cell(frame, "kind").replace(spoken)


CREDITBANK: Final = Layout(
    code="creditbank-1",
    name=Text("本行通用模板", "The bank's own template"),
    columns=tuple(_column(name, *_HEADINGS.get(name, ()), required=name in _REQUIRED) for name in NOTES),
    needs={
        OWN: frozenset({"person_name", "kind", "course", "obtained"}),
        SOURCE: frozenset({"person_name", "kind", "course", "obtained"}),
        TARGET: frozenset({"person_name", "course", "credits", "obtained"}),
    },
    items=_items,
)
