"""Binary COPY of entries: frames become the bytes that PostgreSQL reads fastest.

COPY's binary form is a header, then per row a field count and per field a length and the
big-endian value. Rows of one null pattern have one width, so numpy lays them out at once.
"""

from collections.abc import Iterable
from typing import Final

import numpy as np
import polars as pl
from django.db import connection

HEADER: Final = b"PGCOPY\n\xff\r\n\x00" + bytes(8)
TRAILER: Final = b"\xff\xff"
INTEGERS: Final = {
    "learner_id": ">i8",
    "organization_id": ">i4",
    "specification_id": ">i4",
    "obtained": ">i4",
    "part": ">i4",
    "posting_id": ">i4",
    "leaf": ">i4",
    "credits": ">i4",
    "hours": ">i4",
    "grade": ">i4",
    "revision": ">i2",
    "grade_scale": ">i2",
    "unit_id": ">i2",
    "enrolment": ">i2",
}
BYTES: Final = {"salt": 16, "commitment": 32}
NULLABLE: Final = ("credits", "hours")
STATEMENT: Final = f"COPY archive_entry ({', '.join([*INTEGERS, *BYTES])}) FROM STDIN (FORMAT binary)"


def _layout(absent: frozenset[str]) -> np.dtype[np.void]:
    fields: list[tuple[str, str]] = [("fields", ">i2")]
    for name, kind in [*INTEGERS.items(), *((name, f"V{width}") for name, width in BYTES.items())]:
        fields.append((f"{name}_length", ">i4"))
        if name not in absent:
            fields.append((name, kind))
    return np.dtype(fields)


def _empty(height: int, absent: frozenset[str]) -> "np.ndarray":
    """Return rows with their field counts and lengths, and nothing in the fields."""
    row = np.zeros(1, dtype=_layout(absent))
    row["fields"] = len(INTEGERS) + len(BYTES)
    widths = {name: np.dtype(kind).itemsize for name, kind in INTEGERS.items()} | BYTES
    for name, width in widths.items():
        row[f"{name}_length"] = -1 if name in absent else width
    return np.repeat(row, height)


def _block(frame: pl.DataFrame, salts: "np.ndarray", commitments: "np.ndarray", absent: frozenset[str]) -> bytes:
    """Return the rows of one null pattern as COPY bytes."""
    rows = _empty(frame.height, absent)
    for name in INTEGERS:
        if name not in absent:
            rows[name] = frame[name].to_numpy()
    rows["salt"], rows["commitment"] = salts, commitments
    return rows.tobytes()


def blocks(frame: pl.DataFrame, *, salts: bytes, commitments: bytes) -> list[bytes]:
    """Return the bytes of a frame of entries, by patterns of nulls; the others are concatenated in its order.

    Reaches for nothing: any thread may do it.
    """
    salt_rows = np.frombuffer(salts, dtype="V16")
    commitment_rows = np.frombuffer(commitments, dtype="V32")
    patterns = frame.select(pl.col(name).is_null() for name in NULLABLE)
    made = []
    for pattern in patterns.unique().iter_rows():
        chosen = patterns.select(
            pl.all_horizontal(pl.col(name) == value for name, value in zip(NULLABLE, pattern, strict=True))
        ).to_series()
        absent = frozenset(name for name, value in zip(NULLABLE, pattern, strict=True) if value)
        mask = chosen.to_numpy()
        made.append(_block(frame.filter(chosen), salt_rows[mask], commitment_rows[mask], absent))
    return made


def copy_entries(content: Iterable[bytes]) -> None:
    """Write `blocks` into the book, within the transaction of the caller."""
    with connection.cursor() as cursor, cursor.copy(STATEMENT) as copy:
        copy.write(HEADER)
        for block in content:
            copy.write(block)
        copy.write(TRAILER)
