"""The words of this room, as plain frozen values: organizations, roles, memberships, and lists of them."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text


class OrganizationKind(StrEnum):
    """What an organization is to the bank."""

    COMMITTEE = "committee"
    EXPERT_COMMITTEE = "expert-committee"
    INDUSTRY_COUNCIL = "industry-council"
    AUTHORITY = "authority"
    CENTRE = "centre"
    BRANCH = "branch"
    OUTLET = "outlet"
    INSTITUTION = "institution"
    ISSUER = "issuer"
    ASSESSMENT_ORGANIZATION = "assessment-organization"
    EXAM_AUTHORITY = "exam-authority"
    EXPERT_GROUP = "expert-group"
    ACCREDITOR = "accreditor"
    EMPLOYER = "employer"


class Status(StrEnum):
    """Whether an organization may act: suspended ones come back, closed ones do not."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"


class Role(StrEnum):
    """A named set of permissions that a person holds at an organization."""

    BANK_ADMINISTRATOR = "bank-administrator"
    CENTRE_REVIEWER = "centre-reviewer"
    CENTRE_CATALOGUER = "centre-cataloguer"
    BRANCH_REVIEWER = "branch-reviewer"
    OUTLET_CLERK = "outlet-clerk"
    INSTITUTION_ADMINISTRATOR = "institution-administrator"
    DEPOSIT_OFFICER = "deposit-officer"
    DEPOSIT_APPROVER = "deposit-approver"
    REGISTRAR = "registrar"
    EXPERT = "expert"
    AUDITOR = "auditor"


class Extent(StrEnum):
    """How far a role reaches: the organization alone, all below it too, or the whole bank."""

    UNIT = "unit"
    SUBTREE = "subtree"
    BANK = "bank"


_COUNTER: Final = frozenset(
    {
        Permission.LEARNERS_ACCOUNT_CLAIM,
        Permission.LEARNERS_ACCOUNT_OPEN,
        Permission.LEARNERS_ACCOUNT_VIEW,
        Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
    }
)
# Posting a batch opens accounts, confirms enrolments and proposes courses in the approver's name, so both
# who uploads and who approves hold what the batch will do.
_DEPOSIT: Final = frozenset(
    {
        Permission.CATALOGUE_SPECIFICATION_PROPOSE,
        Permission.DEPOSITS_BATCH_VIEW,
        Permission.ENROLMENTS_ENROLMENT_LOAD,
        Permission.ENROLMENTS_ENROLMENT_VIEW,
        Permission.LEARNERS_ACCOUNT_OPEN_BULK,
        Permission.LEARNERS_ACCOUNT_VIEW,
        Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
        Permission.REGISTER_CERTIFICATE_VIEW,
    }
)

