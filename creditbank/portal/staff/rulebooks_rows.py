"""Rows of the forms in which rules, caps and cases are written: a condition a row, from tree to texts and back."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, Final

Tree = dict[str, Any]
Row = dict[str, str]

JOINER: Final = "、"
ROW: Final = ("tag", "of", "op", "value")
ROWS_MAX: Final = 40
#: Conditions that only list values: of an achievement, of a learner, of a course.
LISTED: Final = (
    "spec", "family", "kind", "issuer", "subject", "category", "via", "rank", "reach", "role", "register",
)  # fmt: skip
LEARNER_LISTED: Final = ("learner_status", "learner_major", "learner_group", "programme", "study_mode")
COURSE_TAGS: Final = ("course", "course_nature", "course_kind", "course_practice", "course_category")
_VALUES_ALONE: Final = frozenset({*LISTED, *LEARNER_LISTED, *COURSE_TAGS})
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
OPS: Final = ("exactly", "at_least", "at_most", "from", "to")
_WHOLE: Final = frozenset({"at_most_months", "at_least_days"})
_WHOLE_DIGITS: Final = 5
_ROWS_DIGITS: Final = 3


def split(text: str) -> list[str]:
    """Return the values of a box, which a person separates by 、 or a comma or a line."""
    for mark in ("，", ",", "；", ";", "\n"):
        text = text.replace(mark, JOINER)
    return [each.strip() for each in text.split(JOINER) if each.strip()]


def row_of(condition: Mapping[str, Any]) -> Row:
    """Return one condition as a row. Raises where a row has no place for it."""
    tag = condition["is"]
    if tag in _VALUES_ALONE:
        return {"tag": tag, "of": "", "op": "", "value": JOINER.join(condition["in"])}
    if tag in BOUNDED:
        scale = BOUNDED[tag]
        (op,) = set(condition) - {"is", scale}
        if op not in OPS:
            raise ValueError(op)
        return {"tag": tag, "of": condition[scale] if scale else "", "op": op, "value": condition[op]}
    of, value = SCALED[tag]
    return {
        "tag": tag,
        "of": condition[of] if of else "",
        "op": "",
        "value": str(condition[value]) if value else "",
    }


def rows_of(conditions: Sequence[Mapping[str, Any]]) -> tuple[Row, ...]:
    """Return conditions as rows. Raises where a row has no place for one."""
    return tuple(row_of(each) for each in conditions)


def conditions(rows: Sequence[Row]) -> list[Tree]:
    """Return the conditions that rows say; a row without a kind says none."""
    return [*_conditions(rows)]


def _conditions(rows: Sequence[Row]) -> Iterator[Tree]:
    for row in rows:
        tag = row["tag"]
        if tag in _VALUES_ALONE:
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
    whole = field in _WHOLE and text.isascii() and text.isdigit() and len(text) <= _WHOLE_DIGITS
    return int(text) if whole else text


def empty(fields: Sequence[str], **said: str) -> Row:
    """Return a row with nothing in it but what is said."""
    return dict.fromkeys(fields, "") | said


def read_rows(post: Mapping[str, str], prefix: str, fields: Sequence[str]) -> Iterator[Row]:
    """Yield the rows of a posted form, without the one that was asked to go."""
    for place in range(count(post, f"{prefix}-rows")):
        if post.get("drop", "") != f"{prefix}-{place}":
            yield {name: post.get(f"{prefix}-{place}-{name}", "").strip() for name in fields}


def posted_rows(prefix: str, rows: Sequence[Row]) -> Row:
    """Return what a browser posts of rows: `read_rows` reads it back."""
    told = {f"{prefix}-{place}-{name}": value for place, row in enumerate(rows) for name, value in row.items()}
    return {f"{prefix}-rows": str(len(rows))} | told


def count(post: Mapping[str, str], name: str) -> int:
    """Return how many rows of a kind a form has, no more than a page bears."""
    text = post.get(name, "")
    return min(int(text), ROWS_MAX) if text.isascii() and text.isdigit() and len(text) <= _ROWS_DIGITS else 0


def place_in(text: str, prefix: str) -> int:
    """Return the number behind a prefix, as a button names a row; -1 where it names none."""
    number = text.removeprefix(prefix)
    told = text.startswith(prefix) and number.isascii() and number.isdigit() and len(number) <= _ROWS_DIGITS
    return int(number) if told else -1


def beyond(values: Mapping[str, str], most: int) -> bool:
    """Say whether a browser would not bring these values back as they are: too many, or with lines in them."""
    return len(values) > most or any("\n" in each or "\r" in each for each in values.values())


def check_chosen(values: Mapping[str, str], choices: Mapping[str, Sequence[str]]) -> None:
    """Raise where a value is none of those its drop-down list has: a browser would bring back another."""
    for name, offered in choices.items():
        if values[name] not in offered:
            raise ValueError(values[name])


def check_days(values: Iterable[str]) -> None:
    """Raise where a text is no day as the date boxes of a browser hold one; an empty box is."""
    for each in values:
        if each and date.fromisoformat(each).isoformat() != each:
            raise ValueError(each)
