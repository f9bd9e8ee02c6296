"""From the bytes of a file to a dry-run report: nothing is written to the book, no account is opened."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import polars as pl

from creditbank.deposits import matching
from creditbank.deposits.intake import checks, reading
from creditbank.deposits.types import Counts, Step
from creditbank.organizations.types import Organization

Watch = Callable[[Step, int, int], None]


@dataclass(frozen=True, slots=True)
class Report:
    """What a check found. `kept` are new rows and corrections, ready to be posted; `refused` as `checks.refusals`.

    `people` as `checks.Checked` has them.
    """

    sheet: reading.Sheet
    kept: pl.DataFrame
    refused: pl.DataFrame
    people: pl.DataFrame
    counts: Counts


def nobody_watches(step: Step, done: int, total: int) -> None:
    """Watch nothing."""


def check(
    content: bytes, *, name: str, institution: Organization, today: date, watch: Watch = nobody_watches
) -> Report:
    """Return the report on a file for an institution.

    Refused as a whole: what `reading.read` refuses. Every row of the file is counted once: new,
    correction, duplicate or refused.
    """
    watch(Step.READING, 0, 0)
    sheet = reading.read(content, name=name)
    watch(Step.CHECKING, 0, sheet.rows)
    checked = checks.check_rows(sheet.frame, today=today)
    split = checks.split_duplicates(checked.kept)
    rows = split.unique.rename({"grade_value": "grade"})
    watch(Step.PEOPLE, sheet.rows // 3, sheet.rows)
    people = matching.with_people(rows)
    watch(Step.CATALOGUE, sheet.rows // 2, sheet.rows)
    courses = matching.with_courses(
        people.kept, organization_id=institution.id, may_propose=not institution.registers_courses
    )
    watch(Step.DUPLICATES, sheet.rows * 2 // 3, sheet.rows)
    compared = matching.against_book(courses.kept, organization_id=institution.id)
    late = checks.refusals(pl.concat([people.refused, courses.refused]))
    columns = checked.refused.columns
    refused = pl.concat(
        [part.select(columns) for part in (checked.refused, split.contradicting, late)], how="vertical_relaxed"
    ).sort("row")
    kept = pl.concat([compared.new, compared.corrections]).sort("row")
    counts = _counts(sheet, compared, split, refused, kept)
    return Report(sheet=sheet, kept=kept, refused=refused, people=checked.people, counts=counts)


def people_of(content: bytes, *, name: str, today: date) -> pl.DataFrame:
    """Return the people that a file names, as `checks.Checked` has them. Refused: as `reading.read`."""
    return checks.check_rows(reading.read(content, name=name).frame, today=today).people


def _counts(
    sheet: reading.Sheet, compared: matching.Compared, split: checks.Split, refused: pl.DataFrame, kept: pl.DataFrame
) -> Counts:
    newcomers = kept.filter(pl.col("learner_id").is_null())
    proposed = kept.filter(pl.col("specification_id").is_null())
    return Counts(
        rows=sheet.rows,
        kept=compared.new.height,
        corrections=compared.corrections.height,
        duplicates=split.duplicates.height + compared.duplicates.height,
        refused_rows=refused.height,
        mapped=int(kept["mapped"].sum()),
        people=kept.select("document_kind", "document_number").n_unique() if kept.height else 0,
        accounts_opened=newcomers.select("document_kind", "document_number").n_unique() if newcomers.height else 0,
        courses_proposed=proposed["course_key"].n_unique() if proposed.height else 0,
        credits_hundredths=int(kept["credits"].sum()),
    )
