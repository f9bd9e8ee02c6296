"""Reading a list of people, block by block: XLSX or CSV, its header found, each row kept or refused with a reason."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain, islice
from typing import Final, Literal, NamedTuple

import polars as pl

from creditbank.enrolments.errors import ListTooLong, ListUnreadable
from creditbank.enrolments.told import CATEGORIES, LEVELS, REASONS, SAME, SAME_MORE, STATUSES
from creditbank.enrolments.types import EXAMPLE, TAKEOVER_EXAMPLE, ListKind, RefusedRow
from creditbank.kernel.documents import Document, kind_by_form, read as read_document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.ids import is_foreign_number
from creditbank.kernel.sheets import packed, workbook
from creditbank.kernel.sheets.errors import CellsUnreadable
from creditbank.kernel.sheets.pieces import Pieces
from creditbank.kernel.sheets.source import Source
from creditbank.kernel.sheets.writing import REASON_HEADING, written_in_pieces
from creditbank.kernel.text import name_key, person_name

ROWS_MAX: Final = 30_000_000
BLOCK_ROWS: Final = 25_000
PIECE_BYTES: Final = 8 * 1024 * 1024
HEADER_ROWS: Final = 5
YEAR_MIN: Final = 1949
EXAMPLES: Final = {ListKind.STUDENTS: EXAMPLE, ListKind.TAKEOVER: TAKEOVER_EXAMPLE}
#: The columns without which a list is none; in the example of its template they say what nobody's row says.
NEEDED: Final = {ListKind.STUDENTS: ("学号", "姓名", "身份证号"), ListKind.TAKEOVER: ("账号", "姓名", "身份证号")}
#: Where a number has a reason of its own against the same fault in the other kind of list.
IN_TAKEOVER: Final = {"example": "alias_example", "twice": "alias_twice"}
SEPARATORS: Final = (",", ";", "\t")
# What is written so that a spreadsheet takes it for text: by people, and by the bank in a file of refused rows.
DAY_MIN: Final = date(2000, 1, 1)
_DAY: Final = re.compile(r"([0-9]{4})[-/.年]?([0-9]{1,2})[-/.月]?([0-9]{1,2})日?(?: 00:00:00)?")
_APOSTROPHE: Final = re.compile(r"^'(?=[=+\-@0-9])")
Cells = dict[str, str]
Numbered = tuple[int, Sequence[str | None]]
Form = Literal["xlsx", "csv"]
SCHEMAS: Final = {
    ListKind.STUDENTS: {
        "row": pl.Int64,
        **dict.fromkeys(("person_name", "name_key", "document_kind", "document_number"), pl.String),
        **dict.fromkeys(("student_number", "major", "level_code", "category_code"), pl.String),
        "entry_year": pl.Int16,
        **dict.fromkeys(("class_name", "status"), pl.String),
    },
    ListKind.TAKEOVER: {
        "row": pl.Int64,
        **dict.fromkeys(("number", "person_name", "document_kind", "document_number"), pl.String),
        "since": pl.Date,
    },
}
#: What makes two rows of a list the same.
SAME_ROW: Final = {
    ListKind.STUDENTS: [
        *("document_kind", "document_number", "name_key"),
        *("student_number", "major", "level_code", "category_code"),
    ],
    ListKind.TAKEOVER: ["number", "document_kind", "document_number", "person_name"],
}


class ListRow(NamedTuple):
    """One row of a list that can be taken, if the account has the same name."""

    row: int
    person_name: str
    name_key: str
    document_kind: str
    document_number: str
    student_number: str
    major: str
    level_code: str
    category_code: str
    entry_year: int | None
    class_name: str
    status: str | None


class AliasRow(NamedTuple):
    """One row of a list of another bank's accounts."""

    row: int
    number: str
    person_name: str
    document_kind: str
    document_number: str
    since: date | None


class RowRefused(Exception):  # noqa: N818  # carries a reason within this file
    """A cell of a row cannot be taken."""


def refusal(reason: str, *, row: int) -> RefusedRow:
    """Return a refused row with its sentences."""
    column, zh, en = REASONS[reason]
    return RefusedRow(row=row, column=column, code=f"enrolments.row.{reason}", zh=zh, en=en)


@dataclass(frozen=True, slots=True)
class Block:
    """Some rows of a list, in their order; `last` is the number of the last row in the file that belongs to them."""

    last: int
    rows: list[Numbered]


