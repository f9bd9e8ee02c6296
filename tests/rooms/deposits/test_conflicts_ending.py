"""What a case leaves: the conversion leads to what stands, and a case ends when the one that stored first withdraws."""

import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue, queries as courses
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.deposits import models, operations, waiting_queries
from creditbank.deposits.types import BatchStage, ConflictState
from creditbank.evidence import queries as evidence
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import operations as accounts, queries as learners
from creditbank.learners.types import NewPerson
from creditbank.organizations import operations as organizations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.sheets import Row, identity
from tests.rooms.deposits.test_sheets import archive_of, at_once, own, told
from tests.rooms.deposits.test_waiting import enter

pytestmark = pytest.mark.django_db
FIRST, SECOND, BOTH = ConflictState.FIRST, ConflictState.SECOND, ConflictState.BOTH
NAME, DOCUMENT = Row().cells()[0], identity(1)
COURSE = {
    "kind": "课程",
    "person_name": NAME,
    "document": DOCUMENT,
    "course": "管理学",
    "credits": "3",
    "grade": "86",
    "obtained": "202306",
}
INTO = {"target_course": "物流管理基础", "target_credits": "3", "target_obtained": "202512"}
ABROAD = COURSE | INTO | {"issuer_name": "另一所学校"}


@pytest.fixture
def there(schools):
    """The other school, which awards a course."""
    school = schools[1]
    new = NewSpecification(kind=SpecificationKind.COURSE, name=Text("管理学"), owner_id=school.id, issuer_id=school.id)
    catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)
    return school


def deposited(place, *rows, name="a.csv"):
    return at_once(place, own(*rows), name).batch


def decided(outcome):
    (case,) = waiting_queries.conflicts(SYSTEM)
    given = {"actor": SYSTEM, "public_id": case.batch.public_id, "row": case.row, "item": case.item, "now": NOW}
    operations.decide_conflict(outcome=outcome, reason="看过原件", **given)


def settle():
    settled = operations.settle_conflicts(actor=SYSTEM, now=NOW)
    for row in models.Batch.objects.filter(stage=BatchStage.APPROVED).order_by("id"):
        operations.post(actor=SYSTEM, public_id=row.public_id, now=NOW)
    return settled


def learner():
    document = Document(DocumentKind.RESIDENT_ID, DOCUMENT)
    return learners.find_by_documents([document])[document].learner_id


def stored(course="管理学"):
    """Which institutions have the course in the archive, and with what grade."""
    return sorted(
        (each.entry.key.organization_id, each.entry.grade.value, each.entry.revision)
        for each in archive.archive_of(actor=SYSTEM, learner_id=learner())
        if each.name.zh == course
    )


@pytest.mark.parametrize("outcome", [FIRST, SECOND, BOTH])
def test_what_was_converted_leads_to_the_source_that_stands(school, there, outcome):
    deposited(there, COURSE | {"grade": "90"})
    deposited(school, ABROAD)
    decided(outcome)
    assert settle() == 1
    pages = archive_of(DOCUMENT)
    assert told(pages, "物流管理基础") == (["管理学"], [])
    assert archive.check_roots().broken == ()


@pytest.mark.parametrize("outcome", [FIRST, SECOND])
def test_what_was_converted_leads_to_the_target_that_stands(school, there, outcome):
    deposited(there, COURSE | {"grade": "90"})
    (course,) = courses.courses_of(there.id)
    given = {"actor": SYSTEM, "specification_id": course.id, "organization_id": school.id, "now": NOW}
    catalogue.add_alias(alias="外校管理学", **given)
    target = {"target_course": "外校管理学", "target_credits": "3", "target_obtained": "202306"}
    deposited(school, COURSE | {"course": "企业实务", "obtained": "202207"} | target)
    decided(outcome)
    assert settle() == 1
    assert told(archive_of(DOCUMENT), "管理学") == (["企业实务"], [])


def test_a_source_that_stands_cannot_be_withdrawn_from_under_what_it_became(school, there):
    first = deposited(there, COURSE | {"grade": "90"})
    deposited(school, ABROAD)
    assert archive.in_use([archive.posting(first.public_id)]).converted == 0
    decided(FIRST)
    settle()
    assert archive.in_use([archive.posting(first.public_id)]).converted == 1


