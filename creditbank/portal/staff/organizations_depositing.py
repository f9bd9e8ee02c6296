"""The page on which the centre says how files of an institution are taken."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal
from creditbank.organizations import operations, permissions, queries
from creditbank.portal.staff.catalogue_form import credits_of


@require_http_methods(["GET", "POST"])
def depositing(request: BankRequest, public_id: str) -> HttpResponse:
    """Say whether files open accounts, whether they may name new courses, and how far credits may differ."""
    need_kind(request, ActorKind.STAFF)
    found = queries.visible(request.actor, public_id)
    permissions.check_may_manage(request.actor, found.id)
    values: dict[str, object] = {
        "opens_accounts": found.opens_accounts,
        "registers_courses": found.registers_courses,
        "credits_tolerance": plain(found.credits_tolerance),
    }
    errors: dict[str, str] = {}
    if request.method == "POST":
        opens, registers = bool(request.POST.get("opens_accounts")), bool(request.POST.get("registers_courses"))
        text = request.POST.get("credits_tolerance", "").strip()
        values = {"opens_accounts": opens, "registers_courses": registers, "credits_tolerance": text}
        try:
            operations.set_depositing(
                actor=request.actor,
                organization_id=found.id,
                opens_accounts=opens,
                registers_courses=registers,
                credits_tolerance=credits_of(text),
                now=request.now,
            )
        except Refusal as refusal:
            errors[str(refusal.details.get("field", "credits_tolerance"))] = refusal.sentence(request.lang)
        else:
            messages.success(request, _("存入方式已改，从下一个文件起照此办理。"))
            return redirect("organization", public_id=public_id)
    context = {"organization": found, "values": values, "errors": errors}
    return render(request, "staff/organizations_depositing.html", context, status=422 if errors else 200)
