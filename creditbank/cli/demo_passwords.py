"""The demonstration's one password, hashed once: fifty hashes of the same word would take half of the first start."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

from django.test.utils import override_settings
from django.utils.module_loading import import_string

HERE: Final = f"{__name__}.HashedOnce"
BANK: Final = "django.contrib.auth.hashers.ScryptPasswordHasher"


class HashedOnce:
    """Hashes as the bank does, but with one salt a process: for a password that everybody is told, and no other."""

    def __init__(self) -> None:
        self._bank: Any = import_string(BANK)()  # by its name: the type stubs do not know the class
        self._salt: str = self._bank.salt()
        self._hashes: dict[tuple[str, str], str] = {}

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401  # whatever the bank's own hasher has
        """Leave the rest to the bank's own hasher, which also verifies what this one wrote."""
        return getattr(self._bank, name)

    def salt(self) -> str:
        """Return the salt of this process."""
        return self._salt

    def encode(self, password: str, salt: str) -> str:
        """Return the hash, made once for each password."""
        if (password, salt) not in self._hashes:
            self._hashes[password, salt] = self._bank.encode(password, salt)
        return self._hashes[password, salt]


@contextmanager
def hashed_once() -> Iterator[None]:
    """Hash equal passwords once while the demonstration bank is built."""
    with override_settings(PASSWORD_HASHERS=[HERE]):
        yield
