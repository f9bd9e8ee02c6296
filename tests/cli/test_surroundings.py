"""What the surroundings say wrongly comes back as a sentence in both languages, never as a traceback."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.db.migrations.recorder import MigrationRecorder

from creditbank.cli import main, managing, migrating, surroundings
from creditbank.cli.engine_account import EngineProblem, make_folder
from tests.cli.test_engine import reachable_folder


def creditbank(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "PYTEST_"))}
    words = [sys.executable, "-m", "creditbank", *arguments]
    return subprocess.run(
        words, env={**kept, **environ}, capture_output=True, text=True, check=False, timeout=120, cwd=Path.cwd()
    )


@pytest.mark.parametrize("server", ["", "postgresql:///nowhere?host=/nowhere"])
@pytest.mark.parametrize("command", [("run",), ("manage", "shell"), ("keys", "show")])
def test_a_data_folder_that_is_a_file_is_a_sentence(tmp_path: Path, command: tuple[str, ...], server: str) -> None:
    file = tmp_path / "data"
    file.write_text("a file")
    port = {"PORT": "8797", "CREDITBANK_DEMO": "no"}
    done = creditbank(*command, CREDITBANK_DATA=str(file), DATABASE_URL=server, **port)
    assert done.returncode == 1
    assert str(file) in done.stderr
    assert "Traceback" not in done.stderr
    assert file.read_text() == "a file"


@pytest.mark.parametrize("kind", ["file", "link to nowhere", "in a file"])
def test_what_is_no_folder_is_never_taken_for_one(tmp_path: Path, kind: str) -> None:
    place = tmp_path / "data"
    if kind == "link to nowhere":
        place.symlink_to(tmp_path / "nowhere")
    else:
        place.write_text("a file")
    with pytest.raises(EngineProblem, match="是文件"):
        make_folder(place / "deeper" if kind == "in a file" else place, 0o700)


@pytest.mark.parametrize("learners", ["abc", "-5", "9", "1.5", "٣٠", "1" * 30])
def test_a_number_of_learners_that_is_none_is_a_sentence(tmp_path: Path, learners: str) -> None:
    environ = {"CREDITBANK_DATA": str(tmp_path / "data"), "CREDITBANK_DEMO_LEARNERS": learners, "PORT": "8796"}
    done = creditbank("run", **environ)
    assert done.returncode == 1
    assert f"CREDITBANK_DEMO_LEARNERS={learners}" in done.stderr
    assert "usage:" not in done.stderr
    assert not (tmp_path / "data").exists(), "it is said before anything is started"


@pytest.mark.parametrize("months", ["two", "0"])
def test_a_period_of_keeping_that_is_none_is_a_sentence(tmp_path: Path, months: str) -> None:
    environ = {"CREDITBANK_DATA": str(tmp_path / "data"), "DATABASE_URL": "postgresql:///nowhere"}
    done = creditbank("keys", "show", CREDITBANK_DEPOSIT_MONTHS=months, **environ)
    assert done.returncode == 1
    assert f"CREDITBANK_DEPOSIT_MONTHS={months}" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_number_is_read_and_has_its_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOME_NUMBER", "36")
    assert surroundings.number("SOME_NUMBER", otherwise=24, least=1) == 36
    monkeypatch.setenv("SOME_NUMBER", "")
    assert surroundings.number("SOME_NUMBER", otherwise=24, least=1) == 24


def test_managing_where_there_is_no_bank_says_what_to_do(tmp_path: Path) -> None:
    done = creditbank("manage", "showmigrations", CREDITBANK_DATA=str(tmp_path / "data"))
    assert done.returncode == 1
    assert "creditbank run" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (tmp_path / "data").exists()


def test_commands_on_the_code_alone_start_no_engine(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("DATABASE_URL")
    monkeypatch.setenv("CREDITBANK_DATA", str(tmp_path / "data"))
    with pytest.raises(SystemExit):
        main.main(["manage", "help", "migrate"])
    assert "usage" in capsys.readouterr().out.lower()
    assert managing.manage(["version"]) == 0
    assert not (tmp_path / "data").exists()


def test_managing_uses_the_embedded_engine() -> None:
    """It starts where none runs, and stops with the command."""
    with reachable_folder() as data:
        assert creditbank("migrate", CREDITBANK_DATA=str(data)).returncode == 0
        code = "from creditbank.learners.queries import living; print('living', living())"
        done = creditbank("manage", "shell", "-c", code, CREDITBANK_DATA=str(data))
        assert "living 0" in done.stdout, done.stderr
        assert not (data / "pg" / "postmaster.pid").exists()


def test_a_database_without_a_bank_is_a_sentence() -> None:
    with reachable_folder() as data:
        done = creditbank("worth", "000555", CREDITBANK_DATA=str(data))
    assert done.returncode == 1
    assert "creditbank migrate" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.django_db
def test_tables_of_a_newer_release_are_left_alone() -> None:
    MigrationRecorder(connection).record_applied("archive", "9999_of_tomorrow")
    with pytest.raises(EngineProblem, match=r"newer release .* archive\.9999_of_tomorrow"):
        migrating.migrate()


def test_a_process_reads_the_dictionaries_of_pinyin_only_for_a_name() -> None:
    words = (
        "import sys; from creditbank.project import wsgi, urls; from creditbank.kernel import text;"
        "print('pypinyin' in sys.modules); text.pinyin_key('张三'); print('pypinyin' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", words], capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout.split() == ["False", "True"], done.stderr
