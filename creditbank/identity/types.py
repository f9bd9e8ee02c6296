"""The words of this room, as plain frozen values."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from creditbank.kernel.permissions import Permission


class UserKind(StrEnum):
    """Whose sign-in it is: a person at work here, or a learner with an account."""

    STAFF = "staff"
    LEARNER = "learner"


@dataclass(frozen=True, slots=True)
class User:
    """A person who can sign in.

    Staff have `organization_id`, where their sign-in is managed; what they may do comes from
    memberships. A learner has `learner_id`. `language` is "zh", "en" or empty for the browser's.
    """

    id: int
    public_id: str
    login: str
    name: str
    email: str
    kind: UserKind
    organization_id: int | None
    learner_id: int | None
    language: str
    is_active: bool
    must_change_password: bool
    last_login: datetime | None


@dataclass(frozen=True, slots=True)
class Client:
    """A program of an organization that calls the API. Its key is not here; `prefix` tells keys apart.

    `reads_worth`: it may ask what the archives of the organization's own learners are worth. `hands_in`: it may hand
    in the organization's deposit files and follow them.
    """

    id: int
    public_id: str
    organization_id: int
    name: str
    prefix: str
    created_at: datetime
    revoked_at: datetime | None
    reads_worth: bool = False
    hands_in: bool = False


@dataclass(frozen=True, slots=True)
class ResetCode:
    """A one-time code as it is handed over: on paper, once. The bank keeps a digest only."""

    user_id: int
    login: str
    code: str
    expires_at: datetime


class Cause(StrEnum):
    """Why somebody else's sign-in was closed, opened or freed of its second factor: a code, which facts may say."""

    DEVICE_LOST = "device-lost"
    DEVICE_NEW = "device-new"
    LEFT = "left"
    SUSPECTED = "suspected-misuse"
    BACK = "back"
    MISTAKE = "mistake"
    MERGED = "merged"


#: What a program that may ask for the worth of archives may do at its organization: know learners, read entries.
READING_WORTH: Final = frozenset(
    {
        Permission.ARCHIVE_ENTRY_VIEW,
        Permission.ENROLMENTS_ENROLMENT_VIEW,
        Permission.LEARNERS_ACCOUNT_VIEW,
    }
)

#: What a program that may hand in deposit files may do at its organization. Approving is for people.
HANDING_IN: Final = frozenset({Permission.DEPOSITS_BATCH_UPLOAD, Permission.DEPOSITS_BATCH_VIEW})


class Gate(StrEnum):
    """A door at which guessing would pay or asking costs much: of people who have not signed in, and of programs."""

    CLAIM = "claim"
    APPLY = "apply"
    RESET = "reset"
    SIMULATE = "simulate"
    PROGRAM = "program"
    REGISTER = "register"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most so many attempts within a span of time, which begins with the first of them."""

    attempts_max: int
    span: timedelta


@dataclass(frozen=True, slots=True)
class GateLimits:
    """The limits of a gate, of one network address and of one account; `forgives`: success is not counted.

    `paired`: an account is counted for each address apart, so that no stranger closes the gate to its holder.
    """

    address: Limit
    account: Limit
    forgives: bool
    paired: bool = False


@dataclass(frozen=True, slots=True)
class Session:
    """One place where a person is signed in. `program` is what the browser says of itself."""

    key: str
    address: str
    program: str
    began_at: datetime
