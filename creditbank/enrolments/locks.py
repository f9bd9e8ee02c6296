"""Who works on a list: a session's lock, which goes with the connection, so that a killed worker leaves none behind."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

LIST: Final = 0x4C495354


@contextmanager
def working_on(list_id: int) -> Iterator[bool]:
    """Hold a list while its job runs; False where another process holds it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LIST, list_id])
        (answer,) = cursor.fetchone()
    try:
        yield bool(answer)
    finally:
        if answer:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LIST, list_id])
