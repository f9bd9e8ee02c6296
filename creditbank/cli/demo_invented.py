"""People who do not exist: names of common parts, identity numbers of county 99, the same ones for the same seed."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random
from typing import Final

from creditbank.cli import demo_tables
from creditbank.kernel.documents import Document, DocumentKind, check_digit

#: They come with the sample files of the template, which a visitor is to deposit into the demo bank.
OF_THE_SAMPLES: Final = frozenset(
    {
        "110199196907210509",
        "310199196709141693",
        "310199199101077877",
        "310199199503104305",
        "310199199510268973",
        "310199199602086464",
        "440199196202144296",
        "440199196610196554",
        "440199199111184384",
        "440199200404035898",
        "510199196402094869",
        "510199197812139091",
    }
)
BORN_FIRST: Final = date(1972, 1, 1)
BORN_LAST: Final = date(2006, 8, 31)
WHOLE_NAMES_SHARE: Final = 0.02
TWO_CHARACTERS_SHARE: Final = 0.7


@dataclass(frozen=True, slots=True)
class Person:
    """An invented person: the name, and the number of a resident identity card."""

    name: str
    number: str

    @property
    def document(self) -> Document:
        """The identity card."""
        return Document(DocumentKind.RESIDENT_ID, self.number)


def people(count: int, *, rng: Random) -> list[Person]:
    """Return so many people, no two with one number and none of the sample files."""
    parts = demo_tables.names()
    days = (BORN_LAST - BORN_FIRST).days
    taken = set(OF_THE_SAMPLES)
    found: list[Person] = []
    while len(found) < count:
        born = BORN_FIRST + timedelta(days=rng.randrange(days))
        body = f"{rng.choice(parts.areas)}{born:%Y%m%d}{rng.randrange(1, 1000):03d}"
        number = body + check_digit(body)
        if number not in taken:
            taken.add(number)
            found.append(Person(name=_name(parts, rng), number=number))
    return found


def _name(parts: demo_tables.Names, rng: Random) -> str:
    if rng.random() < WHOLE_NAMES_SHARE:
        return rng.choice(parts.whole)
    characters = 2 if rng.random() < TWO_CHARACTERS_SHARE else 1
    return rng.choice(parts.surnames) + "".join(rng.choice(parts.characters) for _ in range(characters))
