"""A clean school by chance: people, courses and what was achieved, each cell in one of its allowed spellings."""

import random
from dataclasses import dataclass, field
from datetime import date
from typing import Final

COLUMNS: Final = (
    *("person_name", "document", "major", "course", "level_code", "category_code", "credits", "hours", "grade"),
    *("obtained", "cohort", "outcome_code", "season_code", "remark", "student_number"),
)
WEIGHTS: Final = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
LEVELS: Final = {"85": "20", "86": "21", "783": "22", "784": "23"}
CATEGORIES: Final = {"321": "30", "322": "31", "1221": "32", "1381": "33", "1421": "34"}
OUTCOMES: Final = {"1261": "40", "1262": "41"}
SEASONS: Final = {"1321": "50", "1322": "51"}
#: Each line one grade, in the spellings that mean it.
GRADES: Final = (
    ("86", "86.0", "86.00", "８６", " 86"),
    ("60", "60.00"),
    ("100", "100.0"),
    ("73.5", "73.50", "７３．５"),
    ("91.25",),
    ("优秀", "优"),
    ("良好", "良"),
    ("及格",),
    ("B+", "b+", "Ｂ＋"),
    ("D-", "d−"),
    ("合格", "通过"),
)
#: Dates as numbers, with the spellings that mean them.
DATES: Final = {
    20240700: ("202407", "2024-07", "2024/7", "2024.07", "2024年7月", "２０２４０７"),
    20230100: ("202301", "2023-1", "2023年01月"),
    20251200: ("202512", "2025/12", "2025.12"),
    20220615: ("20220615", "2022-06-15", "2022.6.15", "2022年6月15日"),
    20210000: ("2021", "2021年"),
    20261100: ("202611", "2026-11"),
}
TITLES: Final = (
    "大学英语",
    "高等数学（一）",
    "体育",
    "C语言程序设计",
    "物流管理基础",
    "会计学原理",
    "线性代数",
    "中医基础",
)
SURNAMES: Final = "赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张"
TRADITIONAL: Final = dict(zip("赵钱孙吴郑冯陈卫蒋韩杨许张", "趙錢孫吳鄭馮陳衛蔣韓楊許張", strict=True))
GIVEN: Final = ("伟", "芳", "秀英", "磊", "一鸣", "若兰", "子涵", "国强", "㛃", "建华")
LONG_NAMES: Final = ("阿依古丽·买买提", "欧阳娜娜", "John Smith", "Maria de la Cruz")


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who studies here."""

    name: str
    document: str
    student_number: str


@dataclass(frozen=True, slots=True)
class Course:
    """A course and what it is worth, in hundredths."""

    name: str
    credits: int
    hours: int | None


@dataclass(eq=False, slots=True)
class Line:
    """One row of a file: its cells, what they mean, and what is to become of it."""

    person: int
    course: int
    cells: dict[str, str]
    obtained: int = 0
    grade: int = 0
    old_codes: bool = False
    fate: str = "kept"
    code: str = ""
    column: str = ""
    touched: bool = False
    beyond: str = ""
    credits: int | None = None
    shape: str = "whole"

    def copy(self):
        """Return the same row once more, as yet untouched."""
        return Line(self.person, self.course, dict(self.cells), self.obtained, self.grade, self.old_codes)


@dataclass(slots=True)
class School:
    """People and courses, as drawn."""

    people: list[Person]
    courses: list[Course]
    chance: random.Random = field(repr=False)

    def line(self, person, course, *, obtained=None, grade=None):
        """Return a clean row of somebody's course, in spellings by chance."""
        chance, who, what = self.chance, self.people[person], self.courses[course]
        obtained = obtained or chance.choice(tuple(DATES))
        grade = chance.randrange(len(GRADES)) if grade is None else grade
        old = chance.random() < 0.3
        cells = {
            "person_name": who.name,
            "document": who.document,
            "student_number": who.student_number,
            "major": "物流管理",
            "course": what.name,
            "credits": decimal(what.credits),
            "hours": "" if what.hours is None else decimal(what.hours),
            "level_code": coded(chance, LEVELS, old=old),
            "category_code": coded(chance, CATEGORIES, old=old),
            "outcome_code": "" if chance.random() < 0.2 else coded(chance, OUTCOMES, old=old),
            "season_code": "" if chance.random() < 0.2 else coded(chance, SEASONS, old=old),
            "grade": chance.choice(GRADES[grade]),
            "obtained": chance.choice(DATES[obtained]),
            "cohort": chance.choice(("2024", "2024届", "2024级", "2025年", "")),
            "remark": chance.choice(("", "", "补录", '他说"好"', "一行\n两行", "甲,乙;丙\t丁")),
        }
        return Line(person, course, cells, obtained, grade, old)

    def respelled(self, line):
        """Return the same achievement in other allowed spellings of grade and date."""
        again = line.copy()
        again.cells["grade"] = self.chance.choice(GRADES[line.grade])
        again.cells["obtained"] = self.chance.choice(DATES[line.obtained])
        return again


def coded(chance, codes, *, old):
    """Return a code of the first generation or of the second."""
    now = chance.choice(tuple(codes))
    return codes[now] if old else now


def decimal(hundredths):
    """Return an amount as people write it."""
    return f"{hundredths / 100:g}"


def with_check(first17):
    """Return a resident's number with its check digit (ISO 7064, MOD 11-2)."""
    rest = sum(int(digit) * weight for digit, weight in zip(first17, WEIGHTS, strict=True)) % 11
    return first17 + "10X98765432"[rest]


def resident(number, chance):
    """Return a made-up resident's number of county 99, another for each number."""
    birth = date.fromordinal(date(1960, 1, 1).toordinal() + chance.randrange(16000))
    return with_check(f"3{number // 1000 % 7 + 1}0199{birth:%Y%m%d}{number % 1000:03d}")


def document(number, chance):
    """Return a made-up number of some kind of document, mostly a resident's."""
    if number % 11 or chance.random() < 0.5:
        return resident(number, chance)
    return chance.choice(
        (f"E{number:08d}", f"H{number:08d}", f"{number:08d}", with_check(f"81009919900101{number % 1000:03d}"))
    )


def drawn(chance, *, people, courses):
    """Return a school of so many people and courses."""
    folk = []
    for number in range(1, people + 1):
        rare = chance.random() < 0.1
        name = chance.choice(LONG_NAMES) if rare else chance.choice(SURNAMES) + chance.choice(GIVEN)
        folk.append(Person(name, document(number, chance), f"{chance.choice(('S', '2024', 'Y-'))}{number:06d}"))
    offered = []
    for number in range(courses):
        name = TITLES[number] if number < len(TITLES) else f"选修课{number:03d}"
        worth = chance.choice((50, 100, 200, 250, 300, 400))
        offered.append(Course(name, worth, chance.choice((None, worth * 16, worth * 18))))
    return School(folk, offered, chance)
