"""Pages of what waits at a counter: applications for accounts, and cases of differing data."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.learners import operations, queries
from creditbank.portal.people_forms import words, wrong


@require_GET
def applications(request: BankRequest) -> HttpResponse:
    """List the applications that wait for this person's outlets."""
    need_kind(request, ActorKind.STAFF)
    waiting = queries.open_applications(actor=request.actor)
    return render(request, "staff/accounts_applications.html", {"applications": waiting})


@require_http_methods(["GET", "POST"])
def application(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one application beside the papers on the counter; accept or decline it."""
    need_kind(request, ActorKind.STAFF)
    errors: dict[str, str] = {}
    if request.method == "POST":
        try:
            if request.POST.get("verdict") == "accept":
                learner = operations.accept_application(actor=request.actor, public_id=public_id, now=request.now)
                messages.success(request, _("已开户。接着可当场认领，或打印认领单。"))
                return redirect("account", number=learner.account_number)
            operations.refuse_application(
                actor=request.actor, public_id=public_id, reason=request.POST.get("reason", ""), now=request.now
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            messages.success(request, _("已答复申请人，缘由写在申请进度里。"))
            return redirect("applications")
    found = queries.application(actor=request.actor, public_id=public_id)
    context = {"application": found, "errors": errors, "reason": request.POST.get("reason", "")}
    return render(request, "staff/accounts_application.html", context, status=422 if errors else 200)


@require_GET
def repairs(request: BankRequest) -> HttpResponse:
    """List the cases of differing data within this person's reach."""
    need_kind(request, ActorKind.STAFF)
    context = {"cases": queries.open_repairs(actor=request.actor), "words": words()}
    return render(request, "staff/accounts_repairs.html", context)


@require_http_methods(["GET", "POST"])
def repair(request: BankRequest, public_id: str) -> HttpResponse:
    """Show what is registered beside what was stated; take the one or keep the other."""
    need_kind(request, ActorKind.STAFF)
    errors: dict[str, str] = {}
    if request.method == "POST":
        takes = request.POST.get("verdict") == "resolve"
        mend = operations.resolve_repair if takes else operations.dismiss_repair
        try:
            mend(actor=request.actor, public_id=public_id, resolution=request.POST.get("reason", ""), now=request.now)
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            messages.success(request, _("已更正，本人可再用认领单认领。") if takes else _("已办结，账户未改。"))
            return redirect("repairs")
    case = operations.read_repair(actor=request.actor, public_id=public_id, now=request.now)
    context = {"case": case, "errors": errors, "reason": request.POST.get("reason", ""), "words": words()}
    return render(request, "staff/accounts_repair.html", context, status=422 if errors else 200)
