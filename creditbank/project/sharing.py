"""Parts that many pages show alike, such as the navigation, are made once: a page has many small parts."""

from collections.abc import Hashable
from functools import lru_cache
from typing import Final

from jinja2.runtime import Macro
from markupsafe import Markup

from creditbank.project.marking import language

KEPT: Final = 4_096
"""So many parts are kept, some 10 MB."""


def shared(macro: Macro, *values: Hashable) -> Markup:
    """Return what a macro makes of values, which is all that it reads; it comes from an import without context."""
    return _made(language(), macro, *values)


@lru_cache(maxsize=KEPT, typed=True)  # a text and the same as Markup are equal, but only one is escaped
def _made(_words: str, macro: Macro, *values: Hashable) -> Markup:
    made = macro(*values)
    assert isinstance(made, Markup)
    return made
