"""A file that a program hands in by pieces, so that a broken connection costs one piece and not the night."""

from django.http import HttpResponse, JsonResponse
from django.urls import reverse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST
from pydantic import BaseModel, ConfigDict, Field

from creditbank.api.v1.bodies import body_of, form_of, said
from creditbank.api.v1.deposits import count, place_of, taken
from creditbank.deposits import operations, queries
from creditbank.deposits.types import Upload
from creditbank.entrance import uploads as entrance
from creditbank.entrance.actors import need_kind
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind


class Announced(BaseModel):
    """What a program says of a file before it comes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str = Field(min_length=1, max_length=200)
    size: int = Field(ge=0, lt=10**15)
    sha256: str = Field("", pattern="^([0-9a-fA-F]{64})?$")
    title: str = Field("", max_length=120)


@csrf_exempt
@require_POST
def uploads(request: BankRequest) -> JsonResponse:
    """Begin an upload, or find the one that was begun of the same file (name, size, sha256). Answers 201.

    Refused: who is no program with this permission, what `start_upload` refuses, too many requests.
    """
    count(request)
    form = form_of(Announced, body_of(request))
    found = operations.start_upload(
        actor=request.actor,
        organization_id=place_of(request),
        file_name=form.name,
        size=form.size,
        title=form.title,
        sha256=form.sha256,
        now=request.now,
    )
    response = _said(found)
    response.status_code = 201
    response["Location"] = reverse("api_upload", args=[found.public_id])
    return response


@csrf_exempt
@require_http_methods(["GET", "HEAD", "PATCH", "DELETE"])
def upload(request: BankRequest, public_id: str) -> HttpResponse:
    """Return how far an upload is (GET), take the piece at `Upload-Offset` (PATCH), or drop the upload (DELETE).

    Refused: an upload that another program began (status 404), a piece that does not follow (409, with the header).
    """
    if request.method == "PATCH":  # not counted: a file has some hundreds of pieces, each of which must follow
        need_kind(request, ActorKind.CLIENT)
        at, content = entrance.offset(request), entrance.piece(request)
        return _said(
            operations.add_piece(actor=request.actor, public_id=public_id, offset=at, content=content, now=request.now)
        )
    count(request)
    if request.method == "DELETE":
        operations.drop_upload(actor=request.actor, public_id=public_id)
        return HttpResponse(status=204)
    return _said(queries.unfinished(actor=request.actor, public_id=public_id))


@csrf_exempt
@require_POST
def finish(request: BankRequest, public_id: str) -> JsonResponse:
    """Let an upload of which every piece is here be a batch; answers 202 as `POST deposits` does, again if repeated.

    With `all_or_nothing=1` in the query not a row is posted while any is refused.
    """
    count(request)
    chosen = request.GET.get("all_or_nothing") == "1"
    return taken(
        operations.finish_upload(actor=request.actor, public_id=public_id, all_or_nothing=chosen, now=request.now)
    )


def _said(found: Upload) -> JsonResponse:
    told = {"id": found.public_id, "name": found.file_name, "size": found.size, "offset": found.offset}
    response = said(told, kept=False)
    response[entrance.OFFSET] = str(found.offset)
    return response
