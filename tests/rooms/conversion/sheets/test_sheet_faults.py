"""Faults of a workbook: each told with its sheet, row and column, and nothing left out in silence."""

import re
import tracemalloc
from datetime import datetime
from io import BytesIO
from zipfile import ZipFile

import pytest
from openpyxl import load_workbook

from creditbank.conversion.errors import SheetFaulty
from creditbank.conversion.rules.sheets import workbook
from creditbank.conversion.rules.sheets.exchange import book_from_sheet, read_sheet, write_sheet
from creditbank.conversion.rules.sheets.layout import BOOK, CAPS, CASES, RULES, TARGETS
from creditbank.conversion.rules.sheets.marks import letter
from tests.rooms.conversion.checks.documents import book, case, rule, spec

#: Bytes. A wide sheet read cell by cell took gigabytes.
LITTLE_MEMORY = 50_000_000


def one(*conditions):
    return {"one": list(conditions)}


def changed(made, *changes):
    """Return the workbook of a book with cells changed: (sheet, key of the column, row, value)."""
    pages = load_workbook(BytesIO(write_sheet(made)))
    for sheet, key, row, value in changes:
        pages[sheet.name][f"{letter(sheet.column(key))}{row}"] = value
    content = BytesIO()
    pages.save(content)
    return content.getvalue()


FAULTS = {
    "a formula": ((RULES, "spec", 3, "=A1"), "formula", "C3"),
    "a level without its scale": ((RULES, "level_from", 3, "中级"), "not_of_scale", "F3"),
    "an amount that is none": ((RULES, "amount", 3, "四学分"), "not_an_amount", "J3"),
    "months that are none": ((RULES, "months", 3, "五年"), "not_a_number", "M3"),
    "a sentence nobody wrote": ((RULES, "more", 3, "成绩很好"), "sentence", "Q3"),
    "times unheard of": ((RULES, "times", 3, "两次"), "not_offered", "Y3"),
    "a rule without targets": ((RULES, "rule", 4, "R9"), "no_targets", "A4"),
    "targets without a rule": ((TARGETS, "rule", 4, "R9"), "no_rule", "A4"),
    "no way": ((TARGETS, "way", 3, None), "missing", "D3"),
    "a mode unheard of": ((TARGETS, "mode", 3, "随意"), "not_offered", "E3"),
    "a bound without a choice": ((TARGETS, "at_least", 3, "1"), "idle", "I3"),
    "a cap without a measure": ((CAPS, "measure", 3, None), "missing", "C3"),
    "an amount and a share": ((CAPS, "share", 3, "50"), "two_forms", "F3"),
    "an object without its kind": ((CAPS, "of", 3, "x"), "not_offered", "B3"),
    "a programme without names": ((CASES, "programme", 3, "P"), "not_named", "E3"),
    "a field unheard of": ((BOOK, "field", 3, "颜色"), "field_unknown", "A3"),
}


@pytest.mark.parametrize("what", sorted(FAULTS))
def test_a_fault_is_told_with_its_sheet_row_and_column(what):
    change, code, place = FAULTS[what]
    cap = {"id": "cap", "measure": "credits", "at_most": "8"}
    made = book(rule("R1"), rule("R2", **{"from": one(spec("b"))}), caps=[cap], cases=[case()])
    reading = read_sheet(changed(made, change))
    assert reading.book is None
    found = {(each.code, each.place) for each in reading.faults}
    assert (code, f"{change[0].name} {place}") in found
    assert all(each.zh and each.en for each in reading.faults)


def test_rows_of_one_rule_that_say_two_things_are_a_fault():
    made = book(rule("R1", **{"from": {"all": [one(spec("a")), one(spec("b"))]}}, tags=["t"]))
    (fault,) = read_sheet(changed(made, (RULES, "tags", 4, "other"))).faults
    assert (fault.code, fault.place) == ("differs", f"{RULES.name} X4")
    assert book_from_sheet(changed(made, (RULES, "tags", 4, "t"))).rules == made.rules


def test_a_choice_from_no_number_is_a_fault():
    choosing = {"gives": [{"choose": 2, "where": [{"is": "course_kind", "in": ["核心"]}]}]}
    (fault,) = read_sheet(changed(book(rule(**choosing)), (TARGETS, "at_least", 3, "一门"))).faults
    assert (fault.code, fault.place) == ("not_a_number", f"{TARGETS.name} I3")


def test_what_a_later_row_says_for_the_whole_rule_or_case_is_a_fault():
    two = case()
    two["given"]["achievements"].append({"id": "b", "acquired": "2025-06-02"})
    made = book(rule(gives=[{"course": "K1"}, {"course": "K2"}]), cases=[two])
    found = read_sheet(changed(made, (TARGETS, "mode", 4, "不计"), (CASES, "credits", 4, "9"))).faults
    assert [(each.code, each.place) for each in found] == [
        ("differs", f"{TARGETS.name} E4"),
        ("differs", f"{CASES.name} N4"),
    ]


