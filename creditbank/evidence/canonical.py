"""Canonical bytes of facts and what commits to them (design part 5); specified here, vectored in tests/data/vectors."""

import hashlib
import struct
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC
from typing import Final

import rfc8785

from creditbank.evidence.types import Fact, Plain

SALT_BYTES: Final = 16
PROFILE_SHA256: Final = b"\x01"
LEAF_PREFIX: Final = b"\x00"


def canonical_bytes(document: Mapping[str, Plain | Mapping[str, Plain]]) -> bytes:
    """Return the JCS form (RFC 8785) of a flat document: sorted keys, no spaces, UTF-8."""
    return rfc8785.dumps(dict(document))


def fact_bytes(fact: Fact) -> bytes:
    """Return the canonical bytes of a fact: its instant in UTC to the microsecond, body and name."""
    at = fact.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
    return canonical_bytes({"at": at, "body": dict(fact.body), "name": fact.name})


def leaf(salt: bytes, canonical: bytes) -> bytes:
    """Return the 33 bytes that the public log holds: profile byte and SHA-256(salt, canonical)."""
    assert len(salt) == SALT_BYTES
    return PROFILE_SHA256 + hashlib.sha256(salt + canonical).digest()


def commitments(salts: bytes, canonicals: Sequence[bytes]) -> list[bytes]:
    """Return the commitment of each archive entry: the RFC 6962 leaf hash of (profile, salt, canonical), 32 bytes.

    The salts stand one behind the other in the order of the entries, of which a million are a normal case.
    """
    assert len(salts) == SALT_BYTES * len(canonicals)
    head, sha256 = LEAF_PREFIX + PROFILE_SHA256, hashlib.sha256
    each = zip(struct.iter_unpack(f"{SALT_BYTES}s", salts), canonicals, strict=True)
    return [sha256(head + salt + form).digest() for (salt,), form in each]


def line_commitments(salts: bytes, blocks: Iterable[bytes]) -> list[bytes]:
    """Return the same of canonical forms that come in blocks of lines; a line may begin in one and end in the next."""
    found: list[bytes] = []
    rest = b""
    for block in blocks:
        *forms, rest = (rest + block).split(b"\n")
        at = SALT_BYTES * len(found)
        found += commitments(salts[at : at + SALT_BYTES * len(forms)], forms)
    assert not rest
    assert SALT_BYTES * len(found) == len(salts)
    return found
