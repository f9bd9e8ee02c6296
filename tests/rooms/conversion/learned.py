"""What five people learned, as their schools tell of it in files, and the certificates two of them hold."""

from random import Random

from creditbank.cli import demo_invented, demo_sheets, demo_tables
from creditbank.cli.demo_sheets import Style
from creditbank.cli.demo_studies import Sheet

POLYTECHNIC, ENGINEERING, VOCATIONAL = "4131012044", "4131010856", "4131012495"
WEB, BIM, CARE, SAVER, SCHOLAR = demo_invented.people(5, rng=Random(3))
TERMS = [f"{year}{month}" for year in range(2018, 2026) for month in ("06", "12")]
CREDITS_A_TERM = 20
COURSES = {(row.school, row.code): row for row in demo_tables.courses()}
CERTIFICATES = [(CARE, "X-ELDERCARE-2", 20260613), (BIM, "X-WEB-2", 20260613)]
WEB_CODES = ["SPJ011", "SPH010", "SPJ009", "SPH004"]


def rows(person, school, codes, *, grade="85", months=None):
    """The lines that a school writes of one person; without months all in one."""
    found = []
    for place, code in enumerate(codes):
        course = COURSES[school, code]
        month = months[place] if months else "202506"
        study = ("示例专业", course.name.zh, "86", "321", course.credits, course.hours, grade, month)
        found.append((person.name, person.number, *study, "", "1690", "", "", f"S{person.number[-6:]}"))
    return found


def spread(codes, school, terms):
    """A month for each course, so many credits a term."""
    months, term, credits_ = [], 0, 0.0
    for code in codes:
        worth = float(COURSES[school, code].credits)
        if credits_ + worth > CREDITS_A_TERM:
            term, credits_ = term + 1, 0.0
        months.append(terms[term])
        credits_ += worth
    return months


def codes_of(programme, groups, most, category=""):
    """Courses of a programme's groups in its order, of one category or any, up to so many credits."""
    found = next(row for row in demo_tables.programmes() if row["code"] == programme)
    codes, total = [], 0.0
    for group in found["groups"]:
        for course in group["courses"] if group["code"] in groups else ():
            fits = category in {"", COURSES[found["school"], course["code"]].category}
            if fits and total + float(course["credits"]) <= most:
                codes.append(course["code"])
                total += float(course["credits"])
    return codes


def saved(person, first, second):
    """Courses of two schools, no more than twenty credits a term: of each what `codes_of` takes."""
    one, other = codes_of(*first), codes_of(*second)
    return {
        POLYTECHNIC: rows(person, POLYTECHNIC, one, months=spread(one, POLYTECHNIC, TERMS)),
        ENGINEERING: rows(person, ENGINEERING, other, months=spread(other, ENGINEERING, TERMS[8:])),
    }


def told(*, web=True):
    """Every school's lines: for a degree of eighty credits and one of a hundred and forty, and for the four ways."""
    associate = saved(SAVER, ("SPU-CAT-Z", ("required", "practice"), 60), ("SUES-VE-B", ("practice",), 22))
    bachelor = saved(
        SCHOLAR, ("SPU-CS-G", ("required", "practice"), 104), ("SUES-VE-B", ("required", "elective"), 44, "专业核心")
    )
    found = {school: [*lines, *bachelor[school]] for school, lines in associate.items()}
    if web:
        found[POLYTECHNIC] += rows(WEB, POLYTECHNIC, WEB_CODES)
    found[VOCATIONAL] = [
        *rows(BIM, VOCATIONAL, ["UCJ007", "UCJ008", "UCH008"]),
        *rows(CARE, VOCATIONAL, ["UCG001"]),
    ]
    return found


def sheet_of(school, lines, title="成绩"):
    ending, content = demo_sheets.write(lines, style=Style())
    return Sheet(school, title, f"{title}.{ending}", content, len(lines), len(lines), 0)
