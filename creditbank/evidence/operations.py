"""Writing to the log, inside the transaction of the caller, and growing the trees of batches, behind it."""

import secrets
from collections.abc import Sequence
from types import TracebackType
from typing import Final, Self

from creditbank.evidence import canonical, files, hashing, models
from creditbank.evidence.types import Fact

#: From so many entries at once a process of its own is worth its start.
LARGE: Final = 50_000


def append(*facts: Fact) -> None:
    """Hand facts to the log, in their order; they stand or fall with the caller's transaction."""
    models.OutboxFact.objects.bulk_create([_waiting(fact) for fact in facts])


def _waiting(fact: Fact) -> models.OutboxFact:
    salt = secrets.token_bytes(canonical.SALT_BYTES)
    leaf = canonical.leaf(salt, canonical.fact_bytes(fact))
    return models.OutboxFact(name=fact.name, at=fact.at, body=dict(fact.body), salt=salt, leaf=leaf)


def extend_tree(*, name: str, leaves: Sequence[bytes], at: int) -> None:
    """Put leaf hashes behind the first `at` of a tree, whatever stood there: call it once the rows are committed."""
    files.extend(name, leaves, at=at)


class Growing:
    """The tree of a batch, growing step by step behind its first `at` leaves while its entries are committed to.

    Once its block has ended, the tree has all leaves; of a block that failed, it may have less.
    """

    def __init__(self, *, name: str, at: int) -> None:
        """Begin where the tree ends."""
        self._name, self._at = name, at
        self._edge = files.edge(name, at=at)
        self._hasher: hashing.Hasher = hashing.Here(self._edge)
        self._coming = 0

    def commit(self, salts: bytes, lines: bytes) -> bytes:
        """Return the commitments of canonical forms, a line each, one behind the other; so are their salts."""
        self._grow()
        count = len(salts) // canonical.SALT_BYTES
        assert count, "a step has leaves"
        if count >= LARGE and isinstance(self._hasher, hashing.Here):
            self._hasher = hashing.Beside(self._edge)
        found = self._hasher.commitments(salts, lines)
        self._coming = count
        return found

    def _grow(self) -> None:
        """Put the leaves of the step before into the tree."""
        if self._coming:
            files.put(self._name, self._hasher.grown(), at=self._at)
            self._at, self._coming = self._at + self._coming, 0

    def __enter__(self) -> Self:
        """Return this."""
        return self

    def __exit__(self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None) -> None:
        """Put the last leaves into the tree."""
        try:
            if kind is None:
                self._grow()
        finally:
            self._hasher.end()


def keep_tree(*, name: str) -> None:
    """Make sure that a tree outlives a power cut."""
    files.keep(name)
