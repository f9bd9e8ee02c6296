"""Texts to trees: JSON and YAML 1.2 read as plain values, with everything refused that two readers read differently."""

import json
import re
from collections.abc import Iterator
from typing import Any, Literal

from ruamel.yaml import YAML, events
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from creditbank.conversion.rules.faults import Fault, FaultyError, Path

Tree = Any
"""Objects, lists, texts, whole numbers, truths and null, as JSON has them."""

BYTES_MAX = 2_000_000
YAML_BYTES_MAX = 500_000
"""YAML is read slowly, event by event."""
DEPTH_MAX = 40
WHOLE_MAX = 2**53 - 1
"""The greatest whole number that canonical JSON carries."""

# The keys whose bare numbers and truths mean what they look like; every other bare scalar of YAML is a text.
WHOLE_KEYS = frozenset({"choose", "some", "at_most_months", "at_least_days"})
TRUTH_KEYS = frozenset({"target_once", "divisible", "attained", "passed"})
BETWEEN_KEYS = frozenset({"at_least", "at_most"})
"""Whole numbers below `choose`, amounts and therefore texts everywhere else."""

_WHOLE = re.compile(r"-?(?:0|[1-9][0-9]*)")
_NULLS = ("", "~", "null")


def tree_of(data: bytes | str, form: Literal["json", "yaml"] | None = None) -> Tree:
    """Return what a text holds; without a form, a text that opens with a brace is JSON and any other YAML.

    Raises `FaultyError` for texts that are too large or too deep, for repeated keys, for numbers with decimals,
    for anchors, aliases, tags and second documents.
    """
    text = _decoded(data)
    chosen = form or ("json" if text.lstrip()[:1] in {"{", "["} else "yaml")
    tree = _from_json(text) if chosen == "json" else _from_yaml(text)
    faults = tuple(_bad_texts(tree, ()))
    if faults:
        raise FaultyError(*faults)
    return tree


def _decoded(data: bytes | str) -> str:
    size = len(data)
    if size > BYTES_MAX:
        raise FaultyError(Fault((), "too_large", other=str(BYTES_MAX)))
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FaultyError(Fault((), "not_utf8")) from None


def _from_json(text: str) -> Tree:
    def pairs(items: list[tuple[str, Tree]]) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        for key, value in items:
            if key in found:
                raise FaultyError(Fault((), "duplicate_key", it=key[:80]))
            found[key] = value
        return found

    def decimal(literal: str) -> Tree:
        raise FaultyError(Fault((), "decimal_as_number", it=literal[:40]))

    try:
        tree = json.loads(text, object_pairs_hook=pairs, parse_float=decimal, parse_constant=decimal, parse_int=_whole)
    except json.JSONDecodeError as problem:
        raise FaultyError(Fault((), "not_json", it=problem.msg, line=problem.lineno, column=problem.colno)) from None
    except RecursionError:
        raise FaultyError(Fault((), "too_deep", other=str(DEPTH_MAX))) from None
    _check_depth(tree)
    return tree


def _whole(literal: str) -> int:
    if len(literal) > len(str(WHOLE_MAX)) + 1 or abs(int(literal)) > WHOLE_MAX:
        raise FaultyError(Fault((), "number_too_large", it=literal[:40]))
    return int(literal)


def _check_depth(tree: Tree) -> None:
    level = [tree]
    for _ in range(DEPTH_MAX):
        level = [
            child
            for node in level
            if isinstance(node, (dict, list))
            for child in (node.values() if isinstance(node, dict) else node)
        ]
        if not level:
            return
    raise FaultyError(Fault((), "too_deep", other=str(DEPTH_MAX)))


def _bad_texts(tree: Tree, path: Path) -> Iterator[Fault]:
    """Yield the texts, keys included, that hold the quotes of the sentences, control signs or half characters."""
    if isinstance(tree, dict):
        for key, value in tree.items():
            if not _clean(key):
                yield Fault(path, "forbidden_sign")
            yield from _bad_texts(value, (*path, key))
    elif isinstance(tree, list):
        for at, value in enumerate(tree):
            yield from _bad_texts(value, (*path, at))
    elif isinstance(tree, str) and not _clean(tree):
        yield Fault(path, "forbidden_sign")


