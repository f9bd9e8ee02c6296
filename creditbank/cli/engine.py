"""The embedded PostgreSQL 18: it is made, started, waited for and stopped here, on a private socket only."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Self
from urllib.parse import quote, urlencode

import psycopg
from psycopg import sql

from creditbank.cli import engine_account, engine_folder, engine_settings
from creditbank.cli.engine_account import Account, EngineProblem

__all__ = ["DATABASE", "Engine", "EngineProblem", "archive_folder", "default_data_folder", "ephemeral"]

DATABASE = "creditbank"
LOG_BYTES_MAX = 10 * engine_settings.MEGABYTE
STOP_SECONDS = 120
RECOVERY = "database system was interrupted"
INITDB = (
    *("--encoding=UTF8", "--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C"),
    *("--lc-ctype=C.UTF-8", "--lc-messages=C", "--data-checksums", "--auth=peer", "--no-instructions"),
    f"--username={engine_settings.ADMIN_ROLE}",
)

Report = Callable[[str, str], None]
_started: dict[Path, subprocess.Popen[bytes]] = {}


def silent(zh: str, en: str) -> None:
    """Report nothing; the default of `start`."""


def default_data_folder() -> Path:
    """Return CREDITBANK_DATA, or `var/` of the checkout; for root a folder that the engine's account can reach."""
    chosen = os.environ.get("CREDITBANK_DATA", "")
    if chosen:
        return Path(chosen).expanduser().resolve()
    if os.geteuid() == engine_account.ROOT:
        return engine_account.HOME / "data"
    return Path(__file__).resolve().parents[2] / "var"


def archive_folder() -> Path | None:
    """Return CREDITBANK_WAL, where the embedded engine copies its write-ahead log to, or None."""
    chosen = os.environ.get("CREDITBANK_WAL", "")
    return Path(chosen).expanduser().resolve() if chosen else None


