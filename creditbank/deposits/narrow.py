"""Rows that lie in memory: what many of them say alike, of a person or a course, is kept once."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Self

import numpy as np
import polars as pl

PERSON: Final = (
    *("person_name", "name_key", "document_kind", "document_number", "digest", "learner_id", "student_number"),
    *("major", "level_code", "category_code", "cohort", "outcome_code", "season_code"),
)
COURSE: Final = ("course", "course_key")
PLACES: Final = ("who", "what")
TEXT_BYTES: Final = 16
"""What each text takes in a frame beside its letters, which polars' estimate counts alone."""
KNOWN_BYTES: Final = 12
"""What a table takes to find each of its rows again."""


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
        rows, courses = _apart(rows, COURSE, as_="what")
        return cls(rows, people, courses)

    @classmethod
    def of_rows(cls, rows: pl.DataFrame) -> Self:
        """Take rows as they are."""
        return cls(rows, pl.DataFrame(), pl.DataFrame())

    @classmethod
    def together(cls, pieces: Sequence[Self]) -> Self:
        """Put rows of the same columns behind each other, and their tables."""
        if len(pieces) == 1:
            return pieces[0]
        people, courses = Table(), Table()
        rows = [piece.pointing(people.add(piece.people), courses.add(piece.courses)) for piece in pieces]
        return cls(pl.concat(rows), people.whole(), courses.whole())

    def pointing(self, people: pl.Series, courses: pl.Series) -> pl.DataFrame:
        """Return the rows as they point into other tables, where people and courses have these places."""
        places = {name: at for name, at in zip(PLACES, (people, courses), strict=True) if name in self.rows.columns}
        return self.rows.with_columns(at.gather(self.rows[name]).alias(name) for name, at in places.items())

    def only(self, rows: pl.DataFrame) -> Self:
        """Return some of the rows, and of the tables what these point to."""
        rows, people = _pointed_to(rows, self.people, from_="who")
        rows, courses = _pointed_to(rows, self.courses, from_="what")
        return replace(self, rows=rows, people=people, courses=courses)

    def wide(self) -> pl.DataFrame:
        """Return the rows with all their columns, those of their person and their course at the end."""
        return self.told().drop(PLACES, strict=False)

    def told(self, *names: str) -> pl.DataFrame:
        """Return the rows with their places and some columns of their person, or all; those of their course always."""
        people = self.people.select(names) if names else self.people
        tables = dict(zip(PLACES, (people, self.courses), strict=True))
        found = [table[self.rows[place]] for place, table in tables.items() if place in self.rows.columns]
        return pl.concat([self.rows, *found], how="horizontal")

    def completed(self, rows: pl.DataFrame) -> pl.DataFrame:
        """Return rows that came of `told` with all columns of their person, and without places."""
        if "who" in rows.columns:
            lacking = self.people.drop(rows.columns, strict=False)
            rows = pl.concat([rows, lacking[rows["who"]]], how="horizontal")
        return rows.drop(PLACES, strict=False)

    def again(self, rows: pl.DataFrame) -> Self:
        """Take rows that came of `told` apart again; whose they are may be known by now."""
        if "who" not in rows.columns:
            return self.of(rows)
        known = rows.select("who", "learner_id").unique("who")
        people = self.people.with_row_index("who").join(known, on="who", how="left", maintain_order="left")
        narrow = replace(self, people=people.drop("who"))
        return narrow.only(rows.drop(*PERSON, *COURSE, strict=False))


