"""Rows kept aside: what a file said of one person, sealed row by row, to be opened when it may enter the book."""

import json
from collections.abc import Iterable
from typing import Final, NamedTuple

import polars as pl

from creditbank.learners import queries as learners

#: The typed columns of a row as checks let them pass; others come back as their values are.
COLUMNS: Final = {
    "row": pl.Int64(),
    "credits": pl.Int32(),
    "hours": pl.Int32(),
    "grade_scale": pl.Int8(),
    "grade": pl.Int32(),
    "obtained": pl.Int32(),
    "cohort": pl.Int32(),
    "mapped": pl.Boolean(),
    "item": pl.Int16(),
    **dict.fromkeys(
        (
            *("person_name", "name_key", "document_kind", "document_number", "student_number", "major", "course"),
            *("course_key", "level_code", "category_code", "outcome_code", "season_code"),
            *("role", "kind", "unit", "course_code", "issuer_name", "certificate_level", "certificate_number"),
        ),
        pl.String(),
    ),
}
#: What is known of a row anew each time it is looked at, and so is not kept.
FRESH: Final = ("digest", "learner_id", "specification_id", "issuer_id", "revision", "part")


class SealedRow(NamedTuple):
    """One row: its number in the file, and what it says under the key that opens it."""

    row: int
    key_id: int
    ciphertext: bytes


def seal(frame: pl.DataFrame, *, batch: str) -> list[SealedRow]:
    """Seal each row by itself; it opens under this batch and its own number only."""
    lasting = frame.drop(FRESH, strict=False)
    found = []
    for line in lasting.iter_rows(named=True):
        sealed = learners.seal(json.dumps(line, ensure_ascii=False), place=_place(batch, line["row"]))
        found.append(SealedRow(line["row"], sealed.key_id, sealed.ciphertext))
    return found


def opened(rows: Iterable[SealedRow], *, batch: str) -> pl.DataFrame:
    """Return rows that were sealed, in their order, with the columns they had."""
    lines = [json.loads(learners.unseal(each.key_id, each.ciphertext, place=_place(batch, each.row))) for each in rows]
    names = {name for line in lines for name in line}
    known = {name: kind for name, kind in COLUMNS.items() if name in names or not lines}
    return (
        pl.DataFrame(lines, schema_overrides=known, infer_schema_length=None) if lines else pl.DataFrame(schema=known)
    )


def _place(batch: str, row: int) -> str:
    return f"deposits:aside:{batch}:{row}"
