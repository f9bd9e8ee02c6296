"""Every operation has a door: something outside its room calls it, or the list here says why nothing does."""

import ast
from collections.abc import Iterator

from tests.house.reading import HOUSE, sources
from tests.properties.test_facts_or_nothing import operations

_CASEWORK = "what an application claims; there is no room of applications yet"
#: Operations that nothing outside their room calls, and why.
CLOSED = {
    "archive.hold": _CASEWORK,
    "archive.release": _CASEWORK,
    "archive.reverse": _CASEWORK,
    "archive.use": _CASEWORK,
    "conversion.note_preview_fault": "the job of a preview calls it",
    "conversion.resume_preview": "the jobs of previews call it",
    "conversion.work_on_preview": "the job of a preview calls it, slice by slice",
    "deposits.enter_waiting": "a job of its room calls it every minute",
    "deposits.forget_old": "a job of its room calls it every day",
    "deposits.settle_conflicts": "a job of its room calls it every minute",
    "enrolments.confirm_many": "of a few rows at once; deposits and lists hand frames over",
    "enrolments.forget_lists": "a job of its room calls it every day",
    "enrolments.work_list": "the job of a list calls it",
    "learners.open_many": "of a few people at once; deposits and lists hand frames over",
    "register.forget_old": "a job of its room calls it every day",
    "register.take_back": "a job of its room calls it every day",
    "framework.publish_edition": "the examples are published by it; a framework of one's own has no page yet",
}
OPERATIONS = ("operations", "programme_operations", "occupation_operations", "goal_operations")


def called(tree: ast.Module) -> Iterator[str]:
    """Yield room and name of what a file reads of the operations of any room."""
    rooms: dict[str, str] = {}
    for node in ast.walk(tree):
        if not isinstance(node, ast.ImportFrom):
            continue
        parts = (node.module or "").split(".")
        for alias in node.names:
            if len(parts) > 2 and parts[2] in OPERATIONS:
                yield f"{parts[1]}.{alias.name}"
            elif len(parts) == 2 and alias.name in OPERATIONS:
                rooms[alias.asname or alias.name] = parts[1]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name) and node.value.id in rooms:
            yield f"{rooms[node.value.id]}.{node.attr}"


def doorless() -> set[str]:
    found = {
        operation
        for path in sources()
        for operation in called(ast.parse(path.read_text("utf-8")))
        if path.relative_to(HOUSE).parts[0] != operation.split(".")[0]
    }
    return set(operations()) - found


def test_every_operation_is_called_from_outside_its_room() -> None:
    assert doorless() - set(CLOSED) == set()


def test_no_operation_is_listed_as_closed_that_has_a_door() -> None:
    assert set(CLOSED) - doorless() == set()
