"""A school names the columns of its own table once, and files with these headings are read by that."""

from datetime import timedelta

import pytest

from creditbank.deposits import models, operations, queries
from creditbank.deposits.intake.layouts.errors import (
    ProfileColumnTwice,
    ProfileIncomplete,
    ProfileNameMissing,
    ProfileNameTaken,
    ProfileNotFound,
    ProfileUnknown,
)
from creditbank.deposits.types import BatchStage, Renaming
from creditbank.evidence.models import OutboxFact
from creditbank.kernel.errors import NotPermitted
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM
from tests.rooms.deposits.intake.sheets import as_csv
from tests.rooms.deposits.sheets import identity

pytestmark = pytest.mark.django_db
names = queries.column_names

HEADINGS = ("学员", "证件", "专业方向", "科目", "分值", "得分", "考试年月", "编号")
NAMES = {
    "学员": "person_name",
    "证件": "document",
    "专业方向": "major",
    "科目": "course",
    "分值": "credits",
    "得分": "grade",
    "考试年月": "obtained",
    "编号": "student_number",
}
FIXED = {"level_code": "86", "category_code": "321"}
RENAMING = Renaming(
    layout="own-courses", names=NAMES, values={"grade": {"过": "合格"}}, fixed=FIXED, name="教务系统导出"
)


def table(*grades):
    rows = [
        [f"学生{chr(0x4E00 + n)}", identity(n), "物流管理", "大学英语", "4", grade, "202407", f"S{n}"]
        for n, grade in enumerate(grades, 1)
    ]
    return as_csv([["成绩导出"], [*HEADINGS], *rows])


def saved(actor, school, **changes):
    given = {"actor": actor, "organization_id": school.id, "renaming": RENAMING, "headings": HEADINGS, "now": NOW}
    return operations.save_profile(**given | changes)


def but(**changes):
    given = {"layout": RENAMING.layout, "names": NAMES, "values": RENAMING.values, "fixed": FIXED, "name": "教务"}
    return Renaming(**given | changes)


def uploaded(actor, school, content):
    batch = operations.upload(
        actor=actor, organization_id=school.id, file_name="导出.csv", content=content, title="", now=NOW
    )
    return operations.check(actor=actor, public_id=batch.public_id, now=NOW)


def test_a_file_of_unknown_headings_offers_them_masked(li, school):
    batch = uploaded(li, school, table("85"))
    assert (batch.stage, batch.refusal_code) == (BatchStage.UNREADABLE, "deposits.file.no_header")
    head = names.head(batch)
    assert head.headings == HEADINGS
    assert head.samples[0][:2] == ("学**", "31****************")
    assert names.guesses("own-courses", head.headings)["major"] == 2


def test_a_missing_column_offers_the_headings_too(li, school):
    content = as_csv([["姓名", "身份证号", "课程名称", "学分"], ["张辉", identity(1), "英语", "2"]])
    batch = uploaded(li, school, content)
    assert batch.refusal_code == "deposits.file.column_missing"
    assert names.head(batch).headings == ("姓名", "身份证号", "课程名称", "学分")


def test_the_table_that_the_refusal_speaks_of_is_the_one_put_forward(li, school):
    headings = [
        "学号",
        "姓名",
        "证件号码",
        "专业",
        "课程号",
        "课程",
        "学分",
        "总学时",
        "总评成绩",
        "获得年月",
        "培养层次",
    ]
    row = ["S1", "张辉", identity(1), "物流", "L1", "英语", "2", "32", "86", "202407", "86"]
    batch = uploaded(li, school, as_csv([headings, row]))
    assert batch.refusal_code == "deposits.file.column_missing"
    assert names.likeliest(names.head(batch).headings) == "own-courses"


def test_what_is_no_table_offers_nothing(li, school):
    batch = uploaded(li, school, b"%PDF-1.7 not a table")
    assert batch.stage is BatchStage.UNREADABLE
    assert names.head(batch) is None


