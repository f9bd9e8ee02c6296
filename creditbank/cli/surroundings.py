"""Where a command finds its database: the one it was told, or the embedded engine, running or started for it."""

import json
import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import django

from creditbank.cli.engine import DATABASE, Engine, Report, default_data_folder, silent

APP_ROLE: Final = "creditbank_app"
OWNER_ROLE: Final = "creditbank_owner"


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
    return Path(os.environ.get("CREDITBANK_KEYS") or Path(os.environ["CREDITBANK_DATA"]) / "keys.json")


def _tell(data: Path) -> None:
    os.environ["CREDITBANK_DATA"] = str(data)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "creditbank.project.settings")
    os.environ.setdefault("CREDITBANK_SECRET_KEY", _secret(data))
    if (data / "demo.json").exists():
        os.environ.setdefault("CREDITBANK_DEMO", "1")


@contextmanager
def engine(report: Report = silent, *, own: bool = False) -> Iterator[None]:
    """Hold a database for the time of a command and tell the process where it is.

    A server named by DATABASE_URL is taken as it is; a running embedded engine is used;
    otherwise the embedded engine is started, and stopped at the end. With `own`, a running one
    is refused: a folder serves one bank.
    """
    data = default_data_folder()
    if os.environ.get("DATABASE_URL"):
        data.mkdir(parents=True, exist_ok=True)
        _tell(data)
        yield
        return
    embedded = Engine.at(data)
    started = own or not embedded.is_running()
    if started:
        embedded.start(report=report)
    try:
        os.environ["DATABASE_URL"] = embedded.url(DATABASE, APP_ROLE)
        os.environ["DATABASE_OWNER_URL"] = embedded.url(DATABASE, OWNER_ROLE)
        _tell(data)
        yield
    finally:
        if started:
            embedded.stop()


@contextmanager
def bank(report: Report = silent) -> Iterator[None]:
    """Hold a database and set Django up on it, as the application's role."""
    with engine(report):
        django.setup()
        yield
