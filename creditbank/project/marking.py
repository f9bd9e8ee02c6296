"""How a page in English says which of its words are Chinese (WCAG 3.1.2), once for all templates."""

import re
import secrets
from contextvars import ContextVar
from typing import Final

from django.utils import translation
from jinja2 import Template
from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from markupsafe import Markup

#: Han characters and their punctuation, in runs with the digits and signs between them.
_HAN: Final = r"\u3000-\u303f\u3400-\u9fff\uf900-\ufaff\uff01-\uff65\U00020000-\U0003ffff"
# Groups are atomic, not possessive: those of Python before 3.11.5 give up what they have matched.
_RUN: Final = rf"[{_HAN}]++(?>(?:[0-9.,:/()\u00b7\u2013-]++[{_HAN}]++)*)"
CHINESE: Final = re.compile(_RUN)
_INSIDE: Final = r"""(?>(?:[^"'>]++|"[^"]*+"|'[^']*+')*)"""
#: What a page goes on with: what is no text, an element that holds text only, a tag, Chinese text.
_PIECE: Final = rf"""(?s:<(?P<quiet>script|style|textarea|title)\b.*?</(?P=quiet)>|<!--.*?-->)
    |(?P<leaf><(?:option|text)\b{_INSIDE})>(?P<inner>[^<]*+)
    |<(?P<closing>/?)(?P<name>[a-zA-Z][\w-]*+)(?P<attributes>{_INSIDE})>
    |(?P<text>{_RUN})
    |<"""
_PIECES: Final = re.compile(_PIECE, re.VERBOSE)
#: The next piece that may need a mark or say that what it holds needs none, and before it all that certainly do not.
_NEXT: Final = re.compile(
    rf"""(?>(?:[^<{_HAN}]++|<(?!(?:script|style|textarea|title|option|text)\b)/?[a-zA-Z][\w-]*+
        (?>(?:[^\s"'>]++|\s(?!lang=)|"[^"]*+"|'[^']*+')*)>)*)
    (?P<piece>{_PIECE})""",
    re.VERBOSE,
)
_LANG: Final = re.compile(r"\slang=")
_SAYS_CHINESE: Final = re.compile(r"\slang=[\"']?zh")
#: Elements without an end: what they say about their language concerns no text.
_VOID: Final = frozenset({"br", "hr", "img", "input", "link", "meta"})
_MARK: Final = ' lang="zh-CN"'


#: The language of the page being made, for so long: to ask Django for each word of a page takes long.
_MADE_IN: Final[ContextVar[str]] = ContextVar("made_in")


#: What stands in the page being made for a part that has its marks already, with the part.
_DONE: Final[ContextVar[dict[str, str]]] = ContextVar("done")


def done(html: str) -> Markup:
    """Return a part that has its marks already: in the page being made a sign stands for it, which nobody can guess."""
    parts = _DONE.get(None)
    if parts is None:
        return Markup(html)  # noqa: S704  # of a template, which escaped what stands in it
    place = Markup("\x00%s\x00") % secrets.token_hex(16)
    parts[place] = html
    return place


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
    done: list[str] = []
    at = 0
    while found := _NEXT.match(html, at):
        leaf, name, start, end = found["leaf"], found["name"], found.start("piece"), found.end()
        if found["text"]:
            done += html[at:start], f"<span{_MARK}>", found["text"], "</span>"
        elif leaf and CHINESE.search(found["inner"]) and not _LANG.search(leaf):
            done += html[at:start], leaf, _MARK, ">", found["inner"]
        else:
            if name and name not in _VOID and _SAYS_CHINESE.search(found["attributes"]):
                end = _end(html, end, name)
            done.append(html[at:end])
        at = end
    done.append(html[at:])
    return "".join(done)


def _end(html: str, at: int, name: str) -> int:
    """Return where the element ends that began before here; where it does not, the end of the page."""
    depth = 1
    for piece in _PIECES.finditer(html, at):
        if piece["name"] == name:
            depth += -1 if piece["closing"] else 1
        if not depth:
            return piece.end()
    return len(html)


class Page(Template):
    """A template whose result in English says which of its words are Chinese."""

    def _get_default_module(self, ctx: Context | None = None) -> TemplateModule:
        """Return what others import of this template; none is given globals of its own, which Jinja would look for."""
        del ctx
        return super()._get_default_module()

    def render(self, *args: object, **kwargs: object) -> str:
        """Return the page."""
        made_in = _language()
        before = _MADE_IN.set(made_in)
        parts: dict[str, str] = {}
        beside = _DONE.set(parts)
        try:
            html = super().render(*args, **kwargs)
        finally:
            _DONE.reset(beside)
            _MADE_IN.reset(before)
        if made_in == "en" and not (self.name or "").endswith(".txt"):
            html = marked(html)
        for place, part in parts.items():
            html = html.replace(place, part)
        return html
