"""What the bank already knows of the rows of a file: people, courses, and what is stored; frames in, frames out."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import polars as pl

from creditbank.archive import queries as archive
from creditbank.catalogue.queries import matched as catalogue
from creditbank.catalogue.queries.matched import Known
from creditbank.deposits.intake import known_courses, likeness
from creditbank.deposits.intake.checks import fail
from creditbank.deposits.intake.frames import decimal
from creditbank.deposits.intake.likeness import Likeness
from creditbank.kernel.certificates import UNNUMBERED
from creditbank.learners import queries as learners
from creditbank.learners.types import Status
from creditbank.register.queries import taken

LEARNERS_A_QUERY: Final = 50_000
#: What makes two rows of one key the same achievement.
VALUES: Final = ("credits", "hours", "grade_scale", "grade")


@dataclass(frozen=True, slots=True)
class Matched:
    """Rows apart: those that go on, and those refused as `checks.FAILING`.

    `noticed` of those that go on differ from what the bank knows, no further than is allowed.
    """

    kept: pl.DataFrame
    failing: pl.DataFrame
    noticed: int


@dataclass(frozen=True, slots=True)
class Tables:
    """What rows are compared with, once for a file: the courses of the institution and their credits.

    `courses` as `known_courses.table`; `proposed` course_key and the credits that most rows of the file give a
    course, the smaller at a tie, so that no order of rows matters.
    """

    organization_id: int
    courses: pl.DataFrame
    proposed: pl.DataFrame
    may_propose: bool
    known: tuple[Known, ...]


def tables(organization_id: int, *, told: pl.DataFrame, may_propose: bool) -> Tables:
    """Return what an institution's rows are compared with; `told` counts (`len`) course_key and credits of a file."""
    known = catalogue.depositable(organization_id)
    courses = known_courses.table(known)
    proposed = (
        told.group_by("course_key", "credits")
        .agg(pl.col("len").sum())
        .sort(["course_key", "len", "credits"], descending=[False, True, False])
        .group_by("course_key", maintain_order=True)
        .agg(pl.col("credits").first().alias("proposed"))
    )
    return Tables(organization_id, courses, proposed, may_propose, tuple(known))


def with_people(rows: pl.DataFrame) -> Matched:
    """Join `learner_id` (null where an account would be opened); refuse other names and closed accounts."""
    people = rows.select("digest").unique(maintain_order=True)
    found = learners.find_by_digests(people["digest"].to_list())
    known = [found.get(digest) for digest in people["digest"]]
    table = people.with_columns(
        pl.Series("learner_id", [f and f.learner_id for f in known], dtype=pl.Int64),
        pl.Series("account_name", [f and f.name_key for f in known], dtype=pl.String),
        pl.Series("closed", [f is not None and f.status is Status.CLOSED for f in known], dtype=pl.Boolean),
    )
    joined = rows.join(table, on="digest", how="left", maintain_order="left")
    joined = joined.with_columns(likeness.of_names(joined, ours="name_key", theirs="account_name").alias("likeness"))
    other_name = pl.col("likeness") == Likeness.OTHER.value
    closed = joined.filter("closed")
    differing = joined.filter(~pl.col("closed") & other_name)
    kept = joined.filter(~pl.col("closed") & ~other_name)
    return Matched(
        kept=kept.drop("account_name", "closed", "likeness"),
        failing=pl.concat(
            [
                fail(closed, "account_closed", column="document", value=pl.col("document_number")),
                fail(differing, "name_differs_from_account", column="person_name", value=pl.col("person_name")),
            ]
        ),
        noticed=kept.filter(pl.col("likeness") == Likeness.WRITTEN_DIFFERENTLY.value).height,
    )


