"""One row of the sheet of rules: the conditions on one achievement, each in its column or as a sentence."""

from collections.abc import Callable, Iterator
from typing import Final

from creditbank.conversion.rules.sheets.layout import PASSED, RULES
from creditbank.conversion.rules.sheets.marks import (
    LIST,
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    from_sentence,
    joined,
    of_scale,
    parted,
    plain,
    scaled,
    sentence,
)

_LISTS: Final = ("spec", "kind", "subject", "issuer", "role")
_AT: Final = "@"
_AMOUNTS: Final = {"credits": "学分", "hours": "学时"}


def leaf_cells(conditions: list[Document], unit: str) -> Cells:
    """Return the cells of a leaf; conditions without a column of their own stand as a sentence."""
    cells: Cells = {}
    more: list[Document] = []
    for each in conditions:
        made = _cells(each, unit)
        if made is None or made.keys() & cells.keys():
            more.append(each)
        else:
            cells |= made
    if more:
        cells["more"] = sentence(more)
    order = [str(each.get("is")) for each in conditions]
    if order != [each["is"] for each in leaf(Row(RULES, 0, cells), unit, Faults())]:
        cells["order"] = LIST.join(order)
    return cells


def leaf(row: Row, unit: str, faults: Faults) -> list[Document]:
    """Return the conditions of a row, in the order of the columns unless the row says another."""
    conditions = [*_in_columns(row, unit, faults), *from_sentence(row, "more", faults)]
    ordered: list[Document] = []
    for tag in parted(row.get("order")):
        at = next((at for at, each in enumerate(conditions) if each["is"] == tag), None)
        if at is not None:
            ordered.append(conditions.pop(at))
    return ordered + conditions


def _cells(each: Document, unit: str) -> Cells | None:
    """Return the cells of a condition, or None where it has no column or is written in a way a column cannot say."""
    tag = each.get("is")
    try:
        if tag in _LISTS:
            return {str(tag): joined(each["in"])}
        write = _WRITERS.get(str(tag))
        return None if write is None else write(each, unit)
    except LostError:
        return None


def _level(each: Document, _unit: str) -> Cells | None:
    if "exactly" in each:
        level = of_scale(each["scale"], each["exactly"])
        return {"level_from": level, "level_to": level}
    if "at_least" in each and "at_most" in each:
        return None
    key, bound = ("level_from", "at_least") if "at_least" in each else ("level_to", "at_most")
    return {key: of_scale(each["scale"], each[bound])}


def _grade(each: Document, _unit: str) -> Cells | None:
    if each["at_least"] == PASSED:
        return None
    return {"scale": plain(each["scale"]), "grade": plain(each["at_least"])}


def _amount(each: Document, unit: str) -> Cells | None:
    own = each["is"] == "credits" and each["unit"] == unit
    return {"amount": f"{_AMOUNTS[each['is']]} {each['at_least']}" + ("" if own else f" {plain(each['unit'])}")}


def _acquired(each: Document, _unit: str) -> Cells | None:
    return {key: each[name] for key, name in (("since", "from"), ("until", "to")) if each.get(name)}


def _age(each: Document, _unit: str) -> Cells | None:
    own = each["at"] == "application"
    return {"months": str(each["at_most_months"]) + ("" if own else f"{_AT}{plain(each['at'])}")}


_WRITERS: Final[dict[str, Callable[[Document, str], Cells | None]]] = {
    "level": _level,
    "grade": _grade,
    "passed": lambda _each, _unit: {"grade": PASSED},
    "credits": _amount,
    "hours": _amount,
    "acquired": _acquired,
    "age": _age,
    "overlap": lambda each, _unit: {"overlap": each["at_least"]},
}


def _in_columns(row: Row, unit: str, faults: Faults) -> Iterator[Document]:
    """Yield the conditions that stand in columns, from the left."""
    for tag in _LISTS[:3]:
        yield from _listed(row, tag)
    yield from _read_level(row, faults)
    yield from _read_grade(row)
    yield from _read_amount(row, unit, faults)
    since, until = row.get("since"), row.get("until")
    if since or until:
        yield {"is": "acquired", **({"from": since} if since else {}), **({"to": until} if until else {})}
    yield from _read_age(row, faults)
    if row.get("overlap"):
        yield {"is": "overlap", "at_least": row.get("overlap").removesuffix("%")}
    for tag in _LISTS[3:]:
        yield from _listed(row, tag)


def _listed(row: Row, tag: str) -> Iterator[Document]:
    values = parted(row.get(tag))
    if values:
        yield {"is": tag, "in": values}


def _read_level(row: Row, faults: Faults) -> Iterator[Document]:
    low, high = scaled(row, "level_from", faults), scaled(row, "level_to", faults)
    if low is not None and low == high:
        yield {"is": "level", "scale": low[0], "exactly": low[1]}
        return
    if low is not None and high is not None and low[0] == high[0]:
        yield {"is": "level", "scale": low[0], "at_least": low[1], "at_most": high[1]}
        return
    for bound, name in ((low, "at_least"), (high, "at_most")):
        if bound is not None:
            yield {"is": "level", "scale": bound[0], name: bound[1]}


def _read_grade(row: Row) -> Iterator[Document]:
    scale, grade = row.get("scale"), row.get("grade")
    if grade == PASSED and not scale:
        yield {"is": "passed"}
    elif grade or scale:
        yield {"is": "grade", "scale": scale, "at_least": grade}


def _read_amount(row: Row, unit: str, faults: Faults) -> Iterator[Document]:
    parts = row.get("amount").split()
    if not parts:
        return
    tag = next((tag for tag, word in _AMOUNTS.items() if parts[0] == word), None)
    if tag is None or len(parts) not in {2, 3} or (tag == "hours" and len(parts) == 2):  # noqa: PLR2004 - word, amount, unit
        faults.add(row, "amount", "not_an_amount", row.get("amount"))
        return
    yield {"is": tag, "at_least": parts[1], "unit": parts[2] if parts[2:] else unit}


def _read_age(row: Row, faults: Faults) -> Iterator[Document]:
    months, _, event = row.get("months").partition(_AT)
    if not months:
        return
    if not (months.isascii() and months.isdigit()):
        faults.add(row, "months", "not_a_number", months)
        return
    yield {"is": "age", "at": event or "application", "at_most_months": int(months)}
