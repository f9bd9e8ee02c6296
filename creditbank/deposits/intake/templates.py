"""The sheet of a school's own courses as data: its columns, the headings they go by, and its two generations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditbank.kernel import text
from creditbank.kernel.sheets.writing import REASON_HEADING


@dataclass(frozen=True, slots=True)
class Column:
    """One column: our name for it, the headings it goes by (the template's own first), and whether it must be there."""

    name: str
    headings: tuple[str, ...]
    required: bool = False

    @property
    def heading(self) -> str:
        """The heading as the template prints it."""
        return self.headings[0]


@dataclass(frozen=True, slots=True)
class Template:
    """One generation of the sheet: its public code and its columns in printed order."""

    code: str
    order: tuple[str, ...]


COLUMNS = (
    Column("person_name", ("姓名", "学生姓名", "学员姓名", "Name"), required=True),
    Column(
        "document",
        ("身份证号", "身份证号码", "证件号", "证件号码", "身份证件号", "身份证件号码", "ID number"),
        required=True,
    ),
    Column("major", ("专业名称", "专业", "Major"), required=True),
    Column("course", ("课程名称", "课程", "课程名", "Course"), required=True),
    Column("level_code", ("教育层次代码", "教育层次", "层次代码", "Level code"), required=True),
    Column("category_code", ("教育类别代码", "教育类别", "类别代码", "Category code"), required=True),
    Column("credits", ("学分", "课程学分", "Credits"), required=True),
    Column("hours", ("学时", "课程学时", "Hours")),
    Column("grade", ("成绩", "课程成绩", "Grade"), required=True),
    Column("obtained", ("获得时间", "取得时间", "获得日期", "获得年月", "Obtained"), required=True),
    Column("cohort", ("届别", "届", "毕业届别", "Cohort")),
    Column("outcome_code", ("毕业结业肄业", "毕结业", "毕业结业", "毕结业代码", "毕业结业肄业代码", "Outcome code")),
    Column("season_code", ("毕业季", "毕业季代码", "毕业季节", "Season code")),
    Column("remark", ("备注", "说明", "Remark")),
    Column("student_number", ("学号", "学生学号", "学籍号", "Student number"), required=True),
)
NAMES = tuple(column.name for column in COLUMNS)
HEADING: Mapping[str, str] = {column.name: column.heading for column in COLUMNS}

FIRST = Template("own-courses-1", ("student_number", *(name for name in NAMES if name != "student_number")))
SECOND = Template("own-courses-2", NAMES)

HEADER_ROWS_SEARCHED = 10
# Fewer known headings than this are words in a title, not a heading row.
KNOWN_HEADINGS_MIN = 3


def _plain(heading: str) -> str:
    """Return a heading without what typists vary: case, width, blanks and a trailing note in brackets."""
    folded = text.fold(heading).replace(" ", "").lstrip("*")
    return folded.split("(", maxsplit=1)[0] or folded


_NAME_OF_HEADING = {_plain(heading): column.name for column in COLUMNS for heading in column.headings}
_REASONS = {_plain(heading) for heading in REASON_HEADING.values()}


def recognised(heading: str) -> str | None:
    """Return our name of the column with this heading, or nothing for a heading of no column of ours."""
    return _NAME_OF_HEADING.get(_plain(heading))


def is_reason(heading: str) -> bool:
    """Tell whether this is the column that the bank itself adds to a file of refused rows."""
    return _plain(heading) in _REASONS


def known_headings(cells: Sequence[str | None]) -> int:
    """Return how many different columns of ours these cells name."""
    return len({recognised(cell) for cell in cells if cell} - {None})


def header_index(rows: Sequence[Sequence[str | None]]) -> int | None:
    """Return which of these rows is the heading row: the one that names most columns, the upper of equals."""
    scores = [known_headings(row) for row in rows[:HEADER_ROWS_SEARCHED]]
    best = max(scores, default=0)
    return scores.index(best) if best >= KNOWN_HEADINGS_MIN else None


def generation(names: Sequence[str | None], *, first_codes: int, current_codes: int) -> Template:
    """Return the template by the codes in the rows, or by the order of columns where the codes do not tell."""
    if first_codes != current_codes:
        return FIRST if first_codes > current_codes else SECOND
    ours = [name for name in names if name is not None]
    return FIRST if ours[:1] == ["student_number"] else SECOND
