"""The catalogue and the frameworks as everybody may read them, without signing in."""

from collections.abc import Callable, Iterable
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from creditbank.catalogue import queries
from creditbank.catalogue.types import Filters, Row, SpecificationKind, Status
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.framework import queries as framework
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.credits import plain
from creditbank.organizations import queries as organizations
from creditbank.portal import lists

#: Whoever is signed in reads these pages as everybody does: proposals are on the working pages.
EVERYBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")
WORDS: Final = "public/catalogue_words.html"


def as_file(rows: Iterable[Row], language: str) -> StreamingHttpResponse:
    """Return rows of the list as a CSV file in the language of the page."""
    head = (
        *(_("编号"), _("类别"), _("项目代码"), _("中文名称"), _("英文名称"), _("颁发机构"), _("等级"), _("框架等级")),
        *(_("学分"), _("单位"), _("学时"), _("有效期（月）"), _("版本"), _("施行日期"), _("截止日期"), _("状态")),
    )
    # A file is sent after the page's language is forgotten, so its words are looked up before.
    kind, status = lists.words(WORDS, "kinds"), lists.words(WORDS, "statuses")
    return lists.as_csv("catalogue.csv", head, (_cells(row, language, kind, status) for row in rows))


def _cells(row: Row, language: str, kind: Callable[[str], str], status: Callable[[str], str]) -> tuple[object, ...]:
    one = row.specification
    return (
        one.public_id,
        kind(one.kind.value),
        one.code,
        one.name.zh,
        one.name.en,
        row.issuer.in_language(language)[0],
        one.level,
        one.framework_level,
        None if one.credits is None else plain(one.credits),
        row.unit.in_language(language)[0] if row.unit else None,
        None if one.hours is None else plain(one.hours),
        one.valid_months,
        one.edition,
        one.starts.isoformat(),
        one.ends.isoformat() if one.ends else None,
        status(one.status.value),
    )


def _asked(request: BankRequest) -> tuple[lists.Asked, Filters]:
    asked = lists.asked(request, "q", "kind", "level", "issuer", sort="name")
    values = asked.values
    filters = Filters(
        text=values["q"],
        kind=lists.chosen(SpecificationKind, values["kind"]),
        level=values["level"],
        issuer_id=organizations.by_public_id(values["issuer"]).id if values["issuer"] else None,
        sort=values["sort"],
        status=Status.RECOGNISED,
        current_on=timezone.localdate(request.now),
    )
    return asked, filters


@require_GET
def catalogue(request: BankRequest) -> HttpResponse:
    """Search what the bank recognises."""
    asked, filters = _asked(request)
    context = {
        "listing": queries.listing(EVERYBODY, filters, asked.page),
        "asked": asked,
        "kinds": list(SpecificationKind),
        "levels": queries.levels(),
    }
    return render(request, "public/catalogue.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    filters = _asked(request)[1]
    return as_file(queries.export(EVERYBODY, filters), request.lang)


@require_GET
def entry(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one entry with its editions; what was withdrawn stays readable and says so."""
    details = queries.details(EVERYBODY, public_id)
    return render(request, "public/catalogue_entry.html", {"details": details})


@require_GET
def frameworks(request: BankRequest) -> HttpResponse:
    """List the published editions of frameworks, and the units of credit."""
    context = {"editions": framework.editions(), "units": framework.unit_details()}
    return render(request, "public/catalogue_frameworks.html", context)


@require_GET
def edition(request: BankRequest, code: str) -> HttpResponse:
    """Show one edition: levels against types, with descriptors and comparisons."""
    return render(request, "public/catalogue_framework.html", {"whole": framework.edition(code)})
