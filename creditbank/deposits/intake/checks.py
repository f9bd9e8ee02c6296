"""Checking rows: a frame of text in, the rows that may be deposited and the reasons for the others out."""

from dataclasses import dataclass
from datetime import date

import polars as pl

from creditbank.deposits.intake import frames, templates
from creditbank.deposits.intake.registry import CHECKS, RANK, Check

KEPT_COLUMNS = (
    "row",
    "person_name",
    "name_key",
    "document_kind",
    "document_number",
    "student_number",
    "major",
    "course",
    "course_key",
    "level_code",
    "category_code",
    "credits",
    "hours",
    "grade_scale",
    "grade_value",
    "obtained",
    "cohort",
    "outcome_code",
    "season_code",
    "mapped",
)
KEY = ("document_number", "course_key", "obtained")
VALUES = ("credits", "hours", "grade_scale", "grade_value")

# A spreadsheet would compute these when the text comes back to it.
_FORMULA = r"^([=\x{FF1D}]|[+\-@\x{FF0B}\x{FF0D}\x{FF20}]\s*[A-Za-z(\x{FF08}])"
_CONTROL = r"[\x00-\x1F\x7F-\x9F\x{200B}-\x{200F}\x{202A}-\x{202E}\x{2060}-\x{2069}\x{FFF9}-\x{FFFD}]"
_FOLDED = tuple(name for name in templates.NAMES if name not in {"person_name", "major", "course", "remark"})
_NAMES_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Checked:
    """The rows apart: `kept` typed (see KEPT_COLUMNS), `refused` one line a row (see `refusals`).

    `people` are row, document_kind and document_number of every row, kept or refused, whose number is readable.
    """

    kept: pl.DataFrame
    refused: pl.DataFrame
    people: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Split:
    """Rows that passed, by what else the file says of the same person, course and date.

    `unique` and `duplicates` are rows of `kept`; `contradicting` is refused like any other.
    """

    unique: pl.DataFrame
    duplicates: pl.DataFrame
    contradicting: pl.DataFrame


def check_rows(frame: pl.DataFrame, *, today: date) -> Checked:
    """Return the rows of a sheet apart; `frame` as `reading.read` gives it, of any order.

    Credits and hours come back in hundredths, dates as yyyymmdd with 00 for what is unknown, codes of the second
    generation. A row that fails several checks is refused for the first in the registry; `more` counts the others.
    """
    tidy = _normalised(frame)
    typed = frames.typed(tidy, today=today)
    typed = pl.concat([typed, _suspicious(tidy)], how="horizontal")
    typed = _with_people_of_two_names(typed)
    problems = [pl.col(column) for column in typed.columns if column.startswith("problem_")]
    judged = typed.with_columns(
        pl.min_horizontal(problems).alias("rank"),
        (pl.sum_horizontal(problem.is_not_null().cast(pl.Int32) for problem in problems) - 1).alias("more"),
    )
    kept = judged.filter(pl.col("rank").is_null()).select(KEPT_COLUMNS)
    failing = pl.concat([tidy.drop("row"), judged.select("row", "rank", "more", "names", "at")], how="horizontal")
    people = judged.select("row", "document_kind", "document_number").drop_nulls()
    return Checked(kept=kept, refused=_refused(failing.filter(pl.col("rank").is_not_null())), people=people)


def split_duplicates(kept: pl.DataFrame) -> Split:
    """Return the rows apart: of equal ones the uppermost stays; where they disagree, none does."""
    alone = ~kept.select(pl.struct(KEY).is_duplicated().alias("alone"))["alone"]
    several = (
        kept.filter(~alone)
        .with_columns(
            pl.col("row").min().over(KEY).alias("first"), pl.col("row").min().over(*KEY, *VALUES).alias("own")
        )
        .with_columns((pl.col("own") != pl.col("first")).any().over(KEY).alias("contradicts"))
    )
    agreeing = several.filter(~pl.col("contradicts"))
    upper = pl.col("row") == pl.col("first")
    return Split(
        unique=pl.concat([kept.filter(alone), agreeing.filter(upper).select(kept.columns)]).sort("row"),
        duplicates=agreeing.filter(~upper).select(kept.columns).sort("row"),
        contradicting=_contradictions(several.filter("contradicts")),
    )


