"""The sheets of targets and of amounts: what a rule gives, how it counts, and which grade is recorded."""

from collections.abc import Iterator, Sequence

from creditbank.conversion.rules.sheets.layout import MODES, WAYS
from creditbank.conversion.rules.sheets.marks import (
    LIST,
    NAMED,
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    check_first,
    chosen,
    from_sentence,
    letter,
    plain,
    sentence,
    whole,
)

_COUNTING = ("mode", "amount", "surplus", "grade")
_CONDITIONS = ("first", "second", "third")


def target_rows(book: Document) -> Iterator[Cells]:
    """Yield the rows of what every rule gives: one for each line. Raises where a rule does not fit."""
    for rule in book.get("rules", ()):
        first = {"rule": rule["id"], **_counting(rule)}
        for cells in _lines(rule):
            yield {**first, **cells}
            first = {"rule": rule["id"]}


def amount_rows(book: Document) -> Iterator[Cells]:
    """Yield the rows of every table: amounts, adjustments, recorded grades."""
    for rule in book.get("rules", ()):
        tables = (
            ("amount", "amount", rule["credits"].get("rows", ())),
            ("add", "add", rule["credits"].get("adjust", ())),
            ("grade", "value", rule.get("record_grade", {}).get("rows", ())),
        )
        for key, name, table in tables:
            for each in table:
                yield {"rule": rule["id"], **_conditions(each["if"]), key: each[name]}


def read_targets(name: str, rows: Sequence[Row], amounts: Sequence[Row], faults: Faults) -> Document:
    """Return what a rule gives, how it counts and what is recorded."""
    first = rows[0]
    check_first(rows, _COUNTING, faults)
    rule: Document = {"gives": _read_lines(rows, faults)}
    mode = chosen(first, "mode", MODES, faults)
    if mode is None and not first.get("mode"):
        faults.add(first, "mode", "missing")
    rule["credits"] = {"mode": mode or "none"} | ({"amount": first.get("amount")} if first.get("amount") else {})
    for key, field, into in (("amount", "amount", "rows"), ("add", "add", "adjust")):
        table = [_read_row(row, key, field, faults) for row in amounts if row.get(key)]
        if table:
            rule["credits"][into] = table
    if first.get("surplus"):
        to, _, most = first.get("surplus").partition(NAMED)
        rule["surplus"] = {"to": to} | ({"at_most": most} if most else {})
    grades = [_read_row(row, "grade", "value", faults) for row in amounts if row.get("grade")]
    if first.get("grade"):
        rule["record_grade"] = {"scale": first.get("grade"), "rows": grades}
    elif grades:
        faults.add(first, "grade", "missing", name)
    return rule


def _counting(rule: Document) -> Cells:
    credit, recorded, surplus = rule["credits"], rule.get("record_grade"), rule.get("surplus")
    cells = {"mode": MODES[credit["mode"]], "amount": credit.get("amount", "")}
    if surplus is not None:
        most = surplus.get("at_most")
        cells["surplus"] = plain(surplus["to"]) + ("" if most is None else f"{NAMED}{most}")
    if recorded is not None:
        if "map" in recorded or "scale" not in recorded:
            raise LostError(f"规则“{rule['id']}”按换算表记录成绩，放不进表格。", f"Rule {rule['id']} records by a map.")
        cells["grade"] = plain(recorded["scale"])
    return cells


def _lines(rule: Document) -> Iterator[Cells]:
    choices = [line for line in rule["gives"] if "of" in line and "choose" in line]
    if len(choices) > 1:
        raise LostError(f"规则“{rule['id']}”有几处选择，放不进表格。", f"Rule {rule['id']} has several choices.")
    for line in rule["gives"]:
        if "choose" not in line:
            yield _line(rule, line)
        elif "where" in line:
            yield {"way": WAYS["where"], "code": sentence(line["where"]), **_bounds(rule, line["choose"])}
        else:
            bounds = _bounds(rule, line["choose"])
            for number, option in enumerate(line["of"], start=1):
                for each in option if isinstance(option, list) else [option]:
                    yield {"option": letter(number), **_line(rule, each), **bounds}
                    bounds = {}


def _line(rule: Document, line: Document) -> Cells:
    way = next((way for way in ("part", "level", "award", "credits", "course") if way in line), None)
    if way is None:
        raise LostError(f"规则“{rule['id']}”的选择里还有选择。", f"Rule {rule['id']} has a choice within a choice.")
    code = plain(line[way])
    if way == "part":
        code = f"{code}{LIST}{plain(line['of'])}"
    if way == "credits" and "amount" in line:
        code = f"{code}{NAMED}{line['amount']}"
    return {"way": WAYS[way], "code": code}


def _bounds(rule: Document, choose: int | Document) -> Cells:
    if isinstance(choose, int):
        return {"at_least": str(choose), "at_most": str(choose)}
    if choose["at_least"] == choose["at_most"]:
        raise LostError(f"规则“{rule['id']}”的至少与至多相同，应写成一个数。", f"Rule {rule['id']}: write one number.")
    return {"at_least": str(choose["at_least"]), "at_most": str(choose["at_most"])}


def _read_lines(rows: Sequence[Row], faults: Faults) -> list[Document]:
    lines: list[Document] = []
    options: dict[str, list[Document]] = {}
    for row in rows:
        line = _read_line(row, faults)
        option = row.get("option")
        if not option:
            lines.append(line)
            if "choose" not in line and (row.get("at_least") or row.get("at_most")):
                faults.add(row, "at_least" if row.get("at_least") else "at_most", "idle")
            continue
        if not options:
            lines.append({"choose": _read_bounds(row, faults), "of": []})
        options.setdefault(option, []).append(line)
    for line in lines:
        if line.get("of") == []:
            line["of"] = [each[0] if len(each) == 1 else each for each in options.values()]
    return lines


def _read_line(row: Row, faults: Faults) -> Document:
    way = chosen(row, "way", WAYS, faults)
    code = row.get("code")
    if way is None or not code:
        faults.add(row, "code" if way else "way", "missing")
        return {"course": code}
    if way == "where":
        return {"choose": _read_bounds(row, faults), "where": from_sentence(row, "code", faults)}
    if way == "credits":
        category, _, amount = code.partition(NAMED)
        return {"credits": category} | ({"amount": amount} if amount else {})
    if way == "part":
        part, _, of = code.partition(LIST)
        return {"part": part, "of": of}
    return {way: code}


def _read_bounds(row: Row, faults: Faults) -> int | Document:
    low, high = whole(row, "at_least", faults), whole(row, "at_most", faults)
    if low is None and high is None:
        return 1
    low, high = (high if low is None else low), (low if high is None else high)
    return low or 0 if low == high else {"at_least": low, "at_most": high}


def _conditions(conditions: list[Document]) -> Cells:
    """Return one condition a column, and what is more than three together in the last."""
    parts = [conditions[:1], conditions[1:2], conditions[2:]]
    return {key: sentence(part) for key, part in zip(_CONDITIONS, parts, strict=True) if part}


def _read_row(row: Row, key: str, field: str, faults: Faults) -> Document:
    conditions = [each for name in _CONDITIONS for each in from_sentence(row, name, faults)]
    return {"if": conditions, field: row.get(key)}
