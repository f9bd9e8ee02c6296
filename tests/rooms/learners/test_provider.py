"""Claiming by an identity provider: the round trip of a browser, forged and stale answers, and what does not fit."""

import re
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
from django.apps import apps
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse
from django.utils import translation

from creditbank.learners import errors, operations, queries
from creditbank.learners.providers import LocalTestProvider, NoProvider
from creditbank.learners.types import ClaimedThrough, NewPerson, Status
from tests.rooms.learners.people import ANYBODY, HERE, LI, PASSWORD, document, sign_in
from tests.rooms.learners.test_opening import facts

HAN = re.compile(r"[\u4e00-\u9fff]")
PERSON = NewPerson("林晓岚", document(1))
SIGN_IN = {"login": "13900000001", "password1": PASSWORD, "password2": PASSWORD}


@pytest.fixture
def tested(monkeypatch):
    """Connect the bank to the test provider, as the demo is."""
    monkeypatch.setattr(apps.get_app_config("learners"), "provider", LocalTestProvider())


def held(now, token=None, *, state="s", asked="s", provider=None):
    provider = provider or LocalTestProvider()
    token = LocalTestProvider().token(PERSON) if token is None else token
    return operations.hold_vouching(
        actor=ANYBODY, provider=provider, token=token, state=state, asked_state=asked, now=now
    )


def claim(vouching, now):
    return operations.claim_with_provider(actor=ANYBODY, vouching=vouching, sign_in=sign_in(), now=now)


def test_a_provider_vouches_and_none_says_so(opened, now):
    with pytest.raises(errors.ProviderUnavailable):
        held(now, provider=NoProvider())
    with pytest.raises(errors.ProviderUnavailable):
        NoProvider().address(state="s", back="/")
    with pytest.raises(errors.VouchingInvalid):
        held(now, "x")
    claimed = claim(held(now), now)
    assert (claimed.status, claimed.claimed_through) == (Status.ACTIVE, ClaimedThrough.PROVIDER)
    assert [fact["through"] for fact in facts("learners.account_claimed.v1")] == ["provider"]


@pytest.mark.parametrize(("state", "asked"), [("forged", "s"), ("", ""), ("s", "")])
def test_an_answer_that_this_browser_did_not_ask_for_is_refused(now, state, asked):
    with pytest.raises(errors.VouchingUnasked):
        held(now, state=state, asked=asked)


def test_a_vouching_is_good_for_15_minutes_and_unreadable_to_whoever_keeps_it(opened, now):
    vouching = held(now)
    assert document(1).number not in vouching
    assert document(1).number.encode().hex() not in vouching
    with pytest.raises(errors.VouchingInvalid):
        claim(vouching, now + timedelta(minutes=16))
    assert claim(vouching, now + timedelta(minutes=15)).status is Status.ACTIVE


def test_a_vouched_person_without_an_account_is_told_the_way_to_one(db, now):
    with pytest.raises(errors.VouchedWithoutAccount):
        claim(held(now), now)


def test_another_name_opens_a_case_and_the_account_stays_unclaimed(opened, now):
    token = LocalTestProvider().token(NewPerson("林晓兰", document(1)))
    with pytest.raises(errors.VouchedNeedsRepair) as refused:
        claim(held(now, token), now)
    ((case, _),) = queries.open_repairs(actor=LI)
    assert refused.value.details["repair"] == case.public_id
    assert queries.by_id(opened.learner_id).status is Status.UNCLAIMED


def address(name, language):
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        return reverse(name)


def text(response):
    return response.content.decode()


def sent_away(client, language="zh"):
    """Press the button; return the provider's page."""
    page = client.get(address("claim_provider", language)).url
    assert urlsplit(page).path == address("claim_test_provider", language)
    return page


def come_back(client, language="zh", name="林晓岚"):
    """Go the whole way to the bank's page after the check."""
    answer = client.post(sent_away(client, language), {"name": name, "number": document(1).number})
    assert urlsplit(answer.url).path == address("claim_vouched", language)
    return client.get(answer.url, follow=True)


