"""Writing to the log: one call, inside the transaction of the caller."""

import secrets

from creditbank.evidence import canonical, models
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
