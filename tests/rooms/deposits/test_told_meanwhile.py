"""What another institution stores between the check of a batch and its posting stands once, or is a case."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import pytest
from django.db import connection

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as names, queries as catalogue
from creditbank.deposits import models, operations, posting, waiting_queries
from creditbank.deposits.types import BatchStage, ConflictState
from creditbank.evidence import queries as evidence
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_conflicts import at_once, decide_row, person
from tests.rooms.deposits.test_sheets import own

THEIRS = "外校英语"


@pytest.fixture
def three():
    """A school that teaches English, and two others that know its course by a name of their own."""
    here, there = two_schools()
    given = {"actor": SYSTEM, "parent_id": None, "kind": OrganizationKind.INSTITUTION, "now": NOW}
    third = organizations.open_organization(code="4131010857", name=Text("第三所学校"), **given)
    at_once(here, Row(person=9))
    (course,) = catalogue.matched.courses_of(here.id)
    for place in (there, third):
        names.add_alias(actor=SYSTEM, specification_id=course.id, organization_id=place.id, alias=THEIRS, now=NOW)
        at_once(place, Row(course=f"物理{place.id}"))
    return here, there, third


def approved(place, content):
    given = {"organization_id": place.id, "file_name": "a.csv", "now": NOW}
    batch = operations.upload(actor=staff(1, place.id), content=content, **given)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=staff(1, place.id), public_id=batch.public_id, now=NOW)
    actor = staff(2, place.id)
    return operations.review(actor=actor, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


def posted(batch):
    return operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)


@pytest.fixture
def theirs(three):
    """English of the first school, as the second and the third tell it: with 91 and with 75."""
    here, there, third = three
    course = archive_course(here)
    rows = {there: Row(course=THEIRS, grade="91"), third: Row(course=THEIRS, grade="75")}
    return course, {place: approved(place, sheet(row, Row(course=f"化学{place.id}"))) for place, row in rows.items()}


def archive_course(here):
    (course,) = catalogue.matched.courses_of(here.id)
    return course.id


def of_course(course):
    found = [each for each in archive.entries(person()) if each.key.specification_id == course]
    return sorted((each.key.organization_id, each.grade.value) for each in found)


@pytest.mark.django_db
@pytest.mark.parametrize("planned", [False, True])
def test_rows_that_conflict_by_the_time_they_are_posted_become_cases(three, theirs, planned):
    """`planned`: a crash left the plan of the later one."""
    (_, there, third), (course, batches) = three, theirs
    if planned:
        posting.plan(batches[third], 0, {}, actor=SYSTEM, now=NOW)
    assert posted(batches[there]).counts.conflicts == 0
    counts = posted(batches[third]).counts
    assert (counts.rows, counts.kept, counts.conflicts, counts.duplicates) == (2, 1, 1, 0)
    assert of_course(course) == [(there.id, 9100)]
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.row, case.first.grade.value, case.second.grade.value) == (2, 9100, 7500)
    (fact,) = evidence.facts(name="deposits.conflict_opened.v1")
    assert fact.fact.body["batch"] == batches[third].public_id
    decide_row(case, ConflictState.BOTH)
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 1
    late = models.Batch.objects.get(late_of=batches[third].id)
    assert posted(late.as_value()).counts.kept == 1
    assert of_course(course) == [(there.id, 9100), (third.id, 7500)]
    assert archive.check_roots().broken == ()


@pytest.mark.django_db
@pytest.mark.parametrize("planned", [False, True])
def test_rows_that_another_institution_has_stored_just_so_meanwhile_enter_no_second_time(three, planned):
    here, there, third = three
    row = Row(course=THEIRS, grade="91")
    batches = [approved(place, sheet(row, Row(course=f"化学{place.id}"))) for place in (there, third)]
    if planned:
        posting.plan(batches[1], 0, {}, actor=SYSTEM, now=NOW)
    posted(batches[0])
    counts = posted(batches[1]).counts
    assert (counts.kept, counts.conflicts, counts.duplicates) == (1, 0, 1)
    assert of_course(archive_course(here)) == [(there.id, 9100)]


@pytest.mark.django_db
@pytest.mark.parametrize("planned", [False, True])
def test_what_became_of_an_achievement_that_another_institution_told_meanwhile_leads_to_that(three, planned):
    here, there, third = three
    training = {"kind": "课程", "person_name": Row().cells()[0], "document": identity(1), "course": THEIRS}
    training |= {"obtained": "202407", "credits": "4", "grade": "91", "issuer_name": here.name.zh}
    into = {"target_course": "高级英语", "target_credits": "2", "target_obtained": "202512"}
    batches = [approved(place, own(training | (into if place is third else {}))) for place in (there, third)]
    if planned:
        posting.plan(batches[1], 0, {}, actor=SYSTEM, now=NOW)
    posted(batches[0])
    posted(batches[1])
    (conversion,) = archive.provenance(person())
    stands = {each.key for each in archive.entries(person())}
    assert conversion.source.organization_id == there.id
    assert {conversion.source, conversion.target} <= stands


@pytest.mark.django_db(transaction=True)
def test_two_institutions_that_post_at_the_same_instant_do_not_both_bring_what_they_tell_differently(three, theirs):
    """Each is held up when it has compared and not yet written: without waiting for each other both would enter."""
    course, batches = theirs
    both = threading.Barrier(2)
    plan = posting.plan

    def held_up(*args, **kwargs):
        entries = plan(*args, **kwargs)
        with suppress(threading.BrokenBarrierError):  # the other waits, as it must
            both.wait(timeout=2)
        return entries

    def post(batch):
        try:
            posted(batch)
        finally:
            connection.close()

    with pytest.MonkeyPatch.context() as patch, ThreadPoolExecutor(2) as threads:
        patch.setattr(posting, "plan", held_up)
        for each in [threads.submit(post, batch) for batch in batches.values()]:
            each.result(timeout=60)
    found = [models.Batch.objects.get(id=batch.id).as_value() for batch in batches.values()]
    assert [each.stage for each in found] == [BatchStage.POSTED] * 2
    assert sorted(each.counts.conflicts for each in found) == [0, 1]
    assert len(of_course(course)) == 1
    assert waiting_queries.open_conflicts(SYSTEM) == 1


def half_posted(batch, monkeypatch):
    """Let a batch crash when its rows are in the book and nobody sees them yet."""

    def crash(**_given):
        raise ConnectionError

    monkeypatch.setattr(posting.archive, "finish_posting", crash)
    with pytest.raises(ConnectionError):
        posted(batch)
    monkeypatch.undo()
    assert archive.posting(batch.public_id).rows == batch.counts.postable


@pytest.mark.django_db
def test_what_a_crash_left_invisible_in_the_book_is_the_first_for_whoever_tells_it_meanwhile(
    three, theirs, monkeypatch
):
    (_, there, third), (course, batches) = three, theirs
    half_posted(batches[third], monkeypatch)
    counts = posted(batches[there]).counts
    assert (counts.kept, counts.conflicts, counts.duplicates) == (1, 1, 0)
    assert of_course(course) == []
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.first.grade.value, case.second.grade.value, case.first.at) == (7500, 9100, None)
    counts = posted(batches[third]).counts
    assert (counts.kept, counts.conflicts) == (2, 0)
    assert of_course(course) == [(third.id, 7500)]
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.first.institution, case.first.at) == (third.name, NOW)


@pytest.mark.django_db
@pytest.mark.parametrize("outcome", [ConflictState.FIRST, ConflictState.SECOND])
def test_what_was_decided_waits_until_what_stood_first_is_to_be_seen(three, theirs, monkeypatch, outcome):
    (_, there, third), (course, batches) = three, theirs
    half_posted(batches[third], monkeypatch)
    posted(batches[there])
    (case,) = waiting_queries.conflicts(SYSTEM)
    decide_row(case, outcome)
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 0
    posted(batches[third])
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 1
    assert of_course(course) == [(third.id, 7500 if outcome is ConflictState.FIRST else 9100)]
    assert archive.check_roots().broken == ()


@pytest.mark.django_db
def test_what_a_crash_left_invisible_and_somebody_tells_just_so_stands_once(three, monkeypatch):
    here, there, third = three
    row = Row(course=THEIRS, grade="91")
    batches = [approved(place, sheet(row, Row(course=f"化学{place.id}"))) for place in (there, third)]
    half_posted(batches[1], monkeypatch)
    assert posted(batches[0]).counts.duplicates == 1
    posted(batches[1])
    assert of_course(archive_course(here)) == [(third.id, 9100)]
