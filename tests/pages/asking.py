"""Asks an address as somebody and says what came back: status, marks on the page, whether a fact was written."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.db import transaction
from django.urls import reverse

from creditbank.evidence import queries as evidence
from tests.pages.addresses import COLUMNS
from tests.pages.tables import SEEN as CELLS, Cell, is_west
from tests.pages.world import Thing, World

OK: Final = 200


@dataclass(frozen=True)
class Answer:
    """What came back. `text` is the page without its own address, which names what was asked for."""

    status: int
    location: str
    text: str
    wrote: bool

    @property
    def to_sign_in(self) -> bool:
        return self.status == 302 and "/account/login?next=" in self.location

    def shows(self, thing: Thing) -> bool:
        return any(mark in self.text for mark in thing.marks)

    def shown(self, things: Iterable[Thing]) -> list[Thing]:
        return [thing for thing in things if self.shows(thing)]


class Asker:
    """Asks within a transaction that is rolled back, so that one answer changes nothing for the next."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.facts = evidence.count()

    def path(self, who: str, name: str, ids: dict[str, Any], query: str = "") -> str:
        """Return an address in the language in which this person is asked."""
        prefix = "/en" if is_west(who) else ""
        return f"{prefix}{reverse(name, kwargs=ids)}{query}"

    def get(self, who: str, path: str) -> Answer:
        return self._ask(who, "get", path, {})

    def post(self, who: str, path: str, data: dict[str, Any]) -> Answer:
        return self._ask(who, "post", path, data)

    def _ask(self, who: str, method: str, path: str, data: dict[str, Any]) -> Answer:
        browser = self.world.people[who]
        browser.cookies.pop("messages", None)
        with transaction.atomic():
            response = getattr(browser, method)(path, data)
            content = b"".join(response.streaming_content) if response.streaming else response.content
            if method == "post" and b"creditbank_eraser" in content:
                # The role of the tests may not become the eraser: who came so far was let through.
                transaction.set_rollback(True)
                return Answer(status=302, location="", text="", wrote=True)
            wrote = evidence.count() > self.facts
            transaction.set_rollback(True)
        bare, _, query = path.removeprefix("/en/").partition("?")
        text = content.decode("utf-8", "replace").replace(bare, "")
        if response.status_code != OK:
            for part in re.split("[/?&=]", f"{bare}/{query}"):  # "there is no ..." may repeat what was asked for
                text = text.replace(part, "") if part else text
        return Answer(response.status_code, response.get("Location", ""), text, wrote)


def leaks(ask: Asker, who: str, answer: Answer, tells: frozenset[str]) -> list[str]:
    """Return what stands on a page of somebody to whom no table shows it; one's own name and number one may read."""
    own = who.removeprefix("learner ") if who.startswith("learner ") else ""
    found = []
    for thing in answer.shown(ask.world.things):
        column = COLUMNS.get(thing.kind)
        if column is None or thing.kind in tells or (own and thing.ids.get("holder") == own):
            continue
        if thing.place not in CELLS[who][column].opened:
            found.append(f"{thing.kind}@{thing.place}")
    return found


def refused(answer: Answer, cell: Cell) -> bool:
    return answer.to_sign_in if cell.whole == "~" else answer.status == 403
