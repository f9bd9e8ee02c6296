"""Rows about achievements that others award, against what other institutions have stored; frames in, frames out."""

from dataclasses import dataclass

import polars as pl

from creditbank.archive import queries as archive
from creditbank.deposits.matching import VALUES

KEY = ("learner_id", "specification_id", "obtained", "part")
FIRST = {
    "organization_id": "first_organization_id",
    "posting_id": "first_posting_id",
    **{name: f"first_{name}" for name in VALUES},
}


@dataclass(frozen=True, slots=True)
class Compared:
    """Rows apart: what nobody else has stored, what somebody has stored just so, and what is told differently.

    The last two have the columns of `FIRST`: who stored it first, in which batch, with which values.
    """

    kept: pl.DataFrame
    duplicates: pl.DataFrame
    conflicting: pl.DataFrame


def against_others(rows: pl.DataFrame, *, organization_id: int) -> Compared:
    """Compare rows of one institution with what others have stored of the same achievement of the same person.

    `rows` have learner_id and specification_id (null where new), obtained, `part` (0 without such a column) and
    `matching.VALUES`. Only what an institution does not award itself is asked about; that is the caller's choice.
    """
    names = rows.columns
    rows = rows if "part" in names else rows.with_columns(pl.lit(0, pl.Int32).alias("part"))
    stored = archive.stored_elsewhere(
        organization_id=organization_id,
        learner_ids=rows["learner_id"].drop_nulls().unique().sort().to_list() if rows.height else (),
        specification_ids=rows["specification_id"].drop_nulls().unique().sort().to_list(),
    )
    first = stored.rename(FIRST).select(*KEY, *FIRST.values())
    joined = rows.join(first, on=list(KEY), how="left", maintain_order="left")
    found = pl.col("first_posting_id").is_not_null()
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(f"first_{name}")) for name in VALUES)
    return Compared(
        kept=joined.filter(~found).select(names),
        duplicates=joined.filter(found & same),
        conflicting=joined.filter(found & ~same),
    )
