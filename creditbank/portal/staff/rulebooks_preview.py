"""What a draft would free on the archives of the owner's students."""

from django.http import HttpResponse
from django.utils import timezone
from django.views.decorators.http import require_GET

from creditbank.conversion import queries
from creditbank.entrance.pages import render
from creditbank.entrance.requests import BankRequest
from creditbank.portal.staff.rulebooks import mine


@require_GET
def preview(request: BankRequest, public_id: str) -> HttpResponse:
    """Show sums, the rules that count most, and examples that name nobody."""
    found = mine(request, public_id)
    context = {"details": found, "trial": queries.trial(request.actor, public_id, day=timezone.localdate(request.now))}
    return render(request, "staff/rulebook_preview.html", context)
