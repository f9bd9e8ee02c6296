"""What was converted comes from another school: found there, never taken for a course of one's own, linked to both."""

import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue, queries as specifications
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.deposits.types import BatchStage
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.text import Text
from creditbank.learners import queries as learners
from creditbank.organizations import operations as organizations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.test_sheets import GUIDE, accredited, archive_of, at_once, codes, own, told

pytestmark = pytest.mark.django_db
__all__ = ["accredited"]
WANG = "310199199001010018"
COURSE = {
    "kind": "课程",
    "person_name": "王小例",
    "document": WANG,
    "course": "管理学",
    "credits": "3",
    "grade": "86",
    "obtained": "202306",
}
INTO = {"target_course": "物流管理基础", "target_credits": "3", "target_obtained": "202512"}
CERTIFICATE = COURSE | {
    "kind": "证书",
    "course": "物流管理职业技能等级证书",
    "certificate_level": "中级",
    "credits": "",
    "grade": "合格",
}


def define(issuer, name="管理学", **more):
    new = NewSpecification(
        kind=SpecificationKind.COURSE, name=Text(name), owner_id=issuer.id, issuer_id=issuer.id, **more
    )
    return catalogue.define_specification(actor=SYSTEM, new=new, now=NOW).id


def learner():
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    return learners.find_by_documents([document])[document].learner_id


def converted(school, **changes):
    """Deposit a course of another school, converted into an own one; return its one conversion."""
    report = at_once(school, own(COURSE | {"issuer_name": "另一所学校"} | INTO | changes), "c.csv")
    assert (codes(report), report.batch.stage) == ([], BatchStage.POSTED)
    [row] = archive.provenance(learner())
    return row


def test_a_course_of_another_school_is_found_there_and_not_among_one_s_own(schools):
    define(schools[0])
    there = define(schools[1])
    row = converted(schools[0])
    assert (row.source.specification_id, row.source.organization_id) == (there, schools[0].id)
    page = archive_of(WANG)["管理学"].achievement
    assert specifications.by_ids([page.entry.key.specification_id])[there].issuer_id == schools[1].id


@pytest.mark.parametrize("written", ["另一所学校", " 另一所学校 ", "4131010856", "Another School"])
def test_the_other_school_is_known_by_its_names_and_its_code(schools, written):
    place = schools[1].id
    organizations.rename(actor=SYSTEM, organization_id=place, name=Text("另一所学校", "Another school"), now=NOW)
    there = define(schools[1])
    assert converted(schools[0], issuer_name=written).source.specification_id == there


@pytest.mark.parametrize("school_named", ["另一所学校", "没有加入的大学", "无"])
def test_a_course_that_the_other_school_does_not_list_is_none_of_one_s_own(schools, school_named):
    mine = define(schools[0])
    row = converted(schools[0], issuer_name=school_named)
    assert row.source.specification_id != mine
    called = "外校" if school_named == "无" else school_named
    assert told(archive_of(WANG), "物流管理基础") == ([f"管理学（{called}）"], [])
    again = at_once(schools[0], own(COURSE | {"issuer_name": school_named, "remark": "再传"} | INTO), "d.csv")
    assert again.batch.counts.duplicates == 2


def test_a_course_of_one_s_own_before_a_change_of_programme_is_one_s_own(schools):
    mine = define(schools[0])
    assert converted(schools[0], issuer_name=schools[0].name.zh).source.specification_id == mine


def test_a_course_under_another_name_of_one_s_own_for_it_is_that_of_the_other_school(schools):
    there = define(schools[1], "管理学原理")
    given = {"actor": SYSTEM, "specification_id": there, "organization_id": schools[0].id, "now": NOW}
    catalogue.add_alias(alias="管理学", **given)
    assert converted(schools[0], issuer_name="没有加入的大学").source.specification_id == there


def test_an_achievement_of_another_school_that_was_not_converted_is_none_of_one_s_own_either(schools):
    define(schools[0])
    at_once(schools[0], own(COURSE | {"issuer_name": "没有加入的大学"}), "a.csv")
    assert set(archive_of(WANG)) == {"管理学（没有加入的大学）"}


def test_what_no_name_may_hold_is_left_out_of_the_name_of_a_school(schools):
    at_once(schools[0], own(COURSE | {"issuer_name": "某\u200b大学\u202e"}), "a.csv")
    assert set(archive_of(WANG)) == {"管理学（某大学）"}


def test_a_very_long_name_of_a_school_makes_no_name_that_is_too_long(schools):
    row = COURSE | {"issuer_name": "很长" * 90 + "大学", "course": "课" * 100}
    report = at_once(schools[0], own(row, row | {"course": "㍿" * 40}), "a.csv")
    assert (codes(report), report.batch.counts.kept) == ([], 2)


def test_a_source_that_its_school_stored_before_is_that_entry(schools):
    define(schools[1])
    at_once(schools[1], own(COURSE), "a.csv")
    row = converted(schools[0])
    assert row.source.organization_id == schools[1].id
    assert len(archive.entries(learner())) == 2
    pages = archive_of(WANG)
    assert (told(pages, "物流管理基础"), told(pages, "管理学")) == ((["管理学"], []), ([], ["物流管理基础"]))
    assert pages["物流管理基础"].sources[0].achievement.source_code == schools[1].code


def test_a_source_that_its_school_stored_otherwise_is_a_case_and_not_that_entry(schools):
    define(schools[1])
    at_once(schools[1], own(COURSE | {"grade": "90"}), "a.csv")
    assert converted(schools[0]).source.organization_id == schools[0].id
    assert told(archive_of(WANG), "物流管理基础") == ([], [])


@pytest.mark.parametrize("numbers", [("LM-1", "LM-1"), ("LM-1", ""), ("", "LM-1")])
def test_a_certificate_that_another_institution_stored_before_is_the_source(schools, accredited, numbers):
    before, now = numbers
    at_once(schools[1], own(CERTIFICATE | {"certificate_number": before}), "a.csv")
    row = converted(schools[0], **CERTIFICATE, certificate_number=now, issuer_name="云江物流培训中心")
    assert row.source.organization_id == schools[1].id
    assert told(archive_of(WANG), "物流管理基础") == (["物流管理职业技能等级证书"], [])


def test_the_sheet_of_the_field_finds_the_other_school(schools):
    content = GUIDE.file("conversions-2-example", "csv", language="zh").decode("utf-8-sig")
    there = define(schools[1], "供应链概论")
    at_once(schools[0], content.replace("云江理工大学", "另一所学校").encode(), "a.csv")
    assert archive_of(WANG)["供应链概论"].achievement.entry.key.specification_id == there
