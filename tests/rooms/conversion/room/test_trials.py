"""Trials of drafts and what the catalogue says against them: whose students and whose programmes a book concerns."""

import pytest

from creditbank.conversion import operations, queries
from creditbank.enrolments.models import Enrolment
from tests.rooms.archive.conftest import posted, small_bank
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM
from tests.rooms.conversion.room.test_worth_pages import DAY, cases, choosing, programme

COURSES = ["程序设计", "数据库"]


@pytest.fixture
def bank(db):
    return small_bank()


def drafted(owner, document):
    return operations.start_draft(actor=SYSTEM, owner_id=owner, document=document, now=NOW).public_id


def enrolled(learner_id, into):
    Enrolment.objects.create(
        learner_id=learner_id,
        number=1,
        organization_id=into.organization_id,
        programme_id=into.id,
        student_number="2026001",
        level_code=into.level_code,
        category_code=into.category_code,
        major="软件工程",
        source="test",
    )


def words(document):
    return {(each.code, each.details.get("word")) for each in queries.review(document, day=DAY).findings}


def test_an_agreement_is_tried_on_the_students_of_whom_it_decides(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.other_school, COURSES))
    rule = documents.rule(spec="护理学基础")
    draft = drafted(bank.school, documents.agreement(rules=[rule], cases=cases("护理学基础")))
    tried = queries.trial(SYSTEM, draft, day=DAY)
    assert (tried.students, tried.freed, tried.credits) == (1, 1, 300)
    own = drafted(bank.school, documents.book(rules=[rule], cases=cases("护理学基础")))
    assert queries.trial(SYSTEM, own, day=DAY).students == 0


def test_guidance_is_tried_on_everybody(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.other_school, COURSES))
    guidance = documents.book(kind="guidance", rules=[documents.rule(spec="护理学基础")], cases=cases("护理学基础"))
    tried = queries.trial(SYSTEM, drafted(bank.school, guidance), day=DAY)
    assert (tried.students, tried.freed, tried.credits) == (1, 1, 300)


def test_a_rule_that_names_one_way_and_describes_another_is_tried_on_who_has_only_the_other(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.school, COURSES))
    ways = [{"one": [{"is": "spec", "in": ["英语四级"]}]}, {"one": [{"is": "kind", "in": ["course"]}]}]
    draft = documents.book(rules=[documents.rule() | {"from": {"any": ways}}], cases=cases("英语四级"))
    tried = queries.trial(SYSTEM, drafted(bank.school, draft), day=DAY)
    assert (tried.students, tried.freed, tried.credits) == (1, 1, 300)


def test_a_choice_is_not_dead_where_the_receiver_teaches_such_courses(bank):
    programme(bank.other_school, COURSES)
    parts = {name: choosing(1, "4")[name] for name in ("rules", "cases")}
    assert ("dead_target", "where") not in words(documents.agreement(**parts))
    elective = [{"choose": 1, "where": [{"is": "course_nature", "in": ["elective"]}]}]
    parts["rules"][0]["gives"] = elective
    assert ("dead_target", "where") in words(documents.agreement(**parts))


def test_a_book_of_which_the_catalogue_knows_nothing_is_told(bank):
    assert "unknown_codes" in {code for code, _ in words(documents.book())}
    programme(bank.school, COURSES)
    known = {code for code, _ in words(documents.book())}
    assert "unknown_codes" not in known
    assert "dead_source" in known