ROLES: Final[dict[Role, frozenset[Permission]]] = {
    Role.BANK_ADMINISTRATOR: frozenset(Permission),
    Role.CENTRE_REVIEWER: _COUNTER
    | {
        Permission.ARCHIVE_ENTRY_VIEW,
        Permission.DEPOSITS_BATCH_VIEW,
        Permission.DEPOSITS_CONFLICT_DECIDE,
        Permission.ENROLMENTS_ENROLMENT_VIEW,
        Permission.LEARNERS_ACCOUNT_CLOSE,
        Permission.LEARNERS_ACCOUNT_CORRECT,
        Permission.LEARNERS_ACCOUNT_MERGE,
        Permission.LEARNERS_ACCOUNT_TAKE_OVER,
        Permission.LEARNERS_DOCUMENT_UNMASK,
        Permission.REGISTER_CERTIFICATE_VIEW,
    },
    Role.CENTRE_CATALOGUER: frozenset(
        {
            Permission.CATALOGUE_SPECIFICATION_EDIT,
            Permission.CATALOGUE_SPECIFICATION_PROPOSE,
            Permission.CONVERSION_BOOK_DRAFT,
            Permission.CONVERSION_BOOK_PUBLISH,
            Permission.CONVERSION_BOOK_READ,
            Permission.FRAMEWORK_EDITION_EDIT,
            Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
        }
    ),
    Role.BRANCH_REVIEWER: _COUNTER
    | {
        Permission.ARCHIVE_ENTRY_VIEW,
        Permission.ENROLMENTS_ENROLMENT_VIEW,
        Permission.LEARNERS_ACCOUNT_CORRECT,
        Permission.LEARNERS_DOCUMENT_UNMASK,
    },
    Role.OUTLET_CLERK: _COUNTER | {Permission.LEARNERS_ACCOUNT_CORRECT, Permission.LEARNERS_DOCUMENT_UNMASK},
    Role.INSTITUTION_ADMINISTRATOR: frozenset(
        {
            Permission.CATALOGUE_SPECIFICATION_PROPOSE,
            Permission.CONVERSION_BOOK_PUBLISH,
            Permission.CONVERSION_BOOK_READ,
            Permission.DEPOSITS_BATCH_VIEW,
            Permission.ENROLMENTS_ENROLMENT_VIEW,
            Permission.IDENTITY_CLIENT_MANAGE,
            Permission.IDENTITY_USER_MANAGE,
            Permission.LEARNERS_ACCOUNT_VIEW,
            Permission.ORGANIZATIONS_MEMBER_MANAGE,
            Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
            Permission.REGISTER_CERTIFICATE_VIEW,
        }
    ),
    Role.DEPOSIT_OFFICER: _DEPOSIT | {Permission.DEPOSITS_BATCH_UPLOAD, Permission.REGISTER_CERTIFICATE_LOAD},
    Role.DEPOSIT_APPROVER: _DEPOSIT | {Permission.DEPOSITS_BATCH_APPROVE, Permission.REGISTER_CERTIFICATE_RELEASE},
    Role.REGISTRAR: frozenset(
        {
            Permission.CATALOGUE_SPECIFICATION_PROPOSE,
            Permission.CONVERSION_BOOK_DRAFT,
            Permission.CONVERSION_BOOK_READ,
            Permission.ENROLMENTS_ENROLMENT_LOAD,
            Permission.ENROLMENTS_ENROLMENT_VIEW,
            Permission.LEARNERS_ACCOUNT_CLAIM,
            Permission.LEARNERS_ACCOUNT_OPEN_BULK,
            Permission.LEARNERS_ACCOUNT_VIEW,
            Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
        }
    ),
    Role.EXPERT: frozenset(
        {
            Permission.CATALOGUE_SPECIFICATION_PROPOSE,
            Permission.CONVERSION_BOOK_DRAFT,
            Permission.CONVERSION_BOOK_READ,
            Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
        }
    ),
    Role.AUDITOR: frozenset(
        {
            Permission.ARCHIVE_ENTRY_VIEW,
            Permission.DEPOSITS_BATCH_VIEW,
            Permission.ENROLMENTS_ENROLMENT_VIEW,
            Permission.LEARNERS_ACCOUNT_VIEW,
            Permission.ORGANIZATIONS_ORGANIZATION_VIEW,
            Permission.REGISTER_CERTIFICATE_VIEW,
        }
    ),
}

_K = OrganizationKind
_OFFICES: Final = frozenset({_K.COMMITTEE, _K.AUTHORITY, _K.CENTRE})
_DEPOSITORS: Final = frozenset(
    {_K.INSTITUTION, _K.ISSUER, _K.ASSESSMENT_ORGANIZATION, _K.EXAM_AUTHORITY, _K.EMPLOYER, _K.INDUSTRY_COUNCIL}
)

#: Whose deposits open accounts from the start: they have seen the documents of the people they name.
OPENING: Final = frozenset({_K.INSTITUTION, _K.EXAM_AUTHORITY})
#: Whose way of depositing can be set.
DEPOSITORS: Final = _DEPOSITORS

