"""One achievement of a case as a form: its day and a row for each of its attributes, and back."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from creditbank.portal.staff.rulebooks_rows import Row, Tree

ATTRIBUTE: Final = ("tag", "of", "value")
_TEXTS: Final = (
    "spec", "family", "kind", "issuer", "subject", "category", "via", "rank", "reach", "role", "register",
    "valid_until",
)  # fmt: skip
_QUANTITIES: Final = ("credits", "hours", "attendance")
_MAPS: Final = ("framework_level", "overlap")
#: What may be said of an achievement, in the order in which a page offers it.
ATTRIBUTES: Final = (
    "spec", "family", "kind", "level", "grade", "passed", "not_passed", "credits", "hours", "attendance", "issuer",
    "subject", "category", "via", "framework_level", "overlap", "rank", "reach", "role", "register", "valid_until",
)  # fmt: skip
_OWN: Final = frozenset({"id", "acquired"})


@dataclass(frozen=True, slots=True)
class Held:
    """An achievement as texts: its id and day, and rows of attributes."""

    values: Row
    rows: tuple[Row, ...]


def held_of(one: Mapping[str, Any]) -> Held:
    """Return an achievement as a form. Raises where the rows have no place for something of it."""
    return Held({"id": one["id"], "acquired": one["acquired"]}, tuple(_rows(one)))


def tree_of_held(held: Held) -> Tree:
    """Return the achievement that a form says; an attribute without a value is not said."""
    made: Tree = dict(held.values)
    for row in held.rows:
        tag, of, value = (row[name] for name in ATTRIBUTE)
        if tag in _TEXTS and value:
            made[tag] = value
        elif tag in _QUANTITIES and value:
            made[tag] = {"value": value, "unit": of}
        elif tag in _MAPS and value:
            made.setdefault(tag, {})[of] = value
        elif tag == "grade" and value:
            made[tag] = {"scale": of, "value": value}
        elif tag == "level":
            made |= ({"level": value} if value else {}) | ({"level_scale": of} if of else {})
        elif tag in {"passed", "not_passed"}:
            made["passed"] = tag == "passed"
    return made


def _rows(one: Mapping[str, Any]) -> Iterator[Row]:
    if set(one) - {*_OWN, *ATTRIBUTES, "level_scale"}:
        raise ValueError(one)
    for tag in ATTRIBUTES:
        for of, value in _told(one, tag):
            yield {"tag": tag, "of": of, "value": value}


def _told(one: Mapping[str, Any], tag: str) -> Iterable[tuple[str, str]]:
    """Return what an achievement says of one attribute: pairs of a scale, unit or framework and a value."""
    if tag == "level" and "level_scale" in one:
        return [(one["level_scale"], one.get("level", ""))]
    if tag in {"passed", "not_passed"}:
        return [("", "")] if one.get("passed") is (tag == "passed") else ()
    if tag not in one:
        return ()
    if tag in _MAPS:
        return tuple(one[tag].items())
    if tag in _QUANTITIES:
        return [(one[tag]["unit"], one[tag]["value"])]
    return [(one[tag]["scale"], one[tag]["value"])] if tag == "grade" else [("", one[tag])]
