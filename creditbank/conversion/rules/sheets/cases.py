"""The sheet of cases: what is given and what must come of it, one row for each achievement."""

from collections.abc import Iterator, Sequence
from typing import Final

from creditbank.conversion.rules.sheets.marks import (
    INNER,
    NAMED,
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    check_first,
    joined,
    named,
    of_scale,
    parted,
    plain,
    scaled,
    unnamed,
)

_GIVEN: Final = frozenset({"as_of", "events", "learner", "programme", "achievements"})
_EXPECTED: Final = frozenset({"credits", "uses_rules", "not_rules", "binding"})
_TEXTS: Final = (
    "kind", "family", "issuer", "subject", "category", "via", "rank", "reach", "role", "register", "valid_until"
)  # fmt: skip
_QUANTITIES: Final = ("credits", "hours", "attendance")
_MAPS: Final = ("framework_level", "overlap")
_COURSE: Final = ("nature", "kind", "category", "practice", "same_as")
_YES, _NO = "是", "否"
_PASSED: Final = "passed"
_ONCE: Final = (
    "note",
    "note_en",
    "as_of",
    "learner",
    "programme",
    "events",
    "courses",
    "credits",
    "uses",
    "reasons",
    "binding",
)
_BETWEEN: Final = "\n"
_NONE: Final = "无"


def case_rows(book: Document) -> Iterator[Cells]:
    """Yield the rows of every case. Raises where a case does not fit."""
    for case in book.get("cases", ()):
        given, expect = case["given"], case["expect"]
        if not given.keys() <= _GIVEN or not expect.keys() <= _EXPECTED:
            raise LostError(
                f"用例“{case['id']}”给出或期望了表格没有的内容。", f"The case {case['id']} gives or expects more."
            )
        if "achievements" not in given:
            raise LostError(f"用例“{case['id']}”没有成果一栏。", f"The case {case['id']} lists no achievements.")
        first: Cells = {"case": case["id"], **_facts(case, given), **_expected(expect)}
        if not given["achievements"]:
            yield first
        for one in given["achievements"]:
            yield {**first, **_achievement(one)}
            first = {"case": case["id"]}


def read_cases(rows: Sequence[Row], faults: Faults) -> list[Document]:
    """Return the cases of the sheet, in the order of their first rows."""
    found: dict[str, list[Row]] = {}
    for row in rows:
        if not row.get("case"):
            faults.add(row, "case", "missing")
        found.setdefault(row.get("case"), []).append(row)
    return [_read(name, own, faults) for name, own in found.items() if name]


def _facts(case: Document, given: Document) -> Cells:
    title = case.get("title", {})
    learner = {
        key: _several(value) if key == "groups" else plain(value) for key, value in given.get("learner", {}).items()
    }
    programme = {key: value for key, value in given["programme"].items() if key not in {"courses", "done"}}
    cells = {
        "note": title.get("zh", ""),
        "note_en": title.get("en", ""),
        "as_of": given["as_of"],
        "learner": named(learner),
        "programme": named({key: plain(value) for key, value in programme.items()}),
        "events": named(given.get("events", {})),
    }
    if "courses" in given["programme"]:
        cells["courses"] = _BETWEEN.join(_course(each) for each in given["programme"]["courses"]) or _NONE
    if "done" in given["programme"]:
        cells["programme"] += f"；done{NAMED}{_several(given['programme']['done'])}"
    return cells


def _several(values: Sequence[str]) -> str:
    return joined(values, INNER)


def _course(course: Document) -> str:
    parts = [f"{plain(course['code'])}{NAMED}{course['credits']}"]
    parts += [f"{key}{NAMED}{plain(course[key])}" for key in _COURSE if key in course]
    return INNER.join(parts)


