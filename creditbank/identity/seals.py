"""Django's seals, for what every request of somebody who signed in checks: same keys, same bytes, less time."""

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final

from django.conf import settings

KEPT: Final = 4_096
"""So many answers are remembered of each kind, some megabytes: who opens one page mostly opens more."""


@lru_cache(maxsize=16)
def _key(salt: str, secret: str) -> bytes:
    """Return the key of one use, which Django makes anew of the bank's key each time."""
    return sha256(f"{salt}{secret}".encode()).digest()


@lru_cache(maxsize=KEPT)
def _seal(salt: str, text: str, secret: str) -> bytes:
    return hmac.digest(_key(salt, secret), text.encode(), "sha256")


def seal(salt: str, text: str, secret: str | None = None) -> bytes:
    """Return what `salted_hmac` of Django returns with SHA-256; without a secret, under the bank's key."""
    return _seal(salt, text, settings.SECRET_KEY if secret is None else secret)


def opened(sealed: str, salt: str) -> dict[str, Any] | None:
    """Return what `signing.dumps` of Django sealed under the bank's key, however old; None where it did not."""
    kept = _content(sealed, salt, settings.SECRET_KEY)
    return None if kept is None else dict(json.loads(kept))


@lru_cache(maxsize=KEPT)
def _content(sealed: str, salt: str, secret: str) -> bytes | None:
    told, _, sign = sealed.rpartition(":")
    ours = urlsafe_b64encode(hmac.digest(_key(f"{salt}signer", secret), told.encode(), "sha256")).rstrip(b"=")
    if not hmac.compare_digest(ours, sign.encode()):
        return None
    text, _, _at = told.rpartition(":")
    packed = text.startswith(".")
    data = urlsafe_b64decode(text[packed:] + "=" * (-len(text[packed:]) % 4))
    return zlib.decompress(data) if packed else data