@dataclass(frozen=True, slots=True)
class Table:
    """A list that is open for reading: its headings as they stand, and its rows, to be gone through once.

    `expected` is a guess of how many rows the file has.
    """

    kind: ListKind
    form: Form
    headings: list[str]
    expected: int
    _grids: Iterator[Iterable[Sequence[str | None]]]
    _above: int

    def blocks(self) -> Iterator[Block]:
        """Yield the rows under the headings. Refused on the way: what cannot be decoded or cut, too many rows."""
        number = 0
        for grid in self._grids:
            rows = iter(grid)
            while chunk := list(islice(rows, BLOCK_ROWS)):
                found = list(enumerate(chunk, start=number + 1))
                number += len(chunk)
                if number - self._above > ROWS_MAX:
                    raise ListTooLong(rows=f"{ROWS_MAX}+", limit=ROWS_MAX)
                yield Block(last=number, rows=[each for each in found if each[0] > self._above])

    def columns(self) -> dict[int, str]:
        """Return our column in each place."""
        return _header(self.headings, self.kind)


def opened(source: Source, kind: ListKind) -> Table:
    """Return the list that a file holds; of a workbook the sheet with the headings.

    Refused: what is no table, one without the headings in its first five rows; several sheets with rows.
    """
    inner = packed.inside(source)
    if workbook.is_workbook(inner.head()):
        book = workbook.opened(inner.content(), name=source.name)
        sheet = book.table(lambda each: _above(each.head(HEADER_ROWS).iter_rows(), kind))
        if sheet is None:
            raise ListUnreadable(columns="、".join(NEEDED[kind]))
        above = _above(sheet.first.head(HEADER_ROWS).iter_rows(), kind)
        headings = [_text(value) for value in sheet.first.row(above - 1)]
        return Table(kind, "xlsx", headings, sheet.height, (grid.iter_rows() for grid in sheet.grids()), above)
    return _of_text(inner, kind)


def _of_text(source: Source, kind: ListKind) -> Table:
    pieces = iter(Pieces(source, most=PIECE_BYTES))
    first = next(pieces, b"").decode()
    head = "\n".join(first.splitlines()[:HEADER_ROWS])
    separator = max(SEPARATORS, key=head.count)
    above = _above(islice(_lines(first, separator), HEADER_ROWS), kind)
    if not above:
        raise ListUnreadable(columns="、".join(NEEDED[kind]))
    headings = [_text(value) for value in next(islice(_lines(first, separator), above - 1, None))]
    expected = first.count("\n") * source.size // max(1, len(first.encode()))
    grids = (_lines(piece, separator) for piece in chain([first], (piece.decode() for piece in pieces)))
    return Table(kind, "csv", headings, expected, grids, above)


def _above(rows: Iterable[Sequence[str | None]], kind: ListKind) -> int:
    """Return in which row the headings stand, 0 where in none."""
    for number, values in enumerate(rows, start=1):
        if _header([_text(value) for value in values], kind):
            return number
    return 0


def _header(headings: Sequence[str], kind: ListKind) -> dict[int, str]:
    """Return the column in each place, or nothing where these are not the headings."""
    named = {place: SAME.get(text) or SAME_MORE.get(text) or text for place, text in enumerate(headings)}
    wanted = EXAMPLES[kind]
    found = {place: text for place, text in named.items() if text in wanted}
    return found if set(found.values()) >= set(NEEDED[kind]) else {}


def read(table: Table, block: Block, *, today: date) -> tuple[pl.DataFrame, dict[int, str]]:
    """Return the rows that can be taken, in their order, and the reason against each other row.

    They have the columns of `ListRow` or `AliasRow`. Empty rows are passed over.
    """
    header = table.columns()
    found: list[ListRow | AliasRow] = []
    refused: dict[int, str] = {}
    for number, values in block.rows:
        texts = [_text(value) for value in values]
        if not any(texts):
            continue
        cells = {name: texts[place] if place < len(texts) else "" for place, name in header.items()}
        try:
            _check_example(cells, table.kind)
            found.append(
                _row(number, cells, today) if table.kind is ListKind.STUDENTS else _alias(number, cells, today)
            )
        except RowRefused as reason:
            refused[number] = str(reason)
    every = pl.DataFrame(found, schema=SCHEMAS[table.kind], orient="row")
    first = every.select(pl.struct(SAME_ROW[table.kind]).is_first_distinct()).to_series()
    refused |= dict.fromkeys(every.filter(~first)["row"], "twice")
    if table.kind is ListKind.TAKEOVER:
        refused = {number: IN_TAKEOVER.get(reason, reason) for number, reason in refused.items()}
    return every.filter(first), refused


