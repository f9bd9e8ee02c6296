"""What a layout of a file is: its columns, the headings they go by, and the items that a row of it stands for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Final

import polars as pl

from creditbank.kernel.text import Text

OWN: Final = "own"
SOURCE: Final = "source"
TARGET: Final = "target"

#: The columns that every layout is turned into, all text; `row`, `item` and `of_item` are numbers.
TEXTS: Final = (
    "role",
    "kind",
    "person_name",
    "document",
    "account",
    "student_number",
    "major",
    "course",
    "course_code",
    "level_code",
    "category_code",
    "credits",
    "unit",
    "hours",
    "grade",
    "obtained",
    "cohort",
    "outcome_code",
    "season_code",
    "remark",
    "issuer_name",
    "issuer_code",
    "certificate_number",
    "certificate_level",
)
COMMON: Final = ("row", "item", *TEXTS, "of_item")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: our name for it, the headings it goes by (the template's own first), and whether it must be there."""

    name: str
    headings: tuple[str, ...]
    required: bool = False

    @property
    def heading(self) -> str:
        """The heading as the template prints it."""
        return self.headings[0]

    @property
    def english(self) -> str:
        """The heading in English, empty where the column has none."""
        spoken = [heading for heading in self.headings if heading.isascii() and heading != self.name]
        return spoken[-1] if spoken else ""


@dataclass(frozen=True, slots=True)
class Layout:
    """One kind of file.

    `items` takes rows of text under the layout's own names and `row`, and gives one row for each achievement under
    the COMMON names: role "own", or "source" and "target" where one was converted into the other (`of_item`
    of a target is its source in the same row). `needs` says by role which of the COMMON columns may not be empty.
    `printed` are headings for COMMON columns that no column of the layout is named after.
    """

    code: str
    name: Text
    columns: tuple[Column, ...]
    needs: Mapping[str, frozenset[str]]
    items: Callable[[pl.DataFrame], pl.DataFrame]
    printed: Mapping[str, str] = field(default_factory=dict)

    @property
    def names(self) -> tuple[str, ...]:
        """Our names of the columns, in printed order."""
        return tuple(column.name for column in self.columns)

    @property
    def minimum(self) -> frozenset[str]:
        """Our names of the columns whose headings must be in a file."""
        return frozenset(column.name for column in self.columns if column.required)

    def heading(self, name: str, role: str = OWN) -> str:
        """Return the heading as printed over a COMMON column of an item of this role, empty where there is none."""
        printed = {**self.printed, **{column.name: column.heading for column in self.columns}}
        return printed.get(f"{role}_{name}") or printed.get(name, "")
