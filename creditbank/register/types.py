"""The words of this room, as plain frozen values."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import IntEnum, StrEnum
from typing import Final

from creditbank.kernel.dates import PartialDate
from creditbank.kernel.text import Text

FILE_BYTES_MAX: Final = 1024**3
ROWS_MAX: Final = 5_000_000
NUMBER_MAX: Final = 40
NOTE_MAX: Final = 200


class Status(IntEnum):
    """Whether a certificate holds. The numbers are on disk and never change meaning.

    One that was lost and issued again counts no more under its old number; the new number has a row of its own.
    """

    VALID = 1
    REVOKED = 2
    REPLACED = 3


class Verdict(StrEnum):
    """What the register says about a certificate that somebody shows."""

    CONFIRMED = "confirmed"
    UNKNOWN = "unknown"
    OTHER_HOLDER = "other-holder"
    REVOKED = "revoked"
    REPLACED = "replaced"
    EXPIRED = "expired"


class LoadStage(StrEnum):
    """Where a list stands on its way into the register."""

    RECEIVED = "received"
    CHECKING = "checking"
    UNREADABLE = "unreadable"
    REPORTED = "reported"
    SUBMITTED = "submitted"
    RETURNED = "returned"
    APPROVED = "approved"
    ENTERING = "entering"
    ENTERED = "entered"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Change(IntEnum):
    """What a row of a list does to the register."""

    NEW = 0
    CHANGED = 1
    SAME = 2


class Wish(StrEnum):
    """What may be asked for one certificate."""

    REVOKE = "revoke"
    RESTORE = "restore"


class WishStage(StrEnum):
    """Where a wish for one certificate stands."""

    OPEN = "open"
    DONE = "done"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Counts:
    """Rows of a list: new, changed, same and refused make up all; `ended` of the first two say it holds no more."""

    rows: int = 0
    new: int = 0
    changed: int = 0
    same: int = 0
    refused: int = 0
    ended: int = 0

    @property
    def enters(self) -> int:
        """How many rows change the register."""
        return self.new + self.changed


@dataclass(frozen=True, slots=True)
class Load:
    """One list and its way; `read` rows are checked so far, `entered` rows are in the register so far."""

    id: int
    public_id: str
    organization_id: int
    file_name: str
    file_size: int
    file_sha256: str
    stage: LoadStage
    read: int
    entered: int
    counts: Counts
    uploaded_by: str
    uploaded_at: datetime
    started_at: datetime | None
    checked_at: datetime | None
    submitted_by: str
    decided_by: str
    decided_at: datetime | None
    note: str
    entered_at: datetime | None
    refusal: Text
    refused_forgotten: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that was not taken, with the column and the sentence with its remedy."""

    row: int
    column: str
    code: str
    sentence: Text


@dataclass(frozen=True, slots=True)
class RefusedKind:
    """How many rows were refused for one reason, with the sentence of the first of them."""

    code: str
    column: str
    rows: int
    sentence: Text


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list that can be taken; dates as yyyymmdd with 00 for what is unknown, `until` 0 for no end.

    Name and document stay out of `repr`: of both the bank keeps keyed digests only.
    """

    row: int
    number: str
    specification_id: int
    issued: int
    until: int
    status: Status
    note: str
    name: str = field(repr=False)
    document: tuple[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Certificate:
    """One certificate as the register has it. Who holds it the bank can test and not read."""

    issuer_id: int
    specification_id: int
    number: str
    issued: int
    until: int
    status: Status

    @property
    def issued_on(self) -> PartialDate:
        """The day of issue, as far as it is known."""
        return PartialDate(self.issued)

    @property
    def until_on(self) -> PartialDate | None:
        """The last day on which it holds, or None where it has no end."""
        return PartialDate(self.until) if self.until else None


@dataclass(frozen=True, slots=True)
class Revoked:
    """A certificate that its issuer has revoked, and the keyed digest of its holder's document.

    Where it is `alone`, its holder has no other of its kind and day that holds, so that what is told without a number
    is this one.
    """

    certificate: Certificate
    holder: bytes
    alone: bool


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a certificate after its first entry: its status from then on, who and why."""

    at: datetime
    status: Status
    note: str
    actor: str


@dataclass(frozen=True, slots=True)
class Named:
    """A certificate with the names that a page shows, and what became of it."""

    certificate: Certificate
    name: Text
    level: str
    issuer: Text
    issuer_code: str
    specification_public_id: str
    events: tuple[Event, ...] = ()


@dataclass(frozen=True, slots=True)
class Confirmation:
    """The answer about a certificate that somebody shows; `named` only where the holder may be told."""

    verdict: Verdict
    named: Named | None = None


@dataclass(frozen=True, slots=True)
class OwnCertificate:
    """A certificate issued to a learner: what it is worth today, and where it lies in the archive, if it does."""

    named: Named
    verdict: Verdict
    claimed_at: datetime | None
    in_archive: bool


@dataclass(frozen=True, slots=True)
class WishView:
    """A wish for one certificate, with its certificate."""

    public_id: str
    wish: Wish
    stage: WishStage
    named: Named
    reason: str
    proposed_by: str
    proposed_at: datetime
    decided_by: str
    decided_at: datetime | None
    note: str


@dataclass(frozen=True, slots=True)
class LoadPage:
    """One page of the lists that an actor may know of, the newest first."""

    rows: tuple[Load, ...]
    number: int
    pages: int
    total: int


@dataclass(frozen=True, slots=True)
class RefusedPage:
    """One page of the rows of a list that were not taken."""

    rows: tuple[RefusedRow, ...]
    number: int
    pages: int
    total: int
