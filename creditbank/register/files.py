"""What an issuer handed in, sealed: the file until it is checked, and the rows that were refused."""

import base64
import hmac
import json
import os
from collections.abc import Generator, Iterable, Sequence
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from creditbank.kernel import sealing
from creditbank.learners import queries as learners

NONCE_BYTES: Final = 12


def _path(load: str) -> Path:
    return settings.ENVIRONMENT.data / "files" / "register" / f"{load}.sealed"


def fresh_key(load: str) -> tuple[int, bytes, bytes]:
    """Return a new key of a list as it lies on disk (key of the ring, sealed key), and the key itself."""
    key = AESGCM.generate_key(256)
    head = learners.seal(base64.b64encode(key).decode(), place=f"register:{load}")
    return head.key_id, head.ciphertext, key


def opened_key(key_id: int, sealed: bytes, load: str) -> bytes:
    """Return the key of a list."""
    return base64.b64decode(learners.unseal(key_id, sealed, place=f"register:{load}"))


def write(load: str, key: bytes, content: Iterable[bytes]) -> None:
    """Seal a file block by block; a failure leaves none."""
    path = _path(load)
    for folder in (path.parent.parent, path.parent):
        folder.mkdir(exist_ok=True, mode=0o700)
    try:
        with path.open("wb") as file:
            writer = sealing.Writer(file, key)
            for part in content:
                writer.write(part)
            writer.finish()
            file.flush()
            os.fsync(file.fileno())
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def blocks(load: str, key: bytes) -> Generator[bytes]:
    """Yield the content of a file in order; a file that was changed on disk does not open."""
    with _path(load).open("rb") as file:
        yield from sealing.blocks(file, key)


def drop(load: str) -> None:
    """Delete the file of a list, if it is still there."""
    _path(load).unlink(missing_ok=True)


def lying() -> list[tuple[str, float]]:
    """Return the lists whose files lie here, and when each was written, in seconds since 1970."""
    folder = settings.ENVIRONMENT.data / "files" / "register"
    return [(each.stem, each.stat().st_mtime) for each in folder.glob("*.sealed")] if folder.is_dir() else []


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
    """Return the cipher of rows: the key of the file seals nothing but the file."""
    return AESGCM(hmac.digest(key, b"refused rows", "sha256"))
