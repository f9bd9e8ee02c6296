"""Pages on which an entry of the catalogue is tied to what files say: other names, tolerance, accreditation."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _, gettext_noop
from django.views.decorators.http import require_http_methods

from creditbank.catalogue import operations, permissions, queries
from creditbank.catalogue.queries import matched
from creditbank.catalogue.types import Filters, Specification, SpecificationKind
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import DEPOSITORS, Organization
from creditbank.portal.staff.catalogue_form import credits_of

DONE: Final = {
    "add_alias": gettext_noop("已加上别名。文件里这样写，就认作这一项。"),
    "remove_alias": gettext_noop("已删去别名。已存入的成果不受影响。"),
    "tolerance": gettext_noop("学分容差已改。"),
    "accredit": gettext_noop("已认可。在这期间取得的可以存入。"),
    "end": gettext_noop("认可期已结束。已存入的成果不受影响。"),
}
FIELDS: Final = ("alias", "organization", "tolerance", "starts", "ends", "decision", "on")


class NoDayError(Exception):
    """A field of a form holds no day."""


def _day(request: BankRequest, field: str) -> date | None:
    text = request.POST.get(field, "").strip()
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise NoDayError(field) from error


def _needed_day(request: BankRequest, field: str) -> date:
    day = _day(request, field)
    if day is None:
        raise NoDayError(field)
    return day


def _number(request: BankRequest, field: str) -> int:
    text = request.POST.get(field, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0  # noqa: PLR2004


def _places(request: BankRequest) -> list[Organization]:
    """Return in whose files the person may say what names stand for."""
    reach = request.actor.reach(permissions.WORKING)
    numbers = reach.organizations
    if reach.everywhere:
        numbers = frozenset().union(*(organizations.subtree(root.id) for root in organizations.roots()))
    found = [place for place in organizations.by_ids(numbers).values() if place.kind in DEPOSITORS]
    return sorted(found, key=lambda place: place.code)


def _chosen_place(request: BankRequest) -> int:
    """Return in whose files a name is to stand for something. Refused: an institution of which one may not say so."""
    place = organizations.by_public_id(request.POST.get("organization", ""))
    permissions.check_may_name(request.actor, place.id)
    return place.id


def _acts(request: BankRequest, one: Specification) -> Mapping[str, Callable[[], object]]:
    actor, now, post = request.actor, request.now, request.POST
    return {
        "add_alias": lambda: operations.add_alias(
            actor=actor,
            specification_id=one.id,
            organization_id=_chosen_place(request),
            alias=post.get("alias", ""),
            now=now,
        ),
        "remove_alias": lambda: operations.remove_alias(actor=actor, alias_id=_number(request, "alias_id"), now=now),
        "tolerance": lambda: operations.set_tolerance(
            actor=actor, specification_id=one.id, hundredths=credits_of(post.get("tolerance", "").strip()), now=now
        ),
        "accredit": lambda: operations.accredit(
            actor=actor,
            specification_id=one.id,
            starts=_needed_day(request, "starts"),
            ends=_day(request, "ends"),
            decision=post.get("decision", ""),
            now=now,
        ),
        "end": lambda: operations.end_accreditation(
            actor=actor, accreditation_id=_number(request, "accreditation"), on=_needed_day(request, "on"), now=now
        ),
    }


@require_http_methods(["GET", "POST"])
def matching(request: BankRequest, public_id: str) -> HttpResponse:
    """Show and change what names in files stand for an entry, how far credits may differ, when it is accepted."""
    need_kind(request, ActorKind.STAFF)
    if not permissions.may_work(request.actor):
        raise NotPermitted
    details = queries.details(request.actor, public_id)
    one = details.row.specification
    errors: dict[str, str] = {}
    act = request.POST.get("act", "")
    if request.method == "POST" and act in DONE:
        try:
            _acts(request, one)[act]()
        except NoDayError as fault:
            errors[str(fault)] = _("请填日期，例如2026-09-01。")
        except NotPermitted:
            raise
        except Refusal as refusal:
            errors[str(refusal.details.get("field", ""))] = refusal.sentence(request.lang)
        else:
            messages.success(request, _(DONE[act]))
            return redirect("specification_matching", public_id=public_id)
    own = matched.tolerance(one.id)
    values = {name: request.POST.get(name, "").strip() for name in FIELDS}
    if not errors:
        values["tolerance"] = "" if own is None else plain(own)
    context = {
        "details": details,
        "values": values,
        "errors": errors,
        "aliases": matched.aliases(one.id),
        "accreditations": matched.accreditations(one.id),
        "standing": organizations.by_id(one.issuer_id).credits_tolerance,
        "today": timezone.localdate(request.now),
        "formal": one.kind in matched.FORMAL,
        "places": _places(request),
        "may_edit": permissions.may_edit(request.actor, one.owner_id),
        "may_remove": {
            alias.id for alias in matched.aliases(one.id) if permissions.may_name(request.actor, alias.organization_id)
        },
    }
    return render(request, "staff/catalogue_matching.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def alias(request: BankRequest) -> HttpResponse:
    """Say which course a name in a file of a school stands for; a report leads here from an unknown course."""
    need_kind(request, ActorKind.STAFF)
    school = organizations.by_public_id(request.GET.get("school", ""))
    permissions.check_may_name(request.actor, school.id)
    name, words = request.GET.get("name", "").strip()[:200], request.GET.get("q", "").strip()
    found = _found(request, school.id, words) if words else _likely(school.id, name)
    error = ""
    if request.method == "POST":
        wanted = next((each for each in found if each.public_id == request.POST.get("course", "")), None)
        if wanted is None:
            error = _("请选一门课程。列表里没有时，先搜索。")
        else:
            try:
                operations.add_alias(
                    actor=request.actor,
                    specification_id=wanted.id,
                    organization_id=school.id,
                    alias=name,
                    now=request.now,
                )
            except Refusal as refusal:
                error = refusal.sentence(request.lang)
            else:
                messages.success(request, _("已记下。重新上传问题行，就能认出这门课程。"))
                return redirect(_back(request, wanted))
    context = {"school": school, "name": name, "words": words, "found": found, "error": error}
    context["batch"] = request.GET.get("batch", "")
    return render(request, "staff/catalogue_alias.html", context, status=422 if error else 200)


def _back(request: BankRequest, wanted: Specification) -> str:
    """Return the address of the report one came from, or of the entry."""
    batch = request.GET.get("batch", "")
    if batch.isalnum() and batch.isascii():
        return reverse("batch", kwargs={"public_id": batch})
    return reverse("specification_matching", kwargs={"public_id": wanted.public_id})


def _found(request: BankRequest, school_id: int, words: str) -> list[Specification]:
    filters = Filters(text=words, kind=SpecificationKind.COURSE, issuer_id=school_id)
    return [row.specification for row in queries.listing(request.actor, filters, 1).rows]


def _likely(school_id: int, name: str) -> list[Specification]:
    numbers = matched.likely(school_id, name)
    rows = queries.by_ids(numbers)
    return [rows[number] for number in numbers]
