"""What a draft would free on all archives that it concerns: asked for, watched, stopped, read."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.conversion import operations, permissions, queries
from creditbank.conversion.types import EditionStage
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.portal.staff.rulebooks import mine


@require_http_methods(["GET", "POST"])
def preview(request: BankRequest, public_id: str) -> HttpResponse:
    """Show how far the newest preview is, or its sums, rules and examples that name nobody; ask for one, or stop it."""
    found = mine(request, public_id)
    if request.method == "POST":
        return _act(request, public_id)
    one = found.edition
    shown = queries.preview(one)
    drafting = one.stage is EditionStage.DRAFT
    context = {
        "details": found,
        "preview": shown,
        "running": shown is not None and shown.running,
        "stale": shown is not None and not shown.of(one.digest),
        "faulty": drafting and not queries.may_be_tried(found),
        "may": drafting and permissions.may_draft(request.actor, one.book.owner_id),
    }
    return render(request, "staff/rulebook_preview.html", context)


def _act(request: BankRequest, public_id: str) -> HttpResponse:
    """Begin or stop; a refusal is said on the page."""
    try:
        if request.POST.get("act") == "cancel":
            operations.cancel_preview(actor=request.actor, public_id=public_id, now=request.now)
            messages.success(request, _("试算已停止。"))
        else:
            operations.ask_preview(actor=request.actor, public_id=public_id, now=request.now)
    except NotPermitted:
        raise
    except Refusal as refusal:
        messages.error(request, refusal.sentence(request.lang))
    return redirect("rulebook_preview", public_id=public_id)
