"""What reading makes of files, and which files it refuses as a whole."""

import random
import struct
import subprocess
import zipfile
from collections.abc import Callable
from datetime import datetime
from io import BytesIO

import openpyxl
import polars as pl
import pytest

from creditbank.deposits.intake import errors, reading, templates
from creditbank.kernel.errors import Refusal
from creditbank.kernel.sheets import columnar, errors as sheet_errors, guarded, old, source
from creditbank.kernel.sheets.pieces import PIECE_BYTES
from tests.rooms.deposits.intake.old_workbooks import as_xls
from tests.rooms.deposits.intake.sheets import (
    FORMATS,
    GOOD,
    TODAY,
    Whole,
    as_csv,
    as_xlsx,
    headings,
    read,
    sheet,
    table,
)


def from_file(name: str) -> Whole:
    return read((FORMATS / name).read_bytes(), name=name)


def test_first_generation_is_read_below_its_title() -> None:
    found = from_file("gen1_courses.xlsx")

    assert (found.template, found.kind, found.encoding, found.rows) == ("own-courses-1", "xlsx", None, 58)
    assert found.title == "本校2021春批次学分银行成绩"
    assert found.headings[:2] == ("学号", "姓名")
    assert found.frame["row"].to_list() == list(range(3, 61))
    assert found.frame.row(0, named=True) | {
        "student_number": "2024060816",
        "document": "110199196907210509",
        "course": "体育",
        "level_code": "23",
        "credits": "1",
        "obtained": "202012",
        "remark": None,
    } == found.frame.row(0, named=True)


def test_second_generation_is_read_the_same_from_workbook_and_text() -> None:
    book, text = from_file("gen2_courses.xlsx"), from_file("gen2_courses_gb18030.csv")

    assert (book.template, book.rows, book.title) == ("own-courses-2", 60, None)
    assert (text.template, text.kind, text.encoding) == ("own-courses-2", "csv", "gb18030")
    assert book.frame.equals(text.frame)


@pytest.mark.parametrize(
    ("name", "layout", "rows"),
    [("gen2_conversions.xlsx", "conversions", 6), ("gen2_certificates.xlsx", "certificates", 12)],
)
def test_other_sheets_of_the_template_are_read_by_their_own_columns(name: str, layout: str, rows: int) -> None:
    found = reading.opened(source.of_bytes((FORMATS / name).read_bytes(), name=name))
    [block] = found.blocks()
    assert (found.layout.code, block.height) == (layout, rows)
    assert block["target_course"].null_count() == 0


