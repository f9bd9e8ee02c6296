"""Large sheets are read in pieces, and what comes out is what reading them as a whole gives."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime
from io import BytesIO
from itertools import dropwhile

import openpyxl
import polars as pl
import pytest
from hypothesis import HealthCheck, example, given, settings, strategies as st
from openpyxl.styles import Font
from openpyxl.utils import get_column_letter

from creditbank.kernel.sheets import distinct, errors, plain, shared, streamed, workbook

Rows = list[tuple[str | None, ...]]
MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
SHEET = "xl/worksheets/sheet1.xml"


@contextmanager
def pieces_of(most: int) -> Iterator[None]:
    """Let sheets be read in pieces of so many bytes; of an odd number cells are told apart even if few are the same."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(distinct, "_WORTHWHILE", 1 if most % 2 else 4)
        patch.setattr(streamed, "PIECE_BYTES", most)
        patch.setattr(streamed, "GRID_ROWS", 3)
        patch.setattr(streamed, "_BESIDE", 0)
        patch.setattr(streamed, "_CHUNK", 100)
        yield


def as_xlsx(*sheets: Sequence[Sequence[object]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.active)
    for lines in sheets:
        page = book.create_sheet()
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line, start=1):
                if value == "bold":  # a cell that looks in a way of its own and holds nothing
                    page.cell(row, column).font = Font(bold=True)
                elif value is not None:
                    page.cell(row, column, value)
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def with_rows(rows: str, *, texts: Sequence[str] = ("甲", "乙"), head: str = f'<worksheet xmlns="{MAIN}">') -> bytes:
    """A workbook whose one sheet is written by hand."""
    held = "".join(f"<si><t>{text}</t></si>" for text in texts)
    return with_sheet(f"{head}<sheetData>{rows}</sheetData></worksheet>", f'<sst xmlns="{MAIN}">{held}</sst>')


def with_sheet(sheet: str, texts: str = "<sst/>") -> bytes:
    changed = {SHEET: sheet, "xl/sharedStrings.xml": texts}
    content = BytesIO()
    with zipfile.ZipFile(BytesIO(as_xlsx([[1]]))) as given, zipfile.ZipFile(content, "w") as book:
        for name in dict.fromkeys([*given.namelist(), *changed]):
            book.writestr(name, changed.get(name) or given.read(name))
    return content.getvalue()


def grids(content: bytes) -> list[tuple[str, Rows]]:
    found = workbook.opened(content, name="t").sheets()
    return [(sheet.title, filled(pl.concat(sheet.grids()))) for sheet in found]


def filled(grid: pl.DataFrame) -> Rows:
    """The rows without what is empty behind the last, and to the left and the right of all."""
    columns = [name for name in grid.columns if grid[name].null_count() < grid.height]
    if not columns:
        return []
    first, last = grid.columns.index(columns[0]), grid.columns.index(columns[-1])
    rows = grid[:, first : last + 1].rows()
    return list(dropwhile(lambda row: not any(row), reversed(rows)))[::-1]


def streams(content: bytes, *, most: int = 300) -> bool:
    with pieces_of(most):
        return bool(workbook.opened(content, name="t").found.large)


def same(content: bytes, *, most: int = 300) -> Rows:
    """The rows of the only sheet, which come out the same in both ways."""
    [(_, whole)] = grids(content)
    with pieces_of(most):
        [(_, found)] = grids(content)
    assert found == whole
    return found


CELLS = st.one_of(
    st.none(),
    st.just("bold"),
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), max_size=12).filter(
        lambda text: not text.startswith("=")
    ),
    st.sampled_from(['a r="B2" b', "<row r='1'>", "</row>", "]]>", "<!-- x -->", "110199196907210509", "=1+1", " "]),
    st.integers(-(10**9), 10**9),
    st.just(110199196907210509),
    st.floats(allow_nan=False, allow_infinity=False),
    st.booleans(),
    st.dates(date(1990, 1, 1), date(2030, 1, 1)),
    st.datetimes(datetime(1990, 1, 1), datetime(2030, 1, 1)).map(lambda when: when.replace(microsecond=0)),  # noqa: DTZ001
)
LINES = st.lists(st.lists(CELLS, max_size=30), max_size=25)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LINES, min_size=1, max_size=3), st.integers(1, 4000))
@example([[["姓名"], [], [], ["甲"]]], 1)
@example([[[], [None, "b"], [None, 1], ["a"]]], 50)
def test_sheets_come_out_of_pieces_as_they_come_out_whole(sheets: list[list[list[object]]], most: int) -> None:
    content = as_xlsx(*sheets)
    whole = grids(content)
    with pieces_of(most):
        assert grids(content) == whole


