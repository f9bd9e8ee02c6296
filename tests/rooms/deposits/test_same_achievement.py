"""One achievement that a file tells under two names or two documents enters once."""

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as names, queries as catalogue
from creditbank.deposits import operations, posting
from creditbank.deposits.types import BatchStage
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.review import Verdict
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_conflicts import at_once, person


def named(school):
    at_once(school, Row(person=9))
    (course,) = catalogue.matched.courses_of(school.id)
    names.add_alias(actor=SYSTEM, specification_id=course.id, organization_id=school.id, alias="大英", now=NOW)


def test_a_course_told_by_its_name_and_by_another_of_its_names_enters_once(school):
    named(school)
    batch = at_once(school, Row(), Row(course="大英"))
    assert (batch.stage, batch.counts.kept, batch.counts.duplicates) == (BatchStage.POSTED, 1, 1)
    assert len(archive.entries(person())) == 1


def test_a_course_told_differently_under_two_of_its_names_is_refused_and_the_others_enter(school):
    named(school)
    batch = at_once(school, Row(), Row(course="大英", grade="60"), Row(course="物理"))
    assert (batch.counts.kept, batch.counts.refused_rows) == (1, 2)


def test_a_person_told_by_two_documents_has_an_achievement_once(school):
    first, second = (at_once(school, Row(person=number, course="物理")) for number in (1, 2))
    assert (first.counts.kept, second.counts.kept) == (1, 1)
    merged(school)
    name = Row(person=1).cells()[0]
    batch = at_once(school, Row(), Row(person=2, name=name))
    assert (batch.counts.kept, batch.counts.duplicates, batch.counts.refused_rows) == (1, 1, 0)


def approved(li, wang, school, *rows):
    batch = operations.upload(actor=li, organization_id=school.id, file_name="b.csv", content=sheet(*rows), now=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    return operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


def merged(school):
    merge_accounts(
        actor=SYSTEM, organization_id=school.id, survivor_id=person(1), other_id=person(2), reason="同一人", now=NOW
    )


def test_accounts_that_are_merged_after_the_approval_do_not_keep_a_batch_from_posting(school, li, wang):
    at_once(school, Row(person=1, course="化学"), Row(person=2, course="化学"))
    batch = approved(li, wang, school, Row(person=1), Row(person=2))
    merged(school)
    counts = operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts
    assert (counts.kept, counts.duplicates) == (1, 1)


def test_a_plan_that_a_crash_left_is_compared_with_what_entered_since(school, li, wang):
    at_once(school, Row(person=1, course="化学"), Row(person=2))
    batch = approved(li, wang, school, Row(person=1), Row(person=1, course="物理"))
    posting.plan(batch, 0, {}, actor=SYSTEM, now=NOW)
    merged(school)  # brings what was planned
    counts = operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts
    assert (counts.kept, counts.duplicates) == (1, 1)
    assert len(archive.entries(person())) == 3