def test_nothing_is_done_while_the_batch_that_tells_of_the_conversion_is_on_its_way(school, there, li, wang):
    deposited(there, COURSE | {"grade": "90"})
    batch = operations.upload(actor=li, organization_id=school.id, file_name="a.csv", content=own(ABROAD), now=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    decided(FIRST)
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 0
    operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert settle() == 1
    assert told(archive_of(DOCUMENT), "物流管理基础") == (["管理学"], [])


def test_a_conversion_that_waited_keeps_its_source_though_all_else_of_its_row_is_stored(school, there):
    closed = {"opens_accounts": False, "registers_courses": False, "credits_tolerance": 0}
    organizations.set_depositing(actor=SYSTEM, organization_id=school.id, **closed, now=NOW)
    deposited(school, ABROAD)
    people = [NewPerson(name=NAME, document=Document(DocumentKind.RESIDENT_ID, DOCUMENT))]
    accounts.open_many(actor=SYSTEM, organization_id=there.id, people=people, now=NOW)
    deposited(there, COURSE | {"grade": "90"})
    target = {"course": "物流管理基础", "obtained": "202512", "credits": "3", "grade": ""}
    deposited(school, COURSE | target, name="b.csv")
    enter()
    decided(FIRST)
    assert settle() == 1
    assert told(archive_of(DOCUMENT), "物流管理基础") == (["管理学"], [])


def withdrawn(batch, *actors):
    asks, says = actors
    operations.ask_withdrawal(actor=asks, public_id=batch.public_id, reason="成绩有误", now=NOW)
    operations.decide_withdrawal(actor=says, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


@pytest.fixture
def two(there):
    """Who asks and who confirms at the other school."""
    return staff(7, there.id), staff(8, there.id)


def test_what_stood_against_a_withdrawn_entry_enters(school, there, two):
    first = deposited(there, COURSE | {"grade": "90"})
    deposited(school, ABROAD)
    withdrawn(first, *two)
    assert settle() == 1
    assert stored() == [(school.id, 8600, 0)]
    assert told(archive_of(DOCUMENT), "物流管理基础") == (["管理学"], [])
    (case,) = waiting_queries.conflicts(SYSTEM, open_only=False)
    assert (case.state, case.reason, case.may_decide) == (ConflictState.WITHDRAWN, first.number, False)
    assert waiting_queries.open_conflicts(SYSTEM) == settle() == 0
    (fact,) = evidence.facts(name="deposits.conflict_decided.v2")
    assert fact.fact.body["outcome"] == "withdrawn"


def test_what_was_decided_for_the_second_enters_where_the_first_withdrew_before_it_was_done(school, there, two):
    first = deposited(there, COURSE | {"grade": "90"})
    deposited(school, ABROAD)
    decided(SECOND)
    withdrawn(first, *two)
    assert settle() == 1
    assert stored() == [(school.id, 8600, 0)]


def test_a_case_against_an_earlier_value_that_is_in_force_again_goes_on_with_that(school, there, two):
    deposited(there, COURSE | {"grade": "70"})
    later = deposited(there, COURSE | {"grade": "90"}, name="b.csv")
    deposited(school, ABROAD)
    withdrawn(later, *two)
    assert settle() == 0
    (case,) = waiting_queries.conflicts(SYSTEM)
    assert (case.state, case.first.grade.value) == (ConflictState.OPEN, 7000)
    decided(SECOND)
    assert settle() == 1
    assert stored() == [(there.id, 8600, 2)]


def test_a_case_against_an_earlier_value_that_tells_the_same_ends(school, there, two):
    deposited(there, COURSE | {"grade": "86"})
    later = deposited(there, COURSE | {"grade": "90"}, name="b.csv")
    deposited(school, ABROAD)
    withdrawn(later, *two)
    assert settle() == 1
    assert stored() == [(there.id, 8600, 0)]


def test_a_case_whose_entry_stands_stays_open(school, there, two):
    deposited(there, COURSE | {"grade": "90"})
    other = deposited(there, COURSE | {"course": "统计学"}, name="b.csv")
    deposited(school, ABROAD)
    withdrawn(other, *two)
    assert settle() == 0
    assert waiting_queries.open_conflicts(SYSTEM) == 1


def test_what_is_converted_later_leads_to_what_was_decided_to_stand(school, there):
    deposited(there, COURSE | {"grade": "90"})
    deposited(school, ABROAD)
    decided(FIRST)
    settle()
    later = deposited(school, ABROAD | {"target_course": "运输管理"}, name="b.csv")
    assert (later.counts.kept, later.counts.conflicts) == (1, 0)
    assert told(archive_of(DOCUMENT), "运输管理") == (["管理学"], [])


def test_what_is_converted_while_a_case_is_open_leads_to_nothing_that_is_disputed(school, there):
    deposited(there, COURSE | {"grade": "90"})
    for name in ("a.csv", "b.csv"):
        deposited(school, ABROAD | {"target_course": f"运输管理{name[0]}"}, name=name)
    assert told(archive_of(DOCUMENT), "管理学") == ([], [])
    decided(FIRST)
    settle()
    assert told(archive_of(DOCUMENT), "管理学") == ([], ["运输管理a", "运输管理b"])
