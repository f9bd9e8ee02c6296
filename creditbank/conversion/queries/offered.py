"""What the catalogue and the programmes of those a book binds know of it, as the checks at publishing look at it."""

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Final

from creditbank.catalogue import queries as catalogue
from creditbank.catalogue.types import Programme, ProgrammeCourse, Specification, Status
from creditbank.conversion import vocabulary
from creditbank.conversion.rules.book import Book, BookKind
from creditbank.conversion.rules.checks.surroundings import Catalogue, CourseEntry, SpecEntry
from creditbank.conversion.rules.plain import Quantity
from creditbank.conversion.rules.problem import Course
from creditbank.framework import queries as framework
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal
from creditbank.organizations import queries as organizations

COURSE_CREDIT: Final = "cn.he.credit"


def catalogue_for(book: Book, *, day: date) -> Catalogue:
    """Return what the catalogue knows of the codes a book names, and the courses of the programmes it binds.

    Of several things under one code that stands which the book can use: in force rather than not, of the
    institution that takes the credits in rather than of another, the newest.
    """
    home = receiver_of(book)
    programmes = programmes_bound(book, home, day=day)
    specifications = catalogue.by_ids({one.specification_id for each in programmes for one in _courses(each)})
    named = catalogue.by_codes(vocabulary.codes_of(book))
    units = framework.units_by_id()
    specs: dict[str, SpecEntry] = {}
    courses: dict[str, CourseEntry] = {}
    for row in sorted((*specifications.values(), *named), key=lambda each: _use(book, home, each)):
        code = vocabulary.spec_code(row)
        since, until = row.starts.isoformat(), row.ends.isoformat() if row.ends else None
        gone = row.status is Status.WITHDRAWN
        unit = units[row.unit_id].unit.code if row.unit_id else COURSE_CREDIT
        worth = None if row.credits is None else Quantity(value=Decimal(plain(row.credits)), unit=unit)
        specs[code] = SpecEntry(code, worth, since, until, gone)
        if worth is not None:
            courses[code] = CourseEntry(Course(code=code, credits=worth.value), unit, since, until, gone)
    taught = [
        course
        for each in programmes
        for course in vocabulary.programme(each, specifications, unit=units[each.unit_id].unit.code).courses
    ]
    alike = [_alike(each) for each in named if each.credits is not None]
    return Catalogue(specs=specs, courses=courses, taught=tuple(dict.fromkeys(taught or alike)))


def receiver_of(book: Book) -> int | None:
    """Return the institution that takes the credits in under a book; None for guidance, awards and unknown codes."""
    party = book.parties[1] if book.kind is BookKind.AGREEMENT and book.parties else book.owner
    if book.kind in {BookKind.GUIDANCE, BookKind.AWARD} or not party.code:
        return None
    try:
        return organizations.by_code(party.code).id
    except Refusal:
        return None


def programmes_bound(book: Book, home: int | None, *, day: date) -> tuple[Programme, ...]:
    """Return the programmes that a book speaks to from a day on; guidance speaks to those of everybody."""
    since = max(day, date.fromisoformat(book.effective.since))
    if book.kind is BookKind.GUIDANCE:
        return catalogue.programmes_on_offer(since)
    found = () if home is None else catalogue.programmes_of(home)
    return tuple(each for each in found if each.ends is None or each.ends >= since)


def _courses(programme: Programme) -> Iterable[ProgrammeCourse]:
    return (course for group in programme.groups for course in group.courses)


def _alike(row: Specification) -> Course:
    """Return a course that no programme lists, of which only code and credits are known."""
    assert row.credits is not None
    return Course(code=vocabulary.spec_code(row), credits=Decimal(plain(row.credits)))


def _use(book: Book, home: int | None, row: Specification) -> tuple[bool, bool, int, int]:
    """Return how much a book can do with a specification, the least first."""
    since, until = book.effective.since, book.effective.until
    over = row.ends is not None and row.ends.isoformat() < since
    early = until is not None and row.starts.isoformat() > until
    alive = row.status is not Status.WITHDRAWN and not over and not early
    return alive, row.issuer_id == home, row.edition, row.id
