"""What programs ask of conversion: simulations, replays of stored plans, the rule books in force; JSON as on files."""

from typing import Any

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from creditbank.api.v1.bodies import Simulation, Stated, body_of, check_few, form_of, said
from creditbank.conversion import queries
from creditbank.conversion.types import Supposed
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import Actor, ActorKind

#: Whoever asks is answered as everybody is: drafts are on the working pages.
EVERYBODY = Actor(kind=ActorKind.ANONYMOUS, id=0, name="")


@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def simulate(request: BankRequest) -> JsonResponse:
    """Return the plan for supposed achievements with its explanation, as `creditbank simulate` does; it replays.

    Either achievements of the catalogue in a programme, or a whole problem under editions that were in force.
    Nothing is stored and nobody is signed in by it, so that it asks for no token against forged requests.
    Refused: more simulations from one address than the limit allows.
    """
    tree = body_of(request) if request.method == "POST" else _query(request)
    check_few(tree)
    if "problem" in tree:
        return _stated(request, form_of(Stated, tree))
    asked = form_of(Simulation, tree)
    attempt(request, Gate.SIMULATE, "")
    supposed = [Supposed(each.specification, each.grade, each.obtained) for each in asked.achievements]
    return said(queries.simulated(asked.programme, supposed, day=timezone.localdate(request.now)).document)


def _query(request: BankRequest) -> dict[str, Any]:
    return {
        "programme": request.GET.get("programme", ""),
        "achievements": [{"specification": each} for each in request.GET.getlist("achievement")],
    }


def _stated(request: BankRequest, asked: Stated) -> JsonResponse:
    attempt(request, Gate.SIMULATE, "")
    editions = [each.model_dump() for each in asked.editions]
    return said(queries.simulated_problem(asked.problem, editions, award=asked.award))


@csrf_exempt
@require_POST
def replay(request: BankRequest) -> JsonResponse:
    """Make a stored plan again by the books that it names, as `creditbank replay` does, and say which those are.

    Refused: what is no stored plan, a text that was never in force here, a plan that comes to something else, more
    than the limit of simulations allows. Nothing is stored.
    """
    document = body_of(request)
    check_few(document)
    attempt(request, Gate.SIMULATE, "")
    found = queries.replay(document)
    editions = [
        {
            "id": each.edition.book.uri,
            "edition": each.edition.edition,
            "digest": queries.ruling_digest(each),
            "found": f"/rules/{each.edition.public_id}",
        }
        for each in found
    ]
    return said({"same": True, "editions": editions})


@require_safe
def rules(request: BankRequest) -> JsonResponse:
    """List the editions in force today; `digest` is of the published text, `ruling` of the text that plans name."""
    found = queries.in_force(timezone.localdate(request.now))
    return said(
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
    return said(queries.details(EVERYBODY, public_id).document)


@require_safe
def ruling(request: BankRequest, public_id: str) -> JsonResponse:
    """Return the text that plans of today rest on under an edition in force; with it a stored plan replays."""
    return said(queries.ruling_text(public_id, day=timezone.localdate(request.now)))
