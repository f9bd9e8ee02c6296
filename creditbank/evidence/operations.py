"""Writing to the log, inside the transaction of the caller, and growing the trees of batches, behind it."""

import secrets
from collections.abc import Sequence

from creditbank.evidence import canonical, files, models
from creditbank.evidence.types import Fact


def append(fact: Fact) -> None:
    """Hand a fact to the log; it stands or falls with the caller's transaction."""
    salt = secrets.token_bytes(canonical.SALT_BYTES)
    models.OutboxFact.objects.create(
        name=fact.name,
        at=fact.at,
        body=dict(fact.body),
        salt=salt,
        leaf=canonical.leaf(salt, canonical.fact_bytes(fact)),
    )


def extend_tree(*, name: str, leaves: Sequence[bytes], at: int) -> None:
    """Put leaf hashes behind the first `at` of a tree, whatever stood there: call it once the rows are committed."""
    files.extend(name, leaves, at=at)


def keep_tree(*, name: str) -> None:
    """Make sure that a tree outlives a power cut."""
    files.keep(name)
