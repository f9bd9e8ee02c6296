"""A school's list of students: read from XLSX and CSV, rows refused one by one, accounts opened, slips printed."""

import csv
import io
import re
import zipfile
from dataclasses import dataclass

import pytest
from openpyxl import Workbook, load_workbook

from creditbank.enrolments import lists, operations, queries
from creditbank.enrolments.errors import (
    EnrolmentNotFound,
    ListFileMissing,
    ListTooLong,
    ListUnreadable,
    NobodyToPrintFor,
)
from creditbank.enrolments.told import REASONS
from creditbank.enrolments.types import EXAMPLE, Filters, ListKind, ListStage, Status
from creditbank.kernel.documents import Document, DocumentKind, check_digit
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.sheets import errors as sheets, streamed, workbook
from creditbank.learners import operations as learners, queries as accounts
from tests.conftest import NOW
from tests.rooms.learners.people import ELSEWHERE, HERE, LI, WANG, ZHAO, document
from tests.rooms.learners.test_opening import facts

COLUMNS = tuple(EXAMPLE)


def line(sequence, name="林晓岚", **more):
    cells = {
        "学号": f"20240{sequence:04d}",
        "姓名": name,
        "身份证号": document(sequence).number,
        "专业": "护理",
        "层次": "本科",
        "类别": "普通",
        "入学年份": "2024",
        "班级": "护理2403",
        "状态": "在籍",
    } | more
    return [cells[column] for column in COLUMNS]


def as_csv(lines, encoding="utf-8-sig", title="2024级名册"):
    text = io.StringIO()
    csv.writer(text).writerows([*([[title]] if title else []), COLUMNS, *lines])
    return text.getvalue().encode(encoding)


def as_xlsx(lines):
    book = Workbook()
    for each in [["2024级名册"], list(COLUMNS), *lines]:
        book.active.append(each)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


def sheet(content):
    """Return the rows of a file, as texts."""
    if content.startswith(b"PK"):
        return [list(row) for row in load_workbook(io.BytesIO(content)).active.iter_rows(values_only=True)]
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@dataclass(frozen=True)
class Told:
    """What became of a list, with the rows that were not taken."""

    rows: int
    taken: int
    accounts_opened: int
    refused: tuple
    file: str


def load(content, now, actor=LI, name="名册.csv"):
    """Hand a list in and work through it at once; a list that cannot be read is refused here, as its page says."""
    each = operations.take_list_at_once(
        actor=actor, organization_id=HERE, kind=ListKind.STUDENTS, file_name=name, content=content, now=now
    )
    if each.stage is ListStage.UNREADABLE:
        raise next(kind for kind in all_refusals() if kind.code == each.refusal_code)
    assert each.stage is ListStage.DONE
    refused = queries.refused_rows(actor=actor, public_id=each.public_id)
    return Told(each.rows, each.taken, each.opened, refused, each.public_id)


def refused_as_file(loaded, language):
    name, pieces = queries.refused_as_file(actor=LI, public_id=loaded.file, language=language)
    return name, b"".join(pieces)


def all_refusals(kind=Refusal):
    for each in kind.__subclasses__():
        yield each
        yield from all_refusals(each)


@pytest.mark.parametrize(
    "content", [as_csv([line(1)]), as_csv([line(1)], "gb18030", title=""), as_xlsx([line(1, 入学年份=2024)])]
)
def test_a_list_opens_accounts_and_writes_enrolments_whatever_its_format(db, now, content):
    loaded = load(content, now)
    assert (loaded.rows, loaded.taken, loaded.accounts_opened, loaded.refused) == (1, 1, 1, ())
    account = accounts.find_by_documents([document(1)])[document(1)]
    (enrolment,) = queries.by_learner(account.learner_id)
    assert (enrolment.class_name, enrolment.entry_year, enrolment.status) == ("护理2403", 2024, Status.REGISTERED)
    again = load(content, now)
    assert (again.taken, again.accounts_opened) == (1, 0)
    assert len(facts("enrolments.enrolments_confirmed.v1")) == 1
    assert len(facts("enrolments.list_loaded.v1")) == 2


