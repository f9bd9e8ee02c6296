"""India's wide table for NAD and the Academic Bank of Credits as data: one row a student and term, un-pivoted here.

People have no Chinese document in it: an ABC account number stands for them, which is an alias of an account.
"""

from collections.abc import Mapping
from typing import Final

import polars as pl

from creditbank.catalogue.types import SpecificationKind
from creditbank.deposits.intake.layouts.making import cell, items_of
from creditbank.deposits.intake.layouts.shape import OWN, Column, Layout
from creditbank.kernel.text import Text

#: The format has twenty; some universities write on.
SUBJECTS_MAX: Final = 40
UNIT: Final = "ncrf.credit"

_FIXED: Final = (
    *("ORG_NAME", "ACADEMIC_COURSE_ID", "COURSE_NAME", "STREAM", "SESSION", "REGN_NO", "RROLL", "CNAME", "GENDER"),
    *("DOB", "FNAME", "MNAME", "PHOTO", "MRKS_REC_STATUS", "RESULT", "YEAR", "CSV_MONTH", "MONTH", "PERCENT", "DOI"),
    *("CERT_NO", "SEM", "EXAM_TYPE", "TOT_CREDIT", "TOT_CREDIT_POINTS", "CGPA", "ABC_ACCOUNT_ID", "TERM_TYPE"),
    *("TOT_GRADE", "DEPARTMENT"),
)
_REQUIRED: Final = frozenset({"CNAME", "ABC_ACCOUNT_ID", "SUB1NM"})
#: Of the 25 columns of a subject, those that say what was achieved; marks of single papers are not read.
_OF_SUBJECT: Final = ("NM", "", "_GRADE", "_GRADE_POINTS", "_CREDIT", "_CREDIT_POINTS", "_CREDIT_ELIGIBILITY")

#: The ten-point letters: O (outstanding) is above A+, and P passes. The others stand as they are.
_LETTERS: Final[Mapping[str, str]] = {"O": "A+", "P": "D", "AB": "F", "ABSENT": "F", "RA": "F"}
_POINTS: Final[Mapping[str, str]] = {
    "10": "A+",
    "9": "A+",
    "8": "A",
    "7": "B+",
    "6": "B",
    "5": "C",
    "4": "D",
    "0": "F",
}
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")


def _headings() -> tuple[str, ...]:
    subjects = (f"SUB{number}{rest}" for number in range(1, SUBJECTS_MAX + 1) for rest in _OF_SUBJECT)
    return (*_FIXED, *subjects)


def _items(frame: pl.DataFrame) -> pl.DataFrame:
    """Return one item for each subject that a row names; a row without any stands for one empty item."""
    common = frame.with_columns(
        cell(frame, "abc_account_id").alias("account"),
        cell(frame, "cname").alias("person_name"),
        pl.coalesce(cell(frame, "regn_no"), cell(frame, "rroll")).alias("student_number"),
        pl.coalesce(cell(frame, "course_name"), cell(frame, "stream")).alias("major"),
        _obtained(frame).alias("obtained"),
    )
    subjects = [number for number in range(1, SUBJECTS_MAX + 1) if f"sub{number}nm" in frame.columns]
    parts = [_subject(common, number) for number in subjects]
    items = pl.concat(parts) if parts else _subject(common, 1)
    return items.sort("row", "item")


def _subject(frame: pl.DataFrame, number: int) -> pl.DataFrame:
    name, code, grade, points, worth = (cell(frame, f"sub{number}{rest}".lower()) for rest in _OF_SUBJECT[:5])
    named = name.is_not_null() | code.is_not_null()
    said = [cell(frame, f"sub{other}nm") for other in range(1, SUBJECTS_MAX + 1) if f"sub{other}nm" in frame.columns]
    empty = pl.all_horizontal(each.is_null() for each in said) if said and number == 1 else pl.lit(value=False)
    # Credits that are not eligible count nothing; as zero they are refused in words and not lost in silence.
    counts = cell(frame, f"sub{number}_credit_eligibility").str.to_uppercase().str.starts_with("N")
    fixed = {
        "kind": pl.lit(SpecificationKind.COURSE.value),
        "course": pl.coalesce(name, code),
        "course_code": code,
        "credits": pl.when(counts.fill_null(value=False)).then(pl.lit("0")).otherwise(worth),
        "unit": pl.lit(UNIT),
        "grade": _grade(grade, points),
        "remark": pl.concat_str(grade, points, separator=" ", ignore_nulls=True),
    }
    shared = ("account", "person_name", "student_number", "major", "obtained")
    return items_of(
        frame.filter(named | empty), item=number - 1, role=OWN, prefix=f"subject_{number}_", shared=shared, fixed=fixed
    )


def _grade(grade: pl.Expr, points: pl.Expr) -> pl.Expr:
    """Return the letter, or the letter for the points where no letter is given; an unknown one is left standing."""
    letter = grade.str.to_uppercase().str.strip_chars()
    whole = points.str.replace(r"\.0+$", "")
    return pl.coalesce(letter.replace(_LETTERS), whole.replace(_POINTS))


def _obtained(frame: pl.DataFrame) -> pl.Expr:
    """Return year and month of the examination, else the date of issue (day first), else the year alone."""
    year = cell(frame, "year").str.extract(r"((?:19|20)\d{2})")
    spelled = cell(frame, "month").str.to_lowercase().str.slice(0, 3)
    month = pl.coalesce(
        spelled.replace_strict(
            {name: f"{number:02d}" for number, name in enumerate(_MONTHS, 1)}, default=None, return_dtype=pl.String
        ),
        cell(frame, "month").str.extract(r"^(0?[1-9]|1[0-2])$").str.zfill(2),
    )
    issued = cell(frame, "doi")
    day_first = issued.str.replace(r"^(\d{2})[-/.](\d{2})[-/.](\d{4})$", "${3}${2}${1}")
    return pl.coalesce(pl.concat_str(year, month), day_first, year)


NAD: Final = Layout(
    code="nad-abc",
    name=Text("印度NAD、ABC宽表", "India's NAD and ABC table"),
    columns=tuple(Column(name.lower(), (name,), required=name in _REQUIRED) for name in _headings()),
    needs={OWN: frozenset({"account", "person_name", "course", "credits", "grade", "obtained"})},
    items=_items,
    printed={
        "account": "ABC_ACCOUNT_ID",
        "person_name": "CNAME",
        "student_number": "REGN_NO",
        "major": "COURSE_NAME",
        "obtained": "YEAR",
        "course": "SUBnNM",
        "course_code": "SUBn",
        "credits": "SUBn_CREDIT",
        "grade": "SUBn_GRADE",
    },
)
