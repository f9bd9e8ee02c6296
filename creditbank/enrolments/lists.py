"""Reading a school's list of students: XLSX or CSV, its header found, each row kept or refused with a reason."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice
from typing import Final, Literal

import polars as pl

from creditbank.enrolments.errors import ListTooLong, ListUnreadable
from creditbank.enrolments.told import CATEGORIES, LEVELS, REASONS, SAME, SAME_MORE, STATUSES
from creditbank.enrolments.types import EXAMPLE, EnrolmentRow, RefusedRow, Status
from creditbank.kernel.documents import Document, kind_by_form, read as read_document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import decoding, workbook
from creditbank.kernel.sheets.errors import CellsUnreadable
from creditbank.kernel.sheets.writing import REASON_HEADING, written
from creditbank.kernel.text import name_key, person_name

ROWS_MAX: Final = 50_000
HEADER_ROWS: Final = 5
YEAR_MIN: Final = 1949
COLUMNS: Final = tuple(EXAMPLE)
EXAMPLE_TOLD: Final = ("学号", "姓名", "身份证号")
SEPARATORS: Final = (",", ";", "\t")
UNPACKED_BYTES_MAX: Final = 100 * 1024 * 1024
FILE: Final = "名册"
NEEDED: Final = frozenset({"学号", "姓名", "身份证号"})
# What is written so that a spreadsheet takes it for text: by people, and by the bank in a file of refused rows.
_APOSTROPHE: Final = re.compile(r"^'(?=[=+\-@0-9])")
Cells = dict[str, str]
Numbered = tuple[int, Sequence[str | None]]
Kind = Literal["xlsx", "csv"]


@dataclass(frozen=True, slots=True)
class ListRow:
    """One row of a list that can be taken, if the account has the same name."""

    row: int
    name: str
    name_key: str
    document: Document
    student_number: str
    major: str
    level_code: str
    category_code: str
    entry_year: int | None
    class_name: str
    status: Status | None

    def enrolment(self, learner_id: int) -> EnrolmentRow:
        """Return what the row tells of the learner's enrolment."""
        return EnrolmentRow(
            learner_id=learner_id,
            student_number=self.student_number,
            major=self.major,
            level_code=self.level_code,
            category_code=self.category_code,
            class_name=self.class_name,
            entry_year=self.entry_year,
            status=self.status,
        )


class RowRefused(Exception):  # noqa: N818  # carries a reason within this file
    """A cell of a row cannot be taken."""


def refusal(reason: str, *, row: int) -> RefusedRow:
    """Return a refused row with its sentences."""
    column, zh, en = REASONS[reason]
    return RefusedRow(row=row, column=column, code=f"enrolments.row.{reason}", zh=zh, en=en)


def read(content: bytes, *, today: date) -> tuple[list[ListRow], list[RefusedRow]]:
    """Return the rows that can be taken and those that cannot; empty rows are passed over.

    Refused as a whole: no table, no header in the first five rows, too many rows, empty ones counted.
    """
    kept: list[ListRow] = []
    refused: list[RefusedRow] = []
    seen: set[tuple[object, ...]] = set()
    for number, cells in _cells(content):
        try:
            row = _row(number, cells, today)
        except RowRefused as reason:
            refused.append(refusal(str(reason), row=number))
            continue
        key = (row.document, row.name_key, row.student_number, row.major, row.level_code, row.category_code)
        if key in seen:
            refused.append(refusal("twice", row=number))
        else:
            seen.add(key)
            kept.append(row)
    return kept, refused


def refused_file(content: bytes, reasons: Mapping[int, str], *, language: str) -> tuple[bytes, Kind]:
    """Return the rows with these numbers as a list of the same columns with their reasons last, and its kind.

    The list is one that `read` has read; the file may be read again as it is.
    """
    headings, rows = _found(content)
    used = [place for place, heading in enumerate(headings) if heading and heading not in REASON_HEADING.values()]
    lines = [
        [*(values[place] if place < len(values) else None for place in used), reasons[number]]
        for number, values in rows
        if number in reasons
    ]
    frame = pl.DataFrame(lines, schema=dict.fromkeys(map(str, range(len(used) + 1)), pl.String), orient="row")
    kind: Kind = "xlsx" if workbook.is_workbook(content) else "csv"
    return written([headings[place] for place in used], frame, language=language, kind=kind), kind


def _cells(content: bytes) -> Iterator[tuple[int, Cells]]:
    """Yield the number of each row in the file and its cells by column."""
    headings, rows = _found(content)
    header = _header(headings)
    for number, values in rows:
        texts = [_text(value) for value in values]
        if any(texts):
            yield number, {name: texts[place] if place < len(texts) else "" for place, name in header.items()}


def _found(content: bytes) -> tuple[list[str], Iterator[Numbered]]:
    """Return the headings as they stand and the rows under them; the first sheet with the header counts."""
    for table in _tables(content):
        rows = iter(enumerate(table, start=1))
        for number, values in islice(rows, HEADER_ROWS):
            headings = [_text(value) for value in values]
            if _header(headings):
                return headings, _body(rows, number)
    raise ListUnreadable


def _header(headings: Sequence[str]) -> dict[int, str]:
    """Return the column in each place, or nothing where these are not the headings."""
    named = {place: SAME.get(text) or SAME_MORE.get(text) or text for place, text in enumerate(headings)}
    return {place: text for place, text in named.items() if text in COLUMNS} if set(named.values()) >= NEEDED else {}


def _body(rows: Iterator[Numbered], above: int) -> Iterator[Numbered]:
    for number, values in rows:
        if number - above > ROWS_MAX:
            raise ListTooLong(rows=f"{ROWS_MAX}+", limit=ROWS_MAX)
        yield number, values


def _tables(content: bytes) -> Iterator[Iterable[Sequence[str | None]]]:
    """Yield the tables of a file as rows of text, none of it in memory twice. Refused: what is no table."""
    if workbook.is_workbook(content):
        for grid in workbook.opened(content, name=FILE, unpacked_max=UNPACKED_BYTES_MAX).grids():
            yield grid.iter_rows()
        return
    text, _encoding = decoding.decoded(content, name=FILE)
    head = "\n".join(text.splitlines()[:HEADER_ROWS])
    separator = max(SEPARATORS, key=head.count)
    yield _lines(text, separator)


def _lines(text: str, separator: str) -> Iterator[Sequence[str]]:
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error:
        raise CellsUnreadable from None


def _text(value: str | None) -> str:
    text = unicodedata.normalize("NFKC", value or "").replace("\0", "").strip()
    return _APOSTROPHE.sub("", text)


def _row(number: int, cells: Cells, today: date) -> ListRow:
    """Return the row, or raise the first reason against it, in the order of the columns."""
    if tuple(cells.get(name, "") for name in EXAMPLE_TOLD) == tuple(EXAMPLE[name] for name in EXAMPLE_TOLD):
        raise RowRefused("example")
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
        name=shown,
        name_key=key,
        document=document,
        student_number=cells["学号"],
        major=cells["专业"],
        level_code=LEVELS[level],
        category_code=CATEGORIES[category],
        entry_year=int(cells["入学年份"][:4]) if cells.get("入学年份") else None,
        class_name=cells.get("班级", ""),
        status=STATUSES[cells.get("状态", "")],
    )


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
