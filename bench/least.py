"""The least that a deposit comes to: rows cut, numbered, put in order by pieces, sealed and copied, none judged.

Nobody is looked for, nothing is compared, no account or course is written: what a deposit takes beyond it, it takes
for that. It says how near to a bare COPY the fastest bank in the same words could come.
"""

import statistics
import time
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from typing import Final

import polars as pl
from django.db import connection, transaction

from bench import deposit, rows
from bench.deposit import ROWS, RUNS
from bench.results import Result, machine
from bench.rows import Drawing
from creditbank.archive import canonical
from creditbank.archive.copying import blocks, copy_entries
from creditbank.archive.operations.writing import SALT_BYTES, seal
from creditbank.evidence import operations as evidence
from creditbank.kernel.sheets.ahead import mapped

BLOCK_BYTES: Final = 9 * 1024 * 1024
HASH_BYTES: Final = 32
OWNER: Final = 1
SOURCE, UNIT = "4131000001", "cn.he.credit"
#: Nobody of the bank has such numbers.
FIRST_LEARNER: Final = 1_000_000_000


def run(size: int = ROWS) -> list[Result]:
    """Return how fast the least is, with and without texts, commitments and tree, each beside a bare COPY."""
    folder, sealed, unsealed = deposit.scratch(), [], []
    for number in range(RUNS):
        path = rows.written(rows.write_csv, folder / "rows.csv", Drawing(size, seed=number + 1))
        bare = deposit.copied(path)
        # Other learners each time: where keys were written before, though nothing stayed, an index has to look twice.
        with evidence.Growing(name=f"least-{number}", at=0) as tree:
            sealed.append((bare, _seconds(path, _Least(FIRST_LEARNER + 2 * number * size, tree))))
        unsealed.append((bare, _seconds(path, _Least(FIRST_LEARNER + (2 * number + 1) * size))))
        path.unlink()
    folder.rmdir()
    with connection.cursor() as cursor:
        cursor.execute("VACUUM archive_entry")  # nor does the room that they took
    told = {"deposit_least": sealed, "deposit_least_unsealed": unsealed}
    return [_figure(name, found, size) for name, found in told.items()]


def _figure(name: str, found: list[tuple[float, float]], size: int) -> Result:
    bare, seconds = (statistics.median(each) for each in zip(*found, strict=True))
    ratio = statistics.median(bare / seconds for bare, seconds in found)
    beside = f"bare COPY of the same rows, {size / bare:,.0f} rows/s"
    return Result(name, size / seconds, "rows/s", beside, ratio, len(found), machine())


def _seconds(path: Path, least: "_Least") -> float:
    """Return what the entries of a file take up to their commit, which is not made: none stays."""
    started = time.perf_counter()
    with transaction.atomic():
        for content in mapped(least.content, _pieces(path)):
            copy_entries(content)
        seconds = time.perf_counter() - started
        transaction.set_rollback(True)
    return seconds


def _pieces(path: Path) -> Iterator[bytes]:
    """Yield the rows of a file without its headings, cut where a row ends."""
    with path.open("rb") as file:
        file.readline()
        while piece := file.read(BLOCK_BYTES):
            yield piece + file.readline()


class _Numbers:
    """Numbers for texts, in the order in which they come."""

    def __init__(self, first: int, kind: pl.Int64 | pl.Int32) -> None:
        self.next, self._kind = first, kind
        self._known = pl.DataFrame(schema={"text": pl.String(), "number": kind})

    def of(self, texts: pl.Series) -> pl.Series:
        found = texts.unique().to_frame("text").join(self._known, on="text", how="anti")
        numbers = pl.int_range(self.next, self.next + found.height, dtype=self._kind, eager=True)
        self.next += found.height
        self._known = pl.concat([self._known, found.with_columns(numbers.alias("number"))])
        return texts.to_frame("text").join(self._known, on="text", how="left", maintain_order="left")["number"]


class _Least:
    """What becomes of the rows of one file, whose learners have numbers from a first one; without a tree, unsealed."""

    def __init__(self, first: int, tree: evidence.Growing | None = None) -> None:
        self._tree, self._height = tree, 0
        self._learners, self._courses = _Numbers(first, pl.Int64()), _Numbers(1, pl.Int32())

    def content(self, piece: bytes) -> list[bytes]:
        """Return the bytes that COPY is given for a piece."""
        cells = pl.read_csv(BytesIO(piece), has_header=False, new_columns=list(rows.HEADINGS), infer_schema=False)
        frame = self._entries(cells).with_row_index("leaf", offset=self._height)
        self._height += frame.height
        if self._tree is None:
            owner = pl.lit(OWNER).alias("organization_id"), pl.lit(OWNER).alias("posting_id")
            salts, commitments = bytes(SALT_BYTES * frame.height), bytes(HASH_BYTES * frame.height)
            return blocks(frame.with_columns(owner), salts=salts, commitments=commitments)
        names = self._names(frame)
        return seal(frame, names, organization_id=OWNER, posting_id=OWNER, commit=self._tree.commit).content

    def _entries(self, cells: pl.DataFrame) -> pl.DataFrame:
        numbers = {"credits": "学分", "hours": "学时", "grade": "成绩"}
        return cells.select(
            self._learners.of(cells["身份证号"]).alias("learner_id"),
            self._courses.of(cells["课程名称"]).alias("specification_id"),
            (pl.col("获得时间").cast(pl.Int32) * 100).alias("obtained"),
            pl.lit(0, pl.Int32).alias("part"),
            pl.lit(0, pl.Int16).alias("revision"),
            pl.lit(1, pl.Int16).alias("enrolment"),
            *((pl.col(text).cast(pl.Float64) * 100).cast(pl.Int32).alias(name) for name, text in numbers.items()),
            pl.lit(1, pl.Int16).alias("grade_scale"),
            pl.lit(1, pl.Int16).alias("unit_id"),
        ).sort("learner_id", "specification_id", "obtained")

    def _names(self, frame: pl.DataFrame) -> canonical.Names:
        accounts = {number: f"{number:015d}" for number in frame["learner_id"].unique().to_list()}
        achievements = {number: f"{number:026d}" for number in range(1, self._courses.next)}
        return canonical.Names(accounts, achievements, SOURCE, {1: UNIT})
