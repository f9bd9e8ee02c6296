"""The first page, which is another one for everybody, and the pages that explain the bank."""

from typing import Final

from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_safe

from creditbank.archive import queries
from creditbank.deposits import queries as deposits
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.portal.learner.home import learner_home
from creditbank.portal.navigation import items

TEMPLATE_TYPES: Final = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "parquet": "application/vnd.apache.parquet",
}


@require_safe
def home(request: BankRequest) -> HttpResponse:
    """Show learners what they have, staff their first door, and everybody else the bank."""
    if request.actor.kind is ActorKind.LEARNER:
        return learner_home(request)
    if request.actor.kind is ActorKind.STAFF:
        doors, _ = items(request.actor, path=request.path, language=request.lang)
        if doors:
            return redirect(doors[0].address)
    return render(request, "public/home.html", {"figures": queries.public_figures(now=request.now)})


@require_safe
def templates(request: BankRequest) -> HttpResponse:
    """List every sheet that is read, its columns and the code lists."""
    return render(request, "public/templates.html", {"guide": deposits.sheet_guide()})


@require_safe
def template_file(request: BankRequest, code: str, kind: str) -> HttpResponse:
    """Return a sheet as a file, empty or with two rows: CSV, a workbook with its code lists, or Parquet."""
    content = deposits.sheet_guide().file(code, kind, language=request.lang)
    if content is None:
        raise Http404
    response = HttpResponse(content, content_type=TEMPLATE_TYPES[kind])
    response.headers["Content-Disposition"] = f'attachment; filename="{code}.{kind}"'
    return response


@require_safe
def help_page(request: BankRequest) -> HttpResponse:
    """Answer what people ask at counters."""
    return render(request, "public/help.html")


@require_safe
def accessibility(request: BankRequest) -> HttpResponse:
    """Say for whom the pages are made, and where to complain."""
    return render(request, "public/accessibility.html")


@require_safe
def privacy(request: BankRequest) -> HttpResponse:
    """Say what is stored, how it is sealed, who sees it and what is deleted."""
    return render(request, "public/privacy.html")


@require_safe
def style(request: BankRequest) -> HttpResponse:
    """Show every component."""
    return render(request, "public/style.html")
