"""Where the processor's time of a deposit goes, step by step: every step alone, nothing beside it."""

import functools
import math
import pkgutil
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Final, ParamSpec, TypeVar
from unittest import mock

from django.db import connection, connections

from bench import deposit, rows
from bench.deposit import ROWS
from bench.results import machine
from bench.rows import Drawing

P = ParamSpec("P")
T = TypeVar("T")

TITLE: Final = "Where a deposit's processor time goes"
HEAD: Final = """
{rows:,} rows of new people; {machine}.
Microseconds of processor a row, of the program and of the server's process for it. Each step runs alone here; in a bank
the upload is read while it is judged, and planning, sealing, hashing and COPY run side by side. On two cores no deposit
can take less than half of the sum.

| step | program | server | both | share |
|---|---|---|---|---|
"""
FIRST: Final = 8_000_000
"""The number of the first person: nobody of another benchmark on the same bank."""
REST: Final = "everything else"
COPY: Final = "a bare COPY of the same file, for comparison"
STEPS: Final = {
    "the upload hashed and sealed": ["deposits.operations.uploading._seal"],
    "the upload opened again, cut into blocks of rows": ["deposits.checking._first_pass"],
    "rows cut into cells": ["deposits.intake.reading._grid"],
    "rows judged": ["deposits.intake.reading.Sheet._block", "deposits.intake.checks.judge"],
    "rows put apart by people": [
        "deposits.people.People.joined",
        "deposits.parts.Sorter._sort",
        "deposits.narrow.Narrow.of",
        "deposits.narrow.Narrow.wide",
    ],
    "working frames written and read": ["deposits.files.write_frame", "deposits.files.read_frame"],
    "a person's rows put against each other": ["deposits.intake.checks.settle"],
    "accounts, courses and stored entries found": ["deposits.checking._matched", "deposits.posting._compared"],
    "accounts opened": ["deposits.posting.with_accounts"],
    "enrolments written": ["deposits.posting.with_enrolments"],
    "courses proposed": ["deposits.posting.with_proposed_courses"],
    "canonical texts": ["archive.queries.names_of", "archive.canonical.entry_lines"],
    "salted commitments": ["evidence.hashing.Here.commitments"],
    "the batch's tree": ["evidence.hashing.Here.grown", "evidence.files.put"],
    "rows laid out for COPY": ["archive.operations.writing.blocks"],
    "rows written by COPY": ["archive.operations.posting._written"],
    "the batch made visible": ["deposits.operations.entering._finish"],
}
"""What is charged to which step; of functions that call each other, each is charged its own part alone."""
AHEAD: Final = ("kernel.sheets.ahead", "database.ahead")
"""Where something runs beside something else."""


class Clock:
    """Charges processor time to the step that is at work, of this process and of its server."""

    def __init__(self) -> None:
        """Begin with nothing charged; what no step does is charged to the rest."""
        self.program: dict[str, float] = defaultdict(float)
        self.server: dict[str, float] = defaultdict(float)
        self._at_work = [REST]
        self._read = self._now()

    def _now(self) -> tuple[float, float]:
        pid = connection.connection.info.backend_pid if connection.connection else None
        served = int(Path(f"/proc/{pid}/schedstat").read_text("ascii").split()[0]) / 1e9 if pid else 0.0
        return time.process_time(), served

    def charge(self) -> None:
        """Charge what went by since the last time."""
        program, server = self._now()
        step = self._at_work[-1]
        self.program[step] += program - self._read[0]
        self.server[step] += max(0.0, server - self._read[1])
        self._read = program, server

    def timed(self, step: str, function: Callable[P, T]) -> Callable[P, T]:
        """Return a function that does the same and is charged to a step."""

        @functools.wraps(function)
        def charged(*args: P.args, **kwargs: P.kwargs) -> T:
            self.charge()
            self._at_work.append(step)
            try:
                return function(*args, **kwargs)
            finally:
                self.charge()
                self._at_work.pop()

        return charged


class _AtOnce(ThreadPoolExecutor):
    """Does in this thread what would be done beside it."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        done: Future[T] = Future()
        done.set_result(fn(*args, **kwargs))  # what fails, fails here
        return done


@contextmanager
def _charged(clock: Clock) -> Iterator[None]:
    """Let every step run alone and be charged."""
    with ExitStack() as changed:
        for module in AHEAD:
            changed.enter_context(mock.patch(f"creditbank.{module}.ThreadPoolExecutor", _AtOnce))
        changed.enter_context(mock.patch("creditbank.evidence.operations.LARGE", math.inf))
        # What is made ahead at once is made on the one connection that there is.
        changed.enter_context(mock.patch.object(connections, "close_all"))
        for step, functions in STEPS.items():
            for name in functions:
                owner, _, attribute = f"creditbank.{name}".rpartition(".")
                found = pkgutil.resolve_name(owner)
                timed = clock.timed(step, getattr(found, attribute))
                changed.enter_context(mock.patch.object(found, attribute, timed))
        yield


def run(size: int = ROWS) -> str:
    """Return a table of what each step of a deposit of so many rows takes, of the program and of its server."""
    folder = deposit.scratch()
    institution = deposit.school()
    path = rows.written(rows.write_csv, folder / "rows.csv", Drawing(size, seed=1, first=FIRST))
    bare = Clock()
    bare.timed(COPY, deposit.copied)(path)
    with _charged(clock := Clock()):
        found = deposit.deposited(path, institution, beside=False)
        clock.charge()
    assert found.counts.kept == size, found.counts
    path.unlink()
    folder.rmdir()
    return _table(clock, bare, size)


def _table(clock: Clock, bare: Clock, size: int) -> str:
    program, server = sum(clock.program.values()), sum(clock.server.values())
    lines = [
        _line(step, clock.program[step], clock.server[step], size, total=program + server) for step in (*STEPS, REST)
    ]
    lines.append(_line("**all**", program, server, size, total=program + server))
    lines.append(_line(COPY, bare.program[COPY], bare.server[COPY], size, total=program + server))
    return HEAD.format(rows=size, machine=machine()) + "".join(lines)


def _line(step: str, program: float, server: float, size: int, *, total: float) -> str:
    each = (1e6 * seconds / size for seconds in (program, server, program + server))
    return f"| {' | '.join([step, *(f'{cost:.2f}' for cost in each), f'{(program + server) / total:.0%}'])} |\n"
