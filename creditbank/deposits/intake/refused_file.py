"""The refused rows as a file of the same sheet, to be mended and sent in again."""

from typing import Literal

import polars as pl

from creditbank.deposits.intake import reading
from creditbank.kernel.sheets import writing


def write(sheet: reading.Sheet, refused: pl.DataFrame, *, language: str, kind: Literal["xlsx", "csv"]) -> bytes:
    """Return a file with the columns and texts of the sheet, only the refused rows, and the reason as last column.

    `refused` as `checks.refusals` gives it; of several lines for one row the first counts. The file may be read
    again as it is.
    """
    reasons = refused.unique("row", keep="first").select("row", _reason(language).alias("reason"))
    found = [
        block.select("row", pl.col("^raw_.*$")).join(reasons, on="row", maintain_order="left")
        for block in sheet.blocks()
    ]
    rows = pl.concat(found).drop("row")
    # Columns without a heading are in the file where they say something.
    used = [heading or rows[column].count() for column, heading in zip(rows.columns, sheet.headings, strict=False)]
    headings = [heading for heading, wanted in zip(sheet.headings, used, strict=True) if wanted]
    columns = [column for column, wanted in zip(rows.columns, used, strict=False) if wanted]
    return writing.written(headings, rows.select(*columns, "reason"), language=language, kind=kind)


def _reason(language: str) -> pl.Expr:
    """Return fact, remedy and how many checks more the row fails, as one sentence."""
    if language == "en":
        more = pl.format(" ({} more)", "more")
        fact = pl.format("{}. {}.", "message_en", "remedy_en")
    else:
        more = pl.format("另有{}处。", "more")
        fact = pl.format("{}。{}。", "message_zh", "remedy_zh")
    return pl.when(pl.col("more") > 0).then(fact + more).otherwise(fact)