@pytest.mark.parametrize("separator", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
def test_text_tables_of_all_kinds_read_alike(separator: str, encoding: str) -> None:
    found = read(as_csv(table({"remark": "a,b;c"}), separator=separator, encoding=encoding), name="t")

    assert found.frame.select(templates.NAMES).row(0, named=True) == {**GOOD, "remark": "a,b;c"}
    told = {"utf-8-sig": "utf-8", "utf-16": "utf-16-le"}
    assert found.encoding == told.get(encoding, encoding)


def test_columns_may_stand_in_any_order_and_under_their_other_names() -> None:
    renamed = {"身份证号": "证件号码", "课程名称": "课程", "毕业结业肄业": "毕结业", "获得时间": "获得时间（yyyyMM）"}
    lines = [[renamed.get(str(cell), cell) for cell in line][::-1] for line in table({})]

    found = read(as_csv(lines), name="t").frame
    assert found.select(templates.NAMES).row(0, named=True) == GOOD


def test_rows_keep_the_numbers_the_spreadsheet_shows() -> None:
    blank: list[str | None] = [None] * len(GOOD)
    title: list[str | None] = ["本校成绩", *blank[1:]]
    lines = [title, blank, *table({"course": "第一行\n第二行"}, {}), blank, table({})[1]]

    for content in (as_csv(lines), as_xlsx(lines)):
        found = read(content, name="t")
        assert found.frame["row"].to_list() == [4, 5, 7]
        assert found.title == "本校成绩"


def test_headings_are_found_on_a_later_sheet() -> None:
    assert read(as_xlsx([["填写说明"]], table({})), name="t").rows == 1


def test_cells_of_numbers_and_dates_come_out_as_people_wrote_them() -> None:
    lines: list[list[object]] = [[*line] for line in table({})]
    for name, value in (("credits", 3), ("hours", 40.5), ("grade", 0.1 + 0.2), ("obtained", datetime(2020, 12, 1))):  # noqa: DTZ001
        lines[1][templates.NAMES.index(name)] = value

    found = read(as_xlsx(lines), name="t").frame.row(0, named=True)
    assert [found[name] for name in ("credits", "hours", "grade", "obtained")] == ["3", "40.5", "0.3", "202012"]


def test_identity_number_typed_as_a_number_is_shown_as_excel_shows_it() -> None:
    lines: list[list[object]] = [[*line] for line in table({})]
    lines[1][templates.NAMES.index("document")] = 110199196907210509

    found = read(as_xlsx(lines), name="t").frame
    assert found["document"].to_list() == ["1.10199196907210E+17"]
    assert read(as_xlsx(table({})), name="t").frame["document"].to_list() == [GOOD["document"]]


@pytest.mark.parametrize("written", ['="110199196907210509"', "'110199196907210509", "\t110199196907210509\u3000"])
def test_tricks_that_keep_digits_text_are_undone(written: str) -> None:
    assert sheet({"document": written}).frame["document"].to_list() == ["110199196907210509"]


def test_cells_without_a_heading_are_kept_and_told() -> None:
    lines = table({})
    lines[1] += ["a", "b"]

    found = read(as_csv(lines), name="t")
    assert found.frame["cells_beyond"].to_list() == ["a, b"]
    assert found.headings == (*headings(), "", "")


@pytest.mark.parametrize(("codes", "template"), [("85", "own-courses-2"), ("20", "own-courses-1")])
def test_generation_follows_the_codes_before_the_order_of_columns(codes: str, template: str) -> None:
    empty = dict.fromkeys(("category_code", "outcome_code", "season_code"))
    assert sheet({"level_code": codes, **empty}).template == template


def test_generation_follows_the_order_of_columns_where_no_code_is_known() -> None:
    empty = dict.fromkeys(("level_code", "category_code", "outcome_code", "season_code"))
    assert sheet(empty).template == "own-courses-2"
    lines = [[line[-1], *line[:-1]] for line in table(empty)]
    assert read(as_csv(lines), name="t").template == "own-courses-1"


def far_cell(place: str) -> bytes:
    book = openpyxl.Workbook()
    page = book.active
    assert page is not None
    page["A1"], page[place] = "姓名", "x"
    content = BytesIO()
    book.save(content)
    return content.getvalue()


def zipped(parts: dict[str, bytes]) -> bytes:
    content = BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
    return content.getvalue()


def with_a_lie_about_size() -> bytes:
    """A bomb whose directory says that it is small."""
    content = bytearray(zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"<row/>" * 10**6}))
    at = content.rindex(b"PK\x01\x02")
    content[at + 24 : at + 28] = struct.pack("<I", 100)
    return bytes(content)


def flagged_encrypted() -> bytes:
    content = bytearray(as_xlsx(table({})))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    return bytes(content)


def torn(method: int) -> bytes:
    """An archive in which the packed bytes are not what the method made."""
    content = BytesIO()
    with zipfile.ZipFile(content, "w", method) as archive:
        archive.writestr("a.csv", TABLE)
    packed = bytearray(content.getvalue())
    packed[60:70] = bytes(10)
    return bytes(packed)


