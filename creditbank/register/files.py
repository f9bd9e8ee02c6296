"""What an issuer handed in, sealed: the file until it is checked, and the rows that were refused."""

import base64
import hmac
import json
import os
from collections.abc import Iterable, Sequence
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from creditbank.kernel.sheets.source import Source
from creditbank.learners import queries as learners
from creditbank.learners.operations import SealedFiles

NONCE_BYTES: Final = 12
LISTS: Final = SealedFiles(kind="register", room="register")
LIST: Final = "list"

drop = LISTS.drop_all
lying = LISTS.owners


def write(load: str, content: Iterable[bytes]) -> None:
    """Seal a list block by block; a failure leaves none."""
    try:
        with LISTS.writing(load, LIST) as file:
            for part in content:
                file.write(part)
    except BaseException:
        drop(load)
        raise


def source(load: str, *, name: str, size: int) -> Source:
    """Return a list as it can be read again and again; name and size are those of what was handed in."""
    return LISTS.source(load, LIST, file_name=name, size=size)


def fresh_key(load: str) -> tuple[int, bytes]:
    """Return a new key for the refused rows of a list, as it is kept: key of the ring, sealed key."""
    head = learners.seal(base64.b64encode(AESGCM.generate_key(256)).decode(), place=_place(load))
    return head.key_id, head.ciphertext


def opened_key(key_id: int, sealed: bytes, load: str) -> bytes:
    """Return the key of the refused rows of a list."""
    return base64.b64decode(learners.unseal(key_id, sealed, place=_place(load)))


def seal_line(key: bytes, row: int, line: Sequence[str]) -> bytes:
    """Return a refused row as it lies on disk."""
    start = os.urandom(NONCE_BYTES)
    text = json.dumps(line, ensure_ascii=False).encode()
    return start + _of_lines(key).encrypt(start, text, str(row).encode())


def open_line(key: bytes, row: int, sealed: bytes) -> list[str]:
    """Return the cells of a refused row."""
    text = _of_lines(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], str(row).encode())
    return [str(cell) for cell in json.loads(text)]


def _of_lines(key: bytes) -> AESGCM:
    """Return the cipher of rows. That its key is derived is of the format, from when the key sealed a file, too."""
    return AESGCM(hmac.digest(key, b"refused rows", "sha256"))


def _place(load: str) -> str:
    return f"register:{load}"
