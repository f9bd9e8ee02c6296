"""By what the holders of certificates are found: so much of a keyed digest as tells all people apart."""

from collections.abc import Sequence
from typing import Final

from creditbank.kernel.documents import Document
from creditbank.learners import queries as accounts

HOLDER_BYTES: Final = 16


def short(digest: bytes) -> bytes:
    """Return so much of a keyed digest as the register keeps: enough to tell all people apart."""
    return digest[:HOLDER_BYTES]


def holders_of(documents: Sequence[Document]) -> list[bytes]:
    """Return by what the holder of each document is found."""
    return [short(digest) for digest in accounts.digests(documents)]


def own_holders(learner_id: int) -> frozenset[bytes]:
    """Return by what a learner is found: every document that leads to the account, merged ones too."""
    return frozenset(short(digest) for digest in accounts.digests_of([learner_id]))
