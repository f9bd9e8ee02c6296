"""The sheet of caps: what is counted over what, for each of what, and at most how much."""

from collections.abc import Iterator, Sequence
from typing import Final

from creditbank.conversion.rules.sheets.layout import MEASURES, OWN_CREDITS, PERS, SHARES
from creditbank.conversion.rules.sheets.marks import (
    INNER,
    NAMED,
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    chosen,
    from_sentence,
    joined,
    parted,
    sentence,
)

_OF: Final = {"tags": "标签", "rules": "规则", "categories": "类别"}
_BY_CONDITION: Final = {"sources": "来源：", "targets": "目标："}
_EVERYTHING: Final = "全部"
_FIELDS: Final = frozenset({"id", "measure", "of", "per", "at_most", "cites"})


def cap_rows(book: Document) -> Iterator[Cells]:
    """Yield a row for every cap. Raises where a cap does not fit."""
    for cap in book.get("caps", ()):
        if not cap.keys() <= _FIELDS:
            raise LostError(
                f"上限“{cap['id']}”的适用条件、证书或分摊放不进表格。", f"The cap {cap['id']} is for some only."
            )
        cells = {"cap": cap["id"], "measure": MEASURES[cap["measure"]], "cites": joined(cap.get("cites", ()))}
        if "of" in cap:
            cells["of"] = _selection(cap)
        if "per" in cap:
            cells["per"] = PERS[cap["per"]]
        yield {**cells, **_bound(cap["at_most"])}


def read_caps(rows: Sequence[Row], faults: Faults) -> list[Document]:
    """Return the caps of the sheet."""
    return [_read(row, faults) for row in rows]


def _selection(cap: Document) -> str:
    of = cap["of"]
    by_condition = [key for key in _BY_CONDITION if key in of]
    if len(of) > 1 and by_condition:
        raise LostError(
            f"上限“{cap['id']}”的对象既有条件又有名称。", f"The cap {cap['id']} selects by conditions and names."
        )
    if by_condition:
        return _BY_CONDITION[by_condition[0]] + sentence(of[by_condition[0]])
    parts = [f"{_OF[key]}{NAMED}{joined(values, INNER)}" for key, values in of.items()]
    return "；".join(parts) or _EVERYTHING


def _bound(bound: str | Document) -> Cells:
    if isinstance(bound, str):
        return {"at_most": bound}
    if "field" in bound:
        return {"at_most": OWN_CREDITS}
    return {"share": bound["share"], "share_of": SHARES[bound["of"]]}


def _read(row: Row, faults: Faults) -> Document:
    if not row.get("cap"):
        faults.add(row, "cap", "missing")
    measure, per = chosen(row, "measure", MEASURES, faults), chosen(row, "per", PERS, faults)
    cap: Document = {"id": row.get("cap"), "measure": measure or "credits"}
    if not row.get("measure"):
        faults.add(row, "measure", "missing")
    if row.get("of"):
        cap["of"] = _read_selection(row, faults)
    if per is not None:
        cap["per"] = per
    cap["at_most"] = _read_bound(row, faults)
    if row.get("cites"):
        cap["cites"] = parted(row.get("cites"))
    return cap


def _read_selection(row: Row, faults: Faults) -> Document:
    text = row.get("of")
    for key, opening in _BY_CONDITION.items():
        if text.startswith(opening):
            inner = Row(row.sheet, row.number, {"of": text.removeprefix(opening)})
            return {key: from_sentence(inner, "of", faults)}
    of: Document = {}
    for part in parted(text) if text != _EVERYTHING else ():
        name, mark, values = part.partition(NAMED)
        kind = next((kind for kind, word in _OF.items() if word == name.strip()), None)
        if kind is None or not mark:
            faults.add(row, "of", "not_named" if kind else "not_offered", part)
        else:
            of[kind] = parted(values, INNER)
    return of


def _read_bound(row: Row, faults: Faults) -> str | Document:
    amount, share = row.get("at_most"), row.get("share").removesuffix("%")
    if amount and share:
        faults.add(row, "share", "two_forms")
    if share:
        return {"share": share, "of": chosen(row, "share_of", SHARES, faults) or "programme"}
    if not amount:
        faults.add(row, "at_most", "missing")
    return {"field": "achievement.credits"} if amount == OWN_CREDITS else amount
