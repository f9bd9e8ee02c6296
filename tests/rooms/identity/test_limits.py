"""Limits at the gates before sign-in: by network and by account, for all processes, and never for honest schools."""

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse

from creditbank.entrance.limits import client_network
from creditbank.identity import models, operations, rules
from creditbank.identity.errors import TooManyAttempts, TooManyAttemptsToday
from creditbank.identity.types import Gate
from creditbank.kernel.actor import Actor, ActorKind, system
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind
from creditbank.project import environment
from tests.rooms.learners.people import PASSWORD, document

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
NOBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")
SYSTEM = system("test")
CLAIM = rules.GATES[Gate.CLAIM]
APPLY = rules.GATES[Gate.APPLY]
RESET = rules.GATES[Gate.RESET]
pytestmark = pytest.mark.django_db


def given(gate=Gate.CLAIM, address="192.0.2.7", account="resident-id:1", now=NOW):
    return {"actor": NOBODY, "gate": gate, "address": address, "account": account, "now": now}


def count(**more):
    operations.count_attempt(**given(**more))


def fill(limit, **more):
    for number in range(limit.attempts_max):
        count(**{"account": f"a{number}", "address": f"198.51.100.{number}", **more})


def test_one_account_is_tried_so_often_and_not_once_more_from_whatever_address():
    fill(RESET.account, gate=Gate.RESET, account="one")
    with pytest.raises(TooManyAttempts) as refused:
        count(gate=Gate.RESET, account="one", address="203.0.113.1")
    assert refused.value.details == {"seconds": 3600, "minutes": 60}
    count(gate=Gate.RESET, account="another", address="203.0.113.1")


def test_a_stranger_who_guesses_at_claiming_stops_nobody_but_the_own_address():
    fill(CLAIM.account, account="one", address="192.0.2.7")
    with pytest.raises(TooManyAttemptsToday) as refused:
        count(account="one", address="192.0.2.7")
    assert refused.value.details == {"seconds": 86_400, "hours": 24}
    assert "24小时后再试" in refused.value.sentence("zh")
    count(account="one", address="203.0.113.1")
    count(account="another", address="192.0.2.7")


def test_one_address_is_let_in_so_often_and_not_once_more_for_whatever_account():
    fill(CLAIM.address, address="192.0.2.7")
    with pytest.raises(TooManyAttempts) as refused:
        count(now=NOW + timedelta(minutes=9, seconds=30))
    assert refused.value.details == {"seconds": 30, "minutes": 1}
    count(address="192.0.2.8")


def test_the_span_begins_with_the_first_and_ends_for_all():
    fill(RESET.account, gate=Gate.RESET, account="one")
    count(gate=Gate.RESET, account="one", now=NOW + RESET.account.span)
    with pytest.raises(TooManyAttempts):
        fill(RESET.account, gate=Gate.RESET, account="one", now=NOW + RESET.account.span + timedelta(minutes=1))


def test_a_school_behind_one_address_claims_without_end_because_success_is_not_counted():
    for number in range(CLAIM.address.attempts_max * 2):
        one = given(account=f"a{number}")
        operations.count_attempt(**one)
        operations.forgive_attempt(**one)
    count()


def test_applications_that_succeed_are_counted():
    for _ in range(APPLY.account.attempts_max):
        operations.count_attempt(**given(gate=Gate.APPLY))
        operations.forgive_attempt(**given(gate=Gate.APPLY))
    with pytest.raises(TooManyAttempts):
        count(gate=Gate.APPLY)


def test_gates_count_apart_and_a_name_is_one_name_however_typed():
    fill(rules.GATES[Gate.RESET].account, gate=Gate.RESET, account="Ｌｉ . Min")
    with pytest.raises(TooManyAttempts):
        count(gate=Gate.RESET, account="li.min")
    count(account="li.min")


def test_neither_addresses_nor_documents_are_kept_and_what_is_over_is_deleted():
    count(account="resident-id:310199199503080010")
    stored = [bytes(row.key) for row in models.Attempts.objects.all()]
    assert [len(key) for key in stored] == [32, 32]
    assert not any(b"192.0.2.7" in key or b"310199" in key for key in stored)
    count(address="192.0.2.9", account="later", now=NOW + timedelta(hours=25))
    assert models.Attempts.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_attempts_at_once_are_all_counted():
    answers = []

    def one():
        try:
            count(account="one")
            answers.append("in")
        except TooManyAttempts:
            answers.append("out")
        finally:
            connection.close()

    threads = [threading.Thread(target=one) for _ in range(CLAIM.account.attempts_max + 4)]
    [thread.start() for thread in threads]
    [thread.join() for thread in threads]
    assert (answers.count("in"), answers.count("out")) == (CLAIM.account.attempts_max, 4)


