"""Documents as files: what is written out is read back the same, and what is no document is refused in words."""

import json
from pathlib import Path

import pytest

from creditbank.conversion import errors, queries
from tests.rooms.conversion.room import documents

SHIPPED = sorted(Path("tests/data/rules").glob("*.json"))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
@pytest.mark.parametrize("form", ["json", "yaml"])
def test_a_book_comes_back_from_its_file(path, form):
    document = json.loads(path.read_text("utf-8"))
    assert queries.read_file(queries.file_of(document, form).content, f"book.{form}") == document


def test_a_small_book_comes_back_from_the_spreadsheet():
    content = queries.file_of(documents.book(), "xlsx").content
    again = queries.read_file(content, "book.xlsx")
    assert again["rules"] == documents.book()["rules"]


@pytest.mark.parametrize("content", [b"", b"{", b"[1]", b"a: &x 1", b"\xff\xfe", b"just words"])
def test_what_is_no_document_is_refused(content):
    with pytest.raises(errors.BookFaulty) as refused:
        queries.read_file(content, "book.yaml")
    assert refused.value.sentence("zh").startswith("规则文件有")


def test_what_is_no_spreadsheet_is_refused():
    with pytest.raises(errors.SheetFaulty):
        queries.read_file(b"PK nothing", "book.xlsx")
    with pytest.raises(errors.SheetFaulty):
        queries.read_file(queries.template().content, "book.xlsx")


def test_a_draft_with_faults_makes_no_spreadsheet():
    with pytest.raises(errors.BookFaulty):
        queries.file_of(documents.book(rules=[{}]), "xlsx")


@pytest.mark.parametrize("part", [{"id": "C1", "at_most": "3"}, {"choose": 2, "of": [{"course": "3.50"}]}, {"a": None}])
def test_a_part_comes_back_from_its_text(part):
    assert queries.read_text(queries.yaml_of(part)) == part
