"""Writes the vectors of facts: one sample of each, its canonical bytes, and its leaf under a fixed salt.

`python -m tools.vectors` adds facts that have no vector yet and refuses to touch one that has: what a fact
says never changes, a change is a new version with a new name.
"""

import dataclasses
import datetime as dt
import enum
import hashlib
import importlib
import inspect
import json
import sys
import types
import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from creditbank.evidence import canonical
from creditbank.evidence.types import Fact
from tools import setting

CHECKOUT = Path(__file__).parents[1]
FILE = CHECKOUT / "tests" / "data" / "vectors" / "facts.json"
AT = dt.datetime(2026, 11, 22, 2, 3, 4, 567890, tzinfo=dt.UTC)
SALT = bytes(range(16))


def functions() -> Iterator[tuple[str, Callable[..., Fact]]]:
    """Yield the dotted name and the function of every fact of the house."""
    for path in sorted((CHECKOUT / "creditbank").glob("*/facts.py")):
        module = importlib.import_module(f"creditbank.{path.parent.name}.facts")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            returned = typing.get_type_hints(function).get("return")
            if (
                function.__module__ == module.__name__
                and not name.startswith("_")
                and getattr(returned, "__name__", "") == "Fact"
            ):
                yield f"{module.__name__}.{name}", function


def number(name: str) -> int:
    """Return a small number that belongs to a name, the same in every run."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:2], "big") % 9000 + 1


def sample(kind: object, name: str, *, empty: bool = False) -> object:
    """Return a value of an annotated kind, made from the argument's name; `empty` chooses None where it may."""
    origin, arguments = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        chosen = type(None) in arguments and empty
        return None if chosen else sample(next(a for a in arguments if a is not type(None)), name, empty=empty)
    if origin is tuple:
        of = arguments[:1] * 2 if arguments[1:] == (Ellipsis,) else arguments
        return tuple(sample(each, f"{name}{place}", empty=empty) for place, each in enumerate(of))
    if (
        origin is not None
        and isinstance(origin, type)
        and issubclass(origin, Iterable)
        and not issubclass(origin, dict)
    ):
        made = [sample(arguments[0], f"{name}{place}", empty=empty) for place in range(2)]
        return frozenset(made) if issubclass(origin, frozenset | set) else made
    return plain_sample(kind, name, empty=empty)


def plain_sample(kind: object, name: str, *, empty: bool) -> object:
    simple: Mapping[object, Callable[[], object]] = {
        bool: lambda: True,
        int: lambda: number(name),
        str: lambda: f"sample-{name}",
        bytes: lambda: hashlib.sha256(name.encode()).digest(),
        dt.datetime: lambda: AT,
        dt.date: AT.date,
    }
    if kind in simple:
        return simple[kind]()
    if isinstance(kind, type) and issubclass(kind, enum.Enum):
        return next(iter(kind))
    assert isinstance(kind, type)
    assert dataclasses.is_dataclass(kind), f"teach tools/vectors.py to make a {kind}"
    hints = typing.get_type_hints(kind)
    return kind(**{f.name: sample(hints[f.name], f.name, empty=empty) for f in dataclasses.fields(kind) if f.init})


def spoken(function: Callable[..., Fact], *, empty: bool) -> dict[str, Any]:
    """Return the vector of one fact."""
    hints = typing.get_type_hints(function)
    arguments = {name: sample(hints[name], name, empty=empty) for name in inspect.signature(function).parameters}
    fact = function(**arguments)
    text = canonical.fact_bytes(fact)
    return {
        "name": fact.name,
        "at": "2026-11-22T02:03:04.567890Z",
        "body": dict(fact.body),
        "canonical": text.decode(),
        "salt": SALT.hex(),
        "leaf": canonical.leaf(SALT, text).hex(),
    }


def vectors() -> dict[str, dict[str, Any]]:
    """Return the vectors by the dotted name of the function; a second one where an argument may be null."""
    found = {}
    for name, function in functions():
        whole, empty = spoken(function, empty=False), spoken(function, empty=True)
        found[name] = whole
        if empty["body"] != whole["body"]:
            found[f"{name} (nulls)"] = empty
    return found


def main() -> int:
    setting.set_up()
    frozen = json.loads(FILE.read_text("utf-8")) if FILE.exists() else {}
    made = vectors()
    changed = [name for name, vector in frozen.items() if made.get(name) != vector]
    for name in changed:
        sys.stderr.write(f"{name}: changed or gone, but facts are for ever; give it a new version\n")
    if changed:
        return 1
    FILE.write_text(json.dumps(frozen | made, ensure_ascii=False, indent=1, sort_keys=True) + "\n", "utf-8")
    sys.stdout.write(f"{len(made)} vectors, {len(made) - len(frozen)} new\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
