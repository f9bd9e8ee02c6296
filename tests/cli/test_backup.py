"""The drill: a bank is backed up, goes on, is lost whole, and comes back with all that was acknowledged."""

import base64
import json
import os
import shutil
import signal
import subprocess
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from creditbank.cli import engine_folder, restoring
from creditbank.cli.engine import DATABASE, Engine, EngineProblem
from tests.cli.test_engine import reachable_folder
from tests.cli.test_surroundings import creditbank
from tests.rooms.deposits.sheets import Row, sheet

SCHOOL = "4131012044"
EVERYTHING = {
    "entries": "SELECT learner_id, organization_id, specification_id, obtained, part, revision, salt, commitment"
    " FROM archive_entry ORDER BY 1, 2, 3, 4, 5, 6",
    "roots": "SELECT id, reference, rows, root, posted_at FROM archive_posting ORDER BY id",
    "facts": "SELECT id, name, body::text, salt, leaf FROM evidence_outbox ORDER BY id",
    "people": "SELECT learner_id, name, document_ciphertext FROM learners_learner ORDER BY 1",
}


@pytest.fixture(scope="module")
def place() -> Iterator[Path]:
    with ExitStack() as stack:
        yield stack.enter_context(reachable_folder())


def bank(place: Path, *words: str, data: str = "data", fails: int = 0) -> str:
    done = creditbank(*words, CREDITBANK_DATA=str(place / data), CREDITBANK_WAL=str(place / "wal"))
    assert done.returncode == fails, done.stdout + done.stderr
    return done.stdout + done.stderr


def everything(engine: Engine) -> dict[str, list[tuple[object, ...]]]:
    with psycopg.connect(engine.url(DATABASE, "creditbank_owner")) as connection:
        return {name: connection.execute(statement).fetchall() for name, statement in EVERYTHING.items()}


def archived(engine: Engine) -> None:
    """Wait until the log with all that was acknowledged so far lies in the archive."""
    with psycopg.connect(engine.url("postgres", "postgres"), autocommit=True) as connection:
        [(last,)] = connection.execute("SELECT pg_walfile_name(pg_switch_wal())").fetchall()
        for _ in range(300):
            [(reached,)] = connection.execute("SELECT last_archived_wal FROM pg_stat_archiver").fetchall()
            if reached is not None and reached >= last:
                return
            time.sleep(0.1)
    pytest.fail("the log was not archived")


@pytest.fixture(scope="module")
def lost(place: Path) -> dict[str, list[tuple[object, ...]]]:
    """Back a bank up, let it go on, kill it, and delete its data; return what it had acknowledged."""
    bank(place, "demo", "--learners", "20")
    bank(place, "backup", str(place / "backup"))
    shutil.copy(place / "data" / "keys.json", place / "kept.json")
    shutil.copy(place / "data" / "secret.json", place / "secret.json")
    file = place / "late.csv"
    file.write_bytes(sheet(Row(person=1), Row(person=2)))
    engine = Engine.at(place / "data", wal=place / "wal")
    engine.start()
    bank(place, "deposit", str(file), "--institution", SCHOOL)
    archived(engine)
    known = everything(engine)
    server = engine_folder.living_server(engine.cluster)
    assert server is not None
    os.kill(server, signal.SIGKILL)
    engine.stop()
    shutil.rmtree(place / "data")
    return known


def test_everything_acknowledged_comes_back(place: Path, lost: dict[str, list[tuple[object, ...]]]) -> None:
    said = bank(
        place, "restore", str(place / "backup"), "--keys", str(place / "kept.json"), "--wal", str(place / "wal")
    )
    assert "每个批次的成果都与它的根一致" in said
    assert "The rows of every batch give its root." in said
    with Engine.at(place / "data") as engine:
        assert everything(engine) == lost
        with psycopg.connect(engine.url("postgres", "postgres")) as connection:
            assert connection.execute("SHOW restore_command").fetchone() == ("",)
    assert (place / "data" / "secret.json").read_bytes() == (place / "secret.json").read_bytes()
    assert (place / "data" / "keys.json").stat().st_mode & 0o777 == 0o600


