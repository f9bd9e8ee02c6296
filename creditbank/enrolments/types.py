"""The words of this room, as plain frozen values."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from creditbank.catalogue.types import Programme
from creditbank.kernel.text import Text
from creditbank.learners.types import IssuedCode

SLIPS_MAX: Final = 500
"""How many students of a class are printed claim slips for at once."""


class Status(StrEnum):
    """Where an enrolment stands."""

    REGISTERED = "registered"
    SUSPENDED = "suspended"
    GRADUATED = "graduated"
    COMPLETED = "completed"
    LEFT = "left"


STATUS_NAMES: Final = {
    Status.REGISTERED: Text("在籍", "Registered"),
    Status.SUSPENDED: Text("休学", "On leave"),
    Status.GRADUATED: Text("毕业", "Graduated"),
    Status.COMPLETED: Text("结业", "Completed without graduating"),
    Status.LEFT: Text("肄业", "Left"),
}
LEVEL_NAMES: Final = {
    "85": Text("本科", "Bachelor's programme"),
    "86": Text("专科", "Junior college programme"),
    "783": Text("专升本", "Junior college to bachelor's"),
    "784": Text("高起本", "Secondary school to bachelor's"),
}
CATEGORY_NAMES: Final = {
    "321": Text("成人高等教育", "Adult higher education"),
    "322": Text("普通高等教育", "Regular higher education"),
    "1221": Text("网络教育", "Online education"),
    "1381": Text("中等职业教育", "Secondary vocational education"),
    "1421": Text("自学考试", "Self-taught examinations"),
}


EXAMPLE: Final = {
    "学号": "2024060816",
    "姓名": "林晓岚",
    "身份证号": "310199199503080010",
    "专业": "护理",
    "层次": "本科",
    "类别": "普通",
    "入学年份": "2024",
    "班级": "护理2403",
    "状态": "在籍",
}
"""The columns of a school's list, and the row that shows how its template is filled in; a made-up person."""


@dataclass(frozen=True, slots=True)
class EnrolmentRow:
    """What a deposit or a school's list tells of an enrolment; what it does not tell is None or empty."""

    learner_id: int
    student_number: str
    major: str
    level_code: str
    category_code: str
    cohort: int | None = None
    outcome_code: str | None = None
    season_code: str | None = None
    class_name: str = ""
    entry_year: int | None = None
    status: Status | None = None

    @property
    def key(self) -> "Key":
        """Return what tells the enrolments of one learner at one school apart."""
        return (self.learner_id, self.student_number, self.major, self.level_code, self.category_code)


Key = tuple[int, str, str, str, str]


@dataclass(frozen=True, slots=True)
class Enrolment:
    """One enrolment of a learner; the school is `organization_id`."""

    learner_id: int
    number: int
    organization_id: int
    student_number: str
    major: str
    level_code: str
    category_code: str
    programme_id: int | None
    entry_year: int | None
    class_name: str
    cohort: int | None
    outcome_code: str
    season_code: str
    status: Status
    source: str

    @property
    def key(self) -> Key:
        """Return what tells the enrolments of one learner at one school apart."""
        return (self.learner_id, self.student_number, self.major, self.level_code, self.category_code)

    @property
    def place(self) -> tuple[int, str, str, str, str]:
        """Return what tells the enrolments of one learner apart: the school, and the key there."""
        return (self.organization_id, self.student_number, self.major, self.level_code, self.category_code)

    @property
    def level(self) -> Text:
        """Return the name of the level, or its code where it is not on the list."""
        return LEVEL_NAMES.get(self.level_code, Text(self.level_code))

    @property
    def category(self) -> Text:
        """Return the name of the category, or its code where it is not on the list."""
        return CATEGORY_NAMES.get(self.category_code, Text(self.category_code))

    @property
    def status_name(self) -> Text:
        """Return the name of the status."""
        return STATUS_NAMES[self.status]


@dataclass(frozen=True, slots=True)
class StatusStep:
    """One step in the history of an enrolment: since when it had which status, and who said so."""

    step: int
    status: Status
    since: date
    source: str


@dataclass(frozen=True, slots=True)
class StudentLine:
    """One student in a school's list; the document is masked."""

    enrolment: Enrolment
    name: str
    account_number: str
    masked: str
    account_status: str


