"""What became of certificates in archives: why an entry that came from the register counts no more."""

from collections.abc import Iterable

from creditbank.register import models, queries


def reasons(references: Iterable[str]) -> dict[str, str]:
    """Return the issuer's reason by the reference of the posting that was withdrawn; others are left out."""
    rows = models.Claim.objects.filter(posting__in=list(references), withdrawn_at__isnull=False)
    found: dict[str, str] = {}
    for row in rows:
        told = queries.statuses(issuer_id=row.issuer_id, number=row.number)
        [events] = [each.events for each in told if each.certificate.specification_id == row.specification_id] or [()]
        found[row.posting] = next((event.note for event in events if event.at == row.withdrawn_at), "")
    return found
