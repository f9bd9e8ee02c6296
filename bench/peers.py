"""`make bench-peers`: for the record, what a user would reach for first, on the same rows, in a throw-away venv."""

import json
import os
import subprocess
import sys
import venv
from pathlib import Path
from typing import Any, Final

from bench import rows
from bench.deposit import copied, scratch
from bench.results import ROOT, Result, machine
from bench.rows import Drawing

ENVIRONMENT: Final = ROOT / "var" / "bench" / "peers"
LIBRARIES: Final = ("django==5.2.*", "django-import-export==4.4.*", "psycopg[binary]==3.*")
CONTENDERS: Final = {
    "peer_import_export": 20_000,
    "peer_import_export_bulk": 20_000,
    "peer_bulk_create": 200_000,
    "peer_executemany": 60_000,
}
"""Each with as many rows as it is measured on: what takes hours at a million tells no more."""


def run(most: int = max(CONTENDERS.values())) -> list[Result]:
    """Return the speed of each contender beside a bare COPY of the same file; none takes more than so many rows."""
    python = _installed()
    folder, found = scratch(), []
    for name, size in CONTENDERS.items():
        given = min(size, most)
        path = rows.write_csv(folder / "rows.csv", Drawing(given, seed=1))
        bare = copied(path)
        told = _told(python, name, path)
        assert told["rows"] == given, f"{name} took {told['rows']} of {given} rows"
        beside = f"bare COPY of the same {given:,} rows, {given / bare:,.0f} rows/s"
        found.append(Result(name, given / told["seconds"], "rows/s", beside, bare / told["seconds"], 1, machine()))
        path.unlink()
    folder.rmdir()
    return found


def _installed() -> Path:
    """Return the Python of the throw-away environment; it is made at the first call and lies in var/bench."""
    python = ENVIRONMENT / "bin" / "python"
    if not (ENVIRONMENT / "whole").exists():
        venv.create(ENVIRONMENT, with_pip=True, clear=True)
        words = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *LIBRARIES]
        subprocess.run([python, *words], check=True)  # noqa: S603  # our own list of names
        (ENVIRONMENT / "whole").touch()
    return python


def _told(python: Path, contender: str, path: Path) -> dict[str, Any]:
    """Let a contender load a file in a process of its own, and return how many rows and seconds it took."""
    done = subprocess.run(  # noqa: S603  # our own program
        [python, Path(__file__).with_name("peer.py"), contender, path],
        env={**os.environ, "DATABASE_URL": os.environ["DATABASE_OWNER_URL"]},
        stdout=subprocess.PIPE,
        stderr=sys.stderr,
        check=True,
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
