"""Where a command finds its database: the one it was told, or the embedded engine, running or started for it."""

import json
import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

import django
from django.db.utils import ProgrammingError
from psycopg.errors import UndefinedColumn, UndefinedTable

from creditbank.cli.engine import DATABASE, Engine, Report, archive_folder, default_data_folder, silent
from creditbank.cli.engine_account import EngineProblem, make_folder

APP_ROLE: Final = "creditbank_app"
OWNER_ROLE: Final = "creditbank_owner"
DIGITS_MAX: Final = 7


def _secret(data: Path) -> str:
    """Return the secret key of this bank, made at its first start and readable by its owner only."""
    path = data / "secret.json"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump({"secret_key": secrets.token_urlsafe(48)}, file)
    return str(json.loads(path.read_text("utf-8"))["secret_key"])


def key_ring() -> Path:
    """Return where the key ring lies, once `engine` has told the process its data folder."""
    return ring_of(Path(os.environ["CREDITBANK_DATA"]))


def ring_of(data: Path) -> Path:
    """Return where the key ring of a bank in this data folder lies."""
    return Path(os.environ.get("CREDITBANK_KEYS") or data / "keys.json")


def number(name: str, *, otherwise: int, least: int) -> int:
    """Return the whole number that a variable of the surroundings holds, or another where it is not set.

    Refused: what is no number, and one below the least.
    """
    text = os.environ.get(name) or str(otherwise)
    if not (text.isascii() and text.isdigit() and len(text) <= DIGITS_MAX and int(text) >= least):
        raise EngineProblem(
            f"{name}={text} 不是可用的数。请写{least}或更大的整数。",
            f"{name}={text} cannot be used. Write a whole number of at least {least}.",
        )
    return int(text)


def _tell(data: Path) -> None:
    number("CREDITBANK_DEPOSIT_MONTHS", otherwise=24, least=1)  # read again by everything that is started
    os.environ["CREDITBANK_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditbank.project.settings")
    os.environ.setdefault("CREDITBANK_SECRET_KEY", _secret(data))
    if (data / "demo.json").exists():
        os.environ.setdefault("CREDITBANK_DEMO", "1")


@contextmanager
def engine(report: Report = silent, *, own: bool = False) -> Iterator[Callable[[], bool]]:
    """Hold a database for the time of a command and tell the process where it is.

    A server named by DATABASE_URL is taken as it is; a running embedded engine is used;
    otherwise the embedded engine is started, and stopped at the end. With `own`, a running one
    is refused: a folder serves one bank. Gives what starts a server of ours again that died, and says whether it had.
    """
    data = default_data_folder()
    if os.environ.get("DATABASE_URL"):
        make_folder(data, 0o700)
        _tell(data)
        yield lambda: False
        return
    embedded = Engine.at(data, wal=archive_folder())
    started = own or not embedded.is_running()
    if started:
        embedded.start(report=report)
    try:
        os.environ["DATABASE_URL"] = embedded.url(DATABASE, APP_ROLE)
        os.environ["DATABASE_OWNER_URL"] = embedded.url(DATABASE, OWNER_ROLE)
        _tell(data)
        yield partial(embedded.revive, report)
    finally:
        if started:
            embedded.stop()


@contextmanager
def bank(report: Report = silent) -> Iterator[None]:
    """Hold a database and set Django up on it, as the application's role.

    Refused: a database without a bank, or with the tables of another release, once a command asks for what it lacks.
    """
    with engine(report):
        django.setup()
        try:
            yield
        except ProgrammingError as problem:
            if not isinstance(problem.__cause__, (UndefinedTable, UndefinedColumn)):
                raise
            raise EngineProblem(
                "这个数据库里还没有学分银行，或者是另一个版本的。请先运行 creditbank migrate，"
                "或用 CREDITBANK_DATA、DATABASE_URL 另选一个。",
                "This database holds no bank, or one of another release. Run creditbank migrate first, "
                "or choose another with CREDITBANK_DATA or DATABASE_URL.",
            ) from problem
