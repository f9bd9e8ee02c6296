"""A learner's first page."""

from django.http import HttpResponse
from django.utils import timezone

from creditbank.archive import queries
from creditbank.conversion import queries as conversion
from creditbank.conversion.types import GoalKind
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.ids import grouped
from creditbank.portal.learner.worth import aimed_at, job_of, solved
from creditbank.portal.people_forms import words


def learner_home(request: BankRequest) -> HttpResponse:
    """Show what the learner has, what it is worth, and what is under way.

    The worth shown is that of the goal, else of the programme they study in, else of where most credits count.
    """
    view = queries.own_home(actor=request.actor, now=request.now)
    learner, day = view.learner.learner_id, timezone.localdate(request.now)
    programmes = conversion.worth(request.actor, learner, day=day)
    goal = conversion.goal(learner)
    towards = conversion.awards(request.actor, learner, day=day) if goal and goal.kind is GoalKind.OCCUPATION else ()
    job = job_of(request, goal, programmes, towards)
    wanted, _award = aimed_at(goal, job)
    aimed = next((each for each in programmes if each.programme_public_id == wanted), None)
    best = aimed or next((each for each in programmes if each.credits), None) or next(iter(programmes), None)
    context = {
        "view": view,
        "account_number": grouped(view.learner.account_number),
        "looks": words().looks,
        "programmes": programmes,
        "job": job,
        "best": best and solved(request, learner, best.programme_public_id),
    }
    return render(request, "learner/home.html", context)
