"""Writes the reference of the rule language: its conditions as a manual, its faults, its JSON Schema."""

import inspect
import json
from collections.abc import Iterator

from creditbank.conversion.planner.documents import plan_schema, problem_schema
from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.faults import SENTENCES
from creditbank.conversion.rules.schema import book_schema
from creditbank.conversion.rules.sentences_forms import FORMS, TAG_NAMES
from creditbank.conversion.rules.sentences_reasons import REFUSALS, UNKNOWNS

SUBJECTS = {
    "achievement": "Achievements · 成果",
    "learner": "The learner and the programme · 学习者与培养方案",
    "course": "Courses · 课程",
}


def legal_sentence(tag: str) -> tuple[str, str]:
    """Return the two halves of a tag's docstring: its meaning in Chinese and in English."""
    zh, stop, en = (inspect.getdoc(c.TAGS[tag]) or "").partition("。")
    return zh + stop, en


def conditions() -> str:
    lines = [
        "# Conditions",
        "",
        'Every condition is a value `{"is": tag, …}` that is satisfied, refused for a reason, or unknown for what is',
        "missing. A tag keeps its meaning for ever; a changed meaning takes a new tag. Below each stand its legal",
        "sentence and the sentences in which it is printed and from which it is read back.",
        "",
        "A list means all of them (joined by `，且` / `, and`); an any-of one of them (`（…；或…）` / `(…; or …)`);",
        "a negation that it is refused (`并非：` / `not:`). In an `in` list `@name` is a reference of the problem.",
        "",
    ]
    for subject, heading in SUBJECTS.items():
        lines += [f"## {heading}", ""]
        for tag, each in c.TAGS.items():
            if each.subject == subject:
                lines += entry(tag)
    lines += ["## Reasons · 理由", "", "Where a condition does not hold, its code says why.", ""]
    lines += [*reasons("refused", REFUSALS), *reasons("unknown", UNKNOWNS)]
    return "\n".join(lines)


def entry(tag: str) -> Iterator[str]:
    zh, en = legal_sentence(tag)
    fields = [(field.alias or name, field) for name, field in c.TAGS[tag].model_fields.items() if name != "tag"]
    yield f"### `{tag}` {TAG_NAMES[tag][0]}"
    yield ""
    yield f"{zh} {en}"
    yield ""
    if fields:
        shown = (f"`{name}`" + ("" if field.is_required() else " (optional)") for name, field in fields)
        yield f"Fields: {', '.join(shown)}."
        yield ""
    for form in FORMS:
        if form.tag == tag:
            yield f"- {form.zh}"
            yield f"- {form.en}"
    yield ""


def reasons(state: str, codes: dict[str, tuple[tuple[str, str], ...]]) -> Iterator[str]:
    yield f"| {state} | 中文 | English |"
    yield "|---|---|---|"
    for code, forms in codes.items():
        yield f"| `{code}` | {'<br>'.join(zh for zh, _ in forms)} | {'<br>'.join(en for _, en in forms)} |"
    yield ""


def faults() -> str:
    lines = [
        "# Faults of a rule document",
        "",
        "What `rules check` and the editor say of a document that cannot be read as a book. Each has a place (a JSON",
        "pointer, and line and column in YAML), a code and both sentences.",
        "",
        "| code | 中文 | English |",
        "|---|---|---|",
        *(f"| `{code}` | {zh} | {en} |" for code, (zh, en) in SENTENCES.items()),
        "",
    ]
    return "\n".join(lines)


def problem() -> str:
    return json.dumps(problem_schema(), ensure_ascii=False, indent=2) + "\n"


def plan() -> str:
    return json.dumps(plan_schema(), ensure_ascii=False, indent=2) + "\n"


def schema() -> str:
    return json.dumps(book_schema(), ensure_ascii=False, indent=2) + "\n"
