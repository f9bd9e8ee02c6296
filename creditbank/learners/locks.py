"""The advisory lock on which accounts there are; rooms that keep something of accounts take it through operations."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.db import connection

ACCOUNTS_SPACE: Final = 0x41524341


def accounts(*, shared: bool) -> None:
    """Let no account be merged or erased while something is written under accounts, and the other way round.

    Held to the end of the transaction. It is taken before any row is locked, so that nobody waits in a ring.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, 0)", [ACCOUNTS_SPACE])


@contextmanager
def accounts_while() -> Iterator[None]:
    """Let no account be merged or erased for the length of a block of several transactions, as planning is."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock_shared(%s, 0)", [ACCOUNTS_SPACE])
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock_shared(%s, 0)", [ACCOUNTS_SPACE])
