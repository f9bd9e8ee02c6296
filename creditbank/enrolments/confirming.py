"""Writing and confirming enrolments set-wise; the storage half of `operations.confirm_frame`."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from typing import Final

import polars as pl
from django.db import connection, transaction
from psycopg.errors import UniqueViolation

from creditbank.catalogue.types import Programme
from creditbank.database.frames import copy_into, plain_array, text_array
from creditbank.enrolments import rules
from creditbank.enrolments.rules import Study
from creditbank.enrolments.types import EnrolmentRow, Status

BLOCK: Final = 50_000
LOCK_CLASS: Final = 0x5EC1  # keeps this advisory lock apart from those of other rooms
KEY: Final = ["learner_id", "student_number", "major", "level_code", "category_code"]
TOLD: Final = {
    "learner_id": pl.Int64,
    "student_number": pl.String,
    "major": pl.String,
    "level_code": pl.String,
    "category_code": pl.String,
    "cohort": pl.Int16,
    "outcome_code": pl.String,
    "season_code": pl.String,
    "class_name": pl.String,
    "entry_year": pl.Int16,
    "status": pl.String,
}
"""What a frame may tell of enrolments; only the key must be there."""
CHANGING: Final = {
    "cohort": pl.Int16,
    "outcome_code": pl.String,
    "season_code": pl.String,
    "class_name": pl.String,
    "entry_year": pl.Int16,
    "programme_id": pl.Int32,
    "status": pl.String,
}
PRESENT: Final = f"""
    SELECT {", ".join(KEY)}, number, {", ".join(CHANGING)}, organization_id = %s AS here
    FROM enrolments_enrolment WHERE learner_id = ANY(%s::bigint[])"""  # noqa: S608  # our own columns
UPDATE: Final = """
    UPDATE enrolments_enrolment AS e
    SET cohort = n.cohort, outcome_code = n.outcome_code, season_code = n.season_code, class_name = n.class_name,
        entry_year = n.entry_year, programme_id = n.programme_id, status = n.status, source = %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::smallint[], %s::text[], %s::text[], %s::text[], %s::smallint[],
                %s::integer[], %s::text[])
      AS n(learner_id, number, cohort, outcome_code, season_code, class_name, entry_year, programme_id, status)
    WHERE e.learner_id = n.learner_id AND e.number = n.number"""
FIRST_STEPS: Final = """
    INSERT INTO enrolments_status (learner_id, number, step, status, since, source)
    SELECT learner_id, number, 1, e.status, e.since, e.source
    FROM enrolments_enrolment AS e JOIN unnest(%s::bigint[], %s::smallint[]) AS n(learner_id, number)
        USING (learner_id, number)
    WHERE NOT EXISTS (
        SELECT FROM enrolments_status AS s WHERE s.learner_id = e.learner_id AND s.number = e.number)"""
STEPS: Final = """
    INSERT INTO enrolments_status (learner_id, number, step, status, since, source)
    SELECT n.learner_id, n.number, 1 + (SELECT count(*) FROM enrolments_status AS s
           WHERE s.learner_id = n.learner_id AND s.number = n.number), n.status, %s, %s
    FROM unnest(%s::bigint[], %s::smallint[], %s::text[]) AS n(learner_id, number, status)"""
#: `rules.after` as a table: where an enrolment stands after a row told something.
AFTER: Final = {f"{now}>{told}": rules.after(now, told).value for now in Status for told in Status}


@dataclass(frozen=True, slots=True)
class Telling:
    """Which school tells something, from where, on which day, and the programmes that it has."""

    organization_id: int
    source: str
    day: date
    programmes: Sequence[Programme]


def lock_school(organization_id: int) -> None:
    """Let one bulk of a school go at a time, until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [LOCK_CLASS, organization_id])


def frame_of(rows: Sequence[EnrolmentRow]) -> pl.DataFrame:
    """Return rows as a frame."""
    return pl.DataFrame([asdict(row) for row in rows], schema=TOLD)


def confirm(frame: pl.DataFrame, telling: Telling) -> tuple[pl.DataFrame, int, int]:
    """Return the key and `number` of each enrolment a frame tells of, how many were new, and how many changed.

    Of rows with one key the last counts.
    """
    known = [name for name in TOLD if name in frame.columns]
    told = (
        frame.select(pl.col(name).cast(TOLD[name]) for name in known)
        .unique(KEY, keep="last", maintain_order=True)
        .sort(KEY)
        .with_columns(pl.lit(None, kind).alias(name) for name, kind in TOLD.items() if name not in known)
        .with_columns(told_status=_told_status())
    )
    numbers: list[pl.DataFrame] = [pl.DataFrame(schema={**{name: TOLD[name] for name in KEY}, "number": pl.Int16})]
    written = changed = 0
    for block in told.iter_slices(BLOCK):
        present = _present(block, telling.organization_id)
        here = present.filter("here").drop("here")
        joined = block.join(here, on=KEY, how="left", suffix="_was", maintain_order="left")
        fresh, old = joined.filter(pl.col("number").is_null()), joined.filter(pl.col("number").is_not_null())
        inserted = (
            _insert(fresh.select(block.columns), present, telling) if fresh.height else fresh.select(*KEY, "number")
        )
        changed += _change(old, telling) if old.height else 0
        written += inserted.height
        numbers += [old.select(*KEY, "number"), inserted]
    return pl.concat(numbers), written, changed


