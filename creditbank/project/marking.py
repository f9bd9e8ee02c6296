"""How a page in English says which of its words are Chinese (WCAG 3.1.2), once for all templates."""

import re
from contextvars import ContextVar
from typing import Final

from django.utils import translation
from jinja2 import Template

#: Han characters and their punctuation, with the digits and signs between them.
_HAN: Final = r"[\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff]++"
CHINESE: Final = re.compile(rf"{_HAN}(?:[0-9.,:/()\u00b7\u2013-]++{_HAN})*+")
#: A page in pieces that lose nothing: what is no text, an element that holds text only, a tag, text.
_PIECES: Final = re.compile(
    r"""(?s:<(?P<quiet>script|style|textarea|title)\b.*?</(?P=quiet)>|<!--.*?-->)
    |(?P<leaf><(?:option|text)\b(?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>(?P<inner>[^<]*+)
    |<(?P<closing>/?)(?P<name>[a-zA-Z][\w-]*+)(?P<attributes>(?:[^"'>]++|"[^"]*+"|'[^']*+')*+)>
    |(?P<text>[^<]++)
    |<""",
    re.VERBOSE,
)
_LANG: Final = re.compile(r"\slang=")
_SAYS_CHINESE: Final = re.compile(r"\slang=[\"']?zh")
#: Elements without an end: what they say about their language concerns no text.
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})
_MARK: Final = ' lang="zh-CN"'


#: The language of the page being made, for so long: to ask Django for each word of a page takes long.
_MADE_IN: Final[ContextVar[str]] = ContextVar("made_in")


def language() -> str:
    """Return the language of the page being made: "zh" or "en"."""
    return _MADE_IN.get(None) or _language()


def _language() -> str:
    return "en" if (translation.get_language() or "").startswith("en") else "zh"


def marked(html: str) -> str:
    """Return an English page or a part of one, where each run of Chinese text stands in a span that says so.

    What stands in an element that says so itself stays. An option and a text of a drawing, which hold no span, carry
    the mark themselves; titles of windows and what is typed into a field keep to what they are.
    """
    if not CHINESE.search(html):
        return html
    done: list[str] = []
    around, depth = "", 0
    for piece in _PIECES.finditer(html):
        name, closing = piece["name"], piece["closing"]
        if around:
            depth += (name == around) * (-1 if closing else 1)
            around = around if depth else ""
        elif name and name not in _VOID and _SAYS_CHINESE.search(piece["attributes"]):
            around, depth = name, 1
        elif piece["leaf"] and CHINESE.search(piece["inner"]) and not _LANG.search(piece["leaf"]):
            done.append(f"{piece['leaf']}{_MARK}>{piece['inner']}")
            continue
        elif piece["text"]:
            done.append(CHINESE.sub(rf"<span{_MARK}>\g<0></span>", piece["text"]))
            continue
        done.append(piece[0])
    return "".join(done)


class Page(Template):
    """A template whose result in English says which of its words are Chinese."""

    def render(self, *args: object, **kwargs: object) -> str:
        """Return the page."""
        made_in = _language()
        before = _MADE_IN.set(made_in)
        try:
            html = super().render(*args, **kwargs)
        finally:
            _MADE_IN.reset(before)
        plain = (self.name or "").endswith(".txt")
        return html if plain or made_in != "en" else marked(html)
