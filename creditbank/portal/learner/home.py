"""A learner's first page."""

from django.http import HttpResponse

from creditbank.archive import queries
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.ids import grouped


def learner_home(request: BankRequest) -> HttpResponse:
    """Show what the learner has, what it is worth, and what is under way."""
    view = queries.own_home(actor=request.actor, now=request.now)
    context = {"view": view, "account_number": grouped(view.learner.account_number)}
    return render(request, "learner/home.html", context)
