"""A learner's first page."""

from django.http import HttpResponse
from django.utils import timezone

from creditbank.archive import queries
from creditbank.conversion import queries as conversion
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.ids import grouped
from creditbank.portal.learner.worth import solved
from creditbank.portal.people_forms import words


def learner_home(request: BankRequest) -> HttpResponse:
    """Show what the learner has, what it is worth, and what is under way.

    The worth shown is that of the goal, else of the programme they study in, else of where most credits count.
    """
    view = queries.own_home(actor=request.actor, now=request.now)
    learner, day = view.learner.learner_id, timezone.localdate(request.now)
    programmes = conversion.worth(request.actor, learner, day=day)
    goal = conversion.goal(learner)
    aimed = next((each for each in programmes if goal is not None and each.programme_public_id == goal.target), None)
    best = aimed or next((each for each in programmes if each.credits), None) or next(iter(programmes), None)
    context = {
        "view": view,
        "account_number": grouped(view.learner.account_number),
        "looks": words().looks,
        "programmes": programmes,
        "best": best and solved(request, learner, best.programme_public_id),
    }
    return render(request, "learner/home.html", context)
