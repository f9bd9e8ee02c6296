"""The documents of accounts, wherever they lie: that with which an account was opened in its row, others in a table."""

from collections.abc import Sequence
from datetime import date
from typing import Final

from creditbank.kernel.documents import Document, DocumentKind, check_digit, masked
from creditbank.learners import models
from creditbank.learners.models.accounts import OWN_DOCUMENT
from creditbank.learners.rules import bank_day
from creditbank.learners.types import DocumentRow
from creditbank.learners.vault import Sealed, document_place, vault

LONG_KINDS: Final = (DocumentKind.RESIDENT_ID, DocumentKind.HK_MACAU_RESIDENCE, DocumentKind.FOREIGN_RESIDENCE)
"""Kinds whose numbers of 18 characters have 17 digits and one that follows from them."""
LONG: Final = 18
PACKED_BYTES: Final = 8


def packed(kind: str, number: str) -> bytes:
    """Return what is sealed of a number: of 18 digits the first 17 as an integer of eight bytes, any other as text."""
    if len(number) == LONG and kind in LONG_KINDS:
        return int(number[:-1]).to_bytes(PACKED_BYTES, "big")
    return number.encode()


def unpacked(kind: str, content: bytes) -> str:
    """Return the number that was packed, or sealed as text by an earlier release."""
    if len(content) == PACKED_BYTES and kind in LONG_KINDS:
        first17 = f"{int.from_bytes(content, 'big'):0{LONG - 1}}"
        return first17 + check_digit(first17)
    return content.decode()


def documents_of(learner_ids: Sequence[int]) -> list[models.Document]:
    """Return the documents of accounts by learner and number; the mask of one from an account's row is empty."""
    rows = models.Learner.objects.filter(learner_id__in=learner_ids, document_ciphertext__isnull=False)
    columns = ("learner_id", "opened_at", "document_kind", "document_key_id", "document_ciphertext")
    found = [
        models.Document(
            learner_id=learner_id,
            number=OWN_DOCUMENT,
            key_id=key_id,
            since=bank_day(opened_at),
            kind=kind,
            ciphertext=ciphertext,
        )
        for learner_id, opened_at, kind, key_id, ciphertext in rows.values_list(*columns)
    ]
    found += models.Document.objects.filter(learner_id__in=learner_ids)
    return sorted(found, key=lambda row: (row.learner_id, row.number))


def full(row: models.Document) -> Document:
    """Return a document with its number in full."""
    sealed = Sealed(key_id=row.key_id, ciphertext=bytes(row.ciphertext))
    content = vault().open_bytes(sealed, place=document_place(row.learner_id, row.number))
    return Document(DocumentKind(row.kind), unpacked(row.kind, content))


def mask(row: models.Document) -> str:
    """Return the masked number of a document."""
    return row.masked or masked(full(row).number)


def shown(row: models.Document) -> DocumentRow:
    """Return a document as the account's page shows it."""
    return DocumentRow(row.number, row.kind, mask(row), row.since, row.until, row.reason)


def write(
    learner_id: int, number: int, document: Document, *, since: date, until: date | None = None, reason: str = ""
) -> None:
    """Seal a document of an account in a row of its own."""
    content = packed(document.kind, document.number)
    sealed = vault().seal_bytes(content, place=document_place(learner_id, number))
    models.Document.objects.create(
        learner_id=learner_id,
        number=number,
        kind=document.kind.value,
        ciphertext=sealed.ciphertext,
        key_id=sealed.key_id,
        masked=masked(document.number),
        since=since,
        until=until,
        reason=reason,
    )


def replace(row: models.Learner, kind: DocumentKind, *, until: date, reason: str) -> None:
    """Close the current document of a kind; the one in the account's own row goes to the table of the others."""
    for present in documents_of([row.learner_id]):
        if present.kind != kind.value or present.until is not None:
            continue
        if present.number == OWN_DOCUMENT and row.document_ciphertext is not None:
            present.masked, present.until, present.reason = mask(present), until, reason
            present.save(force_insert=True)
            row.record_no_own_document()
        else:
            present.record_replaced(until=until, reason=reason)
