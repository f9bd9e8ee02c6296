"""The kinds of dirt, each with what it does to a file and what the bank must say of it; in the order of the reasons."""

from dataclasses import dataclass, field
from typing import Final

from tests.dirty.harmless import HARMLESS
from tests.dirty.school import DATES, GRADES, TRADITIONAL, Line, School, decimal, with_check

HEADINGS: Final = {
    "person_name": "姓名",
    "document": "身份证号",
    "major": "专业名称",
    "course": "课程名称",
    "level_code": "教育层次代码",
    "category_code": "教育类别代码",
    "credits": "学分",
    "hours": "学时",
    "grade": "成绩",
    "obtained": "获得时间",
    "cohort": "届别",
    "outcome_code": "毕业结业肄业",
    "season_code": "毕业季",
    "remark": "备注",
    "student_number": "学号",
}
FORMULAS: Final = ("=SUM(A1:A9)", "+A1*2", "-B7", "@SUM(1)", "＝A1")
GARBLED: Final = ("\u202e86", "锟斤拷\ufffd", "x\u200e", "\u2066乱")
_TRUE: Final = with_check("31019919880512127")
#: A fault of one cell: the reason, the column, and texts that have it. A row with two is refused for the upper one.
CELLS: Final = (
    ("name_missing", "person_name", ("", " ", "\u3000")),
    ("name_malformed", "person_name", ("张3", "——", "长" * 61, "2024级1班")),
    ("document_missing", "document", ("", "\u00a0")),
    ("document_scientific", "document", ("3.10199E+17", "3.10199199001011E+17", "3E+17")),
    ("document_malformed", "document", ("31019919900101123", "无", "待补", "3101991990010112345", "12")),
    ("document_region", "document", ("190199199001011234", "000199199001011234", "770199199001011234")),
    ("document_birth_date", "document", ("310199199013011234", "310199199002301234", "310199209901011234")),
    ("document_check_digit", "document", (f"{_TRUE[:17]}7", f"{_TRUE[:15]}{_TRUE[16]}{_TRUE[15]}{_TRUE[17]}")),
    ("student_number_missing", "student_number", ("", "  ")),
    ("student_number_scientific", "student_number", ("2.02406E+11", "2E+11")),
    ("student_number_too_long", "student_number", ("S" * 41,)),
    ("major_missing", "major", ("",)),
    ("major_too_long", "major", ("专" * 101,)),
    ("course_missing", "course", ("", "\t")),
    ("course_too_long", "course", ("课" * 101,)),
    ("level_unknown", "level_code", ("", "99", "0")),
    ("category_unknown", "category_code", ("", "999")),
    ("credits_missing", "credits", ("",)),
    ("credits_malformed", "credits", ("x", "2,5", "-2", "2.555", "3学时", "10000", "1e1")),
    ("credits_out_of_range", "credits", ("0", "60.5", "100", "0.00")),
    ("hours_malformed", "hours", ("半天", "-1", "12.345")),
    ("grade_missing", "grade", ("",)),
    ("grade_malformed", "grade", ("101", "86.555", "A++", "补考60", "86-90分")),
    ("grade_not_given", "grade", ("缺考", "免修", "缓考", "旷考")),
    ("grade_not_passed", "grade", ("59.99", "0", "不及格", "F", "不合格", "未通过")),
    ("obtained_missing", "obtained", ("",)),
    ("obtained_malformed", "obtained", ("201913", "202400", "20240230", "2024.1", "去年", "2024-13", "45474")),
    ("obtained_future", "obtained", ("202701", "20261123", "2030", "2026年12月")),
    ("cohort_malformed", "cohort", ("24", "二〇二四", "2024-2025", "3024")),
    ("outcome_unknown", "outcome_code", ("9999", "毕")),
    ("season_unknown", "season_code", ("88",)),
)


