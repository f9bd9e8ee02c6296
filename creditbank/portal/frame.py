"""What every page shows around its own content: who, where, which language, the navigation."""

import json
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.contrib.messages import get_messages
from django.http import HttpRequest
from django.utils.translation import gettext as _, gettext_noop

from creditbank.entrance.addresses import address
from creditbank.entrance.requests import ENGLISH_PREFIX, BankRequest
from creditbank.entrance.tokens import Field
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.portal.navigation import Item, items


@dataclass(frozen=True, slots=True)
class Who:
    """The person at the keyboard, as the masthead names them."""

    signed_in: bool
    name: str
    kind: str
    place: str | None


@dataclass(frozen=True, slots=True)
class Here:
    """The address of this page in both languages."""

    path: str
    path_zh: str
    path_en: str
    query: str


@dataclass(frozen=True, slots=True)
class Bank:
    """The bank's name and motto in the page's language."""

    name: str
    motto: str


@dataclass(frozen=True, slots=True)
class DemoPerson:
    """Somebody whom a visitor of the demo bank may sign in as."""

    login: str
    password: str
    name: str
    part_zh: str
    part_en: str


def demo_people() -> list[DemoPerson]:
    """Return the demo's sign-ins, written by the demo builder; none outside the demo."""
    path = settings.ENVIRONMENT.data / "demo_people.json"
    if not settings.ENVIRONMENT.demo or not path.exists():
        return []
    return [DemoPerson(**person) for person in json.loads(path.read_text("utf-8"))]


FOOT: Final = (
    ("help", gettext_noop("帮助")),
    ("accessibility", gettext_noop("无障碍")),
    ("privacy", gettext_noop("个人信息保护")),
    ("templates", gettext_noop("模板与代码表")),
)


def _here(request: HttpRequest) -> Here:
    chinese = (
        "/" + request.path.removeprefix(ENGLISH_PREFIX) if request.path.startswith(ENGLISH_PREFIX) else request.path
    )
    query = f"?{request.META['QUERY_STRING']}" if request.META.get("QUERY_STRING") else ""
    return Here(path=request.path, path_zh=chinese + query, path_en=ENGLISH_PREFIX + chinese[1:] + query, query=query)


def _who(actor: Actor, place: str | None) -> Who:
    signed_in = actor.kind in {ActorKind.LEARNER, ActorKind.STAFF}
    return Who(signed_in=signed_in, name=actor.name, kind=actor.kind.value, place=place)


@lru_cache
def _foot(_language: str) -> tuple[Item, ...]:
    return tuple(Item(label=_(label), address=address(name)) for name, label in FOOT)


def frame(request: BankRequest) -> dict[str, object]:
    """Return the variables of layout.html."""
    english = request.lang == "en"
    name = settings.ENVIRONMENT.bank_name_en if english else settings.ENVIRONMENT.bank_name_zh
    navigation, place = items(request.actor, path=request.path, language=request.lang)
    return {
        "lang": request.lang,
        "here": _here(request),
        "who": _who(request.actor, place),
        "nav": navigation,
        "bank": Bank(name=name, motto=_("学过的，都算数")),
        "notices": [(m.level_tag, str(m)) for m in get_messages(request)],
        "request_number": request.number,
        "foot_links": _foot(request.lang),
        "csrf_input": Field(request),
    }
