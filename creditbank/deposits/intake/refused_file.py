"""The refused rows as a file of the same sheet, to be mended and sent in again."""

from collections.abc import Callable, Iterator
from typing import Literal

import polars as pl

from creditbank.deposits.intake import reading
from creditbank.kernel.sheets import writing

Refusals = Callable[[int, int], pl.DataFrame]
"""What is against the rows from one number to another, as `checks.refusals` gives it."""


def in_pieces(
    sheet: reading.Sheet,
    refusals: Refusals,
    *,
    again: Callable[[], reading.Sheet],
    language: str,
    kind: Literal["xlsx", "csv"],
) -> Iterator[bytes]:
    """Yield a file with the columns and texts of the sheet, only the refused rows, and the reason as last column.

    Of several lines for one row the first counts. The file may be read again as it is. Of the rows no more than a block
    is held at once; `again` opens the sheet once more, where that takes going through it twice.
    """
    columns = {f"raw_{at:02d}": heading for at, heading in enumerate(sheet.headings)}
    # Columns without a heading are in the file where they say something.
    silent = {column for column, heading in columns.items() if not heading}
    if silent:
        for rows in _refused(sheet, refusals, language):
            silent -= {column for column in silent if rows[column].count()}
        sheet = again()
    kept = {column: heading for column, heading in columns.items() if column not in silent}
    blocks = (rows.select(*kept, "reason") for rows in _refused(sheet, refusals, language))
    return writing.written_in_pieces(list(kept.values()), blocks, language=language, kind=kind)


def _refused(sheet: reading.Sheet, refusals: Refusals, language: str) -> Iterator[pl.DataFrame]:
    for block in sheet.blocks():
        against = refusals(block["row"][0], block["row"][-1]).unique("row", keep="first")
        if against.height:
            reasons = against.select("row", _reason(language).alias("reason"))
            yield block.select("row", pl.col("^raw_.*$")).join(reasons, on="row", maintain_order="left")


def _reason(language: str) -> pl.Expr:
    """Return fact, remedy and how many checks more the row fails, as one sentence."""
    if language == "en":
        more = pl.format(" ({} more)", "more")
        fact = pl.format("{}. {}.", "message_en", "remedy_en")
    else:
        more = pl.format("另有{}处。", "more")
        fact = pl.format("{}。{}。", "message_zh", "remedy_zh")
    return pl.when(pl.col("more") > 0).then(fact + more).otherwise(fact)
