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


def deviate(document: Mapping[str, Any], op: str, rule_id: str, new: Tree | None, reason: str) -> Tree:
    """Return the document with this deviation in place of an earlier one on the same rule; without an op, with none."""
    adopts = document["adopts"]
    kept = [each for each in adopts.get("deviations", ()) if rule_id not in _named(each)]
    if op:
        made: Tree = {"op": op} | ({"rule": rule_id} if op != "add" else {}) | ({"with": new} if new else {})
        kept.append(made | {"reason": {"zh": reason or "—"}})
    return {**document, "adopts": {**adopts, "deviations": kept}}


def clean(document: Mapping[str, Any]) -> Tree:
    """Return the document as its text reads back. Refused (`BookFaulty`): signs that no rule may hold."""
    return queries.read_text(json.dumps(document, ensure_ascii=False))


def _named(deviation: Mapping[str, Any]) -> set[str]:
    new = deviation.get("with")
    return {str(deviation.get("rule")), str(new.get("id")) if isinstance(new, dict) else ""}
