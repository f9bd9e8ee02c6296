"""The sheet of the book itself: fields with their values, its words, policies and the regulations it quotes."""

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from creditbank.conversion.rules.sheets.marks import (
    Cells,
    Document,
    Faults,
    LostError,
    Row,
    from_sentence,
    joined,
    named,
    parted,
    plain,
    sentence,
    unnamed,
)

_PLAIN: Final = {"编号": "id", "版本": "edition", "类型": "kind", "学分单位": "unit"}
_POLICIES: Final = {"复用": "reuse", "别处已用": "spent_elsewhere"}
_FLAGS: Final = {"一门课只免一次": "target_once", "可拆分": "divisible"}
_OWNER, _OWNER_CODE, _TITLE = "单位机构", "单位代码", "标题"
_PARTIES: Final = ("派出方", "接收方")
_CODE: Final = "代码"
_FROM, _TO, _BY, _OPEN = "生效", "失效", "依据日期", "长期"
_SCOPE, _FRAMEWORKS, _PARENTS = "适用范围", "资历框架", "类别上级"
_FAMILIES, _PREFER = "同类取高", "优先次序"
_LEVELS, _SCALE, _CITE = "等级制：", "成绩制：", "依据："
_YES, _NO = "是", "否"
_HEAD: Final = frozenset(
    {
        "format",
        "id",
        "edition",
        "kind",
        "owner",
        "title",
        "scope",
        "effective",
        "cites",
        "unit",
        "words",
        "policies",
        "parties",
    }
)
_BODY: Final = frozenset({"rules", "caps", "cases"})
_WORDS: Final = frozenset({"scales", "levels", "categories", "frameworks"})


def head_rows(book: Document) -> Iterator[Cells]:
    """Yield the fields of the book. Raises where the book says more than the sheets hold."""
    lost = sorted(book.keys() - _HEAD - _BODY) + sorted(book.get("words", {}).keys() - _WORDS)
    if lost:
        raise LostError(f"{'、'.join(lost)} 放不进表格。", f"{', '.join(lost)} have no place in the sheet.")
    yield from ({"field": field, "value": book[key]} for field, key in _PLAIN.items())
    yield from _organisation(_OWNER, _OWNER_CODE, book["owner"])
    yield {"field": _TITLE, **_pair(book["title"])}
    for field, party in zip(_PARTIES, book.get("parties", ()), strict=False):
        yield from _organisation(field, f"{field}{_CODE}", party)
    yield from _period(book["effective"])
    if book.get("scope"):
        yield {"field": _SCOPE, "value": sentence(book["scope"])}
    yield from _words(book.get("words", {}))
    yield from _policies(book.get("policies", {}))
    for cite in book.get("cites", ()):
        own = {key: cite[key] for key in ("clause", "url") if key in cite}
        yield {"field": f"{_CITE}{cite['id']}", **_pair(cite["title"]), **own}


def read_head(rows: Sequence[Row], faults: Faults) -> Document:
    """Return the document of the book without rules, caps and cases."""
    book: Document = {"format": "creditbank-rules/1"}
    for row in rows:
        field = row.get("field")
        opening = next((each for each in (_LEVELS, _SCALE, _CITE) if field.startswith(each)), field)
        reader = _READERS.get(opening)
        if reader is None:
            faults.add(row, "field", "field_unknown", field)
        elif row.get("value"):
            reader(row, book, faults)
    return book


def _organisation(field: str, code: str, party: Document) -> Iterator[Cells]:
    yield {"field": field, **_pair(party["name"])}
    if "code" in party:
        yield {"field": code, "value": party["code"]}


def _period(effective: Document) -> Iterator[Cells]:
    yield {"field": _FROM, "value": effective["from"]}
    if "to" in effective:
        yield {"field": _TO, "value": effective["to"] or _OPEN}
    if "by" in effective:
        yield {"field": _BY, "value": effective["by"]}


def _pair(pair: Document) -> Cells:
    return {"value": pair["zh"], "english": pair.get("en", "")}


def _words(words: Document) -> Iterator[Cells]:
    for name, levels in words.get("levels", {}).items():
        yield {"field": f"{_LEVELS}{name}", "value": joined(levels)}
    for name, scale in words.get("scales", {}).items():
        parts = [scale["max"]] if scale["kind"] == "numeric" else scale["order"]
        yield {"field": f"{_SCALE}{name}", "value": joined((scale["kind"], scale["pass"], *parts))}
    if "frameworks" in words:
        yield {"field": _FRAMEWORKS, "value": joined(words["frameworks"])}
    if "categories" in words:
        parents = {child: plain(parent) for child, parent in words["categories"].items()}
        yield {"field": _PARENTS, "value": named(parents)}


