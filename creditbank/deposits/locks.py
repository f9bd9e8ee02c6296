"""Advisory locks of this room: who works on a batch or an upload, who posts for an institution, who numbers.

Session locks go with the connection, so that a killed worker leaves none behind.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from typing import Final

from django.db import InterfaceError, OperationalError, connection

BATCH: Final = 0x42415443
INSTITUTION: Final = 0x494E5354
NUMBERING: Final = 0x4E554D42
UPLOAD: Final = 0x55504C44
ISSUER: Final = 0x54454C4C


@contextmanager
def working_on(batch_id: int) -> Iterator[bool]:
    """Hold a batch while its job runs; False where another process holds it."""
    with _session("pg_try_advisory_lock", BATCH, batch_id) as answer:
        yield bool(answer)


@contextmanager
def receiving(upload_id: int) -> Iterator[bool]:
    """Hold an upload while a piece of it is written; False where another request holds it."""
    with _session("pg_try_advisory_lock", UPLOAD, upload_id) as answer:
        yield bool(answer)


@contextmanager
def posting_for(organization_id: int) -> Iterator[None]:
    """Wait for, and hold, the right to post for an institution: its batches enter the book one by one."""
    with _session("pg_advisory_lock", INSTITUTION, organization_id):
        yield


@contextmanager
def telling_of(issuers: Iterable[int]) -> Iterator[None]:
    """Wait for, and hold, the right to tell what other institutions award: who posts next compares with all of it.

    Held after `posting_for`, and in the order of numbers, so that nobody waits for each other.
    """
    with ExitStack() as held:
        for number in sorted(issuers):
            held.enter_context(_session("pg_advisory_lock", ISSUER, number))
        yield


@contextmanager
def _session(function: str, space: int, number: int) -> Iterator[object]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [space, number])
        (answer,) = cursor.fetchone()
    try:
        yield answer
    finally:
        # A connection that is lost holds no lock any more, and must not hide what went wrong.
        if answer is not False:
            with suppress(OperationalError, InterfaceError), connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [space, number])


def try_posting_for(organization_id: int) -> bool:
    """Hold an institution's batches back from entering the book to the end of the transaction; False where one does."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [INSTITUTION, organization_id])
        return bool(cursor.fetchone()[0])


def numbering(organization_id: int) -> None:
    """Hold an institution's row of batch numbers to the end of the transaction."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [NUMBERING, organization_id])
