"""What the upload page's script asks: a file goes up in pieces, and on where it stopped. Answers are JSON."""

from typing import Final

from django.http import HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from creditbank.deposits import operations, queries
from creditbank.deposits.errors import FileTwice
from creditbank.deposits.types import Upload
from creditbank.entrance import uploads as entrance
from creditbank.entrance.actors import need_kind
from creditbank.entrance.refusals import problem
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind

DIGITS_MAX: Final = 15


@require_POST
def start(request: BankRequest) -> JsonResponse:
    """Begin an upload, or say how far the one is that this person began of the same file."""
    need_kind(request, ActorKind.STAFF)
    size = request.POST.get("size", "")
    found = operations.start_upload(
        actor=request.actor,
        organization_id=queries.place(request.actor, request.POST.get("place", "")),
        file_name=request.POST.get("name", ""),
        size=int(size) if size.isascii() and size.isdigit() and len(size) <= DIGITS_MAX else 0,
        title=request.POST.get("title", ""),
        mark=request.POST.get("mark", ""),
        now=request.now,
    )
    return _said(found)


@require_http_methods(["GET", "HEAD", "PATCH"])
def one(request: BankRequest, public_id: str) -> JsonResponse:
    """Return how far an upload is, or take the piece at `Upload-Offset`."""
    need_kind(request, ActorKind.STAFF)
    if request.method == "PATCH":
        at, content = entrance.offset(request), entrance.piece(request)
        return _said(
            operations.add_piece(actor=request.actor, public_id=public_id, offset=at, content=content, now=request.now)
        )
    return _said(queries.unfinished(actor=request.actor, public_id=public_id))


@require_POST
def finish(request: BankRequest, public_id: str) -> HttpResponse:
    """Let a whole upload be a batch and say where its page is; of a file that was handed in before, where that is."""
    need_kind(request, ActorKind.STAFF)
    try:
        batch = operations.finish_upload(
            actor=request.actor,
            public_id=public_id,
            all_or_nothing=request.POST.get("all_or_nothing") == "1",
            now=request.now,
        )
    except FileTwice as refusal:
        response = problem(request, refusal, 409)
        response["Location"] = reverse("batch", args=[str(refusal.details["batch"])])
        return response
    return JsonResponse({"batch": reverse("batch", args=[batch.public_id])})


@require_POST
def drop(request: BankRequest, public_id: str) -> HttpResponse:
    """Delete what came of a file that is not to come any more."""
    need_kind(request, ActorKind.STAFF)
    operations.drop_upload(actor=request.actor, public_id=public_id)
    return redirect("batch_upload")


def _said(found: Upload) -> JsonResponse:
    addresses = {"piece": reverse("upload", args=[found.public_id])}
    addresses |= {"finish": reverse("upload_finish", args=[found.public_id])}
    response = JsonResponse({"offset": found.offset, "size": found.size, **addresses})
    response["Cache-Control"] = "no-store"
    return response
