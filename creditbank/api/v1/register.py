"""What programs of institutions ask the register: is a certificate registered, does it hold, is it this person's."""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe
from pydantic import BaseModel, ConfigDict, Field

from creditbank.api.v1.bodies import body_of, form_of, said
from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.documents import DocumentKind, read
from creditbank.register import queries
from creditbank.register.types import Named


class Shown(BaseModel):
    """A certificate that somebody shows: issuer (its code), number, and the holder by document, by name, or by both."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    issuer: str = Field(min_length=1, max_length=40)
    number: str = Field(min_length=1, max_length=60)
    specification: str = Field("", max_length=40)
    name: str | None = Field(None, max_length=200)
    document: str | None = Field(None, max_length=40)
    document_kind: DocumentKind = DocumentKind.RESIDENT_ID


@require_safe
def certificates(request: BankRequest) -> JsonResponse:
    """Return what an issuer has registered under a number (`issuer`, `number`): kind, days, status, what happened.

    Nothing tells who holds it. Refused: who is no program, an issuer that has registered nothing, too many requests.
    """
    _count(request)
    issuer_id = queries.issuer(request.GET.get("issuer", ""))
    found = queries.statuses(issuer_id=issuer_id, number=request.GET.get("number", "")[:60])
    return said({"certificates": [_certificate(each, reasons=False) for each in found]}, kept=False)


@csrf_exempt
@require_POST
def confirm(request: BankRequest) -> JsonResponse:
    """Say whether a certificate is registered for this holder and holds today; `verdict` with its words.

    Refused: as `certificates`, a request of another form, a document number that cannot be one.
    """
    _count(request)
    asked = form_of(Shown, body_of(request))
    today = timezone.localdate(request.now)
    document = None
    if asked.document is not None:
        document = read(asked.document_kind, asked.document, today=today)
    answer = queries.confirm(
        issuer_id=queries.issuer(asked.issuer),
        number=asked.number,
        today=today,
        document=document,
        name=asked.name,
        specification_public_id=asked.specification,
    )
    words = queries.words(answer.verdict)
    return said(
        {
            "verdict": answer.verdict.value,
            "message": {"zh": words.zh, "en": words.en},
            "certificate": None if answer.named is None else _certificate(answer.named, reasons=True),
        },
        kept=False,
    )


def _count(request: BankRequest) -> None:
    need_kind(request, ActorKind.CLIENT)
    attempt(request, Gate.PROGRAM, request.actor.reference)


def _certificate(named: Named, *, reasons: bool) -> dict[str, object]:
    """Return a certificate as programs read it; why it was revoked is for those only who know the holder."""
    certificate = named.certificate
    return {
        "number": certificate.number,
        "specification": named.specification_public_id,
        "name": {"zh": named.name.zh, "en": named.name.en},
        "level": named.level,
        "issuer": {"code": named.issuer_code, "zh": named.issuer.zh, "en": named.issuer.en},
        "issued": certificate.issued_on.iso,
        "until": None if certificate.until_on is None else certificate.until_on.iso,
        "status": certificate.status.name.lower(),
        "events": [
            {"at": event.at.isoformat(), "status": event.status.name.lower()}
            | ({"reason": event.note} if reasons else {})
            for event in named.events
        ],
    }