def sharing_one_text() -> bytes:
    """A workbook of a few hundred kilobytes whose cells hold gigabytes, all the same text."""
    cells = b'<c t="s"><v>0</v></c>' * 100
    rows = b"".join(b'<row r="%d">%s</row>' % (number, cells) for number in range(1, 1001))
    texts = b"<sst><si><t>" + b"A" * 30_000 + b"</t></si></sst>"
    # Beside what packs well, something that does not: the ratio alone would give it away.
    noise = random.Random(7).randbytes(200_000)
    parts = {"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"<a>" + rows + b"</a>", "noise": noise}
    return zipped({**parts, "xl/sharedStrings.xml": texts})


def torn_old_workbook() -> bytes:
    """A workbook that says its sheet begins behind its end."""
    content = bytearray(as_xls(table({})))
    at = content.index(b"\x85\x00", 1536) + 4
    content[at : at + 4] = (55_080).to_bytes(4, "little")
    return bytes(content)


def far_cell_of_old() -> bytes:
    """A workbook of a few kilobytes with a cell in a row and column of sixteen bits: gigabytes as a grid."""
    here, far = (struct.pack("<HHHH", 0x0204, 11, *place) for place in ((2, 0), (65_535, 65_535)))
    content = as_xls([*table({}), ["x"]])
    assert content.count(here) == 1
    return content.replace(here, far)


def as_parquet(change: pl.Expr) -> bytes:
    [first, *rest] = table({})
    content = BytesIO()
    pl.DataFrame(rest, schema=dict.fromkeys(first, pl.String), orient="row").with_columns(change).write_parquet(content)
    return content.getvalue()


def sharing_one_text_in_columns(rows: int) -> bytes:
    """A columnar file of some kilobytes whose rows hold gigabytes, all the same text."""
    [first, line] = table({"remark": "x" * 40_000})
    content = BytesIO()
    # As categories they are written in no time. That they were such is a note for readers, which a forger leaves out.
    pl.DataFrame([line], schema=dict.fromkeys(first, pl.String), orient="row").select(
        pl.all().cast(pl.Categorical).repeat_by(rows).explode()
    ).write_parquet(content)
    assert b"ARROW:schema" in content.getvalue()
    return content.getvalue().replace(b"ARROW:schema", b"ARROW:nobody")


TABLE = as_csv(table({}))

REFUSED: dict[str, tuple[type[Refusal], Callable[[], bytes]]] = {
    "nothing": (errors.FileEmpty, lambda: b"  \n"),
    "a mark and nothing": (errors.FileEmpty, lambda: b"\xef\xbb\xbf\n"),
    "commas without end": (errors.TooManyColumns, lambda: as_csv(table({})) + b"," * 60_000),
    "headings only": (errors.FileEmpty, lambda: as_xlsx(table())),
    "a PDF": (sheet_errors.NotASpreadsheet, lambda: b"%PDF-1.7 ..."),
    "a page called xls": (sheet_errors.NotASpreadsheet, lambda: b"\n<html><table>"),
    "bytes": (sheet_errors.NotASpreadsheet, lambda: b"a\0b"),
    "another archive": (errors.NoHeader, lambda: zipped({"a.txt": b"x"})),
    "a torn workbook": (sheet_errors.NotASpreadsheet, lambda: as_xlsx(table({}))[:900]),
    "an archive with a workbook's name in it": (
        sheet_errors.NotASpreadsheet,
        lambda: zipped({"xl/workbook.xml": b"x"}),
    ),
    "an old workbook, torn": (sheet_errors.NotASpreadsheet, lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600)),
    "no headings in text": (errors.NoHeader, lambda: b"a,b\n1,2\n"),
    "no headings in a workbook": (errors.NoHeader, lambda: as_xlsx([["a", "b"]])),
    "headings too far down": (errors.NoHeader, lambda: as_csv([*[["x"]] * 10, *table({})])),
    "no grade": (errors.ColumnMissing, lambda: as_csv([line[:8] + line[9:] for line in table({})])),
    "two courses": (errors.ColumnTwice, lambda: as_csv([[*headings(), "课程"], [*table({})[1], "x"]])),
    "UTF-16": (sheet_errors.EncodingUnreadable, lambda: "姓名".encode("utf-16") + b"\xff"),
    "zeros": (sheet_errors.NotASpreadsheet, lambda: bytes(4096)),
    "a program": (sheet_errors.NotASpreadsheet, lambda: b"\x7fELF" + bytes(range(256)) * 40),
    "thousands of columns": (errors.TooManyColumns, lambda: as_csv([line + ["x"] * 5000 for line in table({})])),
    "one line without end": (errors.TooManyColumns, lambda: b"\xe8\xaf\xbe,1," * 500_000),
    "a single giant cell": (errors.NoHeader, lambda: b"x" * 20_000_000),
    "a single giant cell in quotation marks": (errors.NoHeader, lambda: b'"' + b"x" * 5_000_000 + b'"'),
    "a giant cell that is opened and not closed": (sheet_errors.CellsUnreadable, lambda: b'"' + b"x" * 5_000_000),
    "open quotation mark": (sheet_errors.CellsUnreadable, lambda: as_csv(table({})) + b'"a\nb\n'),
    "password": (
        sheet_errors.EncryptedWorkbook,
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600) + "EncryptedPackage".encode("utf-16-le"),
    ),
    "password of the archive": (sheet_errors.EncryptedWorkbook, flagged_encrypted),
    "two tables packed": (sheet_errors.SeveralFiles, lambda: zipped({"a.csv": TABLE, "b.xlsx": as_xlsx(table({}))})),
    "a picture packed": (sheet_errors.NotASpreadsheet, lambda: zipped({"a.png": b"\x89PNG" + bytes(99)})),
    "an empty archive": (sheet_errors.NotASpreadsheet, lambda: zipped({"__MACOSX/._a.csv": b"x", ".DS_Store": b"x"})),
    "an empty table packed": (errors.FileEmpty, lambda: zipped({"a.csv": b" \n"})),
    "an archive cut short": (sheet_errors.NotASpreadsheet, lambda: zipped({"a.csv": TABLE})[:-30]),
    "a packed bomb": (sheet_errors.TooLargeUnpacked, lambda: zipped({"a.csv": bytes(10**7)})),
    "an archive in an archive": (sheet_errors.NotASpreadsheet, lambda: zipped({"a.zip": zipped({"a.csv": TABLE})})),
    "a bomb": (
        sheet_errors.TooLargeUnpacked,
        lambda: zipped({"xl/workbook.xml": b"<a/>", "xl/worksheets/sheet1.xml": b"<row/>" * 10**6}),
    ),
    "a lying bomb": (sheet_errors.TooLargeUnpacked, with_a_lie_about_size),
    "a cell far to the right": (sheet_errors.TooLargeUnpacked, lambda: far_cell("XFD9")),
    "several filled sheets": (sheet_errors.SeveralSheets, lambda: as_xlsx(table({}), [["说明"]], table({}))),
    "fifty thousand columns": (errors.TooManyColumns, lambda: as_csv([[*map(str, range(50_000))], *table({})])),
    "a text that ten thousand cells share": (sheet_errors.TooLargeUnpacked, sharing_one_text),
    "an archive damaged within, LZMA": (sheet_errors.NotASpreadsheet, lambda: torn(zipfile.ZIP_LZMA)),
    "an archive damaged within, BZIP2": (sheet_errors.NotASpreadsheet, lambda: torn(zipfile.ZIP_BZIP2)),
    "an old workbook that ends too early": (sheet_errors.NotASpreadsheet, lambda: as_xls(table({}))[:1600]),
    "an old workbook at which the reader panics": (sheet_errors.NotASpreadsheet, torn_old_workbook),
    "an old workbook that takes all memory": (sheet_errors.NotASpreadsheet, far_cell_of_old),
    "columns of lists": (sheet_errors.NotASpreadsheet, lambda: as_parquet(pl.concat_list("姓名").alias("姓名"))),
    "columns of bytes": (sheet_errors.NotASpreadsheet, lambda: as_parquet(pl.lit(b"\xff").alias("姓名"))),
    "damaged columns": (sheet_errors.NotASpreadsheet, lambda: b"PAR1\xff" + as_parquet(pl.all())[5:]),
    "columns of one text that all rows share": (
        sheet_errors.TooLargeUnpacked,
        lambda: sharing_one_text_in_columns(250_000),
    ),
    "a cell far down": (sheet_errors.TooLargeUnpacked, lambda: far_cell("B1048576")),
}


