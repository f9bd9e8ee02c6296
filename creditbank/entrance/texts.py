"""What no text from outside may hold: the NUL character, which PostgreSQL keeps nowhere."""

from collections.abc import Callable, Iterator
from typing import Final

from django.http import Http404, HttpRequest, HttpResponse

NUL: Final = "\x00"


class NoNul:
    """Answer an address or a form with a NUL in it as one that leads nowhere, before a room asks the database."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the work is done in `process_view`, where an error still becomes a page."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> None:
        """Say that there is no such page."""
        if any(NUL in text for text in _texts(request)):
            raise Http404


def _texts(request: HttpRequest) -> Iterator[str]:
    yield request.path_info
    for asked in (request.GET, request.POST):
        for name, values in asked.lists():
            yield name
            yield from values
    for file in request.FILES.values():
        yield getattr(file, "name", None) or ""
