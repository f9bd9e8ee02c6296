"""`make bench-volumes`: deposits in random order, dirty, of a workbook and larger, beside COPY and a plain deposit."""

import statistics
from pathlib import Path
from typing import Final

from bench import rows
from bench.deposit import ROWS, Deposit, deposited, figures, school, scratch
from bench.results import Result, machine
from bench.rows import Drawing

RUNS: Final = 3
LARGE: Final = 5
"""How many times larger the large file is; it is deposited once."""
BAD: Final = 0.05
FALLS: Final = 0.90
"""So much of the plain file's ratio must be left of the large one's."""
SLOWER: Final = 1.15
"""A file with five bad rows in a hundred may take so many times as long as one without."""
FIRST: Final = 5_000_000
"""The number of the first person: those before it may have accounts, of another benchmark on the same bank."""
RANDOM_SOUGHT: Final = 0.25
WORKBOOK_SOUGHT: Final = 0.10


def run(size: int = ROWS) -> list[Result]:
    """Return the figures of every kind of deposit of so many rows, and of one that is five times larger."""
    folder = scratch()
    plain, shuffled, bad, workbooks = [], [], [], []
    people = size // rows.ROWS_A_LEARNER + 1
    for number in range(RUNS):
        first, seed, here = FIRST + 3 * number * people, 10 * number, school()
        plain.append(_of_csv(folder, Drawing(size, seed + 1, first), here))
        again = Drawing(size, seed + 2, first, years=(2025, 2026), shuffled=True)
        shuffled.append(_of_csv(folder, again, here))
        dirty = Drawing(size, seed + 3, first + people, bad=BAD)
        bad.append(_of_csv(folder, dirty, school()))
    large = _of_csv(folder, Drawing(LARGE * size, 99, FIRST + 3 * RUNS * people), school())
    for number in range(RUNS):  # the last, for a process does not give back all that workbooks take
        drawing = Drawing(size, 10 * number + 4, FIRST + (3 * number + 2) * people)
        workbooks.append(_of_xlsx(folder, drawing))
    folder.rmdir()
    sought = FALLS * statistics.median(each.ratio for each in plain)
    return [
        *figures("deposit_random_order", shuffled, asked=RANDOM_SOUGHT),
        _beside_plain(bad, plain),
        *figures("deposit_xlsx", workbooks, asked=WORKBOOK_SOUGHT),
        *figures("deposit_5m", [large], asked=sought),
    ]


def _of_csv(folder: Path, drawing: Drawing, institution: int) -> Deposit:
    path = rows.written(rows.write_csv, folder / "rows.csv", drawing)
    found = deposited(path, institution)
    path.unlink()
    if not drawing.bad:
        assert found.counts.kept == drawing.rows, found.counts
    else:
        assert 0 < found.counts.refused_rows < 2 * drawing.bad * drawing.rows, found.counts
    return found


def _of_xlsx(folder: Path, drawing: Drawing) -> Deposit:
    beside = rows.written(rows.write_csv, folder / "rows.csv", drawing)
    path = rows.written(rows.write_xlsx, folder / "rows.xlsx", drawing)
    found = deposited(path, school(), baseline=beside)
    assert found.counts.kept == drawing.rows, found.counts
    path.unlink()
    beside.unlink()
    return found


def _beside_plain(bad: list[Deposit], plain: list[Deposit]) -> Result:
    """Return the speed of dirty files beside that of clean ones of the same run."""
    ratio = statistics.median(clean.seconds / dirty.seconds for clean, dirty in zip(plain, bad, strict=True))
    seconds = statistics.median(each.seconds for each in bad)
    clean = statistics.median(each.seconds for each in plain)
    beside = f"the same without bad rows, {plain[0].rows / clean:,.0f} rows/s"
    return Result("deposit_5pct_bad", bad[0].rows / seconds, "rows/s", beside, ratio, len(bad), machine(), SLOWER)
