"""Reading what entries were converted from, and into what."""

from typing import Final

import polars as pl

from creditbank.archive import models
from creditbank.archive.queries.book import archive_of
from creditbank.archive.types import Converted, EntryKey, Provenance
from creditbank.kernel.actor import Actor

#: The columns of a frame of conversions: the learner, the entry it became (of the batch's institution), the entry it
#: was, and the partial date on which it was converted.
COLUMNS: Final = {
    "learner_id": pl.Int64,
    "specification_id": pl.Int32,
    "obtained": pl.Int32,
    "part": pl.Int32,
    "source_organization_id": pl.Int32,
    "source_specification_id": pl.Int32,
    "source_obtained": pl.Int32,
    "source_part": pl.Int32,
    "converted": pl.Int32,
}


def provenance(learner_id: int) -> tuple[Provenance, ...]:
    """Return every conversion that posted batches tell of a learner, in the order of what it became and what it was.

    Of several batches that tell of one conversion the latest is named.
    """
    rows = [row.as_value() for row in models.Provenance.objects.filter(learner_id=learner_id)]
    told = {row.posting_id for row in rows}
    posted = models.Posting.objects.filter(id__in=told, posted_at__isnull=False, withdrawn_at__isnull=True)
    standing = set(posted.values_list("id", flat=True))
    latest = {
        (row.target, row.source): row
        for row in sorted(rows, key=lambda row: row.posting_id)
        if row.posting_id in standing
    }
    return tuple(latest[ends] for ends in sorted(latest))


def conversions(*, actor: Actor, key: EntryKey) -> tuple[tuple[Converted, ...], tuple[Converted, ...]]:
    """Return what an entry was converted from, and into what, as far as the actor may see it; each with its date."""
    told = [row for row in provenance(key.learner_id) if key in {row.source, row.target}]
    if not told:
        return (), ()
    seen = {each.entry.key: each for each in archive_of(actor=actor, learner_id=key.learner_id)}
    before = (Converted(seen[row.source], row.converted) for row in told if row.target == key and row.source in seen)
    after = (Converted(seen[row.target], row.converted) for row in told if row.source == key and row.target in seen)
    return tuple(before), tuple(after)
