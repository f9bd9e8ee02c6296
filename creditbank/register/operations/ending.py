"""What was deposited of a certificate that its issuer revokes counts no more, and again when it is restored."""

import hashlib
from collections.abc import Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Final

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import EntryNotFound, PostingInUse
from creditbank.archive.types import EntryKey
from creditbank.kernel import ids
from creditbank.kernel.actor import system
from creditbank.register import models
from creditbank.register.queries import taken
from creditbank.register.types import Certificate, Revoked

#: The bank itself posts: what it enters or ends, the issuer has released by two people.
BANK: Final = system("register")
SHOWN_OF_REFERENCE: Final = 10


def end_deposited(those: Sequence[Revoked], *, now: datetime) -> int:
    """End what archives have of revoked certificates by deposits, within the caller's transaction; return how many.

    What is in use stays until the use is reversed; the night's job comes again.
    """
    return sum(_end(key, each.certificate, now) for each, key in taken.standing(those))


def _end(key: EntryKey, certificate: Certificate, now: datetime) -> bool:
    place = ("ended", *astuple(key), book.taken(key.learner_id)[key])
    reference = ids.public_id(hashlib.sha256("/".join(map(str, place)).encode()).digest())
    number, why = f"R-{reference[:SHOWN_OF_REFERENCE]}", taken.why(certificate)
    try:
        archive.end_entry(actor=BANK, key=key, reference=reference, number=number, reason=why, now=now)
    except (PostingInUse, EntryNotFound):
        return False
    models.Ended.objects.create(
        learner_id=key.learner_id,
        issuer_id=certificate.issuer_id,
        specification_id=certificate.specification_id,
        number=certificate.number,
        posting=reference,
        at=now,
    )
    return True


def reinstate(certificate: models.Certificate, *, now: datetime) -> int:
    """Let count again what was ended as a certificate was revoked, within the caller's transaction; return how many."""
    rows = models.Ended.objects.filter(
        issuer_id=certificate.issuer_id, specification_id=certificate.specification_id, number=certificate.number
    )
    references = list(rows.order_by("at", "posting").values_list("posting", flat=True))
    for reference in references:
        archive.reinstate_entry(actor=BANK, reference=reference, now=now)
    rows.delete()
    return len(references)
