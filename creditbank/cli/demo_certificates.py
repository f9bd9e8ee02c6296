"""What people of the demonstration bank hold beside the courses of their schools: examinations and certificates."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from hashlib import sha256
from itertools import groupby
from random import Random
from typing import Final

import polars as pl
from django.utils import timezone

from creditbank.archive import operations as archive, queries as book
from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import NewSpecification, Specification, SpecificationKind
from creditbank.cli import demo_sheets, demo_tables
from creditbank.cli.demo_house import BUILDER, COURSE_CREDIT, House
from creditbank.cli.demo_invented import Person
from creditbank.cli.demo_sheets import Row, Style
from creditbank.cli.demo_studies import Plan, Sheet
from creditbank.cli.demo_tables import EXAMINERS, hundredths
from creditbank.framework import queries as units
from creditbank.kernel import ids
from creditbank.kernel.grades import Grade, Scale
from creditbank.learners import queries as accounts

SELF_STUDY: Final = "1421"
EVERY: Final = 12
HOLDING_SHARE: Final = 0.35
#: What the first people hold, in the order of the plan: so that their pages have something to say.
CHOSEN_EXAMINATIONS: Final = (
    (("05363", "66", "202410"), ("03364", "71", "202504")),
    (),
)
CHOSEN_CERTIFICATES: Final = (
    (("X-LOGISTICS-2", 20250628), ("NCRE-1", 20190928), ("CET-4-PASS", 20211218)),
    (("CET-4-PASS", 20240615), ("NCRE-2", 20250330), ("X-NEV-2", 20251129)),
    (("X-WEB-2", 20260613), ("CET-6-PASS", 20260613)),
    (("NCRE-2", 20250330), ("X-WEB-1", 20241130)),
)
#: Days on which results came out, the same for everybody.
DAYS: Final = (20240615, 20240928, 20241130, 20250330, 20250628, 20250927, 20251129, 20260328, 20260613)
POPULAR: Final = (
    "NCRE-1", "NCRE-2", "NCRE-2", "CET-4-PASS", "CET-4-PASS", "CET-6-PASS", "X-WEB-1", "X-WEB-2", "X-LOGISTICS-1",
    "X-LOGISTICS-2", "X-ELDERCARE-1", "X-ELDERCARE-2", "X-NEV-2", "X-BIM-1", "POST-COURIER-4", "HOMECARE-1",
    "RUANKAO-2", "CONTEST-PROV-1", "SERVICE-1",
)  # fmt: skip

Held = tuple[Person, str, int]


def define_examinations(house: House, *, now: datetime) -> None:
    """Put the courses that can be passed by examination alone into the catalogue."""
    owner = house.places[EXAMINERS].id
    unit = units.units()[COURSE_CREDIT].id
    new = [
        NewSpecification(
            kind=SpecificationKind.COURSE,
            name=row.name,
            owner_id=owner,
            issuer_id=owner,
            code=row.code,
            credits=hundredths(row.credits),
            unit_id=unit,
            hours=hundredths(row.hours),
            category=row.category,
        )
        for row in demo_tables.self_study_courses()
    ]
    catalogue.define_many(actor=BUILDER, new=new, now=now)


def examinations(plan: Plan) -> Sheet:
    """Return the file in which the examiners tell who passed what; the seed decides."""
    rng = Random(f"{plan.seed}:{EXAMINERS}")
    rows: list[Row] = []
    for place, person in enumerate(_people(plan)):
        number = f"Z{2400 + place % 100}{place:06d}"
        for code, grade, month in _passed(place, rng):
            rows.append(_row(person, number, code, grade, month))
    ending, content = demo_sheets.write(rows, style=Style())
    title = "2026年上半年及以前自学考试成绩"
    worth = sum(hundredths(row[demo_sheets.CREDITS]) for row in rows)
    return Sheet(EXAMINERS, title, f"{title}.{ending}", content, len(rows), len(rows), worth)


def post_certificates(house: House, plan: Plan, *, now: datetime) -> int:
    """Let the certificates of the plan's people enter the book and return how many there are; the seed decides."""
    return post(house, _held(plan), now=now)


def post(house: House, certificates: Iterable[Held], *, number: int = 1, now: datetime) -> int:
    """Let certificates (holder, code, day) enter the book, one posting an issuer, and return how many there are.

    `number` counts the postings of an issuer.
    """
    held = sorted(set(certificates), key=lambda each: (each[0].number, each[1]))
    known = {each.code: each for each in specifications.by_codes({code for _, code, _ in held})}
    people = accounts.find_by_documents([person.document for person in {person for person, _, _ in held}])
    issuers = {place.id: code for code, place in house.places.items()}

    def issuer(each: Held) -> str:
        return issuers[known[each[1]].issuer_id]

    for code, of_one in groupby(sorted(held, key=issuer), key=issuer):
        rows = [
            _entry(people[person.document].learner_id, known[certificate], day) for person, certificate, day in of_one
        ]
        _post(house, code, rows, number, now)
    return len(held)


def _post(house: House, issuer: str, rows: list[dict[str, int | None]], count: int, now: datetime) -> None:
    place = house.places[issuer]
    reference = ids.public_id(sha256(f"demo certificates {issuer} {count}".encode()).digest()[: ids.PUBLIC_ID_BYTES])
    number = f"{timezone.localdate(now).year}-{count:04d}"
    posting = archive.begin_posting(
        actor=BUILDER, organization_id=place.id, reference=reference, number=number, now=now
    )
    frame = pl.DataFrame(rows, schema=book.ENTRY_COLUMNS)
    archive.post_many(actor=BUILDER, posting=posting, frames=[frame])
    archive.finish_posting(actor=BUILDER, posting=posting, file_digest=None, now=now)


def _entry(learner_id: int, certificate: Specification, day: int) -> dict[str, int | None]:
    grade = Grade(Scale.PASS, 1)
    return {
        "learner_id": learner_id,
        "specification_id": certificate.id,
        "obtained": day,
        "part": 0,
        "revision": 0,
        "enrolment": 0,
        "credits": certificate.credits,
        "hours": None,
        "grade": grade.value,
        "grade_scale": grade.scale.value,
        "unit_id": units.units()[COURSE_CREDIT].id,
    }


def _people(plan: Plan) -> list[Person]:
    return list(dict.fromkeys(study.person for study in plan.studies))


def _passed(place: int, rng: Random) -> Iterable[tuple[str, str, str]]:
    """Return what somebody passed: the first as they are chosen, of the others every twelfth one examination."""
    if place < len(CHOSEN_EXAMINATIONS):
        return CHOSEN_EXAMINATIONS[place]
    course, grade = rng.choice(demo_tables.self_study_courses()), min(95, max(60, int(rng.gauss(72, 8))))
    return [(course.code, str(grade), "202604")] if place % EVERY == 0 else []


def _held(plan: Plan) -> Iterator[Held]:
    rng = Random(f"{plan.seed}:certificates")
    for place, person in enumerate(_people(plan)):
        if place < len(CHOSEN_CERTIFICATES):
            yield from ((person, code, day) for code, day in CHOSEN_CERTIFICATES[place])
        elif rng.random() < HOLDING_SHARE:
            yield from ((person, code, rng.choice(DAYS)) for code in sorted({*rng.choices(POPULAR, k=2)}))


def _row(person: Person, number: str, code: str, grade: str, month: str) -> Row:
    course = next(each for each in demo_tables.self_study_courses() if each.code == code)
    studies = ("物流管理", course.name.zh, "86", SELF_STUDY, course.credits, course.hours, grade, month)
    return (person.name, person.number, *studies, "", "1690", "", "", number)
