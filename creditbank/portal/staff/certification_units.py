"""The page on which a certification unit, or the next edition of one, is published, and its form."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.catalogue import operations, queries
from creditbank.catalogue.types import CertificationUnit, CertificationUnitDetails, NewCertificationUnit
from creditbank.entrance.actors import need_permission
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.framework import queries as framework
from creditbank.kernel.credits import plain
from creditbank.kernel.errors import Refusal
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.organizations import queries as organizations
from creditbank.organizations.types import Organization
from creditbank.portal.public.catalogue import EVERYBODY
from creditbank.portal.staff.catalogue_form import Reader, chosen_owner

FIELDS: Final = (
    *("owner", "code", "name_zh", "name_en", "level", "framework_level", "credits", "unit_id", "parts", "starts"),
)
LINES_TOLD: Final = 5


@dataclass(frozen=True, slots=True)
class Form:
    """What was filled in, what is wrong with it, and what it means where nothing is."""

    values: dict[str, str]
    errors: dict[str, str]
    new: NewCertificationUnit | None


@require_http_methods(["GET", "POST"])
def new(request: BankRequest) -> HttpResponse:
    """Publish a certification unit, or the next edition of one."""
    need_permission(request, Permission.CATALOGUE_SPECIFICATION_EDIT)
    after = request.GET.get("after", "")
    earlier = queries.certification_unit_details(EVERYBODY, after) if after else None
    today = timezone.localdate(request.now)
    owners = organizations.workplaces(request.actor, Permission.CATALOGUE_SPECIFICATION_EDIT, on=today)
    if request.method == "POST":
        form = _read(request.POST, owners, earlier.certification_unit if earlier else None, request.lang, today)
    else:
        form = Form(_values_of(earlier) if earlier else dict.fromkeys(FIELDS, ""), {}, None)
    errors = form.errors
    if form.new:
        try:
            made = operations.define_certification_unit(actor=request.actor, new=form.new, now=request.now)
        except Refusal as refusal:
            errors = {str(refusal.details.get("field", "")): refusal.sentence(request.lang)}
        else:
            messages.success(request, _("已公布第%(n)s版。") % {"n": made.edition})
            return redirect("certification_unit", public_id=made.public_id)
    context = {
        "earlier": earlier,
        "values": form.values,
        "errors": errors,
        "owners": owners,
        "units": framework.unit_details(),
    }
    return render(request, "staff/certification_unit_new.html", context, status=422 if errors else 200)


def _values_of(details: CertificationUnitDetails) -> dict[str, str]:
    """Return the texts with which the form of the next edition begins."""
    one = details.certification_unit
    return {
        "owner": "",
        "code": one.code,
        "name_zh": one.name.zh,
        "name_en": one.name.en,
        "level": one.level,
        "framework_level": str(one.framework_level or ""),
        "credits": plain(one.credits),
        "unit_id": str(one.unit_id),
        "starts": "",
        "parts": "\n".join(row.specification.public_id for row in details.parts),
    }


def _read(
    post: Mapping[str, str],
    owners: Sequence[Organization],
    earlier: CertificationUnit | None,
    language: str,
    on: date,
) -> Form:
    """Read the form; an edition that follows keeps owner and code of the one before."""
    values = {name: post.get(name, "").strip() for name in FIELDS} | ({"code": earlier.code} if earlier else {})
    reader = Reader(values, language)
    unit = reader.unit()
    worth = reader.amount("credits", unit) if unit else None
    level = reader.number("framework_level")
    owner_id = earlier.owner_id if earlier else chosen_owner(values["owner"], owners)
    parts, starts = _parts(reader, on), reader.day("starts")
    told = {
        "owner": (owner_id, _("请选由谁维护。")),
        "unit_id": (unit, _("请选计量单位。")),
        "credits": (values["credits"], _("请填学分，例如2.5。")),
    }
    reader.errors |= {field: wrong for field, (given, wrong) in told.items() if not given}
    if reader.errors or owner_id is None or unit is None or worth is None:
        return Form(values, reader.errors, None)
    new = NewCertificationUnit(
        owner_id=owner_id,
        code=values["code"],
        name=Text(values["name_zh"], values["name_en"]),
        level=values["level"],
        framework_level=level,
        credits=worth,
        unit_id=unit.id,
        specification_ids=parts,
        starts=starts,
    )
    return Form(values, {}, new)


def _parts(reader: Reader, on: date) -> tuple[int, ...]:
    """Return the entries of the catalogue that the lines name; what names none, or several, is kept as wrong."""
    lines = {line.strip(): number for number, line in enumerate(reader.values["parts"].splitlines(), 1) if line.strip()}
    named = queries.named(lines, courses_of=None, on=on)
    wrong = []
    for line, number in lines.items():
        told = {"n": number, "name": line[:40], "found": len(named[line])}
        if not named[line]:
            wrong.append(_("第%(n)s行：名录里没有“%(name)s”。请写编号、项目代码，或名称加等级。") % told)
        elif len(named[line]) > 1:
            wrong.append(_("第%(n)s行：“%(name)s”在名录里有%(found)s项。请改写它的编号。") % told)
    if wrong:
        reader.errors["parts"] = " ".join(wrong[:LINES_TOLD])
    return tuple(found[0].id for found in named.values() if found)
