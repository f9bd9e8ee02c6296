"""What this room may write to the evidence log. Names carry versions, are public and never reused."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain


def batch_received(*, batch: str, organization_id: int, file_sha256: str, actor: str, at: datetime) -> Fact:
    """A file was handed in."""
    body: dict[str, Plain] = {
        "actor": actor,
        "batch": batch,
        "file_sha256": file_sha256,
        "institution": organization_id,
    }
    return Fact(name="deposits.batch_received.v1", at=at, body=body)


def batch_checked(*, batch: str, rows: int, postable: int, refused: int, at: datetime) -> Fact:
    """The check ended with a report."""
    body: dict[str, Plain] = {"batch": batch, "postable": postable, "refused": refused, "rows": rows}
    return Fact(name="deposits.batch_checked.v1", at=at, body=body)


def batch_unreadable(*, batch: str, code: str, at: datetime) -> Fact:
    """The file as a whole was refused."""
    return Fact(name="deposits.batch_unreadable.v1", at=at, body={"batch": batch, "code": code})


def batch_submitted(*, batch: str, actor: str, at: datetime) -> Fact:
    """The report was read and a second person asked."""
    return Fact(name="deposits.batch_submitted.v1", at=at, body={"actor": actor, "batch": batch})


def batch_read(*, batch: str, actor: str, verdict: str, process: str, at: datetime) -> Fact:
    """A second person gave a verdict."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "process": process, "verdict": verdict}
    return Fact(name="deposits.batch_read.v1", at=at, body=body)


def batch_cancelled(*, batch: str, actor: str, at: datetime) -> Fact:
    """The batch was dropped before anything entered the book."""
    return Fact(name="deposits.batch_cancelled.v1", at=at, body={"actor": actor, "batch": batch})


def original_deleted(*, batch: str, why: str, actor: str, at: datetime) -> Fact:
    """The sealed original of a batch was deleted, and what its report says of people with it."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "why": why}
    return Fact(name="deposits.original_deleted.v1", at=at, body=body)


def batch_entered(*, batch: str, rows: int, accounts_opened: int, courses_proposed: int, at: datetime) -> Fact:
    """The rows are in the book; the root stands in archive.batch_posted."""
    body: dict[str, Plain] = {
        "accounts_opened": accounts_opened,
        "batch": batch,
        "courses_proposed": courses_proposed,
        "rows": rows,
    }
    return Fact(name="deposits.batch_entered.v1", at=at, body=body)


def batch_failed(*, batch: str, attempts: int, fault: str, at: datetime) -> Fact:
    """Posting was given up after so many tries; `fault` names the kind of the last error."""
    body: dict[str, Plain] = {"attempts": attempts, "batch": batch, "fault": fault}
    return Fact(name="deposits.batch_failed.v1", at=at, body=body)


def batch_reopened(*, batch: str, actor: str, at: datetime) -> Fact:
    """Somebody asked for another try at a batch whose posting was given up."""
    return Fact(name="deposits.batch_reopened.v1", at=at, body={"actor": actor, "batch": batch})
