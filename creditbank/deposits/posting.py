"""From an approved batch to entries in the book: accounts, courses, enrolments, then rows in resumable steps.

The plan (which rows, in which order, with which numbers) is fixed once and sealed; after a crash
the batch goes on behind the last committed step, with the same plan.
"""

from collections.abc import Generator
from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import Posting
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewCourse
from creditbank.deposits import converting, matching, parts, provenance
from creditbank.deposits.narrow import Narrow
from creditbank.deposits.types import Batch
from creditbank.enrolments import operations as enrolments
from creditbank.kernel.actor import Actor
from creditbank.learners import operations as learners, queries as accounts

ROWS_A_STEP: Final = 65_000
CREDIT_UNIT: Final = 1  # cn.he.credit, seeded by the framework

_ORDER: Final = ("learner_id", "specification_id", "obtained", "part")
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
    newcomers = rows.filter(pl.col("learner_id").is_null()).unique("digest", maintain_order=True)
    if newcomers.is_empty():
        return rows
    people = newcomers.select("person_name", "document_kind", "document_number", "digest")
    opened = learners.open_frame(actor=actor, organization_id=organization_id, frame=people, now=now)
    table = opened.select("digest", pl.col("learner_id").alias("opened_id"))
    joined = rows.join(table, on="digest", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("learner_id", "opened_id").alias("learner_id")).drop("opened_id")


def with_proposed_courses(
    rows: pl.DataFrame, proposed: dict[str, int], *, actor: Actor, organization_id: int, now: datetime
) -> pl.DataFrame:
    """Propose the courses that the catalogue lacks, and join their numbers; `proposed` are those of parts before."""
    new = rows.filter(pl.col("specification_id").is_null())
    if new.is_empty():
        return rows
    distinct = (
        new.filter(~pl.col("course_key").is_in(list(proposed)))
        .sort("row")
        .group_by("course_key", maintain_order=True)
        .agg(pl.col("course").first(), pl.col("credits").first(), pl.col("hours").drop_nulls().mode().min())
    )
    courses = [
        NewCourse(name=course, credits=worth, hours=hours)
        for course, worth, hours in distinct.select("course", "credits", "hours").iter_rows()
    ]
    proposed |= catalogue.propose_courses(actor=actor, organization_id=organization_id, courses=courses, now=now)
    found = pl.col("course_key").replace_strict(proposed, default=None, return_dtype=pl.Int32)
    return rows.with_columns(pl.coalesce("specification_id", found).alias("specification_id"))


def with_enrolments(told: Narrow, *, actor: Actor, organization_id: int, source: str, now: datetime) -> pl.DataFrame:
    """Write or confirm the enrolments that rows tell of, and return their people with these; 0 where none is told."""
    latest = told.rows.group_by("who").agg(pl.struct("obtained", "row").max().alias("latest"))
    people = told.people.with_row_index("who").join(latest, on="who", how="left").sort("latest")
    studies = people.drop_nulls(_ENROLMENT).unique(_ENROLMENT, keep="last", maintain_order=True)
    if studies.is_empty():
        return told.people.with_columns(pl.lit(0, pl.Int16).alias("enrolment"))
    confirmed = enrolments.confirm_frame(
        actor=actor,
        organization_id=organization_id,
        frame=studies.select(*_ENROLMENT, "cohort", "outcome_code", "season_code"),
        source=source,
        now=now,
    )
    numbers = confirmed.select(*_ENROLMENT, "enrolment")
    joined = told.people.join(numbers, on=_ENROLMENT, how="left", maintain_order="left")
    return joined.with_columns(pl.col("enrolment").fill_null(0))


def planned(batch: Batch, *, actor: Actor, written: int, now: datetime) -> Generator[pl.DataFrame]:
    """Yield what will enter the book, part by part; each part is planned and sealed.

    `written` is how many rows are in the book already: they keep their places. After a crash the rest is compared
    once more, for accounts may have been merged or erased since, and other batches may have gone ahead.
    """
    offset, proposed = 0, dict[str, int]()
    for part in range(parts.number_of(batch.public_id, parts.STAGED)):
        with learners.keeping_accounts():
            if parts.has(batch.public_id, parts.PLAN, part):
                entries = compared_again(batch, part, written=max(0, written - offset))
            else:
                entries = plan(batch, part, proposed, actor=actor, now=now)
        offset += entries.height
        yield entries


