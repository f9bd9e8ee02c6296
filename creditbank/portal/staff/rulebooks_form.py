"""One rule as a form: from a tree of the document to rows of texts, and back; what the rows cannot say is not lost."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

Tree = dict[str, Any]

JOINER: Final = "、"
ROW: Final = ("tag", "of", "op", "value")
LINE: Final = ("kind", "value", "least", "most", "nature", "course_kind", "amount")
ROWS_MAX: Final = 40
#: Conditions that only list values, those of a learner last.
LISTED: Final = (
    "spec", "family", "kind", "issuer", "subject", "category", "via", "rank", "reach", "role", "register",
)  # fmt: skip
LEARNER_LISTED: Final = ("learner_status", "learner_major", "learner_group", "programme", "study_mode")
#: What the second and fourth box of a row mean for the other conditions: the field for each, empty for none.
SCALED: Final = {
    "grade": ("scale", "at_least"),
    "credits": ("unit", "at_least"),
    "hours": ("unit", "at_least"),
    "attendance": ("unit", "at_least"),
    "framework_level": ("framework", "at_least"),
    "age": ("at", "at_most_months"),
    "valid": ("at", ""),
    "overlap": ("", "at_least"),
    "passed": ("", ""),
    "waited": ("event", "at_least_days"),
}
#: Conditions whose third box chooses the field that the fourth fills.
BOUNDED: Final = {"level": "scale", "acquired": "", "enrolled": ""}
SOURCE_TAGS: Final = (*LISTED, "level", "grade", "passed", "credits", "hours", "attendance", "framework_level",
                      "acquired", "age", "valid", "overlap")  # fmt: skip
LEARNER_TAGS: Final = (*LEARNER_LISTED, "enrolled", "waited")
WHOLE: Final = frozenset({"at_most_months", "at_least_days"})
FORMED: Final = ("id", "title", "cites", "tags", "when", "from", "gives", "credits", "times", "may_deviate")

Row = dict[str, str]


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as texts: head fields, rows on the learner, groups of rows on achievements, rows of targets."""

    values: Row
    when: tuple[Row, ...]
    groups: tuple[tuple[Row, ...], ...]
    lines: tuple[Row, ...]


def form_of(rule: Mapping[str, Any]) -> RuleForm | None:
    """Return a rule as a form, or None where the rows cannot say everything that it says."""
    try:
        form = _form(rule)
        same = tree_of(form, {}) == {name: rule[name] for name in FORMED if name in rule} | {
            "gives": [_exact(line) for line in rule["gives"]]
        }
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return form if same else None


def blank(rule_id: str) -> RuleForm:
    """Return the form of a rule of which nothing is written."""
    values = dict.fromkeys(("title_zh", "title_en", "cites", "tags", "amount", "times", "may_deviate"), "")
    empty = dict.fromkeys(ROW, "")
    values |= {"id": rule_id, "how": "one", "mode": "target"}
    return RuleForm(values, (), ((empty | {"tag": "spec"},),), (dict.fromkeys(LINE, "") | {"kind": "course"},))


def read(post: Mapping[str, str]) -> RuleForm:
    """Return the form as it was filled in, with a row more or less where that was asked for."""
    names = ("id", "title_zh", "title_en", "cites", "tags", "how", "mode", "amount", "times", "may_deviate")
    values = {name: post.get(name, "").strip() for name in names}
    drop, add = post.get("drop", ""), post.get("add", "")
    when = list(_rows(post, "w", ROW, drop))
    groups = [
        list(_rows(post, f"s-{place}", ROW, drop))
        for place in range(_count(post, "groups"))
        if drop != f"group-{place}"
    ]
    lines = list(_rows(post, "t", LINE, drop))
    if add == "w":
        when.append(dict.fromkeys(ROW, "") | {"tag": "learner_status"})
    elif add == "group":
        groups.append([dict.fromkeys(ROW, "") | {"tag": "spec"}])
    elif add == "t":
        lines.append(dict.fromkeys(LINE, "") | {"kind": "course"})
    elif add.startswith("s-") and add[2:].isascii() and add[2:].isdigit() and int(add[2:]) < len(groups):
        groups[int(add[2:])].append(dict.fromkeys(ROW, "") | {"tag": "level"})
    if len(groups) > 1 and values["how"] == "one":
        values["how"] = "all"
    return RuleForm(values, tuple(when), tuple(tuple(each) for each in groups), tuple(lines))


def tree_of(form: RuleForm, before: Mapping[str, Any]) -> Tree:
    """Return the rule that a form says; what stood in the rule before beside the form stays."""
    values = form.values
    sources = [{"one": [*_conditions(group)]} for group in form.groups]
    how = values["how"] if len(sources) > 1 or values["how"] in {"all", "any"} else "one"
    made: Tree = {"id": values["id"]}
    if values["title_zh"]:
        made["title"] = {"zh": values["title_zh"]} | ({"en": values["title_en"]} if values["title_en"] else {})
    made |= {name: split(values[name]) for name in ("cites", "tags") if values[name]}
    if form.when:
        made["when"] = [*_conditions(form.when)]
    made["from"] = (sources or [{"one": []}])[0] if how == "one" else {how: sources}
    made["gives"] = [line for row in form.lines if (line := _line(row))]
    made["credits"] = {"mode": values["mode"]} | ({"amount": values["amount"]} if values["amount"] else {})
    made |= {name: values[name] for name in ("times", "may_deviate") if values[name]}
    return {name: each for name, each in before.items() if name not in FORMED} | made


