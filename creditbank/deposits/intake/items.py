"""Checking rows that stand for more than one achievement: each item alone, then the row as a whole."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import polars as pl

from creditbank.archive.types import KIND_NAMES
from creditbank.deposits.intake import checks, frames, layouts, templates
from creditbank.deposits.intake.layouts import Layout
from creditbank.deposits.narrow import Narrow
from creditbank.kernel.text import fold

#: What an item has besides `checks.KEPT`.
MORE: Final = ("item", "role", "kind", "unit", "course_code", "issuer_name", "certificate_level", "certificate_number")
#: Stands for the kind of a document where a row names an account instead.
ACCOUNT: Final = "account"
_KINDS: Final = [kind.value for kind in KIND_NAMES]


def judge(
    block: pl.DataFrame, layout: Layout, *, today: date, readings: frames.Readings | None = None
) -> checks.Judged:
    """Return the items of a block apart by rows: where one item of a row fails, none of it is kept.

    `kept` are items, as `checks.KEPT` and `MORE`, not taken apart; `failing` has one line a row.
    """
    items = layout.items(block).with_row_index("place")
    items = items.join(block.select(pl.col("row").cast(pl.Int64), "cells_beyond"), on="row", how="left")
    judged = [
        _judged(items.filter(pl.col("role") == role), layout, role, today=today, readings=readings)
        for role in layout.needs
        if (items["role"] == role).any()
    ]
    failing = one_a_row(pl.concat([each.failing for each in judged]))
    kept = pl.concat([each.kept.rows for each in judged]).join(failing.select("row"), on="row", how="anti")
    return checks.Judged(
        kept=Narrow.of_rows(kept.sort("row", "item")),
        failing=failing,
        first=sum(each.first for each in judged),
        current=sum(each.current for each in judged),
    )


def one_a_row(failing: pl.DataFrame) -> pl.DataFrame:
    """Return one line for each row that fails, the first check in the registry; `more` counts all others."""
    lines = failing.sort("row", "rank").with_columns(
        (pl.col("more").sum().over("row") + pl.len().over("row").cast(pl.Int32) - 1).cast(pl.Int32).alias("more")
    )
    return lines.unique("row", keep="first", maintain_order=True)


def units(kept: pl.DataFrame, known: Mapping[str, int], *, usual: int) -> pl.Series:
    """Return the number of the unit of each item, the usual one where none is given; null for an unknown one."""
    given = kept["unit"].unique().drop_nulls().to_list()
    numbers = {unit: known.get(fold(unit)) for unit in given}
    found = pl.col("unit").replace_strict(numbers, default=None, return_dtype=pl.Int16)
    return kept.select(
        pl.when(pl.col("unit").is_null()).then(pl.lit(usual, pl.Int16)).otherwise(found).alias("unit_id")
    )["unit_id"]


def _judged(
    items: pl.DataFrame, layout: Layout, role: str, *, today: date, readings: frames.Readings | None
) -> checks.Judged:
    """Judge the items of one role by what these need; they are told apart by their places meanwhile."""
    alone = items.with_columns(pl.col("place").cast(pl.Int64).alias("row"))
    needed = layout.needs[role] - {"kind", "account"}
    judged = checks.judge(alone, today=today, needed=needed, readings=readings)
    places = items.select(
        pl.col("place").cast(pl.Int64), pl.col("row").cast(pl.Int64).alias("row_of_file"), *MORE, ACCOUNT
    )
    kept = judged.kept.wide().join(places, left_on="row", right_on="place", maintain_order="left")
    failing = judged.failing.join(
        places.select("place", "row_of_file"), left_on="row", right_on="place", maintain_order="left"
    )
    kept = kept.with_columns(
        pl.col("row_of_file").alias("row"),
        pl.col("grade_scale").fill_null(0),
        pl.col("grade").fill_null(0),
        pl.coalesce("document_kind", pl.when(pl.col(ACCOUNT).is_not_null()).then(pl.lit(ACCOUNT))).alias(
            "document_kind"
        ),
        pl.coalesce("document_number", ACCOUNT).alias("document_number"),
    )
    nobody = pl.col("document_number").is_null()
    odd = ~pl.col("kind").is_in(_KINDS).fill_null(value=False)
    refused = [
        checks.fail(kept.filter(nobody), "document_missing", column="document", value=pl.lit(None, pl.String)),
        checks.fail(kept.filter(~nobody & odd), "kind_unknown", column="kind", value=pl.col("kind")),
    ]
    told = failing.with_columns(pl.col("row_of_file").alias("row"), _headings(layout, role)).select(
        list(checks.FAILING)
    )
    return checks.Judged(
        kept=Narrow.of_rows(kept.filter(~nobody & ~odd).select(*checks.KEPT, *MORE)),
        failing=pl.concat([told, *refused]),
        first=judged.first,
        current=judged.current,
    )


def _headings(layout: Layout, role: str) -> pl.Expr:
    """Put for our name of a column the heading that the layout has over it, where that is not the usual one."""
    printed = {name: layout.heading(name, role) for name in layouts.TEXTS}
    other = {name: said for name, said in printed.items() if said and said != templates.HEADING.get(name, "")}
    other.pop("document", None)
    return pl.col("column").replace(other)
