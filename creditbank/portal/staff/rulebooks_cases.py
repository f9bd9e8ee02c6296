"""One case as a form: who, which programme, which achievements, and what must come of them; nothing is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, Final

from creditbank.portal.staff.rulebooks_held import ATTRIBUTE, Held, held_of, tree_of_held
from creditbank.portal.staff.rulebooks_rows import (
    JOINER,
    Row,
    Tree,
    beyond,
    check_days,
    count,
    empty,
    place_in,
    posted_rows,
    read_rows,
    split,
)

HEAD: Final = (
    "id", "title_zh", "title_en", "as_of", "award", "status", "mode", "major", "groups", "enrolled",
    "programme", "unit", "required", "done", "credits", "attained", "still",
)  # fmt: skip
EVENT: Final = ("name", "day")
COURSE: Final = ("code", "credits", "nature", "kind", "category", "practice", "same_as")
#: `of` is a rule, a cap or a need; `reason` why a rule gives nothing, `amount` how much a need still lacks.
OUTCOME: Final = ("tag", "of", "reason", "amount")
OUTCOMES: Final = ("uses_rules", "not_rules", "binding", "missing")
HELD: Final = ("id", "acquired")
GIVEN: Final = frozenset({"as_of", "events", "learner", "programme", "achievements", "award"})
EXPECTED: Final = frozenset({"credits", "attained", "credits_still_needed", *OUTCOMES})
_LEARNER: Final = ("status", "mode", "major", "enrolled")
_LEARNER_FORMED: Final = frozenset({*_LEARNER, "groups"})
_PROGRAMME: Final = {"code": "programme", "unit": "unit", "credits_required": "required"}
_PROGRAMME_FORMED: Final = frozenset({*_PROGRAMME, "done", "courses"})
FIELDS_MAX: Final = 900
"""Fewer than the thousand fields that the bank takes of one form."""
NONE: Final = "无"
"""Written where a list is known to be empty; left out, it is not known."""


@dataclass(frozen=True, slots=True)
class CaseForm:
    """A case as texts: head fields, days of events, courses of the programme, achievements, what must come of them."""

    values: Row
    events: tuple[Row, ...] = ()
    courses: tuple[Row, ...] = ()
    achievements: tuple[Held, ...] = ()
    outcomes: tuple[Row, ...] = ()


def form_of(case: Mapping[str, Any]) -> CaseForm | None:
    """Return a case as a form, or None where the form, on its way through a browser, would not say all of it."""
    try:
        form = _form(case)
        check_days(_days(form))
        values = posted(form)
        same = tree_of(read(values), case) == case
    except (KeyError, TypeError, AttributeError, ValueError):
        return None
    return form if same and not beyond(values, FIELDS_MAX) else None


def _days(form: CaseForm) -> Iterator[str]:
    yield from (form.values["as_of"], form.values["enrolled"])
    yield from (row["day"] for row in form.events)
    yield from (one.values["acquired"] for one in form.achievements)


def beside(case: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the names of what a case gives that the form does not show; it stays as it is."""
    given = case.get("given")
    return tuple(sorted(set(given) - GIVEN)) if isinstance(given, dict) else ()


def blank(case_id: str, day: str) -> CaseForm:
    """Return the form of a case of which nothing is written: a student in study with one achievement on this day."""
    values = empty(HEAD, id=case_id, as_of=day, status="registered", programme="P", unit="cn.he.credit")
    return CaseForm(values, (), (empty(COURSE),), (_new_held((), day),))


def after(form: CaseForm) -> CaseForm:
    """Return the form of a new case with the facts of an earlier one, of which nothing is expected yet."""
    fresh = {"id": f"{form.values['id']}-2"} | dict.fromkeys(
        ("title_zh", "title_en", "credits", "attained", "still"), ""
    )
    return replace(form, values=form.values | fresh, outcomes=())


def posted(form: CaseForm) -> dict[str, str]:
    """Return what a browser posts of the form: `read` reads it back."""
    told = {**form.values, "achievements": str(len(form.achievements))}
    for place, one in enumerate(form.achievements):
        told |= {f"h-{place}-{name}": value for name, value in one.values.items()}
        told |= posted_rows(f"a-{place}", one.rows)
    return told | posted_rows("v", form.events) | posted_rows("k", form.courses) | posted_rows("x", form.outcomes)


def read(post: Mapping[str, str]) -> CaseForm:
    """Return the form as it was filled in, with a row or an achievement more or less where that was asked for."""
    values = {name: post.get(name, "").strip() for name in HEAD}
    drop, add = post.get("drop", ""), post.get("add", "")
    rows = {prefix: list(read_rows(post, prefix, fields)) for prefix, fields in _ROWS.items()}
    held = [_read_held(post, place) for place in range(count(post, "achievements")) if drop != f"held-{place}"]
    if add in _ROWS:
        rows[add].append(empty(_ROWS[add]) | _NEW[add])
    elif add == "held":
        held.append(_new_held(held, values["as_of"]))
    elif 0 <= place_in(add, "a-") < len(held):
        one = held[place_in(add, "a-")]
        held[place_in(add, "a-")] = Held(one.values, (*one.rows, empty(ATTRIBUTE, tag="grade")))
    return CaseForm(values, tuple(rows["v"]), tuple(rows["k"]), tuple(held), tuple(rows["x"]))


