"""Sheets for the tests of the intake: one good row, varied, and written as the files people upload."""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO, StringIO
from pathlib import Path

import polars as pl
from openpyxl import Workbook

from creditbank.deposits.intake import checks, reading, templates
from creditbank.kernel.documents import check_digit
from creditbank.kernel.sheets import source

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


@dataclass(frozen=True)
class Whole:
    """A sheet that was read to its end, blocks put together."""

    frame: pl.DataFrame
    headings: tuple[str, ...]
    kind: str
    encoding: str | None
    title: str | None
    template: str
    content: bytes = field(repr=False)

    @property
    def rows(self) -> int:
        return self.frame.height

    @property
    def sheet(self) -> reading.Sheet:
        """The same sheet, open at its beginning."""
        return opened(self.content)


@dataclass(frozen=True)
class Checked:
    """The rows apart, with the sentences of the refused ones."""

    kept: pl.DataFrame
    duplicates: pl.DataFrame
    refused: pl.DataFrame


def opened(content: bytes, *, name: str = "t", rows_max: int = reading.ROWS_MAX) -> reading.Sheet:
    return reading.opened(source.of_bytes(content, name=name), rows_max=rows_max)


def read(content: bytes, *, name: str = "t", rows_max: int = reading.ROWS_MAX) -> Whole:
    found = opened(content, name=name, rows_max=rows_max)
    frame = pl.concat(block.cast({pl.Categorical: pl.String}) for block in found.blocks())
    raw = [column for column in frame.columns if column.startswith("raw_")]
    unused = {column for column, heading in zip(raw, found.headings, strict=True) if not heading}
    unused &= {column for column in raw if frame[column].null_count() == frame.height}
    headings = tuple(heading for column, heading in zip(raw, found.headings, strict=True) if column not in unused)
    frame = frame.drop(unused)
    judged = checks.judge(frame, today=TODAY)
    template = templates.generation(found.names, first_codes=judged.first, current_codes=judged.current)
    return Whole(frame, headings, found.kind, found.encoding, found.title, template.code, content)


def check_rows(frame: pl.DataFrame) -> Checked:
    judged = checks.judge(frame, today=TODAY)
    settled = checks.settle(judged.kept.wide(), judged.failing)
    told = checks.refusals(settled.failing).drop("column").rename({"heading": "column"})
    return Checked(settled.kept, settled.duplicates, told)


def sheet(*rows: Mapping[str, str | None]) -> Whole:
    return read(as_csv(table(*rows)), name="rows.csv")


def check(*rows: Mapping[str, str | None]) -> Checked:
    return check_rows(sheet(*rows).frame)


def codes_of(refused: pl.DataFrame) -> list[str]:
    return [code.removeprefix("deposits.row.") for code in refused["code"]]
