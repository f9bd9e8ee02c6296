"""Pages of the register of certificates: lists of issuers, their report and release, revocations."""

from collections.abc import Callable
from functools import partial
from typing import Final
from urllib.parse import quote, urlencode

from django.contrib import messages
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.review import Verdict
from creditbank.portal import lists
from creditbank.portal.people_forms import typed, wrong
from creditbank.register import operations, permissions, queries
from creditbank.register.queries import wished
from creditbank.register.types import Load, LoadStage, Named, Wish, WishStage

MOVING: Final = frozenset({LoadStage.RECEIVED, LoadStage.CHECKING, LoadStage.APPROVED, LoadStage.ENTERING})


@require_GET
def register(request: BankRequest) -> HttpResponse:
    """List what issuers have handed in, or the requests about single certificates, open ones or decided."""
    need_kind(request, ActorKind.STAFF)
    asked = lists.asked(request, "show", "stage", sort="")
    show = asked.values["show"]
    page = queries.loads(actor=request.actor, stage=asked.values["stage"], page=1 if show else asked.page)
    wishes = wished.wishes(actor=request.actor, open_only=show != "decided", page=asked.page if show else 1)
    context: dict[str, object] = {
        "asked": asked,
        "show": show if show in {"wishes", "decided"} else "",
        "page": page,
        "wishes": wishes,
        "stages": list(LoadStage),
        "names": queries.issuer_names({each.organization_id for each in page.rows}),
    }
    context["places"] = queries.seen_places(request.actor)
    context["loads"] = queries.places(request.actor)
    return render(request, "staff/register.html", context)


@require_GET
def template(request: BankRequest) -> HttpResponse:
    """Return an empty list with one example row."""
    need_kind(request, ActorKind.STAFF)
    return _download("certificates-template.csv", queries.template(request.lang))


