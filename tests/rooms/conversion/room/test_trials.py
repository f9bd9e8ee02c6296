"""Trials of drafts and what the catalogue says against them: whose students and whose programmes a book concerns."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creditbank.conversion import errors, operations, queries
from creditbank.conversion.queries import trying
from creditbank.conversion.queries.held import holdings, holdings_of
from creditbank.conversion.shown import Beside, PreviewStage
from creditbank.enrolments.models import Enrolment
from creditbank.kernel.text import Text
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


def enrolled(learner_id, into, number=1):
    Enrolment.objects.create(
        learner_id=learner_id,
        number=number,
        organization_id=into.organization_id,
        programme_id=into.id,
        student_number=f"202600{number}",
        level_code=into.level_code,
        category_code=into.category_code,
        major="软件工程",
        source="test",
        since=DAY,
    )


def words(document):
    return {(each.code, each.details.get("word")) for each in queries.review(document, day=DAY).findings}


def tried(owner, document):
    """Have a draft tried to the end, and return its preview."""
    return worked(operations.ask_preview(actor=SYSTEM, public_id=drafted(owner, document), now=NOW))


def worked(preview):
    """Let a worker go through all slices of a preview."""
    while preview.stage is PreviewStage.RUNNING:
        preview = operations.work_on_preview(actor=SYSTEM, number=preview.id, now=NOW)
    return preview


def test_an_agreement_is_tried_on_the_students_of_whom_it_decides(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.other_school, COURSES))
    rule = documents.rule(spec="护理学基础")
    found = tried(bank.school, documents.agreement(rules=[rule], cases=cases("护理学基础")))
    assert (found.total, found.trial.freed, found.trial.credits) == (1, 1, 300)
    own = tried(bank.school, documents.book(rules=[rule], cases=cases("护理学基础")))
    assert (own.total, own.trial.freed) == (0, 0)


def test_guidance_is_tried_on_everybody(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.other_school, COURSES))
    guidance = documents.book(kind="guidance", rules=[documents.rule(spec="护理学基础")], cases=cases("护理学基础"))
    found = tried(bank.school, guidance)
    assert (found.total, found.trial.freed, found.trial.credits) == (1, 1, 300)
    assert found.trial.rules == (("E1", Text(""), 1, 300),)


def test_a_rule_that_names_one_way_and_describes_another_is_tried_on_who_has_only_the_other(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.school, COURSES))
    ways = [{"one": [{"is": "spec", "in": ["英语四级"]}]}, {"one": [{"is": "kind", "in": ["course"]}]}]
    draft = documents.book(rules=[documents.rule() | {"from": {"any": ways}}], cases=cases("英语四级"))
    assert tried(bank.school, draft).trial.credits == 300


@pytest.mark.parametrize("condition", [{"is": "spec", "in": ["护理学基础"]}, {"is": "family", "in": ["护理学基础"]}])
def test_only_archives_that_a_rule_may_use_are_read(bank, condition, monkeypatch):
    into = programme(bank.school, COURSES)
    posted(bank, [bank.row(0, 0), bank.row(1, 1), bank.row(2, 2)])
    for learner_id in bank.learners:
        enrolled(learner_id, into)
    read = []
    monkeypatch.setattr(trying, "holdings_of", lambda _, ids: read.extend(ids) or {})
    tried(bank.school, documents.book(rules=[documents.rule() | {"from": {"one": [condition]}}]))
    assert read == [bank.learners[0]]


def test_who_studies_two_programmes_counts_once_with_the_better_one(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.school, ["解剖学"], code="1"))
    enrolled(bank.learners[0], programme(bank.school, COURSES, code="2", name="网络工程"), number=2)
    found = tried(bank.school, documents.book(rules=[documents.rule(spec="护理学基础")], cases=cases("护理学基础")))
    assert (found.trial.freed, found.trial.credits) == (1, 300)
    assert [each.programme.zh for each in found.trial.examples] == ["网络工程"]


def test_a_draft_is_tried_on_the_day_it_begins_where_that_is_later(bank):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.school, COURSES))
    later = documents.book(
        rules=[documents.rule(spec="护理学基础")], cases=cases("护理学基础"), effective={"from": "2027-03-01"}
    )
    assert tried(bank.school, later).trial.credits == 300


def test_awards_are_tried_on_every_account_and_told_each(bank):
    posted(bank, [bank.row(0, 0), bank.row(1, 1)])
    found = tried(bank.school, award_book())
    assert (found.total, found.trial.freed) == (3, 1)
    assert [(each[0], each[2]) for each in found.trial.awards] == [("A", 1)]


def award_book():
    need = {"id": "n", "title": {"zh": "护理课程"}, "measure": "credits", "of": {"categories": ["care"]}}
    counted = documents.rule(spec="护理学基础") | {"gives": [{"credits": "care"}], "credits": {"mode": "source"}}
    award = {"id": "A", "title": {"zh": "护理证书"}, "needs": {"need": need | {"at_least": "3"}}}
    return documents.book(kind="award", rules=[counted], awards=[award])


def test_a_draft_is_compared_with_the_edition_in_force(bank):
    into = programme(bank.school, COURSES)
    posted(bank, [bank.row(0, 0), bank.row(1, 1), bank.row(2, 2)])
    for learner_id in bank.learners:
        enrolled(learner_id, into)
    operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=two_rules("老年照护"), now=NOW)
    found = tried(bank.school, two_rules("护理学基础", edition="2027"))
    assert found.trial.beside == Beside(edition="2026", risen=1, gained=300, fallen=1, lost=300, same=1)


def two_rules(spec, edition="2026"):
    """Return a book with a rule for one course, and one for 高等数学."""
    rules = [documents.rule("A", spec=spec), documents.rule("B", spec="高等数学", course="数据库")]
    used = [
        documents.case("a", spec=spec, uses_rules=["A"]),
        documents.case("b", spec="高等数学", gives="3", uses_rules=["B"]),
    ]
    none = documents.case("none", spec="大学英语四级", gives="0", not_rules={"A": "none_held", "B": "none_held"})
    return documents.book(edition=edition, rules=rules, cases=[*used, none])


def test_an_archive_that_cannot_be_worked_out_is_counted_with_the_reason(bank, monkeypatch):
    posted(bank, [bank.row(0, 0)])
    enrolled(bank.learners[0], programme(bank.school, COURSES))

    def too_hard(*_):
        raise errors.PlanTooHard

    monkeypatch.setattr(trying.planning, "plan", too_hard)
    found = tried(bank.school, documents.book(rules=[documents.rule(spec="护理学基础")], cases=cases("护理学基础")))
    assert found.trial.unread == ((Text(errors.PlanTooHard.zh, errors.PlanTooHard.en), 1),)
    assert found.trial.unread_learners == 1


def test_many_archives_are_read_by_as_many_questions_as_one(bank, django_assert_num_queries):
    posted(bank, [bank.row(n, course) for n in range(3) for course in range(3)])
    into = programme(bank.school, COURSES)
    for learner_id in bank.learners:
        enrolled(learner_id, into)
    with CaptureQueriesContext(connection) as one:
        single = [holdings(SYSTEM, learner_id) for learner_id in bank.learners]
    with django_assert_num_queries(len(one) // 3):
        many = holdings_of(SYSTEM, bank.learners)
    assert [many[learner_id].achievements for learner_id in bank.learners] == [each.achievements for each in single]
    assert [many[learner_id].enrolments for learner_id in bank.learners] == [each.enrolments for each in single]


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