#: Where a role can be held. It keeps the administrator of a school from making an administrator of the bank.
PLACES: Final[dict[Role, frozenset[OrganizationKind]]] = {
    Role.BANK_ADMINISTRATOR: _OFFICES,
    Role.CENTRE_REVIEWER: frozenset({_K.CENTRE}),
    Role.CENTRE_CATALOGUER: frozenset({_K.CENTRE}),
    Role.BRANCH_REVIEWER: frozenset({_K.BRANCH}),
    Role.OUTLET_CLERK: frozenset({_K.OUTLET, _K.BRANCH}),
    Role.INSTITUTION_ADMINISTRATOR: _DEPOSITORS | {_K.BRANCH, _K.OUTLET},
    Role.DEPOSIT_OFFICER: _DEPOSITORS,
    Role.DEPOSIT_APPROVER: _DEPOSITORS,
    Role.REGISTRAR: _DEPOSITORS,
    Role.EXPERT: frozenset({_K.EXPERT_GROUP, _K.EXPERT_COMMITTEE, _K.INDUSTRY_COUNCIL, _K.ACCREDITOR}),
    Role.AUDITOR: frozenset(OrganizationKind),
}


@dataclass(frozen=True, slots=True)
class Organization:
    """One node of the tree. `path` runs from the root to the organization itself.

    `registers_courses`: its courses stand in the catalogue before they are deposited, and a row that names
    another one is refused; without it, unknown courses of its deposits are proposed to the catalogue.
    `opens_accounts`: its deposits open accounts for people who have none; without it, such rows wait.
    `credits_tolerance`: by how many hundredths the credits of its files may differ from the course standard.
    """

    id: int
    public_id: str
    code: str
    kind: OrganizationKind
    name: Text
    parent_id: int | None
    path: tuple[int, ...]
    status: Status
    region_code: str
    registers_courses: bool
    opens_accounts: bool
    credits_tolerance: int
    opened_on: date
    suspended_on: date | None
    closed_on: date | None


@dataclass(frozen=True, slots=True)
class Membership:
    """One role of one person at one organization, from a day on and before another."""

    id: int
    user_id: int
    organization_id: int
    role: Role
    extent: Extent
    starts: date
    ends: date | None
    ended_on: date | None

    def holds_on(self, day: date) -> bool:
        """Say whether the role is held on a day."""
        stops = min((end for end in (self.ends, self.ended_on) if end is not None), default=date.max)
        return self.starts <= day < stops


@dataclass(frozen=True, slots=True)
class Appointment:
    """A membership with the sign-in it belongs to; `first_password` is there once, for a person who is new."""

    membership: Membership
    login: str
    name: str
    first_password: str | None


@dataclass(frozen=True, slots=True)
class Member:
    """A membership with the name of the person, for a page."""

    membership: Membership
    public_id: str
    login: str
    name: str
    holds: bool


@dataclass(frozen=True, slots=True)
class Details:
    """One organization as a page shows it: what is above and below, as far as the actor may know; who works there."""

    organization: Organization
    above: tuple[Organization, ...]
    children: tuple[Organization, ...]
    members: tuple[Member, ...]


@dataclass(frozen=True, slots=True)
class PeopleFilters:
    """What a list of people in roles is narrowed to and ordered by; empty values narrow nothing."""

    text: str = ""
    role: Role | None = None
    ended: bool = False
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class PersonRow:
    """One line of a list of people: who holds which role where."""

    member: Member
    organization: Organization


@dataclass(frozen=True, slots=True)
class PeopleListing:
    """One page of a list of people."""

    rows: tuple[PersonRow, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of organizations is narrowed to and ordered by; empty values narrow nothing."""

    text: str = ""
    kind: OrganizationKind | None = None
    status: Status | None = None
    parent_id: int | None = None
    sort: str = "tree"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the organization, how deep it lies, and what it holds."""

    organization: Organization
    depth: int
    parent_name: Text | None
    children: int
    members: int


@dataclass(frozen=True, slots=True)
class Listing:
    """One page of a list."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