def test_headings_that_nobody_named_go_with_the_period(li, school):
    batch = uploaded(li, school, table("85"))
    operations.forget_old(actor=SYSTEM, months=6, now=NOW + timedelta(days=100))
    assert names.head(batch) is not None
    operations.forget_old(actor=SYSTEM, months=6, now=NOW + timedelta(days=200))
    assert names.head(batch) is None


def test_saving_is_one_fact_and_clears_the_headings(li, school):
    batch = uploaded(li, school, table("85"))
    profile = saved(li, school, batch_id=batch.id)
    assert (profile.name, profile.edition, profile.names) == ("教务系统导出", 1, NAMES)
    assert names.head(batch) is None
    fact = OutboxFact.objects.get(name="deposits.profile_saved.v1")
    assert fact.body == {
        "actor": li.reference,
        "edition": 1,
        "institution": school.id,
        "layout": "own-courses",
        "profile": profile.public_id,
    }


def test_a_change_is_the_next_edition_of_the_same_profile(li, school):
    first = saved(li, school)
    second = saved(li, school, renaming=but(fixed=FIXED | {"outcome_code": "1261"}), replaces=first.public_id)
    assert (second.public_id, second.edition, second.name) == (first.public_id, 2, "教务")
    assert names.profiles(actor=li) == (second,)
    assert [row.ended_at is None for row in models.Profile.objects.order_by("edition")] == [False, True]
    [renaming] = names.renamings(school.id)
    assert renaming.fixed["outcome_code"] == "1261"


def test_an_ended_profile_is_gone_and_its_name_free(li, school):
    profile = saved(li, school)
    operations.end_profile(actor=li, public_id=profile.public_id, now=NOW)
    assert names.profiles(actor=li) == ()
    assert names.renamings(school.id) == ()
    assert OutboxFact.objects.filter(name="deposits.profile_ended.v1").count() == 1
    with pytest.raises(ProfileNotFound):
        operations.end_profile(actor=li, public_id=profile.public_id, now=NOW)
    with pytest.raises(ProfileNotFound):
        names.profile(actor=li, public_id=profile.public_id)
    assert saved(li, school).edition == 1


def test_others_neither_see_nor_change_it(li, zhao, schools):
    here, _ = schools
    profile = saved(li, here)
    assert names.profiles(actor=zhao) == ()
    with pytest.raises(ProfileNotFound):
        saved(zhao, here, organization_id=schools[1].id, replaces=profile.public_id)
    with pytest.raises(NotPermitted):
        saved(zhao, here)


def test_a_name_is_given_once(li, school):
    saved(li, school)
    with pytest.raises(ProfileNameTaken, match="name_taken"):
        saved(li, school)


@pytest.mark.parametrize("name", ["", "  ", "长" * 61])
def test_a_profile_has_a_name(li, school, name):
    with pytest.raises(ProfileNameMissing):
        saved(li, school, renaming=but(name=name))


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"layout": "other"}, ProfileUnknown),
        ({"names": NAMES | {"学员": "nonsense"}}, ProfileUnknown),
        ({"names": NAMES | {"不在表里": "hours"}}, ProfileUnknown),
        ({"fixed": FIXED | {"level_code": "99"}}, ProfileUnknown),
        ({"fixed": FIXED | {"hours": "48"}}, ProfileUnknown),
        ({"values": {"grade": {"过": "很好很好"}}}, ProfileUnknown),
        ({"values": {"level_code": {"本科": "99"}}}, ProfileUnknown),
        ({"names": NAMES | {"学 员": "hours"}}, ProfileColumnTwice),
        ({"names": NAMES | {"编号": "major"}}, ProfileColumnTwice),
        ({"fixed": {"level_code": "86"}}, ProfileIncomplete),
        ({"names": {h: n for h, n in NAMES.items() if n != "grade"}}, ProfileIncomplete),
    ],
)
def test_names_that_no_file_could_be_read_by_are_refused(li, school, changes, refusal):
    with pytest.raises(refusal):
        saved(li, school, renaming=but(**changes))
    assert not models.Profile.objects.exists()


def test_a_heading_that_stands_twice_in_the_file_names_nothing(li, school):
    with pytest.raises(ProfileColumnTwice, match="column_twice"):
        saved(li, school, headings=(*HEADINGS, "得 分"))
