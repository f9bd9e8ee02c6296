"""Working frames of a batch, by parts of its people: all rows of a person are in one part, a part fits in memory."""

from collections.abc import Iterator
from dataclasses import replace
from itertools import count, takewhile
from typing import Final

import polars as pl

from creditbank.database.ahead import Behind
from creditbank.deposits import files
from creditbank.deposits.narrow import COURSE, Narrow, Table, bytes_of

ROWS_A_PART: Final = 200_000
PARTS_MAX: Final = 64
BYTES_HELD: Final = 48 * 1024 * 1024
STAGED: Final = "staged"
WAITING: Final = "waiting"
CONFLICTS: Final = "conflicts"
REFUSED: Final = "refused"
NAMED: Final = "named"
PLAN: Final = "plan"
LINKS: Final = "links"
PROVENANCE: Final = "provenance"


def parts_for(rows: int) -> int:
    """Return into how many parts a file of about so many rows is divided."""
    return max(1, min(PARTS_MAX, -(-rows // ROWS_A_PART)))


def put(batch: str, name: str, part: int, frame: pl.DataFrame, *, lasting: bool = True) -> None:
    """Seal what was found of a part."""
    files.write_frame(batch, _file(name, part), frame, lasting=lasting)


def has(batch: str, name: str, part: int) -> bool:
    """Say whether this was kept of a part."""
    return files.exists(batch, _file(name, part))


def get(batch: str, name: str, part: int, *, columns: list[str] | None = None) -> pl.DataFrame:
    """Return what was sealed of a part, or some columns of it."""
    return files.read_frame(batch, _file(name, part), columns=columns)


def number_of(batch: str, name: str) -> int:
    """Return of how many parts this was kept."""
    return sum(1 for _ in takewhile(lambda part: has(batch, name, part), count()))


def stage(batch: str, part: int, rows: Narrow) -> None:
    """Seal the rows of a part that are ready to be posted."""
    _put_narrow(batch, _file(STAGED, part), rows)


def staged(batch: str, part: int) -> Narrow:
    """Return the rows of a part that are ready to be posted."""
    return _get_narrow(batch, _file(STAGED, part))


def each_staged(batch: str) -> Iterator[pl.DataFrame]:
    """Yield the rows that are ready to be posted, part after part, with all their columns."""
    return (staged(batch, part).wide() for part in range(number_of(batch, STAGED)))


def each(batch: str, name: str) -> Iterator[pl.DataFrame]:
    """Yield what was kept of part after part."""
    return (get(batch, name, part) for part in range(number_of(batch, name)))


def column(batch: str, name: str, of: str) -> pl.Series:
    """Return one column of what was kept, of all parts."""
    found = [files.read_frame(batch, _file(name, part), columns=[of])[of] for part in range(number_of(batch, name))]
    return pl.concat(found) if found else pl.Series(of, [], dtype=pl.Int64)


def drop(batch: str, *names: str) -> None:
    """Delete what nobody needs any more of all parts."""
    for name in names:
        for part in reversed(range(number_of(batch, name))):
            files.drop(batch, _file(name, part))


def _file(name: str, part: int) -> str:
    return f"{name}-{part:03d}"


def _put_narrow(batch: str, name: str, narrow: Narrow, *, lasting: bool = True) -> None:
    # Side by side, the shorter one filled up: the rows point to what they have of it.
    tables = pl.concat([narrow.people, narrow.courses], how="horizontal_extend")
    files.write_frame(batch, _tables(name), tables, lasting=lasting)
    files.write_frame(batch, name, narrow.rows, lasting=lasting)


def _get_narrow(batch: str, name: str) -> Narrow:
    rows = files.read_frame(batch, name)
    if "who" not in rows.columns:
        return Narrow.of(rows)  # as they were sealed by an earlier release
    tables = files.read_frame(batch, _tables(name))
    courses = tables.select(name for name in COURSE if name in tables.columns)
    people = tables.drop(courses.columns)[: rows["who"].n_unique()]
    return Narrow(rows, people, courses[: rows["what"].n_unique()] if "what" in rows.columns else courses.clear())


def _tables(name: str) -> str:
    return f"of-{name}"


class Sorter:
    """Takes rows block by block and gives them back part by part; what does not fit in memory lies sealed meanwhile.

    The people of the rows have a `part`; `name` is what rows are called while they lie there, `behind` who sorts them.
    """

    def __init__(self, batch: str, name: str, *, parts: int, behind: Behind) -> None:
        """Begin with nothing, whatever an earlier try left."""
        self._batch, self._name, self._behind = batch, name, behind
        self._kept: list[list[pl.DataFrame]] = [[] for _ in range(parts)]
        self._people, self._courses = Table(), Table()
        self._held, self._spilled = 0, 0
        self._empty: Narrow | None = None

    def put(self, rows: Narrow) -> None:
        """Take a block of rows."""
        self._behind.do(self._sort, rows)

    def _sort(self, block: Narrow) -> None:
        places = block.people["part"].gather(block.rows["who"]).alias("part")
        block = replace(block, people=block.people.drop("part"))
        self._empty = self._empty or block.only(block.rows.clear())
        if block.rows.is_empty():
            return
        rows = block.pointing(self._people.add(block.people), self._courses.add(block.courses)).with_columns(places)
        for (part,), of_part in rows.partition_by("part", as_dict=True, include_key=False).items():
            self._kept[part].append(of_part)
        self._held += bytes_of(rows)
        if self._held + self._people.size + self._courses.size > BYTES_HELD:
            self._spill()

    def _spill(self) -> None:
        for part in range(len(self._kept)):
            _put_narrow(self._batch, self._lying(part, self._spilled), self._taken(part), lasting=False)
        self._people, self._courses = Table(), Table()
        self._held, self._spilled = 0, self._spilled + 1

    def _taken(self, part: int) -> Narrow:
        """Take the rows of a part that are in memory out of it."""
        held, self._kept[part] = self._kept[part], []
        if not held:
            return self._empty or Narrow.of_rows(pl.DataFrame())
        rows = pl.concat(held, rechunk=True)
        return Narrow(rows, self._people.whole(), self._courses.whole()).only(rows)

    def get(self, part: int) -> Narrow:
        """Give the rows of a part back, in the order in which they came, once; everything is sorted by now."""
        found = [self._read(self._lying(part, time)) for time in range(self._spilled)]
        return Narrow.together([*found, self._taken(part)])

    def _lying(self, part: int, time: int) -> str:
        return f"{self._name}-{part:03d}-{time:04d}"

    def _read(self, name: str) -> Narrow:
        found = _get_narrow(self._batch, name)
        for each in (name, _tables(name)):
            files.drop(self._batch, each)
        return found
