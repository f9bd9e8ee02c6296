"""What programs ask of conversion: a simulation, a learner's own worth, the rule books in force; JSON as on files."""

from datetime import date

from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_safe
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from creditbank.conversion import queries
from creditbank.conversion.types import Supposed
from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.errors import Refusal

ACHIEVEMENTS_MAX = 60
#: Whoever asks is answered as everybody is: drafts are on the working pages.
EVERYBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


class RequestFaulty(Refusal):
    """The body of a request is not of the form that the reference gives."""

    code = "api.request.faulty"
    zh = "请求的内容不合格式：{place}。请照接口说明改。"
    en = "The request is not of the documented form at {place}. Mend it by the reference."


class Achievement(BaseModel):
    """A supposed achievement: a specification by its public id, a grade as one writes it, the day it was obtained."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    specification: str = Field(min_length=1, max_length=40)
    grade: str = Field("", max_length=60)
    obtained: date | None = None


class Simulation(BaseModel):
    """What is to be simulated: achievements in a programme, by its public id."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    programme: str = Field(min_length=1, max_length=40)
    achievements: tuple[Achievement, ...] = Field((), max_length=ACHIEVEMENTS_MAX)


def _json(document: object) -> JsonResponse:
    return JsonResponse(document, safe=False, json_dumps_params={"ensure_ascii": False})


def _simulation(request: HttpRequest) -> Simulation:
    try:
        if request.method == "POST":
            return Simulation.model_validate_json(request.body)
        given = {
            "programme": request.GET.get("programme", ""),
            "achievements": [{"specification": each} for each in request.GET.getlist("achievement")],
        }
        return Simulation.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise RequestFaulty(place="/".join(str(each) for each in first["loc"]) or "/") from error


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def simulate(request: BankRequest) -> JsonResponse:
    """Return the plan for supposed achievements with its explanation, as `creditbank simulate` does; it replays.

    Nothing is stored and nobody is signed in by it, so that it asks for no token against forged requests.
    Refused: more simulations from one address than the limit allows.
    """
    asked = _simulation(request)
    attempt(request, Gate.SIMULATE, "")
    supposed = [Supposed(each.specification, each.grade, each.obtained) for each in asked.achievements]
    return _json(queries.simulated(asked.programme, supposed, day=timezone.localdate(request.now)).document)


@require_safe
def worth(request: BankRequest) -> JsonResponse:
    """Return what the archive of the learner who is signed in frees, in every programme and towards every award."""
    need_kind(request, ActorKind.LEARNER)
    assert request.actor.learner_id is not None, "learners have an archive"
    day = timezone.localdate(request.now)
    response = _json(queries.worth_document(request.actor, request.actor.learner_id, day=day))
    response["Cache-Control"] = "no-store"
    return response


@require_safe
def rules(request: BankRequest) -> JsonResponse:
    """List the editions in force today; `digest` is of the published text, `ruling` of the text that plans name."""
    found = queries.in_force(timezone.localdate(request.now))
    return _json(
        {
            "editions": [
                {
                    "public_id": each.edition.public_id,
                    "id": each.edition.book.uri,
                    "edition": each.edition.edition,
                    "kind": each.edition.book.kind.value,
                    "title": {"zh": each.edition.book.title.zh, "en": each.edition.book.title.en},
                    "digest": each.edition.digest,
                    "ruling": queries.ruling_digest(each),
                    "from": each.edition.starts.isoformat(),
                    "to": each.edition.ends.isoformat() if each.edition.ends else None,
                    "rules": each.edition.rules,
                }
                for each in found
            ]
        }
    )


@require_safe
def rule_book(request: BankRequest, public_id: str) -> JsonResponse:
    """Return one public edition as the document that was published."""
    del request
    return _json(queries.details(EVERYBODY, public_id).document)


@require_safe
def ruling(request: BankRequest, public_id: str) -> JsonResponse:
    """Return the text that plans of today rest on under an edition in force; with it a stored plan replays."""
    return _json(queries.ruling_text(public_id, day=timezone.localdate(request.now)))
