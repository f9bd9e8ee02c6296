"""Whom a batch names, by the keyed digests of their documents: how erasing a person finds files and reports."""

from collections.abc import Iterable
from datetime import date
from typing import Final

from django.db import connection, transaction

from creditbank.deposits import checking, files, models
from creditbank.kernel.errors import Refusal

COPY: Final = "COPY deposits_named (digest, batch_id) FROM STDIN"


def keep(row: models.Batch, digests: Iterable[bytes]) -> None:
    """Write whom a checked file names, each once."""
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for digest in digests:
            copy.write_row((digest, row.id))


def catch_up(today: date) -> None:
    """Do the same for batches that were checked by a release that did not keep whom they name."""
    behind = models.Batch.objects.filter(people_kept=False, checked_at__isnull=False, original_deleted_at__isnull=True)
    for row in behind.order_by("id"):
        with transaction.atomic():
            people = _people(row, today)
            keep(row, sorted(set(people.values())))
            for refused in row.refused.order_by("id"):
                if refused.row in people:
                    refused.record_digest(people[refused.row])
            row.record_people_kept()


def _people(row: models.Batch, today: date) -> dict[int, bytes]:
    if not files.exists(row.public_id, files.UPLOAD):
        return {}
    source = files.source(row.public_id, name=row.file_name, size=row.file_size)
    try:
        return {number: digest for block in checking.people_of(source, today=today) for number, digest in block.rows()}
    except Refusal:  # a file that cannot be read tells nobody's name; it goes with its period
        return {}
