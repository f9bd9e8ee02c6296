"""What the bank already knows of the rows of a file: people, courses, and what is stored; frames in, frames out."""

from dataclasses import dataclass
from typing import Final

import polars as pl

from creditbank.archive import queries as archive
from creditbank.catalogue import queries as catalogue
from creditbank.deposits.intake.registry import RANK
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import queries as learners
from creditbank.learners.types import Status

LEARNERS_A_QUERY: Final = 50_000
REFUSED_SCHEMA: Final = {
    "row": pl.Int64,
    "rank": pl.UInt8,
    "column": pl.String,
    "value": pl.String,
    "more": pl.Int32,
}
#: What makes two rows of one key the same achievement.
VALUES: Final = ("credits", "hours", "grade_scale", "grade")


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows apart: those that go on, and those refused as `checks.refusals` takes them."""

    kept: pl.DataFrame
    refused: pl.DataFrame


def _refuse(rows: pl.DataFrame, check: str, *, column: str, value: pl.Expr) -> pl.DataFrame:
    return rows.select(
        pl.col("row").cast(pl.Int64),
        pl.lit(RANK[check], pl.UInt8).alias("rank"),
        pl.lit(column).alias("column"),
        value.cast(pl.String).alias("value"),
        pl.lit(0, pl.Int32).alias("more"),
    )


def with_people(rows: pl.DataFrame) -> Matched:
    """Join `learner_id` (null where an account would be opened); refuse other names and closed accounts."""
    people = rows.select("document_kind", "document_number").unique(maintain_order=True)
    documents = [Document(DocumentKind(kind), number) for kind, number in people.iter_rows()]
    found = learners.find_by_documents(documents)
    known = [found.get(document) for document in documents]
    table = people.with_columns(
        pl.Series("learner_id", [f and f.learner_id for f in known], dtype=pl.Int64),
        pl.Series("account_name", [f and f.name_key for f in known], dtype=pl.String),
        pl.Series("closed", [f is not None and f.status is Status.CLOSED for f in known], dtype=pl.Boolean),
    )
    joined = rows.join(table, on=["document_kind", "document_number"], how="left", maintain_order="left")
    other_name = pl.col("account_name").is_not_null() & (pl.col("account_name") != pl.col("name_key"))
    refused = [
        _refuse(joined.filter("closed"), "account_closed", column="document", value=pl.col("document_number")),
        _refuse(
            joined.filter(~pl.col("closed") & other_name),
            "name_differs_from_account",
            column="person_name",
            value=pl.col("person_name"),
        ),
    ]
    kept = joined.filter(~pl.col("closed") & ~other_name).drop("account_name", "closed")
    return Matched(kept=kept, refused=pl.concat(refused))


def with_courses(rows: pl.DataFrame, *, organization_id: int, may_propose: bool) -> Matched:
    """Join `specification_id` (null where a course would be proposed).

    Refused: credits that differ from the catalogue's; a course that the catalogue lacks, where the
    institution may not propose; credits that differ from what most rows of the file say of a new course.
    """
    known = catalogue.courses_of(organization_id)
    table = pl.DataFrame(
        {
            "course_key": [course.name_key for course in known],
            "specification_id": [course.id for course in known],
            "standard": [course.credits for course in known],
        },
        schema={"course_key": pl.String, "specification_id": pl.Int32, "standard": pl.Int32},
    )
    joined = rows.join(table, on="course_key", how="left", maintain_order="left")
    new = joined.filter(pl.col("specification_id").is_null())
    if not may_propose:
        unknown = _refuse(new, "course_unknown", column="course", value=pl.col("course"))
        joined, new = joined.filter(pl.col("specification_id").is_not_null()), new.clear()
    else:
        unknown = pl.DataFrame(schema=REFUSED_SCHEMA)
        joined = _with_majority(joined, new)
    differing = joined.filter(pl.col("credits") != pl.col("standard"))
    words = pl.format("{}|{}", _decimal("credits"), _decimal("standard"))
    refused = [unknown, _refuse(differing, "credits_differ", column="credits", value=words)]
    kept = joined.filter((pl.col("credits") == pl.col("standard")) | pl.col("standard").is_null()).drop("standard")
    return Matched(kept=kept, refused=pl.concat(refused))


def _decimal(column: str) -> pl.Expr:
    whole, rest = pl.col(column) // 100, pl.col(column) % 100
    text = whole.cast(pl.String) + "." + rest.cast(pl.String).str.zfill(2)
    return text.str.strip_chars_end("0").str.strip_chars_end(".")


def _with_majority(joined: pl.DataFrame, new: pl.DataFrame) -> pl.DataFrame:
    """Take for a new course the credits that most rows give it, the smaller at a tie: no order of rows matters."""
    counted = new.group_by("course_key", "credits").len()
    standards = (
        counted.sort(["course_key", "len", "credits"], descending=[False, True, False])
        .group_by("course_key", maintain_order=True)
        .agg(pl.col("credits").first().alias("proposed"))
    )
    return (
        joined.join(standards, on="course_key", how="left", maintain_order="left")
        .with_columns(pl.coalesce("standard", "proposed").alias("standard"))
        .drop("proposed")
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows against the book: new ones, corrections (with `revision`), and what is stored just so."""

    new: pl.DataFrame
    corrections: pl.DataFrame
    duplicates: pl.DataFrame


def against_book(rows: pl.DataFrame, *, organization_id: int) -> Compared:
    """Compare rows with what the institution has stored under the same key."""
    known = rows["learner_id"].drop_nulls().unique().sort().to_list()
    parts = [
        archive.stored(organization_id=organization_id, learner_ids=known[start : start + LEARNERS_A_QUERY])
        for start in range(0, len(known), LEARNERS_A_QUERY)
    ]
    stored = pl.concat(parts) if parts else archive.stored(organization_id=organization_id, learner_ids=[])
    columns = {name: f"stored_{name}" for name in (*VALUES, "revision")}
    stored = stored.filter(pl.col("part") == 0).drop("part", "unit_id").rename(columns)
    key = ["learner_id", "specification_id", "obtained"]
    joined = rows.join(stored, on=key, how="left", maintain_order="left")
    is_stored = pl.col("stored_revision").is_not_null()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"stored_{name}")) for name in VALUES)
    revised = (pl.col("stored_revision").fill_null(-1) + 1).cast(pl.Int16).alias("revision")
    tidy = [pl.exclude(list(columns.values()))]
    return Compared(
        new=joined.filter(~is_stored).select(*tidy, revised),
        corrections=joined.filter(is_stored & ~same).select(*tidy, revised),
        duplicates=joined.filter(is_stored & same).select(*tidy, revised),
    )