def kept_cells(table: Table, block: Block, refused: Mapping[int, str]) -> pl.DataFrame:
    """Return the refused rows of a block as they stood: `row`, `reason`, and a column for each that has a heading."""
    places = used(table.headings)
    lines = [
        [number, refused[number], *(values[place] if place < len(values) else None for place in places)]
        for number, values in block.rows
        if number in refused
    ]
    schema = {"row": pl.Int64, "reason": pl.String} | {f"cell_{place:03}": pl.String for place in places}
    return pl.DataFrame(lines, schema=schema, orient="row")


def used(headings: Sequence[str]) -> list[int]:
    """Return the places that have a heading, those of the bank's own last column left out."""
    return [place for place, heading in enumerate(headings) if heading and heading not in REASON_HEADING.values()]


def refused_file(
    headings: Sequence[str], frames: Iterable[pl.DataFrame], *, form: Form, language: str
) -> Iterator[bytes]:
    """Yield rows that `kept_cells` kept as a file of the same columns, reasons last; it may be read again."""
    sentences = {reason: said[2 if language == "en" else 1] for reason, said in REASONS.items()}
    blocks = (
        frame.select(
            *(name for name in frame.columns if name.startswith("cell_")),
            pl.col("reason").replace_strict(sentences, return_dtype=pl.String),
        )
        for frame in frames
    )
    return written_in_pieces([headings[place] for place in used(headings)], blocks, language=language, kind=form)


def _lines(text: str, separator: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise CellsUnreadable from None


def _text(value: str | None) -> str:
    if not value:
        return ""
    text = value if value.isascii() else unicodedata.normalize("NFKC", value)
    text = text.replace("\0", "").strip()
    return _APOSTROPHE.sub("", text) if text.startswith("'") else text


def _check_example(cells: Cells, kind: ListKind) -> None:
    if all(cells[name] == EXAMPLES[kind][name] for name in NEEDED[kind]):
        raise RowRefused("example")


def _row(number: int, cells: Cells, today: date) -> ListRow:
    """Return the row, or raise the first reason against it, in the order of the columns."""
    shown, key, document = _person(cells, today)
    level, category = cells.get("层次", ""), cells.get("类别", "")
    checks = (
        ("student_number_damaged", not workbook.is_damaged(cells["学号"])),
        ("student_number", 0 < len(cells["学号"]) <= 40),  # noqa: PLR2004  # the column's width
        ("major", 0 < len(cells.get("专业", "")) <= 100),  # noqa: PLR2004  # same
        ("level", level in LEVELS),
        ("category", category in CATEGORIES),
        ("entry_year", not cells.get("入学年份") or _is_year(cells["入学年份"], today)),
        ("class_name", len(cells.get("班级", "")) <= 60),  # noqa: PLR2004  # same
        ("status", cells.get("状态", "") in STATUSES),
    )
    for reason, fits in checks:
        if not fits:
            raise RowRefused(reason)
    return ListRow(
        row=number,
        person_name=shown,
        name_key=key,
        document_kind=document.kind.value,
        document_number=document.number,
        student_number=cells["学号"],
        major=cells["专业"],
        level_code=LEVELS[level],
        category_code=CATEGORIES[category],
        entry_year=int(cells["入学年份"][:4]) if cells.get("入学年份") else None,
        class_name=cells.get("班级", ""),
        status=STATUSES[cells.get("状态", "")],
    )


def _alias(number: int, cells: Cells, today: date) -> AliasRow:
    """Return the row of another bank's account, or raise the first reason against it."""
    account = "".join(cells["账号"].upper().split())
    if workbook.is_damaged(cells["账号"]) or not is_foreign_number(account):
        raise RowRefused("alias")
    shown, _key, document = _person(cells, today)
    told = cells.get("开户日期", "")
    since = _day(told)
    if told and (since is None or not DAY_MIN <= since <= today):
        raise RowRefused("since")
    return AliasRow(number, account, shown, document.kind.value, document.number, since)


def _day(text: str) -> date | None:
    found = _DAY.fullmatch(text)
    if found is None:
        return None
    try:
        return date(*(int(part) for part in found.groups()))
    except ValueError:
        return None


def _person(cells: Cells, today: date) -> tuple[str, str, Document]:
    try:
        shown = person_name(cells["姓名"])
    except Refusal:
        raise RowRefused("name") from None
    if workbook.is_damaged(cells["身份证号"]):
        raise RowRefused("document_damaged")
    try:
        document = read_document(kind_by_form(cells["身份证号"]), cells["身份证号"], today=today)
    except Refusal:
        raise RowRefused("document") from None
    return shown, name_key(shown), document


def _is_year(text: str, today: date) -> bool:
    return re.fullmatch(r"[0-9]{4}(年|级)?", text) is not None and YEAR_MIN <= int(text[:4]) <= today.year + 1