def _told_status() -> pl.Expr:
    """Return the column of `rules.told_status`."""
    by_outcome = {code: status.value for code, status in rules.OUTCOMES.items()}
    outcome = pl.col("outcome_code").replace_strict(by_outcome, default=None, return_dtype=pl.String)
    return pl.coalesce("status", outcome)


def _present(block: pl.DataFrame, organization_id: int) -> pl.DataFrame:
    """Return what there is of the learners of a block, at any school; `here` says which is at this one."""
    schema = {**{name: TOLD[name] for name in KEY}, "number": pl.Int16, **CHANGING, "here": pl.Boolean}
    with connection.cursor() as cursor:
        cursor.execute(PRESENT, [organization_id, plain_array(block["learner_id"].unique())])
        return pl.DataFrame(cursor.fetchall(), schema=schema, orient="row")


def _insert(fresh: pl.DataFrame, present: pl.DataFrame, telling: Telling) -> pl.DataFrame:
    """Insert new enrolments, numbered on behind those that their learners have, and return their keys and numbers."""
    status = pl.col("told_status").fill_null(Status.REGISTERED.value)
    rows = _with_editions(fresh.with_columns(status=status), pl.col("entry_year"), telling).with_columns(
        pl.col("outcome_code", "season_code", "class_name").fill_null(""),
        organization_id=pl.lit(telling.organization_id),
        source=pl.lit(telling.source),
        since=pl.lit(telling.day),
    )
    return _written(rows.drop("told_status"), present, telling).select(*KEY, "number")


def _written(rows: pl.DataFrame, present: pl.DataFrame, telling: Telling) -> pl.DataFrame:
    """Write enrolments with their numbers, in the order of learners, and return them.

    So two schools that write at once wait for each other and never in a ring. Where another one took numbers meanwhile,
    each half is numbered anew by itself: the fewer go together, the fewer are disturbed again.
    """
    numbered = _numbered(rows, present)
    try:
        with transaction.atomic():
            copy_into("enrolments_enrolment", numbered)
    except UniqueViolation:
        half = -(-rows.height // 2)
        halves = (each for each in (rows.head(half), rows.slice(half)) if each.height)
        return pl.concat(_written(each, _present(each, telling.organization_id), telling) for each in halves)
    return numbered


def _numbered(rows: pl.DataFrame, present: pl.DataFrame) -> pl.DataFrame:
    """Number enrolments on behind those that their learners have."""
    highest = present.group_by("learner_id").agg(highest=pl.col("number").max())
    joined = rows.join(highest, on="learner_id", how="left", maintain_order="left")
    place = pl.int_range(1, pl.len() + 1).over("learner_id")
    return joined.with_columns(number=(pl.col("highest").fill_null(0) + place).cast(pl.Int16)).drop("highest")


def _with_editions(rows: pl.DataFrame, year: pl.Expr, telling: Telling) -> pl.DataFrame:
    """Join `programme_id`, the edition of the programme by each row's year of entry; each study is sought once."""
    study = ["major", "level_code", "category_code", "year"]
    studied = rows.with_columns(year=year)
    distinct = studied.select(study).unique()
    chosen = [rules.edition(telling.programmes, Study(*each)) for each in distinct.iter_rows()]
    table = distinct.with_columns(pl.Series("programme_id", chosen, dtype=pl.Int32))
    return studied.join(table, on=study, how="left", nulls_equal=True, maintain_order="left").drop("year")


def _change(old: pl.DataFrame, telling: Telling) -> int:
    """Write what rows tell anew of enrolments that are there; what they do not tell stays. Return how many changed."""
    was = {name: pl.col(name if name == "programme_id" else f"{name}_was") for name in CHANGING}
    years = pl.coalesce("entry_year", was["entry_year"])
    sought = _with_editions(old.rename({"programme_id": "programme_was"}), years, telling)
    was["programme_id"] = pl.col("programme_was")
    moved = (was["status"] + ">" + pl.col("told_status")).replace_strict(AFTER, default=None, return_dtype=pl.String)
    told = {
        "cohort": pl.coalesce("cohort", was["cohort"]),
        "entry_year": years,
        "programme_id": pl.coalesce(was["programme_id"], "programme_id"),
        "status": pl.coalesce(moved, was["status"]),
    }
    for name in ("outcome_code", "season_code", "class_name"):
        told[name] = pl.when(pl.col(name).fill_null("") == "").then(was[name]).otherwise(pl.col(name))
    differs = pl.any_horizontal(told[name].ne_missing(was[name]) for name in CHANGING)
    changes = sought.filter(differs).select(
        "learner_id",
        "number",
        *(told[name].alias(name) for name in CHANGING),
        moves=told["status"] != was["status"],
    )
    if not changes.height:
        return 0
    columns = [
        (text_array if kind == pl.String else plain_array)(changes[name])
        for name, kind in {"learner_id": pl.Int64, "number": pl.Int16, **CHANGING}.items()
    ]
    keep_first_steps(changes["learner_id"], changes["number"])
    steps = changes.filter("moves")
    with connection.cursor() as cursor:
        cursor.execute(UPDATE, [telling.source, *columns])
        if steps.height:
            moves = [plain_array(steps["learner_id"]), plain_array(steps["number"]), text_array(steps["status"])]
            cursor.execute(STEPS, [telling.day, telling.source, *moves])
    return changes.height


def keep_first_steps(learner_ids: pl.Series, numbers: pl.Series) -> None:
    """Write the first steps of studies down that only their own rows said so far: these are about to change."""
    with connection.cursor() as cursor:
        cursor.execute(FIRST_STEPS, [plain_array(learner_ids), plain_array(numbers)])
