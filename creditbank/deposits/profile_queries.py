"""Reading profiles: an institution's own names for columns, and the headings that there is no profile for yet."""

from collections.abc import Iterable
from typing import Final

from creditbank.archive.types import KIND_NAMES
from creditbank.deposits import models, permissions
from creditbank.deposits.intake import codes, layouts
from creditbank.deposits.intake.layouts.errors import ProfileNotFound
from creditbank.deposits.intake.renaming import has_words
from creditbank.deposits.types import Batch, ColumnChoice, ColumnTable, Head, Profile, Renaming
from creditbank.identity import queries as identity
from creditbank.kernel.actor import Actor
from creditbank.kernel.text import Text

#: What schools have tables of their own for; the wide table of another country is what it is.
NAMEABLE: Final = (layouts.OWN_COURSES, layouts.CREDITBANK, layouts.CONVERSIONS, layouts.CERTIFICATES)


def profiles(*, actor: Actor) -> tuple[Profile, ...]:
    """Return the profiles in force that the actor may see, by institution and name."""
    rows = models.Profile.objects.filter(permissions.visible_to(actor), ended_at__isnull=True)
    return tuple(row.as_value() for row in rows.order_by("organization_id", "name", "id"))


def profile(*, actor: Actor, public_id: str) -> Profile:
    """Return one profile in force. Refused: one that is not there or that the actor may not know of."""
    for found in profiles(actor=actor):
        if found.public_id == public_id:
            return found
    raise ProfileNotFound


def renamings(organization_id: int, *, ended: bool = False) -> tuple[Renaming, ...]:
    """Return by what names of its own an institution's files may be read, or with `ended` ever could be."""
    rows = models.Profile.objects.filter(organization_id=organization_id).order_by("-id")
    rows = rows if ended else rows.filter(ended_at__isnull=True)
    return tuple(
        Renaming(
            layout=row.layout, names=row.names, values=row.values, fixed=row.fixed, name=f"{row.name} {row.edition}"
        )
        for row in rows
    )


def head(batch: Batch) -> Head | None:
    """Return the headings of a batch that was not recognised, if there are any to choose from."""
    row = models.Head.objects.filter(batch_id=batch.id).first()
    return None if row is None else row.as_value()


def tables() -> tuple[ColumnTable, ...]:
    """Return the layouts whose columns may have names of a school's own."""
    return tuple(
        ColumnTable(layout.code, layout.name, tuple(_choice(column) for column in layout.columns))
        for layout in NAMEABLE
    )


def guesses(code: str, headings: Iterable[str]) -> dict[str, int]:
    """Return for the columns of a layout the place of the heading that is most like one of theirs."""
    return layouts.guessed(layouts.BY_CODE[code], tuple(headings))


def likeliest(headings: Iterable[str]) -> str:
    """Return the code of the layout that headings are known from, as a refusal names it; else that they are most like.

    Of equals it is the first.
    """
    given = tuple(headings)
    known = layouts.recognise([given])
    if known is not None and known.layout in NAMEABLE:
        return known.layout.code
    return max(NAMEABLE, key=lambda layout: len(layouts.guessed(layout, given))).code


def makers(found: Iterable[Profile]) -> dict[str, str]:
    """Return the names of those who made profiles, by their references."""
    references = {each.made_by for each in found}
    people = identity.users({int(who.partition(":")[2]) for who in references if who.startswith("staff:")})
    return {f"staff:{number}": user.name for number, user in people.items()}


def _choice(column: layouts.Column) -> ColumnChoice:
    name = column.name.removeprefix("source_").removeprefix("target_")
    offered = tuple((code.current, Text(code.zh, code.en)) for code in codes.LISTS.get(name, ()))
    if name == "kind":
        offered = tuple((kind.value, words) for kind, words in KIND_NAMES.items())
    return ColumnChoice(
        name=column.name,
        heading=Text(column.heading, column.english),
        required=column.required,
        codes=offered,
        takes_words=has_words(column.name),
    )
