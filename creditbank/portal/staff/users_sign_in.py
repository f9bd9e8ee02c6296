"""The page on which an administrator closes or opens a colleague's sign-in, or clears a lost second factor."""

from typing import Final

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity import operations, queries
from creditbank.identity.errors import CauseMissing
from creditbank.identity.types import Cause
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.portal.lists import chosen
from creditbank.portal.staff.users import check_roles_in_reach

ACTS: Final = {
    "activate": operations.activate,
    "clear": operations.clear_second_factor,
    "deactivate": operations.deactivate,
}
CAUSES: Final = {
    "activate": (Cause.BACK, Cause.MISTAKE),
    "clear": (Cause.DEVICE_LOST, Cause.DEVICE_NEW),
    "deactivate": (Cause.LEFT, Cause.SUSPECTED, Cause.MISTAKE),
}


@require_http_methods(["GET", "POST"])
def sign_in(request: BankRequest, user: str) -> HttpResponse:
    """Show how a colleague's sign-in stands; do one thing to it, for a cause that the record keeps."""
    need_kind(request, ActorKind.STAFF)
    person = queries.staff_by_public_id(request.actor, user)
    errors: dict[str, str] = {}
    if request.method == "POST":
        check_roles_in_reach(request, person)
        act, cause = request.POST.get("act", ""), chosen(Cause, request.POST.get("cause", ""))
        if act not in ACTS:
            raise Http404
        assert person.organization_id is not None
        try:
            if cause not in CAUSES[act]:
                raise CauseMissing(field="")
            assert cause is not None
            ACTS[act](
                actor=request.actor,
                user_id=person.id,
                organization_id=person.organization_id,
                cause=cause,
                now=request.now,
            )
        except Refusal as refusal:
            errors = {"": refusal.sentence(request.lang)}
        else:
            messages.success(request, _("已办好，已记下是谁、何时、为什么。"))
            return redirect("user_sign_in", user=user)
    factor = queries.has_second_factor(person.id)
    context = {
        "person": person,
        "factor": factor,
        "acts": _offered(active=person.is_active, factor=factor),
        "causes": _causes(),
        "errors": errors,
    }
    return render(request, "staff/users_sign_in.html", context, status=422 if errors else 200)


def _offered(*, active: bool, factor: bool) -> list[tuple[str, str, str, tuple[Cause, ...]]]:
    """Return the acts that change something now: code, label, what comes of it, causes to choose from."""
    found = []
    if factor:
        note = _("手机或备用码丢了，本人进不来时用。先核对本人身份证件；下次登录要重新设双重验证。")
        found.append(("clear", _("清除双重验证"), note, CAUSES["clear"]))
    if active:
        note = _("停用后立刻不能登录，已登录的也退出；任命和记录都不变，以后可以恢复。")
        found.append(("deactivate", _("停用登录"), note, CAUSES["deactivate"]))
    else:
        found.append(("activate", _("恢复登录"), _("恢复后，用原来的登录名和密码登录。"), CAUSES["activate"]))
    return found


def _causes() -> dict[Cause, str]:
    return {
        Cause.DEVICE_LOST: _("手机或备用码丢了"),
        Cause.DEVICE_NEW: _("换了手机"),
        Cause.LEFT: _("离岗"),
        Cause.SUSPECTED: _("怀疑被人冒用"),
        Cause.BACK: _("回岗"),
        Cause.MISTAKE: _("先前办错了"),
    }
