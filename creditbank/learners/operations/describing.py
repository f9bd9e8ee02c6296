"""What the rows of an account say of a person, worked out for a frame of people at once.

Nearly all people have a name of Chinese characters: these are taken apart by columns, the others one by one, with the
same answers.
"""

import os
from collections.abc import Sequence
from typing import Final

import polars as pl

from creditbank.kernel.text import name_key, person_name
from creditbank.learners.documents import LONG, LONG_KINDS, packed
from creditbank.learners.models.accounts import OWN_DOCUMENT
from creditbank.learners.types import NewPerson
from creditbank.learners.vault import NONCE_BYTES, document_place, vault

PERSON: Final = {"person_name": pl.String, "document_kind": pl.String, "document_number": pl.String}
#: What `person_name` and `name_key` give back as it is.
PLAIN_NAME: Final = r"^[\x{4e00}-\x{9fa5}]{1,60}$"


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


def described(people: pl.DataFrame) -> pl.DataFrame:
    """Return the people with `name`, `name_key` and `birth_date`. Refused: a text that is no name."""
    plain = people["person_name"].str.contains(PLAIN_NAME)
    number = pl.col("document_number")
    is_long = (number.str.len_bytes() == LONG) & pl.col("document_kind").is_in(LONG_KINDS)
    born = number.str.slice(6, 8).str.to_date("%Y%m%d", strict=False)
    return people.with_columns(
        *_names(people["person_name"], plain),
        # Of any other length a number states no birth.
        birth_date=pl.when(is_long).then(born),
    )


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


def sealed(people: pl.DataFrame) -> tuple[int, list[bytes]]:
    """Return the id of the newest key, and each person's document number sealed with it in the account's own row."""
    ring = vault()
    contents = [packed(kind, number) for kind, number in people.select("document_kind", "document_number").iter_rows()]
    places = (document_place(learner_id, OWN_DOCUMENT) for learner_id in people["learner_id"])
    return ring.newest, ring.seal_all(contents, places, nonces=os.urandom(NONCE_BYTES * len(contents)))