_ROWS: Final = {"v": EVENT, "k": COURSE, "x": OUTCOME}
_NEW: Final[dict[str, Row]] = {"v": {"name": "application"}, "k": {}, "x": {"tag": "uses_rules"}}


def _read_held(post: Mapping[str, str], place: int) -> Held:
    values = {name: post.get(f"h-{place}-{name}", "").strip() for name in HELD}
    return Held(values, tuple(read_rows(post, f"a-{place}", ATTRIBUTE)))


def _new_held(held: tuple[Held, ...] | list[Held], day: str) -> Held:
    taken = {one.values["id"] for one in held}
    name = next(f"a{number}" for number in range(1, len(taken) + 2) if f"a{number}" not in taken)
    return Held({"id": name, "acquired": day}, (empty(ATTRIBUTE, tag="spec"),))


def tree_of(form: CaseForm, before: Mapping[str, Any]) -> Tree:
    """Return the case that a form says; what stood in the case before beside the form stays."""
    values = form.values
    given, expect = _object(before.get("given")), _object(before.get("expect"))
    made: Tree = {"id": values["id"]}
    if values["title_zh"]:
        made["title"] = {"zh": values["title_zh"]} | ({"en": values["title_en"]} if values["title_en"] else {})
    made["given"] = _given(form, given) | {name: each for name, each in given.items() if name not in GIVEN}
    made["expect"] = _expect(form, expect) | {name: each for name, each in expect.items() if name not in EXPECTED}
    return {name: each for name, each in before.items() if name not in {"id", "title", "given", "expect"}} | made


def _given(form: CaseForm, before: Tree) -> Tree:
    values = form.values
    learner, programme = _object(before.get("learner")), _object(before.get("programme"))
    student: Tree = {name: values[name] for name in _LEARNER if values[name]}
    _listed(student, "groups", values["groups"])
    student |= {name: each for name, each in learner.items() if name not in _LEARNER_FORMED}
    study: Tree = {name: values[box] for name, box in _PROGRAMME.items() if values[box]}
    _listed(study, "done", values["done"])
    _unless_empty(study, programme, "courses", [course for row in form.courses if (course := _filled(row))])
    study |= {name: each for name, each in programme.items() if name not in _PROGRAMME_FORMED}
    made: Tree = {"as_of": values["as_of"], "programme": study}
    _unless_empty(made, before, "learner", student)
    _unless_empty(made, before, "events", {row["name"]: row["day"] for row in form.events if row["name"]})
    _unless_empty(made, before, "achievements", [tree_of_held(one) for one in form.achievements])
    return made | ({"award": values["award"]} if values["award"] else {})


def _expect(form: CaseForm, before: Tree) -> Tree:
    values = form.values
    made: Tree = {} if not values["credits"] else {"credits": values["credits"]}
    if values["attained"]:
        made["attained"] = values["attained"] == "yes"
    if values["still"]:
        made["credits_still_needed"] = values["still"]
    rows = {tag: [row for row in form.outcomes if row["tag"] == tag and row["of"]] for tag in OUTCOMES}
    for tag in ("uses_rules", "binding"):
        _unless_empty(made, before, tag, [row["of"] for row in rows[tag]])
    for tag, box in (("not_rules", "reason"), ("missing", "amount")):
        _unless_empty(made, before, tag, {row["of"]: row[box] for row in rows[tag]})
    return made


def _form(case: Mapping[str, Any]) -> CaseForm:
    given, expect, title = case["given"], case["expect"], case.get("title") or {}
    learner, programme = given.get("learner", {}), given["programme"]
    values = {"id": case["id"], "title_zh": title.get("zh", ""), "title_en": title.get("en", "")}
    values |= {"as_of": given["as_of"], "award": given.get("award", "")}
    values |= {name: learner.get(name, "") for name in _LEARNER}
    values |= {box: programme.get(name, "") for name, box in _PROGRAMME.items()}
    values |= {"groups": _list_text(learner, "groups"), "done": _list_text(programme, "done")}
    attained = {True: "yes", False: "no", None: ""}[expect.get("attained")]
    values |= {"credits": expect.get("credits", ""), "attained": attained}
    values |= {"still": expect.get("credits_still_needed", "")}
    outcomes = [empty(OUTCOME, tag=tag, of=name) for tag in ("uses_rules", "binding") for name in expect.get(tag, ())]
    for tag, box in (("not_rules", "reason"), ("missing", "amount")):
        outcomes += [empty(OUTCOME, tag=tag, of=name) | {box: value} for name, value in expect.get(tag, {}).items()]
    return CaseForm(
        values=values,
        events=tuple({"name": name, "day": day} for name, day in given.get("events", {}).items()),
        courses=tuple({name: course.get(name, "") for name in COURSE} for course in programme.get("courses", ())),
        achievements=tuple(held_of(one) for one in given.get("achievements", ())),
        outcomes=tuple(outcomes),
    )


def _filled(row: Row) -> Row:
    return {name: value for name, value in row.items() if value}


def _list_text(tree: Mapping[str, Any], name: str) -> str:
    return (JOINER.join(tree[name]) or NONE) if name in tree else ""


def _listed(made: Tree, name: str, text: str) -> None:
    if text:
        made[name] = [] if text == NONE else split(text)


def _unless_empty(made: Tree, before: Mapping[str, Any], name: str, value: object) -> None:
    """Put in what is said; what says nothing stays only where it stood before."""
    if value or (name in before and before[name] == value):
        made[name] = value


def _object(value: object) -> Tree:
    return value if isinstance(value, dict) else {}
