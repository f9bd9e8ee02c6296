"""Files on their way in: a form's file lies sealed while the request is read, and a piece says where it begins."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from io import BufferedReader, RawIOBase
from tempfile import TemporaryFile
from typing import IO, Any, Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler
from django.http import HttpRequest

from creditbank.deposits.errors import DiskFull, room_on_disk
from creditbank.deposits.types import FILE_BYTES_MAX, PIECE_BYTES_MAX
from creditbank.entrance.requests import BankRequest
from creditbank.kernel import sealing
from creditbank.kernel.actor import ActorKind

#: What is kept of a form's file from visitors and learners: more than any page takes from them.
OTHERS_BYTES_MAX: Final = 32 * 1024**2
OFFSET: Final = "Upload-Offset"
DIGITS_MAX: Final = 15


class SealedFile(UploadedFile):
    """A file that came with a form: read forwards, once. `size` is what came, also where not all of it was kept."""

    def __init__(self, behind: IO[bytes], key: bytes, **given: Any) -> None:  # noqa: ANN401  # Django's own words
        """Open what was sealed into a file, from its beginning."""
        behind.seek(0)
        super().__init__(file=sealing.stream(sealing.blocks(behind, key)), **given)
        self._behind = behind

    def close(self) -> None:
        """Close the file, and with it delete what it kept."""
        super().close()
        self._behind.close()


class _NoRoom(RawIOBase):
    """A file for which there was no room: the page that reads it refuses, as no other place could say it in words."""

    def readable(self) -> bool:
        """Say yes: the answer is a refusal."""
        return True

    def readinto(self, _buffer: object, /) -> int:
        """Refuse."""
        raise DiskFull


class SealingHandler(FileUploadHandler):
    """Seals what is too large for memory with a key that only this process knows, in a file that has no name.

    What goes past the limit is counted and not kept: the page refuses the file by its size. So is what comes when the
    disk is full: the page refuses the file as it reads it.
    """

    _file: IO[bytes] | None = None
    _full: bool = False

    def new_file(self, *args: Any, **given: Any) -> None:  # noqa: ANN401  # Django's own words
        """Begin a file."""
        super().new_file(*args, **given)
        self._key = AESGCM.generate_key(256)
        self._most = _bytes_max(self.request)
        self._file, self._full = None, False
        with self._room():
            folder = settings.ENVIRONMENT.data / "files"
            folder.mkdir(exist_ok=True, mode=0o700)
            self._file = TemporaryFile(dir=folder)  # noqa: SIM115  # closed with the uploaded file
            self._writer = sealing.Writer(self._file, self._key)

    def receive_data_chunk(self, raw_data: bytes, start: int) -> None:
        """Take the next bytes; no further handler gets them."""
        if start + len(raw_data) <= self._most and not self._full:
            with self._room():
                self._writer.write(raw_data)

    def file_complete(self, file_size: int) -> UploadedFile | None:
        """Return the file, or nothing where an earlier handler took it."""
        if self._file is None and not self._full:
            return None
        given: dict[str, Any] = {
            "name": self.file_name,
            "content_type": self.content_type,
            "size": file_size,
            "charset": self.charset,
            "content_type_extra": self.content_type_extra,
        }
        if self._file is not None:
            with self._room():
                self._writer.finish()
                self._file.flush()
        behind, self._file = self._file, None
        if self._full or behind is None:
            return UploadedFile(file=BufferedReader(_NoRoom()), **given)
        return SealedFile(behind, self._key, **given)

    def upload_interrupted(self) -> None:
        """Delete what came before the connection broke."""
        if self._file is not None:
            with suppress(OSError):  # what waits to be written finds no room either
                self._file.close()

    @contextmanager
    def _room(self) -> Iterator[None]:
        """Remember that there is no room, and give back what was taken."""
        try:
            with room_on_disk():
                yield
        except DiskFull:
            self._full = True
            self.upload_interrupted()
            self._file = None


def _bytes_max(request: HttpRequest | None) -> int:
    actor = getattr(request, "actor", None)
    works_here = actor is not None and actor.kind is ActorKind.STAFF
    return FILE_BYTES_MAX if works_here else OTHERS_BYTES_MAX


def offset(request: BankRequest) -> int:
    """Return where the piece that a request brings begins in its file, -1 where it does not say so."""
    text = request.headers.get(OFFSET, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else -1


def piece(request: BankRequest) -> bytes:
    """Return the piece that a request brings, at most one byte more than a piece may have."""
    return request.read(PIECE_BYTES_MAX + 1)


def announced_size(request: BankRequest) -> int:
    """Return of how many bytes a request says that its body is; none where it does not say so."""
    text = str(request.META.get("CONTENT_LENGTH") or "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0
