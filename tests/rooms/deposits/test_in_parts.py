"""A file of any size: what becomes of its rows depends neither on pieces that are read nor on parts that are kept."""

from functools import partial

import pytest
from hypothesis import given

from creditbank.archive import queries as archive
from creditbank.deposits import decided, files, operations, parts, posting, queries
from creditbank.deposits.intake import reading
from creditbank.deposits.types import BatchStage
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.sheets.pieces import Pieces
from creditbank.kernel.sheets.source import Source
from creditbank.learners import queries as learners
from tests.conftest import NOW
from tests.properties.test_deposits import GRADED, PEOPLE, a_bank, book, few
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_pipeline import at_once
from tests.rooms.deposits.test_told_meanwhile import approved, posted

#: By person: two who may not be one, and one who is written in two ways.
NAMES = {4: ("张辉", "张晖"), 3: ("Li Lei", "LI LEI")}


def in_small_pieces(monkeypatch):
    """Let a few rows be a piece, a part and a step, and what memory holds."""
    whole = files.source

    def cut(blocks):
        return (block[start : start + 50] for block in blocks() for start in range(0, len(block), 50))

    def source(batch, **words):
        found = whole(batch, **words)
        return Source(name=found.name, size=found.size, blocks=partial(cut, found.blocks))

    monkeypatch.setattr(files, "source", source)
    monkeypatch.setattr(reading, "Pieces", partial(Pieces, most=200))
    monkeypatch.setattr(reading, "BLOCK_ROWS", 2)
    monkeypatch.setattr(parts, "ROWS_A_PART", 3)
    monkeypatch.setattr(parts, "BYTES_HELD", 1_000)
    monkeypatch.setattr(posting, "ROWS_A_STEP", 2)


def came_of(rows):
    with a_bank() as school:
        report = operations.deposit_at_once(
            actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=sheet(*rows), now=NOW
        )
        refused = [(row.row, row.code, row.message_zh, row.more, row.written) for row in report.refused]
        return report.batch.counts, sorted(refused), book(), names()


def names():
    """Return what everybody's account is called."""
    found = learners.find_by_documents([Document(DocumentKind.RESIDENT_ID, identity(n)) for n in PEOPLE])
    return {document.number: person.name for document, person in found.items()}


@pytest.mark.django_db
@few
@given(rows=GRADED)
def test_pieces_and_parts_change_nothing(rows):
    rows = [row.but(name=NAMES[row.person][at % 7 == 1]) if row.person in NAMES else row for at, row in enumerate(rows)]
    whole = came_of(rows)
    with pytest.MonkeyPatch.context() as patch:
        in_small_pieces(patch)
        assert came_of(rows) == whole


@pytest.mark.django_db
def test_an_account_bears_the_name_of_its_uppermost_row_that_enters(monkeypatch):
    rows = [Row(name="Li Lei", grade="x"), Row(name="LI LEI", course="体育"), Row(name="Li Lei", course="美术")]
    whole = came_of(rows)
    assert whole[-1] == {identity(1): "LI LEI"}
    in_small_pieces(monkeypatch)
    assert came_of(rows) == whole


@pytest.mark.django_db
def test_a_batch_of_several_parts_is_posted_and_proves_itself(school, monkeypatch):
    in_small_pieces(monkeypatch)
    report = at_once(school, sheet(*(Row(person=n, course=c) for n in range(1, 15) for c in ("体育", "美术"))))
    assert (report.batch.stage, report.batch.counts.kept) == (BatchStage.POSTED, 28)
    assert archive.figures().entries == 28
    assert archive.check_roots().broken == ()
    again = at_once(
        school, sheet(*(Row(person=n, course=c, grade="99") for n in range(1, 15) for c in ("体育", "美术")))
    )
    assert again.batch.counts.corrections == 28


@pytest.mark.django_db
def test_a_batch_that_an_earlier_release_checked_is_posted(school):
    batch = approved(school, sheet(*(Row(person=n, course=c) for n in range(1, 4) for c in ("体育", "美术"))))
    parts.put(batch.public_id, parts.STAGED, 0, parts.staged(batch.public_id, 0).wide())
    assert decided.staged_rows(batch, [3])["course"].to_list() == ["美术"]
    assert posted(batch).counts.kept == 6
    assert archive.figures().entries == 6


@pytest.mark.django_db
def test_the_refused_rows_of_all_pieces_come_back_as_one_file(school, monkeypatch):
    in_small_pieces(monkeypatch)
    report = at_once(school, sheet(*(Row(person=n, grade="x" if n % 3 else "80") for n in range(1, 13))))
    _, pieces = queries.refused_as_file(report.batch, language="zh")
    assert len(b"".join(pieces).decode().splitlines()) == 1 + 8


@pytest.mark.django_db
def test_corrections_of_all_parts_are_paged_in_the_order_of_the_file(school, monkeypatch):
    in_small_pieces(monkeypatch)
    at_once(school, sheet(*(Row(person=n, grade="60") for n in range(1, 31))))
    rows = [Row(person=n, grade="60" if n % 3 == 0 else "70") for n in range(1, 31)]
    batch = operations.upload(actor=SYSTEM, organization_id=school.id, file_name="b.csv", content=sheet(*rows), now=NOW)
    operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert parts.number_of(batch.public_id, parts.STAGED) > 1
    monkeypatch.setattr(decided, "LINES_A_PAGE", 15)
    pages = [queries.corrections(actor=SYSTEM, public_id=batch.public_id, page=page) for page in (1, 2)]
    assert [page.total for page in pages] == [20, 20]
    told = [line.row for page in pages for line in page.lines]
    assert told == [number + 1 for number in range(1, 31) if number % 3]
