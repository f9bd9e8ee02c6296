"""How institutions deposit: the list of all that one deals with, and one by month."""

from collections.abc import Callable
from typing import Final

from django.http import HttpResponse, StreamingHttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from creditbank.deposits import queries
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.portal import lists

ROWS_A_PAGE: Final = 50
#: Orders of the list: what is sorted by, and whether the largest comes first. What is not known comes last.
ORDERS: Final[dict[str, tuple[Callable[[queries.Figures], float | None], bool]]] = {
    "oldest": (lambda each: each.days, True),
    "latest": (lambda each: each.days, False),
    "posted": (lambda each: each.posted, True),
    "corrections": (lambda each: each.corrections, True),
    "refused": (lambda each: each.refused_share, True),
    "fresh": (lambda each: each.fresh_share, False),
}


def _listed(request: BankRequest, asked: lists.Asked) -> list[queries.Figures]:
    need_kind(request, ActorKind.STAFF)
    found = queries.depositing(actor=request.actor, today=timezone.localdate(request.now))
    words = asked.values["q"].casefold()
    if words:
        names = ((each, each.place.name) for each in found)
        found = [each for each, name in names if words in name.zh.casefold() or words in name.en.casefold()]
    value, largest_first = ORDERS.get(asked.values["sort"], ORDERS["oldest"])
    known = [each for each in found if value(each) is not None]
    unknown = [each for each in found if value(each) is None]
    return sorted(known, key=lambda each: value(each) or 0, reverse=largest_first) + unknown


@require_GET
def institutions(request: BankRequest) -> HttpResponse:
    """List the institutions whose batches the person deals with, those included that never deposited."""
    asked = lists.asked(request, "q", sort="oldest")
    found = _listed(request, asked)
    last = max(1, -(-len(found) // ROWS_A_PAGE))
    page = min(max(1, asked.page), last)
    context = {
        "rows": found[(page - 1) * ROWS_A_PAGE : page * ROWS_A_PAGE],
        "total": len(found),
        "never": sum(each.last is None for each in found),
        "page": page,
        "last": last,
        "asked": asked,
    }
    return render(request, "staff/deposit_figures.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    found = _listed(request, lists.asked(request, "q", sort="oldest"))
    head = (
        *(_("机构"), _("存入的批次"), _("最近一次存入"), _("距今天数"), _("已存入行数"), _("其中更正")),
        *(_("检查过的行"), _("问题行占比"), _("90天内存入占比"), _("撤回的批次")),
    )
    lang = request.lang
    return lists.as_csv("institutions.csv", head, (_cells(each, lang) for each in found))


def _cells(each: queries.Figures, lang: str) -> tuple[object, ...]:
    return (
        each.place.name.in_language(lang)[0],
        each.files,
        each.last.isoformat() if each.last else None,
        each.days,
        each.posted,
        each.corrections,
        each.rows,
        _share(each.refused_share),
        _share(each.fresh_share),
        each.withdrawn,
    )


def _share(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@require_GET
def institution(request: BankRequest, public_id: str) -> HttpResponse:
    """Show how one institution deposits, month by month."""
    need_kind(request, ActorKind.STAFF)
    today = timezone.localdate(request.now)
    found = queries.depositing_of(actor=request.actor, public_id=public_id, today=today)
    months = queries.months(found.place)
    context = {"one": found, "months": months, "kinds": queries.kinds_by_month(months)}
    return render(request, "staff/deposit_figures_one.html", context)
