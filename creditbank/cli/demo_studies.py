"""Who studied what in the demonstration bank, and the files in which the schools tell of it; the seed decides."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import cache
from random import Random
from typing import Final

from creditbank.cli import demo_invented, demo_sheets, demo_tables
from creditbank.cli.demo_invented import Person
from creditbank.cli.demo_sheets import COURSE, CREDITS, GRADE, LEVEL, NUMBER, OBTAINED, Row, Style
from creditbank.cli.demo_tables import hundredths

FIRST_SCHOOL: Final = "4131012044"
SECOND_SCHOOL: Final = "4131010856"
STYLES: Final = {
    FIRST_SCHOOL: Style(workbook=True),
    SECOND_SCHOOL: Style(),
    "4131012495": Style(first_generation=True, workbook=True),
    "YJ-OPEN": Style(encoding="gb18030"),
}
SHARES: Final = (40, 25, 20, 15)
FINISHED_SHARE: Final = 0.6
COHORTS: Final = (2023, 2024, 2025, 2026)
TOPPING_UP: Final = "YJOU-LM-S"
TOPPING_UP_SHARE: Final = 0.06
#: The first people have fixed parts to play: programme, cohort (none: still there), and whether they study on.
CHOSEN: Final = (
    ("SPU-CAT-Z", 2023, True),
    ("SUES-VE-B", 2026, False),
    ("SPU-CS-G", None, False),
    ("SPU-CAT-Z", 2026, False),
)
FRESHERS: Final = 12
ROWS_MAX: Final = 500_000
DIRTY_EVERY: Final = 30
PRACTICE: Final = ("优秀", "良好", "良好", "中等", "及格")


@dataclass(frozen=True, slots=True)
class Programme:
    """A programme as rows need it: `courses` are name, credits, hours, and whether it is practice."""

    code: str
    school: str
    major: str
    level: str
    category: str
    terms: int
    courses: tuple[tuple[str, str, str, bool], ...]


@dataclass(frozen=True, slots=True)
class Study:
    """One person's time in a programme: `cohort` is empty for those still there, `terms` are those behind them."""

    person: Person
    programme: Programme
    student_number: str
    entry: int
    cohort: int | None
    terms: int


class Fate(StrEnum):
    """How far the demonstration takes a sheet."""

    POST = "post"
    SUBMIT = "submit"
    REPORT = "report"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class Sheet:
    """One file of one school. `clean` rows are new and without fault; `credits` are theirs, in hundredths."""

    school: str
    title: str
    file_name: str
    content: bytes
    rows: int
    clean: int
    credits: int
    fate: Fate = Fate.POST


@dataclass(frozen=True, slots=True)
class Plan:
    """Everybody, and what they study; `outside` have no account until an outlet opens one."""

    seed: int
    studies: tuple[Study, ...]
    freshers: tuple[Study, ...]
    outside: tuple[Person, ...]


@cache
def programmes() -> dict[str, Programme]:
    """Return the programmes by code."""
    hours = {(course.school, course.code): course.hours for course in demo_tables.courses()}
    return {
        row["code"]: Programme(
            code=row["code"],
            school=row["school"],
            major=row["major"],
            level=row["level"],
            category=row["category"],
            terms=int(Decimal(row["years"]) * 2),
            courses=tuple(
                (
                    course["name_zh"],
                    course["credits"],
                    hours[row["school"], course["code"]],
                    group["code"] == "practice",
                )
                for group in row["groups"]
                for course in group["courses"]
            ),
        )
        for row in demo_tables.programmes()
    }


def plan(*, learners: int, outside: int, seed: int) -> Plan:
    """Return so many people with their studies; of them `outside` study nowhere. `FRESHERS` more have yet to come."""
    rng = Random(seed)
    everybody = demo_invented.people(learners + FRESHERS, rng=rng)
    inside = learners - outside
    studies: list[Study] = []
    for place, person in enumerate(everybody[:inside]):
        studies += _studies(place, person, rng)
    fresh = programmes()["SPU-CAT-Z"]
    freshers = tuple(
        _study(inside + place, person, fresh, cohort=None, entry=2026)
        for place, person in enumerate(everybody[inside : inside + FRESHERS])
    )
    return Plan(seed=seed, studies=tuple(studies), freshers=freshers, outside=tuple(everybody[inside + FRESHERS :]))


