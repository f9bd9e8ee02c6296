"""What a program hands in for its organization, and what became of it; people of the organization approve."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from creditbank.api.v1.bodies import said
from creditbank.deposits import operations, queries
from creditbank.deposits.types import FILE_BYTES_MAX, Batch
from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted


@csrf_exempt
@require_POST
def deposits(request: BankRequest) -> JsonResponse:
    """Take the body as a file for the program's organization; `name` and `title` stand in the query. Answers 202.

    No browser's session counts here, so that nothing can be forged. Refused: who is no program with this permission,
    what `upload` refuses, too many requests.
    """
    _count(request)
    places = queries.places_to_upload(request.actor)
    if not places:
        raise NotPermitted
    batch = operations.upload(
        actor=request.actor,
        organization_id=places[0].id,
        file_name=request.GET.get("name", ""),
        content=request.read(FILE_BYTES_MAX + 1),
        title=request.GET.get("title", ""),
        now=request.now,
    )
    response = _said(batch)
    response.status_code = 202
    response["Location"] = reverse("api_deposit", args=[batch.public_id])
    return response


@require_safe
def deposit(request: BankRequest, public_id: str) -> JsonResponse:
    """Return where a batch of the program's organization stands. Refused: any other (status 404)."""
    _count(request)
    return _said(queries.batch(actor=request.actor, public_id=public_id))


@require_safe
def refused(request: BankRequest, public_id: str) -> HttpResponse:
    """Return the refused rows as a file of the same template, the reason in the last column."""
    _count(request)
    found = queries.batch(actor=request.actor, public_id=public_id)
    name, content = queries.refused_as_file(found, language=request.lang)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
        "Cache-Control": "no-store",
    }
    return HttpResponse(content, content_type="application/octet-stream", headers=headers)


@csrf_exempt
@require_POST
def submit(request: BankRequest, public_id: str) -> JsonResponse:
    """Ask a second person of the organization to let the good rows enter the book. Refused: as `submit`."""
    _count(request)
    return _said(operations.submit(actor=request.actor, public_id=public_id, now=request.now))


def _count(request: BankRequest) -> None:
    need_kind(request, ActorKind.CLIENT)
    attempt(request, Gate.PROGRAM, request.actor.reference)


def _said(batch: Batch) -> JsonResponse:
    return said(queries.status(batch), kept=False)
