"""What no text from outside may hold: the NUL character, which PostgreSQL keeps nowhere."""

from collections.abc import Callable, Iterator
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render

from creditbank.entrance.refusals import STATUS, problem, wants_json
from creditbank.entrance.requests import BankRequest
from creditbank.kernel.actor import ActorKind
from creditbank.kernel.errors import Refusal

NUL: Final = "\x00"
#: What is never sent back to the browser: the person types it again.
SECRET: Final = ("password", "oldpassword", "csrfmiddlewaretoken")


class TextUnreadable(Refusal):
    """A form was sent with a character in it that no field may hold; nothing was done with it."""

    code = "entrance.text.unreadable"
    zh = "填的内容里夹着一个看不见的字符，没有提交。多半是从别处复制来的；已替您去掉，请再提交一次。"
    en = (
        "The form holds an invisible character and was not sent. It mostly comes along with copied text; "
        "it has been taken out, so send the form again."
    )


class NoNul:
    """Stop a NUL before a room asks the database: an address with one leads nowhere, a form comes back without it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is done in `process_view`, where an error still becomes a page."""
        return self.get_response(request)

    def process_view(self, request: BankRequest, *_view: object) -> HttpResponse | None:
        """Say that there is no such page, or give the form back."""
        asked = request.META.get("QUERY_STRING", "")
        if NUL in request.path_info or (asked and any(NUL in text for text in _texts(request.GET))):
            raise Http404
        if request.method in {"GET", "HEAD"}:  # what else comes with these is not read
            return None
        if request.actor.kind is ActorKind.CLIENT:  # sends no forms, whatever it calls its files: they stay unread here
            return None
        names = (getattr(file, "name", None) or "" for file in request.FILES.values())
        if any(NUL in text for text in (*_texts(request.POST), *names)):
            return _again(request)
        return None


def _texts(asked: QueryDict) -> Iterator[str]:
    for name, values in asked.lists():
        yield name
        yield from values


def _again(request: BankRequest) -> HttpResponse:
    """Return what was typed, without the character, ready to be sent again; passwords and files are not in it."""
    refusal = TextUnreadable()
    if wants_json(request):
        return problem(request, refusal, STATUS[refusal.kind])
    kept = [
        (name.replace(NUL, ""), value.replace(NUL, ""), NUL in value)
        for name, values in request.POST.lists()
        if not name.startswith(SECRET)
        for value in values
    ]
    context = {
        "sentence": refusal.sentence(request.lang),
        "kept": kept,
        "files": bool(request.FILES),
        "action": request.get_full_path(),
    }
    response = render(request, "errors/again.html", context, status=STATUS[refusal.kind])
    response["Cache-Control"] = "no-store"
    return response