@pytest.mark.parametrize("case", REFUSED)
def test_files_are_refused_as_a_whole(case: str) -> None:
    refusal, content = REFUSED[case]
    with pytest.raises(refusal) as raised:
        read(content(), name="成绩.xls")
    assert "{" not in raised.value.sentence("zh") + raised.value.sentence("en")


def test_a_columnar_file_of_long_texts_comes_in_grids_that_fit_into_memory() -> None:
    content = sharing_one_text_in_columns(5000)
    assert len(content) < 10_000
    grids = list(columnar.grids(content, name="t"))
    assert sum(grid.height for grid in grids) == 5000
    assert max(grid.height for grid in grids) * 40_000 <= columnar.GRID_BYTES


def test_a_process_that_dies_of_a_file_takes_nothing_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "START", ("sh", "-c", "cat > /dev/null; kill -9 $$"))
    with pytest.raises(sheet_errors.TooLargeUnpacked):
        list(columnar.grids(as_parquet(pl.all()), name="t"))
    with pytest.raises(sheet_errors.NotASpreadsheet):
        old.sheets(as_xls(table({})), name="t")


def test_a_process_that_comes_to_no_end_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(guarded, "SECONDS_MAX", 1)
    refusals = {"unreadable": sheet_errors.NotASpreadsheet(name="t"), "too_large": sheet_errors.TooLargeUnpacked()}
    with pytest.raises(sheet_errors.TooLargeUnpacked):
        next(guarded.told("tests.rooms.deposits.intake.endless_reader", b"", **refusals))


