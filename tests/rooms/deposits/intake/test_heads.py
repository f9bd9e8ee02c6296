"""The headings of a file that was not recognised are shown, and nobody who may be in it."""

import pytest

from creditbank.deposits.intake import heads
from creditbank.deposits.intake.heads import head_in, head_of, masked
from creditbank.kernel.sheets.errors import NotASpreadsheet
from creditbank.kernel.sheets.source import of_bytes
from tests.rooms.deposits.intake.sheets import as_csv, as_xlsx

TABLE = [
    ["二〇二六届成绩册"],
    ["学员", "证件", "科目", "分值"],
    ["张辉", "110199196907210509", "物流管理基础", "85.5"],
    ["李 明", "310199199001010018", "C语言", "优"],
]


@pytest.mark.parametrize("content", [as_csv(TABLE), as_csv(TABLE, separator="\t", encoding="gb18030"), as_xlsx(TABLE)])
def test_headings_are_found_below_a_title(content: bytes) -> None:
    head = head_of(of_bytes(content, name="a"))
    assert head is not None
    assert head.headings == ("学员", "证件", "科目", "分值")
    assert head.samples[0] == ("张*", "11****************", "物*****", "85.5")
    assert head.samples[1] == ("李 明", "31****************", "C语*", "优")


def test_a_file_without_headings_gives_none() -> None:
    assert head_in([("张辉", "110199196907210509", "物流", "85"), ("李明", "310199199001010018", "英语", "90")]) is None


def test_a_file_of_titles_gives_none() -> None:
    assert head_in([("成绩册", None, None), (None, None, None)]) is None


def test_what_is_no_table_is_refused() -> None:
    with pytest.raises(NotASpreadsheet):
        head_of(of_bytes(b"%PDF-1.7", name="a.pdf"))


@pytest.mark.parametrize(
    ("cell", "shown"),
    [
        ("欧阳小明", "欧***"),
        ("Asha Example", "As** Ex*****"),
        ("13900000001", "13*********"),
        ("", ""),
        ("2026-06", "20**-06"),
        ("a" * 200, "aa" + "*" * (heads.CELL_MAX - 2)),
    ],
)
def test_of_every_word_the_beginning_is_shown(cell: str, shown: str) -> None:
    assert masked(cell) == shown
