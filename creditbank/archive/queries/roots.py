"""Whether the book still holds what its batches' roots bind: every row of every batch, read once."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Final

from django.db import connection, transaction

from creditbank.archive import models
from creditbank.archive.statements import statement
from creditbank.evidence import queries as evidence

ROWS_A_FETCH: Final = 50_000


@dataclass(frozen=True, slots=True)
class Checked:
    """How many batches and rows were read, and the references of those whose rows do not give their root."""

    batches: int
    rows: int
    broken: tuple[str, ...]


@transaction.atomic
def check_roots() -> Checked:
    """Return whether the commitments of each posted batch give its root. Reads the whole book, a batch at a time."""
    posted = {row.id: row for row in models.Posting.objects.filter(posted_at__isnull=False)}
    found = {posting_id: (len(leaves), evidence.merkle_root(leaves)) for posting_id, leaves in _batches()}
    empty = (0, evidence.merkle_root(()))
    broken = [
        row.reference for row in posted.values() if found.get(row.id, empty) != (row.rows, bytes(row.root or b""))
    ]
    rows = sum(count for posting_id, (count, _) in found.items() if posting_id in posted)
    return Checked(batches=len(posted), rows=rows, broken=tuple(sorted(broken)))


def _batches() -> Iterator[tuple[int, list[bytes]]]:
    with connection.connection.cursor(name="roots") as cursor:
        cursor.itersize = ROWS_A_FETCH
        cursor.execute(statement("all_leaves"))
        for posting_id, rows in groupby(cursor, key=lambda row: row[0]):
            yield posting_id, [bytes(commitment) for _, commitment in rows]