def test_who_wants_no_more_of_a_columnar_file_leaves_no_process_behind(monkeypatch: pytest.MonkeyPatch) -> None:
    started = []

    class Noted(subprocess.Popen[bytes]):
        def __init__(self, *args, **options):
            super().__init__(*args, **options)
            started.append(self)

    monkeypatch.setattr(subprocess, "Popen", Noted)
    grids = columnar.grids(sharing_one_text_in_columns(50_000), name="t")
    assert next(grids).height
    grids.close()
    assert [process.returncode for process in started] == [-9]


def test_an_old_workbook_is_read_as_a_new_one() -> None:
    lines = table({}, {"course": "现代物流学"})
    old, new = read(as_xls(lines), name="成绩.xls"), read(as_xlsx(lines), name="成绩.xlsx")
    assert old.frame.equals(new.frame)


def test_the_digits_that_an_old_workbook_lost_are_not_made_up() -> None:
    [first, line] = table({})
    number = [float(cell) if cell == GOOD["document"] else cell for cell in line]
    assert read(as_xls([first, number])).frame["document"].to_list() == ["1.10199196907210E+17"]


def test_of_several_sheets_with_headings_the_one_with_rows_is_read() -> None:
    notes = [["课程名称", "学分"], ["物流", "2"]]
    assert read(as_xlsx(table(), notes, table({}, {})), name="t").rows == 2


def test_a_row_with_far_too_many_cells_is_one_row_wherever_a_piece_begins() -> None:
    lines = as_csv(table(*[{"remark": "x" * 300}] * 30_000)).splitlines(keepends=True)
    place = next(at for at in range(len(lines)) if sum(map(len, lines[:at])) > PIECE_BYTES) - 1
    for at in range(place - 1, place + 2):
        lines[at] = lines[at].rstrip() + b",a" * 40 + b"\r\n"
    found = read(b"".join(lines), name="t")
    assert found.rows == 30_000
    assert found.frame["cells_beyond"].drop_nulls().len() == 3


@pytest.mark.parametrize("inner", [as_csv(table({})), as_xlsx(table({}))])
def test_a_packed_table_is_read_as_if_it_were_not(inner: bytes) -> None:
    archive = zipped({"__MACOSX/._成绩.csv": b"x", "2026秋/": b"", "2026秋/.DS_Store": b"x", "2026秋/成绩.csv": inner})
    assert read(archive, name="成绩.zip").frame.equals(read(inner, name="成绩.csv").frame)


def test_a_giant_cell_beside_the_table_does_not_hide_it() -> None:
    lines = as_csv(table({}))
    assert read(b"x" * 300_000 + b"\n" + lines, name="t").rows == 1
    [first, *rest] = lines.split(b"\n")
    wide = b"\n".join([first.rstrip() + b',"' + b"x" * 300_000 + b'"', *rest])
    assert read(wide, name="t").rows == 1


def test_more_rows_than_a_batch_takes_are_refused() -> None:
    with pytest.raises(errors.TooManyRows):
        read(as_csv(table({}, {}, {})), name="t", rows_max=2)
    assert read(as_csv(table({}, {})), name="t", rows_max=2).rows == 2


def test_today_is_not_needed_for_reading() -> None:
    assert sheet({"obtained": f"{TODAY:%Y%m}"}).frame["obtained"].to_list() == ["202611"]