@dataclass(slots=True)
class World:
    """A file in the making, what the bank has of the same school already, and how the file will be laid out."""

    school: School
    lines: list[Line]
    earlier: list[Line]
    columns: tuple[str, ...]
    is_text: bool
    plain_end: bool
    registers: bool
    tolerance: int
    differently: int = 0
    tolerated: int = 0
    closed: set[int] = field(default_factory=set)
    done: list[str] = field(default_factory=list)

    def pick(self):
        """Return a row that nothing was done to yet, and none is left to the others."""
        free = [line for line in self.lines if not line.touched and line.fate == "kept"]
        if not free:
            return None
        line = self.school.chance.choice(free)
        line.touched = True
        return line

    def person(self, *, known, least=1):
        """Return somebody's rows, all of them, where nothing was done to any; `known` have an account already."""
        before = {line.person for line in self.earlier}
        rows: dict[int, list[Line]] = {}
        for line in self.lines:
            rows.setdefault(line.person, []).append(line)
        whole = [
            lines
            for person, lines in rows.items()
            if len(lines) >= least and (person in before) >= known and not any(line.touched for line in lines)
        ]
        if not whole:
            return []
        chosen = self.school.chance.choice(whole)
        for line in chosen:
            line.touched = True
        return chosen

    @property
    def known_courses(self):
        """The courses that the catalogue has before this file comes."""
        every = range(len(self.school.courses)) if self.registers else ()
        return {*every, *(line.course for line in self.earlier)}


def refuse(line, reason, column):
    line.fate, line.code, line.column = "refused", f"deposits.row.{reason}", HEADINGS.get(column, "")


def one_cell(world, reason, column, texts):
    """Let one cell have a fault."""
    line = world.pick() if column in world.columns else None
    if line is None:
        return False
    line.cells[column] = world.school.chance.choice(texts)
    refuse(line, reason, column)
    return True


def two_faults(world):
    """Let a row have two faults; the upper one in the list is told."""
    chance = world.school.chance
    first, second = sorted(chance.sample(range(len(CELLS)), 2))
    (upper, column, texts), (_, other, others) = CELLS[first], CELLS[second]
    if column == other or not {column, other} <= set(world.columns):
        return False
    line = world.pick()
    if line is None:
        return False
    line.cells |= {column: chance.choice(texts), other: chance.choice(others)}
    refuse(line, upper, column)
    return True


def formula(world):
    line = world.pick()
    if line is None:
        return False
    column = world.school.chance.choice([name for name in world.columns if name != "remark"])
    line.cells[column] = world.school.chance.choice(FORMULAS)
    refuse(line, "formula", column)
    return True


def control_character(world):
    line = world.pick()
    if line is None:
        return False
    column = world.school.chance.choice(world.columns)
    line.cells[column] = world.school.chance.choice(GARBLED)
    refuse(line, "control_character", column)
    return True


def too_many_cells(world):
    """Let a note stand beyond the last heading, or let an unquoted comma push the cells one place on."""
    line = world.pick() if world.is_text and world.plain_end else None
    if line is None:
        return False
    if line.cells[world.columns[-1]] and world.school.chance.random() < 0.5:
        line.shape = "pushed"
    else:
        line.beyond = "见附页"
    refuse(line, "too_many_cells", "")
    return True


def cut_short(world):
    """Let a row of a text table end before its last cell."""
    last = world.columns[-1]
    line = world.pick() if world.is_text and world.plain_end and last == "student_number" else None
    if line is None:
        return False
    line.shape = "cut"
    refuse(line, "student_number_missing", last)
    return True


def headings_again(world):
    """Let the headings stand once more among the rows, as in sheets that were pasted together."""
    line = Line(-1, -1, {name: HEADINGS[name] for name in world.columns}, touched=True)
    refuse(line, "not_of_a_student", "person_name")
    world.lines.append(line)
    return True


def signature(world):
    """Let somebody have signed below the table, in its first cell."""
    first = world.columns[0]
    line = Line(-1, -1, dict.fromkeys(world.columns, ""), touched=True, shape="last")
    line.cells[first] = "制表人：张老师"
    refuse(line, "not_of_a_student", first)
    world.lines.append(line)
    return True


def same_person_two_names(world):
    lines = world.person(known=False, least=2)
    if not lines:
        return False
    lines[0].cells["person_name"] = "司马相如"
    for line in lines:
        refuse(line, "same_person_two_names", "person_name")
    return True


def duplicate(world):
    line = world.pick()
    if line is None:
        return False
    again = world.school.respelled(line)
    again.touched, again.fate = True, "duplicate"
    world.lines.append(again)
    return True


