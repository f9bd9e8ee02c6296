"""`make bench-44m`: a city's whole history through the real pipeline, then one learner's archive asked for by many."""

import statistics
import sys
from typing import Final

from bench import reading, rows
from bench.deposit import BYTES_SOUGHT, Deposit, bytes_an_entry, deposited, prove, school, scratch
from bench.results import Result, machine
from bench.rows import Drawing
from creditbank.archive import queries as archive

ROWS: Final = 44_000_000
FILES: Final = 9
SECONDS_SOUGHT: Final = 360


def run(size: int = ROWS) -> list[Result]:
    """Return the figures of so many rows, deposited as nine files of nine schools, and of reading them."""
    found = _deposits(size)
    seconds = sum(each.seconds for each in found)
    newest = archive.postings()[-1]
    assert newest.root is not None
    proof = 1000 * prove(newest.reference, rows=newest.rows, root=newest.root)
    flat = statistics.median(each.seconds / each.rows for each in found[-3:]) / (found[0].seconds / found[0].rows)
    here, given = machine(), sum(each.rows for each in found)
    beside = f"the first of {FILES} files takes 1 s where the last take {flat:.2f}"
    asked = SECONDS_SOUGHT * given / ROWS
    return [
        Result("deposit_44m", seconds, "s", beside, None, 1, here, asked),
        Result("deposit_44m_memory", max(each.megabytes for each in found), "MB, highest", "", None, 1, here),
        Result("deposit_44m_proof", proof, "ms, median of 100", "", None, 1, here),
        Result("entry_on_disk_44m", bytes_an_entry(), "bytes with index", "", None, 1, here, BYTES_SOUGHT),
        *reading.run(),
    ]


def _deposits(size: int) -> list[Deposit]:
    folder, found = scratch(), []
    a_file = -(-size // FILES // rows.ROWS_A_LEARNER) * rows.ROWS_A_LEARNER
    for number in range(FILES):
        given = min(a_file, size - number * a_file)
        drawing = Drawing(given, seed=number + 1, first=number * (a_file // rows.ROWS_A_LEARNER))
        path = rows.written(rows.write_csv, folder / "rows.csv", drawing)
        found.append(deposited(path, school(), beside=number == 0))
        assert found[-1].counts.kept == given, found[-1].counts
        path.unlink()
        print(f"{number + 1}/{FILES}  {given / found[-1].seconds:,.0f} rows/s", file=sys.stderr)
    folder.rmdir()
    return found
