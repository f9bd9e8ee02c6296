"""Advisory locks of this room: what is claimed for a learner, and which batches count."""

from typing import Final

from django.db import connection

LEARNER_SPACE: Final = 0x41524348
POSTING_SPACE: Final = 0x41524350


def learner(*learner_ids: int) -> None:
    """Serialise what is claimed for one learner, or several; held to the end of the transaction.

    Everybody takes several in the same order, so that nobody waits in a ring.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(%s, hashint8(learner)) FROM unnest(%s::bigint[]) AS learner",
            [LEARNER_SPACE, sorted(learner_ids)],
        )


def posting(posting_id: int, *, shared: bool) -> None:
    """Let nothing of a batch be claimed while it is withdrawn, and the other way round, to the end of both.

    Who claims takes it behind the learner's lock; who withdraws takes no learner's, so that nobody waits in a ring.
    """
    function = "pg_advisory_xact_lock_shared" if shared else "pg_advisory_xact_lock"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}(%s, %s)", [POSTING_SPACE, posting_id])
