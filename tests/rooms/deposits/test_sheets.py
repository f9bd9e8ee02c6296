"""A file of each layout, from upload to the archive of the learner: sources, targets and where they came from."""

from datetime import date
from pathlib import Path

import polars as pl
import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.deposits import models, operations, queries
from creditbank.deposits.intake import guide
from creditbank.deposits.types import BatchStage, Renaming
from creditbank.framework.queries import unit_details
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.text import Text
from creditbank.learners import operations as accounts, queries as learners
from creditbank.learners.types import NewPerson
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.intake.sheets import as_csv
from tests.rooms.deposits.sheets import identity

pytestmark = pytest.mark.django_db
COURSES = ("护理学", "康复学")
FORMATS = Path(__file__).parents[2] / "data" / "formats"
GUIDE = guide.sheet_guide(unit_details())
WANG, LI = "310199199001010018", "310199199202020028"
#: What the bank has accredited: names, levels, kinds.
ACCREDITED = (
    ("物流管理职业技能等级证书", "中级", SpecificationKind.CERTIFICATE),
    ("养老护理员岗前培训", "", SpecificationKind.TRAINING),
)


@pytest.fixture
def accredited(schools):
    """What is no course, in the catalogue and accredited since 2020."""
    _, issuer = schools
    return [define(issuer, name, level, kind) for name, level, kind in ACCREDITED]


def define(issuer, name, level, kind):
    new = NewSpecification(kind=kind, name=Text(name), owner_id=issuer.id, issuer_id=issuer.id, level=level)
    made = catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)
    catalogue.accredit(
        actor=SYSTEM, specification_id=made.id, starts=date(2020, 1, 1), ends=None, decision="2020-1", now=NOW
    )
    return made.id


def at_once(school, content, name="a.xlsx"):
    return operations.deposit_at_once(actor=SYSTEM, organization_id=school.id, file_name=name, content=content, now=NOW)


def example(code, kind="xlsx"):
    content = GUIDE.file(f"{code}-example", kind, language="zh")
    assert content is not None
    return content


def archive_of(number):
    document = Document(DocumentKind.RESIDENT_ID, number)
    learner_id = learners.find_by_documents([document])[document].learner_id
    mine = Actor(ActorKind.LEARNER, 7, "", (), learner_id=learner_id)
    return {
        each.name.zh: archive.own_entry(actor=mine, address=each.address)
        for each in archive.archive_of(actor=SYSTEM, learner_id=learner_id)
    }


def told(pages, name):
    """What a page says of where its achievement came from, and what it became."""
    page = pages[name]
    sources = [each.achievement.name.zh for each in page.sources]
    return sources, sorted(each.achievement.name.zh for each in page.targets)


def codes(report):
    return sorted((line.row, line.code.removeprefix("deposits.row.")) for line in report.refused)


def test_courses_of_other_schools_lie_in_the_archive_with_what_they_became(school):
    report = at_once(school, example("conversions-2"))
    assert (codes(report), report.batch.stage) == ([], BatchStage.POSTED)
    pages = archive_of(WANG)
    abroad = "供应链概论（云江理工大学）"
    assert set(pages) == {abroad, "物流管理基础"}
    assert told(pages, "物流管理基础") == ([abroad], [])
    assert told(pages, abroad) == ([], ["物流管理基础"])
    target, source = pages["物流管理基础"].achievement, pages[abroad].achievement
    assert (target.entry.credits, target.entry.key.obtained, target.grade.zh) == (300, 20251200, "")
    assert (source.entry.credits, source.entry.key.obtained, source.grade.zh) == (300, 20230600, "78")
    assert pages["物流管理基础"].sources[0].converted == 20251200


def test_a_certificate_that_freed_two_courses_is_one_achievement(school, accredited):
    report = at_once(school, example("certificates-2"))
    assert (codes(report), report.batch.counts.kept, report.batch.counts.duplicates) == ([], 3, 1)
    pages = archive_of(WANG)
    assert set(pages) == {"物流管理职业技能等级证书", "物流管理基础", "仓储与配送"}
    assert told(pages, "物流管理职业技能等级证书") == ([], ["仓储与配送", "物流管理基础"])
    certificate = pages["物流管理职业技能等级证书"].achievement
    assert (certificate.kind, certificate.entry.credits, certificate.grade.zh) == ("certificate", None, "合格")
    assert certificate.entry.key.specification_id == accredited[0]