def split(text: str) -> list[str]:
    """Return the values of a box, which a person separates by 、 or a comma or a line."""
    for mark in ("，", ",", "；", ";", "\n"):
        text = text.replace(mark, JOINER)
    return [each.strip() for each in text.split(JOINER) if each.strip()]


def _form(rule: Mapping[str, Any]) -> RuleForm:
    title = rule.get("title") or {}
    credits_ = rule["credits"]
    how, sources = _sources(rule["from"])
    values = {
        "id": rule["id"],
        "title_zh": title.get("zh", ""),
        "title_en": title.get("en", ""),
        "cites": JOINER.join(rule.get("cites", ())),
        "tags": JOINER.join(rule.get("tags", ())),
        "how": how,
        "mode": credits_["mode"],
        "amount": credits_.get("amount", ""),
        "times": rule.get("times", ""),
        "may_deviate": rule.get("may_deviate") or "",
    }
    if set(credits_) - {"mode", "amount"}:
        raise ValueError(credits_)
    return RuleForm(
        values=values,
        when=tuple(_row(each) for each in rule.get("when", ())),
        groups=tuple(tuple(_row(each) for each in one["one"]) for one in sources),
        lines=tuple(_line_row(each) for each in rule["gives"]),
    )


def _sources(tree: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    for how in ("all", "any"):
        if how in tree:
            return how, tree[how]
    return "one", [tree]


def _row(condition: Mapping[str, Any]) -> Row:
    tag = condition["is"]
    if tag in {*LISTED, *LEARNER_LISTED}:
        return {"tag": tag, "of": "", "op": "", "value": JOINER.join(condition["in"])}
    if tag in BOUNDED:
        scale = BOUNDED[tag]
        (op,) = set(condition) - {"is", scale}
        return {"tag": tag, "of": condition[scale] if scale else "", "op": op, "value": condition[op]}
    of, value = SCALED[tag]
    return {
        "tag": tag,
        "of": condition[of] if of else "",
        "op": "",
        "value": str(condition[value]) if value else "",
    }


def _conditions(rows: Sequence[Row]) -> Iterator[Tree]:
    for row in rows:
        tag = row["tag"]
        if tag in {*LISTED, *LEARNER_LISTED}:
            yield {"is": tag, "in": split(row["value"])}
        elif tag in BOUNDED:
            scale = BOUNDED[tag]
            op = row["op"] or ("at_least" if scale else "from")
            yield {"is": tag} | ({scale: row["of"]} if scale else {}) | {op: row["value"]}
        elif tag in SCALED:
            of, value = SCALED[tag]
            yield {"is": tag} | ({of: row["of"]} if of else {}) | ({value: _amount(value, row)} if value else {})


def _amount(field: str, row: Row) -> str | int:
    text = row["value"]
    return int(text) if field in WHOLE and text.isascii() and text.isdigit() and len(text) < 6 else text  # noqa: PLR2004


def _line_row(line: Mapping[str, Any]) -> Row:
    row = dict.fromkeys(LINE, "")
    if "choose" in line:
        choose = line["choose"]
        least, most = (choose, choose) if isinstance(choose, int) else (choose["at_least"], choose["at_most"])
        row |= {"least": str(least), "most": str(most)}
        if "of" in line:
            return row | {"kind": "choose_of", "value": JOINER.join(each["course"] for each in line["of"])}
        fields = {"course_nature": "nature", "course_kind": "course_kind", "course": "value"}
        return row | {"kind": "choose_where"} | {fields[each["is"]]: JOINER.join(each["in"]) for each in line["where"]}
    (kind,) = set(line) & {"course", "credits", "level", "award"}
    return row | {"kind": kind, "value": line[kind], "amount": line.get("amount", "")}


def _line(row: Row) -> Tree | None:
    kind = row["kind"]
    if not kind:
        return None
    if kind in {"choose_of", "choose_where"}:
        least, most = (
            int(row[each]) if row[each].isascii() and row[each].isdigit() else 1 for each in ("least", "most")
        )
        made: Tree = {"choose": least if least == most else {"at_least": least, "at_most": most}}
        if kind == "choose_of":
            return made | {"of": [{"course": each} for each in split(row["value"])]}
        fields = (("course", "value"), ("course_nature", "nature"), ("course_kind", "course_kind"))
        where = [{"is": tag, "in": split(row[name])} for tag, name in fields if row[name]]
        return made | {"where": where}
    return {kind: row["value"]} | ({"amount": row["amount"]} if kind == "credits" and row["amount"] else {})


def _exact(line: Mapping[str, Any]) -> Tree:
    """Return a line with a choice from as many to as many as a choice of so many, which is the same."""
    choose = line.get("choose")
    if isinstance(choose, dict) and choose.get("at_least") == choose.get("at_most"):
        return {**line, "choose": choose["at_least"]}
    return dict(line)


def _rows(post: Mapping[str, str], prefix: str, fields: Sequence[str], drop: str) -> Iterator[Row]:
    for place in range(_count(post, f"{prefix}-rows")):
        if drop != f"{prefix}-{place}":
            yield {name: post.get(f"{prefix}-{place}-{name}", "").strip() for name in fields}


def _count(post: Mapping[str, str], name: str) -> int:
    text = post.get(name, "")
    return min(int(text), ROWS_MAX) if text.isascii() and text.isdigit() and len(text) < len("1000") else 0
