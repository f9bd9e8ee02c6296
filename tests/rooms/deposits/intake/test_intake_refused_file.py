"""The file of refused rows can be mended and sent in again, and it is never a danger to the one who opens it."""

from io import BytesIO
from typing import Literal

import openpyxl
import polars as pl
import pytest
from hypothesis import given, settings, strategies as st

from creditbank.deposits.intake import refused_file
from tests.rooms.deposits.intake.sheets import (
    GOOD,
    Checked,
    Whole,
    as_csv,
    as_xlsx,
    check_rows,
    codes_of,
    headings,
    read,
    sheet,
    table,
)
from tests.rooms.deposits.intake.test_intake_checks import BAD

Kind = Literal["xlsx", "csv"]


def written(found: Whole, refused: pl.DataFrame, *, language: str, kind: Kind) -> bytes:
    """Return the file in one piece."""
    pieces = refused_file.in_pieces(
        found.sheet,
        lambda first, last: refused.filter(pl.col("row").is_between(first, last)),
        again=lambda: found.sheet,
        language=language,
        kind=kind,
    )
    return b"".join(pieces)


def again(content: bytes) -> tuple[Whole, Checked]:
    found = read(content, name="refused")
    return found, check_rows(found.frame)


@pytest.mark.parametrize("kind", ["xlsx", "csv"])
def test_refused_rows_come_back_as_they_stood(kind: Kind) -> None:
    lines: list[list[str | None]] = [
        ["标题"],
        *([line[-1], "x", *line[:-1]] for line in table({}, {"credits": "三", "course": " 课 程 "})),
    ]
    lines[1][1] = "班级"
    first = read(as_csv(lines), name="t")
    refused = check_rows(first.frame).refused

    second, rechecked = again(written(first, refused, language="zh", kind=kind))

    assert second.headings == ("学号", "班级", *headings()[:-1])
    assert second.rows == 1
    assert second.frame.select("course", "raw_01").row(0) == ("课 程", "x")
    assert codes_of(rechecked.refused) == ["credits_malformed"]


def test_the_reason_stands_last_and_gives_the_remedy() -> None:
    first = sheet({"grade": "50", "cohort": "x"})
    refused = check_rows(first.frame).refused

    book = openpyxl.load_workbook(BytesIO(written(first, refused, language="zh", kind="xlsx")))
    page = book.active
    assert page is not None
    lines = list(page.iter_rows(values_only=True))
    assert lines[0] == (*headings(), "退回原因")
    assert lines[1][-1] == "成绩50没有及格。不及格的课程不存；删去这一行。另有1处。"
    text = written(first, refused, language="en", kind="csv").decode("utf-8-sig")
    assert text.splitlines()[0].endswith(",Reason")
    assert "The grade 50 is not a pass." in text


def test_no_cell_is_a_formula() -> None:
    first = sheet({"remark": "=cmd|' /C calc'!A0", "major": "-A(1)", "grade": "@x(1)"})
    refused = check_rows(first.frame).refused

    book = openpyxl.load_workbook(BytesIO(written(first, refused, language="zh", kind="xlsx")))
    page = book.active
    assert page is not None
    assert {cell.data_type for line in page.iter_rows() for cell in line if cell.value is not None} == {"s"}
    text = written(first, refused, language="zh", kind="csv").decode("utf-8-sig")
    assert ",'=cmd|" in text
    assert ",'-A(1)," in text
    assert ",'@x(1)," in text


def test_digits_lost_in_excel_do_not_come_back_as_real_ones() -> None:
    lines: list[list[object]] = [[*line] for line in table({})]
    lines[1][1] = 110199196907210509
    first = read(as_xlsx(lines), name="t")
    refused = check_rows(first.frame).refused
    assert codes_of(refused) == ["document_scientific"]

    _, rechecked = again(written(first, refused, language="zh", kind="xlsx"))
    assert codes_of(rechecked.refused) == ["document_scientific"]


def test_mended_rows_pass() -> None:
    first = sheet({"credits": "x"}, {"course": "b"})
    refused = check_rows(first.frame).refused
    content = written(first, refused, language="zh", kind="csv").replace(b",x,", b",2.5,")

    _, rechecked = again(content)
    assert rechecked.refused.height == 0
    assert rechecked.kept["course"].to_list() == [GOOD["course"]]


@settings(deadline=None, max_examples=12)
@given(
    rows=st.lists(st.sampled_from([{}, *BAD.values()]), min_size=1, max_size=8), kind=st.sampled_from(["xlsx", "csv"])
)
def test_the_same_rows_are_refused_for_the_same_reasons(rows: list[dict[str, str | None]], kind: Kind) -> None:
    first = sheet(*rows)
    refused = check_rows(first.frame).refused
    if refused.height == 0:
        return
    _, rechecked = again(written(first, refused, language="zh", kind=kind))
    assert rechecked.kept.height == 0
    assert codes_of(rechecked.refused) == codes_of(refused)