@pytest.mark.parametrize("kind", ["xlsx", "csv", "parquet"])
def test_the_own_template_takes_every_kind(school, accredited, kind):
    report = at_once(school, example("creditbank-1", kind), f"a.{kind}")
    assert (codes(report), report.batch.template) == ([], "creditbank-1")
    training = archive_of(WANG)["养老护理员岗前培训"].achievement
    assert (training.kind, training.entry.credits, training.entry.key.obtained) == ("training", 200, 20260618)
    assert told(archive_of(LI), "物流管理基础") == (["物流管理职业技能等级证书"], [])


def test_sending_the_same_again_changes_nothing(school, accredited):
    at_once(school, example("certificates-2"))
    again = at_once(school, example("certificates-2", "csv"))
    assert (again.batch.counts.postable, again.batch.counts.duplicates) == (0, 4)


def test_a_certificate_sent_before_is_the_source_of_what_comes_later(school, accredited):
    at_once(school, example("certificates-2"))
    lines = GUIDE.file("certificates-2-example", "csv", language="zh").decode("utf-8-sig").splitlines()
    later = "\n".join([lines[0], lines[1].replace("物流管理基础", "运输管理")]).encode()
    report = at_once(school, later, "b.csv")
    assert (codes(report), report.batch.counts.kept) == ([], 1)
    assert told(archive_of(WANG), "运输管理") == (["物流管理职业技能等级证书"], [])


def test_what_the_bank_does_not_know_is_refused_with_its_row(school):
    report = at_once(school, example("certificates-2"))
    assert codes(report) == [(2, "course_unknown"), (3, "course_unknown")]
    assert not models.Batch.objects.filter(stage=BatchStage.POSTED).exists()


def test_what_was_not_accredited_then_is_refused(school, schools):
    made = define(schools[1], "养老护理员岗前培训", "", SpecificationKind.TRAINING)
    rows = {"kind": "培训", "person_name": "王小例", "document": WANG, "course": "养老护理员岗前培训"}
    content = own(rows | {"obtained": "2019"}, rows | {"obtained": "2021"})
    report = at_once(school, content, "a.csv")
    assert codes(report) == [(2, "not_accredited")]
    assert archive_of(WANG)["养老护理员岗前培训"].achievement.entry.key.specification_id == made


