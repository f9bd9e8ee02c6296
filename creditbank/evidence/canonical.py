"""Canonical bytes of facts and what commits to them (design part 5); specified here, vectored in tests/data/vectors."""

import hashlib
from collections.abc import Mapping
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


def commitment(salt: bytes, canonical: bytes) -> bytes:
    """Return an archive entry's commitment: the RFC 6962 leaf hash of (profile, salt, canonical), 32 bytes."""
    assert len(salt) == SALT_BYTES
    return hashlib.sha256(LEAF_PREFIX + PROFILE_SHA256 + salt + canonical).digest()
