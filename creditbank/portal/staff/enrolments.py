"""Pages of a school's students: the list, loading it from a file, claim slips for a class, one enrolment."""

from base64 import b64encode
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.enrolments import operations, queries
from creditbank.enrolments.types import EXAMPLE, LEVEL_NAMES, STATUS_NAMES, Filters, Loaded, Status, StatusChange
from creditbank.entrance.actors import BANK_ZONE, need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.portal.lists import Asked, as_csv, asked
from creditbank.portal.people_forms import record_look, words, wrong

FILE_BYTES_MAX: Final = 20 * 1024 * 1024
HEAD: Final = tuple(EXAMPLE)
REFUSED_SHOWN: Final = 100


@dataclass(frozen=True, slots=True)
class Attached:
    """A file that lies in the page itself."""

    name: str
    address: str


def _asked(request: BankRequest) -> tuple[Asked, Filters]:
    """Return what the address asks for, as the list's filters."""
    told = asked(request, "q", "place", "class", "level", "status", "year", sort="number")
    chosen = told.values["place"]
    place = queries.place(request.actor, Permission.ENROLMENTS_ENROLMENT_VIEW, chosen) if chosen else None
    filters = Filters(
        organization_id=place,
        words=told.values["q"],
        class_name=told.values["class"],
        level_code=told.values["level"],
        status=told.values["status"],
        entry_year=told.values["year"],
    )
    return told, filters


@require_GET
def enrolments(request: BankRequest) -> HttpResponse:
    """List the students of the schools where the person deals with enrolments."""
    need_kind(request, ActorKind.STAFF)
    told, filters = _asked(request)
    places = queries.places(request.actor, Permission.ENROLMENTS_ENROLMENT_VIEW)
    context = {
        "page": queries.listing(actor=request.actor, filters=filters, page=told.page),
        "asked": told,
        "places": places,
        "classes": queries.classes(actor=request.actor, organization_id=filters.organization_id),
        "levels": list(LEVEL_NAMES.items()),
        "statuses": list(STATUS_NAMES.items()),
        "words": words(),
        "may_load": request.actor.holds_anywhere(Permission.ENROLMENTS_ENROLMENT_LOAD),
        "may_print": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CLAIM),
        "print_place": told.values["place"] or (places[0].public_id if len(places) == 1 else ""),
    }
    return render(request, "staff/enrolments.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file; documents stay masked."""
    need_kind(request, ActorKind.STAFF)
    _told, filters = _asked(request)
    rows = (
        (
            line.enrolment.student_number,
            line.name,
            line.masked,
            line.enrolment.major,
            line.enrolment.level.in_language(request.lang)[0],
            line.enrolment.category.in_language(request.lang)[0],
            line.enrolment.entry_year or "",
            line.enrolment.class_name,
            line.enrolment.status_name.in_language(request.lang)[0],
        )
        for line in queries.export(actor=request.actor, filters=filters)
    )
    head = (
        *(_("学号"), _("姓名"), _("证件"), _("专业"), _("层次"), _("教育类别"), _("入学年份"), _("班级"), _("状态")),
    )
    return as_csv("students.csv", head, rows)


@require_GET
def template(request: BankRequest) -> StreamingHttpResponse:
    """Return an empty list with one example row."""
    need_kind(request, ActorKind.STAFF)
    return as_csv("students-template.csv", HEAD, [tuple(EXAMPLE.values())])


@require_http_methods(["GET", "POST"])
def load(request: BankRequest) -> HttpResponse:
    """Take a school's list; show what was taken and, row by row, what was not, with these rows as a file."""
    need_kind(request, ActorKind.STAFF)
    loaded, refused, errors = None, None, {}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            if file is None or (file.size or 0) > FILE_BYTES_MAX:
                errors = {"file": _("请选择名册文件，XLSX或CSV，不超过20 MB。")}
            else:
                content = file.read()
                loaded = _loaded(request, content)
                refused = _refused_file(request, file.name or "", content, loaded) if loaded.refused else None
        except Refusal as refusal:
            told = wrong(refusal, request)
            errors = {"file": told[""]} if "" in told else told
    places = queries.places(request.actor, Permission.ENROLMENTS_ENROLMENT_LOAD)
    context: dict[str, object] = {"places": places, "errors": errors, "place": request.POST.get("place", "")}
    context |= {"loaded": loaded, "refused": refused, "shown": REFUSED_SHOWN}
    return render(request, "staff/enrolments_load.html", context, status=422 if errors else 200)


def _loaded(request: BankRequest, content: bytes) -> Loaded:
    place = queries.place(request.actor, Permission.ENROLMENTS_ENROLMENT_LOAD, request.POST.get("place", ""))
    return operations.load_enrolments(actor=request.actor, organization_id=place, content=content, now=request.now)


def _refused_file(request: BankRequest, name: str, content: bytes, loaded: Loaded) -> Attached:
    """Return the refused rows within the page: there is no list of students that the bank would have to keep."""
    name, file = queries.refused_as_file(content, loaded, name=name, language=request.lang)
    return Attached(name, f"data:application/octet-stream;base64,{b64encode(file).decode()}")


@require_POST
def slips(request: BankRequest) -> HttpResponse:
    """Print the claim slips of a class."""
    need_kind(request, ActorKind.STAFF)
    class_name = request.POST.get("class", "")
    try:
        printed = operations.print_claim_codes(
            actor=request.actor,
            organization_id=queries.place(
                request.actor, Permission.LEARNERS_ACCOUNT_CLAIM, request.POST.get("place", "")
            ),
            class_name=class_name,
            now=request.now,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence(request.lang))
        return redirect("enrolments")
    rows = [(slip.issued, slip.student_number, slip.class_name) for slip in printed]
    return render(request, "staff/accounts_slips.html", {"slips": rows, "title": class_name})


@require_http_methods(["GET", "POST"])
def enrolment(request: BankRequest, account: str, number: int) -> HttpResponse:
    """Show one enrolment with its history; change where it stands."""
    need_kind(request, ActorKind.STAFF)
    student = queries.student(actor=request.actor, account_number=account, number=number)
    record_look(request, student.line.enrolment.learner_id)
    today = request.now.astimezone(BANK_ZONE).date()
    errors: dict[str, str] = {}
    if request.method == "POST":
        code = request.POST.get("status", "")
        since = _day(request.POST.get("since", ""))
        if code not in set(Status) or since is None or since > today:
            errors = {"since": _("请选新的状态，并填生效日期，不晚于今天。")}
        else:
            try:
                operations.change_status(
                    actor=request.actor,
                    learner_id=student.line.enrolment.learner_id,
                    number=number,
                    change=StatusChange(status=Status(code), since=since),
                    now=request.now,
                )
            except Refusal as refusal:
                errors = wrong(refusal, request)
            else:
                messages.success(request, _("学籍状态已改，历史里留着前后两步。"))
                return redirect("enrolment", account=account, number=number)
    context = {
        "student": student,
        "errors": errors,
        "today": today,
        "names": STATUS_NAMES,
        "since": request.POST.get("since", ""),
        "may_change": request.actor.holds(
            Permission.ENROLMENTS_ENROLMENT_LOAD, at=student.line.enrolment.organization_id
        ),
        "words": words(),
    }
    return render(request, "staff/enrolments_one.html", context, status=422 if errors else 200)


def _day(text: str) -> date | None:
    """Return the day that a date field sent."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
