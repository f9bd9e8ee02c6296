"""The second person sees a sample that anybody can draw again, and asks for originals before approving."""

import hashlib

import pytest
from django.conf import settings
from django.db import connection
from hypothesis import given, strategies as st

from creditbank.deposits import files, operations, queries, sample
from creditbank.deposits.errors import (
    AllOrNothing,
    OriginalsAwaited,
    OriginalUnfit,
    QuestionMissing,
    RequestNotFound,
    RowNotSampled,
)
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.grades import Grade, Scale
from creditbank.kernel.review import SameReaderTwice, Verdict
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.sheets import Row, identity, sheet
from tests.rooms.deposits.test_pipeline import handed_in, posted

PDF = b"%PDF-1.7 a scanned mark sheet"


def submitted(li, school, content, name="a.csv"):
    batch = handed_in(li, school, content, name)
    return operations.submit(actor=li, public_id=batch.public_id, now=NOW)


def asked(wang, batch, row=2, question="请给成绩单原件"):
    return operations.ask_original(actor=wang, public_id=batch.public_id, row=row, question=question, now=NOW)


def given_back(li, batch, number, answer="成绩单第3页", **file):
    return operations.give_original(actor=li, public_id=batch.public_id, number=number, answer=answer, now=NOW, **file)


def approve(wang, batch):
    return operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


@pytest.mark.parametrize(
    ("rows", "shown"), [(0, 0), (7, 7), (20, 20), (500, 20), (2001, 21), (4999, 50), (5000, 50), (10_000_000, 50)]
)
def test_twenty_or_one_in_a_hundred_up_to_fifty(rows, shown):
    assert sample.size(rows) == shown


@given(st.integers(0, 6000), st.text("0123456789abcdef", min_size=64, max_size=64), st.text("abcdef", min_size=8))
def test_a_sample_is_of_its_size_within_the_file_and_the_same_again(rows, digest, batch):
    drawn = sample.draw(rows, file_sha256=digest, batch=batch)
    assert len(set(drawn)) == len(drawn) == sample.size(rows)
    assert all(0 <= place < rows for place in drawn)
    assert list(drawn) == sorted(drawn)
    assert drawn == sample.draw(rows, file_sha256=digest, batch=batch)


def test_the_published_rule_leads_to_the_same_rows():
    """As docs/explanation/two-people.md says it, written down a second time."""
    seed = hashlib.sha256(b"creditbank.sample.v1\n" + b"ab" * 32 + b"\nBATCH").digest()
    turns = [int.from_bytes(hashlib.sha256(seed + n.to_bytes(8, "big")).digest(), "big") % 3000 for n in range(99)]
    expected = sorted(list(dict.fromkeys(turns))[:30])
    assert list(sample.draw(3000, file_sha256="ab" * 32, batch="BATCH")) == expected


def test_every_row_is_drawn_as_often_as_another():
    seen = [0] * 100
    for number in range(1000):
        for place in sample.draw(100, file_sha256=f"{number:064d}", batch="b"):
            seen[place] += 1
    assert 140 < min(seen) <= max(seen) < 260


def test_the_sample_shows_rows_as_read_and_what_they_become(school, li, wang):
    posted(li, wang, school, sheet(Row(grade="60")))
    batch = submitted(
        li, school, sheet(Row(grade="90"), Row(person=2, course="新开的课", hours=""), Row(grade="x")), "b.csv"
    )
    found = queries.the_sample(actor=wang, public_id=batch.public_id)
    assert found.numbers == (2, 3)
    first, second = found.rows
    assert (first.row, first.person, first.student_number) == (2, "学**", "S0001")
    assert first.document != identity(1)
    assert (first.old.grade, first.values.grade) == (Grade(Scale.PERCENT, 6000), Grade(Scale.PERCENT, 9000))
    assert first.specification.zh == "大学英语"
    assert first.account
    assert (second.account, second.specification, second.old, second.values.hours) == ("", None, None, None)


def test_the_sample_is_drawn_from_the_rows_that_would_be_posted(school, li, wang):
    rows = [Row(person=number, grade="x" if number % 2 else "80") for number in range(1, 101)]
    batch = submitted(li, school, sheet(*rows))
    numbers = queries.the_sample(actor=wang, public_id=batch.public_id).numbers
    good = [number for number in range(2, 102) if number % 2]  # the sheet's first row has number 2
    places = sample.draw(50, file_sha256=batch.file_sha256, batch=batch.public_id)
    assert list(numbers) == [good[place] for place in places]


def test_nothing_of_the_sample_lies_in_the_clear(school, li, wang, django_capture_on_commit_callbacks):
    batch = submitted(li, school, sheet(Row(name="林晓岚")))
    queries.the_sample(actor=wang, public_id=batch.public_id)
    with connection.cursor() as cursor:
        cursor.execute("SELECT string_agg(t::text, '') FROM deposits_sampled_row t")
        assert "林晓岚" not in cursor.fetchone()[0]
    assert files.exists(batch.public_id, "sampled")
    approve(wang, batch)
    with django_capture_on_commit_callbacks(execute=True):
        operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert not files.exists(batch.public_id, "sampled")
    assert queries.the_sample(actor=wang, public_id=batch.public_id).rows == ()


