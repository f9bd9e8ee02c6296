"""Files of batches on disk, sealed: what an institution handed in holds ID numbers and never lies in the clear.

A file is sealed in blocks (AES-256-GCM, a fresh key a file, itself sealed by the key ring), so that a
large one is read and written without a second copy. Each block is bound to its
number and to the size of the whole, so that nothing can be cut off or exchanged.
"""

import base64
import os
import shutil
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from creditbank.learners import queries as learners

MAGIC: Final = b"CBF1"
BLOCK_BYTES: Final = 8 * 1024 * 1024
NONCE_BYTES: Final = 12
TAG_BYTES: Final = 16
UPLOAD: Final = "upload"
STAGED: Final = "staged"
PLAN: Final = "plan"


def _path(batch: str, name: str) -> Path:
    return settings.ENVIRONMENT.data / "files" / "batches" / batch / f"{name}.sealed"


def _nonce(number: int) -> bytes:
    return number.to_bytes(NONCE_BYTES, "big")


def exists(batch: str, name: str) -> bool:
    """Say whether a batch has this file."""
    return _path(batch, name).exists()


def write(batch: str, name: str, content: bytes) -> None:
    """Seal a file and put it in its place; a crash leaves either the old file or the new one."""
    path = _path(batch, name)
    (settings.ENVIRONMENT.data / "files").mkdir(exist_ok=True, mode=0o700)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    key = AESGCM.generate_key(256)
    place = f"deposits:{batch}:{name}"
    head = learners.seal(base64.b64encode(key).decode(), place=place)
    cipher = AESGCM(key)
    beside = path.with_suffix(".new")
    with beside.open("wb") as file:
        size = len(content).to_bytes(8, "big")
        sealed_key = len(head.ciphertext).to_bytes(2, "big") + head.ciphertext
        file.write(MAGIC + size + head.key_id.to_bytes(4, "big") + sealed_key)
        for number, start in enumerate(range(0, len(content), BLOCK_BYTES)):
            file.write(cipher.encrypt(_nonce(number), content[start : start + BLOCK_BYTES], size))
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)


def read(batch: str, name: str) -> bytes:
    """Return the content; a file that was changed on disk does not open."""
    with _path(batch, name).open("rb") as file:
        assert file.read(len(MAGIC)) == MAGIC
        size = file.read(8)
        key_id = int.from_bytes(file.read(4), "big")
        ciphertext = file.read(int.from_bytes(file.read(2), "big"))
        key = learners.unseal(key_id, ciphertext, place=f"deposits:{batch}:{name}")
        cipher = AESGCM(base64.b64decode(key))
        blocks: list[bytes] = []
        while block := file.read(BLOCK_BYTES + TAG_BYTES):
            blocks.append(cipher.decrypt(_nonce(len(blocks)), block, size))
    content = b"".join(blocks)
    assert len(content) == int.from_bytes(size, "big"), "the file was cut"
    return content


def write_frame(batch: str, name: str, frame: pl.DataFrame) -> None:
    """Seal a frame."""
    buffer = BytesIO()
    frame.write_parquet(buffer, compression="lz4")
    write(batch, name, buffer.getvalue())


def read_frame(batch: str, name: str) -> pl.DataFrame:
    """Return a frame that was sealed."""
    return pl.read_parquet(BytesIO(read(batch, name)))


def drop_all(batch: str) -> None:
    """Delete everything that lies here of a batch, half-written files with it."""
    shutil.rmtree(_path(batch, UPLOAD).parent, ignore_errors=True)


def batches() -> list[tuple[str, float]]:
    """Return every batch that has files, and when its folder changed last, in seconds since 1970."""
    folder = settings.ENVIRONMENT.data / "files" / "batches"
    return [(each.name, each.stat().st_mtime) for each in folder.iterdir()] if folder.is_dir() else []


def drop(batch: str, name: str) -> None:
    """Delete a file that nobody needs any more."""
    _path(batch, name).unlink(missing_ok=True)
