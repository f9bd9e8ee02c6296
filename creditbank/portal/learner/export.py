"""A learner's own data as a file to take along."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from creditbank.entrance.actors import need_kind
from creditbank.entrance.requests import BankRequest
from creditbank.journeys.export_learner import export_learner
from creditbank.kernel.actor import ActorKind


@require_safe
def export(request: BankRequest) -> HttpResponse:
    """Return all that the bank keeps about the learner, with the proofs, as a zip file."""
    need_kind(request, ActorKind.LEARNER)
    response = HttpResponse(export_learner(actor=request.actor, now=request.now), content_type="application/zip")
    response.headers["Content-Disposition"] = 'attachment; filename="my-data.zip"'
    response.headers["Cache-Control"] = "no-store"
    return response
