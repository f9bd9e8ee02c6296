"""One rule as a form: from a tree of the document to rows of texts, and back; what the rows cannot say is not lost."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from creditbank.portal.staff.rulebooks_rows import (
    JOINER,
    ROW,
    ROWS_MAX,
    Row,
    Tree,
    beyond,
    check_chosen,
    conditions,
    count,
    empty,
    place_in,
    posted_rows,
    read_rows,
    rows_of,
    split,
)

__all__ = ["ROWS_MAX", "RuleForm", "blank", "form_of", "posted", "read", "tree_of"]

HEAD: Final = ("id", "title_zh", "title_en", "cites", "tags", "how", "mode", "amount", "times", "may_deviate")
LINE: Final = ("kind", "value", "least", "most", "nature", "course_kind", "amount")
CHOICES: Final = {
    "mode": ("target", "fixed", "source", "least", "none"),
    "times": ("", "once", "any"),
    "may_deviate": ("", "no", "narrower", "free"),
}
LINE_CHOICES: Final = {"kind": ("", "course", "choose_of", "choose_where", "credits", "level", "award")}
FORMED: Final = ("id", "title", "cites", "tags", "when", "from", "gives", "credits", "times", "may_deviate")
FIELDS_MAX: Final = 900
"""Fewer than the thousand fields that the bank takes of one form."""


@dataclass(frozen=True, slots=True)
class RuleForm:
    """A rule as texts: head fields, rows on the learner, groups of rows on achievements, rows of targets."""

    values: Row
    when: tuple[Row, ...]
    groups: tuple[tuple[Row, ...], ...]
    lines: tuple[Row, ...]


def form_of(rule: Mapping[str, Any]) -> RuleForm | None:
    """Return a rule as a form, or None where the rows, on their way through a browser, would not say all of it."""
    try:
        form = _form(rule)
        check_chosen(form.values, CHOICES)
        for line in form.lines:
            check_chosen(line, LINE_CHOICES)
        values = posted(form)
        same = tree_of(read(values), {}) == {name: rule[name] for name in FORMED if name in rule} | {
            "gives": [_exact(line) for line in rule["gives"]] or rule["gives"]
        }
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return form if same and not beyond(values, FIELDS_MAX) else None


def posted(form: RuleForm) -> dict[str, str]:
    """Return what a browser posts of the form: `read` reads it back."""
    told = {**form.values, "groups": str(len(form.groups))}
    for place, group in enumerate(form.groups):
        told |= posted_rows(f"s-{place}", group)
    return told | posted_rows("w", form.when) | posted_rows("t", form.lines)


def blank(rule_id: str) -> RuleForm:
    """Return the form of a rule of which nothing is written."""
    values = empty(HEAD, id=rule_id, how="one", mode="target")
    return RuleForm(values, (), ((empty(ROW, tag="spec"),),), (empty(LINE, kind="course"),))


def read(post: Mapping[str, str]) -> RuleForm:
    """Return the form as it was filled in, with a row more or less where that was asked for."""
    values = {name: post.get(name, "").strip() for name in HEAD}
    drop, add = post.get("drop", ""), post.get("add", "")
    when = list(read_rows(post, "w", ROW))
    groups = [
        list(read_rows(post, f"s-{place}", ROW)) for place in range(count(post, "groups")) if drop != f"group-{place}"
    ]
    lines = list(read_rows(post, "t", LINE))
    if add == "w":
        when.append(empty(ROW, tag="learner_status"))
    elif add == "group":
        groups.append([empty(ROW, tag="spec")])
    elif add == "t":
        lines.append(empty(LINE, kind="course"))
    elif 0 <= place_in(add, "s-") < len(groups):
        groups[place_in(add, "s-")].append(empty(ROW, tag="level"))
    if len(groups) > 1 and values["how"] == "one":
        values["how"] = "all"
    return RuleForm(values, tuple(when), tuple(tuple(each) for each in groups), tuple(lines))


def tree_of(form: RuleForm, before: Mapping[str, Any]) -> Tree:
    """Return the rule that a form says; what stood in the rule before beside the form stays."""
    values = form.values
    sources: list[Tree] = [{"one": conditions(group)} for group in form.groups]
    how = values["how"] if len(sources) > 1 or values["how"] in {"all", "any"} else "one"
    made: Tree = {"id": values["id"]}
    if values["title_zh"]:
        made["title"] = {"zh": values["title_zh"]} | ({"en": values["title_en"]} if values["title_en"] else {})
    made |= {name: split(values[name]) for name in ("cites", "tags") if values[name]}
    if form.when:
        made["when"] = conditions(form.when)
    made["from"] = (sources or [{"one": []}])[0] if how == "one" else {how: sources}
    made["gives"] = [line for row in form.lines if (line := _line(row))]
    made["credits"] = {"mode": values["mode"]} | ({"amount": values["amount"]} if values["amount"] else {})
    made |= {name: values[name] for name in ("times", "may_deviate") if values[name]}
    return {name: each for name, each in before.items() if name not in FORMED} | made


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
        when=rows_of(rule.get("when", ())),
        groups=tuple(rows_of(one["one"]) for one in sources),
        lines=tuple(_line_row(each) for each in rule["gives"]),
    )


def _sources(tree: Mapping[str, Any]) -> tuple[str, Sequence[Mapping[str, Any]]]:
    for how in ("all", "any"):
        if how in tree:
            return how, tree[how]
    return "one", [tree]


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
