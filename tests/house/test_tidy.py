"""The house is tidy: the few limits that no linter states."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house.reading import HOUSE, TESTS, sources

LINES_PER_FUNCTION_MAX = 50
LINES_PER_FILE_MAX = 400
LINES_PER_CONFTEST_MAX = 100
BANNED = {
    "TYPE_CHECKING": "an import that must hide is a ring",
    "TODO": "open an issue, or do it",
    "get_model(": "only migrations look tables up by name",
}
#: Operations that nobody acts in yet, or that write no instant, and why that is right.
UNUSUAL = {
    "append": "evidence: the fact brings its instant and names its actor",
    "extend_tree": "evidence: follows the rows of a batch, whose operation names the actor",
    "keep_tree": "evidence: as extend_tree",
    "post_many": "archive: entries carry no instant of their own, their posting does",
    "post_provenance": "archive: as post_many",
    "lead_provenance": "archive: as post_provenance",
    "drop_upload": "deposits: what is dropped was nothing yet, so no fact says when",
    "dry_run": "deposits: writes nothing; the day of the bank decides, not an instant",
    "apply_for_account": "learners: whoever applies is nobody yet",
    "forget_person": "enrolments: keeps no instant, the other rooms' part of erasing does",
    "delete_rows": "archive, enrolments, identity, learners: the hand of the eraser; prepare_erasure decided and told",
    "end_other_sessions": "identity: a person ends their own sessions; the user is the actor",
    "use_reset": "identity: whoever holds the slip is nobody yet",
}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def complaints(path: Path, text: str) -> Iterator[str]:
    yield from line_complaints(path, text.splitlines())
    tree = ast.parse(text)
    if tree.body and not (ast.get_docstring(tree) or "").partition("\n")[0].endswith((".", "?")):
        yield f"{path}:1: say in one sentence what may live in this file"
    for node in ast.walk(tree):
        if isinstance(node, Function):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > LINES_PER_FUNCTION_MAX:
                yield f"{path}:{node.lineno}: {node.name} has {length} lines"
        if prints(node) and "cli" not in path.parts:
            yield f"{path}:{getattr(node, 'lineno', 0)}: only the command line prints"
    yield from operation_complaints(path, tree)


def line_complaints(path: Path, lines: list[str]) -> Iterator[str]:
    if len(lines) > LINES_PER_FILE_MAX:
        yield f"{path}: {len(lines)} lines; split the file along its words"
    for number, line in enumerate(lines, start=1):
        yield from (f"{path}:{number}: {word} ({why})" for word, why in BANNED.items() if word in line)


def prints(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print"


def operation_complaints(path: Path, tree: ast.Module) -> Iterator[str]:
    if path.name != "operations.py" and path.parent.name != "operations":
        return
    for node in tree.body:
        if isinstance(node, Function) and is_door(path, node.name) and node.name not in UNUSUAL:
            names = [argument.arg for argument in node.args.kwonlyargs]
            if node.args.args or node.args.posonlyargs:
                yield f"{path}:{node.lineno}: {node.name} takes positional arguments; name them"
            if names[:1] != ["actor"] or names[-1] != "now":
                yield f"{path}:{node.lineno}: {node.name} takes {names}; `actor` comes first and `now` last"


def is_door(path: Path, name: str) -> bool:
    """Say whether a function is entered from outside: public, and in a package also exported."""
    if path.name == "operations.py":
        return not name.startswith("_")
    return f'"{name}"' in (path.parent / "__init__.py").read_text("utf-8")


def test_house_is_tidy() -> None:
    assert [c for path in sources() for c in complaints(path, path.read_text("utf-8"))] == []


def test_shared_fixtures_stay_small() -> None:
    sizes = {path: len(path.read_text("utf-8").splitlines()) for path in TESTS.rglob("conftest.py")}
    assert {path: lines for path, lines in sizes.items() if lines >= LINES_PER_CONFTEST_MAX} == {}


def test_every_unusual_operation_exists() -> None:
    files = [*HOUSE.glob("*/operations.py"), *HOUSE.glob("*/operations/*.py")]
    texts = "\n".join(path.read_text("utf-8") for path in files)
    assert [name for name in UNUSUAL if f"def {name}(" not in texts] == []


OPENING = '"""What may live here."""\n'


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rules.py", OPENING + "x = 1\n" * LINES_PER_FILE_MAX),
        ("rules.py", OPENING + "def f():\n" + "    x = 1\n" * LINES_PER_FUNCTION_MAX),
        ("rules.py", OPENING + "from typing import TYPE_CHECKING\n"),
        ("rules.py", "x = 1\n"),
        ("rules.py", OPENING + "print(1)\n"),
        ("operations.py", OPENING + "def post(learner_id, source): ...\n"),
        ("operations.py", OPENING + "def post(*, now, actor): ...\n"),
    ],
)
def test_complaints_are_made(name: str, text: str) -> None:
    assert list(complaints(Path(name), text))


def test_tidy_operation_is_let_through() -> None:
    assert list(complaints(Path("operations.py"), OPENING + "def post(*, actor, learner_id, now): ...\n")) == []
