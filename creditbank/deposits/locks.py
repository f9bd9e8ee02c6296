"""Advisory locks of this room: who works on a batch, who posts for an institution, who numbers.

Session locks go with the connection, so that a killed worker leaves none behind.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

BATCH: Final = 0x42415443
INSTITUTION: Final = 0x494E5354
NUMBERING: Final = 0x4E554D42


@contextmanager
def working_on(batch_id: int) -> Iterator[bool]:
    """Hold a batch while its job runs; False where another process holds it."""
    with _session("pg_try_advisory_lock", BATCH, batch_id) as answer:
        yield bool(answer)


@contextmanager
def posting_for(organization_id: int) -> Iterator[None]:
    """Wait for, and hold, the right to post for an institution: its batches enter the book one by one."""
    with _session("pg_advisory_lock", INSTITUTION, organization_id):
        yield


@contextmanager
def _session(function: str, space: int, number: int) -> Iterator[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [space, number])
        (answer,) = cursor.fetchone()
    try:
        yield answer
    finally:
        if answer is not False:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])


def numbering(organization_id: int) -> None:
    """Hold an institution's row of batch numbers to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, organization_id])
