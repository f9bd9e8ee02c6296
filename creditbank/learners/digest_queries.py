"""Finding accounts by the keyed digests of documents, half a million at once; and the digests themselves."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar

from django.db import connection

from creditbank.kernel.documents import Document, DocumentKind
from creditbank.learners import models
from creditbank.learners.types import Found, Status
from creditbank.learners.vault import Sealed, document_place, vault

T = TypeVar("T")
BLOCK: Final = 20_000
FOUND_SQL: Final = (
    "SELECT learner_id, account_number, name, name_key, status FROM learners_learner WHERE learner_id = ANY(%s)"
)


def _blocks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def learners_by_digest(digests: Sequence[bytes]) -> dict[bytes, int]:
    """Return the learner that each known digest leads to."""
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        for block in _blocks(digests):
            # As one text: a list of as many parameters takes longer to write than to answer.
            written = "{" + ",".join(f'"\\\\x{digest.hex()}"' for digest in block) + "}"
            cursor.execute("SELECT digest, learner_id FROM learners_key WHERE digest = ANY(%s::bytea[])", [written])
            found.update(cursor.fetchall())
    return found


def digests(documents: Sequence[Document]) -> list[bytes]:
    """Return the keyed digest of each document, in their order; it leads to nobody without the bank's key."""
    return vault().digests(documents)


def digests_of(learner_ids: Sequence[int]) -> frozenset[bytes]:
    """Return the digests of every document that leads to these accounts."""
    rows = models.LearnerKey.objects.filter(learner_id__in=learner_ids)
    return frozenset(bytes(digest) for digest in rows.values_list("digest", flat=True))


def digests_by_number(numbers: Sequence[str]) -> dict[str, bytes]:
    """Return by account number, own or taken over, the digest of one document of its holder; unknown ones are left out.

    A number of a merged account leads to the account that survives, as its documents do.
    """
    lead = dict(models.LearnerNumber.objects.filter(number__in=numbers).values_list("number", "learner_id"))
    # Worked out from the documents: keys are found by their digests, and by learner only one by one.
    ring, digest = vault(), dict[int, bytes]()
    current = models.Document.objects.filter(learner_id__in=set(lead.values()), until__isnull=True)
    columns = ("learner_id", "number", "kind", "key_id", "ciphertext")
    for learner_id, number, kind, key_id, sealed in current.order_by("learner_id", "number").values_list(*columns):
        place = document_place(learner_id, number)
        written = ring.open(Sealed(key_id=key_id, ciphertext=bytes(sealed)), place=place)
        digest[learner_id] = ring.digest(Document(DocumentKind(kind), written))
    return {number: digest[learner_id] for number, learner_id in lead.items() if learner_id in digest}


def find_by_documents(documents: Sequence[Document]) -> dict[Document, Found]:
    """Return the account that each document leads to; documents that lead nowhere are left out.

    A document of a merged account leads to the surviving one. Half a million documents are a normal case.
    """
    wanted = list(dict.fromkeys(documents))
    digests = vault().digests(wanted)
    found = find_by_digests(digests)
    return {document: found[digest] for document, digest in zip(wanted, digests, strict=True) if digest in found}


def find_by_digests(digests: Sequence[bytes]) -> dict[bytes, Found]:
    """Return the account that each keyed digest leads to, as `find_by_documents`."""
    ids = learners_by_digest(digests)
    accounts: dict[int, Found] = {}
    with connection.cursor() as cursor:
        for block in _blocks(sorted(set(ids.values()))):
            cursor.execute(FOUND_SQL, [list(block)])
            accounts.update((row[0], Found(row[0], row[1], row[2], row[3], Status(row[4]))) for row in cursor)
    return {digest: accounts[learner_id] for digest, learner_id in ids.items()}
