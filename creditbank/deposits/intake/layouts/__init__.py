"""Every layout of a file that the bank reads, each turned into the same items before any check."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from creditbank.deposits.intake.layouts.generations import GenerationCounts, generation_counts
from creditbank.deposits.intake.layouts.nad import NAD
from creditbank.deposits.intake.layouts.own import CREDITBANK, NOTES
from creditbank.deposits.intake.layouts.recognising import (
    ROWS_SEARCHED,
    Cells,
    Recognised,
    best_of,
    guessed,
    named,
    said,
)
from creditbank.deposits.intake.layouts.shape import COMMON, OWN, SOURCE, TARGET, TEXTS, Column, Layout
from creditbank.deposits.intake.layouts.sheets import CERTIFICATES, CONVERSIONS, NONE_WRITTEN, OWN_COURSES
from creditbank.deposits.types import Renaming
from creditbank.kernel.text import plain_heading as plain

__all__ = [
    "BY_CODE",
    "CERTIFICATES",
    "COMMON",
    "CONVERSIONS",
    "CREDITBANK",
    "LAYOUTS",
    "NAD",
    "NONE_WRITTEN",
    "NOTES",
    "OWN",
    "OWN_COURSES",
    "ROWS_SEARCHED",
    "SOURCE",
    "TARGET",
    "TEXTS",
    "Cells",
    "Column",
    "GenerationCounts",
    "Layout",
    "Recognised",
    "Renaming",
    "generation_counts",
    "guessed",
    "named",
    "plain",
    "recognise",
    "said",
]

#: In the order in which they win where a heading row fits two of them equally well.
LAYOUTS: Final = (OWN_COURSES, CONVERSIONS, CERTIFICATES, CREDITBANK, NAD)
BY_CODE: Final[Mapping[str, Layout]] = {layout.code: layout for layout in LAYOUTS}


def recognise(rows: Sequence[Cells], renamings: Iterable[Renaming] = ()) -> Recognised | None:
    """Return what the first rows of a file are, of all layouts and a school's own names; see `best_of`."""
    return best_of(rows, LAYOUTS, renamings)