_FORBIDDEN = re.compile("[「」\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufffe\uffff]")


def _clean(text: str) -> bool:
    return _FORBIDDEN.search(text) is None


def _from_yaml(text: str) -> Tree:
    if len(text.encode("utf-8", "surrogatepass")) > YAML_BYTES_MAX:
        raise FaultyError(Fault((), "too_large", other=str(YAML_BYTES_MAX)))
    try:
        return _Builder(YAML(typ="safe", pure=True).parse(text)).document()
    except MarkedYAMLError as problem:
        mark = problem.problem_mark
        line, column = (0, 0) if mark is None else (mark.line + 1, mark.column + 1)
        raise FaultyError(Fault((), "not_yaml", it=str(problem.problem), line=line, column=column)) from None
    except (YAMLError, ValueError) as problem:
        raise FaultyError(Fault((), "not_yaml", it=type(problem).__name__)) from None


class _Builder:
    """Builds the tree from the events of the one document, without ever following a reference."""

    def __init__(self, stream: Iterator[Any]) -> None:
        self._stream = stream

    def document(self) -> Tree:
        self._next(events.StreamStartEvent)
        if isinstance(next(self._stream), events.StreamEndEvent):
            raise FaultyError(Fault((), "empty"))
        tree = self._node(next(self._stream), ())
        self._next(events.DocumentEndEvent)
        after = next(self._stream)
        if not isinstance(after, events.StreamEndEvent):
            raise self._fault((), "several_documents", after)
        return tree

    def _next(self, kind: type) -> None:
        found = next(self._stream)
        assert isinstance(found, kind), found

    def _node(self, event: Any, path: Path) -> Tree:  # noqa: ANN401 - the library does not type its events
        if isinstance(event, events.AliasEvent) or event.anchor:
            raise self._fault(path, "alias", event)
        if event.tag is not None and not (isinstance(event, events.ScalarEvent) and event.implicit[1]):
            raise self._fault(path, "tagged", event, it=str(event.tag)[:40])
        if len(path) > DEPTH_MAX:
            raise self._fault(path, "too_deep", event, other=str(DEPTH_MAX))
        if isinstance(event, events.MappingStartEvent):
            return self._mapping(path)
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(path)
        return event.value if event.style else _meant(event.value, path)

    def _mapping(self, path: Path) -> dict[str, Tree]:
        found: dict[str, Tree] = {}
        while not isinstance(event := next(self._stream), events.MappingEndEvent):
            if isinstance(event, events.AliasEvent) or event.anchor:
                raise self._fault(path, "alias", event)
            if not isinstance(event, events.ScalarEvent):
                raise self._fault(path, "wrong_value", event, it="?")
            if event.value in found:
                raise self._fault((*path, event.value), "duplicate_key", event, it=event.value[:80])
            found[event.value] = self._node(next(self._stream), (*path, event.value))
        return found

    def _sequence(self, path: Path) -> list[Tree]:
        found: list[Tree] = []
        while not isinstance(event := next(self._stream), events.SequenceEndEvent):
            found.append(self._node(event, (*path, len(found))))
        return found

    @staticmethod
    def _fault(
        path: Path,
        code: str,
        event: Any,  # noqa: ANN401 - as above
        it: str = "",
        other: str = "",
    ) -> FaultyError:
        mark = event.start_mark
        return FaultyError(Fault(path, code, it, other, mark.line + 1, mark.column + 1))


def _meant(scalar: str, path: Path) -> Tree:
    """Return what a bare scalar means: null, a whole number or a truth where the language has one, else its text."""
    key = next((step for step in reversed(path) if isinstance(step, str)), "")
    if scalar in _NULLS:
        return None
    if (key in WHOLE_KEYS or (key in BETWEEN_KEYS and "choose" in path[-2:-1])) and _WHOLE.fullmatch(scalar):
        return _whole(scalar)
    if key in TRUTH_KEYS and scalar in {"true", "false"}:
        return scalar == "true"
    return scalar
