"""What a school needs to fill a file in: the sheets, their columns, code lists, and the templates as files."""

import csv
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import Final

import polars as pl
from openpyxl import Workbook
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from creditbank.archive.types import KIND_NAMES
from creditbank.deposits.intake import codes, layouts, templates
from creditbank.deposits.intake.layouts.examples import EXAMPLES
from creditbank.framework.types import UnitDetails
from creditbank.kernel.sheets import decoding
from creditbank.kernel.text import Text

#: What follows the code of a sheet in the name of a file with two rows in it.
EXAMPLE: Final = "-example"
_VALIDATED_ROWS: Final = 10_000
_WIDTH: Final = 16


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet: its public code, its layout, its columns in printed order, and the kinds of file it is given as."""

    code: str
    name: Text
    layout: layouts.Layout
    order: tuple[str, ...]
    kinds: tuple[str, ...] = ("xlsx", "csv")

    @property
    def columns(self) -> tuple[layouts.Column, ...]:
        """The columns in printed order."""
        by_name = {column.name: column for column in self.layout.columns}
        return tuple(by_name[name] for name in self.order)

    @property
    def headings(self) -> tuple[str, ...]:
        """The headings in printed order."""
        return tuple(column.heading for column in self.columns)

    @property
    def examples(self) -> tuple[tuple[str, ...], ...]:
        """Two rows in printed order."""
        return tuple(tuple(row.get(name, "") for name in self.order) for row in EXAMPLES[self.layout.code])


def _plain(layout: layouts.Layout, code: str, *, kinds: tuple[str, ...] = ("xlsx", "csv")) -> Sheet:
    return Sheet(code, layout.name, layout, layout.names, kinds)


_SUBJECT: Final = re.compile(r"sub(\d+)")
_SUBJECTS_PRINTED: Final = ("1", "2")
_NAD_PRINTED: Final = tuple(
    name for name in layouts.NAD.names if (found := _SUBJECT.match(name)) is None or found[1] in _SUBJECTS_PRINTED
)
#: The bank's own first, then the exchange template of the present generation, the first one, and other countries'.
SHEETS: Final = (
    _plain(layouts.CREDITBANK, "creditbank-1", kinds=("xlsx", "csv", "parquet")),
    Sheet(templates.SECOND.code, layouts.OWN_COURSES.name, layouts.OWN_COURSES, templates.SECOND.order),
    _plain(layouts.CONVERSIONS, "conversions-2"),
    _plain(layouts.CERTIFICATES, "certificates-2"),
    Sheet(
        templates.FIRST.code,
        Text("本校课程成绩（第一代）", "Own courses (first generation)"),
        layouts.OWN_COURSES,
        templates.FIRST.order,
    ),
    Sheet("nad-abc", layouts.NAD.name, layouts.NAD, _NAD_PRINTED, ("csv",)),
)


@dataclass(frozen=True, slots=True)
class SheetGuide:
    """Every sheet that the bank reads, and the code lists by our name of the column."""

    sheets: tuple[Sheet, ...]
    lists: Mapping[str, tuple[codes.Code, ...]]
    notes: Mapping[str, Text]

    def file(self, name: str, kind: str, *, language: str) -> bytes | None:
        """Return a template as a file: empty, or with two rows where `-example` follows the code; None for no such."""
        code = name.removesuffix(EXAMPLE)
        sheet = next((each for each in self.sheets if each.code == code and kind in each.kinds), None)
        if sheet is None:
            return None
        rows = sheet.examples if name != code else ()
        if kind == "csv":
            return _as_text(sheet.headings, rows)
        if kind == "parquet":
            return _as_parquet(sheet, rows)
        return _as_workbook(self, sheet, rows, language=language)

    def heading(self, name: str) -> Text:
        """Return the heading over a column that has a code list."""
        [column] = [column for column in layouts.CREDITBANK.columns if column.name == name]
        return Text(column.heading, column.english)


def sheet_guide(units: Iterable[UnitDetails]) -> SheetGuide:
    """Return the guide to the sheets that the bank reads; `units` are those of the framework."""
    kinds = tuple(codes.Code(None, kind.value, name.zh, name.en) for kind, name in KIND_NAMES.items())
    counted = tuple(codes.Code(None, each.unit.code, each.name.zh, each.name.en) for each in units)
    return SheetGuide(sheets=SHEETS, lists={"kind": kinds, **codes.LISTS, "unit": counted}, notes=layouts.NOTES)


def _as_text(headings: tuple[str, ...], rows: tuple[tuple[str, ...], ...]) -> bytes:
    text = StringIO()
    csv.writer(text).writerows([headings, *rows])
    return decoding.BOM + text.getvalue().encode()


def _as_parquet(sheet: Sheet, rows: tuple[tuple[str, ...], ...]) -> bytes:
    """Return a table with our machine names as columns, all of text."""
    cells = [[cell or None for cell in row] for row in rows]
    content = BytesIO()
    pl.DataFrame(cells, schema=dict.fromkeys(sheet.order, pl.String), orient="row").write_parquet(content)
    return content.getvalue()


def _as_workbook(guide: SheetGuide, sheet: Sheet, rows: tuple[tuple[str, ...], ...], *, language: str) -> bytes:
    """Return a workbook: the sheet, all of text so that no number loses digits, and the code lists to choose from."""
    english = language == "en"
    book = Workbook()
    page, lists = book.active, book.create_sheet("Codes" if english else "代码表")
    assert isinstance(page, Worksheet)
    page.title = "Data" if english else "数据"
    page.append(sheet.headings)
    for row in rows:
        page.append([cell or None for cell in row])
    page.freeze_panes = "A2"
    ranges = _write_lists(lists, guide, language=language)
    for place, column in enumerate(sheet.columns, 1):
        letter = get_column_letter(place)
        page.column_dimensions[letter].number_format = "@"
        page.column_dimensions[letter].width = _WIDTH
        page.cell(1, place).font = Font(bold=column.required)
        chosen = ranges.get(column.name.removeprefix("source_").removeprefix("target_"))
        if chosen is not None:
            validation = DataValidation(type="list", formula1=chosen, allow_blank=True, showErrorMessage=False)
            validation.add(f"{letter}2:{letter}{_VALIDATED_ROWS}")
            page.add_data_validation(validation)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def _write_lists(page: Worksheet, guide: SheetGuide, *, language: str) -> dict[str, str]:
    """Write every code list in two columns and return where the codes of each stand."""
    ranges = {}
    for number, (name, entries) in enumerate(guide.lists.items()):
        place = 2 * number + 1
        letter = get_column_letter(place)
        page.cell(1, place, guide.heading(name).zh).font = Font(bold=True)
        page.column_dimensions[get_column_letter(place + 1)].width = _WIDTH
        for line, code in enumerate(entries, 2):
            page.cell(line, place, code.current)
            page.cell(line, place + 1, code.en if language == "en" else code.zh)
        ranges[name] = f"='{page.title}'!${letter}$2:${letter}${len(entries) + 1}"
    return ranges
