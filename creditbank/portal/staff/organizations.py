"""Pages of the tree of organizations: the list, one of them, opening, renaming, suspending and closing."""

from collections.abc import Callable, Mapping
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
from creditbank.identity import permissions as identity_permissions
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import Text
from creditbank.organizations import operations, permissions, queries
from creditbank.organizations.types import DEPOSITORS, Filters, Organization, OrganizationKind, Status
from creditbank.portal import lists

CHILDREN_SHOWN: Final = 20
ACTS: Final[Mapping[str, Callable[..., Organization]]] = {
    "suspend": operations.suspend,
    "reopen": operations.reopen,
    "close": operations.close,
}
FIELDS: Final = ("kind", "code", "name_zh", "name_en", "region_code", "registers_courses")
WORDS: Final = "staff/organizations_words.html"


def _filters(request: BankRequest, asked: lists.Asked) -> Filters:
    values = asked.values
    below = queries.visible(request.actor, values["below"]).id if values["below"] else None
    return Filters(
        text=values["q"],
        kind=lists.chosen(OrganizationKind, values["kind"]),
        status=lists.chosen(Status, values["status"]),
        parent_id=below,
        sort=values["sort"],
    )


def _asked(request: BankRequest) -> lists.Asked:
    return lists.asked(request, "q", "kind", "status", "below", sort="tree")


@require_GET
def organizations(request: BankRequest) -> HttpResponse:
    """List the organizations the person may know of."""
    need_kind(request, ActorKind.STAFF)
    asked = _asked(request)
    context = {
        "listing": queries.listing(request.actor, _filters(request, asked), asked.page),
        "asked": asked,
        "kinds": list(OrganizationKind),
        "may_open": permissions.may_manage_somewhere(request.actor),
    }
    return render(request, "staff/organizations.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    need_kind(request, ActorKind.STAFF)
    head = (
        *(_("机构代码"), _("中文名称"), _("英文名称"), _("类别"), _("状态"), _("行政区划代码"), _("上级机构")),
        *(_("下级机构"), _("人员"), _("设立日期")),
    )
    kind, status = lists.words(WORDS, "kinds"), lists.words(WORDS, "statuses")
    rows = (
        (
            row.organization.code,
            row.organization.name.zh,
            row.organization.name.en,
            kind(row.organization.kind.value),
            status(row.organization.status.value),
            row.organization.region_code,
            row.parent_name.in_language(request.lang)[0] if row.parent_name else "",
            row.children,
            row.members,
            row.organization.opened_on.isoformat(),
        )
        for row in queries.export(request.actor, _filters(request, _asked(request)))
    )
    return lists.as_csv("organizations.csv", head, rows)


@require_GET
def organization(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one organization: its data, who works there, what is below it."""
    need_kind(request, ActorKind.STAFF)
    details = queries.details(request.actor, public_id, on=timezone.localdate(request.now))
    number = details.organization.id
    context = {
        "details": details,
        "organization": details.organization,
        "children": details.children[:CHILDREN_SHOWN],
        "deposits": details.organization.kind in DEPOSITORS,
        "may": {
            "manage": permissions.may_manage(request.actor, number),
            "appoint": permissions.may_appoint(request.actor, number),
            "clients": identity_permissions.may_manage_clients(request.actor, organization_id=number),
            "users": identity_permissions.may_create_staff(request.actor, organization_id=number),
        },
    }
    return render(request, "staff/organizations_one.html", context)


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Open an organization below another."""
    need_kind(request, ActorKind.STAFF)
    below = request.GET.get("below", "")
    parent = queries.visible(request.actor, below) if below else None
    values = {name: request.POST.get(name, "").strip() for name in FIELDS}
    errors: dict[str, str] = {}
    if request.method == "POST":
        kind = lists.chosen(OrganizationKind, values["kind"])
        if kind is None:
            errors["kind"] = _("请选机构类别。")
        else:
            try:
                made = operations.open_organization(
                    actor=request.actor,
                    parent_id=parent.id if parent else None,
                    code=values["code"],
                    kind=kind,
                    name=Text(values["name_zh"], values["name_en"]),
                    region_code=values["region_code"],
                    registers_courses=bool(values["registers_courses"]),
                    now=request.now,
                )
            except Refusal as refusal:
                errors[str(refusal.details.get("field", ""))] = refusal.sentence(request.lang)
            else:
                messages.success(request, _("机构已开设。下一步：任命人员。"))
                return redirect("organization", public_id=made.public_id)
    context = {"parent": parent, "values": values, "errors": errors, "kinds": list(OrganizationKind)}
    return render(request, "staff/organizations_new.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def rename(request: BankRequest, public_id: str) -> HttpResponse:
    """Give an organization another name."""
    need_kind(request, ActorKind.STAFF)
    found = queries.visible(request.actor, public_id)
    permissions.check_may_manage(request.actor, found.id)
    values = {"name_zh": found.name.zh, "name_en": found.name.en}
    errors: dict[str, str] = {}
    if request.method == "POST":
        values = {name: request.POST.get(name, "").strip() for name in values}
        try:
            operations.rename(
                actor=request.actor,
                organization_id=found.id,
                name=Text(values["name_zh"], values["name_en"]),
                now=request.now,
            )
        except Refusal as refusal:
            errors[str(refusal.details.get("field", ""))] = refusal.sentence(request.lang)
        else:
            messages.success(request, _("名称已改。"))
            return redirect("organization", public_id=public_id)
    context = {"organization": found, "values": values, "errors": errors}
    return render(request, "staff/organizations_rename.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def act(request: BankRequest, public_id: str, verb: str) -> HttpResponse:
    """Ask once more, then suspend, reopen or close an organization."""
    need_kind(request, ActorKind.STAFF)
    found = queries.visible(request.actor, public_id)
    permissions.check_may_manage(request.actor, found.id)
    error = ""
    if request.method == "POST":
        try:
            ACTS[verb](actor=request.actor, organization_id=found.id, now=request.now)
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
        else:
            done = {"suspend": _("机构已停用。"), "reopen": _("机构已恢复。"), "close": _("机构已关闭。")}
            messages.success(request, done[verb])
            return redirect("organization", public_id=public_id)
    context = {"organization": found, "verb": verb, "error": error}
    return render(request, "staff/organizations_act.html", context, status=409 if error else 200)
