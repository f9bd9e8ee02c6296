"""Pages for everybody: claiming an account with a printed code, applying for one, following an application."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations, queries
from creditbank.portal.people_forms import GUESSES, missing, shown, sign_in, typed, words, wrong


@sensitive_post_parameters("code", "number", "password1", "password2")
@never_cache
@require_http_methods(["GET", "POST"])
def claim(request: BankRequest) -> HttpResponse:
    """Claim an account with code, name and document, and choose the sign-in: one page, good on a phone."""
    values, errors = typed(request, "code", "name", "kind", "number", "login"), {}
    if request.method == "POST":
        errors = missing(
            request,
            {
                "code": _("请填认领单上的12位认领码。"),
                "name": _("请填姓名，与证件一致。"),
                "number": _("请填证件号码。"),
                "login": _("请填手机号，用来登录。"),
                "password1": _("请设密码。"),
            },
        ) or _claimed(request, values)
        if not errors:
            messages.success(request, _("认领成功。用刚填的手机号和密码登录，就能看到您的档案。"))
            return redirect("account_login")
    context = {"values": values, "errors": errors, "words": words(), "provider": queries.provider()}
    return render(request, "public/claim.html", context, status=422 if errors else 200)


def _claimed(request: BankRequest, values: dict[str, str]) -> dict[str, str]:
    """Try to claim; return what is wrong, by field."""
    paper, errors = shown(values, request)
    if paper is None:
        return errors
    tried = attempt(request, Gate.CLAIM, f"{paper.kind}:{paper.number}")
    try:
        operations.claim_with_code(
            actor=request.actor,
            code=values["code"],
            name=values["name"],
            document=paper,
            sign_in=sign_in(request),
            now=request.now,
        )
    except Refusal as refusal:
        if refusal.code not in GUESSES:
            tried.succeeded()
        return wrong(refusal, request)
    tried.succeeded()
    return {}


@sensitive_post_parameters("number")
@never_cache
@require_http_methods(["GET", "POST"])
def apply_for_account(request: BankRequest) -> HttpResponse:
    """Apply for an account at an outlet."""
    values = typed(request, "place", "name", "kind", "number", "contact")
    errors: dict[str, str] = {}
    paper = None
    if request.method == "POST":
        paper, errors = shown(values, request)
    if paper is not None:
        attempt(request, Gate.APPLY, f"{paper.kind}:{paper.number}")
        try:
            sent = operations.apply_for_account(
                organization_id=queries.outlet(values["place"]),
                name=values["name"],
                document=paper,
                contact=values["contact"],
                now=request.now,
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            return redirect("application_progress", public_id=sent.public_id)
    context = {"values": values, "errors": errors, "words": words(), "outlets": queries.outlets()}
    return render(request, "public/open.html", context, status=422 if errors else 200)


@never_cache
@require_safe
def application_progress(request: BankRequest, public_id: str) -> HttpResponse:
    """Show how an application stands, to whoever holds its number."""
    return render(request, "public/open_progress.html", {"progress": queries.application_progress(public_id)})
