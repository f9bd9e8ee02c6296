"""What the rows of an account say of a person, worked out for a frame of people at once.

Nearly all people have a name of Chinese characters and a number of 18 digits: these are taken apart by columns, the
others one by one, with the same answers.
"""

import os
from collections.abc import Sequence
from typing import Final

import numpy as np
import polars as pl

from creditbank.kernel.documents import MASK, Document, DocumentKind, birth_date, masked
from creditbank.kernel.ids import account_number
from creditbank.kernel.text import name_key, person_name
from creditbank.learners.types import NewPerson
from creditbank.learners.vault import NONCE_BYTES, document_place, vault

PERSON: Final = {"person_name": pl.String, "document_kind": pl.String, "document_number": pl.String}
#: What `person_name` and `name_key` give back as it is.
PLAIN_NAME: Final = r"^[\x{4e00}-\x{9fa5}]{1,60}$"
LONG_FORM: Final = r"^[0-9]{17}[0-9X]$"
LONG_KINDS: Final = (DocumentKind.RESIDENT_ID, DocumentKind.HK_MACAU_RESIDENCE, DocumentKind.FOREIGN_RESIDENCE)
RANDOM_DIGITS: Final = 10
RANDOM_BYTES: Final = 8


def frame_of(people: Sequence[NewPerson]) -> pl.DataFrame:
    """Return people as a frame."""
    return pl.DataFrame(
        {
            "person_name": [person.name for person in people],
            "document_kind": [person.document.kind.value for person in people],
            "document_number": [person.document.number for person in people],
        },
        schema=PERSON,
    )


def digests(people: pl.DataFrame) -> pl.Series:
    """Return the keyed digest of each person's document."""
    ring = vault()
    pairs = people.select("document_kind", "document_number").iter_rows()
    return pl.Series("digest", ring.digests_of(pairs), dtype=pl.Binary)


def described(people: pl.DataFrame) -> pl.DataFrame:
    """Return the people with `name`, `name_key`, `birth_date` and `masked`. Refused: a text that is no name."""
    plain = people["person_name"].str.contains(PLAIN_NAME)
    shown, keys = _names(people["person_name"], plain)
    number = pl.col("document_number")
    is_long = number.str.contains(LONG_FORM) & pl.col("document_kind").is_in([kind.value for kind in LONG_KINDS])
    ends = pl.concat_str(number.str.slice(0, 2), pl.lit(MASK), number.str.slice(-4))
    found = people.with_columns(
        shown,
        keys,
        pl.when(is_long).then(number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)).alias("birth_date"),
        pl.when(is_long).then(ends).alias("masked"),
    )
    return found if bool(found["masked"].is_not_null().all()) else _rarer_documents(found)


def _names(given: pl.Series, plain: pl.Series) -> tuple[pl.Series, pl.Series]:
    if plain.all():
        return given.alias("name"), given.alias("name_key")
    others = given.filter(~plain).unique()
    shown = pl.Series("shown", [person_name(name) for name in others], dtype=pl.String)
    keys = pl.Series("key", [name_key(name) for name in others], dtype=pl.String)
    return (
        given.replace(others, shown).alias("name"),
        given.replace(others, keys).alias("name_key"),
    )


def _rarer_documents(found: pl.DataFrame) -> pl.DataFrame:
    """Return the frame with masks and births of the documents that are not built as a resident's number."""
    rare = pl.col("masked").is_null()
    numbers = found.filter(rare)["document_number"].unique()
    masks = pl.Series([masked(number) for number in numbers], dtype=pl.String)
    births = [
        birth_date(Document(DocumentKind(kind), number))
        for kind, number in found.filter(rare).select("document_kind", "document_number").iter_rows()
    ]
    assert not any(births), "every number that states a birth has the long form"
    masking = pl.col("document_number").replace_strict(numbers, masks, default=None, return_dtype=pl.String)
    return found.with_columns(pl.when(rare).then(masking).otherwise("masked").alias("masked"))


def sealed(numbers: Sequence[str], learner_ids: Sequence[int]) -> tuple[int, list[bytes]]:
    """Return the id of the newest key, and each document number sealed with it as the first of its learner."""
    ring = vault()
    nonces = os.urandom(NONCE_BYTES * len(numbers))
    places = (document_place(learner_id, 1) for learner_id in learner_ids)
    return ring.newest, ring.seal_all(numbers, places, nonces=nonces)


def drawn_numbers(bank_code: str, count: int) -> list[str]:
    """Return so many account numbers, drawn at random; some may be taken, and rarely one comes twice."""
    drawn = np.frombuffer(os.urandom(RANDOM_BYTES * count), dtype=np.uint64) % np.uint64(10**RANDOM_DIGITS)
    return account_numbers(bank_code, drawn)


def account_numbers(bank_code: str, drawn: "np.ndarray") -> list[str]:
    """Return `kernel.ids.account_number` of each of these numbers below 10^10."""
    if len(drawn) == 0:
        return []
    first = account_number(bank_code, "0" * RANDOM_DIGITS)
    powers = 10 ** np.arange(RANDOM_DIGITS - 1, -1, -1, dtype=np.uint64)
    digits = (drawn[:, None] // powers[None, :] % 10).astype(np.int16)
    head = np.broadcast_to(np.array([int(digit) for digit in bank_code], dtype=np.int16), (len(drawn), len(bank_code)))
    body = np.concatenate([head, digits], axis=1)
    product = np.full(len(drawn), 10, dtype=np.int16)
    for place in range(body.shape[1]):
        turned = (product + body[:, place]) % 10
        product = np.where(turned == 0, 10, turned) * 2 % 11
    every = np.concatenate([body, ((11 - product) % 10)[:, None]], axis=1).astype(np.uint8) + ord("0")
    joined = np.ascontiguousarray(every).tobytes().decode("ascii")
    width = len(first)
    return [joined[start : start + width] for start in range(0, len(joined), width)]
