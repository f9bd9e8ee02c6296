"""The page on which an occupation, or the next edition of one, is published."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.catalogue import operations
from creditbank.catalogue.errors import OccupationIncomplete
from creditbank.catalogue.queries import occupations as queries
from creditbank.conversion import queries as conversion
from creditbank.entrance.actors import need_permission
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations
from creditbank.portal.staff import occupations_form


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Publish an occupation, or the next edition of one; asked for another way, show the form with one more."""
    need_permission(request, Permission.CATALOGUE_SPECIFICATION_EDIT)
    after, today = request.GET.get("after", ""), timezone.localdate(request.now)
    earlier = queries.details(after).occupation if after else None
    owners = organizations.workplaces(request.actor, Permission.CATALOGUE_SPECIFICATION_EDIT, on=today)
    if request.method == "POST":
        form = occupations_form.read(request.POST, owners, earlier, request.lang, today)
    else:
        form = occupations_form.form_of(earlier, today) if earlier else occupations_form.blank()
    errors = {} if "more" in request.POST else form.errors
    if form.new and "more" not in request.POST:
        try:
            made = operations.define_occupation(actor=request.actor, new=form.new, now=request.now)
        except Refusal as refusal:
            errors = _beside(refusal, form, request.lang)
        else:
            messages.success(request, _("已公布第%(n)s版。") % {"n": made.edition})
            return redirect("occupation", public_id=made.public_id)
    context = {
        "earlier": earlier,
        "form": form,
        "errors": errors,
        "owners": owners,
        "awards": conversion.awards_on_offer(today),
    }
    return render(request, "staff/occupation_new.html", context, status=422 if errors else 200)


def _beside(refusal: Refusal, form: occupations_form.Form, language: str) -> dict[str, str]:
    """Return the sentence of a refusal beside the field it speaks of; ways are counted without the empty ones."""
    field = str(refusal.details.get("field", ""))
    if "place" in refusal.details:
        place = form.filled[int(str(refusal.details["place"]))] if form.filled else 0
        beside = "needs" if isinstance(refusal, OccupationIncomplete) else field.replace("name_", "route_")
        field = f"{beside}-{place}"
    return {field: refusal.sentence(language)}
