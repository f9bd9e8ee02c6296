"""What programs ask about archives: the holder's own worth and plan, and the worth of an organization's learners."""

from django.http import JsonResponse
from django.utils import timezone
from django.views.decorators.http import require_safe

from creditbank.api.v1.bodies import said
from creditbank.conversion import queries
from creditbank.entrance.actors import need_kind
from creditbank.entrance.limits import attempt
from creditbank.entrance.requests import BankRequest
from creditbank.identity.types import Gate
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.permissions import Permission
from creditbank.learners import operations as learners

WISHES_MAX = 60


@require_safe
def worth(request: BankRequest) -> JsonResponse:
    """Return what the archive of the learner who is signed in frees, in every programme and towards every award."""
    day = timezone.localdate(request.now)
    return said(queries.worth_document(request.actor, _own(request), day=day), kept=False)


@require_safe
def plan(request: BankRequest) -> JsonResponse:
    """Return the plan of the learner who is signed in for one programme, with its explanation; it replays."""
    keep, avoid = (request.GET.getlist(name)[:WISHES_MAX] for name in ("keep", "avoid"))
    day = timezone.localdate(request.now)
    programme = request.GET.get("programme", "")
    found = queries.answer(request.actor, _own(request), programme, day=day, keep=keep, avoid=avoid)
    return said(found.document, kept=False)


@require_safe
def learner_worth(request: BankRequest, number: str) -> JsonResponse:
    """Return what an account of the program's organization is worth by the entries which that organization deposited.

    The holder reads that the program asked. Refused: who is no program, one without this permission, an account that
    is none of the organization's (status 404), too many requests.
    """
    need_kind(request, ActorKind.CLIENT)
    reach = request.actor.reach({Permission.ARCHIVE_ENTRY_VIEW}).organizations
    if not reach:
        raise NotPermitted(permission=Permission.ARCHIVE_ENTRY_VIEW.value)
    attempt(request, Gate.PROGRAM, request.actor.reference)
    learner_id = queries.learner_within(request.actor, number, now=request.now)
    learners.open_page(actor=request.actor, organization_id=min(reach), learner_id=learner_id, now=request.now)
    day = timezone.localdate(request.now)
    document = queries.worth_document(request.actor, learner_id, day=day)
    # What somebody works towards is theirs to tell.
    return said({"account": number, **document, "goal": None}, kept=False)


def _own(request: BankRequest) -> int:
    need_kind(request, ActorKind.LEARNER)
    assert request.actor.learner_id is not None, "learners have an archive"
    return request.actor.learner_id
