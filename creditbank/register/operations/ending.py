"""What was deposited of a certificate that its issuer revokes counts no more, and again when it is restored.

Each is ended by a posting of its own, as many as a list may name: its issuer can restore one of them, by which that one
counts again as it was deposited, and nothing keeps its batch from being withdrawn. One posting for a list could only be
lifted for all of them; an entry written anew instead would be a correction of its batch.
"""

import hashlib
from collections.abc import Collection, Sequence
from dataclasses import astuple
from datetime import datetime
from typing import Final

from django.db import transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.types import Ending, EntryKey
from creditbank.catalogue import queries as catalogue
from creditbank.kernel import ids
from creditbank.kernel.actor import Actor, system
from creditbank.register import locks, models, permissions
from creditbank.register.queries import taken
from creditbank.register.types import Revoked

#: The bank itself posts: what it enters or ends, the issuer has released by two people.
BANK: Final = system("register")
SHOWN_OF_REFERENCE: Final = 10
REVOKED_AT_ONCE: Final = 1_000


def end_deposited(those: Sequence[Revoked], *, now: datetime) -> int:
    """End what archives have of revoked certificates by deposits, within the caller's transaction; return how many.

    What is in use stays until the use is reversed; the night's job comes again.
    """
    return _ended(taken.standing(those), now)


def end_all(*, now: datetime) -> int:
    """Do the same for all that are revoked, some at a time, each time in a transaction of its own."""
    place: taken.Place | None = (0, "")
    ended = 0
    while place is not None:
        with transaction.atomic():
            those, place = taken.revoked_after(place, most=REVOKED_AT_ONCE)
            ended += end_deposited(those, now=now)
    return ended


@transaction.atomic
def end_revoked(*, actor: Actor, learner_ids: Collection[int], kinds: Collection[int], now: datetime) -> int:
    """End what a deposit has brought of certificates that were revoked on its way; return how many.

    Asked for in the transaction in which the deposit becomes visible: its issuers change nothing to the end of it, so
    that what is revoked later finds the deposit. Refused: all but the bank.
    """
    permissions.check_is_bank(actor)
    for issuer_id in sorted({each.issuer_id for each in catalogue.by_ids(kinds).values()}):
        locks.issuer(issuer_id)
    those = taken.revoked(specification_ids=kinds)
    return _ended(taken.standing(those, learner_ids=learner_ids), now)


def _ended(found: Sequence[tuple[Revoked, EntryKey]], now: datetime) -> int:
    if not found:
        return 0
    told = {key: each.certificate for each, key in reversed(found)}  # an entry ends once, by the first that tells of it
    revisions = book.taken(*{key.learner_id for key in told})
    why = taken.why(told.values())
    endings = {key: _ending(key, revisions[key], why[of]) for key, of in told.items()}
    ended = archive.end_entries(actor=BANK, endings=endings, now=now)
    models.Ended.objects.bulk_create(
        models.Ended(
            learner_id=key.learner_id,
            issuer_id=told[key].issuer_id,
            specification_id=told[key].specification_id,
            number=told[key].number,
            posting=endings[key].reference,
            at=now,
        )
        for key in sorted(ended)
    )
    return len(ended)


def _ending(key: EntryKey, revision: int, reason: str) -> Ending:
    place = ("ended", *astuple(key), revision)
    reference = ids.public_id(hashlib.sha256("/".join(map(str, place)).encode()).digest())
    return Ending(reference=reference, number=f"R-{reference[:SHOWN_OF_REFERENCE]}", reason=reason)


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
