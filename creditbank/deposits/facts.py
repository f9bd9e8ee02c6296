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


def batch_chosen(*, batch: str, all_or_nothing: bool, actor: str, at: datetime) -> Fact:
    """The school chose anew whether refused rows keep all the others out of the book."""
    body: dict[str, Plain] = {"actor": actor, "all_or_nothing": all_or_nothing, "batch": batch}
    return Fact(name="deposits.batch_chosen.v1", at=at, body=body)


def withdrawal_asked(*, batch: str, actor: str, reason: bytes, at: datetime) -> Fact:
    """Somebody asked that a posted batch count no more; `reason` is the SHA-256 of the reason's text."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "grounds_sha256": reason.hex()}
    return Fact(name="deposits.withdrawal_asked.v1", at=at, body=body)


def withdrawal_read(*, batch: str, actor: str, verdict: str, process: str, at: datetime) -> Fact:
    """A second person decided on a withdrawal, or who asked took it back."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "process": process, "verdict": verdict}
    return Fact(name="deposits.withdrawal_read.v1", at=at, body=body)


def original_asked(*, batch: str, row: int, actor: str, at: datetime) -> Fact:
    """The second person asked for the original of a row of the sample."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "row": row}
    return Fact(name="deposits.original_asked.v1", at=at, body=body)


def original_given(*, batch: str, row: int, file_sha256: str | None, actor: str, at: datetime) -> Fact:
    """The school answered what was asked of a row, with a file or without."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "file_sha256": file_sha256, "row": row}
    return Fact(name="deposits.original_given.v1", at=at, body=body)


def late_rows_approved(*, batch: str, late_of: str, rows: int, actor: str, at: datetime) -> Fact:
    """Rows of an approved batch that could not enter with it enter as a batch of their own."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "late_of": late_of, "rows": rows}
    return Fact(name="deposits.late_rows_approved.v1", at=at, body=body)


def waiting_dropped(*, batch: str, rows: int, actor: str, at: datetime) -> Fact:
    """Rows that waited for an account were given up, and what they say deleted."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "rows": rows}
    return Fact(name="deposits.waiting_dropped.v1", at=at, body=body)


def waiting_retried(*, batch: str, rows: int, actor: str, at: datetime) -> Fact:
    """Rows that something spoke against are looked at again."""
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "rows": rows}
    return Fact(name="deposits.waiting_retried.v1", at=at, body=body)


def conflict_decided(*, batch: str, row: int, item: int, outcome: str, actor: str, at: datetime) -> Fact:
    """It was decided between two institutions that say different things of one achievement.

    The management centre did; `outcome` is `withdrawn` where nobody had to, for what was stored first counts no more.
    """
    body: dict[str, Plain] = {"actor": actor, "batch": batch, "item": item, "outcome": outcome, "row": row}
    return Fact(name="deposits.conflict_decided.v2", at=at, body=body)


def conflict_settled(*, batch: str, row: int, item: int, posting: str | None, at: datetime) -> Fact:
    """What was decided between two institutions is done; `posting` is what it led to in the book, if to anything."""
    body: dict[str, Plain] = {"batch": batch, "item": item, "posting": posting, "row": row}
    return Fact(name="deposits.conflict_settled.v2", at=at, body=body)


def conflict_opened(*, batch: str, row: int, item: int, at: datetime) -> Fact:
    """A row that had waited, or was checked before, turned out to tell what another institution stored differently."""
    body: dict[str, Plain] = {"batch": batch, "item": item, "row": row}
    return Fact(name="deposits.conflict_opened.v1", at=at, body=body)


def profile_saved(*, profile: str, edition: int, layout: str, organization_id: int, actor: str, at: datetime) -> Fact:
    """An institution said by what names its own tables call the columns of a layout."""
    body = _of_profile(profile=profile, edition=edition, layout=layout, institution=organization_id, actor=actor)
    return Fact(name="deposits.profile_saved.v1", at=at, body=body)


def profile_ended(*, profile: str, edition: int, layout: str, organization_id: int, actor: str, at: datetime) -> Fact:
    """Files of an institution are read by these names no more."""
    body = _of_profile(profile=profile, edition=edition, layout=layout, institution=organization_id, actor=actor)
    return Fact(name="deposits.profile_ended.v1", at=at, body=body)


def _of_profile(**body: Plain) -> dict[str, Plain]:
    return body
