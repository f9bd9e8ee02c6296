"""Signing in, as far as it is the bank's own: no sign-up, reset by a one-time code, where one is signed in."""

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_safe

from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity import operations, queries
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal


@require_safe
def signup(request: BankRequest) -> HttpResponse:
    """Say that nobody opens a sign-in by themselves, and lead to claiming."""
    return render(request, "account/signup.html")


def too_many(request: BankRequest) -> HttpResponse:
    """Answer an address that tried too often within a minute; the sign-in library finds it as handler429."""
    response = render(request, "account/limited.html", status=429)
    response["Retry-After"] = "60"
    return response


@sensitive_post_parameters("code", "password1", "password2")
@never_cache
def reset(request: BankRequest) -> HttpResponse:
    """Set a new password by sign-in name and one-time code."""
    login = request.POST.get("login", "")
    errors = _reset(request, login) if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        messages.success(request, _("密码已改。用新密码登录。"))
        return redirect("account_login")
    status = 422 if errors else 200
    return render(request, "account/password_reset.html", {"login": login, "errors": errors}, status=status)


def _reset(request: BankRequest, login: str) -> dict[str, str]:
    """Try a reset; return what is wrong, by field."""
    missing = {
        "login": _("请填登录名：手机号、账户号或工作人员登录名。"),
        "code": _("请填重置码，共12位。"),
        "password1": _("请填新密码。"),
    }
    wrong = {name: sentence for name, sentence in missing.items() if not request.POST.get(name, "").strip()}
    if not wrong and request.POST["password1"] != request.POST.get("password2"):
        wrong = {"password2": _("两次填的新密码不一样。再填一次。")}
    if wrong:
        return wrong
    tried = attempt(request, Gate.RESET, login)
    try:
        operations.use_reset(
            login=login, code=request.POST["code"], password=request.POST["password1"], now=request.now
        )
    except Refusal as refusal:
        field = {"password": "password1"}.get(str(refusal.details["field"]), "code")
        return {field: refusal.sentence(request.lang)}
    tried.succeeded()
    get_adapter(request).forget_failures(request, login=login)  # type: ignore[attr-defined]  # ours, by ACCOUNT_ADAPTER
    return {}


@login_required
@never_cache
def contact(request: BankRequest) -> HttpResponse:
    """Show and change a learner's phone number, by which they sign in, and their mail address."""
    need_kind(request, ActorKind.LEARNER)
    user = queries.user(request.actor.id)
    values, errors = {"phone": user.login, "email": user.email}, {}
    if request.method == "POST":
        values = {name: request.POST.get(name, "").strip() for name in values}
        errors = _changed(request, values)
        if not errors:
            messages.success(request, _("已保存。下次用新的手机号或账号登录。"))
            return redirect("account_contact")
    return render(request, "account/contact.html", {"values": values, "errors": errors}, status=422 if errors else 200)


def _changed(request: BankRequest, values: dict[str, str]) -> dict[str, str]:
    """Change both or neither; return what is wrong, by field."""
    try:
        with transaction.atomic():
            operations.change_phone(actor=request.actor, phone=values["phone"], now=request.now)
            operations.change_email(actor=request.actor, email=values["email"], now=request.now)
    except Refusal as refusal:
        field = {"login": "phone"}.get(str(refusal.details["field"]), "email")
        return {field: refusal.sentence(request.lang)}
    return {}


@login_required
@never_cache
def sessions(request: BankRequest) -> HttpResponse:
    """Show where the person is signed in, and sign them out everywhere else."""
    key = request.session.session_key or ""
    if request.method == "POST":
        ended = operations.end_other_sessions(user_id=request.actor.id, session_key=key, now=request.now)
        done = ngettext("已退出%(num)s处登录。", "已退出%(num)s处登录。", ended) % {"num": ended}
        messages.success(request, done if ended else _("别处没有登录。"))
        return redirect("account_sessions")
    return render(request, "account/sessions.html", {"sessions": queries.sessions(request.actor.id), "key": key})
