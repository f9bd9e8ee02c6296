"""Programmes and certification units as everybody may read them; who may publish them finds the way to do so here."""

from datetime import date
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from creditbank.catalogue import permissions, queries
from creditbank.catalogue.types import (
    CertificationUnitFilters,
    CertificationUnitHead,
    ProgrammeFilters,
    ProgrammeHead,
)
from creditbank.enrolments.types import CATEGORY_NAMES, LEVEL_NAMES
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.credits import plain
from creditbank.organizations import queries as organizations
from creditbank.portal import lists
from creditbank.portal.public.catalogue import EVERYBODY

#: What `editions` asks for: those that hold today (empty), or all that ever held.
ALL: Final = "all"


def _current_on(request: BankRequest, editions: str) -> date | None:
    return None if editions == ALL else timezone.localdate(request.now)


def _programmes_asked(request: BankRequest) -> tuple[lists.Asked, ProgrammeFilters]:
    asked = lists.asked(request, "q", "school", "level", "editions", sort="name")
    values = asked.values
    filters = ProgrammeFilters(
        text=values["q"],
        organization_id=organizations.by_public_id(values["school"]).id if values["school"] else None,
        level_code=values["level"],
        current_on=_current_on(request, values["editions"]),
        sort=values["sort"],
    )
    return asked, filters


@require_GET
def programmes(request: BankRequest) -> HttpResponse:
    """Search the programmes of all institutions."""
    asked, filters = _programmes_asked(request)
    context = {
        "listing": queries.programme_listing(filters, asked.page),
        "asked": asked,
        "schools": queries.schools(),
        "levels": LEVEL_NAMES,
        "may_publish": permissions.may_publish(request.actor),
    }
    return render(request, "public/programmes.html", context)


@require_GET
def programmes_export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    rows = queries.every_programme(_programmes_asked(request)[1])
    head = (
        *(_("编号"), _("方案代码"), _("中文名称"), _("英文名称"), _("学校"), _("层次代码"), _("层次")),
        *(_("教育类别代码"), _("教育类别"), _("应修学分"), _("单位"), _("版本"), _("施行日期"), _("截止日期")),
    )
    return lists.as_csv("programmes.csv", head, (_programme_cells(row, request.lang) for row in rows))


def _programme_cells(row: ProgrammeHead, language: str) -> tuple[object, ...]:
    level, category = LEVEL_NAMES.get(row.level_code), CATEGORY_NAMES.get(row.category_code)
    return (
        row.public_id,
        row.code,
        row.name.zh,
        row.name.en,
        row.organization.in_language(language)[0],
        row.level_code,
        level.in_language(language)[0] if level else None,
        row.category_code,
        category.in_language(language)[0] if category else None,
        plain(row.credits_required),
        row.unit.in_language(language)[0],
        row.edition,
        row.starts.isoformat(),
        row.ends.isoformat() if row.ends else None,
    )


@require_GET
def programme(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one edition: what it asks for, group by group, and its other editions."""
    details = queries.programme_details(public_id)
    context = {
        "details": details,
        "levels": LEVEL_NAMES,
        "categories": CATEGORY_NAMES,
        "may_publish": permissions.may_edit(request.actor, details.programme.organization_id),
    }
    return render(request, "public/programme.html", context)


def _units_asked(request: BankRequest) -> tuple[lists.Asked, CertificationUnitFilters]:
    asked = lists.asked(request, "q", "editions", sort="name")
    values = asked.values
    current_on = _current_on(request, values["editions"])
    return asked, CertificationUnitFilters(text=values["q"], current_on=current_on, sort=values["sort"])


@require_GET
def certification_units(request: BankRequest) -> HttpResponse:
    """Search the certification units."""
    asked, filters = _units_asked(request)
    context = {
        "listing": queries.certification_units(filters, asked.page),
        "asked": asked,
        "may_publish": permissions.may_publish(request.actor),
    }
    return render(request, "public/certification_units.html", context)


@require_GET
def certification_units_export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    rows = queries.every_certification_unit(_units_asked(request)[1])
    head = (
        *(_("编号"), _("单元代码"), _("中文名称"), _("英文名称"), _("由谁维护"), _("等级"), _("框架等级")),
        *(_("学分"), _("单位"), _("项数"), _("版本"), _("施行日期"), _("截止日期")),
    )
    return lists.as_csv("certification-units.csv", head, (_unit_cells(row, request.lang) for row in rows))


def _unit_cells(row: CertificationUnitHead, language: str) -> tuple[object, ...]:
    return (
        row.public_id,
        row.code,
        row.name.zh,
        row.name.en,
        row.owner.in_language(language)[0],
        row.level,
        row.framework_level,
        plain(row.credits),
        row.unit.in_language(language)[0],
        row.parts,
        row.edition,
        row.starts.isoformat(),
        row.ends.isoformat() if row.ends else None,
    )


@require_GET
def certification_unit(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one edition with the entries of the catalogue it is made of, and its other editions."""
    details = queries.certification_unit_details(EVERYBODY, public_id)
    context = {
        "details": details,
        "may_publish": permissions.may_edit(request.actor, details.certification_unit.owner_id),
    }
    return render(request, "public/certification_unit.html", context)
