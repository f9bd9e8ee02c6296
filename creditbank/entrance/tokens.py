"""The field by which a form shows that it was made here: Django's token, masked anew for each page and not slowly."""

import secrets
from typing import Final

from django.http import HttpRequest
from django.middleware.csrf import CSRF_ALLOWED_CHARS, CSRF_SECRET_LENGTH, get_token
from markupsafe import Markup

COUNT: Final = len(CSRF_ALLOWED_CHARS)
PLACES: Final = {sign: place for place, sign in enumerate(CSRF_ALLOWED_CHARS)}
#: A byte beyond the last whole round of the alphabet is drawn again, so that each sign is as likely as any other.
ROUNDS: Final = 256 // COUNT * COUNT
DRAWN: Final = 48
FIELD: Final = Markup('<input type="hidden" name="csrfmiddlewaretoken" value="%s">')


class Field:
    """The hidden field of one page; a page without forms asks for none, and sets no cookie."""

    def __init__(self, request: HttpRequest) -> None:
        """Make nothing yet."""
        self._request = request
        self._made: Markup | None = None

    def __html__(self) -> str:
        """Return the field, the same in each form of the page."""
        if self._made is None:
            self._made = FIELD % _token(self._request)
        return self._made


def _token(request: HttpRequest) -> str:
    """Return a token of this browser's secret, as `get_token` does; a browser without one is given one."""
    secret = request.META.get("CSRF_COOKIE")
    if secret is None:
        return get_token(request)
    user = getattr(request, "user", None)
    if user is None or not user.is_authenticated:  # who signs in is given a new secret, which outlives their session
        request.META["CSRF_COOKIE_NEEDS_UPDATE"] = True  # it is used: the browser keeps it for longer
    return masked(secret)


def masked(secret: str) -> str:
    """Return a mask and the secret under it; the mask is drawn at once, where Django draws sign by sign."""
    drawn: list[int] = []
    while len(drawn) < CSRF_SECRET_LENGTH:
        drawn += [byte % COUNT for byte in secrets.token_bytes(DRAWN) if byte < ROUNDS]
    mask = drawn[:CSRF_SECRET_LENGTH]
    under = [(PLACES[sign] + moved) % COUNT for sign, moved in zip(secret, mask, strict=True)]
    return "".join([CSRF_ALLOWED_CHARS[place] for place in (*mask, *under)])
