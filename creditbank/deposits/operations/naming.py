"""Whom a batch names, by the keyed digests of their documents: how erasing a person finds files and reports."""

from collections.abc import Mapping, Sequence
from datetime import date

import polars as pl
from django.db import connection, transaction

from creditbank.deposits import checking, files, models
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import Refusal
from creditbank.learners import queries as learners

COPY = "COPY deposits_named (digest, batch_id) FROM STDIN"


def keep(row: models.Batch, people: pl.DataFrame, *, refused: Sequence[int]) -> Mapping[int, bytes]:
    """Write whom a checked file names; return the digest of each refused row with a readable number."""
    distinct = people.select("document_kind", "document_number").unique(maintain_order=True)
    documents = [Document(DocumentKind(kind), number) for kind, number in distinct.iter_rows()]
    digests = learners.digests(documents)
    with connection.cursor() as cursor, cursor.copy(COPY) as copy:
        for digest in digests:
            copy.write_row((digest, row.id))
    known = distinct.with_columns(pl.Series("digest", digests, dtype=pl.Binary))
    joined = people.filter(pl.col("row").is_in(refused)).join(
        known, on=["document_kind", "document_number"], how="left"
    )
    return dict(joined.select("row", "digest").iter_rows())


def catch_up(today: date) -> None:
    """Do the same for batches that were checked by a release that did not keep whom they name."""
    behind = models.Batch.objects.filter(people_kept=False, checked_at__isnull=False, original_deleted_at__isnull=True)
    for row in behind.order_by("id"):
        with transaction.atomic():
            refused = {each.row: each for each in row.refused.all()}
            for number, digest in keep(row, _people(row, today), refused=list(refused)).items():
                refused[number].record_digest(digest)
            row.record_people_kept()


def _people(row: models.Batch, today: date) -> pl.DataFrame:
    nobody = pl.DataFrame(schema={"row": pl.Int64, "document_kind": pl.String, "document_number": pl.String})
    if not files.exists(row.public_id, files.UPLOAD):
        return nobody
    try:
        return checking.people_of(files.read(row.public_id, files.UPLOAD), name=row.file_name, today=today)
    except Refusal:  # a file that cannot be read tells nobody's name; it goes with its period
        return nobody
