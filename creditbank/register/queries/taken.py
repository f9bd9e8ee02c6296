"""What became of certificates in archives: which entries stand no longer as they are, and why one counts no more."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import Exists, OuterRef

from creditbank.archive import queries as book
from creditbank.kernel.certificates import part_of
from creditbank.register import models, queries
from creditbank.register.types import Certificate, Status

ENDS: Final = {Status.REVOKED: "颁发机构撤销了证书", Status.REPLACED: "证书已挂失补发"}
OF_ANOTHER: Final = "颁发机构更正了持证人"
OTHER_DAY: Final = "颁发机构更正了发证日期"


@dataclass(frozen=True, slots=True)
class Ending:
    """A claim whose entry is wrong by now, and why; `instead` is the certificate that is to stand there, if any is."""

    claim: models.Claim
    why: str
    instead: Certificate | None = None


def endings(*, issuer_id: int | None = None, numbers: Sequence[str] = ()) -> list[Ending]:
    """Return what lies in archives of certificates that hold no more, are another person's or of another day."""
    place = {name: OuterRef(name) for name in ("issuer_id", "specification_id", "number")}
    happened = Exists(models.Event.objects.filter(**place))
    ended = Exists(models.Certificate.objects.filter(**place).exclude(status=Status.VALID))
    rows = models.Claim.objects.filter(happened | ended, withdrawn_at__isnull=True)
    if issuer_id is not None:
        rows = rows.filter(issuer_id=issuer_id, number__in=list(numbers))
    found = (_ending(claim) for claim in rows.order_by("learner_id", "issuer_id", "specification_id", "number"))
    return [each for each in found if each is not None]


def _ending(claim: models.Claim) -> Ending | None:
    place = {"issuer_id": claim.issuer_id, "number": claim.number, "specification_id": claim.specification_id}
    row = queries.rows_of(claim.issuer_id, claim.number, specification_id=claim.specification_id).first()
    if row is None or bytes(row.holder) not in queries.own_holders(claim.learner_id):
        return Ending(claim, OF_ANOTHER)
    if row.status != Status.VALID:
        last = models.Event.objects.filter(**place).order_by("-at", "-id").first()
        why = ENDS[Status(row.status)]
        return Ending(claim, f"{why}。{last.note}" if last is not None and last.note else why)
    entered = book.posting(claim.posting)
    days = {each.key.obtained for each in book.entries(claim.learner_id) if entered and each.posting_id == entered.id}
    return Ending(claim, OTHER_DAY, row.as_value()) if days - {row.issued} else None


def postings_of(learner_id: int) -> frozenset[str]:
    """Return the references of the postings by which an account's certificates entered that it has by claims now."""
    rows = models.Claim.objects.filter(learner_id=learner_id, withdrawn_at__isnull=True)
    return frozenset(rows.values_list("posting", flat=True))


def claimed(*, issuer_id: int, learner_ids: Sequence[int]) -> list[tuple[int, int, int]]:
    """Return whose certificates of an issuer lie in archives by claims: learner, specification and part of each."""
    rows = models.Claim.objects.filter(issuer_id=issuer_id, learner_id__in=learner_ids, withdrawn_at__isnull=True)
    found = rows.values_list("learner_id", "specification_id", "number")
    return [(learner_id, specification_id, part_of(number)) for learner_id, specification_id, number in found]


def reasons(references: Iterable[str]) -> dict[str, str]:
    """Return the issuer's reason by the reference of the posting that was withdrawn; others are left out."""
    rows = models.Claim.objects.filter(posting__in=list(references), withdrawn_at__isnull=False)
    found: dict[str, str] = {}
    for row in rows:
        told = queries.statuses(issuer_id=row.issuer_id, number=row.number)
        [events] = [each.events for each in told if each.certificate.specification_id == row.specification_id] or [()]
        before = (event.note for event in events if row.withdrawn_at and event.at <= row.withdrawn_at)
        found[row.posting] = next(before, "")
    return found