@dataclass(frozen=True, slots=True)
class Filters:
    """What a school's list is narrowed down by; empty means all."""

    organization_id: int | None = None
    words: str = ""
    class_name: str = ""
    level_code: str = ""
    status: str = ""
    entry_year: str = ""


@dataclass(frozen=True, slots=True)
class StudentPage:
    """One page of a school's list."""

    lines: tuple[StudentLine, ...]
    number: int
    pages: int
    total: int
    schools: Mapping[int, Text]


@dataclass(frozen=True, slots=True)
class SchoolClass:
    """One class of a school and how many students it has."""

    organization_id: int
    name: str
    students: int


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row of a school's list that was not taken: its number in the file, the column, why, and the way on."""

    row: int
    column: str
    code: str
    zh: str
    en: str

    def sentence(self, language: str) -> str:
        """Return the sentence for a person."""
        return self.en if language == "en" else self.zh


TAKEOVER_EXAMPLE: Final = {
    "账号": "SH2013000001",
    "姓名": "林晓岚",
    "身份证号": "310199199503080010",
    "开户日期": "2013-05-06",
}
"""The columns of a list of another bank's accounts, and the row that shows how it is filled in; a made-up person."""


class ListKind(StrEnum):
    """What a list tells: a school's students, or the accounts of another bank that go on here."""

    STUDENTS = "students"
    TAKEOVER = "takeover"


class ListStage(StrEnum):
    """Where a list stands. Unreadable is the file's fault, failed the bank's."""

    WAITING = "waiting"
    WORKING = "working"
    DONE = "done"
    UNREADABLE = "unreadable"
    CANCELLED = "cancelled"
    FAILED = "failed"


MOVING: Final = frozenset({ListStage.WAITING, ListStage.WORKING})
"""Stages in which a job works on a list, or will."""


@dataclass(frozen=True, slots=True)
class PeopleList:
    """A list of people that was handed in, and how far a job has come with it: rows = taken + refused.

    `done` is the number of the last row in the file that was worked through, `expected` a guess of the last there is.
    `resumed_at` and `resumed_done` tell where the present run began. `bank_code` is the other bank's.
    """

    id: int
    public_id: str
    kind: ListKind
    organization_id: int
    bank_code: str
    file_name: str
    file_size: int
    file_sha256: str
    stage: ListStage
    handed_in_by: str
    handed_in_at: datetime
    ended_at: datetime | None
    resumed_at: datetime | None
    resumed_done: int
    expected: int
    done: int
    taken: int
    refused: int
    opened: int
    refusal_code: str
    refusal_zh: str
    refusal_en: str
    has_refused_file: bool

    @property
    def rows(self) -> int:
        """Return how many rows were worked through."""
        return self.taken + self.refused

    @property
    def moving(self) -> bool:
        """Say whether a job works on it, or will."""
        return self.stage in MOVING

    @property
    def percent(self) -> int:
        """Return how much of the file is worked through, as far as one can guess."""
        return min(99, self.done * 100 // self.expected) if self.expected and self.moving else 100 * (not self.moving)


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast a list goes: rows a second, and the seconds left, where one can guess."""

    rows_a_second: float
    seconds_left: int | None


@dataclass(frozen=True, slots=True)
class ListProgress:
    """A list as its page shows it; `refused` are the first rows that were not taken."""

    people_list: PeopleList
    pace: Pace | None
    organization: Text
    refused: tuple[RefusedRow, ...]


@dataclass(frozen=True, slots=True)
class ListPage:
    """One page of the lists that were handed in, newest first, with the names of their organizations."""

    lists: tuple[PeopleList, ...]
    number: int
    pages: int
    total: int
    names: Mapping[int, Text]


@dataclass(frozen=True, slots=True)
class Slip:
    """One claim slip to be printed for a student."""

    issued: IssuedCode
    student_number: str
    class_name: str


@dataclass(frozen=True, slots=True)
class StatusChange:
    """A change of status that a registrar enters."""

    status: Status
    since: date


@dataclass(frozen=True, slots=True)
class Student:
    """One enrolment with its person, its school, its steps, and where it may go from here."""

    line: StudentLine
    school: Text
    steps: tuple[StatusStep, ...]
    next_statuses: tuple[Status, ...]
    programme: Programme | None = None
