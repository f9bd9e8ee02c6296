"""Finding accounts by the keyed digests of documents, half a million at once; and the digests themselves."""

from collections.abc import Iterator, Sequence
from typing import Final, TypeVar
from uuid import UUID

import polars as pl
from django.db import connection
from django.db.models import Exists, Func, Max, OuterRef, UUIDField

from creditbank.kernel.documents import Document
from creditbank.learners import models
from creditbank.learners.documents import documents_of, full
from creditbank.learners.numbers import leads
from creditbank.learners.types import Found, Status
from creditbank.learners.vault import vault

T = TypeVar("T")
BLOCK: Final = 20_000
KEY_BYTES: Final = 16
"""How much of a keyed digest leads to an account."""
LED_TO: Final = "SELECT uuid_send(digest), learner_id FROM learners_key WHERE digest = ANY(%s::uuid[])"
FOUND_SQL: Final = """
    SELECT learner_id, lpad(account_number::text, 15, '0'), name, name_key, status
    FROM learners_learner WHERE learner_id = ANY(%s)"""
STATUSES: Final = tuple(Status)


def shortened(digest: bytes) -> UUID:
    """Return so much of a keyed digest as an account is found by: enough to tell all people apart."""
    return UUID(bytes=digest[:KEY_BYTES])


def _blocks(values: Sequence[T]) -> Iterator[Sequence[T]]:
    return (values[start : start + BLOCK] for start in range(0, len(values), BLOCK))


def learners_by_digest(digests: Sequence[bytes]) -> dict[bytes, int]:
    """Return the learner that each known digest leads to."""
    found: dict[bytes, int] = {}
    with connection.cursor() as cursor:
        for block in _blocks(digests):
            # As one text: a list of as many parameters takes longer to write than to answer.
            whole = {digest[:KEY_BYTES]: digest for digest in block}
            cursor.execute(LED_TO, ["{" + ",".join(key.hex() for key in whole) + "}"])
            found.update((whole[key], learner_id) for key, learner_id in cursor)
    return found


def has_account(column: str, *, after: int = 0) -> Exists:
    """Return the condition that a keyed digest leads to an account, for a statement over a table that has a column so.

    A room whose rows wait for accounts asks once about all of them, or about those `after` a number that it has asked
    about; an index of its table over the same expression lets the few new accounts find the rows.
    """
    template = f"encode(substring(%(expressions)s from 1 for {KEY_BYTES}), 'hex')::uuid"
    key = Func(OuterRef(column), template=template, output_field=UUIDField())
    keys = models.LearnerKey.objects.filter(digest=key)
    return Exists(keys.filter(learner_id__gt=after) if after else keys)


def newest() -> int:
    """Return the number of the newest account, 0 where there is none."""
    found: int | None = models.Learner.objects.aggregate(newest=Max("learner_id"))["newest"]
    return found or 0


def digests(documents: Sequence[Document]) -> list[bytes]:
    """Return the keyed digest of each document, in their order; it leads to nobody without the bank's key."""
    return vault().digests(documents)


def digested(people: pl.DataFrame) -> pl.DataFrame:
    """Return people, told by `document_kind` and `document_number`, with the `digest` of each one's document."""
    pairs = people.select("document_kind", "document_number").iter_rows()
    return people.with_columns(pl.Series("digest", vault().digests_of(pairs), dtype=pl.Binary))


def digests_of(learner_ids: Sequence[int]) -> frozenset[bytes]:
    """Return the digests of every document that leads to these accounts."""
    return frozenset(vault().digests([full(row) for row in documents_of(learner_ids)]))


def digests_by_number(numbers: Sequence[str]) -> dict[str, bytes]:
    """Return by account number, own or taken over, the digest of one document of its holder; unknown ones are left out.

    A number of a merged account leads to the account that survives, as its documents do.
    """
    lead = leads(numbers)
    current = [row for row in documents_of(sorted(set(lead.values()))) if row.until is None]
    digest = dict(zip((row.learner_id for row in current), vault().digests(list(map(full, current))), strict=True))
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
            accounts.update((row[0], Found(row[0], row[1], row[2], row[3], STATUSES[row[4] - 1])) for row in cursor)
    return {digest: accounts[learner_id] for digest, learner_id in ids.items()}


def accounts_by_digest(digests: pl.Series) -> pl.DataFrame:
    """Return `digest`, `learner_id`, `account_key` and `account_status` of each account that one of these leads to."""
    found = find_by_digests(digests.unique().to_list())
    rows = [(digest, each.learner_id, each.name_key, each.status.value) for digest, each in found.items()]
    schema = {"digest": pl.Binary, "learner_id": pl.Int64, "account_key": pl.String, "account_status": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")