def test_what_breaks_the_language_is_told_in_the_row_it_was_written_in():
    made = book(rule("R1"), rule("R2"))
    (fault,) = read_sheet(changed(made, (TARGETS, "amount", 4, "viel"))).faults
    assert (fault.code, fault.sheet, fault.row) == ("document", RULES.name, 4)
    assert "/rules/1/credits/amount" in fault.en


def test_numbers_and_dates_typed_by_an_office_are_read_as_texts():
    acquired = {"is": "acquired", "from": "2020-01-01"}
    made = book(rule("R1", **{"from": one(spec("7"), acquired)}, credits={"mode": "fixed", "amount": "2.5"}))
    typed = changed(
        made,
        (RULES, "spec", 3, 7),
        (RULES, "since", 3, datetime(2020, 1, 1)),  # noqa: DTZ001 - spreadsheets know no zones
        (TARGETS, "amount", 3, 2.5),
    )
    assert book_from_sheet(typed).rules == made.rules


def test_columns_are_found_by_their_headings_wherever_they_stand():
    pages = load_workbook(BytesIO(write_sheet(book(rule()))))
    pages[RULES.name].insert_cols(1)
    pages[RULES.name]["A1"] = "序号"
    content = BytesIO()
    pages.save(content)
    assert book_from_sheet(content.getvalue()).rules == book(rule()).rules


def test_a_missing_sheet_or_column_is_a_fault():
    pages = load_workbook(BytesIO(write_sheet(book(rule()))))
    del pages[CASES.name]
    pages[RULES.name]["A1"], pages[RULES.name]["A2"] = "x", "y"
    content = BytesIO()
    pages.save(content)
    assert {each.code for each in read_sheet(content.getvalue()).faults} == {"sheet_missing", "column_missing"}


@pytest.mark.parametrize("content", [b"", b"rule,kind\n", b"PK\x03\x04broken"])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(SheetFaulty) as refused:
        book_from_sheet(content)
    assert refused.value.details["faults"][0].code == "not_a_workbook"


def test_a_workbook_with_macros_is_refused():
    content = BytesIO(write_sheet(book(rule())))
    with ZipFile(content, "a") as archive:
        archive.writestr("xl/vbaProject.bin", b"macro")
    assert [each.code for each in read_sheet(content.getvalue()).faults] == ["macro"]


def test_a_workbook_that_is_too_large_is_refused(monkeypatch):
    content = write_sheet(book(rule()))
    monkeypatch.setattr(workbook, "UNPACKED_MAX", 1000)
    assert [each.code for each in read_sheet(content).faults] == ["too_large"]
    monkeypatch.setattr(workbook, "BYTES_MAX", 1000)
    assert [each.code for each in read_sheet(content).faults] == ["too_large"]


def test_a_sheet_with_too_many_rows_is_refused(monkeypatch):
    content = write_sheet(book(rule("R1"), rule("R2")))
    monkeypatch.setattr(workbook, "ROWS_MAX", 1)
    assert "too_large" in {each.code for each in read_sheet(content).faults}


def test_a_single_cell_far_out_costs_nothing():
    pages = load_workbook(BytesIO(write_sheet(book(rule("R1")))))
    pages[RULES.name].cell(row=workbook.ROWS_MAX - 1, column=16_384).value = "x"
    content = BytesIO()
    pages.save(content)
    tracemalloc.start()
    read = book_from_sheet(content.getvalue())
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read.rules == book(rule("R1")).rules
    assert most < LITTLE_MEMORY


def test_a_file_that_lies_about_its_size_is_read_to_its_last_row():
    content = BytesIO()
    with ZipFile(BytesIO(write_sheet(book(rule("R1"), rule("R2"))))) as honest, ZipFile(content, "w") as lying:
        for entry in honest.namelist():
            told = re.sub(rb'<dimension ref="[^"]*"', b'<dimension ref="A1:XFD1048576"', honest.read(entry))
            lying.writestr(entry, told)
    assert len(book_from_sheet(content.getvalue()).rules) == 2


def test_a_sheet_that_breaks_off_is_no_workbook():
    content = BytesIO()
    with ZipFile(BytesIO(write_sheet(book(rule("R1"))))) as whole, ZipFile(content, "w") as broken:
        for entry in whole.namelist():
            read = whole.read(entry)
            broken.writestr(entry, read[: len(read) // 2] if entry.endswith("sheet2.xml") else read)
    assert "not_a_workbook" in {each.code for each in read_sheet(content.getvalue()).faults}
