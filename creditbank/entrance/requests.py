"""What the entrance adds to a request: its number, the instant, the language, the actor."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Final

from django.http import HttpRequest, HttpResponse
from django.utils import translation

from creditbank.kernel.actor import Actor

ENGLISH_PREFIX: Final = "/en/"


class BankRequest(HttpRequest):
    """A request as the pages see it. Only the type; the middleware below fills it."""

    actor: Actor
    now: datetime
    lang: str
    number: str


class RequestIdentity:
    """Give each request a number and one instant, so that everything it does has the same `now`."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: BankRequest) -> HttpResponse:
        """Answer, and tell the number, which error pages show too."""
        request.number = secrets.token_hex(4).upper()
        request.now = datetime.now(tz=UTC)
        response = self.get_response(request)
        response["X-Request-Id"] = request.number
        return response


class Language:
    """The address decides the language: /en/... is English, everything else Chinese."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: BankRequest) -> HttpResponse:
        """Answer in the language of the address."""
        english = request.path_info.startswith(ENGLISH_PREFIX)
        request.lang = "en" if english else "zh"
        with translation.override("en" if english else "zh-hans"):
            response = self.get_response(request)
            response.setdefault("Content-Language", "en" if english else "zh-CN")
            return response
