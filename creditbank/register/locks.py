"""Advisory locks of this room: who works on a list, who changes an issuer's certificates."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

LIST: Final = 0x52454753
ISSUER: Final = 0x49535355


@contextmanager
def working_on(load_id: int) -> Iterator[bool]:
    """Hold a list while its job runs; False where another process holds it. A killed process holds nothing."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [LIST, load_id])
        (alone,) = cursor.fetchone()
    try:
        yield bool(alone)
    finally:
        if alone:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [LIST, load_id])


def issuer(organization_id: int) -> None:
    """Hold the certificates of an issuer to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ISSUER, organization_id])