def contradicts_row(world):
    line = world.pick()
    if line is None:
        return False
    other = line.copy()
    other.cells["grade"] = GRADES[(line.grade + 1) % len(GRADES)][0]
    rows = [line, other]
    if world.school.chance.random() < 0.5:
        rows.append(world.school.respelled(line))
    for row in rows:
        row.touched = True
        refuse(row, "contradicts_row", "course")
    world.lines += rows[1:]
    return True


def account_closed(world):
    lines = world.person(known=True)
    for line in lines:
        world.closed.add(line.person)
        refuse(line, "account_closed", "document")
    return bool(lines)


def name_differs_from_account(world):
    lines = world.person(known=True)
    for line in lines:
        line.cells["person_name"] = "诸葛孔明"
        refuse(line, "name_differs_from_account", "person_name")
    return bool(lines)


def course_unknown(world):
    line = world.pick() if world.registers else None
    if line is None:
        return False
    line.cells["course"] = f"没有登记的课程{world.school.chance.randrange(1000)}"
    refuse(line, "course_unknown", "course")
    return True


def credits_differ(world):
    """Let one row's credits differ from the catalogue's, or from what the others of a new course say."""
    line = world.pick()
    if line is None:
        return False
    if line.course not in world.known_courses:
        others = [each for each in world.lines if each.course == line.course and not each.touched]
        if len(others) < 2:
            return False
        for each in others[:2]:
            each.touched = True
    line.cells["credits"] = decimal(world.school.courses[line.course].credits + 150)
    refuse(line, "credits_differ", "credits")
    return True


def credits_tolerated(world):
    """Let one row's credits differ by no more than the institution may differ: the row's own count."""
    line = world.pick() if world.tolerance else None
    if line is None or line.course not in world.known_courses:
        return False
    line.credits = world.school.courses[line.course].credits + world.tolerance
    line.cells["credits"] = decimal(line.credits)
    world.tolerated += 1
    return True


def written_differently(world):
    """Write somebody's name in traditional characters: the account's spelling stays, and the rows are taken."""
    lines = world.person(known=True)
    name = lines[0].cells["person_name"] if lines else ""
    if name[:1] not in TRADITIONAL:
        return False
    for line in lines:
        line.cells["person_name"] = TRADITIONAL[name[0]] + name[1:]
    world.differently += len(lines)
    return True


def stored_already(world):
    if not world.earlier:
        return False
    fresh = _unsent(world)
    if fresh is None:
        return False
    again = world.school.respelled(fresh)
    again.touched, again.fate = True, "duplicate"
    world.lines.append(again)
    return True


def regraded(world):
    fresh = _unsent(world)
    if fresh is None:
        return False
    again = world.school.respelled(fresh)
    again.grade = (fresh.grade + 1 + world.school.chance.randrange(len(GRADES) - 1)) % len(GRADES)
    again.cells["grade"] = world.school.chance.choice(GRADES[again.grade])
    again.touched, again.fate = True, "correction"
    world.lines.append(again)
    return True


def _unsent(world):
    """Return a row of the earlier file that this one has nothing of, of somebody without troubles."""
    here = {(line.person, line.course) for line in world.lines}
    troubled = {line.person for line in world.lines if line.fate == "refused"}
    free = [
        line
        for line in world.earlier
        if (line.person, line.course) not in here and line.person not in troubled and not line.touched
    ]
    return world.school.chance.choice(free) if free else None


def taken_again(world):
    """Let somebody have passed a course once more on another date: a new achievement, no correction."""
    fresh = _unsent(world)
    if fresh is None:
        return False
    other = world.school.chance.choice([number for number in DATES if number != fresh.obtained])
    again = world.school.line(fresh.person, fresh.course, obtained=other)
    again.touched = True
    world.lines.append(again)
    return True


def odd_spelling(world):
    """Write a cell in a way that only looks dirty."""
    line = world.pick()
    if line is None:
        return False
    chance = world.school.chance
    column, form = chance.choice(HARMLESS)
    if column not in world.columns or not line.cells[column]:
        return False
    line.cells[column] = form(line.cells[column])
    return True


OTHERS: Final = (
    *(two_faults, formula, control_character, too_many_cells, cut_short, headings_again, signature),
    *(same_person_two_names, duplicate, contradicts_row, account_closed, name_differs_from_account, course_unknown),
    *(credits_differ, credits_tolerated, written_differently, stored_already, regraded, taken_again, odd_spelling),
)