def test_a_large_workbook_is_read_in_pieces_and_its_rows_keep_their_numbers(db, now, monkeypatch):
    monkeypatch.setattr(streamed, "PIECE_BYTES", 2000)
    monkeypatch.setattr(streamed, "_BESIDE", 0)
    monkeypatch.setattr(streamed, "GRID_ROWS", 7)
    lines = [line(number) for number in range(1, 40)]
    lines[20], lines[30] = [], line(31, 专业="")
    content = as_xlsx(lines)
    assert workbook.opened(content, name="t").found.large
    loaded = load(content, now)
    assert (loaded.taken, [each.row for each in loaded.refused]) == (37, [33])


REFUSED = {
    "student_number": {"学号": ""},
    "name": {"姓名": "12"},
    "document": {"身份证号": "310199199503080000"},
    "document_damaged": {"身份证号": "3.10199199501021E+17"},
    "student_number_damaged": {"学号": "2.02406081234567E+15"},
    "example": {"学号": EXAMPLE["学号"], "姓名": EXAMPLE["姓名"], "身份证号": EXAMPLE["身份证号"]},
    "major": {"专业": ""},
    "level": {"层次": "博士后"},
    "category": {"类别": "其他"},
    "entry_year": {"入学年份": "去年"},
    "class_name": {"班级": "班" * 61},
    "status": {"状态": "在家"},
}


TAKEOVER = {"alias", "alias_example", "alias_twice", "number_taken", "number_twice", "since"}


@pytest.mark.parametrize(("reason", "cells"), REFUSED.items())
def test_each_bad_cell_is_refused_by_row_and_the_others_are_taken(db, now, reason, cells):
    loaded = load(as_csv([line(1), line(2, **cells)]), now)
    (refused,) = loaded.refused
    assert (refused.row, refused.column, refused.code) == (4, REASONS[reason][0], f"enrolments.row.{reason}")
    assert loaded.taken == 1
    assert loaded.rows == 2


def test_a_row_that_comes_twice_and_a_name_that_differs_are_refused(db, now):
    learners.open_account(actor=LI, organization_id=HERE, name="林小兰", document=document(2), now=now)
    loaded = load(as_csv([line(1), line(1), line(2)]), now)
    assert [(each.row, each.code) for each in loaded.refused] == [
        (4, "enrolments.row.twice"),
        (5, "enrolments.row.name_differs"),
    ]
    assert set(REFUSED) | {"twice", "name_differs", "two_names", "account_closed"} | TAKEOVER == set(REASONS)


@pytest.mark.parametrize("number", ["202400001", "202400002"])
def test_a_new_number_with_two_names_opens_no_account(db, now, number):
    """Whoever is named second would be enrolled under the name of the first."""
    other = line(1, name="李晓岚", 学号=number)
    loaded = load(as_csv([line(1), other, line(3)]), now)
    assert [(each.row, each.code) for each in loaded.refused] == [
        (3, "enrolments.row.two_names"),
        (4, "enrolments.row.two_names"),
    ]
    assert (loaded.rows, loaded.taken, loaded.accounts_opened) == (3, 1, 1)
    assert document(1) not in accounts.find_by_documents([document(1)])


def test_a_closed_account_is_not_enrolled(db, now):
    opened = learners.open_account(actor=LI, organization_id=HERE, name="林晓岚", document=document(1), now=now)
    learners.close(actor=LI, organization_id=HERE, learner_id=opened.learner_id, reason="本人申请", now=now)
    loaded = load(as_csv([line(1), line(2)]), now)
    assert [(each.row, each.code) for each in loaded.refused] == [(3, "enrolments.row.account_closed")]
    assert queries.by_learner(opened.learner_id) == ()


def damaged_xlsx(part, change):
    """A list whose workbook is changed inside one of its parts."""
    source, content = zipfile.ZipFile(io.BytesIO(as_xlsx([line(1)]))), io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            data = source.read(entry)
            target.writestr(entry.filename, change(data) if entry.filename == part else data)
    return content.getvalue()


def two_classes():
    """A workbook with two lists, of which the second would be lost without a word."""
    book = load_workbook(io.BytesIO(as_xlsx([line(1)])))
    book.copy_worksheet(book.active)
    content = io.BytesIO()
    book.save(content)
    return content.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
