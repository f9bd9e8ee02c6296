"""Claiming by an identity provider: out to the provider, back with its answer, then the choice of a sign-in."""

import secrets
from typing import Final
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.documents import masked
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations, queries
from creditbank.learners.errors import ProviderUnavailable, VouchingInvalid, VouchingUnasked
from creditbank.learners.types import NewPerson
from creditbank.portal.people_forms import GUESSES, missing, shown, sign_in, typed, words, wrong

STATE_BYTES: Final = 24
#: What a browser's session keeps: the word it was sent away with, and the sealed answer it came back with.
STATE: Final = "claiming_state"
HELD: Final = "claiming_held"


@never_cache
@require_safe
def start(request: BankRequest) -> HttpResponse:
    """Send the person to the provider, with a word of this browser's own that the answer must bring back."""
    provider = queries.provider()
    if provider is None:
        return _begin_again(request, ProviderUnavailable())
    state = secrets.token_urlsafe(STATE_BYTES)
    request.session[STATE] = state
    request.session.pop(HELD, None)
    return redirect(provider.address(state=state, back=request.build_absolute_uri(reverse("claim_vouched"))))


@sensitive_post_parameters("password1", "password2")
@never_cache
@require_http_methods(["GET", "POST"])
def vouched(request: BankRequest) -> HttpResponse:
    """Take the provider's answer, then ask for the sign-in and claim the account."""
    try:
        if request.method == "GET" and "state" in request.GET:
            return _answered(request)
        held = request.session.get(HELD, "")
        person = queries.vouched_person(held, now=request.now)
    except (ProviderUnavailable, VouchingInvalid, VouchingUnasked) as refusal:
        return _begin_again(request, refusal)
    errors: dict[str, str] = {}
    if request.method == "POST":
        sentences = {"login": _("请填手机号，用来登录。"), "password1": _("请设密码。")}
        errors = missing(request, sentences) or _claimed(request, held, person)
        if not errors:
            del request.session[HELD]
            messages.success(request, _("认领成功。用刚填的手机号和密码登录，就能看到您的档案。"))
            return redirect("account_login")
    context = {
        "person": person,
        "number": masked(person.document.number),
        "words": words(),
        "values": typed(request, "login"),
        "errors": errors,
        "provider": queries.provider(),
    }
    return render(request, "public/claim_vouched.html", context, status=422 if errors else 200)


def _answered(request: BankRequest) -> HttpResponse:
    """Keep the answer sealed in the session, and show the page under an address that does not hold it."""
    provider = queries.provider()
    if provider is None:
        raise ProviderUnavailable
    request.session[HELD] = operations.hold_vouching(
        actor=request.actor,
        provider=provider,
        token=request.GET.get("token", ""),
        state=request.GET["state"],
        asked_state=request.session.pop(STATE, ""),
        now=request.now,
    )
    return redirect("claim_vouched")


def _claimed(request: BankRequest, held: str, person: NewPerson) -> dict[str, str]:
    """Try to claim; return what is wrong, by field."""
    tried = attempt(request, Gate.CLAIM, f"{person.document.kind}:{person.document.number}")
    try:
        operations.claim_with_provider(actor=request.actor, vouching=held, sign_in=sign_in(request), now=request.now)
    except Refusal as refusal:
        if refusal.code not in GUESSES:
            tried.succeeded()
        return wrong(refusal, request)
    tried.succeeded()
    return {}


def _begin_again(request: BankRequest, refusal: Refusal) -> HttpResponse:
    messages.error(request, refusal.sentence(request.lang))
    return redirect("claim")


@never_cache
@require_http_methods(["GET", "POST"])
def test_provider(request: BankRequest) -> HttpResponse:
    """Stand for a provider's own page where test people live: whoever is typed here is vouched for."""
    provider = queries.provider()
    if provider is None or not provider.is_test:
        return _begin_again(request, ProviderUnavailable())
    values = typed(request, "name", "number")
    errors: dict[str, str] = {}
    if request.method == "POST":
        paper, errors = shown(values | {"kind": "resident-id"}, request)
        if not values["name"]:
            errors["name"] = _("请填姓名，与证件一致。")
        if paper is not None and not errors:
            token = queries.test_vouching(NewPerson(name=values["name"], document=paper))
            state = request.GET.get("state", "")
            return redirect(f"{reverse('claim_vouched')}?{urlencode({'state': state, 'token': token})}")
    context = {"values": values, "errors": errors, "provider": provider}
    return render(request, "public/claim_test_provider.html", context, status=422 if errors else 200)
