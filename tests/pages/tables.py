"""Reads the tables of who sees and does what (matrix/*.txt) and turns a cell to the side of whoever asks."""

from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parent / "matrix"
EVERYTHING: Final = "kzboscgBOSCGaA"
SHARED: Final = "kz"
WESTERN: Final = ("learner", "outlet-clerk", "deposit-officer", "institution-administrator")
ONLY_LISTS: Final = frozenset(
    {"auditor b+", "outlet-clerk b+", "institution-administrator b+", "deposit-approver s+", "registrar s+"}
)


@dataclass(frozen=True)
class Cell:
    """`opened`: places whose objects are seen; `known`: where they are refused with 403; `whole`: ~ or x for all."""

    opened: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    whole: str = ""


def mirrored(places: str) -> str:
    """Return the places of the other side; the committee and the centre are there for both."""
    return "".join(place if place in SHARED else place.swapcase() for place in places)


def read_cell(text: str, *, west: bool) -> Cell:
    if text in {"~", "x"}:
        return Cell(whole=text)
    opened, _, known = (EVERYTHING if part == "*" else part.strip("-") for part in text.partition("!"))
    sides = (mirrored(part) if west else part for part in (opened, known))
    return Cell(*(frozenset(part) for part in sides))


def read(name: str) -> dict[str, dict[str, Cell]]:
    """Return a table: by who, then by column. The west side's people stand in it by mirroring the east's."""
    lines = [line for line in (FOLDER / name).read_text("utf-8").splitlines() if not line.startswith("#")]
    head, *rows = (line.split("  ") for line in lines)
    columns = [each.strip() for each in head[1:] if each.strip()]
    found: dict[str, dict[str, Cell]] = {}
    for row in rows:
        who, *cells = (each.strip() for each in row if each.strip())
        assert len(cells) == len(columns), (who, cells)
        found[who] = {column: read_cell(cell, west=False) for column, cell in zip(columns, cells, strict=True)}
        if (twin := other_side(who)) != who:
            found[twin] = {column: read_cell(cell, west=True) for column, cell in zip(columns, cells, strict=True)}
    return found


def other_side(who: str) -> str:
    """Name the person of the other side in the same role: `registrar s+` and `registrar S+`."""
    role, _, post = who.rpartition(" ")
    return f"{role} {mirrored(post)}" if role else who


SEEN: Final = read("seen.txt")
DONE: Final = read("acts.txt")
STAFF: Final = tuple(who for who in SEEN if who not in {"nobody", "program"} and not who.startswith("learner "))


def is_west(who: str) -> bool:
    """Say whether somebody belongs to the west side; they are asked in English, all others in Chinese."""
    post = who.rpartition(" ")[2]
    return " " in who and post[0].isupper()


#: Who is asked for single objects and tries the acts: the east side and the bank but for posts that add nothing to
#: another of the same role, and some of the west. Lists are asked for by everybody.
ASKED: Final = tuple(
    who
    for who in SEEN
    if who not in ONLY_LISTS and (not is_west(who) or (len(who.split()[-1]) == 1 and who.split()[0] in WESTERN))
)
#: Who is asked for pages that are the same for everybody of a kind.
FEW: Final = ("nobody", "program", "learner a", "learner A", "bank-administrator k*", "registrar s", "registrar S")
