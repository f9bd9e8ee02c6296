"""`make bench`: every benchmark in turn, or those named; those of the bank have an engine of their own."""

import argparse
import os
import secrets
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import Final

from bench import results
from bench.results import Result
from creditbank.cli.engine import DATABASE, Engine

PURE: Final = ("plans", "worths")
"""Benchmarks that need no database, but solvers, which the others do not hold in memory."""

PROFILE: Final = "profile"
BANK: Final = ("accounts", "accounts-22m", "certificates", "deposit", PROFILE, "least", "volumes", "national", "peers")
ORDINARY: Final = (*PURE, "accounts", "certificates", "deposit", PROFILE, "least")
"""What is run where nothing is named: all that ends within some minutes."""


def main() -> None:
    """Run the ordinary benchmarks, or those named; those of the bank with so many rows."""
    words = argparse.ArgumentParser(prog="python -m bench")
    words.add_argument("names", nargs="*", choices=[*PURE, *BANK, []], metavar="NAME")
    words.add_argument("--rows", type=int, help="another size than the benchmark's own; nothing is kept then")
    options = words.parse_args()
    named = options.names or ORDINARY
    for name in PURE:
        if name in named:
            _show(import_module(f"bench.{name}").run(), keep=True)
    if not set(BANK).isdisjoint(named):
        with _bank():  # one for all: a process has settings once
            for name in BANK:
                if name in named and name == PROFILE:
                    _profile(options.rows)
                elif name in named:
                    _show(_of_bank(name, options.rows), keep=options.rows is None)


@contextmanager
def _bank() -> Iterator[None]:
    """Hold an empty bank on an engine of its own, as the owner; its folder goes at the end."""
    folder = Path(tempfile.mkdtemp(prefix="creditbank-bench-", dir="/var/tmp"))
    folder.chmod(0o711)
    os.environ["CREDITBANK_DATA"] = str(folder)
    os.environ["CREDITBANK_SECRET_KEY"] = secrets.token_hex()
    os.environ["DJANGO_SETTINGS_MODULE"] = "creditbank.project.settings"
    try:
        with Engine.at(folder) as server:
            os.environ["DATABASE_URL"] = server.url(DATABASE, "creditbank_app")
            os.environ["DATABASE_OWNER_URL"] = server.url(DATABASE, "creditbank_owner")
            os.environ["CREDITBANK_ROLE"] = "owner"
            import django

            django.setup()
            from django.db import connection

            from creditbank.cli import migrating
            from creditbank.learners import vault

            vault.ensure_keys(folder / "keys.json")
            migrating.migrate()
            yield
            connection.close()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _of_bank(name: str, rows: int | None) -> list[Result]:
    """Run one benchmark on the bank that is held; what needs Django is imported only here."""
    from bench import accounts, certificates, deposit, least, national, peers, volumes

    run: dict[str, Callable[..., list[Result]]] = {
        "certificates": certificates.run,
        "deposit": deposit.run,
        "least": least.run,
        "accounts": accounts.run,
        "accounts-22m": accounts.national,
        "volumes": volumes.run,
        "national": national.run,
        "peers": peers.run,
    }
    return run[name]() if rows is None else run[name](rows)


def _profile(rows: int | None) -> None:
    """Show where the time of a deposit goes, and keep it where it is of the size that was asked for."""
    from bench import profile

    text = profile.run() if rows is None else profile.run(rows)
    if rows is None:
        results.keep(sections={profile.TITLE: text})
    print(text)


def _show(found: list[Result], *, keep: bool) -> None:
    """Show figures, and keep them where they are of the size that was asked for."""
    if keep:
        results.keep(found)
    for result in found:
        ratio = "" if result.ratio is None else f"{result.ratio:.2f}"
        asked = "" if result.asked is None else f"asked ≤ {result.asked:g}, met: {results.verdict(result)}"
        print(f"{result.name:<32} {result.value:>12,.2f} {result.unit:<8} {ratio:>6}  {asked}", file=sys.stdout)


if __name__ == "__main__":
    main()
