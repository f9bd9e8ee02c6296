"""Checking rows: frames of text in, the rows that may be deposited and the reasons for the others out."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from creditbank.deposits.intake import frames, layouts, likeness, templates
from creditbank.deposits.intake.registry import CHECKS, RANK, Check, cells as cells_checks
from creditbank.deposits.narrow import Narrow

KEPT: Final = (
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
    "grade",
    "obtained",
    "cohort",
    "outcome_code",
    "season_code",
    "mapped",
)
#: A row that fails: the check, the cell (column is our name of it), how many further checks fail, and whom it names.
FAILING: Final = {
    "row": pl.Int64(),
    "rank": frames.PROBLEM(),
    "column": pl.String(),
    "value": pl.String(),
    "more": pl.Int32(),
    "person_name": pl.String(),
    "document": pl.String(),
    "student_number": pl.String(),
    "written": pl.String(),
    "name_key": pl.String(),
    "document_kind": pl.String(),
    "document_number": pl.String(),
}
KEY: Final = ("document_number", "course_key", "obtained")
VALUES: Final = ("credits", "hours", "grade_scale", "grade")
#: What a school's own courses may not leave empty.
NEEDED: Final = layouts.OWN_COURSES.needs[layouts.OWN]

#: Words that stand where a grade would, had there been one.
_NOT_GIVEN: Final = (
    "缺考",
    "缺",
    "缓考",
    "缓",
    "旷考",
    "作弊",
    "违纪",
    "取消资格",
    "免修",
    "免考",
    "免",
    "休学",
    "未考",
)
_WRITTEN: Final = ("course", "credits", "grade", "obtained")
#: What other sheets say of whose or what a row is.
_OF_OTHER_SHEETS: Final = ("kind", "account")
_HEADINGS_MIN: Final = 3
_NAMES_SHOWN: Final = 3
_ITEMS_MAX: Final = 1_000


@dataclass(frozen=True, slots=True)
class Judged:
    """Rows apart by what each says alone: `kept` typed (see KEPT), `failing` as FAILING.

    `first` and `current` count the cells with codes of the first and of the second generation.
    """

    kept: Narrow
    failing: pl.DataFrame
    first: int
    current: int


@dataclass(frozen=True, slots=True)
class Settled:
    """Rows of people apart by what else the file says of each: `kept` once each, `failing` one line a row."""

    kept: pl.DataFrame
    duplicates: pl.DataFrame
    failing: pl.DataFrame


def judge(
    frame: pl.DataFrame, *, today: date, needed: frozenset[str] = NEEDED, readings: frames.Readings | None = None
) -> Judged:
    """Return the rows of a block apart; `frame` as `reading.Sheet.blocks` gives it, of any order.

    `needed` are the columns in which no cell may be empty; `readings` are kept from block to block of a file.
    Credits and hours come back in hundredths, dates as yyyymmdd with 00 for what is unknown, codes of the second
    generation. A row that fails several checks is refused for the first in the registry.
    """
    readings = readings or frames.readings(today)
    read = {name: readings[name].read(frame[name]) for name in templates.NAMES}
    first, current = frames.generations(read)
    known = [frame.select(pl.col("row").cast(pl.Int64)), _suspicious(read, frame)]
    typed = frames.typed(read, known, needed=needed)
    rank = frames.lowest_problem(typed)
    bad = rank.is_not_null()
    kept = frames.without_problems(typed)
    if not bad.any():
        return Judged(kept, pl.DataFrame(schema=FAILING), first=first, current=current)
    judged = replace(typed, rows=typed.rows.with_columns(rank).filter(bad)).wide()
    return Judged(
        kept=kept.only(kept.rows.filter(~bad)),
        failing=_failing(judged, {name: _some(each, bad) for name, each in read.items()}, frame, bad),
        first=first,
        current=current,
    )


def settle(kept: pl.DataFrame, failing: pl.DataFrame) -> Settled:
    """Judge rows by the other rows of the same people: all rows of a person come together, blocks do not matter.

    Refused: documents that go by several names, rows of one key that disagree. Of equal rows the uppermost stays.
    """
    names = _several_names(kept, failing)
    clean = kept.join(names, on="document_number", how="anti") if names.height else kept
    split = _without_duplicates(clean)
    several = kept.join(names, on="document_number", how="inner", maintain_order="left")
    refused = fail(several, "same_person_two_names", column="person_name", value=pl.col("names"))
    return Settled(
        kept=split.kept,
        duplicates=split.duplicates,
        failing=pl.concat([_outranked(failing, names), refused, split.failing]),
    )


def once(rows: pl.DataFrame) -> Settled:
    """Judge rows by the others as `settle` does, now that `learner_id` and `specification_id` are known.

    One person may go by two documents, and one achievement by several names; only the bank can tell.
    """
    known = rows.with_columns(
        pl.when(pl.col("learner_id").is_null()).then("digest").alias("newcomer"),
        pl.when(pl.col("specification_id").is_null()).then("course_key").alias("proposed"),
    )
    numbered = ("part",) if "part" in rows.columns else ()
    key = ("learner_id", "newcomer", "specification_id", "proposed", "obtained", *numbered)
    split = _without_duplicates(known, key)
    kept, duplicates = (each.select(rows.columns) for each in (split.kept, split.duplicates))
    return Settled(kept=kept, duplicates=duplicates, failing=split.failing)


def fail(rows: pl.DataFrame, check: str, *, column: str, value: pl.Expr) -> pl.DataFrame:
    """Refuse typed rows for a check that needs more than the row, as FAILING."""
    if rows.is_empty():
        return pl.DataFrame(schema=FAILING)
    return rows.select(
        pl.col("row"),
        pl.lit(RANK[check], frames.PROBLEM).alias("rank"),
        pl.lit(column).alias("column"),
        value.cast(pl.String).alias("value"),
        pl.lit(0, pl.Int32).alias("more"),
        pl.col("person_name"),
        pl.col("document_number").alias("document"),
        pl.col("student_number"),
        pl.lit(frames.written(rows)).alias("written"),
        "name_key",
        "document_kind",
        "document_number",
    )


def refusals(rows: pl.DataFrame) -> pl.DataFrame:
    """Return refused rows with the sentences of their checks: `rows` has row, rank, column (our name), value, more.

    Adds heading (the template's), code, message_zh and message_en (the fact), remedy_zh and remedy_en. Identity
    numbers in the sentences are masked.
    """
    distinct = rows.select("rank", "column", "value").unique()
    told = pl.DataFrame(
        [(rank, column, value, *_told(CHECKS[rank], column, value)) for rank, column, value in distinct.rows()],
        distinct.schema
        | dict.fromkeys(("heading", "code", "message_zh", "message_en", "remedy_zh", "remedy_en"), pl.String()),
        orient="row",
    )
    return rows.join(told, on=["rank", "column", "value"], how="left", nulls_equal=True).sort("row")


def _told(check: Check, column: str, value: str | None) -> tuple[str, ...]:
    zh, en = (frames.shown(value, column=column, language=language) for language in ("zh", "en"))
    facts = check.zh.format(*zh.split("|"), value=zh), check.en.format(*en.split("|"), value=en)
    return (
        templates.HEADING.get(column, "" if column == "cells_beyond" else column),
        check.code,
        *facts,
        check.remedy_zh,
        check.remedy_en,
    )


def _some(read: frames.Read, chosen: pl.Series) -> pl.Series:
    """Return the texts of the chosen rows only."""
    return read.lines["text"].gather(read.marks.filter(chosen))


def _suspicious(read: Mapping[str, frames.Read], frame: pl.DataFrame) -> pl.DataFrame:
    """Return the problems that any column may have, and in `at` our name of the first column that has one."""
    beyond = pl.when(frame["cells_beyond"].is_not_null()).then(pl.lit("cells_beyond"))
    at = {
        "formula": _where(read, "formula", frame.height),
        "control_character": _where(read, "control", frame.height),
        "too_many_cells": frame.select(beyond.alias("at"))["at"],
    }
    found = [check for check, where in at.items() if where.null_count() < frame.height]
    return pl.select(
        pl.coalesce(at.values()).alias("at"), *(_problem(check, pl.lit(at[check]).is_not_null()) for check in found)
    )


def _where(read: Mapping[str, frames.Read], suspicion: str, height: int) -> pl.Series:
    """Return for each row our name of the first column whose text is under a suspicion."""
    found = pl.repeat(None, height, dtype=pl.String, eager=True)
    for name in reversed(templates.NAMES):
        if read[name].lines[suspicion].any():
            here = read[name].rows(suspicion)[suspicion].fill_null(value=False)
            found = pl.select(pl.when(here).then(pl.lit(name)).otherwise(found)).to_series()
    return found


def _problem(name: str, failing: pl.Expr) -> pl.Expr:
    return pl.when(failing).then(pl.lit(RANK[name], frames.PROBLEM)).alias(f"problem_{name}")


def _failing(judged: pl.DataFrame, texts: Mapping[str, pl.Series], frame: pl.DataFrame, bad: pl.Series) -> pl.DataFrame:
    """Return the rows that fail with the cell that is to blame, and what a person needs to find them."""
    column_of = {rank: check.column or None for rank, check in enumerate(CHECKS)}
    problems = [pl.col(name) for name in judged.columns if name.startswith("problem_")]
    cells: dict[str, pl.Series | pl.Expr] = {name: texts[name].alias(f"cell_{name}") for name in templates.NAMES}
    for name in ("cells_beyond", *_OF_OTHER_SHEETS):
        told = frame[name].filter(bad) if name in frame.columns else pl.lit(None, pl.String)
        cells[name] = told.alias(f"cell_{name}")
    words = pl.concat_str(*(pl.col(f"cell_{name}").fill_null("") for name in _WRITTEN), separator=" · ")
    garbled = (pl.col("rank") < len(cells_checks.CHECKS)) & pl.col("column").is_in(["person_name", "cells_beyond"])
    nobody = pl.col("rank") == RANK["not_of_a_student"]
    return (
        judged.drop("person_name", "student_number")
        .with_columns(cells.values())
        .with_columns(_said_better(pl.col("rank")).alias("rank"))
        .with_columns(
            pl.coalesce(
                *(pl.when(nobody & pl.col(f"cell_{name}").is_not_null()).then(pl.lit(name)) for name in cells),
                pl.col("rank").replace_strict(column_of, return_dtype=pl.String),
                pl.col("at"),
            ).alias("column"),
            pl.when(~nobody)
            .then(pl.sum_horizontal(problem.is_not_null().cast(pl.Int32) for problem in problems) - 1)
            .otherwise(0)
            .alias("more"),
        )
        .with_columns(
            pl.coalesce(pl.when(pl.col("column") == name).then(pl.col(f"cell_{name}")) for name in cells).alias(
                "value"
            ),
            pl.col("cell_person_name").alias("person_name"),
            pl.col("cell_document").alias("document"),
            pl.col("cell_student_number").alias("student_number"),
            words.alias("written"),
            # A garbled name, or a cell that slipped into its place, is no name that the document goes by.
            pl.when(~garbled & ~nobody).then("name_key").alias("name_key"),
        )
        .select(pl.col(name).cast(kind) for name, kind in FAILING.items())
    )


def _said_better(rank: pl.Expr) -> pl.Expr:
    """Return the check that tells a person most: no cell is to blame in a row that is no student's, or has no grade.

    Totals, notes and signatures say neither whose nor what they are; headings repeat those of the table.
    """
    cell = {name: pl.col(f"cell_{name}") for name in (*templates.NAMES, "account")}
    empty = {name: each.is_null() for name, each in cell.items()}
    unnamed = empty["document"] & empty["account"] & (empty["student_number"] | empty["person_name"])
    worth = pl.all_horizontal(empty[name] for name in ("major", "credits", "hours", "grade"))
    heading = pl.sum_horizontal((cell[name] == said).cast(pl.Int8) for name, said in templates.HEADING.items())
    nobody = (unnamed & (empty["course"] | empty["obtained"] | worth)) | (heading >= _HEADINGS_MIN)
    no_grade = (rank == RANK["grade_malformed"]) & cell["grade"].is_in(_NOT_GIVEN)
    return (
        pl.when(nobody)
        .then(pl.lit(RANK["not_of_a_student"], frames.PROBLEM))
        .when(no_grade)
        .then(pl.lit(RANK["grade_not_given"], frames.PROBLEM))
        .otherwise(rank)
    )


def _several_names(kept: pl.DataFrame, failing: pl.DataFrame) -> pl.DataFrame:
    """Return the documents that go by several names, and in `names` those names; ways to write one are one name."""
    columns = ["document_number", "name_key", "person_name"]
    spellings = pl.concat([kept.select(columns).unique(), failing.select(columns).unique()])
    several = spellings.drop_nulls().unique().filter(pl.col("name_key").n_unique().over("document_number") > 1)
    compared = likeness.loose_where_several(several, person=["document_number"], name_key="name_key")
    return (
        several.with_columns(compared.alias("name_key"))
        .group_by("document_number")
        .agg(pl.col("name_key").n_unique().alias("count"), pl.col("person_name").unique().sort().head(_NAMES_SHOWN))
        .filter(pl.col("count") > 1)
        .select("document_number", pl.col("person_name").list.join("、").alias("names"))
    )


def _outranked(failing: pl.DataFrame, names: pl.DataFrame) -> pl.DataFrame:
    """Tell of rows that fail for something else that their document goes by several names, too."""
    if names.is_empty() or failing.is_empty():
        return failing
    here = pl.lit(RANK["same_person_two_names"], frames.PROBLEM)
    joined = failing.join(names, on="document_number", how="left", maintain_order="left")
    also = pl.col("names").is_not_null() & pl.col("name_key").is_not_null()
    first = also & (here < pl.col("rank"))
    return joined.with_columns(
        (pl.col("more") + also.cast(pl.Int32)).alias("more"),
        pl.when(first).then(here).otherwise(pl.col("rank")).alias("rank"),
        pl.when(first).then(pl.lit("person_name")).otherwise(pl.col("column")).alias("column"),
        pl.when(first).then(pl.col("names")).otherwise(pl.col("value")).alias("value"),
    ).select(list(FAILING))


def _without_duplicates(kept: pl.DataFrame, key: tuple[str, ...] = KEY) -> Settled:
    """Return the rows apart: of equal ones the uppermost stays; where they disagree, none does."""
    # Equal rows have equal hashes; the few others that have, by chance, fall apart in what follows.
    hashes = kept.select(pl.struct(key).hash().alias("hash"))["hash"]
    if hashes.n_unique() == kept.height:
        return Settled(_in_order(kept), kept.clear(), pl.DataFrame(schema=FAILING))
    alone = ~hashes.is_duplicated()
    # Items of one row have their order, too.
    place = pl.col("row") * _ITEMS_MAX + (pl.col("item") if "item" in kept.columns else 0)
    several = (
        kept.filter(~alone)
        .with_columns(place.alias("place"))
        .with_columns(
            pl.col("place").min().over(key).alias("first"), pl.col("place").min().over(*key, *VALUES).alias("own")
        )
        .with_columns((pl.col("own") != pl.col("first")).any().over(key).alias("contradicts"))
    )
    agreeing = several.filter(~pl.col("contradicts"))
    upper = pl.col("place") == pl.col("first")
    first, own = pl.col("first"), pl.col("own")
    other = pl.when(own == first).then(own.filter(own != first).min().over(key)).otherwise(first)
    against = several.filter("contradicts").with_columns((other // _ITEMS_MAX).alias("other"))
    return Settled(
        kept=pl.concat([kept.filter(alone), agreeing.filter(upper).select(kept.columns)]).sort("row"),
        duplicates=agreeing.filter(~upper).select(kept.columns).sort("row"),
        failing=fail(against, "contradicts_row", column="course", value=pl.col("other")),
    )


def _in_order(rows: pl.DataFrame) -> pl.DataFrame:
    return rows if rows["row"].is_sorted() else rows.sort("row")
