"""Rows kept aside: what a file said of one person, sealed row by row, to be opened when it may enter the book."""

import json
from collections.abc import Iterable
from itertools import groupby
from operator import itemgetter
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
FRESH: Final = (
    *("digest", "learner_id", "specification_id", "issuer_id", "revision", "correction", "part"),
    "enrolment",
)


class SealedRow(NamedTuple):
    """What one row says under the key that opens it: all of it, or the one of its achievements that `item` names."""

    row: int
    key_id: int
    ciphertext: bytes
    item: int = 0


def seal(frame: pl.DataFrame, *, batch: str) -> list[SealedRow]:
    """Seal each row with all the achievements it stands for; it opens under this batch and its own number only."""
    lines = frame.drop(FRESH, strict=False).sort("row", maintain_order=True).iter_rows(named=True)
    return [_sealed(SealedRow(row, 0, b""), list(told), batch) for row, told in groupby(lines, itemgetter("row"))]


def seal_items(frame: pl.DataFrame, *, batch: str) -> list[SealedRow]:
    """Seal each achievement by itself, in the order of the frame."""
    lines = frame.drop(FRESH, strict=False).iter_rows(named=True)
    return [_sealed(SealedRow(line["row"], 0, b"", line.get("item") or 0), [line], batch) for line in lines]


def opened(rows: Iterable[SealedRow], *, batch: str) -> pl.DataFrame:
    """Return what was sealed of rows, in their order, with the columns it had."""
    lines = [line for each in rows for line in _told(each, batch)]
    names = {name for line in lines for name in line}
    known = {name: kind for name, kind in COLUMNS.items() if name in names or not lines}
    return (
        pl.DataFrame(lines, schema_overrides=known, infer_schema_length=None) if lines else pl.DataFrame(schema=known)
    )


def _sealed(at: SealedRow, lines: list[dict[str, object]], batch: str) -> SealedRow:
    sealed = learners.seal(json.dumps(lines, ensure_ascii=False), place=_place(at, batch))
    return at._replace(key_id=sealed.key_id, ciphertext=sealed.ciphertext)


def _told(sealed: SealedRow, batch: str) -> list[dict[str, object]]:
    told = json.loads(learners.unseal(sealed.key_id, sealed.ciphertext, place=_place(sealed, batch)))
    return told if isinstance(told, list) else [told]  # as it was sealed while a row was one achievement


def _place(sealed: SealedRow, batch: str) -> str:
    return f"deposits:aside:{batch}:{sealed.row}" + (f":{sealed.item}" if sealed.item else "")
