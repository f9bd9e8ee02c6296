"""What a program hands in for its organization, and what became of it; people of the organization approve."""

from django.conf import settings
from django.http import JsonResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from creditbank.api.v1.bodies import said
from creditbank.deposits import operations, queries
from creditbank.deposits.types import Batch
from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.entrance.uploads import announced_size
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.text import Text


@csrf_exempt
@require_POST
def deposits(request: BankRequest) -> JsonResponse:
    """Take the body as a file for the program's organization; `name` and `title` stand in the query. Answers 202.

    With `all_or_nothing=1` in the query not a row is posted while any is refused.

    No browser's session counts here, so that nothing can be forged. Refused: who is no program with this permission,
    what `upload` refuses, too many requests.
    """
    count(request)
    batch = operations.upload(
        actor=request.actor,
        organization_id=place_of(request),
        file_name=request.GET.get("name", ""),
        content=request,
        size=announced_size(request),
        title=request.GET.get("title", ""),
        all_or_nothing=request.GET.get("all_or_nothing") == "1",
        now=request.now,
    )
    return taken(batch)


@require_safe
def deposit(request: BankRequest, public_id: str) -> JsonResponse:
    """Return where a batch of the program's organization stands. Refused: any other (status 404)."""
    count(request)
    return _said(queries.batch(actor=request.actor, public_id=public_id))


@require_safe
def refused(request: BankRequest, public_id: str) -> StreamingHttpResponse:
    """Return the refused rows as a file of the same template, the reason in the last column."""
    count(request)
    found = queries.batch(actor=request.actor, public_id=public_id)
    name, content = queries.refused_as_file(found, language=request.lang)
    headers = {
        "Content-Disposition": content_disposition_header(as_attachment=True, filename=name) or "",
        "Cache-Control": "no-store",
    }
    return StreamingHttpResponse(content, content_type="application/octet-stream", headers=headers)


@require_safe
def receipt(request: BankRequest, public_id: str) -> JsonResponse:
    """Return the receipt of a posted batch. Refused: any other (status 404)."""
    count(request)
    view = queries.posted_view(actor=request.actor, public_id=public_id)
    address = request.build_absolute_uri(f"{reverse('root')}?root={view.batch.root}")
    bank = Text(settings.ENVIRONMENT.bank_name_zh, settings.ENVIRONMENT.bank_name_en)
    return said(queries.receipt(view, bank=bank, check_at=address), kept=False)


@csrf_exempt
@require_POST
def submit(request: BankRequest, public_id: str) -> JsonResponse:
    """Ask a second person of the organization to let the good rows enter the book. Refused: as `submit`."""
    count(request)
    return _said(operations.submit(actor=request.actor, public_id=public_id, now=request.now))


def count(request: BankRequest) -> None:
    """Count a request of a program. Refused: who is none, and too many requests."""
    need_kind(request, ActorKind.CLIENT)
    attempt(request, Gate.PROGRAM, request.actor.reference)


def place_of(request: BankRequest) -> int:
    """Return the organization that a program hands in for. Refused: a program that hands nothing in."""
    places = queries.places_to_upload(request.actor)
    if not places:
        raise NotPermitted
    return places[0].id


def taken(batch: Batch) -> JsonResponse:
    """Say that a file was taken in: status 202, the batch and its address."""
    response = _said(batch)
    response.status_code = 202
    response["Location"] = reverse("api_deposit", args=[batch.public_id])
    return response


def _said(batch: Batch) -> JsonResponse:
    return said(queries.status(batch), kept=False)
