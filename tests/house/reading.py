"""How the house reads itself: its sources, templates, refusals, facts and tests."""

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

CHECKOUT = Path(__file__).parents[2]
HOUSE = CHECKOUT / "creditbank"
TESTS = CHECKOUT / "tests"
TEMPLATES = HOUSE / "portal" / "templates"
REFERENCE = CHECKOUT / "docs" / "reference"
VECTORS = TESTS / "data" / "vectors"


def sources() -> Iterator[Path]:
    """Yield every source file of the package but migrations."""
    return (path for path in sorted(HOUSE.rglob("*.py")) if "migrations" not in path.parts)


def module_name(path: Path) -> str:
    """Return what a source file is imported as."""
    parts = path.relative_to(CHECKOUT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def module(path: Path) -> ModuleType:
    return importlib.import_module(module_name(path))


def rooms() -> list[str]:
    """Return the rooms: the packages with words (`types.py`) of their own."""
    return sorted(path.parent.name for path in HOUSE.glob("*/types.py"))


def classes_below(base: str) -> Iterator[tuple[Path, str]]:
    """Yield file and name of each class that derives from `base` in one step or several, found in the text."""
    found = {base}
    declared = [
        (path, node.name, {parent.id for parent in node.bases if isinstance(parent, ast.Name)})
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ClassDef)
    ]
    while fresh := {name for _, name, parents in declared if parents & found} - found:
        found |= fresh
    return ((path, name) for path, name, _ in declared if name in found - {base})


def words_of_tests() -> str:
    """Return the text of all tests but those that ask whether there is one."""
    asking = TESTS / "house" / "test_refusals.py"
    return "\n".join(path.read_text("utf-8") for path in sorted(TESTS.rglob("*.py")) if path != asking)
