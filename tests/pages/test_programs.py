"""What a school's program may ask with its key: the worth of the school's own learners, and nothing of others."""

from datetime import timedelta
from types import MappingProxyType

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from creditbank.archive import queries as archive
from creditbank.conversion import queries
from creditbank.entrance.programs import KeyUnknown
from creditbank.identity import operations as identity, rules
from creditbank.identity.errors import TooManyRequests
from creditbank.identity.types import READING_WORTH, Gate, GateLimits, Limit
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.learners import queries as learners
from creditbank.organizations import operations as organizations
from tests.pages.asking import Asker
from tests.pages.world import NOW, SYSTEM

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def untouched(ask: Asker):
    """What a test writes is gone after it."""
    with transaction.atomic():
        yield
        transaction.set_rollback(True)


def program(ask: Asker, place: str) -> Client:
    thing = next(each for each in ask.world.of("client") if each.place == place)
    return Client(HTTP_AUTHORIZATION=f"Bearer {thing.ids['key']}")


def number(ask: Asker, place: str, mark: str) -> str:
    found = (each for each in ask.world.of("account") if each.place == place and each.marks[0].startswith(mark))
    return str(next(found).ids["number"])


def address(account: str) -> str:
    return f"/api/v1/learners/{account}/worth"


def test_a_program_reads_what_a_student_of_its_school_is_worth_and_the_student_reads_that_it_did(ask: Asker) -> None:
    learner_id = ask.world.learner_ids["a"]
    account = learners.by_id(learner_id).account_number
    asking = program(ask, "s")
    for _ in range(2):
        response = asking.get(address(account))
        assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    told = response.json()
    assert (told["account"], told["goal"]) == (account, None)
    assert set(told) == {"account", "as_of", "goal", "programmes", "awards"}
    seen = learners.profile(actor=SYSTEM, learner_id=learner_id, now=NOW).accesses
    [mine] = [each for each in seen if each.actor.startswith("client:")]
    assert mine.organization_id == ask.world.id("s")


def test_it_sees_the_entries_and_studies_of_its_own_school_alone(ask: Asker) -> None:
    here = Reach(organizations=frozenset({ask.world.id("s")}))
    actor = Actor(ActorKind.CLIENT, 1, "接口", tuple(Grant(each, here) for each in sorted(READING_WORTH)))
    learner_id = ask.world.learner_ids["a"]
    held = queries.holdings(actor, learner_id)
    assert {each.entry.key.organization_id for each in held.archived} == {ask.world.id("s")}
    assert {each.organization_id for each in held.enrolments} == {ask.world.id("s")}
    assert len(archive.archive_of(actor=SYSTEM, learner_id=learner_id)) > len(held.archived)


@pytest.mark.parametrize("place", ["o", "c", "S", "O"])
def test_a_learner_of_another_place_is_not_there(ask: Asker, place: str) -> None:
    foreign = program(ask, "s").get(address(number(ask, place, "户")))
    nobody = program(ask, "s").get(address("999999999999"))
    assert (foreign.status_code, nobody.status_code) == (404, 404)
    assert foreign.json()["code"] == nobody.json()["code"] == "learners.account.not_found"


def test_a_program_without_the_permission_is_refused_and_so_are_people(ask: Asker) -> None:
    account = number(ask, "s", "户")
    assert program(ask, "s").get(address(account)).status_code == 200
    without = program(ask, "b").get(address(account))
    assert (without.status_code, without.json()["code"]) == (403, "permission.missing")
    for who in ("nobody", "learner a", "auditor s", "bank-administrator k*"):
        answer = ask.world.people[who].get(address(account))
        assert (answer.status_code, answer.json()["code"]) == (403, "entrance.sign_in_needed"), who


def test_a_key_opens_the_programs_door_only(ask: Asker) -> None:
    for name in ("batches", "accounts", "organizations"):
        assert program(ask, "s").get(reverse(name)).status_code == 302
    assert program(ask, "s").get("/api/v1/worth").json()["code"] == "entrance.sign_in_needed"


def test_a_key_that_is_none_or_was_revoked_is_told_so(ask: Asker) -> None:
    for place in ("/api/v1/rules", "/en/api/v1/rules"):
        assert Client(HTTP_AUTHORIZATION="Bearer cbk_none").get(place).json()["code"] == KeyUnknown.code
    made, key = identity.create_client(
        actor=SYSTEM, organization_id=ask.world.id("s"), name="临时", reads_worth=True, now=NOW
    )
    working = Client(HTTP_AUTHORIZATION=f"bearer {key}")
    assert working.get(address(number(ask, "s", "户"))).status_code == 200
    identity.revoke_client(actor=SYSTEM, client_id=made.id, now=NOW)
    assert working.get(address(number(ask, "s", "户"))).json()["code"] == KeyUnknown.code


def test_the_programs_of_a_suspended_school_may_nothing(ask: Asker) -> None:
    organizations.suspend(actor=SYSTEM, organization_id=ask.world.id("s"), now=NOW)
    assert program(ask, "s").get(address(number(ask, "s", "户"))).json()["code"] == "permission.missing"


def test_too_many_requests_with_one_key_are_put_off(ask: Asker, monkeypatch: pytest.MonkeyPatch) -> None:
    few = GateLimits(Limit(100, timedelta(minutes=10)), Limit(2, timedelta(minutes=10)), forgives=False)
    monkeypatch.setattr(rules, "GATES", MappingProxyType({**rules.GATES, Gate.PROGRAM: few}))
    answers = [program(ask, "s").get(address(number(ask, "s", "户"))) for _ in range(3)]
    assert [each.status_code for each in answers] == [200, 200, 429]
    assert answers[-1].json()["code"] == TooManyRequests.code
    assert int(answers[-1]["Retry-After"]) > 0
    assert program(ask, "c").get(address(number(ask, "c", "户"))).status_code == 200
