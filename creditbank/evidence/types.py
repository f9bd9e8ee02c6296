"""The words of this room, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

Plain = int | str | bool | None


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that happened, in a form that can be committed to and published.

    `name` carries its version and is never reused; `body` holds identifiers, digests and
    counts only. Personal data never enters a fact.
    """

    name: str
    at: datetime
    body: Mapping[str, Plain]


@dataclass(frozen=True, slots=True)
class StoredFact:
    """A fact as it lies in the outbox, with what proves it."""

    id: int
    fact: Fact
    salt: bytes
    leaf: bytes
