"""Sheets for the tests of the intake: one good row, varied, and written as the files people upload."""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl
from openpyxl import Workbook

from creditbank.deposits.intake import checks, reading, templates
from creditbank.kernel.documents import check_digit

FORMATS = Path(__file__).parents[3] / "data" / "formats"
TODAY = date(2026, 11, 22)
GOOD: dict[str, str | None] = {
    "person_name": "张辉",
    "document": "110199196907210509",
    "major": "物流管理",
    "course": "物流管理基础",
    "level_code": "86",
    "category_code": "321",
    "credits": "2.5",
    "hours": "40",
    "grade": "85.5",
    "obtained": "202606",
    "cohort": "2026",
    "outcome_code": "1261",
    "season_code": "1321",
    "remark": None,
    "student_number": "2024060816",
}


def resident(first17: str) -> str:
    return first17 + check_digit(first17)


def headings(names: Sequence[str] = templates.NAMES) -> list[str]:
    return [templates.HEADING[name] for name in names]


def table(*rows: Mapping[str, str | None]) -> list[list[str | None]]:
    """The headings and one line for each row, which states only what differs from the good one."""
    return [[*headings()], *([{**GOOD, **row}[name] for name in templates.NAMES] for row in rows)]


def as_csv(lines: Sequence[Sequence[object]], *, separator: str = ",", encoding: str = "utf-8") -> bytes:
    text = StringIO()
    csv.writer(text, delimiter=separator).writerows(lines)
    return text.getvalue().encode(encoding)


def as_xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = Workbook()
    for number, lines in enumerate(sheets):
        page = book.active if number == 0 else book.create_sheet()
        assert page is not None
        for line in lines:
            page.append(list(line))
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def sheet(*rows: Mapping[str, str | None]) -> reading.Sheet:
    return reading.read(as_csv(table(*rows)), name="rows.csv")


def check(*rows: Mapping[str, str | None]) -> checks.Checked:
    return checks.check_rows(sheet(*rows).frame, today=TODAY)


def codes_of(refused: pl.DataFrame) -> list[str]:
    return [code.removeprefix("deposits.row.") for code in refused["code"]]
