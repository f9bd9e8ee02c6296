"""Reading the outbox, and the proofs over commitments that other rooms keep."""

from collections.abc import Iterator, Sequence

from creditbank.evidence import canonical, files, merkle, models
from creditbank.evidence.types import Fact, StoredFact


def facts(*, name: str | None = None, after: int = 0) -> Iterator[StoredFact]:
    """Yield stored facts in the order of their outbox numbers, of one name or of all."""
    rows = models.OutboxFact.objects.filter(id__gt=after).order_by("id")
    if name is not None:
        rows = rows.filter(name=name)
    for row in rows.iterator():
        fact = Fact(name=row.name, at=row.at, body=row.body)
        yield StoredFact(id=row.id, fact=fact, salt=bytes(row.salt), leaf=bytes(row.leaf))


def count() -> int:
    """Return how many facts were stored."""
    return models.OutboxFact.objects.count()


def merkle_root(commitments: Sequence[bytes]) -> bytes:
    """Return the RFC 6962 root over commitments in the order given."""
    return merkle.root(commitments)


def tree_size(name: str) -> int:
    """Return how many leaves of a tree are kept here; none where it is to be made again."""
    return files.size(name)


def tree_root(name: str) -> bytes:
    """Return the RFC 6962 root over the leaves kept."""
    return files.root(name)


def tree_proof(name: str, index: int) -> list[bytes]:
    """Return the sibling hashes from a leaf of a kept tree up to its root, read from a few tiles."""
    return files.inclusion_proof(name, index)


def commitments(salts: bytes, canonical_forms: Sequence[bytes]) -> list[bytes]:
    """Return the commitment of each entry; see `canonical.commitments`."""
    return canonical.commitments(salts, canonical_forms)


def inclusion_proof(commitments: Sequence[bytes], index: int) -> list[bytes]:
    """Return the sibling hashes from one commitment up to the root."""
    return merkle.inclusion_proof(commitments, index)


def root_of_proof(*, leaf: bytes, index: int, size: int, proof: Sequence[bytes]) -> bytes | None:
    """Return the root that a proof leads to, or None where its shape is wrong."""
    return merkle.root_of_proof(leaf=leaf, index=index, size=size, proof=proof)
