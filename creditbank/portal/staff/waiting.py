"""Pages of rows that do not enter the book yet: those that wait for an account, and those two institutions dispute."""

import re
from contextlib import suppress
from dataclasses import replace
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _, ngettext
from django.views.decorators.http import require_GET, require_http_methods

from creditbank.deposits import operations, permissions, queries
from creditbank.deposits.errors import ConflictDecided, ConflictNotFound
from creditbank.deposits.types import ConflictState
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.portal import lists

#: How a ticked box names its case.
CASE: Final = re.compile(r"(?P<batch>[0-9a-z]{1,32}):(?P<row>[0-9]{1,9}):(?P<item>[0-9]{1,4})", re.ASCII)
NARROWING: Final = ("batch", "achievement", "differs")
DECIDED: Final = "decided"
HELD: Final = "held"
OUTCOMES: Final = (ConflictState.FIRST, ConflictState.SECOND, ConflictState.BOTH)


@require_GET
def batches(request: BankRequest) -> HttpResponse:
    """List the batches of which rows wait for an account."""
    need_kind(request, ActorKind.STAFF)
    return render(request, "staff/waiting.html", {"waiting": queries.waiting_batches(request.actor)})


@require_http_methods(["GET", "POST"])
def rows(request: BankRequest, public_id: str) -> HttpResponse:
    """Show the rows of a batch that wait; try again those that something speaks against, or give rows up."""
    need_kind(request, ActorKind.STAFF)
    asked = lists.asked(request, "show", sort="")
    error = ""
    held_only = asked.values["show"] == HELD
    page = queries.waiting_rows(actor=request.actor, public_id=public_id, held_only=held_only, page=asked.page)
    if request.method == "POST":
        try:
            done = _acted(request, public_id)
        except NotPermitted:
            raise
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
        else:
            messages.success(request, done)
            return redirect(request.get_full_path())
    context = {
        "page": page,
        "asked": asked,
        "held_only": held_only,
        "batch": page.batch,
        "error": error,
        "reason": request.POST.get("reason", ""),
        "may_act": permissions.may_upload(request.actor, page.batch.organization_id),
    }
    return render(request, "staff/waiting_rows.html", context, status=422 if error else 200)


def _acted(request: BankRequest, public_id: str) -> str:
    if request.POST.get("act") == "retry":
        count = operations.retry_waiting(actor=request.actor, public_id=public_id, now=request.now)
        return ngettext("%(num)s行会在一分钟内再试", "%(num)s行会在一分钟内再试", count) % {"num": count}
    chosen = [int(text) for text in request.POST.getlist("row") if text.isdecimal() and len(text) < 10]  # noqa: PLR2004
    if not chosen and not request.POST.get("all"):
        return _("没有选中行，什么也没有改。")
    count = operations.drop_waiting(
        actor=request.actor,
        public_id=public_id,
        rows=chosen,
        reason=request.POST.get("reason", ""),
        now=request.now,
    )
    return ngettext("已放弃%(num)s行", "已放弃%(num)s行", count) % {"num": count}


@require_http_methods(["GET", "POST"])
def conflicts(request: BankRequest) -> HttpResponse:
    """List the achievements of which two institutions say different things; let the centre decide many alike."""
    need_kind(request, ActorKind.STAFF)
    asked, which = _asked(request)
    error = ""
    if request.method == "POST":
        try:
            done = _decided(request)
        except NotPermitted:
            raise
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
        else:
            messages.success(request, done)
            return redirect(request.get_full_path())
    open_only = asked.values["show"] != DECIDED
    totals = (queries.open_conflicts(request.actor, which), queries.decided_conflicts(request.actor, which))
    last = max(1, -(-totals[not open_only] // queries.CASES_A_PAGE))
    page = min(asked.page, last)
    context = {
        "cases": queries.conflicts(request.actor, which, open_only=open_only, page=page),
        "open_only": open_only,
        "tabs": [replace(asked, values={**asked.values, "show": show}).query for show in ("", DECIDED)],
        "totals": totals,
        "asked": asked,
        "page": page,
        "last": last,
        "batches": queries.disputed_batches(request.actor),
        "achievements": queries.disputed_achievements(request.actor),
        "error": error,
        "ticked": request.POST.getlist("case"),
        "outcome": request.POST.get("outcome", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "staff/conflicts.html", context, status=422 if error else 200)


def _asked(request: BankRequest) -> tuple[lists.Asked, queries.Narrowed]:
    """Return what the address asks for, and the same as the filter of the cases."""
    asked = lists.asked(request, *NARROWING, "show", sort="")
    return asked, queries.Narrowed(**{name: asked.values[name] for name in NARROWING})


def _decided(request: BankRequest) -> str:
    """Decide ticked cases alike, or all that were shown, and say how many; what a colleague has decided stays so."""
    outcome = lists.chosen(ConflictState, request.POST.get("outcome", ""))
    named = request.POST.getlist("shown" if request.POST.get("all") else "case")
    ticked = [found for found in map(CASE.fullmatch, named[: queries.CASES_A_PAGE]) if found]
    if outcome not in OUTCOMES:
        return _("没有选处理办法，什么也没有改。")
    if not ticked:
        return _("没有选中一件，什么也没有改。")
    done = 0
    for case in ticked:
        with suppress(ConflictDecided, ConflictNotFound):
            operations.decide_conflict(
                actor=request.actor,
                public_id=case["batch"],
                row=int(case["row"]),
                item=int(case["item"]),
                outcome=outcome,
                reason=request.POST.get("reason", ""),
                now=request.now,
            )
            done += 1
    return ngettext("%(num)s件已决定，一分钟内照此办理。", "%(num)s件已决定，一分钟内照此办理。", done) % {"num": done}


@require_http_methods(["GET", "POST"])
def conflict(request: BankRequest, public_id: str, row: int, item: int) -> HttpResponse:
    """Show both sides of one case, and let the management centre decide; the next one of the list comes after it."""
    need_kind(request, ActorKind.STAFF)
    asked, which = _asked(request)
    case = queries.conflict(actor=request.actor, public_id=public_id, row=row, item=item)
    following = queries.next_conflict(request.actor, which, after=case)
    error = ""
    outcome = lists.chosen(ConflictState, request.POST.get("outcome", ""))
    if request.method == "POST" and outcome not in OUTCOMES:
        error = _("请选一种处理办法。")
    elif outcome is not None and request.method == "POST":
        try:
            operations.decide_conflict(
                actor=request.actor,
                public_id=public_id,
                row=row,
                item=item,
                outcome=outcome,
                reason=request.POST.get("reason", ""),
                now=request.now,
            )
        except NotPermitted:
            raise
        except Refusal as refusal:
            error = refusal.sentence(request.lang)
        else:
            messages.success(request, _("已决定，一分钟内照此办理。"))
            return redirect(_address(following, asked))
    context = {
        "case": case,
        "following": _address(following, asked) if following else "",
        "left": queries.open_conflicts(request.actor, which),
        "asked": asked,
        "error": error,
        "outcome": request.POST.get("outcome", ""),
        "reason": request.POST.get("reason", ""),
    }
    return render(request, "staff/conflict.html", context, status=422 if error else 200)


def _address(case: queries.Case | None, asked: lists.Asked) -> str:
    """Return where a case is decided, within the same list; without one, the list."""
    query = f"?{asked.query}" if asked.query else ""
    if case is None:
        return reverse("conflicts") + query
    return reverse("conflict", kwargs={"public_id": case.batch.public_id, "row": case.row, "item": case.item}) + query
