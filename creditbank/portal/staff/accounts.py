"""Pages of accounts for those at a counter: finding a person, opening, claiming, correcting, standing."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.ids import any_account_number
from creditbank.kernel.permissions import Permission
from creditbank.learners import operations, queries
from creditbank.learners.types import GROUP_NAMES, PriorityGroup, Status
from creditbank.portal.lists import asked, chosen as chosen_from
from creditbank.portal.people_forms import document, missing, record_look, sign_in, typed, words, wrong

MOVES: Final = {"suspend": operations.suspend, "close": operations.close, "reopen": operations.reopen}


@require_GET
def accounts(request: BankRequest) -> HttpResponse:
    """List the accounts that the person may know of, with the search for somebody at the counter above."""
    need_kind(request, ActorKind.STAFF)
    return _accounts(request, typed(request), {})


@require_POST
def find(request: BankRequest) -> HttpResponse:
    """Find the person at the counter and go to the account."""
    need_kind(request, ActorKind.STAFF)
    values = typed(request, "place", "name", "kind", "number", "account")
    try:
        place = queries.place(request.actor, Permission.LEARNERS_ACCOUNT_CLAIM, values["place"])
        shown = {"document": document(values, request)} if values["number"] else {}
        found = operations.find_person(
            actor=request.actor,
            organization_id=place,
            name=values["name"],
            account_number="" if shown else any_account_number(values["account"]),
            now=request.now,
            **shown,
        )
    except Refusal as refusal:
        return _accounts(request, values, wrong(refusal, request))
    if not found.name_fits:
        messages.warning(request, _("登记的姓名与您输入的不同。对照证件核对，需要时更正姓名。"))
    return redirect("account", number=found.line.account_number)


def _accounts(request: BankRequest, values: dict[str, str], errors: dict[str, str]) -> HttpResponse:
    told = asked(request, "q", "status", sort="newest")
    page = queries.listing(
        actor=request.actor, name=told.values["q"], status=told.values["status"], page=told.page, now=request.now
    )
    context = {
        "page": page,
        "asked": told,
        "values": values,
        "errors": errors,
        "words": words(),
        "desk": queries.desk(actor=request.actor),
        "places": queries.places(request.actor, Permission.LEARNERS_ACCOUNT_CLAIM),
        "may_find": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CLAIM),
        "may_open": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_OPEN),
        "may_merge": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_MERGE),
        "may_erase": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_ERASE),
        "may_take_over": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_TAKE_OVER),
        "may_mend": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CORRECT),
    }
    return render(request, "staff/accounts.html", context, status=422 if errors else 200)


@require_http_methods(["GET", "POST"])
def open_account(request: BankRequest) -> HttpResponse:
    """Open an account for a person whose document lies on the counter."""
    need_kind(request, ActorKind.STAFF)
    values, errors = typed(request, "place", "name", "kind", "number"), {}
    if request.method == "POST":
        try:
            learner = operations.open_account(
                actor=request.actor,
                organization_id=queries.place(request.actor, Permission.LEARNERS_ACCOUNT_OPEN, values["place"]),
                name=values["name"],
                document=document(values, request),
                now=request.now,
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            messages.success(request, _("已开户。接着可当场认领，或打印认领单。"))
            return redirect("account", number=learner.account_number)
    places = queries.places(request.actor, Permission.LEARNERS_ACCOUNT_OPEN)
    context = {"values": values, "errors": errors, "places": places, "words": words()}
    return render(request, "staff/accounts_open.html", context, status=422 if errors else 200)


@require_GET
def account(request: BankRequest, number: str) -> HttpResponse:
    """Show one account, masked, with the acts that this person may do."""
    need_kind(request, ActorKind.STAFF)
    return _account(request, number, {})


def _account(
    request: BankRequest, number: str, errors: dict[str, str], *, form: str = "", full_number: str = ""
) -> HttpResponse:
    page = queries.account_page(actor=request.actor, number=number, now=request.now)
    record_look(request, page.profile.learner.learner_id)
    status = page.profile.learner.status
    may = {
        "claim": status is Status.UNCLAIMED and request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CLAIM),
        "correct": status in {Status.UNCLAIMED, Status.ACTIVE}
        and request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CORRECT),
        "reset": status is Status.ACTIVE and request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CORRECT),
        "unmask": request.actor.holds_anywhere(Permission.LEARNERS_DOCUMENT_UNMASK),
        "close": status is not Status.MERGED and request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_CLOSE),
    }
    context = {
        "page": page,
        "may": may,
        "words": words(),
        "errors": errors,
        "form": form,
        "full_number": full_number,
        "values": typed(request, "name", "kind", "number", "reason", "purpose", "login", "place", "alias", "bank_code"),
        "places": queries.places(request.actor, Permission.LEARNERS_ACCOUNT_VIEW),
        "groups": [(group, GROUP_NAMES[group]) for group in PriorityGroup],
    }
    return render(request, "staff/account.html", context, status=422 if errors else 200)


def _act(
    request: BankRequest,
    number: str,
    form: str,
    *,
    permission: Permission,
    act: Callable[[int, int], object],
    done: str,
) -> HttpResponse:
    """Do one thing to an account at a place, and go back to its page, or show what was wrong at the form."""
    need_kind(request, ActorKind.STAFF)
    page = queries.account_page(actor=request.actor, number=number, now=request.now)
    try:
        place = queries.place(request.actor, permission, request.POST.get("place", ""))
        act(place, page.profile.learner.learner_id)
    except Refusal as refusal:
        return _account(request, number, wrong(refusal, request), form=form)
    messages.success(request, done)
    return redirect("account", number=number)


@require_POST
def unmask(request: BankRequest, number: str) -> HttpResponse:
    """Show a full document number once, for a purpose that the holder reads."""
    need_kind(request, ActorKind.STAFF)
    page = queries.account_page(actor=request.actor, number=number, now=request.now)
    row = request.POST.get("row", "")
    try:
        full_number = operations.unmask(
            actor=request.actor,
            organization_id=queries.place(
                request.actor, Permission.LEARNERS_DOCUMENT_UNMASK, request.POST.get("place", "")
            ),
            learner_id=page.profile.learner.learner_id,
            document_number=int(row) if row.isascii() and row.isdigit() and len(row) < 5 else 0,  # noqa: PLR2004
            purpose=request.POST.get("purpose", ""),
            now=request.now,
        )
    except Refusal as refusal:
        return _account(request, number, wrong(refusal, request), form="unmask")
    return _account(request, number, {}, form="unmask", full_number=full_number)


@require_POST
def correct_name(request: BankRequest, number: str) -> HttpResponse:
    """Give the account another name."""

    def act(place: int, learner_id: int) -> object:
        return operations.correct_name(
            actor=request.actor,
            organization_id=place,
            learner_id=learner_id,
            name=request.POST.get("name", ""),
            reason=request.POST.get("reason", ""),
            now=request.now,
        )

    return _act(
        request,
        number,
        "name",
        permission=Permission.LEARNERS_ACCOUNT_CORRECT,
        act=act,
        done=_("姓名已更正，原姓名留在历史里。"),
    )


@require_POST
def replace_document(request: BankRequest, number: str) -> HttpResponse:
    """Put a new document in the place of the present one."""
    values = typed(request, "kind", "number")

    def act(place: int, learner_id: int) -> object:
        return operations.replace_document(
            actor=request.actor,
            organization_id=place,
            learner_id=learner_id,
            document=document(values, request),
            reason=request.POST.get("reason", ""),
            now=request.now,
        )

    done = _("证件已更换，凭旧证件仍能查到账户。")
    return _act(request, number, "document", permission=Permission.LEARNERS_ACCOUNT_CORRECT, act=act, done=done)


@require_POST
def alias(request: BankRequest, number: str) -> HttpResponse:
    """Put on record the number that the person's account has at another bank."""
    values = typed(request, "alias", "bank_code")

    def act(place: int, learner_id: int) -> None:
        operations.add_alias(
            actor=request.actor,
            organization_id=place,
            learner_id=learner_id,
            number=values["alias"],
            bank_code=values["bank_code"],
            now=request.now,
        )

    done = _("已登记，凭那边的账号也能查到这个账户。")
    return _act(request, number, "alias", permission=Permission.LEARNERS_ACCOUNT_CORRECT, act=act, done=done)


