"""Pages of a school's students: the list, claim slips for a class, one enrolment."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from urllib.parse import quote

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.enrolments import operations, queries
from creditbank.enrolments.types import LEVEL_NAMES, STATUS_NAMES, Filters, Slip, Status, StatusChange
from creditbank.entrance.actors import BANK_ZONE, need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.ids import grouped
from creditbank.kernel.permissions import Permission
from creditbank.portal import prints
from creditbank.portal.lists import Asked, as_csv, asked
from creditbank.portal.people_forms import record_look, words, wrong

#: Parts that a class of a school can have.
PARTS: Final = frozenset(map(str, range(1, 100)))


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
        "print_parts": queries.print_parts(
            actor=request.actor, organization_id=filters.organization_id, class_name=filters.class_name
        ),
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


@require_POST
def slips(request: BankRequest) -> HttpResponse:
    """Print the claim slips of a class, or of a part of a large one: as a PDF to be cut up, or as a page."""
    need_kind(request, ActorKind.STAFF)
    class_name, part = request.POST.get("class", ""), request.POST.get("part", "1")
    try:
        printed = operations.print_claim_codes(
            actor=request.actor,
            organization_id=queries.place(
                request.actor, Permission.LEARNERS_ACCOUNT_CLAIM, request.POST.get("place", "")
            ),
            class_name=class_name,
            part=int(part) if part in PARTS else 1,
            now=request.now,
        )
    except Refusal as refusal:
        messages.error(request, refusal.sentence(request.lang))
        return redirect("enrolments")
    if request.POST.get("as") == "pdf":
        return _paper(request, printed, class_name)
    rows = [(slip.issued, slip.student_number, slip.class_name) for slip in printed]
    return render(request, "staff/accounts_slips.html", {"slips": rows, "title": class_name})


def _bank_name(language: str) -> str:
    environment = settings.ENVIRONMENT
    return str(environment.bank_name_en if language == "en" else environment.bank_name_zh)


def _paper(request: BankRequest, printed: Sequence[Slip], class_name: str) -> HttpResponse:
    """Return slips as a PDF; nothing of it is kept."""
    address = request.build_absolute_uri(reverse("claim"))
    data: dict[str, object] = {
        "language": request.lang,
        "bank": _bank_name(request.lang),
        "title": _("认领单"),
        "address": address,
        "address_shown": address.partition("://")[2],
        "qr": prints.qr(address),
        "words": {
            "code": _("认领码"),
            "account": _("账号"),
            "number": _("学号"),
            "class": _("班级"),
            "until": _("有效到"),
            "how": _(
                "打开学分银行的“认领账户”页，填认领码、姓名和证件号码，设登录用的手机号和密码。"
                "对不上或过期了，带证件到任一网点办理。"
            ),
        },
        "slips": [
            {
                "name": slip.issued.name,
                "code": slip.issued.code,
                "account": grouped(slip.issued.account_number),
                "number": slip.student_number,
                "class": slip.class_name,
                "until": slip.issued.expires_on.isoformat(),
            }
            for slip in printed
        ],
    }
    response = HttpResponse(prints.pdf("slips", data, at=request.now), content_type="application/pdf")
    name = quote(f"{_('认领单')} {class_name}.pdf", safe="")
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    response.headers["Cache-Control"] = "no-store"
    return response


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
