"""The form in which a school says which column of its own table is which of the bank's."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from creditbank.deposits import queries
from creditbank.deposits.types import ColumnChoice, ColumnTable, Head, Profile, Renaming
from creditbank.entrance.requests import BankRequest

#: What the value of an option begins with: a place in the file, or one value for every row.
PLACE: Final = "at-"
FIXED: Final = "is-"
LINES_MAX: Final = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One column of the bank's: the options of where it stands in the file, the chosen one, and words put in codes."""

    name: str
    heading: str
    required: bool
    options: tuple[tuple[str, str], ...]
    value: str
    takes_words: bool
    words: str


def lines(
    layout: ColumnTable, head: Head, *, language: str, profile: Profile | None, posted: Mapping[str, str] | None
) -> tuple[Line, ...]:
    """Return the lines of the form: as sent, else as the profile has it, else guessed from the headings."""
    places = _places(head)
    if posted is None:
        chosen = _of_profile(profile, head) if profile is not None else _guesses(layout, head)
    else:
        chosen = {column.name: posted.get(f"c-{column.name}", "") for column in layout.columns}
    found = []
    for column in layout.columns:
        fixed = tuple(
            (FIXED + code, _("每行都是%(what)s") % {"what": f"{code} {words.in_language(language)[0]}"})
            for code, words in column.codes
        )
        words = posted.get(f"w-{column.name}", "") if posted is not None else _words(profile, column)
        line = Line(
            name=column.name,
            heading=column.heading.in_language(language)[0],
            required=column.required,
            options=(*places, *fixed),
            value=chosen.get(column.name, ""),
            takes_words=column.takes_words,
            words=words,
        )
        found.append(line)
    return tuple(found)


def sent(request: BankRequest, layout: ColumnTable, headings: Sequence[str]) -> Renaming:
    """Return what was sent as names for columns; whether they hold together is decided elsewhere."""
    names: dict[str, str] = {}
    fixed: dict[str, str] = {}
    twice: dict[str, str] = {}
    values: dict[str, dict[str, str]] = {}
    for column in layout.columns:
        chosen = request.POST.get(f"c-{column.name}", "")
        if chosen.startswith(FIXED):
            fixed[column.name] = chosen.removeprefix(FIXED)
        place = chosen.removeprefix(PLACE) if chosen.startswith(PLACE) else ""
        if place.isascii() and place.isdigit() and len(place) < len(str(len(headings))) + 1:
            heading = headings[int(place)] if int(place) < len(headings) else ""
            (twice if heading in names else names)[heading] = column.name
        words = parsed_words(request.POST.get(f"w-{column.name}", ""))
        if words and column.takes_words:
            values[column.name] = words
    # The same heading written a second time is told as what it is, one column that stands for two.
    names |= {f" {heading}": name for heading, name in twice.items()}
    return Renaming(layout=layout.code, names=names, values=values, fixed=fixed, name=request.POST.get("name", ""))


def parsed_words(text: str) -> dict[str, str]:
    """Return pairs written a line each, as 通过=合格; a line without an equals sign says nothing."""
    pairs = (line.replace("\uff1d", "=").partition("=") for line in text.splitlines()[:LINES_MAX])
    return {given.strip(): meant.strip() for given, _sign, meant in pairs if given.strip() and meant.strip()}


def _places(head: Head) -> tuple[tuple[str, str], ...]:
    """Return an option for each heading, with what stands under it in the first row."""
    first = head.samples[0] if head.samples else ()
    options = []
    for place, heading in enumerate(head.headings):
        example = first[place] if place < len(first) else ""
        if heading:
            options.append((f"{PLACE}{place}", f"{heading} · {example}" if example else heading))
    return tuple(options)


def _guesses(layout: ColumnTable, head: Head) -> dict[str, str]:
    return {name: f"{PLACE}{place}" for name, place in queries.column_names.guesses(layout.code, head.headings).items()}


def _of_profile(profile: Profile, head: Head) -> dict[str, str]:
    chosen = {
        name: f"{PLACE}{head.headings.index(heading)}"
        for heading, name in profile.names.items()
        if heading in head.headings
    }
    return chosen | {name: FIXED + value for name, value in profile.fixed.items()}


def _words(profile: Profile | None, column: ColumnChoice) -> str:
    words = profile.values.get(column.name, {}) if profile is not None else {}
    return "\n".join(f"{given}={meant}" for given, meant in words.items())
