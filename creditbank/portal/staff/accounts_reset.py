"""The page on which a counter gives a learner who forgot the password a one-time code, printed like a claim slip."""

from typing import Final

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.kernel.ids import any_account_number
from creditbank.kernel.permissions import Permission
from creditbank.learners import operations, queries
from creditbank.portal.people_forms import document, typed, words, wrong

NUMBER_MAX: Final = 40


@sensitive_post_parameters("number")
@never_cache
@require_http_methods(["GET", "POST"])
def sign_in_reset(request: BankRequest) -> HttpResponse:
    """Ask for the account number and the document on the counter; print a code where both lead to the same account."""
    need_kind(request, ActorKind.STAFF)
    values, errors = typed(request, "place", "account", "kind", "number", "phone_lost"), {}
    values["account"] = values["account"] or request.GET.get("account", "")[:NUMBER_MAX].strip()
    if request.method == "POST":
        try:
            slip = operations.reset_at_counter(
                actor=request.actor,
                organization_id=queries.place(request.actor, Permission.LEARNERS_ACCOUNT_CORRECT, values["place"]),
                account_number=any_account_number(values["account"]),
                document=document(values, request),
                phone_lost=bool(values["phone_lost"]),
                now=request.now,
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            context = {"slip": slip, "name": _("学习者"), "account": values["account"]}
            return render(request, "staff/users_slip.html", context)
    context = {
        "values": values,
        "errors": errors,
        "words": words(),
        "places": queries.places(request.actor, Permission.LEARNERS_ACCOUNT_CORRECT),
    }
    return render(request, "staff/accounts_reset.html", context, status=422 if errors else 200)
