"""Every address of signing in, from our own templates, in both languages, and the ways through them."""

import re
from datetime import UTC, datetime

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from django.core.cache import cache
from django.test import Client
from django.urls import reverse
from django.utils import translation

from creditbank.evidence import queries as evidence
from creditbank.identity import models, operations, queries
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.types import Cause
from creditbank.kernel.actor import system
from creditbank.portal.public import account_urls

NOW = datetime(2026, 11, 22, 2, 0, tzinfo=UTC)
PASSWORD = "willow-bridge-42"
NEW = "harbour-lantern-7"
NAMES = [each.name for each in account_urls.urlpatterns]
LANGUAGES = {"zh": "zh-hans", "en": "en"}
HAN = re.compile(r"[\u4e00-\u9fff]")
pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def nobody_is_locked_out():
    cache.clear()


@pytest.fixture(autouse=True)
def in_the_demo(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda self: False))


@pytest.fixture
def outside_the_demo(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda self: True))


def staff(login="li.min", *, must_change=False):
    return operations.create_staff(
        actor=system("test"),
        organization_id=31,
        login=login,
        name="Li Min",
        password=PASSWORD,
        must_change_password=must_change,
        now=NOW,
    )


def address(name, language="zh"):
    with translation.override(LANGUAGES[language]):
        return reverse(name)


def facts():
    return [stored.fact.name.removeprefix("identity.").removesuffix(".v1") for stored in evidence.facts()]


def sign_in(client, login="li.min", password=PASSWORD, language="zh"):
    return client.post(address("account_login", language), {"login": login, "password": password})


def code_from(secret):
    """Return the six digits that an authenticator shows now."""
    counter = next(iter(yield_hotp_counters_from_time()))
    return format_hotp_value(hotp_value(secret, counter))


def with_second_factor(client, user):
    """Set the second factor up through the pages, as a person does."""
    sign_in(client)
    activate = address("mfa_activate_totp")
    again = client.get(activate)
    assert again.url.startswith(address("account_reauthenticate"))
    client.post(again.url, {"password": PASSWORD})
    secret = re.search(r'class="mono">([A-Z2-7]{16,})<', client.get(activate).content.decode())[1]
    answer = client.post(activate, {"code": code_from(secret)})
    assert answer.url == address("mfa_view_recovery_codes")
    return client.get(answer.url).content.decode()


def check_ours(page, language):
    text = page.content.decode()
    assert f'<html lang="{"en" if language == "en" else "zh-CN"}">' in text
    assert "creditbank.css" in text
    assert "style=" not in text
    main = text[text.index("<main") : text.index("</main>")]
    assert len(main) > 200
    if language == "en":
        assert HAN.findall(re.sub(r'<(\w+)[^>]*lang="zh-CN".*?</\1>', "", main, flags=re.DOTALL)) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_signed_out_every_address_is_our_page_or_leads_to_one(name, language, client):
    page = client.get(address(name, language), follow=True)
    assert page.status_code == 200
    if name in {"account_login", "account_signup", "account_reset_password", "account_inactive"}:
        assert page.redirect_chain == []
    if page.request["PATH_INFO"] not in {address("home"), address("home", "en")}:
        check_ours(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NAMES)
