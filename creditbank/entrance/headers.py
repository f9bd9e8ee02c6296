"""Security headers on every answer, from the first page on."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.http.response import ResponseHeaders

POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
HEADERS: Final = {
    "Content-Security-Policy": POLICY,
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
#: As Django keeps headers: it looks at each name and value of every answer anew, and these never change.
_KEPT: Final = ResponseHeaders(HEADERS)._store  # noqa: SLF001  # that is all it holds


class SecurityHeaders:
    """Nothing is loaded from elsewhere, nothing runs inline, nothing is framed."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, with the headers."""
        response = self.get_response(request)
        headers = response.headers._store  # noqa: SLF001  # as above
        for name, header in _KEPT.items():
            headers.setdefault(name, header)
        return response
