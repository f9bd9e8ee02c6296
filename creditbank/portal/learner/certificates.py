"""The certificates issued to a learner, and how one enters the archive."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal
from creditbank.portal.people_forms import typed, wrong
from creditbank.register import operations, queries


@require_http_methods(["GET", "POST"])
def certificates(request: BankRequest) -> HttpResponse:
    """Show the learner's own certificates; confirm one by issuer and number and let it enter the archive."""
    need_kind(request, ActorKind.LEARNER)
    values, errors = typed(request, "issuer", "number"), {}
    if request.method == "POST":
        attempt(request, Gate.REGISTER, request.actor.reference)
        try:
            operations.claim(
                actor=request.actor,
                issuer_id=queries.issuer(values["issuer"]),
                number=values["number"],
                now=request.now,
            )
        except Refusal as refusal:
            errors = wrong(refusal, request)
        else:
            messages.success(request, _("证书已核实，放进了您的档案。"))
            return redirect("my_certificates")
    own = queries.own(actor=request.actor, today=timezone.localdate(request.now))
    context = {"own": own, "issuers": queries.issuers(), "values": values, "errors": errors}
    return render(request, "learner/certificates.html", context, status=422 if errors else 200)
