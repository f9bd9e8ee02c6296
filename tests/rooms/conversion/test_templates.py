"""Programme templates and awards from deposit to what is shown: a school's file goes in, credit or a level comes out.

The four ways of double certificates, levels of 1+X from accumulated credits, and a degree from accumulated credits.
"""

from datetime import timedelta
from random import Random

import pytest
from django.db import transaction

from creditbank.catalogue import queries as catalogue
from creditbank.cli import demo_bank, demo_certificates, demo_house, demo_invented, demo_rules, demo_sheets, demo_tables
from creditbank.cli.demo_sheets import Style
from creditbank.cli.demo_studies import Sheet
from creditbank.conversion import queries
from creditbank.deposits.types import BatchStage
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.learners import queries as accounts
from tests.conftest import NOW

pytestmark = pytest.mark.django_db

POLYTECHNIC, ENGINEERING, VOCATIONAL = "4131012044", "4131010856", "4131012495"
WEB, BIM, CARE, SAVER = demo_invented.people(4, rng=Random(3))
TERMS = [f"{year}{month}" for year in range(2018, 2026) for month in ("06", "12")]
CREDITS_A_TERM = 20
COURSES = {(row.school, row.code): row for row in demo_tables.courses()}


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


def codes_of(programme, groups, most):
    found = next(row for row in demo_tables.programmes() if row["code"] == programme)
    codes, total = [], 0.0
    for group in found["groups"]:
        for course in group["courses"] if group["code"] in groups else ():
            if total + float(course["credits"]) <= most:
                codes.append(course["code"])
                total += float(course["credits"])
    return codes


def saved():
    """Courses of two schools, sixty credits and twenty-two of practice, no more than twenty a term."""
    first = codes_of("SPU-CAT-Z", ("required", "practice"), 60)
    second = codes_of("SUES-VE-B", ("practice",), 22)
    return {
        POLYTECHNIC: rows(SAVER, POLYTECHNIC, first, months=spread(first, POLYTECHNIC, TERMS)),
        ENGINEERING: rows(SAVER, ENGINEERING, second, months=spread(second, ENGINEERING, TERMS[6:])),
    }


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The house of the demonstration with its rule books, and what four people did, deposited by their schools."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = demo_house.build(now=NOW - timedelta(days=90))
        demo_certificates.define_examinations(built, now=NOW - timedelta(days=90))
        demo_rules.publish(built, now=NOW - timedelta(days=10))
        told = saved()
        told[POLYTECHNIC] += rows(WEB, POLYTECHNIC, ["SPJ011", "SPH010", "SPJ009", "SPH004"])
        told[VOCATIONAL] = [
            *rows(BIM, VOCATIONAL, ["UCJ007", "UCJ008", "UCH008"]),
            *rows(CARE, VOCATIONAL, ["UCG001"]),
        ]
        for school, lines in told.items():
            ending, content = demo_sheets.write(lines, style=Style())
            sheet = Sheet(school, "成绩", f"成绩.{ending}", content, len(lines), len(lines), 0)
            batch = demo_bank.deposit(built, sheet, NOW - timedelta(days=20))
            assert (batch.stage, batch.counts.kept) == (BatchStage.POSTED, len(lines))
        held = [(CARE, "X-ELDERCARE-2", 20260613), (BIM, "X-WEB-2", 20260613)]
        assert demo_certificates.post(built, held, now=NOW - timedelta(days=5)) == len(held)
        yield built
        transaction.set_rollback(True)


def actor_of(person):
    found = accounts.find_by_documents([person.document])[person.document]
    return Actor(kind=ActorKind.LEARNER, id=found.learner_id, name=person.name, learner_id=found.learner_id)


def given(person, code):
    """What the plan for a programme gives: kind, target and credits of each line, by rule."""
    actor = actor_of(person)
    programme = next(each for each in catalogue.programmes_on_offer(NOW.date()) if each.code == code)
    answer = queries.answer(actor, actor.learner_id, programme.public_id, day=NOW.date())
    return {
        grant["rule"]: [(line["kind"], line["target"], line.get("credits")) for line in grant["gives"]]
        for grant in answer.document["plan"]["grants"]
    }


def award(person, name):
    actor = actor_of(person)
    return next(
        each for each in queries.awards(actor, actor.learner_id, day=NOW.date()) if each.target.endswith(f"#{name}")
    )


def test_restructured_courses_free_the_theory_and_twelve_credits_make_a_level(house):
    found = given(WEB, "SPU-CAT-Z")
    assert [line[:2] for line in found["restructured-theory"]] == [("part", "理论考试")]
    assert [line[:2] for line in found["restructured-level"]] == [("level", "X-WEB-1")]


def test_a_certificate_gives_credits_of_courses(house):
    found = given(BIM, "SPU-CAT-Z")
    lines = [line for rule, lines in found.items() for line in lines if rule.startswith("web-intermediate")]
    assert sorted(lines) == [("course", "SPH010", "4"), ("course", "SPJ011", "3")]


def test_core_courses_at_the_standard_give_the_levels_directly(house):
    found = given(BIM, "SUCVC-QS-Z")
    assert [line[:2] for line in found["direct-elementary"]] == [("level", "X-BIM-1")]
    assert [line[:2] for line in found["direct-intermediate"]] == [("level", "X-BIM-2")]


def test_holders_are_freed_from_core_courses(house):
    found = given(CARE, "SUCVC-SEC-Z")
    assert found == {"certificate-core": [("course", "UCH011", "3"), ("course", "UCH014", "3")]}


def test_accumulated_credits_make_a_level_of_a_certificate(house):
    assert award(WEB, "x-web-elementary").attained
    short = award(CARE, "x-web-elementary")
    assert (short.attained, short.still_needed) == (False, 1200)


def test_accumulated_credits_of_two_schools_make_a_degree(house):
    assert award(SAVER, "associate").attained
    further = award(SAVER, "bachelor")
    assert not further.attained
    assert further.met < further.needs
