"""Certificates of one kind, day and person: their numbers tell them apart, in any order and however often sent."""

import pytest

from creditbank.archive import queries as archive
from creditbank.deposits import operations, posting, queries
from creditbank.deposits.types import BatchStage
from creditbank.kernel.certificates import part_of
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import OrganizationKind
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.test_pipeline import handed_in
from tests.rooms.deposits.test_sheets import accredited, archive_of, at_once, codes, own, told

pytestmark = pytest.mark.django_db
__all__ = ["accredited"]
WANG = "310199199001010018"
CERTIFICATE = {
    "kind": "证书",
    "person_name": "王小例",
    "document": WANG,
    "course": "物流管理职业技能等级证书",
    "certificate_level": "中级",
    "obtained": "20240615",
}
FIRST, SECOND = (CERTIFICATE | {"certificate_number": number} for number in ("LM-0001", "LM-0002"))
PLAIN = CERTIFICATE | {"certificate_number": ""}


def parts():
    """What tells the certificates of the person apart."""
    return sorted(each.key.part for each in archive.entries(person()))


@pytest.mark.parametrize("rows", [(FIRST, SECOND), (SECOND, FIRST)])
def test_two_numbers_are_two_certificates_in_any_order(school, accredited, rows):
    report = at_once(school, own(*rows), "a.csv")
    assert (report.batch.stage, report.batch.counts.kept, codes(report)) == (BatchStage.POSTED, 2, [])
    assert parts() == sorted((part_of("LM-0001"), part_of("LM-0002")))
    assert archive.check_roots().broken == ()


def test_the_same_numbers_again_change_nothing_however_they_are_written(school, accredited):
    at_once(school, own(FIRST), "a.csv")
    again = at_once(school, own(SECOND, FIRST | {"certificate_number": "ｌｍ-0001 "}), "b.csv")
    assert (again.batch.counts.kept, again.batch.counts.duplicates) == (1, 1)
    third = at_once(school, own(FIRST, SECOND), "c.csv")
    assert (third.batch.counts.postable, third.batch.counts.duplicates) == (0, 2)


def test_a_number_told_differently_is_a_correction_of_its_own_certificate(school, accredited):
    at_once(school, own(FIRST, SECOND), "a.csv")
    report = at_once(school, own(SECOND | {"grade": "90"}), "b.csv")
    assert report.batch.counts.corrections == 1
    grades = {each.key.part: each.grade.value for each in archive.entries(person())}
    assert (grades[part_of("LM-0001")], grades[part_of("LM-0002")]) == (0, 9000)


def test_a_correction_is_told_beside_the_value_of_its_own_certificate(school, accredited, li):
    at_once(school, own(FIRST | {"grade": "60"}, SECOND | {"grade": "70"}), "a.csv")
    coming = handed_in(li, school, own(SECOND | {"grade": "90"}), name="b.csv")
    [line] = queries.corrections(actor=li, public_id=coming.public_id).lines
    assert (line.old.grade.value, line.new.grade.value) == (7000, 9000)


def person():
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    return learners.find_by_documents([document])[document].learner_id


def test_one_without_a_number_beside_one_with_a_number_is_refused(school, accredited):
    report = at_once(school, own(PLAIN, FIRST), "a.csv")
    assert codes(report) == [(2, "number_needed")]
    assert codes(at_once(school, own(PLAIN), "b.csv")) == [(2, "number_needed")]
    assert parts() == [part_of("LM-0001")]


def test_a_number_where_one_was_stored_without_is_refused(school, accredited):
    at_once(school, own(PLAIN), "a.csv")
    report = at_once(school, own(FIRST, PLAIN), "b.csv")
    assert codes(report) == [(2, "number_unclear")]
    assert report.batch.counts.duplicates == 1
    assert parts() == [0]


def test_of_others_without_a_number_nothing_is_said(school, accredited):
    other_day = PLAIN | {"obtained": "20240616"}
    other_person = PLAIN | {"document": "310199199202020028", "person_name": "李大例"}
    assert codes(at_once(school, own(FIRST, other_day, other_person), "a.csv")) == []


@pytest.mark.parametrize("nothing", ["无", "-", " — "])
def test_what_exporters_write_where_they_know_no_number_is_none(school, accredited, nothing):
    at_once(school, own(PLAIN), "a.csv")
    again = at_once(school, own(PLAIN | {"certificate_number": nothing}), "b.csv")
    assert (codes(again), again.batch.counts.duplicates) == ([], 1)


def test_a_number_that_a_spreadsheet_damaged_is_refused(school, accredited):
    rows = [CERTIFICATE | {"certificate_number": number} for number in ("2.02401E+15", "LM-0001")]
    report = at_once(school, own(*rows), "a.csv")
    assert (codes(report), parts()) == ([(2, "number_scientific")], [part_of("LM-0001")])