def with_courses(rows: pl.DataFrame, known: Tables) -> Matched:
    """Join `specification_id` (null where a course would be proposed) and `issuer_id`.

    Refused: credits that differ from the catalogue's by more than is tolerated; a course that the catalogue lacks,
    where the institution may not propose; credits that differ from what most rows of the file say of a new course;
    what is not formal and was obtained while the bank had not accredited it.
    """
    joined = rows.join(known.courses, on="course_key", how="left", maintain_order="left")
    unknown = joined.filter(pl.col("specification_id").is_null() & pl.lit(not known.may_propose))
    if known.may_propose:
        joined = (
            joined.join(known.proposed, on="course_key", how="left", maintain_order="left")
            .with_columns(pl.coalesce("standard", "proposed").alias("standard"))
            .drop("proposed")
        )
    else:
        joined = joined.filter(pl.col("specification_id").is_not_null())
    late = known_courses.not_accredited(joined, known.known)
    unaccredited, joined = joined.filter(late), known_courses.by_edition(joined.filter(~late), known.known)
    month = pl.col("obtained").cast(pl.String).str.slice(0, 6)
    named = pl.format("{}|{}", pl.col("course").str.replace_all("|", "/", literal=True), month)
    differing = joined.filter(known_courses.differs())
    kept = joined.filter(~known_courses.differs())
    words = pl.format("{}|{}", decimal("credits"), decimal("standard"))
    return Matched(
        kept=kept.drop("standard", "tolerance", "found_by"),
        failing=pl.concat(
            [
                fail(unknown, "course_unknown", column="course", value=pl.col("course")),
                fail(unaccredited, "not_accredited", column="course", value=named),
                fail(differing, "credits_differ", column="credits", value=words),
            ]
        ),
        noticed=kept.filter(known_courses.within_tolerance()).height,
    )


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows against the book: new ones, corrections, and what is stored already.

    `revision` is the number each would get; a new row has none but 0 unless what stood there was withdrawn, so that
    `correction` says which is one.
    """

    new: pl.DataFrame
    corrections: pl.DataFrame
    duplicates: pl.DataFrame


def stored(rows: pl.DataFrame, *, organization_id: int, dates: Sequence[str] = ("obtained",)) -> pl.DataFrame:
    """Return what the institution has stored for the people of rows: `archive.queries.stored`.

    What was obtained before or after all that the rows say in their columns `dates` is left out: of people with a long
    archive who come with what is new that is nearly everything.
    """
    known = rows["learner_id"].drop_nulls().unique().sort().to_list()
    told = pl.concat([rows[name] for name in dates]).drop_nulls().sort()
    obtained = (told[0], told[-1]) if len(told) else (0, 0)
    parts = [
        archive.stored(
            organization_id=organization_id, learner_ids=known[start : start + LEARNERS_A_QUERY], obtained=obtained
        )
        for start in range(0, max(1, len(known)), LEARNERS_A_QUERY)
    ]
    return pl.concat(parts)


def against_book(rows: pl.DataFrame, *, organization_id: int) -> Compared:
    """Compare rows with what the institution has stored under the same key: under any edition, and `part` if given.

    What a learner took over from the institution's register is stored, whatever a row says of it: it follows the
    register, where it is corrected and revoked.
    """
    columns = {name: f"stored_{name}" for name in (*VALUES, "revision", "standing")}
    found = stored(rows, organization_id=organization_id)
    found = found if "part" in rows.columns else found.filter(pl.col("part") == 0).drop("part")
    rows = known_courses.as_stored(rows, found.filter("standing"), catalogue.heirs())
    found = found.drop("unit_id").rename(columns)
    key = ["learner_id", "specification_id", "obtained", *(["part"] if "part" in rows.columns else [])]
    joined = rows.join(found, on=key, how="left", maintain_order="left")
    is_stored = pl.col("stored_standing").fill_null(value=False)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"stored_{name}")) for name in VALUES)
    revised = (pl.col("stored_revision").fill_null(-1) + 1).cast(pl.Int16).alias("revision")
    correction = (is_stored & ~same).alias("correction")
    told = joined.select(pl.exclude([*columns.values(), "correction"]), revised, correction, same=is_stored & same)
    corrections, registered = _apart_from_register(told.filter("correction"), organization_id=organization_id)
    return Compared(
        new=told.filter(~pl.col("same") & ~pl.col("correction")).drop("same"),
        corrections=corrections.drop("same"),
        duplicates=pl.concat([told.filter("same"), registered]).drop("same"),
    )


def _apart_from_register(rows: pl.DataFrame, *, organization_id: int) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return rows whose entry did not come into its archive from the institution's register, and those whose did."""
    if "part" not in rows.columns or rows.is_empty():
        return rows, rows.clear()
    claimed = taken.claimed(issuer_id=organization_id, learner_ids=rows["learner_id"].unique().to_list())
    key = ["learner_id", "specification_id", "part"]
    known = pl.DataFrame(claimed, schema={name: rows.schema[name] for name in key}, orient="row")
    registered = rows.join(known, on=key, how="semi", maintain_order="left")
    others = rows.join(known, on=key, how="anti", maintain_order="left")
    return others, registered.with_columns(correction=pl.lit(value=False))


def with_stored_elsewhere(rows: pl.DataFrame, stored: pl.DataFrame) -> pl.DataFrame:
    """Join what others have stored of the same achievement, with its part as `stored_part`.

    It has the same number, or one of the two has none: that somebody leaves a number out makes no second certificate.
    """
    key = ["learner_id", "specification_id", "obtained"]
    told = stored.with_columns(stored_part="part")
    exact = rows.join(told, on=[*key, "part"], how="left", maintain_order="left")
    if not ((rows["part"] != UNNUMBERED).any() or (stored["part"] != UNNUMBERED).any()):
        return exact
    first = told.sort("part").drop("part").unique(key, keep="first", maintain_order=True)
    loose = rows.join(first, on=key, how="left", maintain_order="left")
    unnumbered = (exact["part"] == UNNUMBERED) | (loose["stored_part"] == UNNUMBERED)
    fits = exact["stored_part"].is_null() & unnumbered.fill_null(value=False)
    names = [name for name in told.columns if name not in {*key, "part"}]
    return exact.with_columns(pl.when(fits).then(loose[name]).otherwise(pl.col(name)).alias(name) for name in names)
