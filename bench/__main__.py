"""`make bench`: every benchmark in turn, or those named; those of the bank have an engine of their own."""

import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

from bench import plans, results, worths
from bench.results import Result
from creditbank.cli.engine import DATABASE, Engine

PURE: Final = {"plans": plans.run, "worths": worths.run}
"""Benchmarks that need no database."""

BANK: Final = ("deposit",)


def main() -> None:
    """Run all benchmarks, or those named."""
    named = sys.argv[1:] or [*PURE, *BANK]
    unknown = [name for name in named if name not in {*PURE, *BANK}]
    if unknown:
        sys.exit(f"no such benchmark: {', '.join(unknown)}; there are {', '.join([*PURE, *BANK])}")
    for name, run in PURE.items():
        if name in named:
            _keep(run)
    if not set(BANK).isdisjoint(named):
        _in_a_bank()


def _in_a_bank() -> None:
    """Run the benchmarks of the bank on an engine of their own."""
    import tempfile

    folder = Path(tempfile.mkdtemp(prefix="creditbank-bench-", dir="/var/tmp"))
    folder.chmod(0o711)
    os.environ["CREDITBANK_DATA"] = str(folder)
    os.environ["DJANGO_SETTINGS_MODULE"] = "creditbank.project.settings"
    with Engine.at(folder) as server:
        os.environ["DATABASE_URL"] = server.url(DATABASE, "creditbank_app")
        os.environ["DATABASE_OWNER_URL"] = server.url(DATABASE, "creditbank_owner")
        os.environ["CREDITBANK_ROLE"] = "owner"
        import django

        django.setup()
        from bench import deposit
        from creditbank.cli import migrating
        from creditbank.learners import vault

        vault.ensure_keys(folder / "keys.json")
        migrating.migrate()
        _keep(deposit.run)


def _keep(run: Callable[[], list[Result]]) -> None:
    """Run a benchmark, keep its figures and show them."""
    found = run()
    results.keep(found)
    for result in found:
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        asked = "" if result.asked is None else f"asked ≤ {result.asked:g}, met: {results.verdict(result)}"
        print(f"{result.name:<32} {result.value:>12,.2f} {result.unit:<8} {ratio:>6}  {asked}", file=sys.stdout)


if __name__ == "__main__":
    main()