PERSON = {"name": "林晓岚", "kind": "resident-id", "number": document(1).number}
FORM = PERSON | {"code": "AAAA-AAAA-AAAA", "login": "13900000001", "password1": PASSWORD, "password2": PASSWORD}


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    ("language", "title", "way"), [("", "试得太多", "网点"), ("/en", "Too many attempts", "outlet")]
)
def test_guessing_at_claiming_ends_on_a_page_that_says_when_and_what_else(language, title, way):
    page = f"{language}{reverse('claim')}"
    for _ in range(CLAIM.account.attempts_max):
        assert Client().post(page, FORM).status_code == 422
    stopped = Client().post(page, FORM)
    assert stopped.status_code == 429
    assert 86_300 < int(stopped["Retry-After"]) <= 86_400
    assert title in stopped.content.decode()
    assert way in stopped.content.decode()
    assert Client().get(page).status_code == 200
    other = Client().post(page, FORM | {"number": document(2).number})
    assert other.status_code == 422
    told = Client().post(page, FORM, headers={"accept": "application/json"})
    assert (told.status_code, told.json()["code"]) == (429, "identity.rate.exceeded_today")
    assert told["Retry-After"]


@pytest.mark.django_db(transaction=True)
def test_what_is_misspelt_at_the_form_is_no_attempt():
    for _ in range(CLAIM.account.attempts_max + 1):
        assert Client().post(reverse("claim"), FORM | {"number": "310199199503080000"}).status_code == 422
        assert Client().post(reverse("claim"), FORM | {"password2": "other"}).status_code == 422
    assert models.Attempts.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_a_class_claims_from_one_address_and_every_account_is_claimed(monkeypatch):
    monkeypatch.setitem(rules.GATES, Gate.CLAIM, CLAIM.__class__(CLAIM.account, CLAIM.account, forgives=True))
    place = organizations.open_organization(
        actor=SYSTEM, parent_id=None, code="YJ-CENTRE", kind=OrganizationKind.CENTRE, name=Text("管理中心"), now=NOW
    )
    here = {"actor": SYSTEM, "organization_id": place.id, "now": datetime.now(UTC)}
    for number in range(CLAIM.account.attempts_max + 2):
        opened = learners.open_account(**here, name="林晓岚", document=document(number))
        code = learners.issue_claim_code(**here, learner_id=opened.learner_id).code
        form = FORM | {"code": code, "number": document(number).number, "login": f"139000000{number:02d}"}
        assert Client().post(reverse("claim"), form).status_code == 302


@pytest.mark.django_db(transaction=True)
def test_applying_again_and_again_with_one_document_ends(monkeypatch):
    place = organizations.open_organization(
        actor=SYSTEM, parent_id=None, code="YJ-CENTRE", kind=OrganizationKind.CENTRE, name=Text("管理中心"), now=NOW
    )
    outlet = organizations.open_organization(
        actor=SYSTEM, parent_id=place.id, code="YJ-O1", kind=OrganizationKind.OUTLET, name=Text("临江网点"), now=NOW
    )
    form = PERSON | {"place": outlet.public_id, "contact": "13900000002"}
    answers = [Client().post(reverse("apply_for_account"), form).status_code for _ in range(6)]
    assert answers == [302, 422, 422, 422, 422, 429]


@pytest.mark.django_db(transaction=True)
def test_reset_codes_are_not_guessed():
    form = {"login": "li.min", "code": "2222-2222-2222", "password1": PASSWORD, "password2": PASSWORD}
    page = reverse("account_reset_password")
    answers = {Client().post(page, form).status_code for _ in range(rules.GATES[Gate.RESET].account.attempts_max)}
    assert answers == {422}
    assert Client().post(page, form)["Retry-After"]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "203.0.113.9", "192.0.2.1"),
        (1, "203.0.113.9", "203.0.113.9"),
        (1, "203.0.113.66, 203.0.113.9", "203.0.113.9"),
        (2, "203.0.113.66, 203.0.113.9, 10.0.0.1", "203.0.113.9"),
        (1, "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        (1, "", "192.0.2.1"),
    ],
)
def test_the_address_is_the_one_that_our_own_proxies_saw(proxies, forwarded, network):
    told = {"HTTP_X_FORWARDED_FOR": forwarded} if forwarded else {}
    request = RequestFactory().get("/", REMOTE_ADDR="192.0.2.1", **told)
    with override_settings(ALLAUTH_TRUSTED_PROXY_COUNT=proxies):
        assert client_network(request) == network


def test_how_many_proxies_are_believed_is_a_setting():
    assert environment.read({}).proxies == 0
    assert environment.read({"CREDITBANK_HTTPS": "1"}).proxies == 1
    assert environment.read({"CREDITBANK_HTTPS": "1", "CREDITBANK_PROXIES": "2"}).proxies == 2
    assert environment.read({"CREDITBANK_PROXIES": "0", "CREDITBANK_HTTPS": "1"}).proxies == 0
