"""A refusal, wherever it was raised, becomes a page or a problem document (RFC 9457)."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Final
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from creditbank.deposits.errors import NO_ROOM, DiskFull
from creditbank.entrance.actors import SignInNeeded
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal, RefusalKind

STATUS: Final = {
    RefusalKind.INVALID: 422,
    RefusalKind.FORBIDDEN: 403,
    RefusalKind.NOT_FOUND: 404,
    RefusalKind.CONFLICT: 409,
    RefusalKind.LIMITED: 429,
    RefusalKind.UNAVAILABLE: 503,
    RefusalKind.NO_ROOM: 507,
}


class NotLikeThis(Refusal):
    """The address is right, but what was asked is not done there: a form's address was opened as a page, or alike."""

    code = "entrance.method"
    kind = RefusalKind.INVALID
    zh = "这个地址只在页面上按下按钮时使用，不能直接打开。请回到上一页，从那里再办一次。"
    en = "This address works only when a button of a page is pressed. Go back to that page and press it again."


def wants_json(request: HttpRequest) -> bool:
    """Say whether the answer should be a problem document rather than a page."""
    first = str(request.accepted_types[0]) if request.accepted_types else ""
    return request.path.startswith("/api/") or first == "application/json"


def problem(request: BankRequest, refusal: Refusal, status: int) -> HttpResponse:
    """Return the refusal as application/problem+json, with its sentence in both languages."""
    body = {
        "type": f"urn:creditbank:refusal:{refusal.code}",
        "title": refusal.sentence("en"),
        "title_zh": refusal.sentence("zh"),
        "status": status,
        "code": refusal.code,
        "request": request.number,
    }
    content = json.dumps(body, ensure_ascii=False)
    return HttpResponse(content, status=status, content_type="application/problem+json")


class Refusals:
    """Catch what the rooms decline. Anything else is a bug and crashes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: BankRequest) -> HttpResponse:
        """Pass on, and give an answer without words the words it lacks; refusals come through `process_exception`."""
        response = self.get_response(request)
        if response.status_code != HTTPStatus.METHOD_NOT_ALLOWED or response.content:
            return response
        explained = answer(request, NotLikeThis(), status=response.status_code)
        explained["Allow"] = response["Allow"]
        return explained

    def process_exception(self, request: BankRequest, exception: Exception) -> HttpResponse | None:
        """Answer a refusal, and a disk without room, which is one; leave every other exception alone."""
        if isinstance(exception, OSError) and exception.errno in NO_ROOM:
            exception = DiskFull()
        if not isinstance(exception, Refusal):
            return None
        if (
            isinstance(exception, SignInNeeded)
            and request.actor.kind is ActorKind.ANONYMOUS
            and not wants_json(request)
        ):
            return redirect(f"{reverse('account_login')}?next={quote(request.get_full_path())}")
        response = answer(request, exception)
        if "seconds" in exception.details:  # a plan that is too hard today is so in an hour
            response["Retry-After"] = str(exception.details["seconds"])
        if "offset" in exception.details:  # where an upload goes on
            response["Upload-Offset"] = str(exception.details["offset"])
        return response


def answer(request: BankRequest, refusal: Refusal, *, status: int | None = None) -> HttpResponse:
    """Return the refusal as who asked can read it; without a status, with that of its kind."""
    status = status or STATUS[refusal.kind]
    return problem(request, refusal, status) if wants_json(request) else page(request, refusal, status)


def page(request: BankRequest, refusal: Refusal, status: int) -> HttpResponse:
    """Return the refusal as a page."""
    context = {"sentence": refusal.sentence(request.lang), "code": refusal.code, "kind": refusal.kind.value}
    return render(request, "errors/refusal.html", context, status=status)