def _policies(policies: Document) -> Iterator[Cells]:
    yield from ({"field": field, "value": policies[key]} for field, key in _POLICIES.items() if key in policies)
    for field, key in _FLAGS.items():
        if key in policies:
            yield {"field": field, "value": _YES if policies[key] else _NO}
    if "families" in policies:
        yield {"field": _FAMILIES, "value": named(policies["families"])}
    if "prefer" in policies:
        yield {"field": _PREFER, "value": joined(policies["prefer"])}


Reader = Callable[[Row, Document, Faults], None]


def _set(*path: str) -> Reader:
    def read(row: Row, book: Document, _faults: Faults) -> None:
        _into(book, path, row.get("value"))

    return read


def _into(book: Document, path: Sequence[str], value: object) -> None:
    for step in path[:-1]:
        book = book.setdefault(step, {})
    book[path[-1]] = value


def _set_pair(*path: str) -> Reader:
    def read(row: Row, book: Document, _faults: Faults) -> None:
        _into(book, path, _read_pair(row))

    return read


def _read_pair(row: Row) -> Cells:
    return {"zh": row.get("value")} | ({"en": row.get("english")} if row.get("english") else {})


def _set_list(*path: str) -> Reader:
    def read(row: Row, book: Document, _faults: Faults) -> None:
        _into(book, path, parted(row.get("value")))

    return read


def _set_named(*path: str) -> Reader:
    def read(row: Row, book: Document, faults: Faults) -> None:
        _into(book, path, unnamed(row, "value", faults))

    return read


def _set_flag(*path: str) -> Reader:
    def read(row: Row, book: Document, faults: Faults) -> None:
        if row.get("value") not in {_YES, _NO}:
            faults.add(row, "value", "not_offered", row.get("value"))
        _into(book, path, row.get("value") == _YES)

    return read


def _party(number: int, key: str) -> Reader:
    def read(row: Row, book: Document, _faults: Faults) -> None:
        parties = book.setdefault("parties", [{}, {}])
        parties[number][key] = _read_pair(row) if key == "name" else row.get("value")

    return read


def _to(row: Row, book: Document, _faults: Faults) -> None:
    _into(book, ("effective", "to"), None if row.get("value") == _OPEN else row.get("value"))


def _scope(row: Row, book: Document, faults: Faults) -> None:
    book["scope"] = from_sentence(row, "value", faults)


def _levels(row: Row, book: Document, _faults: Faults) -> None:
    _into(book, ("words", "levels", row.get("field").removeprefix(_LEVELS)), parted(row.get("value")))


def _scale(row: Row, book: Document, faults: Faults) -> None:
    parts = parted(row.get("value"))
    numeric = parts[0] == "numeric"
    if len(parts) < 3 or (numeric and len(parts) > 3):  # noqa: PLR2004 - kind, pass mark, maximum
        faults.add(row, "value", "not_named", row.get("value"))
        return
    scale: Document = {"kind": parts[0], "pass": parts[1]}
    scale["max" if numeric else "order"] = parts[2] if numeric else parts[2:]
    _into(book, ("words", "scales", row.get("field").removeprefix(_SCALE)), scale)


def _cite(row: Row, book: Document, _faults: Faults) -> None:
    own = {key: row.get(key) for key in ("clause", "url") if row.get(key)}
    cite: Document = {"id": row.get("field").removeprefix(_CITE), "title": _read_pair(row), **own}
    book.setdefault("cites", []).append(cite)


_READERS: Final[dict[str, Reader]] = {
    **{field: _set(key) for field, key in _PLAIN.items()},
    **{field: _set("policies", key) for field, key in _POLICIES.items()},
    **{field: _set_flag("policies", key) for field, key in _FLAGS.items()},
    _OWNER: _set_pair("owner", "name"),
    **{field: _party(number, "name") for number, field in enumerate(_PARTIES)},
    **{f"{field}{_CODE}": _party(number, "code") for number, field in enumerate(_PARTIES)},
    _OWNER_CODE: _set("owner", "code"),
    _TITLE: _set_pair("title"),
    _FROM: _set("effective", "from"),
    _TO: _to,
    _BY: _set("effective", "by"),
    _SCOPE: _scope,
    _FRAMEWORKS: _set_list("words", "frameworks"),
    _PARENTS: _set_named("words", "categories"),
    _FAMILIES: _set_named("policies", "families"),
    _PREFER: _set_list("policies", "prefer"),
    _LEVELS: _levels,
    _SCALE: _scale,
    _CITE: _cite,
}
FIELDS: Final = tuple(field for field in _READERS if not field.endswith("："))
"""The fields that a blank template lists."""
