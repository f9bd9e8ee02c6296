"""Occupations and the ways into them as everybody may read them; who may publish them finds the way to do so here."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from creditbank.catalogue import permissions
from creditbank.catalogue.queries import occupations as queries
from creditbank.conversion import queries as conversion
from creditbank.conversion.types import Named
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.portal import lists

#: What `editions` asks for: those that hold today (empty), or all that ever held.
ALL = "all"


@require_GET
def occupations(request: BankRequest) -> HttpResponse:
    """Search the occupations by name, pinyin initials or code."""
    asked = lists.asked(request, "q", "editions", sort="name")
    current_on = None if asked.values["editions"] == ALL else timezone.localdate(request.now)
    context = {
        "listing": queries.listing(asked.values["q"], current_on=current_on, page=asked.page),
        "asked": asked,
        "may_publish": permissions.may_publish(request.actor),
    }
    return render(request, "public/occupations.html", context)


@require_GET
def occupation(request: BankRequest, public_id: str) -> HttpResponse:
    """Show one edition: every way into the occupation with what it asks for; a learner may make it their goal."""
    details, day = queries.details(public_id), timezone.localdate(request.now)
    one = details.occupation
    context = {
        "details": details,
        "titles": {
            key: Named(row.specification.code, row.specification.name, row.specification.level).title
            for key, row in details.specifications.items()
        },
        "awards": {each.target: each for each in conversion.awards_on_offer(day)},
        "holds": one.starts <= day and (one.ends is None or one.ends > day),
        "may_aim": request.actor.kind in {ActorKind.LEARNER, ActorKind.ANONYMOUS},
        "is_learner": request.actor.kind is ActorKind.LEARNER,
        "may_publish": permissions.may_edit(request.actor, one.owner_id),
    }
    return render(request, "public/occupation.html", context)
