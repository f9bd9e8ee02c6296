"""The head of a document that may still be a draft: which book it is of, whose, and what is kept beside the text."""

import secrets
from collections.abc import Mapping
from datetime import date
from hashlib import sha256
from typing import Any, Final

import rfc8785

from creditbank.conversion import errors, models
from creditbank.conversion.models import EDITION_MAX, ID_MAX, TITLE_MAX, Written
from creditbank.conversion.types import BookKind
from creditbank.kernel import ids
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations

Document = Mapping[str, Any]

_LENGTHS: Final = {"id": ID_MAX, "edition": EDITION_MAX}
_TITLE_EN_MAX: Final = 300
_SIDES: Final = 2


def book_for(owner_id: int, document: Document) -> models.RuleBook:
    """Return the book of a document, made now if it is new. Refused: a faulty head, another owner, kind or parties."""
    check(document)
    owner = organizations.by_id(owner_id)
    if (named := _code(document.get("owner"))) != owner.code:
        raise errors.BookNotOwned(named=named, owner=owner.code)
    kind = BookKind(document["kind"])
    receiver, partner = _parties(document, owner_id) if kind is BookKind.AGREEMENT else (None, None)
    title = title_of(document)
    book, _made = models.RuleBook.objects.get_or_create(
        uri=document["id"],
        defaults={
            "public_id": ids.public_id(secrets.token_bytes(ids.PUBLIC_ID_BYTES)),
            "kind": kind,
            "owner_id": owner_id,
            "receiver_id": receiver,
            "partner_id": partner,
            "title_zh": title.zh,
            "title_en": title.en,
        },
    )
    same = (book.owner_id, book.kind, book.receiver_id, book.partner_id) == (owner_id, kind, receiver, partner)
    if not same:
        raise errors.BookExists(book=book.uri, edition=document["edition"])
    return book


def check_same(row: models.Edition, document: Document) -> None:
    """Refuse a new text of a draft that is of another book or edition than the draft."""
    check(document)
    if (document["id"], document["edition"], document["kind"]) != (row.book.uri, row.edition, row.book.kind):
        raise errors.BookExists(book=document["id"], edition=document["edition"])
    if book_for(row.book.owner_id, document).id != row.book_id:
        raise errors.BookExists(book=document["id"], edition=document["edition"])


def check(document: Document) -> None:
    """Refuse a document that does not say, in texts of a bearable length, which edition of which book it is."""
    for field, longest in _LENGTHS.items():
        value = document.get(field)
        if not isinstance(value, str) or not 0 < len(value) <= longest:
            raise errors.BookHeadMissing(field=field)
    if document.get("kind") not in [each.value for each in BookKind]:
        raise errors.BookHeadMissing(field="kind")
    title = document.get("title")
    name = title.get("zh") if isinstance(title, Mapping) else None
    if not isinstance(name, str) or not 0 < len(name) <= TITLE_MAX:
        raise errors.BookHeadMissing(field="title.zh")


def title_of(document: Document) -> Text:
    """Return the title of a document whose head is in order."""
    title = document["title"]
    english = title.get("en")
    return Text(title["zh"], english[:_TITLE_EN_MAX] if isinstance(english, str) else "")


def written(document: Document) -> Written:
    """Return what is kept of a document beside it; a draft may lack any of that."""
    return Written(
        document=document,
        digest="sha256:" + sha256(rfc8785.dumps(dict(document))).hexdigest(),
        rules=_length(document, "rules"),
        cases=_length(document, "cases"),
        starts=_day(document, "from"),
        ends=_day(document, "to"),
    )


def _parties(document: Document, owner_id: int) -> tuple[int, int]:
    """Return who takes the credits in, and the party that is not the owner."""
    parties = document.get("parties")
    if not isinstance(parties, list) or len(parties) != _SIDES:
        raise errors.BookHeadMissing(field="parties")
    codes = [_code(party) for party in parties]
    sender, receiver = (organizations.by_code(code).id for code in codes)
    if owner_id not in {sender, receiver} or sender == receiver:
        raise errors.BookNotOwned(named=codes[1], owner=organizations.by_id(owner_id).code)
    return receiver, sender if owner_id == receiver else receiver


def _code(party: object) -> str:
    return str(party.get("code") or "") if isinstance(party, Mapping) else ""


def _length(document: Document, field: str) -> int:
    value = document.get(field)
    return len(value) if isinstance(value, list) else 0


def _day(document: Document, field: str) -> date | None:
    effective = document.get("effective")
    text = effective.get(field) if isinstance(effective, Mapping) else None
    try:
        return date.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        return None