def test_staff_without_a_second_factor_see_our_pages(name, language, client):
    staff()
    sign_in(client)
    page = client.get(address(name, language), follow=True)
    known = {"mfa_deactivate_totp": 404, "mfa_view_recovery_codes": 404, "account_contact": 403}
    assert page.status_code == known.get(name, 200)
    if page.status_code == 200 and page.request["PATH_INFO"] not in {address("home"), address("home", "en")}:
        check_ours(page, language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_staff_with_a_second_factor_see_our_pages(language, client):
    user = staff()
    with_second_factor(client, user)
    for name in sorted(set(NAMES) - {"account_contact"}):
        page = client.get(address(name, language), follow=True)
        assert page.status_code == 200, name
        if page.request["PATH_INFO"] not in {address("home"), address("home", "en")}:
            check_ours(page, language)
    half_way = Client()
    assert sign_in(half_way, language=language).url == address("mfa_authenticate", language)
    check_ours(half_way.get(address("mfa_authenticate", language)), language)


def test_signing_in_and_out_are_facts(client):
    user = staff()
    assert sign_in(client, "LI. MIN").url == address("home")
    client.post(address("account_logout"))
    assert facts()[1:] == ["signed_in", "signed_out"]
    assert [s.fact.body for s in evidence.facts()][1:] == [{"user": user.id, "second_factor": False}, {"user": user.id}]


@pytest.mark.parametrize(
    ("language", "sentence"), [("zh", "登录名与密码对不上"), ("en", "The sign-in name and password do not match")]
)
def test_a_failure_is_said_at_the_field_and_names_nobody_in_the_log(language, sentence, client):
    user = staff()
    for login, known in [("li.min", user.id), ("nobody", None)]:
        page = sign_in(client, login, "wrong", language).content.decode()
        assert re.search(rf'id="password-error">.*?{sentence}', page, re.DOTALL)
        fact = [s.fact for s in evidence.facts()][-1]
        assert (fact.name, dict(fact.body)) == ("identity.sign_in_failed.v1", {"user": known})


def test_five_failures_lock_the_name_however_typed_and_a_reset_opens_it(client):
    user = staff()
    for typed in ["li.min", "LI.MIN", " li . min", "Li.Min", "ｌｉ.ｍｉｎ"]:
        assert "登录名与密码对不上" in sign_in(client, typed, "wrong").content.decode()
    assert "15分钟内不能再试" in sign_in(client).content.decode()
    slip = operations.issue_reset(actor=system("test"), user_id=user.id, organization_id=31, now=datetime.now(UTC))
    form = {"login": "li.min", "code": slip.code, "password1": NEW, "password2": NEW}
    assert client.post(address("account_reset_password"), form).url == address("account_login")
    assert sign_in(client, password=NEW).url == address("home")


@pytest.mark.parametrize(
    ("change", "field", "sentence"),
    [
        ({"login": ""}, "login", "请填登录名"),
        ({"code": "2222-2222-2222"}, "code", "对不上"),
        ({"password1": "short", "password2": "short"}, "password1", "至少10位"),
        ({"password2": "other"}, "password2", "不一样"),
    ],
)
def test_a_reset_says_at_the_field_what_is_wrong(change, field, sentence, client):
    user = staff()
    slip = operations.issue_reset(actor=system("test"), user_id=user.id, organization_id=31, now=datetime.now(UTC))
    form = {"login": "li.min", "code": slip.code, "password1": NEW, "password2": NEW, **change}
    page = client.post(address("account_reset_password"), form)
    assert page.status_code == 422
    assert re.search(rf'id="{field}-error">.*?{sentence}', page.content.decode(), re.DOTALL)


def test_changing_the_password_ends_other_sessions_and_is_a_fact(client):
    user = staff(must_change=True)
    other = Client()
    sign_in(client)
    sign_in(other)
    assert queries.password_change_due(models.User.objects.get(pk=user.id))
    change = address("account_change_password")
    wrong = client.post(change, {"oldpassword": "x", "password1": "short", "password2": "y"}).content.decode()
    for field, sentence in [("oldpassword", "现在的密码不对"), ("password1", "至少10位")]:
        assert re.search(rf'id="{field}-error">.*?{sentence}', wrong, re.DOTALL)
    differ = client.post(change, {"oldpassword": PASSWORD, "password1": NEW, "password2": "y"}).content.decode()
    assert "两次填的新密码不一样" in differ
    done = client.post(change, {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}, follow=True)
    assert "密码已改" in done.content.decode()
    assert facts()[-1] == "password_changed"
    assert not queries.password_change_due(models.User.objects.get(pk=user.id))
    assert client.get(change).status_code == 200
    assert other.get(change).status_code == 302


def test_a_second_factor_is_set_up_used_and_taken_away_with_facts(client):
    user = staff()
    page = with_second_factor(client, user)
    assert facts()[-2:] == ["factor_added", "factor_added"]
    spare = re.search(r"<li>(\w{8})</li>", page)[1]
    assert "secret" in Authenticator.objects.get(type="totp").data
    assert spare not in repr(list(Authenticator.objects.values()))
    phone = Client()
    assert sign_in(phone).url == address("mfa_authenticate")
    assert "验证码对不上" in phone.post(address("mfa_authenticate"), {"code": "000000"}).content.decode()
    assert phone.post(address("mfa_authenticate"), {"code": spare}).url == address("home")
    assert facts()[-3:] == ["factor_failed", "factor_used", "signed_in"]
    client.post(address("mfa_generate_recovery_codes"))
    client.post(address("mfa_deactivate_totp"))
    assert facts()[-3:] == ["factor_renewed", "factor_removed", "factor_removed"]
    assert not Authenticator.objects.exists()


def test_who_lost_the_phone_is_let_in_by_another(client):
    user = staff()
    with_second_factor(client, user)
    operations.clear_second_factor(
        actor=system("test"), user_id=user.id, organization_id=31, cause=Cause.DEVICE_LOST, now=NOW
    )
    assert sign_in(Client()).url == address("home")


@pytest.mark.usefixtures("outside_the_demo")
def test_outside_the_demo_staff_lack_a_second_factor_until_they_have_one(client):
    user = staff()
    account = models.User.objects.get(pk=user.id)
    assert queries.second_factor_missing(account)
    with_second_factor(client, user)
    assert not queries.second_factor_missing(account)


@pytest.mark.usefixtures("outside_the_demo")
def test_learners_need_no_second_factor():
    user = operations.create_learner_login(
        actor=system("claim"), learner_id=7, login="13800004417", name="Lin", password=PASSWORD, now=NOW
    )
    assert not queries.second_factor_missing(models.User.objects.get(pk=user.id))


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_learner_changes_phone_and_mail_on_one_page_both_or_neither(language, client):
    operations.create_learner_login(
        actor=system("claim"), learner_id=7, login="13800004417", name="Lin", password=PASSWORD, now=NOW
    )
    sign_in(client, "13800004417")
    page = address("account_contact", language)
    check_ours(client.get(page), language)
    wrong = client.post(page, {"phone": "13800004418", "email": "lin"})
    assert wrong.status_code == 422
    assert 'id="email-error"' in wrong.content.decode()
    assert 'id="phone-error"' in client.post(page, {"phone": "5", "email": ""}).content.decode()
    assert queries.learner_user(7).login == "13800004417"
    assert client.post(page, {"phone": "13800004418", "email": "lin@example.org"}).url == page
    assert queries.learner_user(7).login == "13800004418"


def test_in_the_demo_nobody_needs_a_second_factor():
    assert not queries.second_factor_missing(models.User.objects.get(pk=staff().id))


def test_a_closed_sign_in_is_out_with_the_next_click(client):
    user = staff()
    sign_in(client)
    operations.deactivate(actor=system("test"), user_id=user.id, organization_id=31, cause=Cause.LEFT, now=NOW)
    assert client.get(address("account_sessions")).status_code == 302


def test_sessions_are_listed_and_ended_everywhere_else(client):
    user = staff()
    other = Client(headers={"user-agent": "Kiosk in the library"})
    sign_in(client)
    sign_in(other)
    assert len(queries.sessions(user.id)) == 2
    page = client.get(address("account_sessions")).content.decode()
    assert "您在2处登录" in page
    assert "Kiosk in the library" in page
    client.post(address("account_sessions"))
    fact = [s.fact for s in evidence.facts()][-1]
    assert (fact.name, dict(fact.body)) == ("identity.sessions_ended.v1", {"user": user.id, "sessions": 1})
    assert other.get(address("account_sessions")).status_code == 302
    assert client.get(address("account_sessions")).status_code == 200


def test_nobody_signs_up(client):
    assert address("claim") in client.get(address("account_signup")).content.decode()
    form = {"username": "x", "password1": NEW, "password2": NEW}
    assert client.post(address("account_signup"), form).status_code == 405
    assert not models.User.objects.exists()


def test_signing_in_leads_back_to_where_one_was_but_never_elsewhere(client):
    staff()
    login = address("account_login")
    page = client.get(f"{login}?next=/account/sessions").content.decode()
    assert '<input type="hidden" name="next" value="/account/sessions">' in page
    form = {"login": "li.min", "password": PASSWORD}
    assert client.post(login, {**form, "next": "https://elsewhere.example/"}).url == address("home")
    assert Client().post(login, {**form, "next": "/account/sessions"}).url == "/account/sessions"
