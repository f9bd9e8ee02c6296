"""The words of this room, as plain frozen values: specifications, programmes, units, occupations, lists of them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Generic, TypeVar

from creditbank.kernel.text import Text

Line = TypeVar("Line")


class SpecificationKind(StrEnum):
    """What kind of achievement a specification describes."""

    COURSE = "course"
    ACADEMIC_CREDENTIAL = "academic-credential"
    CERTIFICATE = "certificate"
    QUALIFICATION = "qualification"
    TRAINING = "training"
    COMMUNITY_COURSE = "community-course"
    INTERNSHIP = "internship"
    COMPETITION = "competition"
    WORK_EXPERIENCE = "work-experience"
    MEMBERSHIP = "membership"
    PATENT = "patent"
    MILITARY_SERVICE = "military-service"


class Status(StrEnum):
    """Proposed by an institution, recognised by the bank, or withdrawn; entries may name all three."""

    PROPOSED = "proposed"
    RECOGNISED = "recognised"
    WITHDRAWN = "withdrawn"


class Nature(StrEnum):
    """How a programme asks for a course: 必修, 选修, 集中实践."""

    REQUIRED = "required"
    ELECTIVE = "elective"
    PRACTICE = "practice"


class CourseKind(StrEnum):
    """What a course is to its programme: 专业基础, 专业核心, or neither."""

    FOUNDATION = "foundation"
    CORE = "core"
    OTHER = "other"


@dataclass(frozen=True, slots=True)
class Specification:
    """One edition of one thing that can be achieved.

    `credits` and `hours` are hundredths; `credits` counts in the unit `unit_id`, `hours` are contact hours.
    `owner_id` keeps the description, `issuer_id` gives the achievement. `name_key` is what names are matched by.
    """

    id: int
    public_id: str
    owner_id: int
    issuer_id: int
    uri: str | None
    kind: SpecificationKind
    code: str
    name: Text
    name_key: str
    level: str
    framework_level: int | None
    credits: int | None
    unit_id: int | None
    hours: int | None
    category: str
    valid_months: int | None
    edition: int
    supersedes: int | None
    starts: date
    ends: date | None
    status: Status


@dataclass(frozen=True, slots=True)
class NewSpecification:
    """A specification as it is handed in; `supersedes` names the edition that it follows."""

    kind: SpecificationKind
    name: Text
    owner_id: int
    issuer_id: int
    code: str = ""
    uri: str | None = None
    level: str = ""
    framework_level: int | None = None
    credits: int | None = None
    unit_id: int | None = None
    hours: int | None = None
    category: str = ""
    valid_months: int | None = None
    supersedes: int | None = None
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class NewCourse:
    """A course that an institution deposits results of; credits (of the course) and hours are hundredths."""

    name: str
    credits: int
    hours: int | None = None


@dataclass(frozen=True, slots=True)
class ProgrammeCourse:
    """One course a programme asks for; `credits` are hundredths in the programme's unit."""

    specification_id: int
    nature: Nature
    kind: CourseKind
    credits: int


@dataclass(frozen=True, slots=True)
class RequirementGroup:
    """Courses of which so many credits (hundredths) are needed; null asks for all of them."""

    code: str
    name: Text
    credits_min: int | None
    courses: tuple[ProgrammeCourse, ...]


@dataclass(frozen=True, slots=True)
class NewProgramme:
    """A programme as it is handed in; its edition follows the last one of the same code."""

    organization_id: int
    code: str
    name: Text
    credits_required: int
    unit_id: int
    level_code: str
    category_code: str
    groups: tuple[RequirementGroup, ...]
    starts: date | None = None


@dataclass(frozen=True, slots=True)
class Programme:
    """One edition of a programme, with what it asks for."""

    id: int
    public_id: str
    organization_id: int
    code: str
    edition: int
    name: Text
    credits_required: int
    unit_id: int
    level_code: str
    category_code: str
    starts: date
    ends: date | None
    groups: tuple[RequirementGroup, ...]


@dataclass(frozen=True, slots=True)
class NewCertificationUnit:
    """A certification unit as it is handed in: the smallest thing that is certified by itself."""

    owner_id: int
    code: str
    name: Text
    level: str
    framework_level: int | None
    credits: int
    unit_id: int
    specification_ids: tuple[int, ...]
    starts: date | None = None