def plan(batch: Batch, part: int, proposed: dict[str, int], *, actor: Actor, now: datetime) -> pl.DataFrame:
    """Plan a part and seal the plan; `proposed` gathers the new courses of the batch.

    What was stored meanwhile by another batch is compared once more: it falls out, or becomes a correction.
    """
    told = Narrow.of(parts.get(batch.public_id, parts.STAGED, part).drop("revision"))
    school = batch.organization_id
    people = with_accounts(with_living_accounts(told.people), actor=actor, organization_id=school, now=now)
    told = replace(told, people=people)
    people = with_enrolments(told, actor=actor, organization_id=school, source=batch.public_id, now=now)
    rows = replace(told, people=people).wide()
    rows = with_proposed_courses(rows, proposed, actor=actor, organization_id=school, now=now)
    rows = converting.still_apart(rows, organization_id=school)
    if parts.has(batch.public_id, parts.LINKS, part):
        links = parts.get(batch.public_id, parts.LINKS, part)
        converted = provenance.told(links, rows, organization_id=school)
        parts.put(batch.public_id, parts.PROVENANCE, part, converted)
    rows = rows.drop(name for name in told.people.columns if name != "learner_id")
    compared = matching.against_book(rows, organization_id=school)
    # Two accounts that the file names may have become one since the check: of one achievement the uppermost row stays.
    coming = pl.concat([compared.new, compared.corrections])
    part_given = pl.col("part") if "part" in coming.columns else pl.lit(0)
    ordered = coming.with_columns(part_given.cast(pl.Int32).alias("part")).sort(*_ORDER, "row")
    # Two accounts that the file names may be one since the check: of one achievement the uppermost row stays.
    first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in _ORDER)
    ordered = ordered.filter(first)
    unit = pl.col("unit_id") if "unit_id" in ordered.columns else pl.lit(CREDIT_UNIT)
    entries = ordered.with_columns(unit.cast(pl.Int16).alias("unit_id")).select(*book.ENTRY_COLUMNS, "correction")
    parts.put(batch.public_id, parts.PLAN, part, entries)
    return entries


def compared_again(batch: Batch, part: int, *, written: int) -> pl.DataFrame:
    """Return a plan as the book asks for it now: without what is not written yet of accounts that were erased since.

    What is written keeps its place; the rest moves up, and the plan is sealed anew.
    """
    entries = parts.get(batch.public_id, parts.PLAN, part)
    rest = entries.slice(written)
    living = accounts.survivors(rest["learner_id"].unique().to_list())
    kept = rest.filter(pl.col("learner_id").is_in(list(living))).drop("revision")
    compared = matching.against_book(kept, organization_id=batch.organization_id)
    coming = pl.concat([compared.new, compared.corrections]).select(entries.columns).sort(*_ORDER)
    if coming.equals(rest):
        return entries
    shorter = pl.concat([entries.head(written), coming])
    parts.put(batch.public_id, parts.PLAN, part, shorter)
    return shorter


def tell_provenance(batch: Batch, *, actor: Actor, opened: Posting) -> None:
    """Tell the book what of the batch was converted into what, of nobody who was erased since."""
    for told in parts.each(batch.public_id, parts.PROVENANCE):
        living = accounts.survivors(told["learner_id"].unique().to_list())
        kept = told.filter(pl.col("learner_id").is_in(list(living)))
        archive.post_provenance(actor=actor, posting=opened, frame=kept)


def planned_rows(batch: Batch) -> tuple[int, int]:
    """Return how many rows the plans hold, and how many of them are corrections."""
    corrections = parts.column(batch.public_id, parts.PLAN, "correction")
    return len(corrections), int(corrections.sum())