NO_LISTS = {
    "nothing": (ListFileMissing, lambda: b""),
    "only blanks": (ListUnreadable, lambda: b"  "),
    "a torn workbook": (sheets.NotASpreadsheet, lambda: b"PK\x03\x04broken"),
    "half a character": (sheets.EncodingUnreadable, lambda: b"\xff\xfe\xff"),
    "other columns": (ListUnreadable, "甲,乙\n1,2\n".encode),
    "a sheet for each of two classes": (sheets.SeveralSheets, two_classes),
    "a torn sheet": (ListUnreadable, lambda: damaged_xlsx(SHEET, lambda data: data[: len(data) // 3])),
    "no sheets": (
        ListUnreadable,
        lambda: damaged_xlsx("xl/workbook.xml", lambda data: re.sub(rb"<sheets>.*</sheets>", b"<sheets/>", data)),
    ),
    "a giant cell": (sheets.CellsUnreadable, lambda: as_csv([line(1, 班级="班" * 140_000)])),
    "zeros": (sheets.NotASpreadsheet, lambda: as_csv([line(1)]) + b"\0"),
    "a bomb": (
        sheets.TooLargeUnpacked,
        lambda: damaged_xlsx(
            SHEET, lambda data: data.replace(b"</sheetData>", b"<row/>" * 4_000_000 + b"</sheetData>")
        ),
    ),
    "a cell far down": (
        sheets.TooLargeUnpacked,
        lambda: damaged_xlsx(SHEET, lambda data: data.replace(b'r="A3"', b'r="A1048576"')),
    ),
}


@pytest.mark.parametrize(("refusal", "content"), NO_LISTS.values(), ids=NO_LISTS)
def test_a_file_that_is_no_list_is_refused_whole(db, now, refusal, content):
    with pytest.raises(refusal):
        load(content(), now)


@pytest.mark.parametrize("write", [as_csv, as_xlsx])
def test_rows_not_taken_come_back_as_a_list_that_may_be_mended_and_sent_again(db, now, write):
    good, bad, odd = line(1), line(2, "王海", 层次="博士后", 班级="@2403"), line(3, "赵雪", 学号="-1", 状态="在家")
    content = write([good, bad, odd])
    loaded = load(content, now, name="2024级.最终.xlsx")
    name, file = refused_as_file(loaded, "zh")
    assert name == f"2024级.最终_问题行.{'csv' if write is as_csv else 'xlsx'}"
    headings, *rows = sheet(file)
    assert headings == [*COLUMNS, "退回原因"]
    assert [row[-1] for row in rows] == [REASONS["level"][1], REASONS["status"][1]]
    if write is as_csv:
        assert [row[7][:2] for row in rows] == ["'@", "护理"]
        mended = file.replace("博士后".encode(), "本科".encode()).replace("在家".encode(), "在籍".encode())
        assert load(mended, now).refused == ()
        (study,) = queries.by_learner(accounts.find_by_documents([document(2)])[document(2)].learner_id)
        assert study.class_name == "@2403"
    assert load(file, now).taken == 0
    _name, again = refused_as_file(load(file, now), "en")
    assert sheet(again)[0] == [*COLUMNS, "Reason"]


@pytest.mark.parametrize("encoding", ["utf-16", "utf-8", "gb18030"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_lists_are_read_in_every_encoding_and_with_every_separator(db, now, encoding, separator):
    text = "\r\n".join(separator.join(cells) for cells in [COLUMNS, line(1), line(2)])
    assert load(text.encode(encoding), now).taken == 2


def test_a_number_that_excel_keeps_as_a_number_is_refused_and_opens_no_account(db, now):
    loaded = load(as_xlsx([line(1, 身份证号=int(document(1).number[:17] + "0"))]), now)
    assert [each.code for each in loaded.refused] == ["enrolments.row.document_damaged"]
    assert (loaded.taken, loaded.accounts_opened) == (0, 0)


@pytest.mark.parametrize(
    ("number", "kind"),
    [
        ("E12345678", DocumentKind.PASSPORT),
        ("H12345678", DocumentKind.HK_MACAU_PERMIT),
        ("12345678", DocumentKind.TAIWAN_PERMIT),
        ("ABC123456789012", DocumentKind.FOREIGN_RESIDENCE),
        ("83000019950308001", DocumentKind.HK_MACAU_RESIDENCE),
        ("31019919950308001", DocumentKind.RESIDENT_ID),
    ],
)
def test_a_list_takes_every_kind_of_document(db, now, number, kind):
    if len(number) == 17:
        number += check_digit(number)
    assert load(as_csv([line(1, 身份证号=number)]), now).taken == 1
    assert Document(kind, number) in accounts.find_by_documents([Document(kind, number)])


def test_empty_rows_count_towards_the_length_of_a_list(db, now, monkeypatch):
    monkeypatch.setattr("creditbank.enrolments.lists.ROWS_MAX", 20)
    with pytest.raises(ListTooLong):
        load(as_csv([*[[]] * 20, line(1)]), now)


def test_a_list_longer_than_is_taken_at_once_is_refused_whole(db, now, monkeypatch):
    monkeypatch.setattr("creditbank.enrolments.lists.ROWS_MAX", 2)
    assert load(as_csv([line(1), line(2)]), now).taken == 2
    with pytest.raises(ListTooLong):
        load(as_csv([line(1), line(2), line(3)]), now)


def test_only_the_school_itself_loads_and_sees_its_students(db, now):
    for actor in (WANG, ZHAO):
        with pytest.raises(NotPermitted):
            load(as_csv([line(1)]), now, actor=actor)
    load(as_csv([line(1), line(2, name="王海", 班级="护理2404")]), now)
    listed = queries.listing(actor=LI, filters=Filters(), page=1)
    assert [(each.name, each.masked[:2]) for each in listed.lines] == [("林晓岚", "31"), ("王海", "31")]
    assert queries.listing(actor=WANG, filters=Filters(), page=1).total == 0
    assert queries.classes(actor=WANG, organization_id=None) == ()


@pytest.mark.parametrize(
    ("filters", "names"),
    [
        (Filters(words="王海"), ["王海"]),
        (Filters(words="202400001"), ["林晓岚"]),
        (Filters(class_name="护理2404"), ["王海"]),
        (Filters(level_code="86"), []),
        (Filters(status="registered", entry_year="2024"), ["林晓岚", "王海"]),
        (Filters(organization_id=ELSEWHERE), []),
    ],
)
def test_a_list_is_narrowed_down(db, now, filters, names):
    load(as_csv([line(1), line(2, name="王海", 班级="护理2404")]), now)
    assert [each.name for each in queries.listing(actor=LI, filters=filters, page=1).lines] == names


def test_slips_of_a_class_are_printed_for_who_has_not_claimed(db, now, monkeypatch):
    load(as_csv([line(2, name="王海"), line(1), line(3, name="赵雪", 班级="护理2404")]), now)

    def slips(class_name="护理2403", actor=LI, part=1):
        return operations.print_claim_codes(
            actor=actor, organization_id=HERE, class_name=class_name, part=part, now=now
        )

    printed = slips()
    assert [(slip.issued.name, slip.student_number) for slip in printed] == [
        ("林晓岚", "202400001"),
        ("王海", "202400002"),
    ]
    assert len({slip.issued.code for slip in printed}) == 2
    with pytest.raises(NobodyToPrintFor):
        slips(class_name="护理2499")
    with pytest.raises(NotPermitted):
        slips(actor=WANG)
    monkeypatch.setattr("creditbank.enrolments.operations.printing.SLIPS_MAX", 1)
    assert [[slip.issued.name for slip in slips(part=part)] for part in (1, 2)] == [["林晓岚"], ["王海"]]
    with pytest.raises(NobodyToPrintFor):
        slips(part=3)
    assert sum(fact["count"] for fact in facts("learners.claim_codes_issued.v1")) == 4


def test_a_learner_sees_nobody_elses_enrolment(db, now):
    load(as_csv([line(1)]), now)
    account = accounts.find_by_documents([document(1)])[document(1)]
    with pytest.raises(EnrolmentNotFound):
        queries.enrolment(actor=ZHAO, learner_id=account.learner_id, number=1)


def test_a_row_with_something_elsewhere_is_no_empty_row():
    table = lists.Table(ListKind.STUDENTS, "csv", [*COLUMNS, "备注"], 1, iter([]), 0)
    rows = [(2, [""] * 9), (3, [*[""] * 9, "待定"]), (4, [])]
    found, refused = lists.read(table, lists.Block(last=4, rows=rows), today=NOW.date())
    assert found.is_empty()
    assert list(refused) == [3]
