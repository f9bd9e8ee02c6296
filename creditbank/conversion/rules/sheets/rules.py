"""The sheet of rules: audience, source tree of two levels, and what else a rule says beside its targets."""

from collections.abc import Iterator, Sequence

from creditbank.conversion.rules.sheets.layout import TIMES
from creditbank.conversion.rules.sheets.leaves import leaf, leaf_cells
from creditbank.conversion.rules.sheets.marks import (
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    check_first,
    chosen,
    from_sentence,
    joined,
    letter,
    parted,
    sentence,
)

_WHOLE = ("programme", "status", "audience", "cites", "note", "note_en", "tags", "times")
_AUDIENCE = {"programme": "programme", "status": "learner_status"}


def rule_rows(book: Document) -> Iterator[Cells]:
    """Yield the rows of every rule: one for each achievement it asks for. Raises where a rule does not fit."""
    for rule in book.get("rules", ()):
        if rule.get("requires") or rule.get("may_deviate"):
            raise LostError(f"规则“{rule['id']}”的前提或可否偏离放不进表格。", f"Rule {rule['id']} has requirements.")
        first = {"rule": rule["id"], **_whole(rule)}
        for group, conditions in _slots(rule):
            yield {**first, "group": group, **leaf_cells(conditions, book["unit"])}
            first = {"rule": rule["id"]}


def read_rules(rows: Sequence[Row], unit: str, faults: Faults) -> dict[str, Document]:
    """Return the rules by id in the order of their first rows, without what they give."""
    found: dict[str, Document] = {}
    for name, own in by_rule(rows, faults).items():
        rule: Document = {"id": name, **_read_whole(own, faults)}
        groups: dict[str, list[Document]] = {}
        for row in own:
            groups.setdefault(row.get("group"), []).append({"one": leaf(row, unit, faults)})
        branches = [each[0] if len(each) == 1 else {"all": each} for each in groups.values()]
        rule["from"] = branches[0] if len(branches) == 1 else {"any": branches}
        found[name] = rule
    return found


def by_rule(rows: Sequence[Row], faults: Faults) -> dict[str, list[Row]]:
    """Return rows by their rule; a row without one is a fault."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not row.get("rule"):
            faults.add(row, "rule", "missing")
        else:
            found.setdefault(row.get("rule"), []).append(row)
    return found


def _slots(rule: Document) -> Iterator[tuple[str, list[Document]]]:
    """Yield the leaves of the tree, each with the letter of its group: rows of a group are all-of, groups any-of."""
    source = rule["from"]
    branches = source.get("any", [source])
    for number, branch in enumerate(branches, start=1):
        slots = branch.get("all", [branch])
        if any("one" not in slot for slot in slots):
            raise LostError(
                f"规则“{rule['id']}”的来源是“几选几”、合计或更深的层次，放不进表格。",
                f"Rule {rule['id']} asks for n of many, a pool, or a deeper tree, which has no place in the sheet.",
            )
        group = letter(number) if len(branches) > 1 or len(slots) > 1 else ""
        yield from ((group, slot["one"]) for slot in slots)


def _whole(rule: Document) -> Cells:
    title = rule.get("title", {})
    cells = _audience(rule.get("when", []))
    cells |= {"note": title.get("zh", ""), "note_en": title.get("en", "")}
    cells |= {"cites": joined(rule.get("cites", ())), "tags": joined(rule.get("tags", ()))}
    return cells | ({"times": TIMES[rule["times"]]} if "times" in rule else {})


def _audience(when: list[Document]) -> Cells:
    """Return the audience in its two columns where that says all of it in its order, else as a sentence."""
    cells: Cells = {}
    for (key, tag), each in zip(_AUDIENCE.items(), when, strict=False):
        if each.get("is") == tag:
            cells[key] = joined(each["in"])
    if len(when) == 1 and when[0].get("is") == _AUDIENCE["status"]:
        cells = {"status": joined(when[0]["in"])}
    return cells if len(cells) == len(when) else {"audience": sentence(when)}


def _read_whole(own: Sequence[Row], faults: Faults) -> Document:
    """Return what all rows of a rule say alike; a row may leave it out."""
    said = {key: row for key in _WHOLE if (row := _said_once(own, key, faults)) is not None}
    when = [{"is": tag, "in": parted(said[key].get(key))} for key, tag in _AUDIENCE.items() if key in said]
    if "audience" in said:
        when += from_sentence(said["audience"], "audience", faults)
    rule: Document = {"when": when} if when else {}
    rule |= {key: parted(said[key].get(key)) for key in ("cites", "tags") if key in said}
    if "note" in said:
        rule["title"] = {"zh": said["note"].get("note")} | _english(said.get("note_en"))
    times = chosen(said["times"], "times", TIMES, faults) if "times" in said else None
    return rule | ({} if times is None else {"times": times})


def _english(row: Row | None) -> Cells:
    return {} if row is None else {"en": row.get("note_en")}


def _said_once(own: Sequence[Row], key: str, faults: Faults) -> Row | None:
    """Return the first row that says something in a column; one that says something else is a fault."""
    said = [row for row in own if row.get(key)]
    check_first(said, (key,), faults)
    return said[0] if said else None