def refusals(rows: pl.DataFrame) -> pl.DataFrame:
    """Return refused rows with the sentences of their checks: `rows` has row, rank, column (our name), value, more.

    Gives row, column (the template's heading), code, message_zh and message_en (the fact), remedy_zh and remedy_en,
    and more (how many further checks fail). Identity numbers are masked.
    """
    distinct = rows.select("rank", "column", "value").unique()
    told = pl.DataFrame(
        [(rank, column, value, *_told(CHECKS[rank], column, value)) for rank, column, value in distinct.rows()],
        distinct.schema
        | dict.fromkeys(("heading", "code", "message_zh", "message_en", "remedy_zh", "remedy_en"), pl.String()),
        orient="row",
    )
    return (
        rows.join(told, on=["rank", "column", "value"], how="left", nulls_equal=True)
        .select(
            "row",
            pl.col("heading").alias("column"),
            "code",
            "message_zh",
            "message_en",
            "remedy_zh",
            "remedy_en",
            "more",
        )
        .sort("row")
    )


def _told(check: Check, column: str, value: str | None) -> tuple[str, ...]:
    zh, en = (frames.shown(value, column=column, language=language) for language in ("zh", "en"))
    facts = check.zh.format(*zh.split("|"), value=zh), check.en.format(*en.split("|"), value=en)
    return templates.HEADING.get(column, ""), check.code, *facts, check.remedy_zh, check.remedy_en


def _normalised(frame: pl.DataFrame) -> pl.DataFrame:
    """Return our columns with full-width forms folded where no person reads the text as it stands."""
    tidy = frame.select("row", *templates.NAMES, "cells_beyond")
    wide = [name for name in _FOLDED if tidy[name].str.contains(r"[^\x00-\x7F]").any()]
    return tidy.with_columns(pl.col(wide).str.normalize("NFKC").str.strip_chars())


def _suspicious(tidy: pl.DataFrame) -> pl.DataFrame:
    """Return the problems that any column may have, and in `at` our name of the first column that has one."""
    looks = tidy.select(pl.col(name).str.contains(f"{_FORMULA}|{_CONTROL}").any() for name in templates.NAMES).row(0)
    odd = [name for name, found in zip(templates.NAMES, looks, strict=True) if found]
    formula, control = (_where(odd, pattern) for pattern in (_FORMULA, _CONTROL))
    return tidy.select(
        _problem("formula", formula.is_not_null()),
        _problem("control_character", control.is_not_null()),
        _problem("too_many_cells", pl.col("cells_beyond").is_not_null()),
        pl.coalesce(formula, control, pl.when(pl.col("cells_beyond").is_not_null()).then(pl.lit("cells_beyond"))).alias(
            "at"
        ),
    )


def _where(names: list[str], pattern: str) -> pl.Expr:
    nowhere = pl.lit(None, pl.String)
    return pl.coalesce(*(pl.when(pl.col(name).str.contains(pattern)).then(pl.lit(name)) for name in names), nowhere)


def _problem(name: str, failing: pl.Expr) -> pl.Expr:
    return pl.when(failing).then(pl.lit(RANK[name], frames.PROBLEM)).alias(f"problem_{name}")


def _with_people_of_two_names(typed: pl.DataFrame) -> pl.DataFrame:
    """Add the problem of documents that go by several names, and in `names` those names."""
    readable = typed.select("document_number", "name_key", "person_name").drop_nulls().unique()
    named = (
        readable.group_by("document_number")
        .agg(pl.col("name_key").n_unique().alias("count"), pl.col("person_name").unique().sort().head(_NAMES_SHOWN))
        .filter(pl.col("count") > 1)
        .select("document_number", pl.col("person_name").list.join("、").alias("names"))
    )
    joined = typed.join(named, on="document_number", how="left", maintain_order="left")
    return joined.with_columns(
        _problem("same_person_two_names", pl.col("names").is_not_null() & pl.col("name_key").is_not_null())
    )


def _refused(failing: pl.DataFrame) -> pl.DataFrame:
    column_of = {rank: check.column or None for rank, check in enumerate(CHECKS)}
    column = pl.coalesce(pl.col("rank").replace_strict(column_of, return_dtype=pl.String), pl.col("at"))
    cells = pl.coalesce(
        *(pl.when(pl.col("column") == name).then(pl.col(name)) for name in (*templates.NAMES, "cells_beyond"))
    )
    two_names = pl.col("rank") == RANK["same_person_two_names"]
    return refusals(
        failing.with_columns(column.alias("column"))
        .with_columns(pl.when(two_names).then(pl.col("names")).otherwise(cells).alias("value"))
        .select("row", "rank", "column", "value", "more")
    )


def _contradictions(rows: pl.DataFrame) -> pl.DataFrame:
    """Refuse rows that disagree, each told the uppermost row that says otherwise."""
    first, own = pl.col("first"), pl.col("own")
    other = pl.when(own == first).then(own.filter(own != first).min().over(KEY)).otherwise(first)
    return refusals(
        rows.select(
            "row",
            pl.lit(RANK["contradicts_row"], frames.PROBLEM).alias("rank"),
            pl.lit("course").alias("column"),
            other.cast(pl.String).alias("value"),
            pl.lit(0, pl.Int32).alias("more"),
        )
    )
