"""Asking one of the room's statements, and turning what it answers into entries."""

from collections.abc import Iterator
from typing import Any

from django.db import connection

from creditbank.archive.statements import statement
from creditbank.archive.types import Entry, EntryKey
from creditbank.kernel.grades import Grade, Scale


def ask(name: str, **parameters: int | list[int]) -> Iterator[dict[str, Any]]:
    """Yield the rows that a statement answers, each by its columns' names."""
    with connection.cursor() as cursor:
        cursor.execute(statement(name), parameters)
        columns = [column.name for column in cursor.description]
        yield from (dict(zip(columns, row, strict=True)) for row in cursor.fetchall())


def key_of(row: dict[str, Any]) -> EntryKey:
    """Return the key that stands in a row."""
    return EntryKey(row["learner_id"], row["organization_id"], row["specification_id"], row["obtained"], row["part"])


def entry_of(row: dict[str, Any]) -> Entry:
    """Return the entry that stands in a row."""
    return Entry(
        key=key_of(row),
        revision=row["revision"],
        posting_id=row["posting_id"],
        enrolment=row["enrolment"],
        credits=row["credits"],
        unit_id=row["unit_id"],
        hours=row["hours"],
        grade=Grade(Scale(row["grade_scale"]), row["grade"]),
        posted_at=row["posted_at"],
    )
