"""Tables of texts as an XLSX workbook, both ways: headings, drop-down lists, nothing that is a formula or a macro."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, datetime
from io import BytesIO
from itertools import islice
from typing import Any, Final
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile, ZipFile

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._read_only import ReadOnlyWorksheet
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from creditbank.conversion.rules.sheets.layout import SHEETS, Sheet
from creditbank.conversion.rules.sheets.marks import Cells, Faults, Row, letter

BYTES_MAX: Final = 5_000_000
UNPACKED_MAX: Final = 20_000_000
ROWS_MAX: Final = 5_000
COLUMNS_MAX: Final = 200
"""Further right nothing is looked at: a single cell far out would else become millions of empty ones."""
HEADINGS: Final = 2
"""So many rows stand above the first row of texts."""
_TEXT: Final = "@"
_LIST_MAX: Final = 255
_GREY: Final = Font(color="808080", italic=True)
_BOLD: Final = Font(bold=True)
_SHADE: Final = PatternFill("solid", fgColor="EEF2F5")


def workbook(tables: Sequence[tuple[Sheet, Iterable[Cells]]], offered: Mapping[str, Sequence[str]]) -> bytes:
    """Return a workbook with a sheet for each table; `offered` are words to choose from, by the key of a column."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet, rows in tables:
        page = book.create_sheet(sheet.name)
        _head(page, sheet)
        for number, cells in enumerate(rows, start=HEADINGS + 1):
            for at, column in enumerate(sheet.columns, start=1):
                if cells.get(column.key):
                    _write(page.cell(row=number, column=at), cells[column.key])
        _offer(page, sheet, offered)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def tables(content: bytes, faults: Faults) -> dict[str, list[Row]]:
    """Return the rows of the six sheets by the name of the sheet; what cannot be read is a fault."""
    stopped = _refused(content)
    if stopped is not None:
        faults.at("", 0, "", stopped)
        return {}
    try:
        return _read(content, faults)
    except (BadZipFile, InvalidFileException, ParseError, KeyError, ValueError, OSError):
        faults.at("", 0, "", "not_a_workbook")
        return {}


def _read(content: bytes, faults: Faults) -> dict[str, list[Row]]:
    book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
    found: dict[str, list[Row]] = {}
    for sheet in SHEETS:
        page = book[sheet.name] if sheet.name in book.sheetnames else None
        if isinstance(page, ReadOnlyWorksheet):
            found[sheet.name] = list(_rows(page, sheet, faults))
        else:
            faults.at(sheet.name, 0, "", "sheet_missing", it=sheet.name)
    return found


def _refused(content: bytes) -> str | None:
    """Return the code of what keeps the file from being opened at all: no workbook, too large, with macros."""
    if len(content) > BYTES_MAX:
        return "too_large"
    try:
        with ZipFile(BytesIO(content)) as archive:
            entries = archive.infolist()
    except BadZipFile:
        return "not_a_workbook"
    if any(entry.filename.lower().endswith(("vbaproject.bin", ".vba")) for entry in entries):
        return "macro"
    return "too_large" if sum(entry.file_size for entry in entries) > UNPACKED_MAX else None


def _head(page: Worksheet, sheet: Sheet) -> None:
    for at, column in enumerate(sheet.columns, start=1):
        for row, text, font in ((1, column.zh, _BOLD), (2, column.en, _GREY)):
            _write(page.cell(row=row, column=at), text)
            page.cell(row=row, column=at).font = font
            page.cell(row=row, column=at).fill = _SHADE
        page.column_dimensions[letter(at)].width = 60 if column.key in {"zh", "en", "more", "courses"} else 18
    page.freeze_panes = f"B{HEADINGS + 1}"


def _write(cell: Any, text: str) -> None:  # noqa: ANN401 - a cell, or what openpyxl calls one
    """Write a text that no office program takes for a formula, a number or a date."""
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.number_format = _TEXT
    cell.quotePrefix = True
    cell.alignment = Alignment(wrap_text=True, vertical="top")


def _offer(page: Worksheet, sheet: Sheet, offered: Mapping[str, Sequence[str]]) -> None:
    for at, column in enumerate(sheet.columns, start=1):
        words = column.choices or offered.get(column.key, ())
        listed = ",".join(words)
        if not words or len(listed) > _LIST_MAX or any('"' in word or "," in word for word in words):
            continue
        choice = DataValidation(type="list", formula1=f'"{listed}"', allow_blank=True)
        choice.add(f"{letter(at)}{HEADINGS + 1}:{letter(at)}{ROWS_MAX}")
        page.add_data_validation(choice)


def _rows(page: ReadOnlyWorksheet, sheet: Sheet, faults: Faults) -> Iterator[Row]:
    """Yield the rows of texts; what the file says of its own size is not believed, it is read as a stream."""
    page.reset_dimensions()
    lines = page.iter_rows(max_col=COLUMNS_MAX)  # type: ignore[misc]  # the stubs know it of whole sheets alone
    places = _places(list(islice(lines, HEADINGS)), sheet, faults)
    for number, line in enumerate(lines, start=HEADINGS + 1):
        if number > ROWS_MAX + HEADINGS:
            faults.at(sheet.name, ROWS_MAX + HEADINGS, "", "too_large")
            return
        cells: dict[str, str] = {}
        for key, at in places.items():
            text = _text(line[at - 1], sheet, faults) if at <= len(line) else ""
            if text:
                cells[key] = text
        if cells:
            yield Row(sheet, number, cells)


def _places(head: Sequence[Sequence[Any]], sheet: Sheet, faults: Faults) -> dict[str, int]:
    """Return where each column stands, found by its Chinese or English heading, wherever somebody moved it."""
    first = head[0] if head else ()
    headings = {str(cell.value).strip(): at for at, cell in reversed(list(enumerate(first, start=1))) if cell.value}
    found: dict[str, int] = {}
    for column in sheet.columns:
        at = headings.get(column.zh, headings.get(column.en))
        if at is None:
            faults.at(sheet.name, 1, "", "column_missing", it=column.zh)
        else:
            found[column.key] = at
    return found


def _text(cell: Any, sheet: Sheet, faults: Faults) -> str:  # noqa: ANN401 - merged cells have a type of their own
    """Return what a cell says as text, numbers and dates in the form of documents; formulas and errors are faults."""
    if cell.value is None or getattr(cell, "data_type", "") not in {"f", "e"}:
        return _plain(cell.value)
    code = "formula" if cell.data_type == "f" else "error"
    faults.at(sheet.name, cell.row, cell.column_letter, code, it=str(cell.value))
    return ""


def _plain(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value).replace("\r\n", "\n").replace("_x000D_", "").strip()
