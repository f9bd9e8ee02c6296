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
    environment.globals.update({"_": gettext, "gettext": gettext})