def test_without_the_log_the_state_of_the_backup_comes_back(place: Path, lost: dict[str, list[object]]) -> None:
    said = bank(place, "restore", str(place / "backup"), "--keys", str(place / "kept.json"), data="other")
    promised = json.loads((place / "backup" / "backup.json").read_text())["state"]
    assert f"{promised['postings']:,} batches" in said
    assert promised["postings"] < len(lost["roots"])


def test_a_bank_is_never_restored_over_another(place: Path, lost: object) -> None:
    assert lost
    engine_folder.make_folder(place / "taken" / "pg", 0o711)
    said = bank(place, "restore", str(place / "backup"), data="taken", fails=1)
    assert "There is a bank in" in said


@pytest.mark.parametrize("harm", ["changed", "gone"])
def test_a_backup_that_was_changed_is_not_restored(place: Path, lost: object, tmp_path: Path, harm: str) -> None:
    assert lost
    harmed = shutil.copytree(place / "backup", place / f"harmed-{harm}")
    if harm == "gone":
        (harmed / "files.tar").unlink()
    else:
        with (harmed / "base.tar").open("r+b") as file:
            file.seek(100_000)
            file.write(b"x")
    said = bank(place, "restore", str(harmed), "--keys", str(place / "kept.json"), data=f"new-{harm}", fails=1)
    assert "The backup is not whole" in said
    assert not (place / f"new-{harm}" / "pg").exists()


def test_another_bank_s_keys_open_nothing(place: Path, lost: object) -> None:
    assert lost
    ring = json.loads((place / "kept.json").read_text())
    other = base64.b64encode(bytes(32)).decode()
    for words in (ring | {"digest": other}, ring | {"encryption": [{"id": 1, "key": other}]}, {}, []):
        (place / "wrong.json").write_text(json.dumps(words))
        said = bank(place, "restore", str(place / "backup"), "--keys", str(place / "wrong.json"), data="new", fails=1)
        assert "is not the key ring of this bank" in said
    said = bank(place, "restore", str(place / "backup"), data="new", fails=1)
    assert "Without the key ring" in said
    assert not (place / "new" / "pg").exists()


def test_what_is_no_backup_is_a_sentence(place: Path) -> None:
    (place / "none").mkdir()
    assert "is no backup of a credit bank" in bank(place, "restore", str(place / "none"), data="new", fails=1)
    full = place / "full"
    full.mkdir()
    (full / "mine").write_text("x")
    assert "There is something in" in bank(place, "backup", str(full), data="new", fails=1)
    assert (full / "mine").read_text() == "x"


def test_a_log_folder_that_a_shell_would_run_is_refused(place: Path) -> None:
    words = {"CREDITBANK_DATA": str(place / "shell"), "CREDITBANK_WAL": str(place / "a`touch b`")}
    done: subprocess.CompletedProcess[str] = creditbank("keys", "show", **words)
    assert done.returncode == 1
    assert "CREDITBANK_WAL" in done.stderr


@pytest.mark.parametrize("name", ["../outside", "/outside", "link"])
def test_nothing_is_unpacked_elsewhere(tmp_path: Path, name: str) -> None:
    (tmp_path / "to").mkdir()
    with tarfile.open(tmp_path / "files.tar", "w") as archive:
        member = tarfile.TarInfo(name)
        if name == "link":
            member.type, member.linkname = tarfile.SYMTYPE, str(tmp_path / "outside")
        archive.addfile(member)
    with pytest.raises(EngineProblem, match="no plain file"):
        restoring.unpack(tmp_path / "files.tar", tmp_path / "to", uid=os.geteuid(), gid=os.getegid())
    assert not (tmp_path / "outside").exists()
    assert list((tmp_path / "to").iterdir()) == []