def _studies(place: int, person: Person, rng: Random) -> Iterator[Study]:
    if place < len(CHOSEN):
        code, cohort, studies_on = CHOSEN[place]
        programme = programmes()[code]
    else:
        school = rng.choices(tuple(STYLES), SHARES)[0]
        programme = rng.choice([each for each in programmes().values() if each.school == school])
        cohort = rng.choice(COHORTS) if rng.random() < FINISHED_SHARE else None
        studies_on = rng.random() < TOPPING_UP_SHARE and programme.level == "86" and cohort in COHORTS[:2]
    entry = rng.choice((2024, 2025)) if place >= len(CHOSEN) else 2024
    yield _study(place, person, programme, cohort=cohort, entry=entry)
    if studies_on and programme.school != programmes()[TOPPING_UP].school:
        yield _study(place, person, programmes()[TOPPING_UP], cohort=None, entry=2024)


def _study(place: int, person: Person, programme: Programme, *, cohort: int | None, entry: int) -> Study:
    terms = programme.terms
    if cohort is None:
        terms = min(terms - 1, max(1, (2026 - entry) * 2))
    else:
        entry = cohort - 1 - (terms - 1) // 2
    number = f"{entry}{list(programmes()).index(programme.code) + 1:02d}{place:06d}"
    return Study(person, programme, number, entry, cohort, terms)


