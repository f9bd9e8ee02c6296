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

from dataclasses import dataclass
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


def _texts(frame: pl.DataFrame, column: str, spoken: dict[int, str], *, as_: str) -> pl.DataFrame:
    """Join the text of each distinct value of a column; a value without text is a bug."""
    distinct = frame[column].unique().drop_nulls()
    table = pl.DataFrame(
        {column: distinct, as_: [spoken[value] for value in distinct.to_list()]},
        schema={column: frame.schema[column], as_: pl.String},
    )
    return frame.join(table, on=column, how="left", maintain_order="left")


def _decimals(frame: pl.DataFrame, column: str, *, as_: str) -> pl.DataFrame:
    spoken = {value: f'"{plain(value)}"' for value in frame[column].unique().drop_nulls().to_list()}
    return _texts(frame, column, spoken, as_=as_).with_columns(pl.col(as_).fill_null("null"))


def _marks(frame: pl.DataFrame) -> pl.DataFrame:
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
    spoken = _texts(frame, "learner_id", names.accounts, as_="_account")
    spoken = _texts(spoken, "specification_id", names.achievements, as_="_achievement")
    spoken = _texts(spoken, "obtained", moments, as_="_obtained")
    spoken = _texts(spoken, "unit_id", names.units, as_="_unit")
    spoken = _decimals(_decimals(_marks(spoken), "credits", as_="_credits"), "hours", as_="_hours")
    template = (
        '{{"account":"{}","achievement":"{}","credits":{},"enrolment":{},"form":"' + FORM + '","grade":"{}",'
        '"hours":{},"obtained":"{}","part":{},"revision":{},"scale":"{}","source":"' + names.source + '","unit":"{}"}}'
    )
    columns = ["_account", "_achievement", "_credits", "enrolment", "_grade", "_hours", "_obtained"]
    columns += ["part", "revision", "_scale", "_unit"]
    return spoken.select(pl.format(template, *columns).alias("form"))["form"]
