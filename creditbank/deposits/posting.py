"""From an approved batch to entries in the book: accounts, courses, enrolments, then rows in resumable steps.

The plan (which rows, in which order, with which numbers) is fixed once and sealed; after a crash
the batch goes on behind the last committed step, with the same plan.
"""

from collections.abc import Callable, Generator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

import polars as pl

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import Posting
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewCourse
from creditbank.deposits import conflicting, converting, matching, parts, provenance, registered
from creditbank.deposits.narrow import PERSON, PLACES, Narrow
from creditbank.deposits.types import Batch
from creditbank.enrolments import operations as enrolments
from creditbank.kernel.actor import Actor
from creditbank.kernel.certificates import UNNUMBERED
from creditbank.learners import operations as learners, queries as accounts

ROWS_A_STEP: Final = 70_000
CREDIT_UNIT: Final = 1  # cn.he.credit, seeded by the framework

_ORDER: Final = ("learner_id", "specification_id", "obtained", "part")
#: What of a person is not compared with the book.
_OF_PERSON: Final = tuple(name for name in PERSON if name != "learner_id")
#: Where a row stands in the file, and which of its achievements it is.
_PLACE: Final = ("row", "item")
_ENROLMENT: Final = ["learner_id", "student_number", "major", "level_code", "category_code"]


def with_living_accounts(rows: pl.DataFrame) -> pl.DataFrame:
    """Name the survivor of an account that was merged since the check, and nobody for one that was erased."""
    known = rows["learner_id"].drop_nulls().unique().to_list()
    living = accounts.survivors(known)
    if all(living.get(learner_id) == learner_id for learner_id in known):
        return rows
    return rows.with_columns(pl.col("learner_id").replace_strict(living, default=None, return_dtype=pl.Int64))


def with_accounts(told: Narrow, *, actor: Actor, organization_id: int, now: datetime) -> pl.DataFrame:
    """Return the people with an account for everybody who had none: it bears the name of their uppermost row."""
    rows = told.people
    lacking = rows.with_row_index("who").filter(pl.col("learner_id").is_null())
    if lacking.is_empty():
        return rows
    uppermost = told.rows.group_by("who").agg(pl.col("row").min())
    newcomers = lacking.join(uppermost, on="who").sort("row").unique("digest", keep="first", maintain_order=True)
    people = newcomers.select("person_name", "document_kind", "document_number", "digest", "learner_id")
    opened = learners.open_frame(actor=actor, organization_id=organization_id, frame=people, now=now)
    table = opened.select("digest", pl.col("learner_id").alias("opened_id"))
    joined = rows.join(table, on="digest", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("learner_id", "opened_id").alias("learner_id")).drop("opened_id")


def with_proposed_courses(
    told: Narrow, proposed: dict[str, int], *, actor: Actor, organization_id: int, now: datetime
) -> Narrow:
    """Propose the courses that the catalogue lacks, and join their numbers; `proposed` are those of parts before."""
    rows, keys = told.rows, told.courses["course_key"]
    lacking = rows.filter(pl.col("specification_id").is_null())
    if lacking.is_empty():
        return told
    new = lacking.filter(~keys.is_in(list(proposed)).gather(lacking["what"]))
    if new.height:
        distinct = (
            pl.concat([new, told.courses[new["what"]]], how="horizontal")
            .sort("row")
            .group_by("course_key", maintain_order=True)
            .agg(pl.col("course").first(), pl.col("credits").first(), pl.col("hours").drop_nulls().mode().min())
        )
        courses = [
            NewCourse(name=course, credits=worth, hours=hours)
            for course, worth, hours in distinct.select("course", "credits", "hours").iter_rows()
        ]
        proposed |= catalogue.propose_courses(actor=actor, organization_id=organization_id, courses=courses, now=now)
    found = keys.replace_strict(proposed, default=None, return_dtype=pl.Int32).gather(rows["what"])
    return replace(told, rows=rows.with_columns(pl.coalesce("specification_id", found).alias("specification_id")))


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
    told, school = parts.staged(batch.public_id, part), batch.organization_id
    told = replace(told, rows=told.rows.drop("revision"))
    told = replace(told, people=with_living_accounts(told.people))
    told = replace(told, people=with_accounts(told, actor=actor, organization_id=school, now=now))
    people = with_enrolments(told, actor=actor, organization_id=school, source=batch.public_id, now=now)
    told = replace(told, people=people)
    told = with_proposed_courses(told, proposed, actor=actor, organization_id=school, now=now)
    # Of a school's own courses nothing more is looked at: their rows stay narrow.
    rows = told.wide() if "kind" in told.rows.columns else told.told("learner_id", "enrolment")
    registered.keep_certificates(batch.public_id, part, rows)
    compared = _compared(batch, part, rows, whole=told.completed)
    _tell_later(batch, part, rows, gone=compared.gone)
    # Two accounts that the file names may have become one since the check: of one achievement the uppermost row stays.
    first = pl.any_horizontal(pl.col(name).ne_missing(pl.col(name).shift()) for name in _ORDER)
    entries = compared.coming.filter(first)
    parts.put(batch.public_id, parts.PLAN, part, entries)
    return entries


