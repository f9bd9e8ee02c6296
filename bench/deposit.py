"""Posting a million rows through the pipeline, beside a bare COPY of the same file on the same server."""

import atexit
import os
import secrets
import shutil
import statistics
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import IO, Final, Self

from django.db import connection

from bench import rows
from bench.results import Result, machine
from bench.rows import Drawing
from creditbank.archive import queries as archive
from creditbank.archive.types import EntryKey
from creditbank.deposits import operations
from creditbank.deposits.types import BatchStage, Counts
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import system
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations, queries as places
from creditbank.organizations.types import OrganizationKind

ROWS: Final = 1_000_000
RUNS: Final = 3
NOW: Final = datetime(2026, 11, 22, tzinfo=UTC)
ACTOR: Final = system("bench")
BYTES_SOUGHT: Final = 200
MEGABYTES_SOUGHT: Final = 700
RATIO_SOUGHT: Final = 0.60
PIECE_BYTES: Final = 1024 * 1024
PROVED: Final = 100
_TASKS: Final = Path("/proc/self/task")


@dataclass(frozen=True, slots=True)
class Deposit:
    """What one deposit took, beside a bare COPY of the same rows, and the most memory of this process during it."""

    rows: int
    copied: float
    seconds: float
    megabytes: float
    counts: Counts

    @property
    def ratio(self) -> float:
        """How fast the bank was as a part of the bare COPY."""
        return self.copied / self.seconds


