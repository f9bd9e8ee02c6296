"""Rows that lie in memory: what many of them say alike, of a person or a course, is kept once."""

from dataclasses import dataclass
from typing import Final, Self

import polars as pl

PERSON: Final = (
    *("person_name", "name_key", "document_kind", "document_number", "digest", "learner_id", "student_number"),
    *("major", "level_code", "category_code", "cohort", "outcome_code", "season_code"),
)
_COURSE: Final = ("course", "course_key")


@dataclass(frozen=True, slots=True)
class Narrow:
    """Rows with `who` and `what`, places in the tables `people` and `courses`, instead of the columns of these.

    A table without columns has no rows either, and nothing points to it.
    """

    rows: pl.DataFrame
    people: pl.DataFrame
    courses: pl.DataFrame

    @classmethod
    def of(cls, frame: pl.DataFrame) -> Self:
        """Take rows apart; the columns of a table that they do not have, it does not have either."""
        rows, people = _apart(frame, PERSON, as_="who")
        rows, courses = _apart(rows, _COURSE, as_="what")
        return cls(rows, people, courses)

    @property
    def size(self) -> int:
        """Return about how many bytes they take."""
        return sum(int(frame.estimated_size()) for frame in (self.rows, self.people, self.courses))

    def moved(self, *, people: int, courses: int) -> pl.DataFrame:
        """Return the rows as they point into tables where so many people and courses stand before theirs."""
        before = {"who": people, "what": courses}
        return self.rows.with_columns(pl.col(name) + at for name, at in before.items() if name in self.rows.columns)

    def wide(self) -> pl.DataFrame:
        """Return the rows with all their columns, those of their person and their course at the end."""
        tables = {"who": self.people, "what": self.courses}
        found = [table[self.rows[place]] for place, table in tables.items() if place in self.rows.columns]
        return pl.concat([self.rows.drop(*tables, strict=False), *found], how="horizontal")


class Table:
    """A table of people or courses that grows block by block."""

    def __init__(self) -> None:
        """Begin with nothing."""
        self._pieces: list[pl.DataFrame] = []
        self.height = 0

    def add(self, piece: pl.DataFrame) -> None:
        """Put more at the end."""
        self._pieces.append(piece)
        self.height += piece.height

    def whole(self) -> pl.DataFrame:
        """Return everything, in one piece from here on."""
        self._pieces = [pl.concat(self._pieces, rechunk=True)]
        return self._pieces[0]


def _apart(frame: pl.DataFrame, columns: tuple[str, ...], *, as_: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = [name for name in columns if name in frame.columns]
    if not names:
        return frame, pl.DataFrame()
    found = frame.select(names).with_row_index("at").group_by(names, maintain_order=True).agg("at")
    places = found.select("at").with_row_index(as_).explode("at").sort("at")[as_]
    return frame.drop(names).with_columns(places), found.drop("at")
