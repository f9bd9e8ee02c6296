"""From a signed-in user to an Actor: the only place where it is made for pages."""

from collections.abc import Callable
from typing import Final
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse

from creditbank.entrance.requests import BankRequest
from creditbank.identity import queries as identity
from creditbank.identity.types import UserKind
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import NotPermitted, Refusal, RefusalKind
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations

BANK_ZONE: Final = ZoneInfo("Asia/Shanghai")
ANONYMOUS: Final = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


class SignInNeeded(Refusal):
    """This page is for accounts of another kind; a browser that has not signed in is led to the sign-in instead."""

    code = "entrance.sign_in_needed"
    kind = RefusalKind.FORBIDDEN
    zh = "这一页要用另一种账户登录才能看。请登录，或换账户登录。"
    en = "This page is for another kind of account. Sign in with one of that kind."


def acting(request: BankRequest) -> Actor:
    """Return the actor of a request; staff carry the grants that hold today."""
    user = identity.signed_in(request.user)
    if user is None:
        return ANONYMOUS
    if user.kind is UserKind.LEARNER:
        return Actor(kind=ActorKind.LEARNER, id=user.id, name=user.name, learner_id=user.learner_id)
    today = request.now.astimezone(BANK_ZONE).date()
    grants = organizations.grants_of(user.id, on=today)
    return Actor(kind=ActorKind.STAFF, id=user.id, name=user.name, grants=grants)


class ActingPerson:
    """Set `request.actor`; who owes a new password or a second factor is sent there first."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: BankRequest) -> HttpResponse:
        """Answer as the acting person."""
        request.actor = acting(request)
        due = _due(request)
        if due is not None:
            free = (reverse(due), reverse("account_logout"), reverse("account_reauthenticate"), settings.STATIC_URL)
            if not request.path.startswith(free):
                return redirect(due)
        return self.get_response(request)


def _due(request: BankRequest) -> str | None:
    """Name the page that a person must pass before any other: a new password, a second factor."""
    if identity.password_change_due(request.user):
        return "account_change_password"
    return "mfa_activate_totp" if identity.second_factor_missing(request.user) else None


def need_permission(request: BankRequest, *permissions: Permission) -> None:
    """Refuse whoever is no member of staff, and staff that hold none of these permissions anywhere."""
    need_kind(request, ActorKind.STAFF)
    if not any(request.actor.holds_anywhere(permission) for permission in permissions):
        raise NotPermitted(permission=permissions[0].value)


def need_kind(request: BankRequest, kind: ActorKind) -> None:
    """Refuse whoever is not of this kind; the anonymous are sent to sign in by the entrance."""
    if request.actor.kind is not kind:
        raise SignInNeeded
