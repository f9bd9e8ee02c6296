"""Pages for what went wrong outside the rooms: nothing there, no token, a bug."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Say that there is no such page."""
    return render(request, "errors/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  # Django passes it by name
    """Say that this is not allowed."""
    return render(request, "errors/403.html", status=403)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  # Django names it
    """Say that the form was too old."""
    return render(request, "errors/csrf.html", status=403)


def crashed(request: HttpRequest) -> HttpResponse:
    """Say that the fault is ours, with the number to report; who asks and the frame may not be known by then."""
    page = render_to_string("errors/500.html", {"number": getattr(request, "number", "")})
    return HttpResponse(page, status=500)