def test_until_what_was_asked_is_given_nobody_approves(school, li, wang, django_capture_on_commit_callbacks):
    batch = submitted(li, school, sheet(Row(), Row(person=2)))
    request = asked(wang, batch)
    with pytest.raises(OriginalsAwaited) as refused:
        approve(wang, batch)
    assert refused.value.details == {"count": 1}
    assert [waits.originals for waits in queries.matters(actor=li)] == [1]
    given_back(li, batch, request.id, file_name="成绩单.pdf", content=PDF)
    told, content = queries.original(actor=wang, public_id=batch.public_id, number=request.id)
    assert (told.file_name, told.answer, content) == ("成绩单.pdf", "成绩单第3页", PDF)
    [path] = (settings.ENVIRONMENT.data / "files" / "batches" / batch.public_id).glob("given-*")
    assert PDF not in path.read_bytes()
    with django_capture_on_commit_callbacks(execute=True):
        assert approve(wang, batch).stage is BatchStage.APPROVED
        operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    assert queries.original(actor=wang, public_id=batch.public_id, number=request.id)[1] == PDF


def test_a_batch_with_open_questions_may_still_be_returned(school, li, wang):
    batch = submitted(li, school, sheet(Row()))
    asked(wang, batch)
    done = operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.RETURN, note="缺原件", now=NOW)
    assert done.stage is BatchStage.RETURNED


@pytest.mark.parametrize("row", [1, 3, 99])
def test_only_rows_of_the_sample_are_asked_for(school, li, wang, row):
    batch = submitted(li, school, sheet(Row(), Row(grade="x")))
    with pytest.raises(RowNotSampled):
        asked(wang, batch, row)


def test_a_row_is_asked_for_once_at_a_time(school, li, wang):
    batch = submitted(li, school, sheet(Row()))
    request = asked(wang, batch)
    with pytest.raises(RowNotSampled):
        asked(wang, batch)
    given_back(li, batch, request.id)
    assert asked(wang, batch, question="请给学籍表").id != request.id
    with pytest.raises(RequestNotFound):
        given_back(li, batch, request.id)


def test_who_handed_in_does_not_ask_and_who_may_not_approve_neither(school, li, wang):
    batch = submitted(li, school, sheet(Row()))
    with pytest.raises(SameReaderTwice):
        asked(li, batch)
    officer = staff(7, school.id)
    grants = tuple(grant for grant in officer.grants if grant.permission.endswith("batch:upload"))
    officer = type(officer)(kind=officer.kind, id=7, name="办", grants=grants)
    with pytest.raises(NotPermitted):
        asked(officer, batch)
    reported = handed_in(li, school, sheet(Row(person=9)), "b.csv")
    with pytest.raises(BatchNotThere):
        asked(wang, reported)


@pytest.mark.parametrize("words", ["", "原", "长" * 501])
def test_a_question_and_an_answer_say_something(school, li, wang, words):
    batch = submitted(li, school, sheet(Row()))
    with pytest.raises(QuestionMissing):
        asked(wang, batch, question=words)
    request = asked(wang, batch)
    with pytest.raises(QuestionMissing):
        given_back(li, batch, request.id, answer=words)


@pytest.mark.parametrize("content", [b"<html>", b"PK\x03\x04", PDF + bytes(10 * 1024 * 1024)])
def test_an_original_is_a_picture_or_a_pdf_of_modest_size(school, li, wang, content):
    batch = submitted(li, school, sheet(Row()))
    request = asked(wang, batch)
    with pytest.raises(OriginalUnfit):
        given_back(li, batch, request.id, file_name="a.pdf", content=content)
    with pytest.raises(RequestNotFound):
        queries.original(actor=wang, public_id=batch.public_id, number=request.id)


def test_all_or_nothing_waits_until_no_row_is_refused(school, li):
    content = sheet(Row(), Row(person=2, grade="x"))
    made = operations.upload(
        actor=li, organization_id=school.id, file_name="a.csv", content=content, all_or_nothing=True, now=NOW
    )
    batch = operations.check(actor=SYSTEM, public_id=made.public_id, now=NOW)
    assert (batch.all_or_nothing, batch.holds_back) == (True, True)
    with pytest.raises(AllOrNothing) as refused:
        operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    assert refused.value.details == {"rows": 1}
    chosen = operations.choose(actor=li, public_id=batch.public_id, all_or_nothing=False, now=NOW)
    assert not chosen.all_or_nothing
    assert operations.submit(actor=li, public_id=batch.public_id, now=NOW).stage is BatchStage.SUBMITTED
    with pytest.raises(BatchNotThere):
        operations.choose(actor=li, public_id=batch.public_id, all_or_nothing=True, now=NOW)


def test_all_or_nothing_lets_a_clean_file_in(school, li):
    report = operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=sheet(Row()), all_or_nothing=True, now=NOW
    )
    assert report.batch.stage is BatchStage.POSTED
    held = operations.deposit_at_once(
        actor=SYSTEM,
        organization_id=school.id,
        file_name="b.csv",
        content=sheet(Row(person=3), Row(person=2, grade="x")),
        all_or_nothing=True,
        now=NOW,
    )
    assert (held.batch.stage, held.as_json()["posted"]) == (BatchStage.REPORTED, False)


def test_corrections_are_told_before_approval_and_after(school, li, wang):
    rows = [Row(person=number, grade="60") for number in range(1, 31)]
    posted(li, wang, school, sheet(*rows))
    batch = submitted(li, school, sheet(*(row.but(grade="70") for row in rows), Row(person=31)), "b.csv")
    page = queries.corrections(actor=wang, public_id=batch.public_id, page=2)
    assert (len(page.lines), page.number, page.pages, page.total) == (10, 2, 2, 30)
    assert [line.row for line in page.lines] == list(range(22, 32))
    for line in page.lines:
        assert (line.old.grade.value, line.new.grade.value, line.course.zh) == (6000, 7000, "大学英语")
    approve(wang, batch)
    operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    done = queries.corrections(actor=wang, public_id=batch.public_id)
    assert (len(done.lines), done.total) == (20, 30)
    assert {(line.old.grade.value, line.new.grade.value, line.row) for line in done.lines} == {(6000, 7000, None)}