WRITTEN = st.sampled_from(
    [
        '<c r="{0}" t="s"><v>1</v></c>',
        '<c r="{0}" s="0" t="s"><v>0</v></c>',
        '<c r="{0}" t="inlineStr"><is><t>内 文</t></is></c>',
        '<c r="{0}" t="inlineStr"><is><r><rPr><b/></rPr><t>内</t></r><r><t>文</t></r></is></c>',
        '<c r="{0}"><f>A1*2</f><v>2.5</v></c>',
        '<c r="{0}" t="str"><f>"a"</f><v>a</v></c>',
        '<c r="{0}" t="b"><v>0</v></c>',
        '<c r="{0}" t="e"><v>#DIV/0!</v></c>',
        '<c r="{0}"><v>1.10199196907210E+17</v></c>',
        '<c r="{0}" s="0"/>',
        '<c r="{0}"></c>',
        "\n  ",
    ]
)
NUMBERED = st.dictionaries(st.integers(1, 60), st.dictionaries(st.integers(1, 104), WRITTEN, max_size=8), max_size=20)


@settings(deadline=None, max_examples=150)
@given(NUMBERED, st.integers(1, 3000))
def test_whatever_cells_a_sheet_has_where_they_come_out_of_pieces_in_their_places(
    sheet: dict[int, dict[int, str]], most: int
) -> None:
    rows = (
        f'<row r="{row}">{"".join(line[at].format(f"{get_column_letter(at)}{row}") for at in sorted(line))}</row>'
        for row, line in sorted(sheet.items())
    )
    content = with_rows("".join(rows))
    whole = grids(content)
    with pieces_of(most):
        assert grids(content) == whole


@pytest.mark.parametrize("most", [300, 301])
def test_a_plain_sheet_is_read_in_pieces_and_keeps_its_kinds_of_cells(most: int) -> None:
    kinds = (
        '<c r="B{0}" t="s"><v>1</v></c><c r="C{0}" t="inlineStr"><is><t>文</t></is></c><c r="D{0}"><v>2.50</v></c>'
        '<c r="AA{0}" t="str"><f>1&amp;"b"</f><v>1b</v></c><c r="AB{0}"><f>1+1</f><v>2</v></c>'
        '<c r="AC{0}" t="b"><v>1</v></c><c r="AD{0}"><v>110199196907210509</v></c><c r="AE{0}" t="e"><v>#N/A</v></c>'
    )
    rows = "".join(f'<row r="{row}" spans="1:9">{kinds.format(row)}</row>' for row in (*range(2, 30), 40))
    content = with_rows(rows)

    assert streams(content)
    found = same(content, most=most)
    assert len(found) == 40
    assert [cell for cell in found[1] if cell] == ["乙", "文", "2.5", "1b", "2", "true", "1.10199196907210E+17"]
    assert found[30] == (None,) * len(found[1])


def test_pieces_begin_where_rows_do_and_all_grids_have_the_same_columns() -> None:
    content = as_xlsx([[None, "a", "b"], *([None, None, number] for number in range(200)), [], [], ["left"]])
    with pieces_of(500):
        [sheet] = workbook.opened(content, name="t").sheets()
        found = list(sheet.grids())
    assert len(found) > 10
    assert {tuple(grid.columns) for grid in found} == {tuple(found[0].columns)}
    assert sheet.height == sum(grid.height for grid in found) == 204


def test_what_many_cells_hold_is_read_once() -> None:
    line = '<c r="A{0}" t="s"><v>{1}</v></c><c r="B{0}"/><c r="C{0}" s="0"><v>2.5</v></c>'
    rows = "".join(f'<row r="{row}">{line.format(row, row % 3)}</row>' for row in range(5, 25)).encode()
    found = distinct.distinct(rows, plain.cells(rows))
    assert found is not None
    shared = [b' t="s"><v>%d</v></c>' % number for number in range(3)]
    assert sorted(found.written) == sorted([*shared, b"/>", b' s="0"><v>2.5</v></c>'])
    assert [found.written[mark] for mark in found.marks[:3]] == [shared[2], b"/>", b' s="0"><v>2.5</v></c>']


def test_texts_within_their_cells_are_read_as_they_are() -> None:
    cell = '<c r="A{0}" t="inlineStr"><is><t>' + "a" * 30 + "</t></is></c>"
    rows = "".join(f'<row r="{row}">{cell.format(row)}</row>' for row in range(1, 9)).encode()
    assert distinct.distinct(rows, plain.cells(rows)) is None


def test_cells_whose_row_ends_in_another_way_are_read_as_they_are() -> None:
    rows = b"".join(b'<row r="%d"><c r="A%d"><v>1</v></c></row>\n' % (row, row) for row in range(1, 9))
    assert distinct.distinct(rows, plain.cells(rows)) is None


