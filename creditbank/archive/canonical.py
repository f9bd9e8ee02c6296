"""The canonical form `archive.entry.v1`: the bytes of an entry that its commitment binds.

A JCS document (RFC 8785) with these members, all present, in this order:

    account      the learner's account number, 15 digits
    achievement  public id of the catalogue specification
    credits      decimal text without trailing zeros, or null
    enrolment    number of the enrolment within the learner's, 0 for none
    form         "archive.entry.v1"
    grade        the mark in its own scale ("85.5", "良好", "B+", "")
    hours        contact hours as decimal text, or null
    obtained     "2020", "2020-12" or "2020-12-31": never an invented month or day
    part         what tells apart several achievements of one key, 0 for courses
    revision     0, or how often the entry was corrected before
    scale        "none", "percent", "five", "letter" or "pass"
    source       code of the institution that deposited
    unit         code of the credit unit

Vectors lie in tests/data/vectors/entries.json. The form is fixed: a change is `archive.entry.v2`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Final

import polars as pl

from creditbank.kernel.credits import plain
from creditbank.kernel.dates import PartialDate
from creditbank.kernel.grades import Grade, Scale, label

FORM: Final = "archive.entry.v1"
COLUMNS: Final = {
    "learner_id": pl.Int64,
    "specification_id": pl.Int32,
    "obtained": pl.Int32,
    "part": pl.Int32,
    "revision": pl.Int16,
    "enrolment": pl.Int16,
    "credits": pl.Int32,
    "hours": pl.Int32,
    "grade": pl.Int32,
    "grade_scale": pl.Int16,
    "unit_id": pl.Int16,
}


@dataclass(frozen=True, slots=True)
class Names:
    """What the numbers of a frame are called outside: accounts, specifications, the source, units."""

    accounts: dict[int, str]
    achievements: dict[int, str]
    source: str
    units: dict[int, str]


def _said(column: str, words: Mapping[int, str] | Mapping[int | None, str]) -> pl.Expr:
    """Return the text of each value of a column; a value without text is a bug."""
    return pl.col(column).replace_strict(words, return_dtype=pl.String)


def _decimal(frame: pl.DataFrame, column: str) -> pl.Expr:
    words = {value: f'"{plain(value)}"' for value in frame[column].unique().drop_nulls().to_list()}
    return _said(column, {**words, None: "null"})


def _with_marks(frame: pl.DataFrame) -> pl.DataFrame:
    """Join the grade's own text and its scale's name."""
    distinct = frame.select("grade_scale", "grade").unique()
    pairs = [Grade(Scale(scale), value) for scale, value in distinct.iter_rows()]
    table = distinct.with_columns(
        pl.Series("_grade", [label(mark) for mark in pairs], dtype=pl.String),
        pl.Series("_scale", [mark.scale.name.lower() for mark in pairs], dtype=pl.String),
    )
    return frame.join(table, on=["grade_scale", "grade"], how="left", maintain_order="left")


def entry_forms(frame: pl.DataFrame, names: Names) -> pl.Series:
    """Return the canonical text of each row of a frame, in the frame's order.

    Columns: learner_id, specification_id, obtained, part, revision, enrolment, credits, hours
    (hundredths), grade_scale, grade, unit_id. Nothing in the texts needs escaping: codes and
    ids are ASCII, marks are of `kernel.grades`.
    """
    moments = {number: PartialDate(number).iso for number in frame["obtained"].unique().to_list()}
    template = (
        '{{"account":"{}","achievement":"{}","credits":{},"enrolment":{},"form":"' + FORM + '","grade":"{}",'
        '"hours":{},"obtained":"{}","part":{},"revision":{},"scale":"{}","source":"' + names.source + '","unit":"{}"}}'
    )
    form = pl.format(
        template,
        _said("learner_id", names.accounts),
        _said("specification_id", names.achievements),
        _decimal(frame, "credits"),
        "enrolment",
        "_grade",
        _decimal(frame, "hours"),
        _said("obtained", moments),
        "part",
        "revision",
        "_scale",
        _said("unit_id", names.units),
    )
    return _with_marks(frame).select(form.alias("form"))["form"]


def entry_lines(frame: pl.DataFrame, names: Names) -> bytes:
    """Return the canonical texts of a frame, a line each."""
    forms, lines = entry_forms(frame, names), BytesIO()
    assert not forms.null_count(), "an entry without a form"  # it would become an empty line
    forms.to_frame().write_csv(lines, include_header=False, quote_style="never")
    return lines.getvalue()
