"""Reading a file that was handed in: from its bytes to blocks of trimmed text in our own columns, never as a whole."""

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from io import BytesIO
from itertools import chain, islice
from typing import Final, Literal

import polars as pl

from creditbank.database.ahead import ahead
from creditbank.deposits.intake import columns, errors, layouts, templates
from creditbank.deposits.types import Renaming
from creditbank.kernel.sheets import columnar, errors as sheet_errors, packed, panics, workbook
from creditbank.kernel.sheets.pieces import Pieces
from creditbank.kernel.sheets.source import Source

ROWS_MAX: Final = 10_000_000
BLOCK_ROWS: Final = 250_000
SEPARATORS: Final = (",", "\t", ";")
#: As many as the widest layout prints, with what universities add to it; `workbook` looks no further than 104.
COLUMNS_MAX: Final = 1_100

_SEPARATOR: Final = re.compile("[,\t;]")
_LINE_MAX: Final = 64 * 1024
_LINE_SHOWN: Final = 4096
_CELLS_BEYOND_SEEN: Final = 8
_EXCEL_DATE: Final = r"^(\d{4})-(\d{2})-\d{2} \d{2}:\d{2}:\d{2}$"
_MONTHS: Final = frozenset({"obtained", "source_obtained", "target_obtained"})
_PARQUET: Final = b"PAR1"


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table that is open for reading: what its headings say, and its rows, to be gone through once.

    `headings` belong to the columns `raw_00`, `raw_01`, ... of the blocks, empty where a column has none; `names` are
    ours for them, of the `layout`, by its own headings or a school's `renaming`; `title` is what stands above them;
    `rows_expected` is a guess.
    """

    headings: tuple[str, ...]
    kind: Literal["xlsx", "csv", "parquet"]
    title: str | None
    rows_expected: int
    text: Pieces | None
    names: tuple[str | None, ...]
    layout: layouts.Layout
    renaming: Renaming | None
    _grids: Iterator[pl.DataFrame]
    _header: int
    _columns: tuple[str, ...]
    _rows_max: int

    @property
    def encoding(self) -> str | None:
        """What a text table is encoded in, for certain once all blocks are read; nothing for a workbook."""
        return None if self.text is None else self.text.encoding

    def blocks(self) -> Iterator[pl.DataFrame]:
        """Yield the rows under the headings, at most 250,000 at a time.

        Columns: `row` (as the spreadsheet numbers it, from 1, headings and titles counted), ours as trimmed text (null
        when empty or not in the file), `cells_beyond` (text in cells without a heading, of CSV only) and the raw ones
        as they stood. Our text may be categories, the same in each block. Blank rows are left out. Refused: no
        row at all, or more than are taken.
        """
        offset, found, known = 0, 0, {name: columns.Tidied() for name in self.names if name and self._as_categories()}
        for grid in self._grids:
            for start in range(0, grid.height, BLOCK_ROWS):
                part = grid.slice(start, BLOCK_ROWS).with_row_index("row", offset=offset + start + 1)
                block = self._block(part.slice(max(0, self._header + 1 - offset - start)), known)
                found += block.height
                if found > self._rows_max:
                    raise errors.TooManyRows(rows=found, limit=self._rows_max)
                if block.height:
                    yield block
            offset += grid.height
        if not found:
            raise errors.FileEmpty

    def _block(self, grid: pl.DataFrame, known: Mapping[str, columns.Tidied]) -> pl.DataFrame:
        raw = grid.select("row", *(pl.col(name).alias(f"raw_{at:02d}") for at, name in enumerate(self._columns)))
        if self.kind == "xlsx":
            raw = _with_months_for_dates(raw, self.names)
        tidy = {
            cells.name: (known.get(name or "") or columns.Tidied()).block(cells)
            for cells, name in zip(raw[:, 1:].iter_columns(), self.names, strict=True)
        }
        ours = {name: tidy[f"raw_{at:02d}"] for at, name in enumerate(self.names) if name}
        empty = pl.Series([None], dtype=pl.String).extend_constant(None, max(0, raw.height - 1)).head(raw.height)
        if not self._as_categories():
            ours = {name: each.cast(pl.String) for name, each in ours.items()}
        texts = [ours.get(name, empty).alias(name) for name in self._named()]
        unnamed = [tidy[f"raw_{at:02d}"].cast(pl.String) for at, heading in enumerate(self.headings) if not heading]
        beyond = _beyond(unnamed if self.kind == "csv" else [], empty)
        block = pl.DataFrame([raw["row"].cast(pl.Int64), *texts, beyond, *raw[:, 1:].iter_columns()])
        if self.renaming is not None:
            block = layouts.said(block, self.renaming)
        if not all(each.null_count() for each in tidy.values()):
            return block
        filled = pl.DataFrame(list(tidy.values())).select(pl.any_horizontal(pl.all().is_not_null()).alias("filled"))
        return block.filter(filled["filled"])

    def _as_categories(self) -> bool:
        """Say whether our text comes as categories; of wide layouts, whose texts are seldom said twice, it does not."""
        return self.layout is layouts.OWN_COURSES and self.renaming is None

    def _named(self) -> tuple[str, ...]:
        """Return our names for the columns of the blocks: all of a sheet, of the widest those that are in the file."""
        return tuple(name for name in self.layout.names if self.layout is not layouts.NAD or name in self.names)


def opened(source: Source, *, renamings: Sequence[Renaming] = (), rows_max: int = ROWS_MAX) -> Sheet:
    """Return the one sheet of a file, of whatever layout; `renamings` are the school's own names for columns.

    Refused, as a whole, here or while the blocks are read: see `errors`. Rows are not judged here.
    """
    inner = packed.inside(source)
    head = inner.head()
    if not head.strip():
        raise errors.FileEmpty
    if workbook.is_workbook(head):
        return _of_workbook(inner, renamings, rows_max=rows_max)
    if head.startswith(_PARQUET):
        return _of_parquet(inner, renamings, rows_max=rows_max)
    return _of_text(inner, renamings, rows_max=rows_max)


def _of_workbook(source: Source, renamings: Sequence[Renaming], *, rows_max: int) -> Sheet:
    """Open the sheet that has the headings, all of them if there is one; other sheets are notes and code lists."""
    book = workbook.opened(source.content(), name=source.name)

    def headed(grid: pl.DataFrame) -> int:
        found = layouts.recognise(_head(grid), renamings)
        return 0 if found is None or found.missing else found.header + 1

    whole = book.table(headed)
    for sheet in book.sheets() if whole is None else [whole]:
        found = layouts.recognise(_head(sheet.first), renamings)
        if found is not None:
            return _sheet(
                sheet.first,
                sheet.grids(),
                found,
                kind="xlsx",
                text=None,
                rows_expected=sheet.height,
                rows_max=rows_max,
            )
    raise _no_header() if any(sheet.is_filled(0) for sheet in book.sheets()) else errors.FileEmpty


def _of_parquet(source: Source, renamings: Sequence[Renaming], *, rows_max: int) -> Sheet:
    """Open a columnar file: the names of its columns are its headings, whatever types it has are read as text."""
    content = source.content()
    try:
        with panics.refused(name=source.name):
            table = pl.scan_parquet(BytesIO(content))
            names = table.collect_schema().names()
            height = int(table.select(pl.len()).collect().item())
    except pl.exceptions.PolarsError:
        raise sheet_errors.NotASpreadsheet(name=source.name) from None
    if len(names) > COLUMNS_MAX:
        raise errors.TooManyColumns(limit=COLUMNS_MAX)
    heads = pl.DataFrame([names], schema=dict.fromkeys(names, pl.String), orient="row")
    found = layouts.recognise(heads.rows(), renamings)
    if found is None:
        raise _no_header()
    grids = columnar.grids(content, name=source.name)
    return _sheet(
        heads, chain([heads], grids), found, kind="parquet", text=None, rows_expected=height, rows_max=rows_max
    )


def _of_text(source: Source, renamings: Sequence[Renaming], *, rows_max: int) -> Sheet:
    text = Pieces(source)
    pieces = iter(text)
    first = next((piece for piece in pieces if piece.strip()), None)
    if first is None:
        raise errors.FileEmpty
    try:
        separator, widest = _shape(list(_first_lines(first.decode())), renamings)
    except csv.Error:
        raise sheet_errors.CellsUnreadable from None
    grids = (_grid(piece, separator=separator, widest=widest) for piece in ahead(chain([first], pieces)))
    grid = next(grids)
    found = layouts.recognise(_head(grid), renamings)
    if found is None:
        raise _no_header()
    expected = grid.height * source.size // max(1, len(first))
    return _sheet(grid, chain([grid], grids), found, kind="csv", text=text, rows_expected=expected, rows_max=rows_max)


def _grid(piece: bytes, *, separator: str, widest: int) -> pl.DataFrame:
    """Cut a piece of text into cells."""
    schema = {f"column_{number}": pl.String for number in range(widest + _CELLS_BEYOND_SEEN)}
    try:
        return pl.read_csv(
            piece,
            has_header=False,
            schema=schema,
            separator=separator,
            infer_schema=False,
            missing_columns="insert",
            extra_columns="ignore",  # of the first row of a piece; of the others:
            truncate_ragged_lines=True,
        )
    except pl.exceptions.NoDataError:
        return pl.DataFrame(schema=schema)
    except pl.exceptions.ComputeError:
        raise sheet_errors.CellsUnreadable from None


def _first_lines(text: str) -> Iterator[str]:
    """Yield the lines among which the headings are, of one without end only the beginning."""
    start = 0
    for _ in range(layouts.ROWS_SEARCHED * 2):
        end = text.find("\n", start)
        line = text[start : end if end >= 0 else len(text)]
        yield line if len(line) < _LINE_MAX else _shortened(line)
        if end < 0:
            return
        start = end + 1


def _shortened(line: str) -> str:
    """Return how a line of enormous cells begins, and of the rest whether it is far too wide."""
    rest = islice(_SEPARATOR.finditer(line, _LINE_SHOWN), COLUMNS_MAX)
    return line[:_LINE_SHOWN].replace('"', "") + "".join(found[0] for found in rest)


def _shape(lines: list[str], renamings: Sequence[Renaming]) -> tuple[str, int]:
    """Return the separator, by which most headings are found, and how many cells the widest line has.

    Refused: lines far wider than the template.
    """
    separator = max(SEPARATORS, key=partial(_headings_found, lines, renamings))
    widest = max(len(cells) for cells in _cut(lines, separator))
    if widest > COLUMNS_MAX:
        raise errors.TooManyColumns(limit=COLUMNS_MAX)
    return separator, widest


def _cut(lines: list[str], separator: str) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=separator)


def _headings_found(lines: list[str], renamings: Sequence[Renaming], separator: str) -> int:
    found = layouts.recognise(list(_cut(lines, separator)), renamings)
    return 0 if found is None else sum(name is not None for name in found.names)


def _head(grid: pl.DataFrame) -> list[tuple[str | None, ...]]:
    return grid.head(layouts.ROWS_SEARCHED).rows()


def _no_header() -> errors.NoHeader:
    wanted = "、".join(column.heading for column in templates.COLUMNS if column.required)
    return errors.NoHeader(rows=layouts.ROWS_SEARCHED, columns=wanted)


def _sheet(
    first: pl.DataFrame,
    grids: Iterator[pl.DataFrame],
    found: layouts.Recognised,
    *,
    kind: Literal["xlsx", "csv", "parquet"],
    text: Pieces | None,
    rows_expected: int,
    rows_max: int,
) -> Sheet:
    # A file of refused rows comes back with the bank's own last column, which says nothing about the rows.
    headings = {
        column: heading
        for column, cell in zip(first.columns, first.row(found.header), strict=True)
        if not templates.is_reason(heading := (cell or "").strip())
    }
    if found.missing:
        raise errors.ColumnMissing(columns="、".join(found.missing))
    if found.twice:
        raise errors.ColumnTwice(columns="、".join(found.twice))
    names = dict(zip(first.columns, found.names, strict=True))
    return Sheet(
        headings=tuple(headings.values()),
        kind=kind,
        title=_title(first, found.header),
        rows_expected=rows_expected,
        text=text,
        names=tuple(names[column] for column in headings),
        layout=found.layout,
        renaming=found.renaming,
        _grids=grids,
        _header=found.header,
        _columns=tuple(headings),
        _rows_max=rows_max,
    )


def _with_months_for_dates(raw: pl.DataFrame, names: tuple[str | None, ...]) -> pl.DataFrame:
    """Write days that Excel made of months as the months they were: the template asks for yyyyMM."""
    months = [f"raw_{at:02d}" for at, name in enumerate(names) if name in _MONTHS]
    return raw.with_columns(pl.col(months).str.replace(_EXCEL_DATE, "${1}${2}"))


def _beyond(cells: list[pl.Series], empty: pl.Series) -> pl.Series:
    """Return what stands in cells without a heading: a comma in a text without quotation marks pushes it there."""
    filled = [each for each in cells if each.null_count() < len(each)]
    if not filled:
        return empty.alias("cells_beyond")
    together = pl.concat_str(pl.all(), separator=", ", ignore_nulls=True)
    return pl.DataFrame(filled).select(pl.when(together != "").then(together).alias("cells_beyond"))["cells_beyond"]


def _title(grid: pl.DataFrame, header: int) -> str | None:
    above = (cell.strip() for row in grid.head(header).rows() for cell in row if cell)
    return next((cell for cell in above if cell), None)
