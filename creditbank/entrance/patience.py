"""How long a page may think: whoever asks the planner from the web is answered, or refused, within so much effort."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from creditbank.conversion import queries

EFFORT: Final = 5.0
"""Of the planner's effort, for all that one request asks: about as many seconds. Jobs and commands take their time."""


class Patience:
    """Limit what a request may ask of the planner, so that no visitor holds a worker for minutes."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        """Keep the next step."""
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer within the effort."""
        with queries.within(EFFORT):
            return self.get_response(request)
