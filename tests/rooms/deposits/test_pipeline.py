"""One file from upload to the archive, tried from every side."""

from pathlib import Path

import polars as pl
import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import queries as catalogue
from creditbank.deposits import operations, queries
from creditbank.deposits.errors import BatchNotFound, FileMissing, FileTooLarge, InstitutionNotActive, NothingToPost
from creditbank.deposits.transitions import BatchNotThere
from creditbank.deposits.types import BatchStage
from creditbank.evidence import queries as evidence
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import SameReaderTwice, Verdict
from creditbank.learners import queries as learners
from creditbank.organizations import operations as organizations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.intake.sheets import read
from tests.rooms.deposits.sheets import Row, identity, sheet

FORMATS = Path(__file__).parents[2] / "data" / "formats"


def handed_in(li, school, content, name="a.csv"):
    batch = operations.upload(actor=li, organization_id=school.id, file_name=name, content=content, now=NOW)
    return operations.check(actor=SYSTEM, public_id=batch.public_id, now=NOW)


def posted(li, wang, school, content, name="a.csv"):
    batch = handed_in(li, school, content, name)
    assert batch.stage is BatchStage.REPORTED, batch.refusal_zh
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    return operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)


def person_of(number):
    document = Document(DocumentKind.RESIDENT_ID, identity(number))
    return learners.find_by_documents([document])[document].learner_id


def at_once(school, content):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=content, now=NOW
    )


def refused_codes(batch):
    return {row.row: row.code for row in queries.all_refused(batch)}


@pytest.mark.parametrize(
    ("name", "rows", "mapped"),
    [("gen1_courses.xlsx", 58, 58), ("gen2_courses.xlsx", 60, 0), ("gen2_courses_gb18030.csv", 60, 0)],
)
def test_files_of_both_generations_reach_the_archive(school, li, wang, name, rows, mapped):
    batch = posted(li, wang, school, (FORMATS / name).read_bytes(), name)
    assert batch.stage is BatchStage.POSTED
    assert (batch.counts.rows, batch.counts.kept, batch.counts.mapped) == (rows, rows, mapped)
    assert batch.counts.accounts_opened == 12
    assert archive.figures().entries == rows
    facts = [stored.fact.name for stored in evidence.facts()]
    assert facts.count("archive.batch_posted.v1") == 1
    assert "deposits.batch_read.v1" in facts


def test_the_same_rows_in_another_encoding_change_nothing(school):
    at_once(school, (FORMATS / "gen2_courses.xlsx").read_bytes())
    report = at_once(school, (FORMATS / "gen2_courses_gb18030.csv").read_bytes())
    assert (report.batch.counts.duplicates, report.batch.counts.postable) == (60, 0)
    assert report.as_json()["posted"] is False
    assert archive.figures().entries == 60


def test_another_mark_under_the_same_key_is_a_correction_and_the_old_one_stays(school, li):
    at_once(school, sheet(Row()))
    report = at_once(school, sheet(Row(grade="91")))
    assert (report.batch.counts.kept, report.batch.counts.corrections) == (0, 1)
    (entry,) = archive.entries(person_of(1))
    assert (entry.revision, entry.grade.value) == (1, 9100)


