"""What the bank keeps about a learner, who looked at it, and the groups counted by consent."""

from collections.abc import Callable
from typing import Final

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from creditbank.archive import queries
from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.ids import grouped
from creditbank.learners import operations
from creditbank.learners.types import GROUP_NAMES, Attribute, PriorityGroup
from creditbank.portal.people_forms import words

NO_ORGANIZATION: Final = 0  # the holder acts for nobody else


@require_safe
def my_data(request: BankRequest) -> HttpResponse:
    """Show the account, documents, names, groups, enrolments, and who looked at them."""
    need_kind(request, ActorKind.LEARNER)
    view = queries.own_data(actor=request.actor, now=request.now)
    numbers = [grouped(number) if number.isdigit() else number for number in view.profile.numbers]
    context = {
        "view": view,
        "profile": view.profile,
        "numbers": numbers,
        "group_names": GROUP_NAMES,
        "looks": words().looks,
    }
    return render(request, "learner/my_data.html", context)


@require_POST
def consent(request: BankRequest) -> HttpResponse:
    """Count the learner in a group from today on."""
    return _act(request, operations.set_attribute, _("已记下。您随时可以撤回。"))


@require_POST
def withdraw(request: BankRequest) -> HttpResponse:
    """End the consent to be counted in a group."""
    return _act(request, operations.withdraw_attribute, _("已撤回。从今天起不再算作这一人群。"))


def _act(request: BankRequest, act: Callable[..., Attribute], done: str) -> HttpResponse:
    """Do one thing to a group and go back to the page, which says what happened; no group chosen, nothing done."""
    need_kind(request, ActorKind.LEARNER)
    group = request.POST.get("group", "")
    if group not in set(PriorityGroup):
        messages.error(request, _("还没有选人群。选一项再保存。"))
        return redirect("my_data")
    try:
        act(
            actor=request.actor,
            organization_id=NO_ORGANIZATION,
            learner_id=request.actor.learner_id,
            group=PriorityGroup(group),
            now=request.now,
        )
        messages.success(request, done)
    except Refusal as refusal:
        messages.error(request, refusal.sentence(request.lang))
    return redirect("my_data")
