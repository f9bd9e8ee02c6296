"""Frames on their way into PostgreSQL: as rows for COPY and as arrays, written by columns and never value by value."""

from io import BytesIO
from typing import Final

import polars as pl
from django.db import connection

PIECE_BYTES: Final = 1024 * 1024


def copy_into(table: str, rows: pl.DataFrame) -> None:
    """Write the rows of a frame into a table whose columns have the same names."""
    buffer = BytesIO()
    # Quoted wherever it is no number: an empty text is none, and nothing is not an empty text.
    rows.write_csv(buffer, include_header=False, quote_style="non_numeric", null_value="")
    buffer.seek(0)
    statement = f"COPY {table} ({', '.join(rows.columns)}) FROM STDIN (FORMAT csv)"
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        while piece := buffer.read(PIECE_BYTES):
            copy.write(piece)


def plain_array(values: pl.Series) -> str:
    """Return numbers, days or texts of which none needs quoting as an array that PostgreSQL reads."""
    joined: str = values.cast(pl.String).fill_null("NULL").str.join(",").item()
    return f"{{{joined}}}"


def text_array(values: pl.Series) -> str:
    """Return any texts as such an array."""
    return plain_array('"' + values.str.replace_all(r'(["\\])', r"\${1}") + '"')
