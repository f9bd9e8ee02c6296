"""How a page leaves the house: rendered, and never kept by a cache where somebody is signed in."""

from collections.abc import Mapping

from django.http import HttpResponse
from django.shortcuts import render as django_render

from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind


def render(
    request: BankRequest, template: str, context: Mapping[str, object] | None = None, *, status: int = 200
) -> HttpResponse:
    """Return the page; `context` holds frozen values only."""
    response = django_render(request, template, dict(context or {}), status=status)
    if request.actor.kind is not ActorKind.ANONYMOUS:
        response["Cache-Control"] = "no-store"
    return response
