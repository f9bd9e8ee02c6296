"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain
from creditbank.framework.types import Edition
from creditbank.kernel.actor import Actor


def edition_published(*, actor: Actor, edition: Edition, at: datetime) -> Fact:
    """An edition of a framework holds from now on as it stands."""
    body: dict[str, Plain] = {
        "actor": actor.reference,
        "edition": edition.id,
        "code": edition.code,
        "uri": edition.uri,
        "owner": edition.owner_id,
        "levels": edition.levels,
        "example": edition.example,
    }
    return Fact(name="framework.edition_published.v1", at=at, body=body)
