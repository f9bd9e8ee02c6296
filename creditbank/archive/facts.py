"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import datetime

from creditbank.archive.types import EntryKey
from creditbank.evidence.types import Fact, Plain


def batch_posted(
    *, reference: str, organization_id: int, rows: int, root: bytes, file_digest: str | None, actor: str, at: datetime
) -> Fact:
    """A batch entered the book: one fact for all its rows, by the root over their commitments.

    The signer's key and signature are null until institutions sign their batches.
    """
    body: dict[str, Plain] = {
        "actor": actor,
        "batch": reference,
        "file_sha256": file_digest,
        "institution": organization_id,
        "root": root.hex(),
        "rows": rows,
        "signature": None,
        "signer_key": None,
    }
    return Fact(name="archive.batch_posted.v1", at=at, body=body)


def posting_withdrawn(
    *, reference: str, organization_id: int, rows: int, root: bytes, reason: bytes, actor: str, at: datetime
) -> Fact:
    """A posted batch counts no more; `reason` is the SHA-256 of the reason's text, which stays with the bank."""
    body: dict[str, Plain] = {
        "actor": actor,
        "batch": reference,
        "institution": organization_id,
        "grounds_sha256": reason.hex(),
        "root": root.hex(),
        "rows": rows,
    }
    return Fact(name="archive.posting_withdrawn.v1", at=at, body=body)


def entry_reinstated(*, reference: str, organization_id: int, actor: str, at: datetime) -> Fact:
    """What a posting of one entry had ended counts again."""
    body: dict[str, Plain] = {"actor": actor, "batch": reference, "institution": organization_id}
    return Fact(name="archive.entry_reinstated.v1", at=at, body=body)


def _journal(name: str, *, key: EntryKey, number: int, scope: str, actor: str, at: datetime) -> Fact:
    body: dict[str, Plain] = {
        "actor": actor,
        "institution": key.organization_id,
        "learner": key.learner_id,
        "number": number,
        "obtained": key.obtained,
        "part": key.part,
        "scope": scope,
        "specification": key.specification_id,
    }
    return Fact(name=name, at=at, body=body)


def entry_held(*, key: EntryKey, number: int, scope: str, actor: str, at: datetime) -> Fact:
    """An entry was set aside for a request."""
    return _journal("archive.entry_held.v1", key=key, number=number, scope=scope, actor=actor, at=at)


def entry_used(*, key: EntryKey, number: int, scope: str, actor: str, at: datetime) -> Fact:
    """An entry was spent in a scope."""
    return _journal("archive.entry_used.v1", key=key, number=number, scope=scope, actor=actor, at=at)


def entry_released(*, key: EntryKey, number: int, scope: str, actor: str, at: datetime) -> Fact:
    """A hold was given back."""
    return _journal("archive.entry_released.v1", key=key, number=number, scope=scope, actor=actor, at=at)


def use_reversed(*, key: EntryKey, number: int, scope: str, actor: str, at: datetime) -> Fact:
    """A use was undone; the entry may be used again."""
    return _journal("archive.use_reversed.v1", key=key, number=number, scope=scope, actor=actor, at=at)


def account_moved(
    *,
    survivor_id: int,
    other_id: int,
    posting: str | None,
    entries: int,
    doubled: int,
    claims: int,
    organization_id: int,
    actor: str,
    at: datetime,
) -> Fact:
    """The entries of an account live on under another; `posting` is the batch that wrote them again."""
    body: dict[str, Plain] = {
        "actor": actor,
        "batch": posting,
        "claims": claims,
        "doubled": doubled,
        "entries": entries,
        "institution": organization_id,
        "other": other_id,
        "survivor": survivor_id,
    }
    return Fact(name="archive.account_moved.v1", at=at, body=body)


def entries_erased(*, entries: int, organization_id: int, actor: str, at: datetime) -> Fact:
    """So many entries of somebody were erased; what the proofs of others need of them was kept."""
    body: dict[str, Plain] = {"actor": actor, "entries": entries, "institution": organization_id}
    return Fact(name="archive.entries_erased.v1", at=at, body=body)
