"""Pages of lists of people: handing one in, those handed in, one with its progress, what was not taken of it."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.enrolments import operations, queries
from creditbank.enrolments.types import EXAMPLE, TAKEOVER_EXAMPLE, ListKind
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.portal.lists import as_csv, asked, in_pieces
from creditbank.portal.people_forms import wrong

FILE_TYPES: Final = ".xlsx,.xls,.csv,.txt,.zip"


@require_http_methods(["GET", "POST"])
def load(request: BankRequest) -> HttpResponse:
    """Take a school's list of students in; a job opens accounts and writes enrolments."""
    need_kind(request, ActorKind.STAFF)
    context: dict[str, object] = {"errors": {}, "place": request.POST.get("place", ""), "types": FILE_TYPES}
    context["places"] = queries.places(request.actor, Permission.ENROLMENTS_ENROLMENT_LOAD)
    if request.method == "POST":
        try:
            place = queries.place(request.actor, Permission.ENROLMENTS_ENROLMENT_LOAD, str(context["place"]))
            return _handed_in(request, place, ListKind.STUDENTS)
        except Refusal as refusal:
            context["errors"] = wrong(refusal, request)
    return render(request, "staff/enrolments_load.html", context, status=422 if context["errors"] else 200)


@require_http_methods(["GET", "POST"])
def takeover(request: BankRequest) -> HttpResponse:
    """Take a list of another bank's accounts in; a job lets them go on here."""
    need_kind(request, ActorKind.STAFF)
    values = {name: request.POST.get(name, "").strip() for name in ("place", "bank")}
    context: dict[str, object] = {"errors": {}, "values": values, "types": FILE_TYPES}
    context["places"] = queries.take_over_places(request.actor)
    if request.method == "POST":
        try:
            place = queries.take_over_place(request.actor, values["place"])
            return _handed_in(request, place, ListKind.TAKEOVER, bank_code=values["bank"].upper())
        except Refusal as refusal:
            told = wrong(refusal, request)
            context["errors"] = {"bank" if field == "bank_code" else field: told[field] for field in told}
    return render(request, "staff/takeover.html", context, status=422 if context["errors"] else 200)


def _handed_in(request: BankRequest, place: int, kind: ListKind, *, bank_code: str = "") -> HttpResponse:
    file = request.FILES.get("file")
    taken = operations.hand_in(
        actor=request.actor,
        organization_id=place,
        kind=kind,
        bank_code=bank_code,
        file_name=file.name if file and file.name else "",
        content=file or b"",
        now=request.now,
    )
    return redirect("people_list", public_id=taken.public_id)


@require_GET
def template(request: BankRequest) -> StreamingHttpResponse:
    """Return an empty list of students with one example row."""
    need_kind(request, ActorKind.STAFF)
    return as_csv("students-template.csv", tuple(EXAMPLE), [tuple(EXAMPLE.values())])


@require_GET
def takeover_template(request: BankRequest) -> StreamingHttpResponse:
    """Return an empty list of another bank's accounts with one example row."""
    need_kind(request, ActorKind.STAFF)
    return as_csv("accounts-template.csv", tuple(TAKEOVER_EXAMPLE), [tuple(TAKEOVER_EXAMPLE.values())])


@require_GET
def people_lists(request: BankRequest) -> HttpResponse:
    """Show the lists handed in for the organizations where the person does that."""
    need_kind(request, ActorKind.STAFF)
    told = asked(request, sort="")
    context: dict[str, object] = {"page": queries.people_lists(actor=request.actor, page=told.page), "asked": told}
    context["may_load"] = request.actor.holds_anywhere(Permission.ENROLMENTS_ENROLMENT_LOAD)
    context["may_take_over"] = request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_TAKE_OVER)
    return render(request, "staff/people_lists.html", context)


@require_GET
def people_list(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one list: how far it is, what became of it, what was not taken and why."""
    need_kind(request, ActorKind.STAFF)
    view = queries.list_progress(actor=request.actor, public_id=public_id, now=request.now)
    return render(request, "staff/people_list.html", {"view": view, "list": view.people_list})


@require_GET
def refused(request: BankRequest, public_id: str) -> StreamingHttpResponse:
    """Return the rows that were not taken as a list of the same columns, with the reasons."""
    need_kind(request, ActorKind.STAFF)
    return in_pieces(*queries.refused_as_file(actor=request.actor, public_id=public_id, language=request.lang))


@require_POST
def stop(request: BankRequest, public_id: str) -> HttpResponse:
    """Stop a list; what was taken so far stands."""
    need_kind(request, ActorKind.STAFF)
    try:
        operations.stop_list(actor=request.actor, public_id=public_id, now=request.now)
        messages.success(request, _("已停止；到此为止登记的有效。"))
    except Refusal as refusal:
        queries.people_list(actor=request.actor, public_id=public_id)
        messages.error(request, refusal.sentence(request.lang))
    return redirect("people_list", public_id=public_id)
