"""Batches that count no more or may have to: what keeps one from being withdrawn, what it leaves, what it corrected."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Final

from creditbank.archive import models
from creditbank.archive.queries.book import named
from creditbank.archive.queries.rows import ask, entry_of
from creditbank.archive.types import Correction, InUse, JournalKind, Posting, WithdrawnAchievement

_OLD: Final = "old_"


def begun_as(prefix: str) -> tuple[Posting, ...]:
    """Return the postings whose references begin so, in the order in which they were begun."""
    rows = models.Posting.objects.filter(reference__startswith=prefix).order_by("id")
    return tuple(row.as_value() for row in rows)


def withdrawn(posting_ids: Iterable[int]) -> dict[int, str]:
    """Return which of these postings count no more, each with what people call its batch."""
    rows = models.Posting.objects.filter(id__in=list(posting_ids), withdrawn_at__isnull=False)
    return {number: called or reference for number, called, reference in rows.values_list("id", "number", "reference")}


def withdrawn_since(organization_id: int, since: datetime) -> bool:
    """Say whether anything of an institution was withdrawn from an instant on: a batch, or what corrected one.

    Single entries that were ended do not come back by a file, and are left out.
    """
    withdrawn = models.Posting.objects.filter(organization_id=organization_id, withdrawn_at__gte=since, ends=False)
    return withdrawn.exists()


def in_use(postings: Collection[Posting]) -> InUse:
    """Return how many entries of batches are held, used, converted, corrected since, or of accounts merged since.

    What one of them does to another does not count: they would go together.
    """
    ids = [posting.id for posting in postings]
    places = sorted({posting.organization_id for posting in postings})
    claimed = {row["kind"]: row["entries"] for row in ask("claimed_of", posting_ids=ids, organization_ids=places)}
    [corrected] = ask("corrected_of", posting_ids=ids, organization_ids=places)
    [converted] = ask("converted_of", posting_ids=ids)
    [moved] = ask("moved_of", posting_ids=ids)
    return InUse(
        held=claimed.get(JournalKind.HOLD, 0),
        used=claimed.get(JournalKind.USE, 0),
        converted=converted["entries"],
        corrected=corrected["entries"],
        moved=moved["entries"],
    )


def withdrawn_of(learner_id: int) -> tuple[WithdrawnAchievement, ...]:
    """Return what a learner had until its batch was withdrawn, and has in no other revision, the latest first.

    Callers have checked who asks.
    """
    rows = list(ask("withdrawn", learner_ids=[learner_id]))
    found = [
        WithdrawnAchievement(achievement, at=row["withdrawn_at"], reference=row["reference"], number=row["number"])
        for row, achievement in zip(rows, named([entry_of(row) for row in rows], {}), strict=True)
    ]
    return tuple(sorted(found, key=lambda each: (-each.at.timestamp(), each.achievement.entry.key)))


def corrections(reference: str, *, first: int, most: int) -> tuple[Correction, ...]:
    """Return entries of a posted batch that replaced an earlier value, with that value, a page of them."""
    posting = models.Posting.objects.filter(reference=reference, posted_at__isnull=False).first()
    if posting is None:
        return ()
    return tuple(
        Correction(new=entry_of(row), old=entry_of(row | _before(row)))
        for row in ask("corrections", posting_id=posting.id, first=first, most=most)
    )


def _before(row: dict[str, object]) -> dict[str, object]:
    """Return what a row says of the earlier value, under the names of the new one's."""
    return {name.removeprefix(_OLD): value for name, value in row.items() if name.startswith(_OLD)}