def own(*rows):
    """Rows of the bank's own template, under its machine names."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return as_csv([names, *([row.get(name) for name in names] for row in rows)])


def test_what_only_other_sheets_can_say_is_checked(school, accredited):
    good = {
        "kind": "课程",
        "person_name": "王小例",
        "document": WANG,
        "course": "社区工作",
        "obtained": "202506",
        "credits": "2",
    }
    report = at_once(
        school,
        own(
            good | {"kind": "冥想"},
            good | {"unit": "斤"},
            good | {"document": "", "account": "004388172019345"},
            good | {"document": ""},
            good | {"unit": "ECTS学分"},
            {"kind": "合计", "credits": "10"},
        ),
        "a.csv",
    )
    assert codes(report) == [
        (2, "kind_unknown"),
        (3, "unit_unknown"),
        (4, "account_unknown"),
        (5, "document_missing"),
        (7, "not_of_a_student"),
    ]
    assert report.refused[-1].message_zh.startswith("“10”")
    assert archive_of(WANG)["社区工作"].achievement.unit.code == "ects"


def test_people_are_found_by_their_account_number(school):
    good = {"kind": "课程", "person_name": "王小例", "course": "社区工作", "obtained": "202506", "credits": "2"}
    at_once(school, own(good | {"document": WANG}), "a.csv")
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    found = learners.find_by_documents([document])[document].learner_id
    number = learners.account_numbers([found])[found]
    report = at_once(school, own(good | {"course": "管理学", "account": number}), "b.csv")
    assert (codes(report), report.batch.counts.kept) == ([], 1)
    assert set(archive_of(WANG)) == {"社区工作", "管理学"}
    other = at_once(school, own(good | {"person_name": "另一人", "course": "英语", "account": number}), "c.csv")
    assert codes(other) == [(2, "name_differs_from_account")]


def test_the_wide_table_of_another_country_is_taken(school):
    good = {"kind": "课程", "person_name": "Asha Example", "course": "社区工作", "obtained": "202506", "credits": "2"}
    at_once(school, own(good | {"document": WANG}), "a.csv")
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    found = learners.find_by_documents([document])[document].learner_id
    number = learners.account_numbers([found])[found]
    table = GUIDE.file("nad-abc-example", "csv", language="zh").decode("utf-8-sig")
    report = at_once(school, table.replace("990000000017", number).encode(), "b.csv")
    assert report.batch.template == "nad-abc"
    assert codes(report) == [(3, "account_unknown")]
    pages = archive_of(WANG)
    assert set(pages) == {"社区工作", "Botany I", "Zoology I"}
    botany = pages["Botany I"].achievement
    assert (botany.unit.code, botany.entry.credits, botany.grade.zh) == ("ncrf.credit", 400, "A+")
    assert botany.entry.key.obtained == 20250500


def test_a_row_of_the_wide_table_that_tells_one_subject_twice_is_refused(school):
    good = {"kind": "课程", "person_name": "Asha Example", "course": "社区工作", "obtained": "202506", "credits": "2"}
    at_once(school, own(good | {"document": WANG}), "a.csv")
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    found = learners.find_by_documents([document])[document].learner_id
    table = GUIDE.file("nad-abc-example", "csv", language="zh").decode("utf-8-sig")
    table = table.replace("990000000017", learners.account_numbers([found])[found]).replace("Zoology I", "Botany I")
    report = at_once(school, table.encode(), "b.csv")
    assert codes(report) == [(2, "contradicts_row"), (3, "account_unknown")]


def test_a_code_of_the_catalogue_names_what_its_name_does_not(school, schools):
    new = NewSpecification(
        kind=SpecificationKind.TRAINING,
        name=Text("养老护理员岗前培训"),
        owner_id=schools[1].id,
        issuer_id=schools[1].id,
        code="YL-01",
    )
    made = catalogue.define_specification(actor=SYSTEM, new=new, now=NOW)
    catalogue.accredit(
        actor=SYSTEM, specification_id=made.id, starts=date(2020, 1, 1), ends=None, decision="2020-1", now=NOW
    )
    row = {"kind": "培训", "person_name": "王小例", "document": WANG, "course": "护理员培训", "course_code": "yl-01"}
    assert codes(at_once(school, own(row | {"obtained": "2021"}), "a.csv")) == []
    assert set(archive_of(WANG)) == {"养老护理员岗前培训"}


def test_where_one_half_of_a_conversion_fails_the_row_is_refused(school):
    lines = GUIDE.file("conversions-2-example", "csv", language="zh").decode("utf-8-sig").splitlines()
    broken = "\n".join([lines[0], lines[1].replace("202512", "203001"), lines[2]]).encode()
    report = at_once(school, broken, "a.csv")
    assert codes(report) == [(2, "obtained_future")]
    [line] = report.refused
    assert line.column == "转换时间"
    assert set(archive_of(LI)) == {"管理学（云江理工大学）", "物流管理基础"}


def test_the_sheets_of_the_field_are_taken(school):
    report = at_once(school, (FORMATS / "gen2_conversions.xlsx").read_bytes())
    assert (report.batch.template, codes(report)) == ("conversions-2", [])
    assert report.batch.counts.kept == 12
    assert archive_provenance() == 6


def archive_provenance():
    from creditbank.archive.models import Provenance  # noqa: PLC0415  # one number of the book

    return Provenance.objects.count()


def opened_later(school):
    """Open the account, and let what waited for it enter; return what became of the rows."""
    person = NewPerson(name="王小例", document=Document(DocumentKind.RESIDENT_ID, WANG))
    accounts.open_many(actor=SYSTEM, organization_id=school.id, people=[person], now=NOW)
    operations.enter_waiting(actor=SYSTEM, now=NOW)
    for late in models.Batch.objects.filter(stage=BatchStage.APPROVED):
        operations.post(actor=SYSTEM, public_id=late.public_id, now=NOW)
    return list(models.Waiting.objects.order_by("row").values_list("row", "state"))


def test_what_was_converted_waits_for_the_account_with_where_it_came_from(trainer, accredited):
    row = {
        "kind": "培训",
        "person_name": "王小例",
        "document": WANG,
        "course": "养老护理员岗前培训",
        "obtained": "202506",
    }
    into = [
        {"target_course": name, "target_credits": "2", "target_obtained": "202507"} for name in ("护理学", "康复学")
    ]
    report = at_once(trainer, own(row, *(row | each for each in into)), "a.csv")
    counts = report.batch.counts
    assert (codes(report), counts.rows, counts.waiting, counts.duplicates) == ([], 3, 3, 0)
    assert opened_later(trainer) == [(2, "entered"), (3, "entered"), (4, "entered")]
    pages = archive_of(WANG)
    assert pages["养老护理员岗前培训"].achievement.entry.key.specification_id == accredited[1]
    assert told(pages, "养老护理员岗前培训") == ([], ["康复学", "护理学"])
    assert told(pages, "护理学") == told(pages, "康复学") == (["养老护理员岗前培训"], [])


def test_a_conversion_held_back_alone_keeps_where_it_came_from(trainer, accredited):
    """Two rows have one source; something speaks against the second of them for a while."""
    row = {
        "kind": "培训",
        "person_name": "王小例",
        "document": WANG,
        "course": "养老护理员岗前培训",
        "obtained": "202506",
    }
    into = [{"target_course": name, "target_credits": "2", "target_obtained": "202507"} for name in COURSES]
    batch = at_once(trainer, own(*(row | each for each in into)), "a.csv").batch
    models.Waiting.objects.filter(row=3).update(problem="deposits.row.course_unknown")
    assert opened_later(trainer) == [(2, "entered"), (3, "waiting")]
    assert told(archive_of(WANG), "养老护理员岗前培训") == ([], ["护理学"])
    operations.retry_waiting(actor=SYSTEM, public_id=batch.public_id, now=NOW)
    operations.enter_waiting(actor=SYSTEM, now=NOW)
    late = models.Batch.objects.get(stage=BatchStage.APPROVED)
    operations.post(actor=SYSTEM, public_id=late.public_id, now=NOW)
    assert told(archive_of(WANG), "养老护理员岗前培训") == ([], ["康复学", "护理学"])


def test_an_account_and_its_document_in_one_file_are_one_person(school):
    good = {"kind": "课程", "person_name": "王小例", "course": "社区工作", "obtained": "202506", "credits": "2"}
    at_once(school, own(good | {"document": WANG}), "a.csv")
    document = Document(DocumentKind.RESIDENT_ID, WANG)
    number = learners.account_numbers([learners.find_by_documents([document])[document].learner_id]).popitem()[1]
    new = good | {"course": "管理学"}
    report = at_once(school, own(new | {"account": number, "document": ""}, new | {"document": WANG}), "b.csv")
    assert (report.batch.stage, report.batch.counts.kept, report.batch.counts.duplicates) == (BatchStage.POSTED, 1, 1)


def test_a_schools_own_table_is_read_by_its_profile(school, li):
    headings = ["学员", "证件", "专业方向", "科目", "分值", "得分", "考试年月", "编号"]
    names = ["person_name", "document", "major", "course", "credits", "grade", "obtained", "student_number"]
    renaming = Renaming(
        layout="own-courses",
        names=dict(zip(headings, names, strict=True)),
        values={"grade": {"过": "合格"}},
        fixed={"level_code": "86", "category_code": "321"},
        name="导出",
    )
    operations.save_profile(actor=li, organization_id=school.id, renaming=renaming, headings=headings, now=NOW)
    rows = [
        ["王小例", WANG, "物流管理", "英语", "4", "过", "202407", "S1"],
        ["李大例", identity(2), "物流", "英语", "4", "差", "202407", "S2"],
    ]
    report = at_once(school, as_csv([["成绩导出"], headings, *rows]), "a.csv")
    assert codes(report) == [(4, "grade_malformed")]
    assert archive_of(WANG)["英语"].achievement.grade.zh == "合格"
    name, pieces = queries.refused_as_file(report.batch, language="zh")
    assert name == "a_问题行.csv"
    assert pl.read_csv(b"".join(pieces), infer_schema=False).columns[:3] == headings[:3]
