"""The embedded PostgreSQL, real and on disk: it keeps what it acknowledged and lets nobody else in."""

import os
import pwd
import shutil
import signal
import stat
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

import psycopg
import pytest

from creditbank.cli import engine_folder
from creditbank.cli.engine import Engine, EngineProblem, default_data_folder, ephemeral
from creditbank.cli.engine_account import Account, engine_account

CHECKOUT = Path(__file__).parents[2]
AS_ROOT = os.geteuid() == 0
only_as_root = pytest.mark.skipif(not AS_ROOT, reason="an ordinary user runs the engine under his own account")


@contextmanager
def reachable_folder() -> Iterator[Path]:
    """An empty folder that the engine's account can reach, which pytest's own is not for root."""
    made = Path(tempfile.mkdtemp(prefix="creditbank-engine-", dir="/var/tmp"))
    if AS_ROOT:
        made.chmod(0o711)
    yield made
    for pid_file in made.rglob("postmaster.pid"):
        server = engine_folder.living_server(pid_file.parent)
        if server is not None:
            engine_folder.stop_server(server, 30)
    shutil.rmtree(made)


@pytest.fixture
def folder() -> Iterator[Path]:
    with reachable_folder() as made:
        yield made


@pytest.fixture(scope="module")
def template() -> Iterator[Path]:
    """A data folder made once, since making one takes longer than most tests."""
    with reachable_folder() as made:
        with Engine.at(made):
            pass
        yield made


@pytest.fixture
def engine(folder: Path, template: Path) -> Engine:
    """A stopped engine with its roles and an empty database."""
    subprocess.run(["cp", "--archive", template / "pg", folder], check=True)
    return Engine.at(folder)


@pytest.fixture(scope="module")
def running() -> Iterator[Engine]:
    with ephemeral() as engine:
        yield engine


def ask(engine: Engine, question: str, role: str = "creditbank_owner", database: str = "creditbank") -> object:
    with psycopg.connect(engine.url(database, role), autocommit=True) as connection:
        cursor = connection.execute(question)
        row = cursor.fetchone() if cursor.description else None
        return row[0] if row else None


def elsewhere(script: str, folder: Path) -> subprocess.Popen[str]:
    """Run a script in another process, with the engine of the folder in it."""
    opening = (
        f"from creditbank.cli.engine import *\nfrom pathlib import Path\nengine = Engine.at(Path({str(folder)!r}))\n"
    )
    words = [sys.executable, "-c", opening + script]
    return subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=CHECKOUT)


def server_of(engine: Engine) -> int:
    server = engine_folder.living_server(engine.cluster)
    assert server is not None
    return server


def kill_whole_server(engine: Engine) -> None:
    server = server_of(engine)
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    for process in (server, *map(int, children)):
        os.kill(process, signal.SIGKILL)


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def test_a_restart_keeps_the_data(engine: Engine) -> None:
    with engine:
        ask(engine, "create table kept as select 42 as answer")
        assert engine.is_running()
    assert not engine.is_running()
    with engine:
        assert ask(engine, "select answer from kept") == 42
        assert ask(engine, "show fsync", "postgres") == "on"
        assert ask(engine, "show data_checksums", "postgres") == "on"


def test_starting_and_preparing_again_changes_nothing(folder: Path) -> None:
    engine = Engine.at(folder)
    engine.prepare()
    assert not engine.is_running()
    with engine:
        server = server_of(engine)
        engine.prepare()
        engine.start()
        assert server_of(engine) == server
    engine.stop()


def test_every_acknowledged_row_survives_the_kill_of_the_whole_server(engine: Engine) -> None:
    acknowledged: list[int] = []

    def insert() -> None:
        with psycopg.connect(engine.url("creditbank", "creditbank_owner"), autocommit=True) as connection:
            for number in range(1_000_000):
                connection.execute("insert into rows values (%s)", [number])
                acknowledged.append(number)

    def insert_until_the_end() -> None:
        with pytest.raises(psycopg.OperationalError):
            insert()

    with engine:
        ask(engine, "create table rows (number int)")
        writer = threading.Thread(target=insert_until_the_end)
        writer.start()
        while len(acknowledged) < 500:
            time.sleep(0.01)
        kill_whole_server(engine)
        writer.join()
        said: list[str] = []
        engine.start(report=lambda _, en: said.append(en))
        assert said == ["The database is recovering; please wait …"]
        assert ask(engine, "select count(*) from rows") in {len(acknowledged), len(acknowledged) + 1}
        assert ask(engine, "select max(number) from rows") in {acknowledged[-1], acknowledged[-1] + 1}


def test_a_session_that_outlives_its_killed_server_does_not_stop_the_start(engine: Engine) -> None:
    def compute() -> None:
        with pytest.raises(psycopg.OperationalError):
            ask(engine, "select count(*) from generate_series(1, 1000000000)")

    with engine:
        session = threading.Thread(target=compute)
        session.start()
        while ask(engine, "select count(*) from pg_stat_activity where query like '%series%'", "postgres") != 2:
            time.sleep(0.01)
        os.kill(server_of(engine), signal.SIGKILL)
        engine.start()
        session.join(timeout=5)
        assert not session.is_alive()
        assert ask(engine, "select 1") == 1