def test_what_an_outsider_may_not_see_is_not_there(school, li, zhao):
    batch = handed_in(li, school, sheet(Row()))
    with pytest.raises(BatchNotFound):
        queries.batch(actor=zhao, public_id=batch.public_id)
    with pytest.raises(BatchNotFound):
        operations.review(actor=zhao, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    assert queries.batches(actor=zhao).total == 0


def test_an_outsider_may_not_upload(school, zhao):
    with pytest.raises(NotPermitted):
        operations.upload(actor=zhao, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)


def test_who_uploaded_or_submitted_cannot_approve(school, li, wang):
    batch = handed_in(li, school, sheet(Row()))
    operations.submit(actor=wang, public_id=batch.public_id, now=NOW)
    for same in (li, wang):
        with pytest.raises(SameReaderTwice):
            operations.review(actor=same, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    third = staff(9, school.id)
    approved = operations.review(actor=third, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    assert approved.stage is BatchStage.APPROVED


def test_a_returned_batch_can_be_submitted_again(school, li, wang):
    batch = handed_in(li, school, sheet(Row()))
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    returned = operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.RETURN, note="缺一页", now=NOW)
    assert (returned.stage, returned.readings[0].note) == (BatchStage.RETURNED, "缺一页")
    again = operations.submit(actor=li, public_id=batch.public_id, now=NOW.replace(hour=3))
    assert again.stage is BatchStage.SUBMITTED


def test_a_file_that_is_no_table_is_an_outcome_with_a_sentence(school, li):
    batch = handed_in(li, school, b"%PDF-1.7 nothing here", "a.xlsx")
    assert (batch.stage, batch.refusal_code) == (BatchStage.UNREADABLE, "kernel.sheets.not_a_spreadsheet")
    assert batch.refusal_zh
    assert batch.refusal_en


def test_an_empty_upload_is_refused(school, li):
    with pytest.raises(FileMissing):
        operations.upload(actor=li, organization_id=school.id, file_name="", content=b"", now=NOW)


def test_a_suspended_institution_cannot_deposit(school, li):
    organizations.suspend(actor=SYSTEM, organization_id=school.id, now=NOW)
    with pytest.raises(InstitutionNotActive):
        operations.upload(actor=li, organization_id=school.id, file_name="a.csv", content=sheet(Row()), now=NOW)


def test_a_batch_without_a_good_row_cannot_be_submitted(school, li):
    batch = handed_in(li, school, sheet(Row(grade="59")))
    with pytest.raises(NothingToPost):
        operations.submit(actor=li, public_id=batch.public_id, now=NOW)


def test_a_posted_batch_cannot_be_cancelled(school, li, wang):
    batch = posted(li, wang, school, sheet(Row()))
    with pytest.raises(BatchNotThere):
        operations.cancel(actor=li, public_id=batch.public_id, now=NOW)


def test_a_cancelled_batch_leaves_nothing(school, li):
    batch = handed_in(li, school, sheet(Row()))
    assert operations.cancel(actor=li, public_id=batch.public_id, now=NOW).stage is BatchStage.CANCELLED
    assert archive.figures().entries == 0


def test_another_name_for_a_known_document_is_refused(school, li):
    at_once(school, sheet(Row(name="张三")))
    batch = handed_in(li, school, sheet(Row(name="李四", course="体育"), Row(person=2)))
    assert refused_codes(batch) == {2: "deposits.row.name_differs_from_account"}
    assert batch.counts.kept == 1


def test_credits_that_differ_from_the_catalogue_are_refused_and_both_figures_named(school, li):
    at_once(school, sheet(Row()))
    batch = handed_in(li, school, sheet(Row(person=2, credits="3.5")))
    (row,) = queries.all_refused(batch)
    assert row.code == "deposits.row.credits_differ"
    assert "3.5" in row.message_zh
    assert "4" in row.message_zh


def test_a_new_course_takes_the_credits_that_most_rows_give(school, li):
    rows = [Row(person=n, credits="4") for n in (1, 2)]
    batch = handed_in(li, school, sheet(*rows, Row(person=3, credits="2")))
    assert refused_codes(batch) == {4: "deposits.row.credits_differ"}
    assert batch.counts.courses_proposed == 1


def test_an_institution_that_registers_its_courses_gets_unknown_ones_refused(schools, li):
    here = organizations.open_organization(
        actor=SYSTEM,
        parent_id=schools[0].parent_id,
        code="4131010246",
        kind=schools[0].kind,
        name=schools[0].name,
        registers_courses=True,
        now=NOW,
    )
    batch = handed_in(staff(1, here.id), here, sheet(Row()))
    assert refused_codes(batch) == {2: "deposits.row.course_unknown"}
    assert catalogue.courses_of(here.id) == []


def test_the_refused_file_can_be_mended_and_handed_in_again(school, li):
    batch = handed_in(li, school, sheet(Row(grade="缺考"), Row(person=2)))
    name, pieces = queries.refused_as_file(batch, language="zh")
    content = b"".join(pieces)
    assert name == "a_问题行.csv"
    again = read(content, name=name)
    assert again.rows == 1
    mended = content.decode("utf-8-sig").replace("缺考", "88", 1).encode()
    assert handed_in(li, school, mended).counts.kept == 1


def test_a_dry_run_writes_nothing(school, li):
    report = operations.dry_run(
        actor=li, organization_id=school.id, file_name="a.csv", content=sheet(Row()), today=NOW.date()
    )
    assert report.report.counts.kept == 1
    assert isinstance(report.refused, pl.DataFrame)
    assert queries.batches(actor=li).total == 0
    assert archive.figures().entries == 0


def test_the_root_of_a_batch_proves_each_of_its_rows(school, li, wang):
    batch = posted(li, wang, school, sheet(*(Row(person=n) for n in range(1, 8))))
    for number in range(1, 8):
        (entry,) = archive.entries(person_of(number))
        proof = archive.entry_proof(actor=SYSTEM, key=entry.key)
        found = evidence.root_of_proof(leaf=proof.commitment, index=proof.index, size=proof.size, proof=proof.path)
        assert found is not None
        assert found.hex() == batch.root
        assert evidence.commitments(proof.salt, [proof.form.encode()])[0] == proof.commitment


def test_a_file_above_the_limit_is_refused_before_anything_is_kept(school, li, monkeypatch):
    monkeypatch.setattr("creditbank.deposits.operations.uploading.FILE_BYTES_MAX", 100)
    with pytest.raises(FileTooLarge):
        operations.upload(actor=li, organization_id=school.id, file_name="a.csv", content=b"x" * 101, now=NOW)
    assert queries.batches(actor=li).total == 0


def test_a_damaged_workbook_is_an_outcome_and_no_crash(school, li):
    content = bytearray((FORMATS / "gen1_courses.xlsx").read_bytes())
    content[1500:1600] = bytes(reversed(range(100, 200)))
    batch = handed_in(li, school, bytes(content), "torn.xlsx")
    assert (batch.stage, batch.refusal_code) == (BatchStage.UNREADABLE, "kernel.sheets.not_a_spreadsheet")