def check_english(page):
    body = re.sub(r"<[^>]+>", "", text(page).split("<main")[1].split("</main")[0])
    assert set(HAN.findall(body)) <= set("林晓岚")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_the_whole_round_trip_claims_the_account(tested, language, transactional_db):
    now = datetime.now(UTC)
    opened = operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    client = Client()
    first = client.get(address("claim", language))
    assert address("claim_provider", language) in text(first)
    desk = client.get(sent_away(client, language))
    page = come_back(client, language)
    if language == "en":
        for each in (first, desk, page):
            check_english(each)
    assert "token=" not in page.request["QUERY_STRING"]
    assert "林晓岚" in text(page)
    assert document(1).number not in text(page)
    stored = Session.objects.get().get_decoded()
    assert document(1).number not in str(stored)
    weak = client.post(address("claim_vouched", language), SIGN_IN | {"password1": "1", "password2": "1"})
    assert weak.status_code == 422
    assert 'id="password1-error"' in text(weak)
    done = client.post(address("claim_vouched", language), SIGN_IN)
    assert done.url == address("account_login", language)
    assert queries.by_id(opened.learner_id).claimed_through is ClaimedThrough.PROVIDER
    again = client.post(address("claim_vouched", language), SIGN_IN)
    assert again.url == address("claim", language)


def test_an_answer_is_used_once_and_by_the_browser_that_asked(tested, transactional_db):
    client, other = Client(), Client()
    answer = client.post(sent_away(client), {"name": "林晓岚", "number": document(1).number}).url
    stolen = other.get(answer, follow=True)
    assert stolen.redirect_chain[-1][0] == reverse("claim")
    assert "不是从这里开始的" in text(stolen)
    sent_away(other)
    assert "不是从这里开始的" in text(other.get(answer, follow=True))
    state = parse_qs(urlsplit(answer).query)["state"][0]
    assert "身份已核验" in text(client.get(answer, follow=True))
    assert "不是从这里开始的" in text(client.get(answer, follow=True))
    refused = client.get(reverse("claim_vouched"), {"state": state, "error": "access_denied"}, follow=True)
    assert refused.redirect_chain[-1][0] == reverse("claim")


def test_a_provider_that_says_no_leads_back_to_claiming(tested, transactional_db):
    client = Client()
    state = parse_qs(urlsplit(sent_away(client)).query)["state"][0]
    refused = client.get(reverse("claim_vouched"), {"state": state, "error": "access_denied"}, follow=True)
    assert "身份核验没有成功" in text(refused)


def test_a_name_that_differs_gets_a_case_number_on_the_page(tested, transactional_db):
    now = datetime.now(UTC)
    operations.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    client = Client()
    come_back(client, name="林晓兰")
    page = client.post(reverse("claim_vouched"), SIGN_IN)
    assert page.status_code == 422
    ((case, _),) = queries.open_repairs(actor=LI)
    assert case.public_id in text(page)


def test_a_bank_without_a_provider_shows_no_second_way(transactional_db):
    client = Client()
    assert reverse("claim_provider") not in text(client.get(reverse("claim")))
    for name in ("claim_provider", "claim_test_provider"):
        page = client.get(reverse(name), follow=True)
        assert page.redirect_chain[-1][0] == reverse("claim")
        assert "没有接入网上身份核验" in text(page)
    with pytest.raises(errors.ProviderUnavailable):
        queries.test_vouching(PERSON)


def test_the_test_page_says_what_is_missing_and_that_it_is_a_test(tested, transactional_db):
    client = Client()
    page = client.post(sent_away(client), {"name": "", "number": "310199199503080000"})
    assert page.status_code == 422
    assert 'id="number-error"' in text(page)
    assert 'id="name-error"' in text(page)
    assert "不核对任何人" in text(page)