def test_a_second_bank_on_the_same_folder_is_refused(engine: Engine, folder: Path) -> None:
    with engine:
        script = "try: engine.start()\nexcept EngineProblem as problem: print(problem.en)"
        said, _ = elsewhere(script, folder).communicate()
        assert f"Another credit bank (process {os.getpid()}) is using the data folder" in said
        assert engine.is_running()


def test_the_server_of_a_killed_bank_is_taken_over(engine: Engine, folder: Path) -> None:
    other = elsewhere("engine.start()\nprint('started', flush=True)\nimport time; time.sleep(60)", folder)
    assert other.stdout is not None
    assert other.stdout.readline() == "started\n"
    other.kill()
    other.communicate()
    orphan = server_of(engine)
    said: list[str] = []
    engine.start(report=lambda _, en: said.append(en))
    try:
        assert said[0] == "A database left by a killed bank is stopped first."
        assert server_of(engine) != orphan
    finally:
        engine.stop()


def test_a_stale_number_of_a_zombie_or_a_stranger_does_not_stop_the_start(engine: Engine, folder: Path) -> None:
    with engine:
        left = (engine.cluster / "postmaster.pid").read_text()
    account = engine_account()
    with (folder / "ignored").open("wb") as nothing:
        zombie = account.launch("/bin/true", log=nothing)
        stranger = account.launch("/bin/sleep", "60", log=nothing)
    deadline = time.monotonic() + 5
    while engine_folder.alive(zombie.pid) and time.monotonic() < deadline:
        time.sleep(0.01)
    try:
        for process in (zombie.pid, stranger.pid):
            lines = [str(process), *left.splitlines()[1:], ""]
            account.write(engine.cluster / "postmaster.pid", "\n".join(lines))
            account.write(engine.socket / ".s.PGSQL.5432.lock", "\n".join(lines))
            assert not engine.is_running()
            with engine:
                assert ask(engine, "select 1") == 1
    finally:
        stranger.kill()
        stranger.wait()
        zombie.wait()


@pytest.mark.parametrize("version", ["17\n", None])
def test_data_of_another_version_are_refused(engine: Engine, version: str | None) -> None:
    marker = engine.cluster / "PG_VERSION"
    marker.unlink() if version is None else marker.write_text(version)
    with pytest.raises(EngineProblem, match=r"are of PostgreSQL (17|\?); this release works with 18"):
        engine.start()


def test_a_full_disk_is_told_before_anything_is_made(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_folder, "FREE_MEGABYTES_MIN", 10**9)
    with pytest.raises(EngineProblem, match="Free some space"):
        Engine.at(folder).start()
    assert list(folder.iterdir()) == []


def test_a_server_that_will_not_start_is_quoted_and_the_folder_is_free_again(engine: Engine) -> None:
    settings = engine.cluster / "postgresql.conf"
    whole = settings.read_text()
    settings.write_text(whole + "no_such_setting = 1\n")
    with pytest.raises(EngineProblem, match="no_such_setting") as caught:
        engine.start()
    assert caught.value.zh
    assert not engine_folder.holds(engine.data)
    settings.write_text(whole)
    with engine:
        assert engine.is_running()


