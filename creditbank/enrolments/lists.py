"""Reading a school's list of students: XLSX or CSV, its header found, each row kept or refused with a reason."""

import csv
import io
import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final
from zipfile import BadZipFile

from openpyxl import load_workbook

from creditbank.enrolments.errors import ListTooLong, ListUnreadable
from creditbank.enrolments.types import CATEGORY_NAMES, LEVEL_NAMES, STATUS_NAMES, EnrolmentRow, RefusedRow, Status
from creditbank.kernel.documents import Document, DocumentKind, read as read_document
from creditbank.kernel.errors import Refusal
from creditbank.kernel.text import name_key, person_name

ROWS_MAX: Final = 50_000
HEADER_ROWS: Final = 5
YEAR_MIN: Final = 1949
COLUMNS: Final = ("学号", "姓名", "身份证号", "专业", "层次", "类别", "入学年份", "班级", "状态")
NEEDED: Final = frozenset({"学号", "姓名", "身份证号"})
SAME: Final = {
    "专业名称": "专业",
    "教育层次": "层次",
    "教育层次代码": "层次",
    "教育类别": "类别",
    "教育类别代码": "类别",
}
SAME_MORE: Final = {"证件号码": "身份证号", "入学年": "入学年份", "学籍状态": "状态"}
FIRST_CODES: Final = {"20": "85", "21": "86", "22": "783", "23": "784"}
FIRST_CATEGORY_CODES: Final = {"30": "321", "31": "322", "32": "1221", "33": "1381", "34": "1421"}
SHORT_CATEGORIES: Final = {"成人": "321", "普通": "322", "普高": "322", "网络": "1221", "中职": "1381", "自考": "1421"}
LEVELS: Final = {name.zh: code for code, name in LEVEL_NAMES.items()} | {c: c for c in LEVEL_NAMES} | FIRST_CODES
CATEGORIES: Final = (
    {name.zh: code for code, name in CATEGORY_NAMES.items()}
    | {code: code for code in CATEGORY_NAMES}
    | FIRST_CATEGORY_CODES
    | SHORT_CATEGORIES
)
STATUSES: Final = {name.zh: status for status, name in STATUS_NAMES.items()} | {"": None, "在校": Status.REGISTERED}
REASONS: Final = {
    "student_number": (
        "学号",
        "没有填学号，或超过40个字符。补填后再传这一行。",
        "The student number is missing or longer than 40 characters. Fill it in.",
    ),
    "name": (
        "姓名",
        "姓名读不出来：应有1至60个字，不含数字。照证件改正。",
        "The name cannot be read: 1 to 60 characters, no digits. Correct it by the document.",
    ),
    "document": (
        "身份证号",
        "身份证号位数、日期或校验位不对。照证件逐位核对。",
        "Length, date or check digit of the number is wrong. Compare every digit with the document.",
    ),
    "major": (
        "专业",
        "没有填专业，或超过100个字。补填后再传这一行。",
        "The major is missing or longer than 100 characters. Fill it in.",
    ),
    "level": (
        "层次",
        "层次不在代码表里。改为本科、专科、专升本或高起本。",
        "The level is not in the code list. Use 本科, 专科, 专升本 or 高起本.",
    ),
    "category": (
        "类别",
        "类别不在代码表里。改为成人、普通、网络、中职或自考。",
        "The category is not in the code list. Use 成人, 普通, 网络, 中职 or 自考.",
    ),
    "entry_year": (
        "入学年份",
        "入学年份不是年份。填四位数字，如2024。",
        "The entry year is not a year. Write four digits, such as 2024.",
    ),
    "class_name": (
        "班级",
        "班级超过60个字。改短后再传这一行。",
        "The class has more than 60 characters. Shorten it.",
    ),
    "status": (
        "状态",
        "状态不在代码表里。改为在籍、休学、毕业、结业或肄业。",
        "The status is not in the code list. Use 在籍, 休学, 毕业, 结业 or 肄业.",
    ),
    "twice": (
        "学号",
        "同一人同一学籍在名册里出现过。留一行，删去这一行。",
        "The same enrolment of the same person stands above. Keep one row.",
    ),
    "name_differs": (
        "姓名",
        "这个身份证号已有账户，登记的姓名不同。照证件核对，确是改名的请到网点更正。",
        "This number has an account under another name. Compare them; a change of name is entered at an outlet.",
    ),
}
Cells = dict[str, str]


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

    Refused as a whole: neither XLSX nor CSV, no header in the first five rows, too many rows.
    """
    kept: list[ListRow] = []
    refused: list[RefusedRow] = []
    seen: set[tuple[object, ...]] = set()
    for number, cells in _cells(content):
        if len(kept) + len(refused) >= ROWS_MAX:
            raise ListTooLong(rows=f"{ROWS_MAX}+", limit=ROWS_MAX)
        try:
            row = _row(number, cells, today)
        except RowRefused as reason:
            refused.append(refusal(str(reason), row=number))
            continue
        key = (row.document, row.student_number, row.major, row.level_code, row.category_code)
        if key in seen:
            refused.append(refusal("twice", row=number))
        else:
            seen.add(key)
            kept.append(row)
    return kept, refused


def _cells(content: bytes) -> Iterator[tuple[int, Cells]]:
    """Yield the number of each row in the file and its cells by column."""
    header: dict[int, str] = {}
    for number, values in enumerate(_table(content), start=1):
        texts = [_text(value) for value in values]
        if not header:
            named = {place: SAME.get(text) or SAME_MORE.get(text) or text for place, text in enumerate(texts)}
            if set(named.values()) >= NEEDED:
                header = {place: text for place, text in named.items() if text in COLUMNS}
            elif number >= HEADER_ROWS:
                break
            continue
        if any(texts):
            yield number, {name: texts[place] if place < len(texts) else "" for place, name in header.items()}
    if not header:
        raise ListUnreadable


def _table(content: bytes) -> Iterator[Sequence[object]]:
    if content[:2] == b"PK":
        try:
            book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        except (BadZipFile, KeyError, ValueError, OSError) as unreadable:
            raise ListUnreadable from unreadable
        yield from book.worksheets[0].iter_rows(values_only=True)
        return
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        yield from csv.reader(io.StringIO(text, newline=""))
        return
    raise ListUnreadable


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return unicodedata.normalize("NFKC", str(value)).strip()


def _row(number: int, cells: Cells, today: date) -> ListRow:
    """Return the row, or raise the first reason against it, in the order of the columns."""
    shown, key, document = _person(cells, today)
    level, category = cells.get("层次", ""), cells.get("类别", "")
    checks = (
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
    try:
        document = read_document(DocumentKind.RESIDENT_ID, cells["身份证号"], today=today)
    except Refusal:
        raise RowRefused("document") from None
    return shown, name_key(shown), document


def _is_year(text: str, today: date) -> bool:
    return re.fullmatch(r"[0-9]{4}(年|级)?", text) is not None and YEAR_MIN <= int(text[:4]) <= today.year + 1
