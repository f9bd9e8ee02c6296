"""Reading rule documents: a text or a tree in, a book out, or every fault of it; and the digest of a book."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any, Literal, TypeVar, cast

import rfc8785
from pydantic import ValidationError

from creditbank.conversion.errors import BookFaulty, ProblemFaulty
from creditbank.conversion.rules.book import Book
from creditbank.conversion.rules.faults import FAULTS_MAX, Fault, FaultyError, Path
from creditbank.conversion.rules.laws import broken_facts, broken_laws
from creditbank.conversion.rules.plain import Part
from creditbank.conversion.rules.problem import Problem
from creditbank.conversion.rules.trees import Tree, tree_of

Form = Literal["json", "yaml"]
P = TypeVar("P", bound=Part)

# What pydantic calls a fault, and what we call it.
_CODES = {
    "missing": "missing_field",
    "extra_forbidden": "unknown_field",
    "union_tag_invalid": "unknown_tag",
    "union_tag_not_found": "unknown_tag",
    "literal_error": "not_listed",
    "enum": "not_listed",
    "string_pattern_mismatch": "wrong_form",
    "string_too_short": "empty",
    "string_too_long": "too_long",
    "too_short": "empty",
    "greater_than_equal": "out_of_range",
    "less_than_equal": "out_of_range",
}
# What each kind of value is called in the sentence that asks for it.
_KINDS = {
    "string": "文本 text",
    "int": "整数 a whole number",
    "bool": "true/false",
    "tuple": "列表 a list",
    "model": "对象 an object",
    "dict": "对象 an object",
    "decimal": "文本 text",
}


def read_book(data: bytes | str, form: Form | None = None) -> Book:
    """Return the book a JSON or YAML text states.

    Refused (`BookFaulty`) with every fault found, each with its path, code and sentences in `faults`.
    """
    book, faults = book_or_faults(data, form)
    if book is None:
        raise BookFaulty(**_summary(faults))
    return book


def book_or_faults(data: bytes | str, form: Form | None = None) -> tuple[Book | None, tuple[Fault, ...]]:
    """Return the book, or None with the faults of the text; for editors, which show all of them beside the lines."""
    try:
        tree = tree_of(data, form)
    except FaultyError as stopped:
        return None, tuple(stopped.faults)
    return book_of(tree)


def book_of(tree: Tree) -> tuple[Book | None, tuple[Fault, ...]]:
    """Return the book a tree states, or None with its faults: first those of form, and where none, those of law."""
    book, faults = _validated(Book, tree)
    if book is None:
        return None, faults
    broken = tuple(broken_laws(book))[:FAULTS_MAX]
    return (None, broken) if broken else (book, ())


def read_problem(data: bytes | str, form: Form | None = None) -> Problem:
    """Return the problem a JSON or YAML text states; refused (`ProblemFaulty`) with every fault found."""
    problem: Problem | None = None
    try:
        problem, faults = _validated(Problem, tree_of(data, form))
        faults = faults if problem is None else tuple(broken_facts(problem))[:FAULTS_MAX]
    except FaultyError as stopped:
        faults = tuple(stopped.faults)
    if problem is None or faults:
        raise ProblemFaulty(**_summary(faults))
    return problem


def _summary(faults: tuple[Fault, ...]) -> dict[str, Any]:
    """Return what a refusal tells: all faults, and the first in words; the whole text is called `/`."""
    first = faults[0]
    return {
        "faults": faults,
        "count": len(faults),
        "first_zh": first.zh,
        "first_en": first.en,
        "place": first.pointer or "/",
    }


def document_of(part: Part) -> dict[str, Any]:
    """Return the document of a book, or of any part of one: what was written, in its normal form."""
    return part.model_dump(mode="json", by_alias=True, exclude_unset=True)


def canonical(part: Part) -> bytes:
    """Return the JCS bytes (RFC 8785) of the document."""
    return rfc8785.dumps(document_of(part))


def digest_of(part: Part) -> str:
    """Return `sha256:` and the hex SHA-256 of the document's JCS bytes: what both parties approve."""
    return "sha256:" + hashlib.sha256(canonical(part)).hexdigest()


def _validated(kind: type[P], tree: Tree) -> tuple[P | None, tuple[Fault, ...]]:
    try:
        # Only the names of the language are known, not those of the code.
        return kind.model_validate(tree, by_alias=True, by_name=False), ()
    except ValidationError as problem:
        return None, _told(problem, tree)


def _told(problem: ValidationError, tree: Tree) -> tuple[Fault, ...]:
    """Return one fault a place: pydantic adds that a list is empty once all in it are faulty, and every form tried."""
    found: dict[Path, Fault] = {}
    for each in problem.errors(include_url=False):
        fault = _fault(cast("Mapping[str, Any]", each), tree)
        if not (each["type"] == "too_short" and _at(tree, fault.path)):
            found.setdefault(fault.path, fault)
    return tuple(found.values())[:FAULTS_MAX]


def _fault(error: Mapping[str, Any], tree: Tree) -> Fault:
    kind, context = str(error["type"]), error.get("ctx", {})
    path = _path(tuple(error["loc"]), tree, lacking=kind == "missing")
    it = str(path[-1]) if kind in {"missing", "extra_forbidden"} and path else _shown(_at(tree, path))
    if kind == "value_error":
        return _wrong_value(path, str(context.get("error")), tree)
    if kind in {"union_tag_invalid", "union_tag_not_found"}:
        return Fault(path, "unknown_tag", str(context.get("tag", it)))
    code = _CODES.get(kind)
    if code is not None:
        bounds = ("expected", "pattern", "max_length", "min_length", "ge", "le")
        return Fault(path, code, it, next((str(context[name]) for name in bounds if name in context), ""))
    expected = _KINDS.get(kind.partition("_")[0])
    return Fault(path, "wrong_value", it) if expected is None else Fault(path, "wrong_type", it, expected)


def _wrong_value(path: Path, what: str, tree: Tree) -> Fault:
    """Return the fault of a text that is no day, no amount or no number of credits."""
    if what == "credits" and isinstance(_at(tree, path), dict):
        path = (*path, "value")
    code = {"day": "not_a_day", "credits": "not_credits"}.get(what, "not_an_amount")
    return Fault(path, code, _shown(_at(tree, path)))


def _shown(value: Tree) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else text[:57] + "…"  # noqa: PLR2004 - as much as a sentence bears


def _at(tree: Tree, path: Path) -> Tree:
    for step in path:
        tree = tree[step]
    return tree


_NOWHERE = object()


def _step(tree: Tree, step: str | int) -> Tree:
    if isinstance(tree, dict) and isinstance(step, str):
        return tree.get(step, _NOWHERE)
    if isinstance(tree, list) and isinstance(step, int) and step < len(tree):
        return tree[step]
    return _NOWHERE


def _path(location: tuple[str | int, ...], tree: Tree, *, lacking: bool) -> Path:
    """Return the place in the document: pydantic also names the forms it tried, which the document does not hold.

    Where a field is lacking, the last step names it.
    """
    if not location:
        return ()
    step, rest = location[0], location[1:]
    found = _step(tree, step)
    if found is not _NOWHERE:
        further = _path(rest, found, lacking=lacking)
        if further or not rest or not isinstance(step, str):
            return (step, *further)
    if lacking and not rest and isinstance(tree, dict):
        return (step,)
    return _path(rest, tree, lacking=lacking) or (() if found is _NOWHERE else (step,))
