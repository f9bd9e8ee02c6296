"""Deciding whether a school's own names for columns hold together. Values in, a refusal or nothing out."""

from collections import Counter
from collections.abc import Mapping
from typing import Final

from creditbank.archive.types import KIND_NAMES
from creditbank.deposits.intake import codes, layouts
from creditbank.deposits.intake.layouts import Layout, plain
from creditbank.deposits.intake.layouts.errors import (
    ProfileColumnTwice,
    ProfileIncomplete,
    ProfileNameMissing,
    ProfileUnknown,
)
from creditbank.deposits.types import Renaming
from creditbank.kernel.grades import NotAGrade, parse

NAME_MAX: Final = 60
WORDS_MAX: Final = 200
_KINDS: Final = {kind.value: kind.value for kind in KIND_NAMES}


def list_of(column: str) -> Mapping[str, str] | None:
    """Return the codes that may stand in a column, with what is kept of each; None where anything may."""
    name = column.removeprefix("source_").removeprefix("target_")
    if name == "kind":
        return _KINDS
    return codes.to_current(codes.LISTS[name]) if name in codes.LISTS else None


def has_words(column: str) -> bool:
    """Say whether a school may have words of its own in a column: where there are codes, and for grades."""
    return list_of(column) is not None or column.endswith("grade")


def check_name(name: str) -> str:
    """Return a name as it is kept. Refused: none, or one that is too long."""
    kept = " ".join(name.split())
    if not 0 < len(kept) <= NAME_MAX:
        raise ProfileNameMissing(field="name", most=NAME_MAX)
    return kept


def check(renaming: Renaming, *, headings: tuple[str, ...]) -> None:
    """Refuse names for columns that no file could be read by.

    Refused: a layout, column, heading, code or grade that there is not; a column of the file that stands for two, or
    two that stand for one; a column that must be there and is neither named nor fixed.
    """
    layout = layouts.BY_CODE.get(renaming.layout)
    if layout is None:
        raise ProfileUnknown(what=renaming.layout[:NAME_MAX])
    given = Counter(plain(heading) for heading in headings if heading)
    for heading, name in renaming.names.items():
        if name not in layout.names or given[plain(heading)] == 0:
            raise ProfileUnknown(what=heading[:NAME_MAX])
        if given[plain(heading)] > 1:
            raise ProfileColumnTwice(heading=heading[:NAME_MAX])
    _check_once(renaming, layout)
    _check_words(renaming)
    there = {*renaming.names.values(), *renaming.fixed}
    missing = [column.heading for column in layout.columns if column.name in layout.minimum - there]
    if missing:
        raise ProfileIncomplete(columns="、".join(missing))


def _check_once(renaming: Renaming, layout: Layout) -> None:
    headings = Counter(plain(heading) for heading in renaming.names)
    columns = Counter([*renaming.names.values(), *renaming.fixed])
    twice = [heading for heading in renaming.names if headings[plain(heading)] > 1]
    twice += [layout.heading(name) for name, count in columns.items() if count > 1]
    if twice:
        raise ProfileColumnTwice(heading=twice[0][:NAME_MAX])


def _check_words(renaming: Renaming) -> None:
    for column, value in renaming.fixed.items():
        if value not in (list_of(column) or ()):
            raise ProfileUnknown(what=value[:NAME_MAX])
    for column, words in renaming.values.items():
        known = list_of(column)
        for meant in words.values():
            if not (_is_grade(meant) if known is None else meant in known):
                raise ProfileUnknown(what=meant[:NAME_MAX])


def _is_grade(text: str) -> bool:
    try:
        return bool(text) and parse(text) is not None
    except NotAGrade:
        return False
