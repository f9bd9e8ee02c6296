"""The field of a form carries a token that Django takes for this browser's, and for no other's."""

import re

from django.middleware.csrf import CsrfViewMiddleware, _does_token_match, _unmask_cipher_token
from django.test import RequestFactory
from markupsafe import Markup, escape

from creditbank.entrance.tokens import Field, masked
from creditbank.identity import operations as identity
from creditbank.kernel.actor import system
from tests.rooms.archive.conftest import small_bank

SECRET = "abcdefghijklmnopqrstuvwxyzABCDEF"
OTHER = "0123456789abcdefghijklmnopqrstuv"


def token(field):
    return re.fullmatch(r'<input type="hidden" name="csrfmiddlewaretoken" value="([0-9A-Za-z]{64})">', field)[1]


def test_a_token_is_of_its_secret_alone_and_each_is_masked_otherwise():
    tokens = [masked(SECRET) for _ in range(200)]
    assert len(set(tokens)) == len(tokens)
    assert {_unmask_cipher_token(each) for each in tokens} == {SECRET}
    assert all(_does_token_match(each, SECRET) and not _does_token_match(each, OTHER) for each in tokens)
    assert len({sign for each in tokens for sign in each[:32]}) == 62


def test_a_browser_with_a_secret_keeps_it_and_one_without_is_given_one():
    request = RequestFactory().get("/")
    request.META["CSRF_COOKIE"] = SECRET
    first = escape(Field(request))
    assert isinstance(first, Markup)
    assert _unmask_cipher_token(token(first)) == SECRET == request.META["CSRF_COOKIE"]
    assert request.META["CSRF_COOKIE_NEEDS_UPDATE"]
    new = RequestFactory().get("/")
    assert _unmask_cipher_token(token(escape(Field(new)))) == new.META["CSRF_COOKIE"]


def test_who_signs_in_is_given_a_secret_that_their_pages_leave_as_it_is(db, client, settings, now):
    sign_in = client.get("/account/login")
    before = sign_in.cookies["csrftoken"]
    assert int(before["max-age"]) > settings.SESSION_COOKIE_AGE
    assert "csrftoken" in client.get("/account/login").cookies  # a visitor's is kept for longer at each form
    who = {"login": "13900000001", "password": "slow-river-41"}
    identity.create_learner_login(
        actor=system("command-line"), learner_id=small_bank().learners[0], name="张三", now=now, **who
    )
    answer = client.post("/account/login", who)
    assert answer.status_code == 302
    given = answer.cookies["csrftoken"]
    assert given.value != before.value
    assert int(given["max-age"]) > settings.SESSION_COOKIE_AGE
    page = client.get("/archive/")
    assert page.status_code == 200
    assert "csrftoken" not in page.cookies
    assert _unmask_cipher_token(re.search(r'csrfmiddlewaretoken" value="(\w{64})"', page.text)[1]) == given.value


def test_a_page_that_shows_no_form_sets_no_cookie_and_one_that_shows_several_has_one_token():
    request = RequestFactory().get("/")
    field = Field(request)
    assert "CSRF_COOKIE" not in request.META
    assert escape(field) == escape(field)


def test_a_form_with_the_token_is_let_in_and_one_with_anothers_is_not(settings):
    settings.CSRF_FAILURE_VIEW = "django.views.csrf.csrf_failure"
    answers = {}
    for secret in (SECRET, OTHER):
        request = RequestFactory().post("/", {"csrfmiddlewaretoken": masked(secret)})
        request.COOKIES["csrftoken"] = SECRET
        check = CsrfViewMiddleware(lambda request: None)
        check.process_request(request)
        answers[secret] = check.process_view(request, lambda request: None, (), {})
    assert answers[SECRET] is None
    assert answers[OTHER].status_code == 403
