"""Working frames of a batch, by parts of its people: all rows of a person are in one part, a part fits in memory."""

from collections.abc import Iterator
from itertools import count, takewhile
from typing import Final

import polars as pl

from creditbank.deposits import files
from creditbank.deposits.ahead import Behind

ROWS_A_PART: Final = 125_000
PARTS_MAX: Final = 64
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


class Sorter:
    """Takes rows block by block and gives them back part by part; what does not fit in memory lies sealed meanwhile.

    Frames have a column `part`; `name` is what they are called while they lie there, `behind` who writes them away.
    """

    def __init__(self, batch: str, name: str, *, parts: int, behind: Behind) -> None:
        """Begin with nothing, whatever an earlier try left."""
        self._batch, self._name, self._parts, self._behind = batch, name, parts, behind
        self._kept: list[list[str | pl.DataFrame]] = [[] for _ in range(parts)]
        self._empty = pl.DataFrame()

    def put(self, frame: pl.DataFrame) -> None:
        """Take a block of rows."""
        self._empty = frame.drop("part").clear()
        self._behind.do(self._sort, frame)

    def _sort(self, frame: pl.DataFrame) -> None:
        if self._parts == 1:
            self._kept[0].append(frame.drop("part"))
            return
        for (part,), rows in frame.partition_by("part", as_dict=True, include_key=False).items():
            name = f"{self._name}-{part:03d}-{len(self._kept[part]):04d}"
            files.write_frame(self._batch, name, rows, lasting=False)
            self._kept[part].append(name)

    def get(self, part: int) -> pl.DataFrame:
        """Give the rows of a part back, in the order in which they came, once; everything is written by now."""
        found = [each if isinstance(each, pl.DataFrame) else self._taken(each) for each in self._kept[part]]
        self._kept[part] = []
        return pl.concat([self._empty, *found])

    def _taken(self, name: str) -> pl.DataFrame:
        frame = files.read_frame(self._batch, name)
        files.drop(self._batch, name)
        return frame