@sensitive_post_parameters("password1", "password2")
@require_POST
def claim(request: BankRequest, number: str) -> HttpResponse:
    """Claim the account for the person at the counter, who types the password."""
    need_kind(request, ActorKind.STAFF)
    values = typed(request, "name", "kind", "number")
    sentences = {"login": _("请填手机号，用来登录。"), "password1": _("请本人填密码。")}
    if empty := missing(request, sentences):
        return _account(request, number, empty, form="claim")

    def act(place: int, learner_id: int) -> object:
        return operations.claim_at_counter(
            actor=request.actor,
            organization_id=place,
            learner_id=learner_id,
            name=values["name"],
            document=document(values, request),
            sign_in=sign_in(request),
            now=request.now,
        )

    return _act(
        request,
        number,
        "claim",
        permission=Permission.LEARNERS_ACCOUNT_CLAIM,
        act=act,
        done=_("已认领，本人现在就能登录。"),
    )


@require_POST
def claim_code(request: BankRequest, number: str) -> HttpResponse:
    """Print a claim slip; an earlier one ends."""
    need_kind(request, ActorKind.STAFF)
    page = queries.account_page(actor=request.actor, number=number, now=request.now)
    try:
        issued = operations.issue_claim_code(
            actor=request.actor,
            organization_id=queries.place(
                request.actor, Permission.LEARNERS_ACCOUNT_CLAIM, request.POST.get("place", "")
            ),
            learner_id=page.profile.learner.learner_id,
            now=request.now,
        )
    except Refusal as refusal:
        return _account(request, number, wrong(refusal, request), form="code")
    return render(request, "staff/accounts_slips.html", {"slips": [(issued, "", "")], "title": issued.name})


@require_POST
def standing(request: BankRequest, number: str) -> HttpResponse:
    """Suspend, close or reopen the account."""
    need_kind(request, ActorKind.STAFF)
    move = MOVES.get(request.POST.get("move", ""))
    if move is None:
        raise Http404

    def act(place: int, learner_id: int) -> object:
        return move(
            actor=request.actor,
            organization_id=place,
            learner_id=learner_id,
            reason=request.POST.get("reason", ""),
            now=request.now,
        )

    return _act(
        request, number, "standing", permission=Permission.LEARNERS_ACCOUNT_CLOSE, act=act, done=_("账户状态已改。")
    )


@require_POST
def group(request: BankRequest, number: str) -> HttpResponse:
    """Count the account in a priority group by written consent, or end that."""
    need_kind(request, ActorKind.STAFF)
    chosen = chosen_from(PriorityGroup, request.POST.get("group", ""))
    if chosen is None:
        raise Http404
    change = operations.withdraw_attribute if request.POST.get("withdraw") else operations.set_attribute

    def act(place: int, learner_id: int) -> object:
        return change(actor=request.actor, organization_id=place, learner_id=learner_id, group=chosen, now=request.now)

    return _act(
        request, number, "group", permission=Permission.LEARNERS_ACCOUNT_CORRECT, act=act, done=_("已按本人同意登记。")
    )