def test_each_number_is_the_source_of_what_it_became(school, accredited):
    into = {"target_credits": "2", "target_obtained": "202512"}
    first = FIRST | into | {"target_course": "仓储与配送"}
    second = SECOND | into | {"target_course": "物流管理基础"}
    report = at_once(school, own(first, second, second | {"target_course": "运输管理"}), "a.csv")
    assert (codes(report), report.batch.counts.kept) == ([], 5)
    sources = {(each.source.part, each.target.obtained) for each in archive.provenance(person())}
    assert sources == {(part_of("LM-0001"), 20251200), (part_of("LM-0002"), 20251200)}
    assert len(archive.provenance(person())) == 3


def test_a_row_whose_certificate_is_unclear_is_refused_with_all_that_it_became(school, accredited):
    into = {"target_credits": "2", "target_obtained": "202512"}
    at_once(school, own(PLAIN), "a.csv")
    rows = [FIRST | into | {"target_course": course} for course in ("仓储与配送", "物流管理基础")]
    assert codes(at_once(school, own(*rows), "b.csv")) == [(2, "number_unclear"), (3, "number_unclear")]
    assert set(archive_of(WANG)) == {"物流管理职业技能等级证书"}


@pytest.mark.parametrize("numbered_first", [True, False])
def test_of_two_batches_approved_at_once_that_differ_in_a_number_one_brings_the_certificate(
    school, accredited, li, wang, numbered_first
):
    other = {"kind": "课程", "course": "物流管理基础", "obtained": "202512", "credits": "2", "certificate_number": ""}
    rows = [FIRST, PLAIN] if numbered_first else [PLAIN, FIRST]
    given = {"actor": SYSTEM, "now": NOW}
    batches = [
        approved(li, wang, school, own(row, CERTIFICATE | other | {"course": f"课程{place}"}), name=f"{place}.csv")
        for place, row in enumerate(rows)
    ]
    counts = [operations.post(public_id=batch.public_id, **given).counts for batch in batches]
    assert [(each.kept, each.duplicates) for each in counts] == [(2, 0), (1, 1)]
    stored = [each.key.part for each in archive.entries(person()) if each.key.obtained == 20240615]
    assert stored == [part_of("LM-0001") if numbered_first else 0]


def test_what_came_of_a_certificate_that_another_batch_brought_with_its_number_leads_to_that(
    school, accredited, li, wang
):
    into = {"target_course": "仓储与配送", "target_credits": "2", "target_obtained": "202512"}
    files = [own(FIRST), own(PLAIN | into)]
    batches = [approved(li, wang, school, content, name=f"{len(content)}.csv") for content in files]
    for batch in batches:
        operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    [conversion] = archive.provenance(person())
    assert conversion.source.part == part_of("LM-0001")
    assert told(archive_of(WANG), "仓储与配送") == (["物流管理职业技能等级证书"], [])


@pytest.mark.parametrize("numbered_first", [True, False])
def test_a_plan_that_a_crash_left_does_not_bring_a_certificate_once_more_that_is_told_with_another_number(
    school, accredited, li, wang, numbered_first
):
    rows = [FIRST, PLAIN] if numbered_first else [PLAIN, FIRST]
    other = CERTIFICATE | {"kind": "课程", "course": "物流管理基础", "obtained": "202512", "credits": "2"}
    batches = [
        approved(li, wang, school, own(row, other | {"course": f"课程{place}"}), name=f"{place}.csv")
        for place, row in enumerate(rows)
    ]
    posting.plan(batches[1], 0, {}, actor=SYSTEM, now=NOW)
    counts = [operations.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts for batch in batches]
    assert [(each.kept, each.duplicates) for each in counts] == [(2, 0), (1, 1)]
    stored = [each.key.part for each in archive.entries(person()) if each.key.obtained == 20240615]
    assert stored == [part_of("LM-0001") if numbered_first else 0]


def approved(li, wang, school, content, *, name):
    batch = handed_in(li, school, content, name=name)
    operations.submit(actor=li, public_id=batch.public_id, now=NOW)
    return operations.review(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)


@pytest.mark.parametrize("numbered_first", [True, False])
def test_another_institution_that_leaves_the_number_out_tells_of_the_same_certificate(
    school, accredited, numbered_first
):
    rows = [FIRST, PLAIN] if numbered_first else [PLAIN, FIRST]
    given = {"actor": SYSTEM, "parent_id": None, "kind": OrganizationKind.INSTITUTION, "now": NOW}
    other = organizations.open_organization(code="4131010857", name=Text("第三所学校"), **given)
    at_once(school, own(rows[0]), "a.csv")
    report = at_once(other, own(rows[1]), "b.csv")
    assert (codes(report), report.batch.counts.kept, report.batch.counts.duplicates) == ([], 0, 1)
    disputed = at_once(other, own(rows[1] | {"grade": "90"}), "c.csv")
    assert disputed.batch.counts.conflicts == 1
