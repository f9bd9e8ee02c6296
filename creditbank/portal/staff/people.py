"""Pages of people in their roles: the list, appointing somebody, ending an appointment."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.organizations import operations, permissions, queries
from creditbank.organizations.errors import MembershipNotFound
from creditbank.organizations.types import PLACES, Appointment, Extent, PeopleFilters, Role
from creditbank.portal import lists

FIELDS: Final = ("who", "login", "name", "role", "extent", "starts", "ends")
WORDS: Final = "staff/organizations_words.html"


def _asked(request: BankRequest) -> tuple[lists.Asked, PeopleFilters]:
    asked = lists.asked(request, "q", "role", "ended", sort="name")
    values = asked.values
    filters = PeopleFilters(
        text=values["q"], role=lists.chosen(Role, values["role"]), ended=bool(values["ended"]), sort=values["sort"]
    )
    return asked, filters


@require_GET
def people(request: BankRequest) -> HttpResponse:
    """List who holds which role at the organizations the person may know of."""
    need_kind(request, ActorKind.STAFF)
    asked, filters = _asked(request)
    listing = queries.people(request.actor, filters, asked.page, on=timezone.localdate(request.now))
    return render(request, "staff/people.html", {"listing": listing, "asked": asked, "roles": list(Role)})


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    need_kind(request, ActorKind.STAFF)
    found = queries.every_person(request.actor, _asked(request)[1], on=timezone.localdate(request.now))
    head = (
        *(_("姓名"), _("登录名"), _("角色"), _("机构"), _("机构代码"), _("范围"), _("起"), _("止")),
        _("提前结束日期"),
    )
    role, extent = lists.words(WORDS, "roles"), lists.words(WORDS, "extents")
    rows = (
        (
            row.member.name,
            row.member.login,
            role(row.member.membership.role.value),
            row.organization.name.in_language(request.lang)[0],
            row.organization.code,
            extent(row.member.membership.extent.value),
            row.member.membership.starts.isoformat(),
            _iso(row.member.membership.ends),
            _iso(row.member.membership.ended_on),
        )
        for row in found
    )
    return lists.as_csv("people.csv", head, rows)


def _iso(day: date | None) -> str:
    return day.isoformat() if day else ""


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in to appoint somebody, and what is wrong with it, by field."""

    values: dict[str, str]
    errors: dict[str, str]
    role: Role | None
    extent: Extent | None
    starts: date | None
    ends: date | None


def _form(request: BankRequest) -> Form:
    values = {name: request.POST.get(name, "").strip() for name in FIELDS}
    role, extent = lists.chosen(Role, values["role"]), lists.chosen(Extent, values["extent"] or Extent.UNIT)
    errors = {}
    days: dict[str, date | None] = {}
    for name in ("starts", "ends"):
        try:
            days[name] = date.fromisoformat(values[name]) if values[name] else None
        except ValueError:
            errors[name] = _("日期要写成2026-12-31这样。")
    if not values["login"]:
        errors["login"] = _("请填登录名。")
    if values["who"] == "new" and not values["name"]:
        errors["name"] = _("请填姓名。")
    if role is None:
        errors["role"] = _("请选角色。")
    if extent is None:
        errors["extent"] = _("请选范围。")
    return Form(values, errors, role, extent, days.get("starts"), days.get("ends"))


@require_http_methods(["GET", "POST"])
def appoint(request: BankRequest, public_id: str) -> HttpResponse:
    """Appoint somebody who signs in already, or a new person, whose first password the answer shows once."""
    need_kind(request, ActorKind.STAFF)
    organization = queries.visible(request.actor, public_id)
    permissions.check_may_end(request.actor, organization.id)
    form = _form(request)
    errors = form.errors if request.method == "POST" else {}
    if request.method == "POST" and not errors:
        try:
            made = _appoint(request, organization.id, form)
        except Refusal as refusal:
            errors = {str(refusal.details.get("field", "")): refusal.sentence(request.lang)}
        else:
            if made.first_password:
                return render(request, "staff/people_slip.html", {"organization": organization, "made": made})
            messages.success(request, _("已任命%(name)s。") % {"name": made.name})
            return redirect("organization", public_id=public_id)
    context = {
        "organization": organization,
        "values": form.values,
        "errors": errors,
        "roles": [role for role in Role if organization.kind in PLACES[role]],
        "extents": list(Extent),
    }
    return render(request, "staff/people_appoint.html", context, status=422 if errors else 200)


def _appoint(request: BankRequest, organization_id: int, form: Form) -> Appointment:
    assert form.role
    assert form.extent
    return operations.appoint_by_login(
        actor=request.actor,
        organization_id=organization_id,
        login=form.values["login"],
        name=form.values["name"],
        is_new=form.values["who"] == "new",
        role=form.role,
        extent=form.extent,
        starts=form.starts,
        ends=form.ends,
        now=request.now,
    )


@require_http_methods(["GET", "POST"])
def end(request: BankRequest, public_id: str, membership: int) -> HttpResponse:
    """Ask once more, then end an appointment."""
    need_kind(request, ActorKind.STAFF)
    details = queries.details(request.actor, public_id, on=timezone.localdate(request.now))
    permissions.check_may_end(request.actor, details.organization.id)
    member = next((each for each in details.members if each.membership.id == membership), None)
    if member is None:
        raise MembershipNotFound(membership=membership)
    if request.method == "POST":
        operations.end_membership(actor=request.actor, membership_id=membership, now=request.now)
        messages.success(request, _("任命已结束。%(name)s仍可登录，但不再有这个角色的权限。") % {"name": member.name})
        return redirect("organization", public_id=public_id)
    return render(request, "staff/people_end.html", {"organization": details.organization, "member": member})