@dataclass(frozen=True)
class Engine:
    """One PostgreSQL in one data folder; whoever starts it holds the folder until the stop or the end of the process.

    `with Engine.at(folder) as engine:` starts and stops it. Every refusal is an `EngineProblem`.
    """

    data: Path
    socket: Path
    durable: bool = True
    wal: Path | None = None

    @classmethod
    def at(cls, data_folder: Path, *, wal: Path | None = None) -> Self:
        """Return the engine of this folder, which copies its log to `wal`; nothing is made or started yet."""
        data = data_folder.expanduser().resolve()
        return cls(data=data, socket=engine_folder.socket_folder(data), wal=wal)

    @property
    def cluster(self) -> Path:
        """The folder that PostgreSQL itself keeps."""
        return self.data / "pg"

    @property
    def log(self) -> Path:
        """The server's own log, without anybody's data."""
        return self.data / "log" / "engine.log"

    def url(self, database: str, role: str) -> str:
        """Return the address of a database for psycopg, Django or psql; the operating system vouches for the user."""
        host = urlencode({"host": str(self.socket), "port": engine_settings.PORT}, quote_via=quote, safe="")
        return f"postgresql://{quote(role, safe='')}@/{quote(database, safe='')}?{host}"

    def is_running(self) -> bool:
        """Tell whether the server lives and answers."""
        return engine_folder.living_server(self.cluster) is not None and self._refusal() is None

    def prepare(self) -> None:
        """Make what is missing: the cluster, and in a running server the roles and the database. Idempotent."""
        if self.is_running():
            self._make_roles()
            return
        with self._held():
            self._make_cluster(_account())

    def start(self, wait_seconds: float = 600, report: Report = silent) -> None:
        """Return when the server answers and its roles and database exist; at once if this process started it.

        A crash recovery is waited for as long as it makes progress, at most `wait_seconds` without any;
        `report` hears of it in both languages. Refused: see `EngineProblem`.
        """
        if engine_folder.holds(self.data) and self.is_running():
            return
        with self._held(keep=True):
            account = _account()
            self._make_cluster(account)
            self._clear_the_way(report)
            self._write_settings(account)
            process, first = self._launch(account)
            try:
                self._wait_until_ready(process, first, wait_seconds, report)
                self._make_roles()
            except BaseException:
                engine_folder.stop_server(process.pid, STOP_SECONDS)
                self._forget()
                raise

    def revive(self, report: Report = silent) -> bool:
        """Start the server again that this process started, if it died; say whether it had. Refused: as `start`."""
        process = _started.get(self.data)
        if process is None or process.poll() is None:
            return False
        self.start(report=report)
        return True

    def stop(self) -> None:
        """Stop the server cleanly, ending open sessions, and let the folder go; nothing happens if none runs."""
        process = engine_folder.living_server(self.cluster)
        if process is not None and not engine_folder.stop_server(process, STOP_SECONDS):
            zh = f"数据库（进程 {process}）仍在写盘，会自行停止。请勿强行结束它。"
            en = f"The database (process {process}) is still writing and will stop by itself. Do not kill it."
            raise EngineProblem(zh, en)
        self._forget()
        engine_folder.unlock(self.data)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, problem: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @contextmanager
    def _held(self, *, keep: bool = False) -> Iterator[None]:
        """Hold the folder for the block; `keep` holds it on unless the block fails."""
        already = engine_folder.holds(self.data)
        if not already:
            engine_folder.open_data(self.data, _account())
            engine_folder.lock(self.data)
        try:
            yield
        except BaseException:
            engine_folder.unlock(self.data)
            raise
        if not keep and not already:
            engine_folder.unlock(self.data)

    def _make_cluster(self, account: Account) -> None:
        engine_folder.private_folder(self.data / "log", os.geteuid(), os.getegid())
        engine_folder.private_folder(self.socket, account.uid, account.gid)
        if self.cluster.exists():
            self._check_owner(account)
            engine_folder.check_version(self.cluster)
            return
        # Made aside and renamed, so that a killed initdb never looks like a database.
        aside = self.data / "pg.new"
        shutil.rmtree(aside, ignore_errors=True)
        engine_folder.private_folder(aside, account.uid, account.gid)
        words = INITDB if self.durable else (*INITDB, "--no-sync")
        done = account.run(engine_account.binaries(account) / "initdb", f"--pgdata={aside}", *words)
        if done.returncode:
            raise _failure(done.stderr)
        account.write(aside / "postgresql.conf", "include 'creditbank.conf'\n")
        aside.rename(self.cluster)

    def _check_owner(self, account: Account) -> None:
        owner = self.cluster.lstat().st_uid
        if owner != account.uid:
            zh = f"{self.cluster} 属于用户编号 {owner}。请以当初建立它的用户运行，或用 CREDITBANK_DATA 另选文件夹。"
            en = f"{self.cluster} belongs to user id {owner}. Run as the user who made it, or choose another "
            raise EngineProblem(zh, f"{en}folder with CREDITBANK_DATA.")

    def _clear_the_way(self, report: Report) -> None:
        orphan = engine_folder.living_server(self.cluster)
        if orphan is not None:
            # The folder's lock is ours, so the bank that started this server is gone.
            report("上次运行留下的数据库仍在运行，先将它停止。", "A database left by a killed bank is stopped first.")
            if not engine_folder.stop_server(orphan, STOP_SECONDS):
                zh = f"上次运行留下的数据库（进程 {orphan}）没有停止。请稍等片刻再启动。"
                en = f"The database left by a killed bank (process {orphan}) does not stop. Wait and start again."
                raise EngineProblem(zh, en)
        engine_folder.sweep(self.cluster, self.socket, self._name(), STOP_SECONDS)

    def _name(self) -> str:
        return f"creditbank-{engine_folder.digest(self.data)}"

    def _write_settings(self, account: Account) -> None:
        if self.wal is not None:
            engine_folder.check_archive(self.wal, account)
        text = engine_settings.settings(socket=self.socket, cluster=self._name(), durable=self.durable, wal=self.wal)
        account.write(self.cluster / "creditbank.conf", text)
        account.write(self.cluster / "pg_hba.conf", engine_settings.ACCESS)
        users = engine_settings.identities(engine_account.caller_name(), account.name)
        account.write(self.cluster / "pg_ident.conf", users)

    def _launch(self, account: Account) -> tuple[subprocess.Popen[bytes], int]:
        """Start the server; return it and where in the log its words begin."""
        program = engine_account.binaries(account) / "postgres"
        self._forget()
        with self._open_log() as log:
            first = log.tell()  # before it runs: a server that fails at once has already spoken
            process = account.launch(program, "-D", self.cluster, log=log)
        _started[self.data] = process
        return process, first

    def _open_log(self) -> IO[bytes]:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES_MAX:
            self.log.replace(self.log.with_suffix(".log.1"))
        return self.log.open("ab")

    def _wait_until_ready(
        self, process: subprocess.Popen[bytes], first: int, wait_seconds: float, report: Report
    ) -> None:
        said, since, recovering = "", time.monotonic(), False
        while not engine_folder.says_ready(self.cluster):
            time.sleep(engine_folder.PAUSE_SECONDS)
            ended = process.poll() is not None
            before, said = said, self._log_from(first)
            if ended:
                raise _failure(said)
            if RECOVERY in said and not recovering:
                report("数据库正在恢复，请稍候……", "The database is recovering; please wait …")
                recovering = True
            # A recovery writes to the log as it moves, so a log that grows is progress.
            if said != before:
                since = time.monotonic()
            if time.monotonic() - since > wait_seconds:
                zh = f"数据库在 {wait_seconds:.0f} 秒内没有进展，已停止等待。请查看 {self.log} 后再启动。"
                en = f"The database has made no progress for {wait_seconds:.0f} seconds. Read {self.log}, start again."
                raise EngineProblem(zh, en)
        refusal = self._refusal()
        if refusal is not None:
            raise _failure(refusal)

    def _log_from(self, position: int) -> str:
        with self.log.open("rb") as log:
            log.seek(position)
            return log.read().decode("utf-8", "replace")

    def _refusal(self) -> str | None:
        """Return why no connection can be had, or None."""
        try:
            self._connect("postgres").close()
        except psycopg.OperationalError as problem:
            return str(problem)
        return None

    def _connect(self, database: str) -> psycopg.Connection[tuple[object, ...]]:
        return psycopg.connect(self.url(database, engine_settings.ADMIN_ROLE), autocommit=True, connect_timeout=10)

    def _make_roles(self) -> None:
        with self._connect("postgres") as connection:
            roles = {row[0] for row in connection.execute("select rolname from pg_roles")}
            for role in engine_settings.ROLES:
                if role not in roles:
                    connection.execute(sql.SQL("create role {} login").format(sql.Identifier(role)))
            # The application becomes the eraser only where it says so, and has none of its rights otherwise.
            becomes = sql.SQL("grant {} to {} with inherit false, set true")
            eraser, app = (sql.Identifier(role) for role in (engine_settings.ERASER_ROLE, engine_settings.APP_ROLE))
            connection.execute(becomes.format(eraser, app))
            owner = sql.Identifier(engine_settings.OWNER_ROLE)
            connection.execute(sql.SQL("alter role {} createdb").format(owner))
            found = connection.execute("select 1 from pg_database where datname = %s", [DATABASE]).fetchone()
            if found is None:
                name = sql.Identifier(DATABASE)
                connection.execute(sql.SQL("create database {} owner {}").format(name, owner))

    def _forget(self) -> None:
        """Collect the ended process, so that no zombie stays behind."""
        process = _started.pop(self.data, None)
        if process is not None:
            with suppress(subprocess.TimeoutExpired):
                process.wait(timeout=STOP_SECONDS)


