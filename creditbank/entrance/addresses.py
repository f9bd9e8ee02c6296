"""Addresses of pages by name: each is worked out once for a language, for every page names a dozen."""

from functools import lru_cache
from typing import Final

from django.urls import reverse
from django.utils.translation import get_language

PAGES: Final = 1_024


def address(name: str, **kwargs: object) -> str:
    """Return the address of a page, in the language of the page being made."""
    return reverse(name, kwargs=kwargs) if kwargs else address_in(get_language(), name)


@lru_cache(maxsize=PAGES)
def address_in(_language: str | None, name: str) -> str:
    """Return the address of a page in this language, which is the one that holds now."""
    return reverse(name)