class Table:
    """A table of people or courses that grows block by block; whoever is in many blocks stands in it once.

    That saves memory and nothing depends on it: of those who have one hash by chance some may stand in it again.
    """

    def __init__(self) -> None:
        """Begin with nothing; `size` is about how many bytes it takes."""
        self.size = 0
        self._pieces: list[pl.DataFrame] = []
        self._known = pl.DataFrame(schema={"hash": pl.UInt64, "place": pl.UInt32})

    def add(self, piece: pl.DataFrame) -> pl.Series:
        """Put what is new at the end, and return where each row of the piece stands now."""
        hashes = piece.hash_rows() if piece.width else pl.Series([], dtype=pl.UInt64)
        places = self._standing(piece, hashes)
        new, height = places.is_null(), self._known.height
        if new.any() or not self._pieces:
            fresh = _of_its_own(piece.filter(new))
            numbers = pl.int_range(height, height + fresh.height, dtype=pl.UInt32, eager=True)
            places = places.scatter(new.arg_true(), numbers)
            self._known.extend(pl.DataFrame({"hash": hashes.filter(new), "place": numbers}))
            self._pieces.append(fresh)
            self.size += bytes_of(fresh) + KNOWN_BYTES * fresh.height
        return places

    def _standing(self, piece: pl.DataFrame, hashes: pl.Series) -> pl.Series:
        """Return where the rows stand that are here already, null for the others."""
        known = self._known.unique("hash")
        places = hashes.to_frame("hash").join(known, on="hash", how="left", maintain_order="left")["place"]
        if places.null_count() == len(places):
            return places
        # Equal rows have equal hashes; what has one by chance is new.
        there = self.whole()[places.fill_null(0)]
        same = pl.select(pl.all_horizontal(here.eq_missing(there[here.name]) for here in piece)).to_series()
        return places.zip_with(same, pl.repeat(None, len(places), dtype=places.dtype, eager=True))

    def whole(self) -> pl.DataFrame:
        """Return everything, in one piece from here on."""
        self._pieces = [pl.concat(self._pieces, rechunk=True)]
        return self._pieces[0]


def bytes_of(frame: pl.DataFrame) -> int:
    """Return about how many bytes a frame takes."""
    texts = sum(kind in {pl.String, pl.Binary} for kind in frame.dtypes)
    return int(frame.estimated_size()) + TEXT_BYTES * texts * frame.height


def _of_its_own(frame: pl.DataFrame) -> pl.DataFrame:
    """Return rows with texts of their own: what is filtered out of a frame holds on to all the letters of that."""
    return frame.with_columns(pl.col(pl.String) + "", pl.col(pl.Binary) + pl.lit(b""))


def alike(told: Sequence[pl.Series]) -> tuple[pl.Series, pl.Series]:
    """Return for each row which of the distinct rows it is, and where each of these stands first, in that order.

    It is quick where the first column has marks (small whole numbers) that tell most rows apart.
    """
    rows = pl.DataFrame([each.alias(f"{number}") for number, each in enumerate(told)])
    first = _first_with_mark(told[0])
    odd = rows.select(pl.any_horizontal(pl.all().ne_missing(pl.all().gather(first)))).to_series().to_numpy()
    if odd.any():
        others = rows.with_row_index("at").filter(odd)
        found = others.select(pl.col("at").first().over(rows.columns))["at"]
        first[odd] = found.to_numpy()
    is_first = first == np.arange(rows.height)
    places = np.cumsum(is_first, dtype=np.uint32) - np.uint32(1)
    return pl.Series(places[first]), pl.Series(np.flatnonzero(is_first).astype(np.uint32))


def _first_with_mark(marks: pl.Series) -> "np.ndarray":
    """Return for each row where the first one with its mark stands; of what is no mark, just any row."""
    height = len(marks)
    if marks.dtype != pl.UInt32 or not height:
        return np.zeros(height, dtype=np.uint32)
    found = (marks.cast(pl.Int64) + 1).fill_null(0).to_numpy()
    place = np.empty(found.max() + 1, dtype=np.uint32)
    place[found[::-1]] = np.arange(height, dtype=np.uint32)[::-1]  # the last one that is written stays
    return np.asarray(place[found])


def _apart(frame: pl.DataFrame, columns: tuple[str, ...], *, as_: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    names = [name for name in columns if name in frame.columns]
    if not names:
        return frame, pl.DataFrame()
    places, first = alike(frame.select(names).get_columns())
    return frame.drop(names).with_columns(places.alias(as_)), frame.select(names)[first]


def _pointed_to(rows: pl.DataFrame, table: pl.DataFrame, *, from_: str) -> tuple[pl.DataFrame, pl.DataFrame]:
    if from_ not in rows.columns:
        return rows, table
    used = rows[from_].unique().sort()
    if len(used) == table.height:
        return rows, table
    places = pl.repeat(None, table.height, dtype=pl.UInt32, eager=True).scatter(
        used, pl.int_range(len(used), dtype=pl.UInt32, eager=True)
    )
    return rows.with_columns(places.gather(rows[from_]).alias(from_)), table[used]
