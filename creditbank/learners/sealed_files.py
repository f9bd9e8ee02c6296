"""Files about people on disk, sealed: what somebody handed in holds ID numbers and never lies in the clear.

A file has a fresh key, itself sealed by the key ring for this folder and name; behind it comes the content in the
blocks of `kernel.sealing`, so that a file of any size is written and read within a few blocks of memory.
"""

import base64
import os
import secrets
import shutil
from collections.abc import Generator, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial
from io import BufferedReader, BytesIO
from pathlib import Path
from typing import BinaryIO, Final

import polars as pl
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

from creditbank.kernel import sealing
from creditbank.kernel.sheets.source import Source
from creditbank.learners.vault import Sealed, vault

MAGIC: Final = b"CBF2"
#: A file of the first format says its size in the head; it still opens.
MAGIC_SIZED: Final = b"CBF1"
SIZE_BYTES: Final = 8
SUFFIX: Final = ".sealed"
HALF: Final = ".new"


@dataclass(frozen=True, slots=True)
class SealedFiles:
    """The files of a room: a folder for each thing they belong to. `kind` names the place on disk, `room` who seals."""

    kind: str
    room: str

    def folder(self, owner: str) -> Path:
        """Return where the files of a thing lie."""
        return settings.ENVIRONMENT.data / "files" / self.kind / owner

    def path(self, owner: str, name: str) -> Path:
        """Return where a file lies."""
        return self.folder(owner) / f"{name}{SUFFIX}"

    def exists(self, owner: str, name: str) -> bool:
        """Say whether there is this file."""
        return self.path(owner, name).exists()

    def names(self, owner: str) -> list[str]:
        """Return the names of the files of a thing, in order."""
        return sorted(each.name.removesuffix(SUFFIX) for each in self.folder(owner).glob(f"*{SUFFIX}"))

    @contextmanager
    def writing(self, owner: str, name: str, *, lasting: bool = True) -> Iterator[sealing.Writer]:
        """Yield a writer that seals a file; it takes its place at the end: a crash leaves the old one or the new one.

        An exception leaves the old one. Not `lasting` is a working file that is made anew after a crash of the machine.
        """
        path = self.path(owner, name)
        (settings.ENVIRONMENT.data / "files").mkdir(exist_ok=True, mode=0o700)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        key = AESGCM.generate_key(256)
        head = vault().seal(base64.b64encode(key).decode(), place=self._place(owner, name))
        # Two readers may make one working file at once; what is to last has one writer, who finds an old half again.
        beside = path.with_suffix(HALF if lasting else f".{secrets.token_hex(4)}{HALF}")
        try:
            with beside.open("wb") as file:
                file.write(MAGIC + head.key_id.to_bytes(4, "big") + len(head.ciphertext).to_bytes(2, "big"))
                file.write(head.ciphertext)
                writer = sealing.Writer(file, key)
                yield writer
                writer.finish()
                file.flush()
                if lasting:
                    os.fsync(file.fileno())
        except BaseException:
            beside.unlink(missing_ok=True)
            raise
        beside.replace(path)
        if lasting:
            _keep_names(path.parent)
            _keep_names(path.parent.parent)

    def blocks(self, owner: str, name: str) -> Generator[bytes]:
        """Return the content in order, block by block; a file that was changed on disk does not open."""
        with self.path(owner, name).open("rb") as file:
            magic = file.read(len(MAGIC))
            assert magic in {MAGIC, MAGIC_SIZED}, "this is no sealed file"
            size = file.read(SIZE_BYTES) if magic == MAGIC_SIZED else None
            key_id = int.from_bytes(file.read(4), "big")
            head = Sealed(key_id=key_id, ciphertext=file.read(int.from_bytes(file.read(2), "big")))
            key = base64.b64decode(vault().open(head, place=self._place(owner, name)))
            yield from sealing.blocks(file, key) if size is None else _of_first_format(file, key, size)

    def opened(self, owner: str, name: str) -> BufferedReader:
        """Return the content as a stream to be read forwards and closed; a changed file fails where it was changed."""
        return sealing.stream(self.blocks(owner, name))

    def source(self, owner: str, name: str, *, file_name: str, size: int) -> Source:
        """Return a file as it can be read again and again; file name and size are those of what was handed in."""
        return Source(name=file_name, size=size, blocks=partial(self.blocks, owner, name))

    def write(self, owner: str, name: str, content: bytes | memoryview, *, lasting: bool = True) -> None:
        """Seal a file that is in memory and put it in its place."""
        with self.writing(owner, name, lasting=lasting) as file:
            file.write(content)

    def read(self, owner: str, name: str) -> bytes:
        """Return the whole content: for files that are known to be small."""
        with closing(self.blocks(owner, name)) as content:
            return b"".join(content)

    def write_frame(self, owner: str, name: str, frame: pl.DataFrame, *, lasting: bool = True) -> None:
        """Seal a frame."""
        buffer = BytesIO()
        frame.write_ipc(buffer, compression="lz4")
        self.write(owner, name, buffer.getbuffer(), lasting=lasting)

    def read_frame(self, owner: str, name: str, *, columns: list[str] | None = None) -> pl.DataFrame:
        """Return a frame that was sealed, or some columns of it."""
        return pl.read_ipc(BytesIO(self.read(owner, name)), columns=columns)

    def drop(self, owner: str, name: str) -> None:
        """Delete a file that nobody needs any more."""
        self.path(owner, name).unlink(missing_ok=True)

    def drop_all(self, owner: str) -> None:
        """Delete everything that lies here of a thing, half-written files with it."""
        shutil.rmtree(self.folder(owner), ignore_errors=True)

    def owners(self) -> list[tuple[str, float]]:
        """Return everything that has files, and when its folder changed last, in seconds since 1970."""
        place = self.folder("x").parent
        return [(each.name, each.stat().st_mtime) for each in place.iterdir()] if place.is_dir() else []

    def _place(self, owner: str, name: str) -> str:
        return f"{self.room}:{owner}:{name}"


def _keep_names(folder: Path) -> None:
    """Make the new names in a folder last, too."""
    opened = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(opened)
    finally:
        os.close(opened)


def _of_first_format(file: BinaryIO, key: bytes, size: bytes) -> Iterator[bytes]:
    cipher = AESGCM(key)
    number = total = 0
    while block := file.read(sealing.BLOCK_BYTES + sealing.TAG_BYTES):
        content = cipher.decrypt(sealing.nonce(number), block, size)
        number, total = number + 1, total + len(content)
        yield content
    assert total == int.from_bytes(size, "big"), "the file was cut"
