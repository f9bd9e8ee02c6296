"""Pages of what people decide about a batch: its sample and originals, its corrections, all or nothing, withdrawal."""

from collections.abc import Callable
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.deposits import operations, permissions, queries
from creditbank.deposits.types import ORIGINAL_BYTES_MAX, BatchStage
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.review import Verdict
from creditbank.portal.lists import asked

DIGITS_MAX: Final = 9
KINDS: Final = {b"%PDF": "application/pdf", b"\xff\xd8": "image/jpeg", b"\x89PN": "image/png"}


def _done(
    request: BankRequest, public_id: str, act: Callable[[], object], told: str, *, to: str, row: int = 0
) -> HttpResponse:
    """Do one thing to a batch and go to a page of it, at a row if one is named; it says what happened or why not."""
    need_kind(request, ActorKind.STAFF)
    try:
        act()
    except Refusal as refusal:
        queries.batch(actor=request.actor, public_id=public_id)
        messages.error(request, refusal.sentence(request.lang))
    else:
        messages.success(request, told)
    return redirect(reverse(to, kwargs={"public_id": public_id}) + (f"#row-{row}" if row else ""))


def _number(request: BankRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX else 0


@require_http_methods(["GET", "POST"])
def sample(request: BankRequest, public_id: str) -> HttpResponse:
    """Show the rows drawn for the second person, what each becomes, and the originals asked for and given.

    What is sent asks for the original of a row, or gives one.
    """
    need_kind(request, ActorKind.STAFF)
    if request.method == "POST":
        return (_give_original if "number" in request.POST else _ask_original)(request, public_id)
    view = queries.view(actor=request.actor, public_id=public_id)
    batch = view.batch
    context = {
        "view": view,
        "batch": batch,
        "sample": queries.the_sample(actor=request.actor, public_id=public_id),
        "may_ask": permissions.may_approve(request.actor, batch),
        "may_give": permissions.may_upload(request.actor, batch.organization_id),
        "waits": batch.stage in {BatchStage.REPORTED, BatchStage.SUBMITTED, BatchStage.RETURNED},
    }
    return render(request, "staff/batch_sample.html", context)


def _ask_original(request: BankRequest, public_id: str) -> HttpResponse:
    """Ask the school for the original of one row."""
    row = _number(request, "row")
    return _done(
        request,
        public_id,
        lambda: operations.ask_original(
            actor=request.actor,
            public_id=public_id,
            row=row,
            question=request.POST.get("question", ""),
            now=request.now,
        ),
        _("已请经办人提供第%(row)s行的原件") % {"row": row},
        to="batch_sample",
        row=row,
    )


def _give_original(request: BankRequest, public_id: str) -> HttpResponse:
    """Answer what was asked of a row."""
    file = request.FILES.get("file")
    return _done(
        request,
        public_id,
        lambda: operations.give_original(
            actor=request.actor,
            public_id=public_id,
            number=_number(request, "number"),
            answer=request.POST.get("answer", ""),
            file_name=file.name if file and file.name else "",
            content=file.read(ORIGINAL_BYTES_MAX + 1) if file else b"",
            now=request.now,
        ),
        _("已回复复核人"),
        to="batch_sample",
        row=_number(request, "row"),
    )


@require_GET
def original(request: BankRequest, public_id: str, number: int) -> HttpResponse:
    """Return the file that was given for a row, to be saved and not shown by the browser as a page of the bank."""
    need_kind(request, ActorKind.STAFF)
    told, content = queries.original(actor=request.actor, public_id=public_id, number=number)
    kind = next((kind for start, kind in KINDS.items() if content.startswith(start)), "application/octet-stream")
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(told.file_name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_GET
def corrections(request: BankRequest, public_id: str) -> HttpResponse:
    """Show what a batch corrects, old beside new."""
    need_kind(request, ActorKind.STAFF)
    view = queries.view(actor=request.actor, public_id=public_id)
    page = queries.corrections(actor=request.actor, public_id=public_id, page=asked(request, sort="row").page)
    return render(request, "staff/batch_corrections.html", {"view": view, "batch": view.batch, "page": page})


@require_POST
def choose(request: BankRequest, public_id: str) -> HttpResponse:
    """Choose anew what refused rows do to the others."""
    chosen = request.POST.get("all_or_nothing") == "1"
    return _done(
        request,
        public_id,
        lambda: operations.choose(actor=request.actor, public_id=public_id, all_or_nothing=chosen, now=request.now),
        _("已改为全部或全不存") if chosen else _("已改为先存好行"),
        to="batch",
    )


@require_http_methods(["GET", "POST"])
def withdrawal(request: BankRequest, public_id: str) -> HttpResponse:
    """Show what withdrawing a batch means, what was asked, and what is asked of this person; what is sent does it."""
    need_kind(request, ActorKind.STAFF)
    if request.method == "POST":
        return (_decide_withdrawal if "verdict" in request.POST else _ask_withdrawal)(request, public_id)
    view = queries.view(actor=request.actor, public_id=public_id)
    told = queries.withdrawal(actor=request.actor, public_id=public_id)
    asked_by = told.open.asked_by if told.open else ""
    context = {
        "view": view,
        "batch": view.batch,
        "told": told,
        "may_ask": not asked_by and permissions.may_ask_withdrawal(request.actor, view.batch),
        "may_decide": bool(asked_by) and permissions.may_decide_withdrawal(request.actor, view.batch, asked_by),
        "mine": asked_by == request.actor.reference,
    }
    return render(request, "staff/batch_withdrawal.html", context)


def _ask_withdrawal(request: BankRequest, public_id: str) -> HttpResponse:
    """Ask that a posted batch count no more."""
    return _done(
        request,
        public_id,
        lambda: operations.ask_withdrawal(
            actor=request.actor, public_id=public_id, reason=request.POST.get("reason", ""), now=request.now
        ),
        _("已申请撤回，等另一位同事确认"),
        to="batch_withdrawal",
    )


def _decide_withdrawal(request: BankRequest, public_id: str) -> HttpResponse:
    """Confirm a withdrawal, or leave the batch as it is."""
    verdict = Verdict.APPROVE if request.POST.get("verdict") == "approve" else Verdict.RETURN
    told = _("已撤回，这一批的成果不再计入档案") if verdict is Verdict.APPROVE else _("没有撤回，这一批照旧有效")
    return _done(
        request,
        public_id,
        lambda: operations.decide_withdrawal(
            actor=request.actor,
            public_id=public_id,
            verdict=verdict,
            note=request.POST.get("note", ""),
            now=request.now,
        ),
        told,
        to="batch_withdrawal",
    )