def rows_of(study: Study, *, seed: int) -> list[Row]:
    """Return the rows that the school writes of one study, whenever it is asked the same ones."""
    rng = Random(f"{seed}:{study.student_number}")
    programme = study.programme
    count = rng.randrange(18, 28) if study.cohort else study.terms * 5 + rng.randrange(3)
    count = min(count, len(programme.courses))
    cohort = "" if study.cohort is None else str(study.cohort)
    outcome = "1690" if study.cohort is None else "1261"
    season = "" if study.cohort is None else ("1321" if programme.terms % 2 else "1322")
    ends = (cohort, outcome, season, "", study.student_number)
    starts = (study.person.name, study.person.number, programme.major)
    rows: list[Row] = []
    for number, place in enumerate(sorted(rng.sample(range(len(programme.courses)), count))):
        course, worth, hours, practice = programme.courses[place]
        grade = rng.choice(PRACTICE) if practice else str(min(98, max(60, int(rng.gauss(80, 9)))))
        when = _term_end(study.entry, number * study.terms // count)
        rows.append((*starts, course, programme.level, programme.category, worth, hours, grade, when, *ends))
    return rows


def _term_end(entry: int, term: int) -> str:
    """Return the month in which a term ends, counted from the autumn of entry."""
    return f"{entry + 1 + term // 2}{'06' if term % 2 else '01'}"


def sheets(found: Plan) -> Iterator[Sheet]:
    """Yield the files of all schools in the order of their deposit, one at a time; the last three are on their way."""
    groups: tuple[tuple[str, Callable[[Study], bool]], ...] = (
        ("2025届及以前毕业生成绩", lambda study: study.cohort is not None and study.cohort <= COHORTS[2]),
        ("2026届毕业生成绩", lambda study: study.cohort == COHORTS[3]),
        ("在校生成绩", lambda study: study.cohort is None),
    )
    for title, belongs in groups:
        for school in STYLES:
            members = [each for each in found.studies if each.programme.school == school and belongs(each)]
            dirty = school == FIRST_SCHOOL and belongs is groups[1][1]
            yield from _school_sheets(found, school, title, members, dirty=dirty)
    yield from _late_sheets(found)


def _school_sheets(found: Plan, school: str, title: str, members: list[Study], *, dirty: bool) -> Iterator[Sheet]:
    rows: list[Row] = []
    part = 1
    for study in members:
        own = rows_of(study, seed=found.seed)
        if len(rows) + len(own) > ROWS_MAX:
            yield _sheet(school, f"{title}（{part}）", rows, dirty=dirty)
            rows, part = [], part + 1
        rows += own
    if rows:
        yield _sheet(school, title if part == 1 else f"{title}（{part}）", rows, dirty=dirty)


def _late_sheets(found: Plan) -> Iterator[Sheet]:
    """Yield what came after the great deposits: a correction, and what waits for somebody today."""
    home = [study for study in found.studies if study.programme.school == FIRST_SCHOOL]
    early = next(study for study in home if study.cohort == COHORTS[0])
    again = rows_of(early, seed=found.seed)
    marked = [row for row in again if row[GRADE].isdigit()][:3]
    regraded = [_with(row, GRADE, str(int(row[GRADE]) + 2)) for row in marked]
    yield _sheet(FIRST_SCHOOL, "2023届成绩更正", [*regraded, *(row for row in again if row not in marked)], clean=False)
    still = [study for study in home if study.cohort is None][:40]
    resat = [_with(row, OBTAINED, "202607") for study in still for row in rows_of(study, seed=found.seed)[:3]]
    yield _sheet(FIRST_SCHOOL, "2026年7月补考成绩", resat, dirty=True, fate=Fate.REPORT)
    fresh = [_with(row, OBTAINED, "202610") for study in found.freshers for row in rows_of(study, seed=found.seed)[:4]]
    yield _sheet(FIRST_SCHOOL, "2026级新生先修课成绩", fresh, fate=Fate.SUBMIT)
    content = "姓名,课程名称,学分,成绩\r\n未按模板,思想道德与法治,3,80\r\n".encode("utf-8-sig")
    yield Sheet(FIRST_SCHOOL, "旧系统导出", "旧系统导出.csv", content, rows=1, clean=0, credits=0, fate=Fate.UNREADABLE)


def _sheet(
    school: str, title: str, rows: list[Row], *, dirty: bool = False, clean: bool = True, fate: Fate = Fate.POST
) -> Sheet:
    good = [row for place, row in enumerate(rows) if not (dirty and place % DIRTY_EVERY == 0)] if clean else []
    written = _spoilt(rows) if dirty else rows
    ending, content = demo_sheets.write(written, style=STYLES[school])
    return Sheet(school, title, f"{title}.{ending}", content, len(written), len(good), _sum(good), fate)


def _sum(rows: Iterable[Row]) -> int:
    known = {text: hundredths(text) for text in {row[CREDITS] for row in rows}}
    return sum(known[row[CREDITS]] for row in rows)


def _with(row: Row, place: int, text: str) -> Row:
    return (*row[:place], text, *row[place + 1 :])


def _spoilt(rows: list[Row]) -> list[Row]:
    """Return the rows with every thirtieth made wrong in one of the ways people know, and a few sent twice."""
    spoilt = list(rows)
    for number, place in enumerate(range(0, len(rows), DIRTY_EVERY)):
        column, change = _FAULTS[number % len(_FAULTS)]
        spoilt[place] = _with(rows[place], column, change(rows[place][column]))
    return spoilt + [row for place, row in enumerate(rows[:90]) if place % DIRTY_EVERY == 1]


_FAULTS: Final[tuple[tuple[int, Callable[[str], str]], ...]] = (
    (NUMBER, lambda number: number[:-1] + ("1" if number[-1] == "0" else "0")),
    (GRADE, lambda _: "缺考"),
    (CREDITS, lambda worth: str(Decimal(worth) + 1)),
    (GRADE, lambda _: "54"),
    (OBTAINED, lambda obtained: f"{obtained[:4]}13"),
    (LEVEL, lambda _: "本科"),
    (COURSE, lambda _: ""),
    (NUMBER, lambda number: f"{number[0]}.{number[1:6]}E+17"),
)
