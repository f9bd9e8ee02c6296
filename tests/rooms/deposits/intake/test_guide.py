"""The templates that the bank gives out are the ones it reads."""

from datetime import date
from io import BytesIO
from itertools import product

import polars as pl
import pytest
from openpyxl import load_workbook

from creditbank.deposits.intake import codes, layouts
from creditbank.deposits.intake.guide import SHEETS, Sheet, sheet_guide
from creditbank.framework.queries import unit_details
from creditbank.kernel import credits as amounts, dates, documents, grades

TODAY = date(2026, 11, 22)
GUIDE = sheet_guide(unit_details())
FILES = [(sheet, kind) for sheet in SHEETS for kind in sheet.kinds]


def cells(name: str, kind: str, language: str = "zh") -> list[tuple[str | None, ...]]:
    content = GUIDE.file(name, kind, language=language)
    assert content is not None
    if kind == "parquet":
        table = pl.read_parquet(BytesIO(content))
        return [tuple(table.columns), *table.rows()]
    if kind == "csv":
        table = pl.read_csv(content, has_header=False, infer_schema=False)
        return table.rows()
    return pl.read_excel(BytesIO(content), has_header=False, infer_schema_length=0).rows()


@pytest.mark.parametrize(("sheet", "kind"), FILES, ids=lambda each: getattr(each, "code", each))
def test_every_template_is_recognised_as_what_it_is(sheet: Sheet, kind: str) -> None:
    for name in (sheet.code, f"{sheet.code}-example"):
        found = layouts.recognise(cells(name, kind))
        assert found is not None
        assert (found.layout, found.missing, found.twice) == (sheet.layout, (), ())
        assert found.names == sheet.order


@pytest.mark.parametrize("sheet", SHEETS, ids=lambda sheet: sheet.code)
def test_the_examples_are_good_rows(sheet: Sheet) -> None:
    rows = [dict(zip(sheet.order, row, strict=True)) for row in sheet.examples]
    schema = {"row": pl.Int64, **dict.fromkeys(sheet.order, pl.String)}
    frame = pl.DataFrame(
        [{"row": at, **{k: v or None for k, v in row.items()}} for at, row in enumerate(rows, 2)], schema
    )
    items = sheet.layout.items(frame)
    assert items.height >= 2
    for item in items.rows(named=True):
        assert [name for name in sheet.layout.needs[item["role"]] if not item[name]] == []
        assert item["kind"] in {kind.current for kind in GUIDE.lists["kind"]}
        dates.parse(item["obtained"])
        grades.parse(item["grade"] or "")
        if item["credits"]:
            assert amounts.Amount.parse(item["credits"], amounts.Unit(1, "", amounts.UnitKind.POINTS)).hundredths > 0
        if item["document"]:
            found = documents.read(documents.DocumentKind.RESIDENT_ID, item["document"], today=TODAY)
            assert found.number[4:6] == "99"  # a county that does not exist
        for name, entries in codes.LISTS.items():
            assert item[name] is None or item[name] in codes.to_current(entries)


@pytest.mark.parametrize(
    ("sheet", "language"), list(product(SHEETS[:4], ("zh", "en"))), ids=lambda each: getattr(each, "code", each)
)
def test_a_workbook_keeps_digits_and_offers_the_codes(sheet: Sheet, language: str) -> None:
    content = GUIDE.file(sheet.code, "xlsx", language=language)
    assert content is not None
    book = load_workbook(BytesIO(content))
    data, lists = book.worksheets
    assert {data.column_dimensions[letter].number_format for letter in ("A", "B")} == {"@"}
    assert "321" in {str(cell.value) for column in lists.columns for cell in column}
    offered = {validation.formula1 for validation in data.data_validations.dataValidation}
    assert offered
    assert all(formula.startswith(f"='{lists.title}'!") for formula in offered)


def test_what_is_no_template_is_none() -> None:
    assert GUIDE.file("other", "csv", language="zh") is None
    assert GUIDE.file("nad-abc", "parquet", language="zh") is None
    assert GUIDE.file("own-courses-2", "exe", language="zh") is None


def test_every_column_of_the_own_template_is_explained() -> None:
    assert set(layouts.CREDITBANK.names) == set(GUIDE.notes)
    assert all(note.zh and note.en for note in GUIDE.notes.values())
