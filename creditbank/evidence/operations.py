"""Writing to the log, inside the transaction of the caller, and growing the trees of batches, behind it."""

import secrets
from collections.abc import Sequence

from creditbank.evidence import canonical, files, models
from creditbank.evidence.types import Fact


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


def keep_tree(*, name: str) -> None:
    """Make sure that a tree outlives a power cut."""
    files.keep(name)
