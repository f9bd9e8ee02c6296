"""Programme templates and awards from deposit to what is shown: a school's file goes in, credit or a level comes out.

The four ways of double certificates, levels of 1+X from accumulated credits, and a degree from accumulated credits.
"""

from datetime import timedelta

import pytest
from django.db import transaction

from creditbank.catalogue import queries as catalogue
from creditbank.cli import demo_bank, demo_certificates, demo_house, demo_rules
from creditbank.conversion import queries
from creditbank.deposits.types import BatchStage
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.learners import queries as accounts
from tests.conftest import NOW
from tests.rooms.conversion.learned import BIM, CARE, CERTIFICATES, SAVER, SCHOLAR, WEB, sheet_of, told

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker):
    """The house of the demonstration with its rule books, and what five people did, deposited by their schools."""
    with django_db_blocker.unblock(), transaction.atomic():
        built = demo_house.build(now=NOW - timedelta(days=90))
        demo_certificates.define_examinations(built, now=NOW - timedelta(days=90))
        demo_rules.publish(built, now=NOW - timedelta(days=10))
        for school, lines in told().items():
            batch = demo_bank.deposit(built, sheet_of(school, lines), NOW - timedelta(days=20))
            assert (batch.stage, batch.counts.kept) == (BatchStage.POSTED, len(lines))
        assert demo_certificates.post(built, CERTIFICATES, now=NOW - timedelta(days=5)) == len(CERTIFICATES)
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


def test_more_credits_of_two_schools_make_a_bachelors_degree(house):
    assert award(SCHOLAR, "bachelor").attained
