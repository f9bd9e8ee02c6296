"""One cap as a form: from a tree of the document to texts and rows, and back; what they cannot say is not lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from creditbank.portal.staff.rulebooks_rows import (
    JOINER,
    ROW,
    Row,
    Tree,
    beyond,
    check_chosen,
    conditions,
    empty,
    posted_rows,
    read_rows,
    rows_of,
    split,
)

HEAD: Final = (
    "id", "cites", "awards", "measure", "framework", "per", "bound", "amount", "attribution",
    "rules", "tags", "categories",
)  # fmt: skip
MEASURES: Final = ("credits", "targets", "grants", "achievements", "points")
PERS: Final = ("plan", "achievement", "issuer", "family", "rule", "match", "category", "year", "semester")
#: What a cap is of: so much, a share of the programme or of what is converted, or what each achievement brings.
BOUNDS: Final = ("amount", "programme", "chosen", "field")
CHOICES: Final = {"measure": MEASURES, "per": PERS, "bound": BOUNDS, "attribution": ("whole", "pro_rata")}
LISTS: Final = ("rules", "tags", "categories")
ROWS: Final = {"w": "learner_status", "s": "spec", "c": "course_nature"}
FORMED: Final = frozenset(
    {"id", "cites", "awards", "measure", "framework", "per", "at_most", "attribution", "of", "when"}
)
FIELDS_MAX: Final = 900
"""Fewer than the thousand fields that the bank takes of one form."""
_OWN_CREDITS: Final = {"field": "achievement.credits"}


@dataclass(frozen=True, slots=True)
class CapForm:
    """A cap as texts: head fields, rows on the learner, on the achievements and on the courses that are counted."""

    values: Row
    when: tuple[Row, ...] = ()
    sources: tuple[Row, ...] = ()
    targets: tuple[Row, ...] = ()


def form_of(cap: Mapping[str, Any]) -> CapForm | None:
    """Return a cap as a form, or None where the form, on its way through a browser, would not say all of it."""
    try:
        form = _form(cap)
        check_chosen(form.values, CHOICES)
        values = posted(form)
        same = tree_of(read(values), cap) == cap
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return form if same and not beyond(values, FIELDS_MAX) else None


def blank(cap_id: str) -> CapForm:
    """Return the form of a cap of which nothing is written: half the credits of the programme, as most schools ask."""
    defaults = {"measure": "credits", "per": "plan", "bound": "programme", "amount": "50", "attribution": "whole"}
    return CapForm(empty(HEAD, id=cap_id, **defaults))


def read(post: Mapping[str, str]) -> CapForm:
    """Return the form as it was filled in, with a row more or less where that was asked for."""
    rows = {prefix: list(read_rows(post, prefix, ROW)) for prefix in ROWS}
    add = post.get("add", "")
    if add in ROWS:
        rows[add].append(empty(ROW, tag=ROWS[add]))
    values = {name: post.get(name, "").strip() for name in HEAD}
    return CapForm(values, tuple(rows["w"]), tuple(rows["s"]), tuple(rows["c"]))


def posted(form: CapForm) -> dict[str, str]:
    """Return what a browser posts of the form: `read` reads it back."""
    rows = posted_rows("w", form.when) | posted_rows("s", form.sources) | posted_rows("c", form.targets)
    return {**form.values, **rows}


def tree_of(form: CapForm, before: Mapping[str, Any]) -> Tree:
    """Return the cap that a form says; what stood in the cap before beside the form stays."""
    values = form.values
    made: Tree = {"id": values["id"], "measure": values["measure"], "at_most": _bound(values)}
    made |= {name: split(values[name]) for name in ("cites", "awards") if values[name]}
    made |= {name: values[name] for name in ("framework",) if values[name]}
    # What is not said means this; where it was said, it stays said.
    for name, default in (("per", "plan"), ("attribution", "whole")):
        if values[name] != default or before.get(name) == default:
            made[name] = values[name]
    of: Tree = {name: split(values[name]) for name in LISTS if values[name]}
    of |= {name: conditions(rows) for name, rows in (("sources", form.sources), ("targets", form.targets)) if rows}
    if of or before.get("of") == {}:
        made["of"] = of
    if form.when:
        made["when"] = conditions(form.when)
    return {name: each for name, each in before.items() if name not in FORMED} | made


def _bound(values: Row) -> str | Tree:
    match values["bound"]:
        case "field":
            return dict(_OWN_CREDITS)
        case "programme" | "chosen" as of:
            return {"share": values["amount"], "of": of}
        case _:
            return values["amount"]


def _form(cap: Mapping[str, Any]) -> CapForm:
    most, of = cap["at_most"], cap.get("of", {})
    values = {name: cap.get(name, "") for name in ("id", "measure", "framework")}
    values |= {"per": cap.get("per", "plan"), "attribution": cap.get("attribution", "whole")}
    values |= {name: JOINER.join(cap.get(name, ())) for name in ("cites", "awards")}
    values |= {name: JOINER.join(of.get(name, ())) for name in LISTS}
    if isinstance(most, str):
        values |= {"bound": "amount", "amount": most}
    elif "share" in most:
        values |= {"bound": most["of"], "amount": most["share"]}
    else:
        values |= {"bound": "field", "amount": ""}
    return CapForm(values, rows_of(cap.get("when", ())), rows_of(of.get("sources", ())), rows_of(of.get("targets", ())))