@contextmanager
def ephemeral(folder: Path | None = None) -> Iterator[Engine]:
    """Give a started engine for tests, which forgets everything at a crash of the machine.

    Without a folder it lies in one of its own under /var/tmp, which is removed afterwards.
    """
    made = None if folder else Path(tempfile.mkdtemp(prefix="creditbank-", dir="/var/tmp"))
    if made is not None and os.geteuid() == engine_account.ROOT:
        made.chmod(0o711)  # our own, and the engine's account must pass
    data = (folder or made or Path()).resolve()
    engine = Engine(data=data, socket=engine_folder.socket_folder(data), durable=False)
    try:
        with engine:
            yield engine
    finally:
        if made is not None:
            shutil.rmtree(made, ignore_errors=True)


def _account() -> Account:
    if sys.platform != "linux":
        zh = "内置数据库只在 Linux 上运行。请设置 DATABASE_URL 使用已有的 PostgreSQL 18 服务器。"
        en = "The built-in database runs on Linux only. Set DATABASE_URL to a PostgreSQL 18 server of your own."
        raise EngineProblem(zh, en)
    return engine_account.engine_account()


def _failure(words: str) -> EngineProblem:
    tail = "\n".join(words.strip().splitlines()[-5:])
    if "No space left on device" in words:
        zh, en = "磁盘已满，数据库无法启动。请腾出空间后再启动。", "The disk is full. Free some space and start again."
    elif "pre-existing shared memory block" in words:
        zh, en = "上一个数据库还没有完全结束。请稍等片刻再启动。", "The last database has not ended. Wait, start again."
    else:
        zh, en = "数据库没有启动，它的原话如下：", "The database did not start. In its own words:"
    return EngineProblem(zh, en, tail)
