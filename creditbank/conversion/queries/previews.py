"""Reading previews of drafts: how far one is, what came out, which were left lying."""

from datetime import datetime

from creditbank.conversion import models
from creditbank.conversion.queries.books import works_on
from creditbank.conversion.queries.reviewing import tryable
from creditbank.conversion.queries.trial_sums import told
from creditbank.conversion.shown import Preview, PreviewStage
from creditbank.conversion.types import Details, Edition
from creditbank.kernel.actor import Actor


def preview_value(row: models.Preview) -> Preview:
    """Return a preview as a plain value."""
    before = row.before.edition if row.before else None
    return Preview(
        id=row.id,
        stage=PreviewStage(row.stage),
        digests=(row.digest, row.digest_submitted),
        before=row.before_id,
        day=row.day,
        asked_at=row.asked_at,
        ended_at=row.ended_at,
        done=row.done,
        total=row.total,
        trial=told(row.sums, ruling=row.ruling, before=before, learners=row.done),
    )


def preview(edition: Edition) -> Preview | None:
    """Return the newest preview of an edition; callers have checked who asks."""
    row = models.Preview.objects.filter(edition_id=edition.id).select_related("before").order_by("-id").first()
    return preview_value(row) if row else None


def compared(actor: Actor, new: Edition, old: Edition) -> Preview | None:
    """Return the finished preview of exactly this text beside that edition, to those who work on the book."""
    found = preview(new) if works_on(actor, new.book) else None
    if found is None or found.stage is not PreviewStage.DONE or found.before != old.id or not found.of(new.digest):
        return None
    return found


def may_be_tried(found: Details) -> bool:
    """Say whether a draft is free of faults of form, so that it can be tried."""
    return tryable(found.document) is not None


def left_lying(*, since: datetime) -> tuple[int, ...]:
    """Return the running previews at which nobody has worked since an instant, the oldest first."""
    rows = models.Preview.objects.filter(stage=PreviewStage.RUNNING, worked_at__lte=since)
    return tuple(rows.order_by("id").values_list("id", flat=True))
