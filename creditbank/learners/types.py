"""The words of this room, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from creditbank.kernel.documents import Document
from creditbank.kernel.text import Text


class Status(StrEnum):
    """What an account can be. Merged is final: the number then leads to the surviving account."""

    UNCLAIMED = "unclaimed"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    MERGED = "merged"


class OpenedThrough(StrEnum):
    """How an account came to be."""

    OUTLET = "outlet"
    APPLICATION = "application"
    BULK = "bulk"
    TAKEOVER = "takeover"


class ClaimedThrough(StrEnum):
    """How a person took possession of the account."""

    COUNTER = "counter"
    CODE = "code"
    PROVIDER = "provider"


class RepairState(StrEnum):
    """Where a case of data that do not fit stands."""

    OPEN = "open"
    RESOLVED = "resolved"
    DISMISSED = "dismissed"


class AccessKind(StrEnum):
    """What was looked at."""

    FOUND = "found"
    UNMASKED = "unmasked"
    RESET = "reset"
    CODE = "code"
    PAGE = "page"


class PriorityGroup(StrEnum):
    """Groups that policies of lifelong learning name; an account belongs to one only by its holder's consent."""

    VETERAN = "veteran"
    LAID_OFF = "laid-off-worker"
    RURAL_WORKER = "rural-worker"
    NEW_FARMER = "new-professional-farmer"
    RETIRED_ATHLETE = "retired-athlete"
    DISABLED = "person-with-disability"
    OLDER_LEARNER = "older-learner"


VOUCHING_PLACE: Final = "learners.vouching"
"""Where a sealed vouching belongs: to no row, but to a browser's session."""

GROUP_NAMES: Final = {
    PriorityGroup.VETERAN: Text("退役军人", "Veteran"),
    PriorityGroup.LAID_OFF: Text("下岗失业人员", "Laid-off worker"),
    PriorityGroup.RURAL_WORKER: Text("农民工", "Rural worker"),
    PriorityGroup.NEW_FARMER: Text("新型职业农民", "New professional farmer"),
    PriorityGroup.RETIRED_ATHLETE: Text("退役运动员", "Retired athlete"),
    PriorityGroup.DISABLED: Text("残疾人", "Person with a disability"),
    PriorityGroup.OLDER_LEARNER: Text("老年学习者", "Older learner"),
}


@dataclass(frozen=True, slots=True)
class NewPerson:
    """A person for whom an account is to be opened."""

    name: str
    document: Document


@dataclass(frozen=True, slots=True)
class Found:
    """What a document leads to."""

    learner_id: int
    account_number: str
    name: str
    name_key: str
    status: Status


@dataclass(frozen=True, slots=True)
class Holder:
    """Who holds an account: its number and the name, as the head of a page tells them."""

    account_number: str
    name: str


@dataclass(frozen=True, slots=True)
class Learner:
    """One account. `opened_by` is the organization that opened it."""

    learner_id: int
    account_number: str
    name: str
    name_key: str
    birth_date: date | None
    status: Status
    merged_into: int | None
    opened_at: datetime
    opened_by: int
    opened_through: OpenedThrough
    claimed_at: datetime | None
    claimed_through: ClaimedThrough | None
    claim_failures: int
    claim_locked_until: datetime | None


@dataclass(frozen=True, slots=True)
class DocumentRow:
    """A document of an account, masked; `until` is set once another took its place."""

    number: int
    kind: str
    masked: str
    since: date
    until: date | None
    reason: str


@dataclass(frozen=True, slots=True)
class FormerName:
    """A name the account had until a day, and why it changed."""

    number: int
    name: str
    until: date
    reason: str


@dataclass(frozen=True, slots=True)
class Access:
    """Somebody looked: when, who, for which organization, at what and why."""

    number: int
    at: datetime
    actor: str
    organization_id: int
    what: AccessKind
    purpose: str


@dataclass(frozen=True, slots=True)
class Attribute:
    """A priority group that the holder consented to be counted in."""

    number: int
    group: PriorityGroup
    consented_on: date
    withdrawn_on: date | None

    @property
    def name(self) -> Text:
        """Return the group's name."""
        return GROUP_NAMES[self.group]


@dataclass(frozen=True, slots=True)
class Profile:
    """Everything the bank keeps about one person's account, masked: for the holder and for the counter."""

    learner: Learner
    documents: tuple[DocumentRow, ...]
    former_names: tuple[FormerName, ...]
    attributes: tuple[Attribute, ...]
    accesses: tuple[Access, ...]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Repair:
    """A case of stated data that do not fit an account. What was stated is opened only for those who mend it."""

    learner_id: int
    number: int
    public_id: str
    state: RepairState
    cause: str
    opened_at: datetime
    organization_id: int
    closed_at: datetime | None
    closed_by: str
    resolution: str


@dataclass(frozen=True, slots=True)
class Stated:
    """What a person stated when claiming, as the repair case shows it to those who mend it."""

    name: str
    document: str
    contact: str


@dataclass(frozen=True, slots=True)
class RepairCase:
    """One repair case beside the account that it concerns."""

    repair: Repair
    account_number: str
    name: str
    masked: str
    stated: Stated


@dataclass(frozen=True, slots=True)
class Application:
    """A person's own request for an account, to be accepted by an outlet."""

    id: int
    public_id: str
    organization_id: int
    name: str
    masked: str
    stage: str
    applied_at: datetime
    decided_at: datetime | None
    decided_by: str
    reason: str
    learner_id: int | None


@dataclass(frozen=True, slots=True)
class IssuedCode:
    """A claim code, readable this once; the bank keeps only its digest."""

    learner_id: int
    account_number: str
    name: str
    code: str = field(repr=False)
    expires_on: date


@dataclass(frozen=True, slots=True)
class SignIn:
    """What a claiming person chooses for the sign-in."""

    login: str
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Place:
    """An organization for which an actor may act at a counter or a desk."""

    id: int
    public_id: str
    name: Text


@dataclass(frozen=True, slots=True)
class AccountPage:
    """One account as staff see it: what is kept, and the names of the organizations in it."""

    profile: Profile
    organizations: Mapping[int, Text]


@dataclass(frozen=True, slots=True)
class Desk:
    """What waits at the actor's counters: applications and repair cases."""

    applications: int
    repairs: int


@dataclass(frozen=True, slots=True)
class Progress:
    """How an application stands, for whoever holds its number; no personal data."""

    public_id: str
    stage: str
    applied_at: datetime
    decided_at: datetime | None
    reason: str
    outlet: Text


@dataclass(frozen=True, slots=True)
class Line:
    """One account in a list of staff, masked."""

    learner_id: int
    account_number: str
    name: str
    masked: str
    status: Status
    opened_at: datetime
    opened_through: OpenedThrough


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a list: its lines, where it is, and how many there are."""

    lines: tuple[Line, ...]
    number: int
    pages: int
    total: int
