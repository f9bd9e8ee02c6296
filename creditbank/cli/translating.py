"""Finding sentences of pages and code that have no English yet, and making the catalogue whole."""

import sys
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

HOUSE: Final = Path(__file__).parents[1]
PARTS: Final = HOUSE / "locale" / "en" / "parts"
COMPILED: Final = HOUSE / "locale" / "en" / "LC_MESSAGES" / "django.mo"
METHODS: Final = [("**/migrations/**.py", "ignore"), ("**.py", "python"), ("**.html", "jinja2.ext:babel_extract")]
OPTIONS: Final = {
    "**.html": {"trimmed": "true", "newstyle_gettext": "true", "silent": "false", "extensions": "jinja2.ext.do"}
}


def used() -> dict[tuple[str | None, str], str]:
    """Return every message that the house asks for, with the first place that asks."""
    found: dict[tuple[str | None, str], str] = {}
    for path, line, message, _, context in extract_from_dir(HOUSE, METHODS, OPTIONS):
        key = (context, message if isinstance(message, str) else message[0])
        found.setdefault(key, f"{path}:{line}")
    return found


def catalogue() -> Catalog:
    """Return the English of all parts as one catalogue; the parts lie beside each other, one a subject."""
    whole = Catalog(locale="en")
    for part in sorted(PARTS.glob("*.po")):
        for message in read_po(BytesIO(part.read_bytes()), locale="en"):
            if message.id:
                whole.add(message.id, message.string, context=message.context)
    return whole


def write() -> None:
    """Compile the catalogue to where Django reads it."""
    COMPILED.parent.mkdir(parents=True, exist_ok=True)
    with COMPILED.open("wb") as file:
        write_mo(file, catalogue())


def missing() -> Iterator[str]:
    """Yield each message that has no English, with its place."""
    english = catalogue()
    for (context, message), place in sorted(used().items(), key=lambda item: item[1]):
        translated = english.get(message, context)
        words = () if translated is None or translated.string is None else translated.string
        if not words or not all([words] if isinstance(words, str) else words):
            yield f"{place}: {message}"


def check() -> int:
    """Print what is missing; 1 where anything is."""
    lines = list(missing())
    print("\n".join(lines) or "every sentence has its English", file=sys.stderr if lines else sys.stdout)
    return 1 if lines else 0