@dataclass(frozen=True, slots=True)
class _Compared:
    """What is to enter, in the order of the plan, and the places in the file of what somebody else has told by now."""

    coming: pl.DataFrame
    gone: pl.DataFrame


def _compared(
    batch: Batch, part: int, rows: pl.DataFrame, *, whole: Callable[[pl.DataFrame], pl.DataFrame]
) -> _Compared:
    """Compare checked rows with the book as it is now; what another institution tells differently is put aside.

    `whole` gives rows all that they say.
    """
    school, places = batch.organization_id, [name for name in _PLACE if name in rows.columns]
    apart = converting.still_apart(rows, organization_id=school)
    compared = matching.against_book(apart.drop(*_OF_PERSON, *PLACES, strict=False), organization_id=school)
    new, others = conflicting.of_others(compared.new, organization_id=school)
    if others.conflicting.height:
        conflicting.put_aside(batch.public_id, part, others.conflicting, told=whole(rows))
    coming = pl.concat([new, compared.corrections])
    part_given = pl.col("part") if "part" in coming.columns else pl.lit(UNNUMBERED)
    unit = pl.col("unit_id") if "unit_id" in coming.columns else pl.lit(CREDIT_UNIT)
    looked_at_again = "kind" in rows.columns or conflicting.tells_of_others(batch.public_id, part)
    return _Compared(
        coming.with_columns(part_given.cast(pl.Int32).alias("part"), unit.cast(pl.Int16).alias("unit_id"))
        .sort(*_ORDER, "row")
        .select(*book.ENTRY_COLUMNS, "correction", *(places if looked_at_again else ())),
        pl.concat(
            each.select(places) for each in (others.duplicates, others.conflicting, _fallen_out(rows, apart, places))
        ),
    )


def _fallen_out(rows: pl.DataFrame, kept: pl.DataFrame, places: list[str]) -> pl.DataFrame:
    return rows.join(kept, on=places, how="anti") if kept.height < rows.height else rows.clear()


def _tell_later(batch: Batch, part: int, rows: pl.DataFrame, *, gone: pl.DataFrame) -> None:
    """Keep what the book is told, once all rows but those that are gone are in it, of what was converted into what."""
    if parts.has(batch.public_id, parts.LINKS, part):
        links = parts.get(batch.public_id, parts.LINKS, part)
        stay = rows.join(gone, on=gone.columns, how="anti")
        converted = provenance.told(links, stay, organization_id=batch.organization_id)
        parts.put(batch.public_id, parts.PROVENANCE, part, converted)


def compared_again(batch: Batch, part: int, *, written: int) -> pl.DataFrame:
    """Return a plan as the book asks for it now: without what is not written yet of accounts that were erased since.

    What is written keeps its place and is not compared again; the rest moves up, and the plan is sealed anew. While a
    batch is written nobody else tells of the same issuers (`locks.telling_of`), and who comes between a crash and the
    next run finds what was written before, though nobody sees it yet: what they say is the later, a case if it differs.
    """
    entries = parts.get(batch.public_id, parts.PLAN, part)
    rest = entries.slice(written)
    living = accounts.survivors(rest["learner_id"].unique().to_list())
    kept = rest.filter(pl.col("learner_id").is_in(list(living)))
    compared = _compared(batch, part, _as_told(batch, part, kept), whole=lambda rows: rows)
    if compared.gone.height:
        _tell_later(batch, part, _as_told(batch, part, entries), gone=compared.gone)
    coming = compared.coming.select(entries.columns)
    if coming.equals(rest):
        return entries
    shorter = pl.concat([entries.head(written), coming])
    parts.put(batch.public_id, parts.PLAN, part, shorter)
    return shorter


def _as_told(batch: Batch, part: int, entries: pl.DataFrame) -> pl.DataFrame:
    """Return planned entries with all that their rows say, where the plan knows which rows these are."""
    places = [name for name in _PLACE if name in entries.columns]
    entries = entries.drop("revision")
    if not places:
        return entries.with_row_index("row")
    staged = parts.staged(batch.public_id, part).wide()
    known = [name for name in entries.columns if name not in places]
    return entries.join(staged.drop("revision", *known, strict=False), on=places, how="left", maintain_order="left")


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
