"""What this room writes to the evidence log. Names are public and never reused; no personal data enters."""

from datetime import datetime

from creditbank.evidence.types import Fact, Plain


def list_received(*, load: str, organization_id: int, file_sha256: str, actor: str, at: datetime) -> Fact:
    """An issuer handed in a list of certificates; `file_sha256` is of the file."""
    body: dict[str, Plain] = {"list": load, "organization": organization_id, "file": file_sha256, "actor": actor}
    return Fact(name="register.list_received.v1", at=at, body=body)


def list_checked(*, load: str, rows: int, refused: int, at: datetime) -> Fact:
    """A list was checked; so many of its rows were refused."""
    return Fact(name="register.list_checked.v1", at=at, body={"list": load, "rows": rows, "refused": refused})


def list_unreadable(*, load: str, code: str, at: datetime) -> Fact:
    """A list was refused as a whole."""
    return Fact(name="register.list_unreadable.v1", at=at, body={"list": load, "code": code})


def list_submitted(*, load: str, actor: str, at: datetime) -> Fact:
    """The person who handed a list in asks a second one."""
    return Fact(name="register.list_submitted.v1", at=at, body={"list": load, "actor": actor})


def list_read(*, load: str, verdict: str, process: str, actor: str, at: datetime) -> Fact:
    """A second person said whether a list enters the register."""
    body: dict[str, Plain] = {"list": load, "verdict": verdict, "process": process, "actor": actor}
    return Fact(name="register.list_read.v1", at=at, body=body)


def list_cancelled(*, load: str, actor: str, at: datetime) -> Fact:
    """A list was dropped before anything of it entered."""
    return Fact(name="register.list_cancelled.v1", at=at, body={"list": load, "actor": actor})


def list_entered(
    *, load: str, organization_id: int, file_sha256: str, new: int, changed: int, ended: int, at: datetime
) -> Fact:
    """A list is in the register: so many certificates are new, changed, and of these hold no more."""
    body: dict[str, Plain] = {
        "list": load,
        "organization": organization_id,
        "file": file_sha256,
        "new": new,
        "changed": changed,
        "ended": ended,
    }
    return Fact(name="register.list_entered.v1", at=at, body=body)


def list_failed(*, load: str, fault: str, at: datetime) -> Fact:
    """The bank failed at a list as often as it is tried; `fault` names the kind of failure."""
    return Fact(name="register.list_failed.v1", at=at, body={"list": load, "fault": fault})


def list_forgotten(*, load: str, at: datetime) -> Fact:
    """What was kept of the refused rows of a list is deleted: its period has ended."""
    return Fact(name="register.list_forgotten.v1", at=at, body={"list": load})


def wish_proposed(*, wish: str, what: str, organization_id: int, actor: str, at: datetime) -> Fact:
    """Somebody asks to revoke or restore one certificate."""
    body: dict[str, Plain] = {"wish": wish, "what": what, "organization": organization_id, "actor": actor}
    return Fact(name="register.wish_proposed.v1", at=at, body=body)


def wish_decided(*, wish: str, what: str, verdict: str, process: str, actor: str, at: datetime) -> Fact:
    """A second person decided whether one certificate is revoked or restored."""
    body: dict[str, Plain] = {"wish": wish, "what": what, "verdict": verdict, "process": process, "actor": actor}
    return Fact(name="register.wish_decided.v1", at=at, body=body)


def certificate_claimed(*, learner_id: int, organization_id: int, posting: str, actor: str, at: datetime) -> Fact:
    """A learner's certificate was confirmed and lies in the archive by this posting."""
    body: dict[str, Plain] = {"learner": learner_id, "organization": organization_id, "posting": posting}
    return Fact(name="register.certificate_claimed.v1", at=at, body={**body, "actor": actor})


def claims_moved(*, survivor_id: int, other_id: int, moved: int, actor: str, at: datetime) -> Fact:
    """What a merged account had claimed belongs to the survivor."""
    body: dict[str, Plain] = {"survivor": survivor_id, "other": other_id, "moved": moved, "actor": actor}
    return Fact(name="register.claims_moved.v1", at=at, body=body)
