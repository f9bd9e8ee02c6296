"""Numbers of certificates: how one is kept, and what it makes of an entry of the book."""

import hashlib
import unicodedata
from typing import Final

PART_MAX: Final = 2**31 - 1
PART_BYTES: Final = 4
#: The part of what has no number.
UNNUMBERED: Final = 0


def certificate_number(text: str) -> str:
    """Return a certificate's number as it is kept: half width, capitals, no spaces."""
    return "".join(unicodedata.normalize("NFKC", text).upper().split())


def part_of(number: str) -> int:
    """Return what tells certificates of one kind and day apart in an archive: a positive number that never changes.

    It follows from the number alone, so that no order of files and no second sending changes it.
    """
    digest = hashlib.sha256(number.encode()).digest()
    return int.from_bytes(digest[:PART_BYTES], "big") % PART_MAX + 1
