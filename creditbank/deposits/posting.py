"""From an approved batch to entries in the book: accounts, courses, enrolments, then rows in resumable steps.

The plan (which rows, in which order, with which numbers) is fixed once and sealed; after a crash
the batch goes on behind the last committed step, with the same plan.
"""

from collections.abc import Callable
from datetime import datetime
from typing import Final

import polars as pl

from creditbank.archive import operations as archive
from creditbank.archive.types import Posting
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewCourse
from creditbank.deposits import files, matching
from creditbank.deposits.types import Batch, Step
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EnrolmentRow
from creditbank.kernel.actor import Actor
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.types import NewPerson

ROWS_A_STEP: Final = 200_000
CREDIT_UNIT: Final = 1  # cn.he.credit, seeded by the framework
Watch = Callable[[Step, int, int], None]

_ENROLMENT: Final = ["learner_id", "student_number", "major", "level_code", "category_code"]


def with_living_accounts(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the survivor of an account that was merged since the check, and nobody for one that was erased."""
    known = rows["learner_id"].drop_nulls().unique().to_list()
    living = accounts.survivors(known)
    if all(living.get(learner_id) == learner_id for learner_id in known):
        return rows
    return rows.with_columns(pl.col("learner_id").replace_strict(living, default=None, return_dtype=pl.Int64))


def with_accounts(rows: pl.DataFrame, *, actor: Actor, organization_id: int, now: datetime) -> pl.DataFrame:
    """Open an account for everybody who has none, and join its number."""
    newcomers = rows.filter(pl.col("learner_id").is_null()).unique(
        ["document_kind", "document_number"], maintain_order=True
    )
    people = [
        NewPerson(name=name, document=Document(DocumentKind(kind), number))
        for name, kind, number in newcomers.select("person_name", "document_kind", "document_number").iter_rows()
    ]
    if not people:
        return rows
    opened = learners.open_many(actor=actor, organization_id=organization_id, people=people, now=now)
    table = pl.DataFrame(
        [(document.kind.value, document.number, learner_id) for document, learner_id in opened.items()],
        schema={"document_kind": pl.String, "document_number": pl.String, "opened_id": pl.Int64},
        orient="row",
    )
    joined = rows.join(table, on=["document_kind", "document_number"], how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("learner_id", "opened_id").alias("learner_id")).drop("opened_id")


def with_proposed_courses(rows: pl.DataFrame, *, actor: Actor, organization_id: int, now: datetime) -> pl.DataFrame:
    """Propose the courses that the catalogue lacks, and join their numbers."""
    new = rows.filter(pl.col("specification_id").is_null())
    if new.is_empty():
        return rows
    distinct = (
        new.sort("row")
        .group_by("course_key", maintain_order=True)
        .agg(pl.col("course").first(), pl.col("credits").first(), pl.col("hours").drop_nulls().mode().min())
    )
    courses = [
        NewCourse(name=course, credits=worth, hours=hours)
        for course, worth, hours in distinct.select("course", "credits", "hours").iter_rows()
    ]
    numbers = catalogue.propose_courses(actor=actor, organization_id=organization_id, courses=courses, now=now)
    found = pl.col("course_key").replace_strict(numbers, default=None, return_dtype=pl.Int32)
    return rows.with_columns(pl.coalesce("specification_id", found).alias("specification_id"))


def with_enrolments(
    rows: pl.DataFrame, *, actor: Actor, organization_id: int, source: str, now: datetime
) -> pl.DataFrame:
    """Write or confirm the enrolments that the rows tell of, and join their numbers."""
    told = (
        rows.sort("obtained", "row")
        .group_by(_ENROLMENT, maintain_order=True)
        .agg(pl.col("cohort").last(), pl.col("outcome_code").last(), pl.col("season_code").last())
    )
    numbers = enrolments.confirm_many(
        actor=actor,
        organization_id=organization_id,
        rows=[EnrolmentRow(**row) for row in told.iter_rows(named=True)],
        source=source,
        now=now,
    )
    table = pl.DataFrame(
        [(*key, number) for key, number in numbers.items()],
        schema={**{name: told.schema[name] for name in _ENROLMENT}, "enrolment": pl.Int16},
        orient="row",
    )
    return rows.join(table, on=_ENROLMENT, how="left", nulls_equal=True, maintain_order="left")


def plan(batch: Batch, *, actor: Actor, now: datetime) -> pl.DataFrame:
    """Return what will enter the book, in order; make and seal it at the first call.

    What was stored meanwhile by another batch is compared once more: it falls out, or becomes a correction.
    """
    if files.exists(batch.public_id, files.PLAN):
        return files.read_frame(batch.public_id, files.PLAN)
    rows = files.read_frame(batch.public_id, files.STAGED).drop("revision")
    rows = with_living_accounts(rows)
    rows = with_accounts(rows, actor=actor, organization_id=batch.organization_id, now=now)
    rows = with_proposed_courses(rows, actor=actor, organization_id=batch.organization_id, now=now)
    rows = with_enrolments(rows, actor=actor, organization_id=batch.organization_id, source=batch.public_id, now=now)
    compared = matching.against_book(rows, organization_id=batch.organization_id)
    ordered = pl.concat([compared.new, compared.corrections]).sort("learner_id", "specification_id", "obtained", "row")
    entries = ordered.with_columns(
        pl.lit(0, pl.Int32).alias("part"), pl.lit(CREDIT_UNIT, pl.Int16).alias("unit_id")
    ).with_row_index("leaf")
    files.write_frame(batch.public_id, files.PLAN, entries)
    return entries


def without_erased(batch: Batch, entries: pl.DataFrame, *, written: int) -> pl.DataFrame:
    """Return the plan without what it holds of accounts that were erased since and that is not written yet.

    What is written keeps its place; the rest moves up, and the plan is sealed anew.
    """
    rest = entries.slice(written)
    living = accounts.survivors(rest["learner_id"].unique().to_list())
    kept = rest.filter(pl.col("learner_id").is_in(list(living)))
    if kept.height == rest.height:
        return entries
    shorter = pl.concat([entries.head(written), kept]).drop("leaf").with_row_index("leaf")
    files.write_frame(batch.public_id, files.PLAN, shorter)
    return shorter


def post(*, posting: Posting, actor: Actor, entries: pl.DataFrame, watch: Watch) -> None:
    """Write the planned rows that are not yet in the book, step by step."""
    archive.post_many(
        actor=actor,
        posting=posting,
        frame=entries,
        step=ROWS_A_STEP,
        watch=lambda written: watch(Step.POSTING, written, entries.height),
    )
