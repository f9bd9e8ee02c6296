"""The sheet of a school's own courses as data: its columns, the headings they go by, and its two generations."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from creditbank.deposits.intake import layouts
from creditbank.kernel.sheets.writing import REASON_HEADING


@dataclass(frozen=True, slots=True)
class Template:
    """One generation of the sheet: its public code and its columns in printed order."""

    code: str
    order: tuple[str, ...]


COLUMNS: tuple[layouts.Column, ...] = layouts.OWN_COURSES.columns
NAMES = tuple(column.name for column in COLUMNS)
HEADING: Mapping[str, str] = {column.name: column.heading for column in COLUMNS}

FIRST = Template("own-courses-1", ("student_number", *(name for name in NAMES if name != "student_number")))
SECOND = Template("own-courses-2", NAMES)

_SHEETS = frozenset({layouts.CONVERSIONS.code, layouts.CERTIFICATES.code})
_REASONS = {layouts.plain(heading) for heading in REASON_HEADING.values()}


def is_reason(heading: str) -> bool:
    """Tell whether this is the column that the bank itself adds to a file of refused rows."""
    return layouts.plain(heading) in _REASONS


def generation(names: Sequence[str | None], *, first_codes: int, current_codes: int) -> Template:
    """Return the template by the codes in the rows, or by the order of columns where the codes do not tell."""
    if first_codes != current_codes:
        return FIRST if first_codes > current_codes else SECOND
    ours = [name for name in names if name is not None]
    return FIRST if ours[:1] == ["student_number"] else SECOND


def of_layout(layout: layouts.Layout, *, first_codes: int, current_codes: int) -> str:
    """Return the code of a template of another layout: sheets have generations, the others are what they are."""
    if layout.code not in _SHEETS:
        return layout.code
    return f"{layout.code}-{1 if first_codes > current_codes else 2}"
