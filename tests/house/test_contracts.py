"""The import contracts hold, and each is tried: a copy of the house with one wrong import breaks it."""

import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.reading import CHECKOUT, HOUSE


@dataclass(frozen=True)
class Mutant:
    """One wrong import: the contract it must break, where it stands, and what it says."""

    contract: str
    file: str
    line: str
    seen: str


MUTANTS = [
    Mutant("storeys", "kernel/text.py", "import creditbank.evidence.types", "creditbank.kernel"),
    Mutant("storeys", "evidence/operations.py", "import creditbank.identity.types", "creditbank.evidence"),
    Mutant("storeys", "learners/queries.py", "import creditbank.catalogue.queries", "creditbank.learners"),
    Mutant(
        "storeys",
        "organizations/queries/__init__.py",
        "import creditbank.framework.queries",
        "creditbank.organizations",
    ),
    Mutant("storeys", "archive/permissions.py", "import creditbank.deposits.types", "creditbank.archive"),
    Mutant("storeys", "deposits/queries.py", "import creditbank.portal.navigation", "creditbank.deposits"),
    Mutant("inside", "archive/types.py", "import creditbank.archive.models", "creditbank.archive.types"),
    Mutant("inside", "learners/rules.py", "import creditbank.learners.queries", "creditbank.learners.rules"),
    Mutant("inside", "catalogue/models.py", "import creditbank.catalogue.permissions", "creditbank.catalogue.models"),
    Mutant("inside", "deposits/queries.py", "import creditbank.deposits.operations", "creditbank.deposits.queries"),
    Mutant("doors", "archive/permissions.py", "import creditbank.catalogue.models", "creditbank.catalogue.models"),
    Mutant("doors", "deposits/queries.py", "import creditbank.archive.facts", "creditbank.archive.facts"),
    Mutant("doors", "portal/frame.py", "import creditbank.learners.vault", "creditbank.learners.vault"),
    Mutant("pure", "kernel/credits.py", "import django.conf", "django"),
    Mutant("pure", "archive/facts.py", "import django.db", "django"),
    Mutant("pure", "organizations/rules.py", "import psycopg", "psycopg"),
    Mutant("rings", "kernel/errors.py", "import creditbank.kernel.review", "creditbank.kernel"),
    Mutant("rings", "portal/navigation.py", "import creditbank.portal.urls", "creditbank.portal"),
]
Lint = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a checkout of nothing but the sources and the contracts; times are kept, so that graphs are cached."""
    place = tmp_path_factory.mktemp("mutants")
    others = shutil.ignore_patterns("__pycache__", "templates", "static", "locale", "demo_data")
    shutil.copytree(HOUSE, place / "creditbank", ignore=others)
    shutil.copytree(CHECKOUT / "tools", place / "tools", ignore=others)
    shutil.copy2(CHECKOUT / ".importlinter", place)
    return place


@pytest.fixture(scope="module")
def lint(copy: Path) -> Lint:
    def run(*contracts: str) -> subprocess.CompletedProcess[str]:
        chosen = [word for contract in contracts for word in ("--contract", contract)]
        return subprocess.run(
            [Path(sys.executable).with_name("lint-imports"), "--no-logo", "--cache-dir", str(copy / "cache"), *chosen],
            cwd=copy,
            env={**os.environ, "PYTHONPATH": str(copy), "COLUMNS": "200"},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_contracts_are_kept(lint: Lint) -> None:
    result = lint()
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.contract}-{mutant.file}-{mutant.line}")
def test_wrong_import_breaks_its_contract(mutant: Mutant, copy: Path, lint: Lint) -> None:
    file = copy / "creditbank" / mutant.file
    whole = file.read_text("utf-8")
    before = file.stat()
    try:
        file.write_text(f"{whole}\n{mutant.line}\n", "utf-8")
        result = lint(mutant.contract)
    finally:
        file.write_text(whole, "utf-8")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
    assert result.returncode == 1, result.stdout + result.stderr
    assert "BROKEN" in result.stdout
    assert mutant.seen in result.stdout.partition("Broken contracts")[2]