@require_http_methods(["GET", "POST"])
def load(request: BankRequest) -> HttpResponse:
    """Hand a list of certificates in for an issuer."""
    need_kind(request, ActorKind.STAFF)
    errors: dict[str, str] = {}
    if request.method == "POST":
        file = request.FILES.get("file")
        try:
            taken = operations.hand_in(
                actor=request.actor,
                organization_id=queries.place(request.actor, request.POST.get("place", "")),
                file_name=(file.name if file else None) or "",
                content=file.chunks() if file else [],
                now=request.now,
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            return redirect("register_list", public_id=taken.public_id)
    context = {"places": queries.places(request.actor), "errors": errors, "place": request.POST.get("place", "")}
    return render(request, "staff/register_load.html", context, status=422 if errors else 200)


@require_GET
def one_list(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one list at its stage: progress, report, what is asked of this person."""
    need_kind(request, ActorKind.STAFF)
    found = queries.load(actor=request.actor, public_id=public_id)
    code, page = request.GET.get("code", ""), lists.asked(request, sort="").page
    may = {
        "submit": permissions.may_submit(request.actor, found),
        "release": _may_release(request, found),
        "cancel": permissions.may_cancel(request.actor, found),
    }
    context = {
        "load": found,
        "may": may,
        "code": code,
        "column_names": queries.column_names(),
        "moving": found.stage in MOVING,
        "issuer": queries.issuer_names([found.organization_id])[found.organization_id],
        "people": queries.people([found.uploaded_by, found.submitted_by, found.decided_by]),
        "kinds": queries.refused_kinds(public_id, actor=request.actor),
        "refused": queries.refused_rows(public_id, actor=request.actor, code=code, page=page),
    }
    return render(request, "staff/register_list.html", context)


def _may_release(request: BankRequest, found: Load) -> bool:
    waits = found.stage in {LoadStage.SUBMITTED, LoadStage.FAILED}
    return waits and permissions.may_release(
        request.actor, found.organization_id, by=(found.uploaded_by, found.submitted_by)
    )


@require_GET
def refused(request: BankRequest, public_id: str) -> StreamingHttpResponse:
    """Return the refused rows as a file with the headings of the list, with the reasons."""
    need_kind(request, ActorKind.STAFF)
    return lists.in_pieces(*queries.refused_file(public_id, actor=request.actor, language=request.lang))


def _download(name: str, content: bytes) -> HttpResponse:
    response = HttpResponse(content, content_type="application/octet-stream")
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name, safe='')}"
    response["Cache-Control"] = "no-store"
    return response


def _done(request: BankRequest, public_id: str, act: Callable[[], Load], done: str) -> HttpResponse:
    """Do one thing to a list and go back to its page, which says what happened."""
    need_kind(request, ActorKind.STAFF)
    try:
        act()
    except Refusal as refusal:
        queries.load(actor=request.actor, public_id=public_id)
        messages.error(request, refusal.sentence(request.lang))
    else:
        messages.success(request, done)
    return redirect("register_list", public_id=public_id)


@require_POST
def submit(request: BankRequest, public_id: str) -> HttpResponse:
    """Ask a second person."""
    act = partial(operations.submit, actor=request.actor, public_id=public_id, now=request.now)
    return _done(request, public_id, act, _("已提交，等另一位同事复核"))


@require_POST
def review(request: BankRequest, public_id: str) -> HttpResponse:
    """Give the second person's verdict."""
    approves = request.POST.get("verdict") == "approve"
    act = partial(
        operations.review,
        actor=request.actor,
        public_id=public_id,
        verdict=Verdict.APPROVE if approves else Verdict.RETURN,
        note=request.POST.get("note", ""),
        now=request.now,
    )
    return _done(request, public_id, act, _("已复核，正在登记") if approves else _("已退回经办人"))


@require_POST
def cancel(request: BankRequest, public_id: str) -> HttpResponse:
    """Drop a list that is not released."""
    act = partial(operations.cancel, actor=request.actor, public_id=public_id, now=request.now)
    return _done(request, public_id, act, _("已停止，没有登记任何证书"))


@require_POST
def reopen(request: BankRequest, public_id: str) -> HttpResponse:
    """Try a list again whose entry was given up."""
    act = partial(operations.reopen, actor=request.actor, public_id=public_id, now=request.now)
    return _done(request, public_id, act, _("已重新排队，正在登记"))


@require_http_methods(["GET", "POST"])
def certificate(request: BankRequest) -> HttpResponse:
    """Show the certificates with a number; ask that one of them be revoked or restored."""
    need_kind(request, ActorKind.STAFF)
    places = queries.seen_places(request.actor)
    issuer_id = next((each.id for each in places if each.public_id == request.GET.get("issuer")), None)
    number = request.GET.get("number", "")[:60].strip()
    found: tuple[Named, ...] = ()
    if issuer_id is not None:
        found = queries.found(actor=request.actor, issuer_id=issuer_id, number=number)
    values, errors = typed(request, "reason", "specification"), {}
    if request.method == "POST" and issuer_id is not None:
        try:
            wish = _asked(request, issuer_id, number, found)
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            messages.success(request, _("已提交，等另一位同事复核"))
            return redirect("register_wish", public_id=wish)
    context: dict[str, object] = {"found": found, "number": number, "values": values, "errors": errors}
    context["may_ask"] = issuer_id is not None and permissions.may_load(request.actor, issuer_id)
    context["people"] = queries.people(event.actor for each in found for event in each.events)
    context |= {"places": places, "issuer": request.GET.get("issuer", "")}
    return render(request, "staff/register_certificate.html", context, status=422 if errors else 200)


def _asked(request: BankRequest, issuer_id: int, number: str, found: tuple[Named, ...]) -> str:
    wanted = request.POST.get("specification", "")
    chosen = [each for each in found if each.specification_public_id == wanted]
    return operations.ask(
        actor=request.actor,
        organization_id=issuer_id,
        specification_id=chosen[0].certificate.specification_id if chosen else 0,
        number=number,
        wish=Wish.RESTORE if request.POST.get("wish") == Wish.RESTORE else Wish.REVOKE,
        reason=request.POST.get("reason", ""),
        now=request.now,
    )


@require_http_methods(["GET", "POST"])
def wish(request: BankRequest, public_id: str) -> HttpResponse:
    """Show a request about one certificate; the second person decides here, and the next one comes after it."""
    need_kind(request, ActorKind.STAFF)
    view = wished.wish(actor=request.actor, public_id=public_id)
    following = wished.next_wish(actor=request.actor, after=view)
    if request.method == "POST":
        verdict = Verdict.APPROVE if request.POST.get("verdict") == "approve" else Verdict.REFUSE
        note = request.POST.get("note", "")
        try:
            operations.decide(actor=request.actor, public_id=public_id, verdict=verdict, note=note, now=request.now)
        except Refusal as refusal:
            messages.error(request, refusal.sentence(request.lang))
            following = ""
        else:
            number = view.named.certificate.number
            done = _("%(number)s：已办理") if verdict is Verdict.APPROVE else _("%(number)s：没有同意，证书不变")
            messages.success(request, done % {"number": number})
        return redirect("register_wish", public_id=following or public_id)
    issuer_id = view.named.certificate.issuer_id
    address = reverse("register_certificate")
    asked = urlencode({"issuer": _public_id(issuer_id), "number": view.named.certificate.number})
    context = {
        "view": view,
        "following": following,
        "people": queries.people([view.proposed_by, view.decided_by]),
        "may_decide": view.stage is WishStage.OPEN
        and permissions.may_release(request.actor, issuer_id, by=(view.proposed_by,)),
        "certificate": f"{address}?{asked}",
    }
    return render(request, "staff/register_wish.html", context)


def _public_id(issuer_id: int) -> str:
    return next((each.public_id for each in queries.issuers() if each.id == issuer_id), "")
