"""Rows that are taken by columns come out as they would one by one."""

from datetime import date

import polars as pl
import pytest
from hypothesis import given, strategies as st

from creditbank.enrolments import lists, students
from creditbank.enrolments.types import EXAMPLE, ListKind
from tests.rooms.learners.people import document

TODAY = date(2026, 11, 22)
GOOD = {
    "学号": "202400001",
    "姓名": "王海",
    "身份证号": document(1).number,
    "专业": "护理",
    "层次": "本科",
    "类别": "普通",
    "入学年份": "2024",
    "班级": "护理2403",
    "状态": "在籍",
}
X_AT_THE_END = next(number for n in range(40) if (number := document(n).number).endswith("X"))
OTHERS = {
    "学号": ["", " 1", "２０２４", "1.2E+17", "1E+17", "'=1", "a-1", "1" * 41, None],
    "姓名": ["", "王 海", "买买提•依明", "王1", "㐂子", "王" * 61, EXAMPLE["姓名"], None],
    "身份证号": [
        X_AT_THE_END,
        X_AT_THE_END.lower(),
        document(1).number[:17] + "0",
        document(1, born=date(2027, 1, 1)).number,
        document(1, born=date(1879, 1, 1)).number,
        document(2).number.replace("19950308", "19950230"),
        "99" + document(1).number[2:],
        "830199199503080010",
        "E12345678",
        EXAMPLE["身份证号"],
        "",
    ],
    "专业": ["", "法学（师范）", "专" * 101, "Ａ", None],
    "层次": ["85", "20", "博士后", ""],
    "类别": ["321", "普高", "其他", ""],
    "入学年份": ["", "2024级", "2024年", "1948", "2028", "２０２４", "去年", None],
    "班级": ["", "班" * 61, "一班 ", None],
    "状态": ["", "毕业", "在校", "在家", None],
}
CELLS = st.fixed_dictionaries({name: st.sampled_from([GOOD[name]] * 12 + OTHERS[name]) for name in GOOD})


def read(rows):
    table = lists.Table(ListKind.STUDENTS, "csv", list(GOOD), len(rows), iter([]), 0)
    numbered = [(number, list(row.values())) for number, row in enumerate(rows, start=2)]
    return lists.read(table, lists.Block(last=len(rows) + 1, rows=numbered), today=TODAY)


@given(st.lists(CELLS, max_size=12))
def test_rows_by_columns_are_as_rows_one_by_one(rows):
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(students, "plain", lambda cells, **_: pl.Series([False] * cells.height, dtype=pl.Boolean))
        one_by_one, refused = read(rows)
    by_columns, refused_too = read(rows)
    assert by_columns.equals(one_by_one)
    assert refused_too == refused


def test_a_plain_row_is_looked_at_by_columns_only(monkeypatch):
    monkeypatch.delattr(lists, "_row")
    found, refused = read([GOOD, GOOD | {"身份证号": X_AT_THE_END}, GOOD])
    assert found["row"].to_list() == [2, 3]
    assert refused == {4: "twice"}
    assert found.row(0, named=True)["level_code"] == "85"


def test_a_row_with_something_elsewhere_is_no_empty_row():
    table = lists.Table(ListKind.STUDENTS, "csv", [*GOOD, "备注"], 1, iter([]), 0)
    rows = [(2, [""] * 9), (3, [*[""] * 9, "待定"]), (4, [])]
    found, refused = lists.read(table, lists.Block(last=4, rows=rows), today=TODAY)
    assert found.is_empty()
    assert list(refused) == [3]