@dataclass(frozen=True, slots=True)
class CertificationUnit:
    """One edition of a certification unit, with the specifications it is made of."""

    id: int
    public_id: str
    owner_id: int
    code: str
    edition: int
    name: Text
    level: str
    framework_level: int | None
    credits: int
    unit_id: int
    specification_ids: tuple[int, ...]
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class Filters:
    """What a list of specifications is narrowed to and ordered by; empty values narrow nothing.

    `current_on` leaves out editions that do not hold on that day.
    """

    text: str = ""
    kind: SpecificationKind | None = None
    status: Status | None = None
    issuer_id: int | None = None
    level: str = ""
    current_on: date | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a list: the specification with the names of its issuer and its unit."""

    specification: Specification
    issuer: Text
    unit: Text | None


@dataclass(frozen=True, slots=True)
class Listing(Generic[Line]):
    """One page of a list."""

    rows: tuple[Line, ...]
    total: int
    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class Details:
    """One specification with all a page shows: names around it, its editions, and the units it is part of."""

    row: Row
    owner: Text
    editions: tuple[Specification, ...]
    certification_units: tuple[CertificationUnit, ...]


@dataclass(frozen=True, slots=True)
class ProgrammeFilters:
    """What a list of programmes is narrowed to and ordered by; `current_on` as in `Filters`."""

    text: str = ""
    organization_id: int | None = None
    level_code: str = ""
    current_on: date | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class ProgrammeHead:
    """One edition of a programme without its groups, with the names of its institution and its unit."""

    public_id: str
    code: str
    edition: int
    name: Text
    organization: Text
    credits_required: int
    unit: Text
    level_code: str
    category_code: str
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class ProgrammeDetails:
    """One programme with all a page shows: names around it, its courses by id, and its editions, the newest first."""

    programme: Programme
    organization: Text
    unit: Text
    courses: Mapping[int, Specification]
    editions: tuple[ProgrammeHead, ...]


@dataclass(frozen=True, slots=True)
class CertificationUnitFilters:
    """What a list of certification units is narrowed to and ordered by; `current_on` as in `Filters`."""

    text: str = ""
    owner_id: int | None = None
    current_on: date | None = None
    sort: str = "name"


@dataclass(frozen=True, slots=True)
class CertificationUnitHead:
    """One edition of a certification unit with how many parts it has, and the names of its owner and its unit."""

    public_id: str
    code: str
    edition: int
    name: Text
    owner: Text
    level: str
    framework_level: int | None
    credits: int
    unit: Text
    parts: int
    starts: date
    ends: date | None


@dataclass(frozen=True, slots=True)
class CertificationUnitDetails:
    """One certification unit with all a page shows: names around it, its parts by name, and its editions."""

    certification_unit: CertificationUnit
    owner: Text
    unit: Text
    parts: tuple[Row, ...]
    editions: tuple[CertificationUnitHead, ...]


@dataclass(frozen=True, slots=True)
class RouteNeed:
    """One thing a way into an occupation asks for: one of an entry of the catalogue, a programme, an award.

    An entry with a level means this level or a higher one, a programme any edition of it; `award` is the public id of
    its rule book, `#`, and the award's own id.
    """

    specification_id: int | None = None
    programme_id: int | None = None
    award: str = ""


@dataclass(frozen=True, slots=True)
class Route:
    """One way into an occupation: all of its needs together."""

    name: Text
    needs: tuple[RouteNeed, ...]


@dataclass(frozen=True, slots=True)
class NewOccupation:
    """An occupation as it is handed in, by its code of the national classification; any one of its routes will do."""

    owner_id: int
    code: str
    name: Text
    about: Text
    note: Text
    routes: tuple[Route, ...]
    starts: date | None = None
    ends: date | None = None


@dataclass(frozen=True, slots=True)
class Occupation:
    """One edition of an occupation with its routes, in the order of its owner; `note` says where it comes from."""

    id: int
    public_id: str
    owner_id: int
    code: str
    edition: int
    name: Text
    about: Text
    note: Text
    starts: date
    ends: date | None
    routes: tuple[Route, ...]


@dataclass(frozen=True, slots=True)
class OccupationDetails:
    """One occupation with all a page shows: its owner, what its routes name by id, and its editions."""

    occupation: Occupation
    owner: Text
    specifications: Mapping[int, Row]
    programmes: Mapping[int, ProgrammeHead]
    editions: tuple[Occupation, ...]
