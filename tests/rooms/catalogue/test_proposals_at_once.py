"""Two batches propose the same courses at the same moment, on real connections."""

import threading
from time import monotonic, sleep

import pytest
from django.db import connection, transaction

from creditbank.catalogue import models, operations, queries
from creditbank.catalogue.errors import EditionAtOnce
from creditbank.catalogue.types import CourseKind, Nature, NewCourse, NewProgramme, ProgrammeCourse, RequirementGroup
from creditbank.evidence import queries as evidence
from creditbank.kernel.text import Text
from tests.rooms.catalogue.conftest import NOW, SYSTEM, certificate, small_bank

BATCHES = 4


def proposed_at_once(organization_id, batches):
    barrier = threading.Barrier(len(batches))
    answers = [None] * len(batches)

    def run(place, courses):
        try:
            connection.ensure_connection()
            barrier.wait(timeout=10)
            answers[place] = operations.propose_courses(
                actor=SYSTEM, organization_id=organization_id, courses=courses, now=NOW
            )
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(batches)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    return answers


@pytest.mark.parametrize("attempt", range(3))
def test_a_course_in_several_batches_gets_one_row_and_one_fact(transactional_db, attempt):
    school = small_bank().school
    courses = [NewCourse(f"课程{number}", 200) for number in range(300)]
    # Each batch in another order: without an order of its own, the inserts would lock each other up.
    batches = [courses[shift:] + courses[:shift] for shift in range(0, 300, 300 // BATCHES)]
    answers = proposed_at_once(school, batches)
    assert all(answer == answers[0] for answer in answers)
    assert models.Specification.objects.filter(issuer_id=school).count() == len(courses) == len(answers[0])
    facts = [stored.fact.body["specifications"] for stored in evidence.facts(name="catalogue.courses_proposed.v1")]
    assert sum(facts) == len(courses)
    assert len(queries.courses_of(school)) == len(courses)


def test_thousands_are_defined_within_seconds(transactional_db):
    bank = small_bank()
    many = [certificate(bank, f"职业技能等级证书第{number}号") for number in range(3000)]
    began = monotonic()
    assert len(operations.define_many(actor=SYSTEM, new=many, now=NOW)) == len(many)
    assert monotonic() - began < 20


def test_of_two_editions_of_a_programme_at_once_the_later_is_refused(transactional_db):
    school = small_bank().school
    [course] = proposed_at_once(school, [[NewCourse("高等数学", 300)]])[0].values()
    new = NewProgramme(
        organization_id=school,
        code="080901",
        name=Text("计算机科学与技术"),
        credits_required=300,
        unit_id=1,
        level_code="85",
        category_code="322",
        groups=(
            RequirementGroup(
                "all", Text("全部"), None, (ProgrammeCourse(course, Nature.REQUIRED, CourseKind.CORE, 300),)
            ),
        ),
    )
    inserted = threading.Event()

    def first():
        try:
            with transaction.atomic():
                operations.define_programme(actor=SYSTEM, new=new, now=NOW)
                inserted.set()
                # The other one has counted the editions by now, and waits for this row.
                sleep(0.5)
        finally:
            connection.close()

    thread = threading.Thread(target=first)
    thread.start()
    assert inserted.wait(timeout=10)
    with pytest.raises(EditionAtOnce):
        operations.define_programme(actor=SYSTEM, new=new, now=NOW)
    thread.join(timeout=10)
    assert [programme.edition for programme in queries.programmes_of(school)] == [1]
