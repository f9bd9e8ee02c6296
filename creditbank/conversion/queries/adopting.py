"""What an adopting draft makes of its guidance, as far as it can be read: rules, caps, and what it leaves out."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from pydantic import ValidationError

from creditbank.conversion import models
from creditbank.conversion.rules.book import Book, Limit, Rule
from creditbank.conversion.rules.plain import Part
from creditbank.conversion.rules.reading import document_of
from creditbank.conversion.types import RULING_STAGES, BookKind

Tree = dict[str, Any]
P = TypeVar("P", bound=Part)
_CAPS: Final = ("limit",)
_RULES: Final = ("add", "replace")


@dataclass(frozen=True, slots=True)
class Taken:
    """The guidance with the deviations applied, allowed or not: whoever wrote one has to see it to mend it.

    A rule or cap that cannot be read stands as its tree. `places` say by the number of a deviation which part it is
    of: the name of the list and the position in it.
    """

    guidance: Book
    rules: tuple[Rule | Tree, ...]
    caps: tuple[Limit | Tree, ...]
    left_out: tuple[Rule, ...]
    places: Mapping[int, tuple[str, int]]


def taken_over(document: Mapping[str, Any]) -> Taken | None:
    """Return what a document makes of the guidance it adopts; None where it adopts none that is or was in force."""
    adopts = document.get("adopts")
    guidance = _guidance(adopts) if isinstance(adopts, dict) else None
    if guidance is None:
        return None
    rules: dict[str, Rule | Tree] = {each.id: each for each in guidance.rules}
    caps: dict[str, Limit | Tree] = {each.id: each for each in guidance.caps}
    named: dict[int, tuple[str, str]] = {}
    for number, each in _deviations(document):
        new, rule = each.get("with"), str(each.get("rule") or "")
        if each.get("op") == "remove":
            rules.pop(rule, None)
        elif isinstance(new, dict) and each.get("op") in _CAPS:
            named[number] = ("caps", str(new.get("id")))
            caps[str(new.get("id"))] = _read(Limit, new)
        elif isinstance(new, dict) and each.get("op") in _RULES:
            named[number] = ("rules", rule or str(new.get("id")))
            rules[rule or str(new.get("id"))] = _read(Rule, new)
    order = {"rules": [*rules], "caps": [*caps]}
    return Taken(
        guidance=guidance,
        rules=tuple(rules.values()),
        caps=tuple(caps.values()),
        left_out=tuple(each for each in guidance.rules if each.id not in rules),
        places={number: (name, order[name].index(key)) for number, (name, key) in named.items() if key in order[name]},
    )


def effective_rule(document: Mapping[str, Any], number: int) -> Tree | None:
    """Return the rule at a place of the book that an adopting draft makes of its guidance, or None."""
    taken = taken_over(document)
    return _at(taken.rules, number) if taken else None


def effective_cap(document: Mapping[str, Any], number: int) -> Tree | None:
    """Return the cap at a place of the book that an adopting draft makes of its guidance, or None."""
    taken = taken_over(document)
    return _at(taken.caps, number) if taken else None


def _at(parts: tuple[Part | Tree, ...], number: int) -> Tree | None:
    if number >= len(parts):
        return None
    found = parts[number]
    return document_of(found) if isinstance(found, Part) else found


def _guidance(adopts: Tree) -> Book | None:
    row = models.Edition.objects.filter(
        book__uri=str(adopts.get("book")),
        book__kind=BookKind.GUIDANCE,
        edition=str(adopts.get("edition")),
        stage__in=RULING_STAGES,
    ).first()
    return None if row is None or row.ruling is None else Book.model_validate(row.ruling)


def _deviations(document: Mapping[str, Any]) -> Iterator[tuple[int, Tree]]:
    listed = document["adopts"].get("deviations")
    for number, each in enumerate(listed if isinstance(listed, list) else ()):
        if isinstance(each, dict):
            yield number, each


def _read(kind: type[P], tree: Tree) -> P | Tree:
    try:
        return kind.model_validate(tree, by_alias=True, by_name=False)
    except ValidationError:
        return tree
