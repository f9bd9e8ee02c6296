"""Rows of a school's list by columns: those as nearly all are, of which looking at each cell would say nothing else."""

from datetime import date
from typing import Final

import numpy as np
import polars as pl

from creditbank.enrolments.told import CATEGORIES, LEVELS, STATUSES
from creditbank.enrolments.types import EXAMPLE
from creditbank.kernel.documents import BIRTH_MIN, DocumentKind

YEAR_MIN: Final = 1949
#: Characters that are their own normal form, and that nothing is stripped of.
_HAN: Final = r"\x{4e00}-\x{9fa5}"
PLAIN: Final = {
    "学号": r"^[0-9A-Za-z]{1,40}$",
    "姓名": rf"^[{_HAN}]{{1,60}}$",
    "身份证号": r"^(1[1-5]|2[1-3]|3[1-7]|4[1-6]|5[0-4]|6[1-5]|71)[0-9]{15}[0-9X]$",
    "专业": rf"^[{_HAN}0-9A-Za-z]{{1,100}}$",
    "入学年份": r"^([0-9]{4}[年级]?)?$",
    "班级": rf"^[{_HAN}0-9A-Za-z]{{0,60}}$",
}
LONG: Final = 18
_ZERO: Final = ord("0")
_WEIGHTS: Final = np.array([pow(2, 17 - place, 11) for place in range(17)])
#: The last character by the remainder of the weighed sum, as GB 11643 lists them.
_CHECKS: Final = np.frombuffer(b"10X98765432", dtype=np.uint8)


def plain(cells: pl.DataFrame, *, today: date) -> pl.Series:
    """Say of each row whether all its cells are plain and can be taken as they are."""
    born = pl.col("身份证号").str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    year = pl.col("入学年份").str.slice(0, 4).cast(pl.Int16, strict=False)
    fits = pl.all_horizontal(
        *(pl.col(name).str.contains(pattern) for name, pattern in PLAIN.items()),
        pl.col("身份证号") != EXAMPLE["身份证号"],
        born.is_between(BIRTH_MIN, today),
        year.is_null() | year.is_between(YEAR_MIN, today.year + 1),
        pl.col("层次").is_in(list(LEVELS)),
        pl.col("类别").is_in(list(CATEGORIES)),
        pl.col("状态").is_in(list(STATUSES)),
    )
    found = cells.select(pl.when(fits).then("身份证号")).to_series()
    return found.is_not_null() & _checked(found.fill_null("0" * LONG))


def _checked(numbers: pl.Series) -> pl.Series:
    """Say of each number of 18 characters whether its last one follows from the others."""
    digits = np.frombuffer("".join(numbers).encode(), dtype=np.uint8).reshape(-1, LONG)
    sums = (digits[:, :-1].astype(np.int64) - _ZERO) @ _WEIGHTS
    return pl.Series(_CHECKS[sums % 11] == digits[:, -1], dtype=pl.Boolean)


def taken(cells: pl.DataFrame) -> pl.DataFrame:
    """Return plain rows as those of a list that can be taken."""
    status = {text: None if known is None else known.value for text, known in STATUSES.items()}
    return cells.select(
        "row",
        pl.col("姓名").alias("person_name"),
        pl.col("姓名").alias("name_key"),
        pl.lit(DocumentKind.RESIDENT_ID.value).alias("document_kind"),
        pl.col("身份证号").alias("document_number"),
        pl.col("学号").alias("student_number"),
        pl.col("专业").alias("major"),
        pl.col("层次").replace_strict(LEVELS, return_dtype=pl.String).alias("level_code"),
        pl.col("类别").replace_strict(CATEGORIES, return_dtype=pl.String).alias("category_code"),
        pl.col("入学年份").str.slice(0, 4).cast(pl.Int16, strict=False).alias("entry_year"),
        pl.col("班级").alias("class_name"),
        pl.col("状态").replace_strict(status, return_dtype=pl.String).alias("status"),
    )
