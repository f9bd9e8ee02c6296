"""Requirements of programmes and awards over a learner's own archive and the plan that would be granted; read-only."""

from django.http import HttpResponse
from django.views.decorators.http import require_safe

from creditbank.conversion import queries
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.errors import Refusal, RefusalKind
from creditbank.portal.learner.worth import aimed_at, job_of, learner_of, today


@require_safe
def audit(request: BankRequest) -> HttpResponse:
    """Show one programme or award as its requirements: the one asked for, else the goal, else the nearest one."""
    learner, day = learner_of(request), today(request)
    programmes = queries.worth(request.actor, learner, day=day)
    awards = queries.awards(request.actor, learner, day=day)
    goal = queries.goal(learner)
    chosen, award = request.GET.get("programme", ""), request.GET.get("award", "")
    if not chosen and not award:
        chosen, award = aimed_at(goal, job_of(request, goal, programmes, awards))
    if not chosen and not award and programmes:
        chosen = programmes[0].programme_public_id
    shown, reached, refusal = None, None, None
    try:
        shown = queries.audit(request.actor, learner, chosen, day=day) if chosen else None
        reached = queries.award(request.actor, learner, award, day=day) if award and not chosen else None
    except Refusal as refused:
        if refused.kind is not RefusalKind.LIMITED:
            raise
        refusal = refused
    context = {
        "programmes": programmes,
        "awards": awards,
        "audit": shown,
        "award": reached,
        "refusal": refusal,
    }
    return render(request, "learner/audit.html", context)