def test_a_server_that_failed_before_anybody_looked_is_quoted_all_the_same(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    def launch_and_dawdle(self: Account, *command: str | Path, log: IO[bytes]) -> subprocess.Popen[bytes]:
        server = at_once(self, *command, log=log)
        server.wait(timeout=30)
        return server

    at_once = Account.launch
    monkeypatch.setattr(Account, "launch", launch_and_dawdle)
    settings = engine.cluster / "postgresql.conf"
    settings.write_text(settings.read_text() + "no_such_setting = 1\n")
    with pytest.raises(EngineProblem, match="no_such_setting"):
        engine.start()


def test_a_recovery_that_does_not_move_is_not_waited_for_forever(engine: Engine) -> None:
    with pytest.raises(EngineProblem, match="made no progress"):
        engine.start(wait_seconds=-1)
    assert engine_folder.living_server(engine.cluster) is None
    with engine:
        assert engine.is_running()


def test_nobody_else_can_enter(running: Engine) -> None:
    assert mode(running.socket) == 0o700
    assert mode(running.socket / ".s.PGSQL.5432") == 0o700
    assert mode(running.cluster) == 0o700
    access = (running.cluster / "pg_hba.conf").read_text()
    assert "trust" not in access
    rules = [line.split() for line in access.splitlines() if line and not line.startswith("#")]
    assert rules == [["local", base, "all", "peer", "map=creditbank"] for base in ("all", "replication")]
    assert ask(running, "show listen_addresses", "postgres") == ""
    assert ask(running, "select count(*) from pg_hba_file_rules where error is not null", "postgres") == 0
    assert ask(running, "select count(*) from pg_ident_file_mappings where error is not null", "postgres") == 0


@only_as_root
def test_another_user_of_the_machine_is_refused_even_at_an_open_socket(running: Engine) -> None:
    psql = Path(f"/proc/{server_of(running)}/exe").resolve().with_name("psql")
    stranger = pwd.getpwnam("nobody")
    words = [str(psql), "--no-psqlrc", running.url("creditbank", "creditbank_app"), "-c", "select 1"]

    def knock() -> str:
        done = subprocess.run(words, user=stranger.pw_uid, cwd="/", text=True, capture_output=True, check=False)
        assert done.returncode
        return done.stderr

    assert "Permission denied" in knock()
    try:
        running.socket.chmod(0o711)
        (running.socket / ".s.PGSQL.5432").chmod(0o777)
        assert "Peer authentication failed" in knock()
    finally:
        (running.socket / ".s.PGSQL.5432").chmod(0o700)
        running.socket.chmod(0o700)


@pytest.mark.parametrize("role", ["creditbank_owner", "creditbank_app", "creditbank_eraser"])
def test_each_role_connects_and_none_is_superuser(running: Engine, role: str) -> None:
    rights = (
        "select array[rolsuper, rolcreaterole, rolcreatedb, rolbypassrls] from pg_roles where rolname = current_user"
    )
    assert ask(running, rights, role) == [False, False, role == "creditbank_owner", False]
    assert ask(running, "select current_user", role) == role


def test_the_owner_owns_the_database_and_the_application_does_not(running: Engine) -> None:
    owner = "select pg_get_userbyid(datdba) from pg_database where datname = 'creditbank'"
    assert ask(running, owner) == "creditbank_owner"
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        ask(running, "create table public.mine (number int)", "creditbank_app")


def test_trigrams_of_chinese_are_found_in_the_builtin_locale(running: Engine) -> None:
    locale = "select array[datlocprovider::text, datlocale, datctype, pg_encoding_to_char(encoding)::text] "
    locale += "from pg_database where datname = 'creditbank'"
    assert ask(running, locale) == ["b", "C.UTF-8", "C.UTF-8", "UTF8"]
    ask(running, "create extension pg_trgm")
    assert ask(running, "select show_trgm('护理专业')") != []
    assert ask(running, "select '护理专业' ilike '%护理%'") is True


def test_the_engine_of_tests_forgets_and_the_settings_arrive(running: Engine) -> None:
    for setting, value in {"fsync": "off", "jit": "off", "random_page_cost": "1.1", "max_connections": "100"}.items():
        assert ask(running, f"show {setting}", "postgres") == value


@pytest.mark.parametrize("name", ["长" * 60, 'a "name" with, it\'s 50% \\ & ?'])
def test_long_and_odd_paths_work(folder: Path, name: str) -> None:
    with Engine.at(folder / name) as engine:
        assert len(os.fsencode(engine.socket / ".s.PGSQL.5432")) <= 107
        assert mode(engine.socket) == 0o700
        assert ask(engine, "select 1") == 1
    if engine.socket.parent != engine.data:
        engine.socket.rmdir()


def test_a_short_socket_folder_open_to_others_is_refused(folder: Path) -> None:
    engine = Engine.at(folder / ("long" * 30))
    engine.socket.mkdir()
    engine.socket.chmod(0o777)
    try:
        with pytest.raises(EngineProblem, match="should be a folder that only user id"):
            engine.start()
        assert mode(engine.socket) == 0o777
    finally:
        engine.socket.rmdir()


@only_as_root
def test_no_folder_of_the_user_is_opened_up(tmp_path: Path, folder: Path) -> None:
    home = folder / "home"
    home.mkdir(mode=0o700)
    above = {path: mode(path) for start in (home, tmp_path) for path in (start, *start.parents)}
    with pytest.raises(EngineProblem, match="cannot enter the data folder"):
        Engine.at(home / "data").start()
    with Engine.at(folder / "data" / "deep"):
        assert {path: mode(path) for path in above} == above


@only_as_root
def test_the_engine_does_not_run_as_root_and_cannot_touch_the_rest_of_the_data_folder(
    engine: Engine, folder: Path
) -> None:
    with engine:
        owner = Path(f"/proc/{server_of(engine)}").stat().st_uid
        assert owner == engine_account().uid != 0
        assert engine_account().run("/usr/bin/touch", folder / "planted").returncode


def test_a_folder_of_somebody_else_is_refused() -> None:
    other = Path("/proc") if AS_ROOT else Path("/var/tmp")
    with pytest.raises(EngineProblem):
        Engine.at(other).start()


def test_the_data_folder_is_chosen_by_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CREDITBANK_DATA", str(tmp_path))
    assert default_data_folder() == tmp_path
    monkeypatch.setenv("CREDITBANK_DATA", "")
    assert default_data_folder() == (Path("/var/lib/creditbank/data") if AS_ROOT else CHECKOUT / "var")


def test_the_temporary_engine_leaves_nothing_behind() -> None:
    with ephemeral() as engine:
        server = server_of(engine)
    assert not engine.data.exists()
    assert not engine_folder.alive(server)
