"""Conditions as sentences: printed and parsed in both languages by the same templates, so that one undoes the other."""

from collections.abc import Sequence
from functools import partial

from pydantic import ValidationError

from creditbank.conversion.rules import conditions as c
from creditbank.conversion.rules.sentences_engine import (
    MARKS,
    Language,
    Marks,
    Reader,
    UnreadError,
    fields_of,
    filled,
    pattern,
    read_whole,
    values_in,
)
from creditbank.conversion.rules.sentences_forms import FORMS, Form
from creditbank.conversion.rules.trees import WHOLE_KEYS

# Forms by tag and filled fields; two share a key only where fixed words tell them apart.
_BY_FIELDS: dict[tuple[str, frozenset[str]], list[Form]] = {}
for _form in FORMS:
    _BY_FIELDS.setdefault((_form.tag, frozenset((*fields_of(_form.zh), *_form.fixed))), []).append(_form)


def print_conditions(conditions: Sequence[c.Clause], language: Language) -> str:
    """Return conditions, all of which are asked, as one sentence without an end mark; values stand in 「」.

    They must keep the laws of form: a level without a bound has no sentence.
    """
    return printed_list(conditions, language, MARKS[language].and_)


def parse_conditions(text: str, language: Language) -> c.Conditions:
    """Return the conditions a sentence states; refused (`SentenceUnread`) for anything that was not printed so."""
    return read_whole(text, language, read_conditions)


def print_clause(clause: c.Clause, language: Language) -> str:
    """Return one clause: a single condition, an any-of in brackets, or a negation."""
    marks = MARKS[language]
    if isinstance(clause, c.AnyOf):
        branches = (print_conditions(branch, language) for branch in clause.any)
        return f"{marks.open_}{marks.or_.join(branches)}{marks.close}"
    if isinstance(clause, c.Not):
        return marks.not_ + print_clause(clause.negated, language)
    return _print_leaf(clause, language, marks)


def printed_list(conditions: Sequence[c.Clause], language: Language, and_: str) -> str:
    """Return conditions joined by a mark, or the words for none."""
    return and_.join(print_clause(each, language) for each in conditions) or MARKS[language].nothing


def read_conditions(reader: Reader, and_: str | None = None) -> c.Conditions:
    """Read conditions joined by the mark, as far as they go."""
    if reader.take(reader.marks.nothing):
        return ()
    return reader.many(partial(_read_clause, reader), and_ or reader.marks.and_)


def _print_leaf(condition: c.Condition, language: Language, marks: Marks) -> str:
    said = condition.model_dump(by_alias=True, exclude_none=True, exclude={"tag"})
    forms = _BY_FIELDS[condition.tag, frozenset(said)]
    form = next(form for form in forms if all(said[name] == value for name, value in form.fixed.items()))
    values = {name: value if isinstance(value, tuple) else (value,) for name, value in said.items()}
    return filled(_template(form, language), values, marks.values)


def _template(form: Form, language: Language) -> str:
    return form.zh if language == "zh" else form.en


def _read_clause(reader: Reader) -> c.Clause:
    if reader.take(reader.marks.not_):
        return c.Not.model_validate({"not": reader.deeper(partial(_read_clause, reader))})
    if reader.take(reader.marks.open_):
        branches = reader.deeper(partial(reader.many, partial(read_conditions, reader), reader.marks.or_))
        reader.expect(reader.marks.close)
        return c.AnyOf(any=branches)
    return _read_leaf(reader)


def _read_leaf(reader: Reader) -> c.Clause:
    """Read the single condition whose template takes in most of what comes."""
    joiner = reader.marks.values
    found = [
        (match, form)
        for form in FORMS
        if (match := pattern(_template(form, reader.language), joiner).match(reader.text, reader.at))
    ]
    if not found:
        raise UnreadError(reader.at)
    match, form = max(found, key=lambda pair: pair[0].end())
    document: dict[str, object] = {"is": form.tag, **form.fixed}
    for name, text in zip(fields_of(_template(form, reader.language)), match.groups(), strict=True):
        values = values_in(text)
        if name != "in" and len(values) != 1:
            raise UnreadError(reader.at)
        document[name] = values if name == "in" else _meant(name, values[0])
    try:
        made: c.Clause = c.TAGS[form.tag].model_validate(document)  # type: ignore[assignment]
    except ValidationError:
        raise UnreadError(reader.at) from None
    reader.at = match.end()
    return made


def _meant(name: str, text: str) -> str | int:
    """Return what a field's value means: a whole number for the few fields that hold one."""
    return int(text) if name in WHOLE_KEYS and text.isdecimal() else text
