"""The key ring: sealing and opening personal data (AES-256-GCM), keyed digests for finding it (HMAC-SHA-256).

The ring is a file of its own, beside the database and never in it. Its newest encryption key seals,
every key still opens; a row says which key sealed it. The digest key never changes, because digests
are what people are found by.
"""

import base64
import functools
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from creditbank.kernel.documents import Document

KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
MARK: Final = b"mark"
MARK_BYTES: Final = 8


@dataclass(frozen=True, slots=True)
class Sealed:
    """What lies on disk: nonce and ciphertext together, and the key that opens them."""

    key_id: int
    ciphertext: bytes


class Vault:
    """One key ring, opened. `place` names the row that a ciphertext belongs to, so that it opens nowhere else."""

    def __init__(self, *, digest_key: bytes, keys: Mapping[int, bytes]) -> None:
        """Keep the keys in memory; they are shown to nobody."""
        assert keys, "a ring without keys seals nothing"
        self._digest_key = digest_key
        self._ciphers = {key_id: AESGCM(key) for key_id, key in keys.items()}
        self.newest = max(self._ciphers)
        named = {"digest": digest_key, **{str(key_id): key for key_id, key in keys.items()}}
        self._marks = {name: hmac.digest(key, MARK, "sha256")[:MARK_BYTES].hex() for name, key in named.items()}

    def seal(self, text: str, *, place: str) -> Sealed:
        """Return the text sealed with the newest key."""
        return self.seal_bytes(text.encode(), place=place)

    def seal_bytes(self, content: bytes, *, place: str) -> Sealed:
        """Return the content sealed with the newest key."""
        [ciphertext] = self.seal_all([content], [place], nonces=os.urandom(NONCE_BYTES))
        return Sealed(key_id=self.newest, ciphertext=ciphertext)

    def seal_all(self, contents: Iterable[bytes], places: Iterable[str], *, nonces: bytes) -> list[bytes]:
        """Return each content sealed with the newest key, as `Sealed.ciphertext`; `nonces` are fresh random bytes."""
        encrypt = self._ciphers[self.newest].encrypt
        cuts = range(0, len(nonces), NONCE_BYTES)
        return [
            (nonce := nonces[cut : cut + NONCE_BYTES]) + encrypt(nonce, content, place.encode())
            for cut, content, place in zip(cuts, contents, places, strict=True)
        ]

    def open(self, sealed: Sealed, *, place: str) -> str:
        """Return the text; a ciphertext that was moved or changed is a bug or an attack, and crashes."""
        return self.open_bytes(sealed, place=place).decode()

    def open_bytes(self, sealed: Sealed, *, place: str) -> bytes:
        """Return the content, as `open`."""
        nonce, body = sealed.ciphertext[:NONCE_BYTES], sealed.ciphertext[NONCE_BYTES:]
        return self._ciphers[sealed.key_id].decrypt(nonce, body, place.encode())

    def key_for(self, purpose: str) -> bytes:
        """Return 32 bytes for one purpose alone, worked out from the key that never changes."""
        return self._keyed(b"key", purpose)

    def digest(self, document: Document) -> bytes:
        """Return the 32 bytes under which a document is found."""
        return self._keyed(b"document", f"{document.kind.value}:{document.number}")

    def digests(self, documents: Sequence[Document]) -> list[bytes]:
        """Return the digest of each document, in their order."""
        return self.digests_of((document.kind.value, document.number) for document in documents)

    def digests_of(self, pairs: Iterable[tuple[str, str]]) -> list[bytes]:
        """Return the digest of each kind and number, in their order."""
        key, keyed = self._digest_key, hmac.digest
        return [keyed(key, f"document\0{kind}:{number}".encode(), "sha256") for kind, number in pairs]

    def code_digest(self, code: str) -> bytes:
        """Return the 32 bytes under which a claim code is found."""
        return self._keyed(b"claim-code", code)

    def marks(self) -> dict[str, str]:
        """Return what tells this ring's keys from others and leads to none of them: the digest key's, and by id."""
        return dict(self._marks)

    def _keyed(self, purpose: bytes, text: str) -> bytes:
        return hmac.digest(self._digest_key, purpose + b"\x00" + text.encode(), "sha256")


_PLACE: dict[str, Path] = {}


def use(path: Path) -> None:
    """Say where the key ring lies; called once by the room's configuration."""
    _PLACE["keys"] = path


def place() -> Path:
    """Return where the key ring lies."""
    return _PLACE["keys"]


def vault() -> Vault:
    """Return the opened ring; a ring that got a new key is opened again."""
    path = place()
    return _opened(path, path.stat().st_mtime_ns)


@functools.lru_cache(maxsize=2)
def _opened(path: Path, _changed_ns: int) -> Vault:
    ring = json.loads(path.read_text("utf-8"))
    keys = {int(key["id"]): base64.b64decode(key["key"]) for key in ring["encryption"]}
    return Vault(digest_key=base64.b64decode(ring["digest"]), keys=keys)


def document_place(learner_id: int, number: int) -> str:
    """Name the row that a sealed document number belongs to."""
    return f"learners.document:{learner_id}:{number}"


def _fresh_key() -> str:
    return base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode()


def _written_beside(path: Path, ring: Mapping[str, object]) -> Path:
    """Write the ring to a file of mode 0600 beside its place, safely on disk, and return that file."""
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(ring, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    return beside


def ensure_keys(path: Path) -> bool:
    """Make a key ring of mode 0600 where there is none; say whether one was made. Two starts at once make one."""
    if path.exists():
        return False
    path.parent.mkdir(parents=True, exist_ok=True)
    ring = {"version": 1, "digest": _fresh_key(), "encryption": [{"id": 1, "key": _fresh_key()}]}
    beside = _written_beside(path, ring)
    try:
        os.link(beside, path)
    except FileExistsError:
        return False
    finally:
        beside.unlink()
    return True


def add_key(path: Path) -> int:
    """Put a new encryption key on the ring, the newest from now on, and return its id."""
    ring = json.loads(path.read_text("utf-8"))
    key_id = max(int(key["id"]) for key in ring["encryption"]) + 1
    ring["encryption"].append({"id": key_id, "key": _fresh_key()})
    _written_beside(path, ring).replace(path)
    return key_id
