"""Pages of deposits: the list, handing a file in, the report, the second person's reading, the receipt."""

from collections.abc import Callable, Mapping
from typing import Final
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.catalogue import permissions as catalogue
from creditbank.deposits import operations, permissions, queries
from creditbank.deposits.types import Batch, BatchStage
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.refusals import STATUS
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal, RefusalKind
from creditbank.kernel.permissions import Permission
from creditbank.kernel.review import Verdict
from creditbank.portal import lists

MOVING: Final = frozenset({BatchStage.RECEIVED, BatchStage.CHECKING, BatchStage.APPROVED, BatchStage.POSTING})


def _page_number(request: BankRequest) -> int:
    text = request.GET.get("page", "1")
    return min(int(text), 1_000_000) if text.isascii() and text.isdigit() and len(text) < 10 else 1  # noqa: PLR2004


@require_GET
def batches(request: BankRequest) -> HttpResponse:
    """List the batches of the institutions where the person deals with deposits."""
    need_kind(request, ActorKind.STAFF)
    stage, words = request.GET.get("stage", ""), request.GET.get("q", "").strip()
    page = queries.batches(actor=request.actor, stage=stage, words=words, page=_page_number(request))
    context = {"page": page, "stage": stage, "words": words, "stages": list(BatchStage)}
    context["names"] = queries.institution_names(page)
    context["seconds"] = queries.seconds_of(found.id for found in page.rows)
    context["waits"] = len(queries.waiting_batches(request.actor))
    context["disputed"] = queries.open_conflicts(request.actor)
    approves = request.actor.holds_anywhere(Permission.DEPOSITS_BATCH_APPROVE)
    context["mine"] = queries.waiting_for(request.actor) if approves else 0
    context["matters"] = queries.matters(actor=request.actor)
    context["uploads"] = request.actor.holds_anywhere(Permission.DEPOSITS_BATCH_UPLOAD)
    return render(request, "staff/batches.html", context)


@require_GET
def export(request: BankRequest) -> StreamingHttpResponse:
    """Return the same list as a CSV file."""
    need_kind(request, ActorKind.STAFF)
    stage, words = request.GET.get("stage", ""), request.GET.get("q", "").strip()
    head = (
        *(_("批次"), _("标题"), _("文件"), _("文件指纹"), _("状态"), _("行数"), _("新存入"), _("更正")),
        *(_("以前存过，不重复存"), _("有问题"), _("上传时间"), _("存入时间")),
    )
    stage_name = lists.words("staff/batch_words.html", "stage_name")
    found = queries.every_batch(actor=request.actor, stage=stage, words=words)
    return lists.as_csv("batches.csv", head, (_cells(batch, stage_name) for batch in found))


def _cells(batch: Batch, stage_name: Callable[[str], str]) -> tuple[object, ...]:
    counts = batch.counts
    return (
        batch.number,
        batch.title,
        batch.file_name,
        batch.file_sha256,
        stage_name(batch.stage.value).strip(),
        counts.rows,
        counts.kept,
        counts.corrections,
        counts.duplicates,
        counts.refused_rows,
        batch.uploaded_at.isoformat(),
        batch.posted_at.isoformat() if batch.posted_at else None,
    )


