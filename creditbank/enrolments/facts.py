"""What this room writes to the evidence log. Names are public and never reused; no personal data enters."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain


def enrolments_confirmed(
    *, organization_id: int, written: int, changed: int, source: str, actor: str, at: datetime
) -> Fact:
    """A deposit or a list wrote enrolments of a school, or changed them."""
    body: dict[str, Plain] = {
        "organization": organization_id,
        "written": written,
        "changed": changed,
        "source": source,
        "actor": actor,
    }
    return Fact(name="enrolments.enrolments_confirmed.v1", at=at, body=body)


def list_loaded(
    *, organization_id: int, rows: int, refused: int, accounts_opened: int, digest: str, actor: str, at: datetime
) -> Fact:
    """A list of people was worked through to its end; `digest` is the SHA-256 of the file."""
    body: dict[str, Plain] = {
        "organization": organization_id,
        "rows": rows,
        "refused": refused,
        "accounts_opened": accounts_opened,
        "file": digest,
        "actor": actor,
    }
    return Fact(name="enrolments.list_loaded.v1", at=at, body=body)


def list_handed_in(*, people_list: str, kind: str, organization_id: int, digest: str, actor: str, at: datetime) -> Fact:
    """A list of people was handed in, for a job to work through; `digest` is the SHA-256 of the file."""
    body: dict[str, Plain] = {
        "list": people_list,
        "kind": kind,
        "organization": organization_id,
        "file": digest,
        "actor": actor,
    }
    return Fact(name="enrolments.list_handed_in.v1", at=at, body=body)


def list_stopped(
    *, people_list: str, stage: str, taken: int, refused: int, accounts_opened: int, actor: str, at: datetime
) -> Fact:
    """A list ended before its last row: stopped by somebody, unreadable, or given up; rows taken stand."""
    body: dict[str, Plain] = {
        "list": people_list,
        "stage": stage,
        "taken": taken,
        "refused": refused,
        "accounts_opened": accounts_opened,
        "actor": actor,
    }
    return Fact(name="enrolments.list_stopped.v1", at=at, body=body)


def status_changed(*, learner_id: int, number: int, status: str, actor: str, at: datetime) -> Fact:
    """A registrar changed where an enrolment stands."""
    body: dict[str, Plain] = {"learner": learner_id, "enrolment": number, "status": status, "actor": actor}
    return Fact(name="enrolments.status_changed.v1", at=at, body=body)


def enrolments_moved(
    *, survivor_id: int, other_id: int, moved: int, joined: int, organization_id: int, actor: str, at: datetime
) -> Fact:
    """The enrolments of a merged account live on under the survivor; `joined` were known there already."""
    body: dict[str, Plain] = {
        "survivor": survivor_id,
        "other": other_id,
        "moved": moved,
        "joined": joined,
        "organization": organization_id,
        "actor": actor,
    }
    return Fact(name="enrolments.enrolments_moved.v1", at=at, body=body)
