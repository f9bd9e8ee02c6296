"""How templates translate: each sentence is looked up once for a language, for a page has many of the same."""

from functools import lru_cache
from typing import Any, Final

from django.utils import translation
from jinja2 import Environment
from markupsafe import Markup

from creditbank.project.marking import language

SENTENCES: Final = 16_384


def gettext(sentence: str, /, **variables: Any) -> Markup:  # noqa: ANN401  # whatever a page shows
    """Return a sentence in the page's language; variables come in escaped, and %% is a % with or without any."""
    words = language()
    return _template(words, sentence) % variables if variables else _sentence(words, sentence)


def ngettext(one: str, many: str, number: int, /, **variables: Any) -> Markup:  # noqa: ANN401  # as above
    """Return a sentence about so many, which are its %(num)s, in the page's language."""
    words = language()
    if variables:
        return _counting(words, one, many, number) % {"num": number, **variables}
    return _counted(words, one, many, number)


@lru_cache(maxsize=SENTENCES)
def _counting(_words: str, one: str, many: str, number: int) -> Markup:
    return Markup(translation.ngettext(one, many, number))  # noqa: S704  # words of ours, as below


@lru_cache(maxsize=SENTENCES)
def _counted(words: str, one: str, many: str, number: int) -> Markup:
    return _counting(words, one, many, number) % {"num": number}


@lru_cache(maxsize=SENTENCES)
def _template(_words: str, sentence: str) -> Markup:
    return Markup(translation.gettext(sentence))  # noqa: S704  # words of ours, from the catalogue of translations


@lru_cache(maxsize=SENTENCES)
def _sentence(words: str, sentence: str) -> Markup:
    return _template(words, sentence) % {}


def install(environment: Environment) -> None:
    """Let templates translate, in Jinja's new style."""
    environment.install_gettext_callables(  # type: ignore[attr-defined]  # added by the extension
        translation.gettext, translation.ngettext, newstyle=True, pgettext=translation.pgettext
    )
    environment.globals.update({"_": gettext, "gettext": gettext, "ngettext": ngettext})