def scratch() -> Path:
    """Return a folder for the files of one benchmark, which goes with the process."""
    folder = Path(tempfile.mkdtemp(prefix="creditbank-bench-files-", dir="/var/tmp"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def copied(path: Path) -> float:
    """Return the seconds of a bare COPY of a CSV into a logged table with a primary key."""
    names = ", ".join(f"c{n}" for n in range(len(rows.HEADINGS)))
    columns = ", ".join(f"c{n} text" for n in range(len(rows.HEADINGS)))
    with connection.cursor() as cursor, path.open("rb") as file:
        cursor.execute("DROP TABLE IF EXISTS bench_copy")
        cursor.execute(f"CREATE TABLE bench_copy (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, {columns})")
        started = time.perf_counter()
        with cursor.copy(f"COPY bench_copy ({names}) FROM STDIN (FORMAT csv, HEADER true)") as copy:
            _pour(file, copy.write)
        seconds = time.perf_counter() - started
        cursor.execute("DROP TABLE bench_copy")
    return seconds


def _pour(file: IO[bytes], write: Callable[[bytes], object]) -> None:
    while piece := file.read(PIECE_BYTES):
        write(piece)


def school() -> int:
    """Open one more institution and return its number."""
    if not places.roots():
        organizations.open_organization(
            actor=ACTOR, parent_id=None, code="YJ", kind=OrganizationKind.COMMITTEE, name=Text("委员会"), now=NOW
        )
    [root] = places.roots()
    number = len(places.subtree(root.id))
    return organizations.open_organization(
        actor=ACTOR,
        parent_id=root.id,
        code=f"4131{number:06d}",
        kind=OrganizationKind.INSTITUTION,
        name=Text(f"学校{number}"),
        now=NOW,
    ).id


def deposited(path: Path, institution: int, *, baseline: Path | None = None, beside: bool = True) -> Deposit:
    """Let a file enter the book, and COPY it, or another with the same rows, beside it; both in one run.

    Afterwards as many rows are posted as were good, and some of them prove themselves against the batch's root.
    Without anything beside it, nothing of the book is read afterwards either.
    """
    bare = copied(baseline or path) if beside else 0.0
    with Memory() as memory, path.open("rb") as content:
        started = time.perf_counter()
        report = operations.deposit_at_once(
            actor=ACTOR, organization_id=institution, file_name=path.name, content=content, now=NOW
        )
        seconds = time.perf_counter() - started
    batch = report.batch
    assert batch.stage is BatchStage.POSTED, batch
    if beside:
        prove(batch.public_id, rows=batch.counts.postable, root=bytes.fromhex(batch.root))
    return Deposit(batch.counts.rows, bare, seconds, memory.megabytes, batch.counts)


def prove(reference: str, *, rows: int, root: bytes, count: int = PROVED) -> float:
    """Return the median seconds of making the proof of a row; each of so many random ones must lead to the root."""
    posting = archive.posting(reference)
    assert posting is not None
    chosen = sorted(secrets.SystemRandom().sample(range(rows), min(count, rows)))
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM archive_entry WHERE posting_id = %s", [posting.id])
        assert cursor.fetchone() == (rows,) == (posting.rows,), "rows posted are not rows given"
        cursor.execute(
            "SELECT learner_id, organization_id, specification_id, obtained, part FROM archive_entry"
            " WHERE posting_id = %s AND leaf = ANY(%s)",
            [posting.id, chosen],
        )
        keys = [EntryKey(*row) for row in cursor.fetchall()]
    assert len(keys) == len(chosen)
    taken = []
    for key in keys:
        started = time.perf_counter()
        proof = archive.entry_proof(actor=ACTOR, key=key)
        taken.append(time.perf_counter() - started)
        [leaf] = evidence.commitments(proof.salt, [proof.form.encode()])
        found = evidence.root_of_proof(leaf=leaf, index=proof.index, size=proof.size, proof=proof.path)
        assert found == proof.root == root, "a row does not prove itself"
    return statistics.median(taken)


class Memory:
    """The most megabytes that this process held during a block, and any other that it had started."""

    LOOKED_AGAIN: Final = 0.1

    def __init__(self) -> None:
        """Begin with nothing."""
        self.megabytes, self._others = 0.0, 0.0
        self._ended = threading.Event()
        self._looking = threading.Thread(target=self._look)

    def __enter__(self) -> Self:
        """Let the kernel count this process's most memory from here on, and look at what it starts."""
        Path("/proc/self/clear_refs").write_text("5", "ascii")
        self._looking.start()
        return self

    def __exit__(self, *of: object) -> None:
        """Add up what was most."""
        self._ended.set()
        self._looking.join()
        self.megabytes = _most(os.getpid()) + self._others

    def _look(self) -> None:
        while not self._ended.wait(self.LOOKED_AGAIN):
            with suppress(OSError):  # of a thread that ended while it was looked at
                started = chain.from_iterable(each.read_text("ascii").split() for each in _TASKS.glob("*/children"))
                self._others = max([self._others, *(_most(int(pid)) for pid in started)])


def _most(pid: int) -> float:
    """Return the most megabytes of a process; of one that ends, none."""
    with suppress(OSError):
        lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
        for held in (line for line in lines if line.startswith("VmHWM")):
            return int(held.split()[1]) / 1024
    return 0.0


def bytes_an_entry() -> float:
    """Return what an entry takes on disk, with its index."""
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE archive_entry")
        cursor.execute("SELECT pg_total_relation_size('archive_entry')::float / count(*) FROM archive_entry")
        (size,) = cursor.fetchone()
    return float(size)


def figures(name: str, found: list[Deposit], *, asked: float | None = None) -> list[Result]:
    """Return speed and memory of some deposits of a kind, each beside its own COPY; the medians of all."""
    seconds, bare = (statistics.median(getattr(each, what) for each in found) for what in ("seconds", "copied"))
    ratio, here, given = statistics.median(each.ratio for each in found), machine(), found[0].rows
    beside = f"bare COPY of the same rows, {given / bare:,.0f} rows/s"
    most = max(each.megabytes for each in found)
    return [
        Result(name, given / seconds, "rows/s", beside, ratio, len(found), here, asked and 1 / asked),
        Result(f"{name}_memory", most, "MB, highest", "", None, len(found), here, MEGABYTES_SOUGHT),
    ]


def run(size: int = ROWS) -> list[Result]:
    """Return the figures of some deposits of a million rows, each of other people at another school."""
    folder, found = scratch(), []
    for number in range(RUNS):
        first = number * size
        path = rows.written(rows.write_csv, folder / f"{number}.csv", Drawing(size, seed=number + 1, first=first))
        found.append(deposited(path, school()))
        assert found[-1].counts.kept == size, found[-1].counts
        path.unlink()
    folder.rmdir()
    here = machine()
    newest = archive.postings()[-1]
    assert newest.root is not None
    proof = 1000 * prove(newest.reference, rows=newest.rows, root=newest.root)
    return [
        *figures("deposit_1m", found, asked=RATIO_SOUGHT),
        Result("deposit_1m_proof", proof, "ms, median of 100", "", None, 1, here),
        Result("entry_on_disk", bytes_an_entry(), "bytes with index", "", None, 1, here, BYTES_SOUGHT),
    ]
