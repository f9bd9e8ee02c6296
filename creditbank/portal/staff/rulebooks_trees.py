"""Changes to the document of a draft: a rule, cap or case put in, taken out or moved; deviations from guidance."""

import json
from collections.abc import Mapping
from typing import Any

from creditbank.conversion import queries

Tree = dict[str, Any]


def part(document: Mapping[str, Any], name: str, number: int) -> Tree | None:
    """Return one part of a list of a document, or None where there is none at this place."""
    listed = document.get(name)
    found = listed[number] if isinstance(listed, list) and number < len(listed) else None
    return found if isinstance(found, dict) else None


def put(document: Mapping[str, Any], name: str, number: int, new: Tree | None) -> Tree:
    """Return the document with this part at its place, at the end where the place is beyond it, or without it."""
    listed = [*document.get(name, ())]
    if new is None:
        del listed[number : number + 1]
    elif number < len(listed):
        listed[number] = new
    else:
        listed.append(new)
    return {**document, name: listed}


def deviate(document: Mapping[str, Any], op: str, name: str, new: Tree | None, reason: str) -> Tree:
    """Return the document with this deviation on a rule or cap where an earlier one stood; without an op, with none.

    What the earlier one quoted stays, and the other language of a reason that is left as it was.
    """
    adopts, listed = document["adopts"], _listed(document)
    place = place_of(document, name)
    before = listed[place] if place < len(listed) else {}
    if not op:
        return {**document, "adopts": {**adopts, "deviations": [each for each in listed if each is not before]}}
    told = before.get("reason")
    made: Tree = {"op": op} | ({"rule": name} if op in {"replace", "remove"} else {}) | ({"with": new} if new else {})
    made["reason"] = told if isinstance(told, dict) and told.get("zh") == reason else {"zh": reason}
    listed[place : place + 1] = [made | ({"cites": before["cites"]} if "cites" in before else {})]
    return {**document, "adopts": {**adopts, "deviations": listed}}


def deviation(document: Mapping[str, Any], name: str) -> Tree:
    """Return the deviation on a rule or cap, or nothing where it is as the guidance has it."""
    listed, place = _listed(document), place_of(document, name)
    return listed[place] if place < len(listed) else {}


def place_of(document: Mapping[str, Any], name: str) -> int:
    """Return the number of the deviation on a rule or cap, or how many there are where none is on it."""
    listed = _listed(document)
    return next((number for number, each in enumerate(listed) if name in _named(each)), len(listed))


def clean(document: Mapping[str, Any]) -> Tree:
    """Return the document as its text reads back. Refused (`BookFaulty`): signs that no rule may hold."""
    return queries.read_text(json.dumps(document, ensure_ascii=False))


def _listed(document: Mapping[str, Any]) -> list[Any]:
    adopts = document.get("adopts")
    found = adopts.get("deviations") if isinstance(adopts, dict) else None
    return [*found] if isinstance(found, list | tuple) else []


def _named(each: object) -> set[str]:
    new = each.get("with") if isinstance(each, dict) else None
    own = each.get("rule") if isinstance(each, dict) else None
    return {str(name) for name in (own, new.get("id") if isinstance(new, dict) else None) if name}