def _achievement(one: Document) -> Cells:
    cells = {"id": one["id"], "spec": one.get("spec", ""), "acquired": one["acquired"]}
    if "grade" in one:
        cells["grade"] = of_scale(one["grade"]["scale"], one["grade"]["value"])
    if "level" in one or "level_scale" in one:
        cells["level"] = of_scale(one.get("level_scale", ""), one.get("level", ""))
    more = {key: plain(one[key]) for key in _TEXTS if key in one}
    more |= {key: f"{one[key]['value']} {plain(one[key]['unit'])}" for key in _QUANTITIES if key in one}
    more |= {
        key: INNER.join(f"{plain(name)}:{value}" for name, value in one[key].items()) for key in _MAPS if key in one
    }
    if _PASSED in one:
        more[_PASSED] = _YES if one[_PASSED] else _NO
    return cells | {"more": named(more)}


def _expected(expect: Document) -> Cells:
    cells = {"credits": expect.get("credits", "")}
    for key, field in (("uses", "uses_rules"), ("binding", "binding")):
        cells[key] = joined(expect.get(field, ()))
    return cells | {"reasons": named(expect.get("not_rules", {}))}


def _read(name: str, rows: Sequence[Row], faults: Faults) -> Document:
    first = rows[0]
    check_first(rows, _ONCE, faults)
    case: Document = {"id": name}
    if first.get("note"):
        english = first.get("note_en")
        case["title"] = {"zh": first.get("note")} | ({"en": english} if english else {})
    given: Document = {"as_of": first.get("as_of"), "programme": _read_programme(first, faults)}
    learner: Document = dict(unnamed(first, "learner", faults))
    if "groups" in learner:
        learner["groups"] = parted(learner["groups"], INNER)
    if learner:
        given["learner"] = learner
    if first.get("events"):
        given["events"] = unnamed(first, "events", faults)
    given["achievements"] = [_read_achievement(row, faults) for row in rows if row.get("id")]
    return case | {"given": given, "expect": _read_expected(first, faults)}


def _read_programme(row: Row, faults: Faults) -> Document:
    programme: Document = dict(unnamed(row, "programme", faults))
    if "done" in programme:
        programme["done"] = parted(programme["done"], INNER)
    courses: list[Document] = []
    if row.get("courses") == _NONE:
        return programme | {"courses": courses}
    for text in parted(row.get("courses")):
        parts = [part.partition(NAMED) for part in parted(text, INNER)]
        if any(not mark for _name, mark, _value in parts):
            faults.add(row, "courses", "not_named", text)
            continue
        own = {name.strip(): value.strip() for name, _mark, value in parts[1:]}
        courses.append({"code": parts[0][0].strip(), "credits": parts[0][2].strip(), **own})
    return programme | ({"courses": courses} if courses else {})


def _read_achievement(row: Row, faults: Faults) -> Document:
    one: Document = {"id": row.get("id"), "acquired": row.get("acquired")}
    if row.get("spec"):
        one["spec"] = row.get("spec")
    if (level := scaled(row, "level", faults)) is not None:
        one |= {"level_scale": level[0], "level": level[1]}
    if (grade := scaled(row, "grade", faults)) is not None:
        one["grade"] = {"scale": grade[0], "value": grade[1]}
    for key, text in unnamed(row, "more", faults).items():
        one[key] = _value(key, text)
    return one


def _value(key: str, text: str) -> object:
    if key in _QUANTITIES:
        amount, _, unit = text.partition(" ")
        return {"value": amount, "unit": unit}
    if key in _MAPS:
        pairs = [part.rpartition(":") for part in parted(text, INNER)]
        return {name: value for name, _mark, value in pairs}
    return text == _YES if key == _PASSED and text in {_YES, _NO} else text


def _read_expected(row: Row, faults: Faults) -> Document:
    expect: Document = {"credits": row.get("credits")} if row.get("credits") else {}
    for key, field in (("uses", "uses_rules"), ("binding", "binding")):
        if row.get(key):
            expect[field] = parted(row.get(key))
    return expect | ({"not_rules": unnamed(row, "reasons", faults)} if row.get("reasons") else {})
