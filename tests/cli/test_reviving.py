"""A bank whose database is killed starts it again by itself."""

import time
from collections.abc import Callable

from creditbank.cli import serving
from creditbank.cli.engine import Engine, ephemeral
from tests.cli.test_engine import ask, kill_whole_server

PATIENCE_SECONDS = 30


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + PATIENCE_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_a_server_that_was_killed_is_started_again() -> None:
    with ephemeral() as engine:
        assert not engine.revive()
        kill_whole_server(engine)
        until(engine.revive)
        assert ask(engine, "select 42") == 42
        assert not engine.revive()


def test_a_server_of_somebody_else_is_left_alone(tmp_path) -> None:
    assert not Engine.at(tmp_path).revive()


def test_a_bank_whose_database_keeps_dying_closes(monkeypatch, capsys) -> None:
    monkeypatch.setattr(time, "sleep", lambda _: None)
    serving.watch([], [], lambda: True)
    assert capsys.readouterr().out.count("The database died") == serving.DEATHS_MAX
