"""Reading an uploaded file: from bytes to a frame of trimmed text in our own columns."""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Literal

import polars as pl

from creditbank.deposits.intake import codes, errors, templates
from creditbank.kernel.sheets import decoding, errors as sheet_errors, packed, workbook

ROWS_MAX = 2_000_000
SEPARATORS = (",", "\t", ";")
COLUMNS_MAX = 104  # as far as `workbook` looks

_LINE_MAX = 64 * 1024
_LINE_SHOWN = 4096
_CELLS_BEYOND_SEEN = 8
_BLANKS = " \t\r\n\v\f\u00a0\u3000"
# Spreadsheets and web pages leave these behind unseen; kernel.text drops the same.
_UNSEEN = r"[\x{00AD}\x{200B}\x{2060}\x{FEFF}]"
_LINE_BREAKS = r"[\r\n\t]+"
# What people and programs write so that Excel takes digits for text: ="110..." and '110...
_KEPT_AS_TEXT = r'^="([^"]*)"$'
_APOSTROPHE = r"^'([=+\-@0-9])"
_UNTIDY = rf"{_UNSEEN}|{_LINE_BREAKS}|^[='\s]|\s$"
_EXCEL_DATE = r"^(\d{4})-(\d{2})-\d{2} \d{2}:\d{2}:\d{2}$"


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file holds.

    `frame` has `row` (as the spreadsheet numbers it, from 1, headings and titles counted), our columns as trimmed
    text (null when empty or not in the file), `cells_beyond` (text in cells without a heading, of CSV only) and
    `raw_00`, `raw_01`, ... as they stood. `headings` belong to the raw columns; `title` is what stands above them.
    """

    frame: pl.DataFrame
    headings: tuple[str, ...]
    template: str
    encoding: str | None
    kind: Literal["xlsx", "csv"]
    title: str | None

    @property
    def rows(self) -> int:
        """How many rows of data there are, blank ones not counted."""
        return self.frame.height


def read(content: bytes, *, name: str, rows_max: int = ROWS_MAX) -> Sheet:
    """Return the one sheet of own courses in a file; the name serves only to be told back.

    Refused, as a whole: see `errors`. Rows are not judged here.
    """
    if not content.strip():
        raise errors.FileEmpty
    content, name = packed.unpacked(content, name=name)
    if not content.strip():
        raise errors.FileEmpty
    if workbook.is_workbook(content):
        return _read_workbook(content, name=name, rows_max=rows_max)
    return _read_text(content, name=name, rows_max=rows_max)


def _read_workbook(content: bytes, *, name: str, rows_max: int) -> Sheet:
    """Read the first sheet that has the headings; other sheets are notes and code lists."""
    for grid in workbook.opened(content, name=name).grids():
        header = templates.header_index(_head(grid))
        if header is not None:
            return _sheet(grid, header, kind="xlsx", encoding=None, rows_max=rows_max)
    raise _no_header()


def _read_text(content: bytes, *, name: str, rows_max: int) -> Sheet:
    text, encoding = decoding.decoded(content, name=name)
    if not text.strip():
        raise errors.FileEmpty
    if "\n" not in text:
        text = text.replace("\r", "\n")  # text files of the first Macs, still a choice in Excel
    try:
        separator, widest = _shape(list(_first_lines(text)))
        grid = pl.read_csv(
            text.encode(),
            has_header=False,
            schema={f"column_{number}": pl.String for number in range(widest + _CELLS_BEYOND_SEEN)},
            separator=separator,
            infer_schema=False,
            missing_columns="insert",
            truncate_ragged_lines=True,
        )
    except (pl.exceptions.ComputeError, csv.Error):
        raise sheet_errors.CellsUnreadable from None
    header = templates.header_index(_head(grid))
    if header is None:
        raise _no_header()
    return _sheet(grid, header, kind="csv", encoding=encoding, rows_max=rows_max)


def _first_lines(text: str) -> Iterator[str]:
    """Yield the lines among which the headings are, of one without end only the beginning."""
    start = 0
    for _ in range(templates.HEADER_ROWS_SEARCHED * 2):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        yield line if len(line) < _LINE_MAX else line[:_LINE_SHOWN].replace('"', "")
        if end < 0:
            return
        start = end + 1


def _shape(lines: list[str]) -> tuple[str, int]:
    """Return the separator, by which most headings are found, and how many cells the widest line has.

    Refused: lines far wider than the template.
    """
    separator = max(SEPARATORS, key=partial(_headings_found, lines))
    widest = max(len(cells) for cells in _cut(lines, separator))
    if widest > COLUMNS_MAX:
        raise errors.TooManyColumns(limit=COLUMNS_MAX)
    return separator, widest


def _cut(lines: list[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator)


def _headings_found(lines: list[str], separator: str) -> int:
    return max(templates.known_headings(cells) for cells in _cut(lines, separator))


def _head(grid: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return grid.head(templates.HEADER_ROWS_SEARCHED).rows()


def _no_header() -> errors.NoHeader:
    wanted = "、".join(column.heading for column in templates.COLUMNS if column.required)
    return errors.NoHeader(rows=templates.HEADER_ROWS_SEARCHED, columns=wanted)


def _sheet(
    grid: pl.DataFrame, header: int, *, kind: Literal["xlsx", "csv"], encoding: str | None, rows_max: int
) -> Sheet:
    # A file of refused rows comes back with the bank's own last column, which says nothing about the rows.
    headings = {
        column: heading
        for column, cell in zip(grid.columns, grid.row(header), strict=True)
        if not templates.is_reason(heading := (cell or "").strip())
    }
    _check_columns([name for heading in headings.values() if (name := templates.recognised(heading))])
    body = _body(grid, header, list(headings), rows_max=rows_max)
    used = {
        column: heading for column, heading in headings.items() if heading or body[column].null_count() < body.height
    }
    raw = body.select("row", *(pl.col(column).alias(f"raw_{place:02d}") for place, column in enumerate(used)))
    if kind == "xlsx":
        raw = _with_months_for_dates(raw, list(used.values()))
    texts = _texts(raw, list(used.values()))
    beyond = [column for column, heading in zip(raw.columns[1:], used.values(), strict=True) if not heading]
    return Sheet(
        frame=raw.select("row")
        .hstack(texts)
        .hstack([_beyond(raw, beyond if kind == "csv" else [])])
        .hstack(raw[:, 1:]),
        headings=tuple(used.values()),
        template=_generation(texts, list(used.values())).code,
        encoding=encoding,
        kind=kind,
        title=_title(grid, header),
    )


def _check_columns(names: list[str]) -> None:
    missing = [column.heading for column in templates.COLUMNS if column.required and column.name not in names]
    if missing:
        raise errors.ColumnMissing(columns="、".join(missing))
    twice = [heading for name, heading in templates.HEADING.items() if names.count(name) > 1]
    if twice:
        raise errors.ColumnTwice(columns="、".join(twice))


def _body(grid: pl.DataFrame, header: int, columns: list[str], *, rows_max: int) -> pl.DataFrame:
    """Return the rows under the headings with their numbers, cells of blanks null and blank rows left out."""
    numbered = grid.with_row_index("row", offset=1).slice(header + 1).select("row", *columns)
    body = numbered.with_columns(
        pl.when(pl.col(column).str.strip_chars(_BLANKS) != "").then(pl.col(column)).alias(column) for column in columns
    ).filter(pl.any_horizontal(pl.col(column).is_not_null() for column in columns))
    if body.height == 0:
        raise errors.FileEmpty
    if body.height > rows_max:
        raise errors.TooManyRows(rows=body.height, limit=rows_max)
    return body


def _with_months_for_dates(raw: pl.DataFrame, headings: list[str]) -> pl.DataFrame:
    """Write days that Excel made of months as the months they were: the template asks for yyyyMM."""
    column = f"raw_{[templates.recognised(heading) for heading in headings].index('obtained'):02d}"
    return raw.with_columns(pl.col(column).str.replace(_EXCEL_DATE, "${1}${2}"))


def _texts(raw: pl.DataFrame, headings: list[str]) -> pl.DataFrame:
    """Return every column of ours as trimmed text, whether or not the file has it."""
    places = {templates.recognised(heading): f"raw_{place:02d}" for place, heading in enumerate(headings)}
    return pl.DataFrame(
        [
            _trimmed(raw[places[name]]).alias(name)
            if name in places
            else pl.Series(name, [None], dtype=pl.String).extend_constant(None, raw.height - 1)
            for name in templates.NAMES
        ]
    )


def _trimmed(cells: pl.Series) -> pl.Series:
    # Most columns of most files need nothing, and one look is cheaper than five replacements.
    if not cells.str.contains(_UNTIDY).any():
        return cells
    text = pl.col("cell").str.replace_all(_UNSEEN, "").str.replace_all(_LINE_BREAKS, " ").str.strip_chars(_BLANKS)
    bare = text.str.replace(_KEPT_AS_TEXT, "${1}").str.replace(_APOSTROPHE, "${1}").str.strip_chars(_BLANKS)
    return pl.DataFrame({"cell": cells}).select(pl.when(bare != "").then(bare).alias("cell"))["cell"]


def _beyond(raw: pl.DataFrame, columns: list[str]) -> pl.Series:
    """Return what stands in cells without a heading: a comma in a text without quotation marks pushes it there."""
    if not columns:
        return pl.Series("cells_beyond", [None], dtype=pl.String).extend_constant(None, raw.height - 1)
    together = pl.concat_str(*columns, separator=", ", ignore_nulls=True)
    return raw.select(pl.when(together != "").then(together).alias("cells_beyond"))["cells_beyond"]


def _generation(texts: pl.DataFrame, headings: list[str]) -> templates.Template:
    first = current = 0
    for name, entries in codes.LISTS.items():
        old = codes.of_first(entries)
        known = texts[name].value_counts().filter(pl.col(name).is_in(list(codes.to_current(entries))))
        for code, count in known.rows():
            first, current = (first + count, current) if code in old else (first, current + count)
    names = [templates.recognised(heading) for heading in headings]
    return templates.generation(names, first_codes=first, current_codes=current)


def _title(grid: pl.DataFrame, header: int) -> str | None:
    above = (cell.strip() for row in grid.head(header).rows() for cell in row if cell)
    return next((cell for cell in above if cell), None)