def _download(name: str, content: bytes | str, kind: str) -> HttpResponse:
    response = HttpResponse(content, content_type=kind)
    response.headers["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response.headers["Cache-Control"] = "no-store"
    return response


@require_http_methods(["GET", "POST"])
def upload(request: BankRequest) -> HttpResponse:
    """Hand a file in for an institution."""
    need_kind(request, ActorKind.STAFF)
    context: dict[str, object] = {
        "places": queries.places_to_upload(request.actor),
        "unfinished": queries.uploads(actor=request.actor),
        "error": "",
        "twice": "",
        "title": request.POST.get("title", ""),
        "place": request.POST.get("place", ""),
    }
    if request.method == "GET":
        return render(request, "staff/batch_upload.html", context)
    file = request.FILES.get("file")
    try:
        batch = operations.upload(
            actor=request.actor,
            organization_id=queries.place(request.actor, request.POST.get("place", "")),
            file_name=file.name if file and file.name else "",
            content=file or b"",
            size=file.size if file else 0,
            title=request.POST.get("title", ""),
            all_or_nothing=request.POST.get("all_or_nothing") == "1",
            now=request.now,
        )
    except Refusal as refusal:
        context |= {"error": refusal.sentence(request.lang), "twice": str(refusal.details.get("batch", ""))}
        status = STATUS[refusal.kind] if refusal.kind is RefusalKind.NO_ROOM else 422
        return render(request, "staff/batch_upload.html", context, status=status)
    return redirect("batch", public_id=batch.public_id)


@require_GET
def batch(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one batch at its stage: progress, report, what is asked of this person."""
    need_kind(request, ActorKind.STAFF)
    view = queries.view(actor=request.actor, public_id=public_id)
    code, words = request.GET.get("code", ""), request.GET.get("q", "").strip()
    refused = queries.refused_rows(view.batch, code=code, words=words, page=_page_number(request))
    may = {
        "submit": permissions.may_submit(request.actor, view.batch),
        "approve": permissions.may_approve(request.actor, view.batch),
        "cancel": permissions.may_cancel(request.actor, view.batch),
        "reopen": permissions.may_reopen(request.actor, view.batch),
        "choose": permissions.may_choose(request.actor, view.batch),
        "withdraw": permissions.may_ask_withdrawal(request.actor, view.batch),
    }
    context = {"view": view, "batch": view.batch, "refused": refused, "code": code, "words": words, "may": may}
    context["moving"] = view.batch.stage in MOVING
    context["decided"] = queries.decisions(actor=request.actor, public_id=public_id)
    context |= {"speed": queries.speed_of(view.batch.progress), "runs": queries.runs_of(view.batch.id)}
    names = catalogue.may_name(request.actor, view.batch.organization_id)
    context["school"] = view.institution_public_id if names else ""
    return render(request, "staff/batch.html", context)


@require_GET
def refused_file(request: BankRequest, public_id: str) -> StreamingHttpResponse:
    """Return the refused rows as a file of the same template, with the reasons."""
    need_kind(request, ActorKind.STAFF)
    found = queries.batch(actor=request.actor, public_id=public_id)
    return lists.in_pieces(*queries.refused_as_file(found, language=request.lang, code=request.GET.get("code", "")))


def _act(
    request: BankRequest, public_id: str, act: Callable[[], Batch], done: Mapping[BatchStage, str]
) -> HttpResponse:
    """Do one thing to a batch and go back to its page, which says what happened."""
    need_kind(request, ActorKind.STAFF)
    try:
        messages.success(request, done[act().stage])
    except Refusal as refusal:
        queries.batch(actor=request.actor, public_id=public_id)
        messages.error(request, refusal.sentence(request.lang))
    return redirect("batch", public_id=public_id)


@require_POST
def submit(request: BankRequest, public_id: str) -> HttpResponse:
    """Ask a second person."""
    done = {BatchStage.SUBMITTED: _("已提交，等另一位同事复核")}
    return _act(
        request,
        public_id,
        lambda: operations.submit(actor=request.actor, public_id=public_id, now=request.now),
        done,
    )


@require_POST
def review(request: BankRequest, public_id: str) -> HttpResponse:
    """Give the second person's verdict."""
    verdict = Verdict.APPROVE if request.POST.get("verdict") == "approve" else Verdict.RETURN
    done = {BatchStage.APPROVED: _("已复核，正在存入"), BatchStage.RETURNED: _("已退回经办人")}
    return _act(
        request,
        public_id,
        lambda: operations.review(
            actor=request.actor,
            public_id=public_id,
            verdict=verdict,
            note=request.POST.get("note", ""),
            now=request.now,
        ),
        done,
    )


@require_POST
def cancel(request: BankRequest, public_id: str) -> HttpResponse:
    """Drop a batch that is not approved."""
    done = {BatchStage.CANCELLED: _("已停止，没有存入任何数据")}
    return _act(
        request,
        public_id,
        lambda: operations.cancel(actor=request.actor, public_id=public_id, now=request.now),
        done,
    )


@require_POST
def reopen(request: BankRequest, public_id: str) -> HttpResponse:
    """Try a batch again whose posting was given up."""
    done = {BatchStage.APPROVED: _("已重新排队，正在存入")}
    return _act(
        request,
        public_id,
        lambda: operations.reopen(actor=request.actor, public_id=public_id, now=request.now),
        done,
    )
