"""A course with several editions: a row is of the one in force when it was obtained, and stays what it is stored as."""

from datetime import date

import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.deposits.types import BatchStage
from creditbank.kernel.text import Text
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row
from tests.rooms.deposits.test_certificate_numbers import CERTIFICATE, person as wang
from tests.rooms.deposits.test_same_achievement import at_once, person
from tests.rooms.deposits.test_sheets import accredited, at_once as sent, codes, own

pytestmark = pytest.mark.django_db
__all__ = ["accredited"]
TODAY = date(2026, 11, 22)


def edition(school, *, starts, worth=400, name="大学英语", of=None):
    new = NewSpecification(
        kind=SpecificationKind.COURSE,
        name=Text(name),
        owner_id=school.id,
        issuer_id=school.id,
        credits=worth,
        unit_id=1,
        starts=starts,
        supersedes=of,
    )
    return catalogue.define_specification(actor=SYSTEM, new=new, now=NOW).id


def stored():
    return [(each.key.specification_id, each.key.obtained, each.revision) for each in archive.entries(person())]


def test_a_row_is_of_the_edition_in_force_when_it_was_obtained(school):
    first = edition(school, starts=date(2020, 9, 1))
    second = edition(school, starts=date(2024, 9, 1), worth=300, of=first)
    batch = at_once(school, Row(), Row(obtained="202501", credits="3"), Row(obtained="2019"), Row(obtained="202502"))
    assert (batch.counts.kept, batch.counts.refused_rows) == (3, 1)  # the new edition is worth 3
    assert sorted(stored()) == [(first, 20190000, 0), (first, 20240700, 0), (second, 20250100, 0)]


def test_the_same_rows_after_a_new_edition_change_nothing(school):
    at_once(school, Row(), Row(course="物理"))
    [course] = [each for each in specifications.matched.courses_of(school.id) if each.name_key == "大学英语"]
    edition(school, starts=date(2026, 12, 1), of=course.id)
    batch = at_once(school, Row(), Row(course="物理"), Row(course="化学"))
    assert (batch.counts.kept, batch.counts.duplicates) == (1, 2)


@pytest.mark.parametrize("renamed", ["大学英语", "大学英语（一）"])
def test_an_edition_that_takes_the_place_of_another_changes_nothing_that_is_stored(school, renamed):
    at_once(school, Row())
    [course] = specifications.matched.courses_of(school.id)
    second = edition(school, starts=TODAY, name=renamed, of=course.id)
    again = at_once(school, Row(course=renamed, document="", hours="64"), Row(person=9, course="物理"))
    assert (again.counts.kept, again.counts.duplicates) == (1, 1)
    corrected = at_once(school, Row(course=renamed, grade="90"))
    assert (corrected.counts.corrections, stored()) == (1, [(course.id, 20240700, 1)])
    at_once(school, Row(course=renamed, obtained="202506"))
    assert sorted(stored()) == [(course.id, 20240700, 1), (second, 20250600, 0)]


def test_a_renamed_course_under_both_names_in_one_file_enters_once(school):
    first = edition(school, starts=date(2020, 9, 1))
    edition(school, starts=date(2024, 9, 1), name="大学英语（一）", of=first)
    batch = at_once(school, Row(), Row(course="大学英语（一）"))
    assert (batch.counts.kept, batch.counts.duplicates) == (1, 1)


def superseded(number, *, starts):
    """A certificate of the catalogue gets a new edition."""
    old = specifications.by_ids([number])[number]
    new = NewSpecification(
        kind=old.kind,
        name=old.name,
        owner_id=old.owner_id,
        issuer_id=old.issuer_id,
        level=old.level,
        starts=starts,
        supersedes=old.id,
    )
    catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)


def test_a_certificate_is_of_the_edition_in_force_when_it_was_issued(school, accredited):
    sent(school, own(CERTIFICATE), "a.csv")
    [before] = archive.entries(wang())
    superseded(accredited[0], starts=date(2026, 12, 1))
    report = sent(school, own(CERTIFICATE, CERTIFICATE | {"obtained": "20240620"}), "b.csv")
    assert (codes(report), report.batch.stage) == ([], BatchStage.POSTED)
    assert (report.batch.counts.kept, report.batch.counts.duplicates) == (1, 1)
    assert {each.key.specification_id for each in archive.entries(wang())} == {before.key.specification_id}


def test_the_source_of_a_conversion_is_found_under_the_edition_that_it_is_stored_as(school, accredited):
    sent(school, own(CERTIFICATE), "a.csv")
    superseded(accredited[0], starts=TODAY)
    into = {"target_course": "仓储与配送", "target_credits": "2", "target_obtained": "202512"}
    report = sent(school, own(CERTIFICATE | into), "b.csv")
    assert (report.batch.counts.kept, report.batch.counts.duplicates) == (1, 1)
    [row] = archive.provenance(wang())
    assert row.source.specification_id == accredited[0]
