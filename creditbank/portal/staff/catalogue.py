"""Pages on which the catalogue is kept: the list, new entries and editions, recognising, withdrawing."""

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.catalogue import operations, permissions, queries
from creditbank.catalogue.types import Filters, SpecificationKind, Status
from creditbank.entrance.actors import need_kind, need_permission
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.framework import queries as framework
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.organizations import queries as organizations
from creditbank.portal import lists
from creditbank.portal.public.catalogue import as_file
from creditbank.portal.staff import catalogue_form


def _need_work(request: BankRequest) -> None:
    need_kind(request, ActorKind.STAFF)
    if not permissions.may_work(request.actor):
        raise NotPermitted


def _asked(request: BankRequest) -> tuple[lists.Asked, Filters]:
    asked = lists.asked(request, "q", "kind", "status", "issuer", "level", sort="name")
    return asked, _filters(asked.values)


def _filters(values: dict[str, str]) -> Filters:
    return Filters(
        text=values["q"],
        kind=lists.chosen(SpecificationKind, values["kind"]),
        status=lists.chosen(Status, values["status"]),
        issuer_id=organizations.by_public_id(values["issuer"]).id if values["issuer"] else None,
        level=values["level"],
        sort=values["sort"],
    )


@require_GET
def specifications(request: BankRequest) -> HttpResponse:
    """List everything in the catalogue that the person may know of, proposals too."""
    _need_work(request)
    asked, filters = _asked(request)
    context = {
        "listing": queries.listing(request.actor, filters, asked.page),
        "asked": asked,
        "kinds": list(SpecificationKind),
        "statuses": list(Status),
        "levels": queries.levels(),
        "proposed": queries.proposed(request.actor),
        "may_edit": permissions.may_publish(request.actor),
    }
    return render(request, "staff/catalogue.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    _need_work(request)
    return as_file(queries.export(request.actor, _asked(request)[1]), request.lang)


@require_POST
def recognise(request: BankRequest) -> HttpResponse:
    """Recognise the proposals that were ticked, or all of the list."""
    _need_work(request)
    values = {name: request.POST.get(name, "") for name in ("q", "kind", "status", "issuer", "level", "sort")}
    try:
        if request.POST.get("all"):
            count = operations.recognise_matching(actor=request.actor, filters=_filters(values), now=request.now)
        else:
            ids = [int(text) for text in request.POST.getlist("specification") if text.isdecimal()]
            count = operations.recognise_proposed(actor=request.actor, specification_ids=ids, now=request.now)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(request.lang))
    else:
        done = ngettext("已认定%(num)s项。", "已认定%(num)s项。", count) % {"num": count}
        messages.success(request, done) if count else messages.warning(request, _("没有选中待认定的项目。"))
    return redirect("specifications")


@require_GET
def specification(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one entry with its editions and what can be done to it."""
    _need_work(request)
    details = queries.details(request.actor, public_id)
    may_edit = permissions.may_edit(request.actor, details.row.specification.owner_id)
    return render(request, "staff/catalogue_one.html", {"details": details, "may_edit": may_edit})


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Put an entry, or the next edition of one, into the catalogue."""
    need_permission(request, Permission.CATALOGUE_SPECIFICATION_EDIT)
    after = request.GET.get("after", "")
    earlier = queries.details(request.actor, after).row.specification if after else None
    owners = organizations.workplaces(
        request.actor, Permission.CATALOGUE_SPECIFICATION_EDIT, on=timezone.localdate(request.now)
    )
    form = catalogue_form.read(request.POST, owners, earlier, request.lang)
    errors = form.errors if request.method == "POST" else {}
    if form.new and not errors and request.method == "POST":
        try:
            made = operations.define_specification(actor=request.actor, new=form.new, now=request.now)
        except Refusal as refusal:
            errors = {str(refusal.details.get("field", "")): refusal.sentence(request.lang)}
        else:
            messages.success(request, _("已列入名录。"))
            return redirect("specification", public_id=made.public_id)
    values = catalogue_form.values_of(earlier) if earlier and request.method == "GET" else form.values
    context = {
        "earlier": earlier,
        "values": values,
        "errors": errors,
        "owners": owners,
        "kinds": list(SpecificationKind),
        "units": framework.unit_details(),
    }
    return render(request, "staff/catalogue_new.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def withdraw(request: BankRequest, public_id: str) -> HttpResponse:
    """Ask once more, then take an entry out of the catalogue."""
    _need_work(request)
    details = queries.details(request.actor, public_id)
    one = details.row.specification
    permissions.check_may_edit(request.actor, one.owner_id)
    error = ""
    if request.method == "POST":
        try:
            operations.withdraw(actor=request.actor, specification_id=one.id, now=request.now)
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
        else:
            messages.success(request, _("已撤出名录。已存入的成果不受影响。"))
            return redirect("specification", public_id=public_id)
    context = {"details": details, "error": error}
    return render(request, "staff/catalogue_withdraw.html", context, status=409 if error else 200)
