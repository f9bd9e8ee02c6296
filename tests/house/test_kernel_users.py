"""What lies in the kernel is used by two rooms, or it belongs into the one that uses it."""

import pytest

from tests.house.reading import HOUSE, sources

#: Modules whose second user is announced, and where.
ANNOUNCED: dict[str, str] = {}
MODULES = sorted(path.stem for path in (HOUSE / "kernel").glob("*.py") if path.stem != "__init__")


def users(module: str) -> set[str]:
    """Return the packages outside the kernel that import a module of it."""
    spellings = (f"from creditbank.kernel.{module} import", f"import creditbank.kernel.{module}")
    found = set()
    for path in sources():
        text = path.read_text("utf-8")
        together = any(
            line.startswith("from creditbank.kernel import ") and module in line.replace(",", " ").split()
            for line in text.splitlines()
        )
        if together or any(spelling in text for spelling in spellings):
            found.add(path.relative_to(HOUSE).parts[0])
    return found - {"kernel"}


@pytest.mark.parametrize("module", MODULES)
def test_kernel_module_is_imported_by_two_rooms(module: str) -> None:
    assert len(users(module)) > 1 or module in ANNOUNCED


def test_announced_modules_still_wait_for_their_second_user() -> None:
    assert [module for module in ANNOUNCED if module not in MODULES or len(users(module)) > 1] == []