ODD = {
    "a comment": '<row r="1"><c r="A1"><v>1</v></c></row><!-- </row> --><row r="2"><c r="A2"><v>2</v></c></row>',
    "text as it is": '<row r="1"><c r="A1" t="str"><v><![CDATA[</row>]]></v></c></row>',
    "cells without a place": '<row r="1"><c><v>1</v></c></row><row r="2"><c><v>2</v></c></row>',
    "rows without a number": '<row><c r="A1"><v>1</v></c></row><row><c r="A2"><v>2</v></c></row>',
    "attributes in another order": '<row spans="1:1" r="1"><c t="s" r="A1"><v>1</v></c></row>',
    "rows in another order": '<row r="9"><c r="A9"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "a row twice": '<row r="2"><c r="A2"><v>1</v></c></row><row r="2"><c r="B2"><v>2</v></c></row>',
    "a cell of another row": '<row r="1"><c r="A7"><v>1</v></c></row><row r="2"><c r="A2"><v>2</v></c></row>',
    "a cell of no row": '<c r="A1"><v>1</v></c><row r="2"><c r="A2"><v>2</v></c></row>',
    "runs of a text": '<row r="1"><c r="A1" t="inlineStr"><is><r><rPr><color/></rPr><t>x</t></r></is></c></row>',
    "no cell": '<row r="1"/><row r="2"/>',
}


@pytest.mark.parametrize("case", ODD)
def test_a_sheet_that_is_written_in_another_way_is_read_as_a_whole(case: str) -> None:
    content = with_rows(ODD[case])
    assert not streams(content, most=10)
    same(content, most=10)


def test_names_of_another_kind_are_read_as_a_whole() -> None:
    rows = '<x:row r="1"><x:c r="A1"><x:v>1</x:v></x:c></x:row>'
    content = with_sheet(f'<x:worksheet xmlns:x="{MAIN}"><x:sheetData>{rows}</x:sheetData></x:worksheet>')
    assert not streams(content, most=10)
    assert same(content, most=10) == [("1",)]


def test_the_last_row_of_a_sheet_may_be_the_last_that_there_is() -> None:
    row = '<row r="{0}"><c r="A{0}"><v>{0}</v></c></row>'
    rows = "".join(row.format(number) for number in (*range(1, 3000), 1_048_575, 1_048_576))
    pieces = plain.pieces(iter([b"<sheetData>", rows.encode(), b"</sheetData>"]), 10**6)
    assert [plain.cells(piece).span.bottom for piece in list(pieces)[1:]] == [1_048_576]
    large = streamed.Large(SHEET, plain.Span(1, 1_048_576, 1, 1), parts_of(with_rows("")), shared.Texts([]), 50_000)
    page = streamed.Page(with_rows(rows), "t", 0, large)
    found = pl.concat([page.first(), *page.others()])
    assert found.tail(2).rows() == [("1048575",), ("1048576",)]
    assert found.height == 1_048_576


def parts_of(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(BytesIO(content)) as book:
        return {name: book.read(name) for name in book.namelist() if streamed.is_part(name)}


@pytest.mark.parametrize("place", ["DA", "ZZ", "XFD"])
def test_a_cell_far_to_the_right_of_a_plain_sheet_is_refused(place: str) -> None:
    content = with_rows("".join(f'<row r="{row}"><c r="{place}{row}"><v>1</v></c></row>' for row in range(1, 50)))
    with pieces_of(300), pytest.raises(errors.TooLargeUnpacked):
        workbook.opened(content, name="t")


def test_a_row_far_down_must_be_earned_in_a_plain_sheet_too() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in (*range(1, 50), 1_000_000))
    with pieces_of(300), pytest.raises(errors.TooLargeUnpacked):
        workbook.opened(with_rows(rows), name="t")


def test_a_cell_that_names_a_text_that_is_not_there_is_no_sheet() -> None:
    rows = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>7</v></c></row>' for row in range(1, 50))
    with pieces_of(300), pytest.raises(errors.NotASpreadsheet):
        grids(with_rows(rows))


@pytest.mark.parametrize("most", [300, 10**6])
def test_texts_that_cells_share_count_in_pieces_as_well(most: int, monkeypatch: pytest.MonkeyPatch) -> None:
    cells = "".join(f'<row r="{row}"><c r="A{row}" t="s"><v>0</v></c></row>' for row in range(1, 200))
    content = with_rows(cells, texts=["x" * 1000])
    monkeypatch.setattr(shared, "BYTES_MAX", 150_000)
    with pieces_of(most), pytest.raises(errors.TooLargeUnpacked):
        grids(content)
    monkeypatch.setattr(shared, "BYTES_MAX", 250_000)
    with pieces_of(most):
        assert len(grids(content)[0][1]) == 199


def headed(grid: pl.DataFrame) -> int:
    return int(grid.height > 0 and "姓名" in grid.row(0))


def test_rows_are_found_behind_a_first_piece_of_empty_ones() -> None:
    blank = [["", "bold"]] * 60
    empty, late = [["姓名"], *blank], [["姓名"], *blank, ["甲"]]
    with pieces_of(300):
        found = workbook.opened(as_xlsx([["说明"]], empty, late), name="t").table(headed)
        assert found is not None
        assert found.title == "Sheet2"
        with pytest.raises(errors.SeveralSheets):
            workbook.opened(as_xlsx(late, late), name="t").table(headed)
