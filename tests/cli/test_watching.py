"""The command line says how far a deposit is: a bar for people, a line now and then for logs, nothing for programs."""

import io
from datetime import timedelta

import pytest
from rich.console import Console
from rich.progress import Progress as Bar, TextColumn

from creditbank.cli.watching import BETWEEN_LINES, Teller, told, watching
from creditbank.deposits.types import Progress, Step
from tests.conftest import NOW


def after(seconds, *, done, total):
    return Progress(Step.CHECKING, done, total, since=NOW, at=NOW + timedelta(seconds=seconds))


@pytest.mark.parametrize(
    ("progress", "words"),
    [
        (after(3, done=250_000, total=1_000_000), "250,000 / 1,000,000   83,333/s   0:00:09"),
        (after(0, done=0, total=1_000_000), "0 / 1,000,000"),
        (after(0, done=0, total=0), ""),
    ],
)
def test_rows_rate_and_time_left_stand_in_one_line(progress, words):
    assert told(progress) == words


def test_a_log_gets_a_line_only_after_some_seconds():
    out = io.StringIO()
    teller = Teller(Console(file=out), None)
    teller.watch(Step.CHECKING, 10, 100)
    assert out.getvalue() == ""
    teller.told -= BETWEEN_LINES
    teller.watch(Step.CHECKING, 60, 100)
    assert out.getvalue().startswith("逐行检查 / checking rows  60 / 100")
    assert out.getvalue().count("\n") == 1


def test_a_terminal_gets_a_bar_with_the_same_words():
    out = io.StringIO()
    bar = Bar(TextColumn("{task.description}"), TextColumn("{task.fields[told]}"), console=Console(file=out))
    teller = Teller(Console(file=out), bar)
    teller.watch(Step.POSTING, 0, 50)
    teller.watch(Step.POSTING, 50, 50)
    (task,) = bar.tasks
    assert (task.description, task.completed, task.total) == ("存入 / posting", 50, 50)
    assert task.fields["told"].startswith("50 / 50")


def test_a_program_that_asked_for_json_is_told_nothing_beside(capsys):
    with watching(silent=True) as teller:
        teller.told -= BETWEEN_LINES
        teller.watch(Step.CHECKING, 60, 100)
    assert capsys.readouterr() == ("", "")
