"""The page on which a programme, or the next edition of one, is published."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.catalogue import operations, queries
from creditbank.catalogue.errors import ProgrammeIncomplete
from creditbank.enrolments.types import CATEGORY_NAMES, LEVEL_NAMES
from creditbank.entrance.actors import need_permission
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.framework import queries as framework
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.portal.staff import programmes_form

#: Beside which text of a group a refusal of a group stands: its code is none that a person fills in.
BESIDE: Final = {"name_zh": "group_zh", "name_en": "group_en", "group_code": "group_zh"}


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Publish a programme, or the next edition of one; asked for another group, show the form with one more."""
    need_permission(request, Permission.CATALOGUE_SPECIFICATION_EDIT)
    after = request.GET.get("after", "")
    earlier = queries.programme(after) if after else None
    today = timezone.localdate(request.now)
    if request.method == "POST":
        form = programmes_form.read(request.POST, earlier, request.lang, today)
    else:
        form = programmes_form.form_of(earlier, today) if earlier else programmes_form.blank()
    errors = {} if "more" in request.POST else form.errors
    if form.new and "more" not in request.POST:
        try:
            made = operations.define_programme(actor=request.actor, new=form.new, now=request.now)
        except Refusal as refusal:
            errors = _beside(refusal, form, request.lang)
        else:
            messages.success(request, _("已公布第%(n)s版。") % {"n": made.edition})
            return redirect("programme", public_id=made.public_id)
    context = {
        "earlier": earlier,
        "form": form,
        "errors": errors,
        "levels": LEVEL_NAMES,
        "categories": CATEGORY_NAMES,
        "units": framework.unit_details(),
    }
    return render(request, "staff/programme_new.html", context, status=422 if errors else 200)


def _beside(refusal: Refusal, form: programmes_form.Form, language: str) -> dict[str, str]:
    """Return the sentence of a refusal beside the field it speaks of; groups are counted without the empty ones."""
    field = str(refusal.details.get("field", ""))
    if isinstance(refusal, NotPermitted):
        field = "school"
    elif isinstance(refusal, ProgrammeIncomplete):
        place = int(str(refusal.details["place"]))
        field = f"courses-{form.filled[place] if form.filled else 0}"
    elif "place" in refusal.details:
        place = form.filled[int(str(refusal.details["place"]))]
        field = f"{BESIDE[field]}-{place}"
    return {field: refusal.sentence(language)}
