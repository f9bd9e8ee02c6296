"""Pages of the management centre for two accounts of one person, and for a person who is to be erased."""

from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.journeys import erase_learner, merge_accounts
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.ids import any_account_number
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries
from creditbank.portal.people_forms import typed, words, wrong

NUMBER_MAX: Final = 40
FIELDS: Final = ("survivor", "reason", "sure", "place")

Sides = tuple[merge_accounts.Side, merge_accounts.Side]


def _need(request: BankRequest, permission: Permission) -> None:
    """Let nobody find accounts here but those who may act on them; the operation asks again, at its place."""
    need_kind(request, ActorKind.STAFF)
    if not request.actor.holds_anywhere(permission):
        raise NotPermitted(permission=permission.value)


def _asked(request: BankRequest, name: str) -> str:
    return request.GET.get(name, "")[:NUMBER_MAX].strip()


def _number(text: str, field: str, errors: dict[str, str], request: BankRequest) -> str:
    """Return the account number in a text; what is wrong with it goes to its field."""
    try:
        return any_account_number(text)
    except Refusal as refusal:
        errors[field] = refusal.sentence(request.lang)
        return ""


@require_http_methods(["GET", "POST"])
def merging(request: BankRequest) -> HttpResponse:
    """Ask for two account numbers, show both accounts beside each other, and merge them."""
    _need(request, Permission.LEARNERS_ACCOUNT_MERGE)
    asked = {"first": _asked(request, "first"), "second": _asked(request, "second")}
    errors: dict[str, str] = {}
    sides = _sides(request, asked, errors) if any(asked.values()) else None
    values = typed(request, *FIELDS)
    if request.method == "POST" and sides is not None:
        errors = _merged(request, sides, values)
        if not errors:
            messages.success(request, _("两个账户已合并。原来的两个账号都能查到留下的账户。"))
            return redirect("account", number=values["survivor"])
    context = {
        "asked": asked,
        "sides": sides,
        "errors": errors,
        "values": values | {"survivor": values["survivor"] or _suggested(sides)},
        "words": words(),
        "places": queries.places(request.actor, Permission.LEARNERS_ACCOUNT_MERGE),
        "may_erase": request.actor.holds_anywhere(Permission.LEARNERS_ACCOUNT_ERASE),
    }
    return render(request, "staff/merging.html", context, status=422 if errors else 200)


def _sides(request: BankRequest, asked: dict[str, str], errors: dict[str, str]) -> Sides | None:
    first, second = (_number(asked[field], field, errors, request) for field in ("first", "second"))
    if errors:
        return None
    try:
        return merge_accounts.beside(actor=request.actor, numbers=(first, second), now=request.now)
    except Refusal as refusal:
        errors[""] = refusal.sentence(request.lang)
        return None


def _suggested(sides: Sides | None) -> str:
    """Return the number of the account that better stays: the claimed one, else the first."""
    if sides is None:
        return ""
    claimed = [side for side in sides if side.page.profile.learner.claimed_at is not None]
    return (claimed or list(sides))[0].page.profile.learner.account_number


def _merged(request: BankRequest, sides: Sides, values: dict[str, str]) -> dict[str, str]:
    """Merge, or return what stands against it by field."""
    ids = {side.page.profile.learner.account_number: side.page.profile.learner.learner_id for side in sides}
    if values["survivor"] not in ids:
        return {"survivor": _("请选留下哪个账户。")}
    if not values["sure"]:
        return {"sure": _("请确认两个账户是同一个人的。")}
    [other] = [learner_id for number, learner_id in ids.items() if number != values["survivor"]]
    try:
        merge_accounts.merge_accounts(
            actor=request.actor,
            organization_id=queries.place(request.actor, Permission.LEARNERS_ACCOUNT_MERGE, values["place"]),
            survivor_id=ids[values["survivor"]],
            other_id=other,
            reason=values["reason"],
            now=request.now,
        )
    except Refusal as refusal:
        return wrong(refusal, request)
    return {}


@require_http_methods(["GET", "POST"])
def erasing(request: BankRequest) -> HttpResponse:
    """Ask for an account number, show what would go, and erase it once the number is typed again."""
    _need(request, Permission.LEARNERS_ACCOUNT_ERASE)
    asked = _asked(request, "account")
    errors: dict[str, str] = {}
    side = _side(request, asked, errors) if asked else None
    values = typed(request, "typed", "reason", "place")
    if request.method == "POST" and side is not None:
        errors = _erased(request, side, values)
        if not errors:
            messages.success(request, _("账户和本人资料已删除，账号不再发给别人。"))
            return redirect("erasing")
    context = {
        "asked": asked,
        "side": side,
        "errors": errors,
        "values": values,
        "words": words(),
        "places": queries.places(request.actor, Permission.LEARNERS_ACCOUNT_ERASE),
    }
    return render(request, "staff/merging_erase.html", context, status=422 if errors else 200)


def _side(request: BankRequest, asked: str, errors: dict[str, str]) -> merge_accounts.Side | None:
    number = _number(asked, "account", errors, request)
    if errors:
        return None
    try:
        return merge_accounts.one(actor=request.actor, number=number, now=request.now)
    except Refusal as refusal:
        errors["account"] = refusal.sentence(request.lang)
        return None


def _erased(request: BankRequest, side: merge_accounts.Side, values: dict[str, str]) -> dict[str, str]:
    """Erase, or return what stands against it by field."""
    learner = side.page.profile.learner
    if "".join(values["typed"].split()) != learner.account_number:
        return {"typed": _("这里要填上面那个账号，一位不差。")}
    try:
        erase_learner.erase_learner(
            actor=request.actor,
            organization_id=queries.place(request.actor, Permission.LEARNERS_ACCOUNT_ERASE, values["place"]),
            learner_id=learner.learner_id,
            reason=values["reason"],
            now=request.now,
        )
    except Refusal as refusal:
        return wrong(refusal, request)
    return {}
