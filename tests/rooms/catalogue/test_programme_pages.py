"""The pages of programmes and certification units: everybody reads, Chen publishes for the whole bank."""

import csv
import io
import re
from html import unescape

import pytest
from django.urls import reverse

from creditbank.catalogue import operations, queries
from creditbank.catalogue.types import (
    CertificationUnitFilters,
    CourseKind,
    Nature,
    NewCertificationUnit,
    NewCourse,
    NewProgramme,
    ProgrammeCourse,
    ProgrammeFilters,
    RequirementGroup,
)
from creditbank.kernel.text import Text
from creditbank.organizations import queries as tree
from tests.rooms.catalogue.conftest import NOW, SYSTEM, defined


@pytest.fixture
def courses(bank):
    new = [NewCourse(name, 300) for name in ("高等数学", "大学英语 2", "毕业设计")]
    return operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=new, now=NOW)


@pytest.fixture
def published(bank, courses):
    def course(name, nature, kind=CourseKind.OTHER):
        return ProgrammeCourse(courses[name], nature, kind, 300)

    basic = (course("高等数学", Nature.REQUIRED, CourseKind.FOUNDATION), course("大学英语 2", Nature.ELECTIVE))
    groups = (
        RequirementGroup("basic", Text("基础课"), 300, basic),
        RequirementGroup("practice", Text("实践课"), None, (course("毕业设计", Nature.PRACTICE),)),
    )
    new = NewProgramme(bank.school, "080901", Text("护理学"), 600, 1, "85", "322", groups)
    return operations.define_programme(actor=SYSTEM, new=new, now=NOW)


FORM = {
    "school": "4131012044",
    "code": "101101",
    "name_zh": "护理学",
    "level": "85",
    "category": "322",
    "credits_required": "6",
    "unit_id": "1",
    "starts": "2026-09-01",
    "groups": "3",
    "group_zh-0": "基础课",
    "credits_min-0": "3",
    "courses-0": "高等数学\t必修\t基础\t3\n\n大学英语 2，选修",
    "group_zh-2": "实践课",
    "courses-2": "毕业设计 | practice | 4",
}


def rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def filled(page):
    """Return what a browser would send of the form as it is shown."""
    form = page[page.index("<main") :]
    inputs = [re.findall(r'(name|value)="([^"]*)"', tag) for tag in re.findall(r"<input[^>]*>", form)]
    values = {pairs["name"]: pairs.get("value", "") for pairs in map(dict, inputs)}
    for name, options in re.findall(r'<select[^>]*name="([^"]*)".*?>(.*?)</select>', form, re.DOTALL):
        values[name] = re.search(r'value="([^"]*)" selected', options)[1]
    values |= re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>\n(.*?)</textarea>', form, re.DOTALL)
    return {name: unescape(value) for name, value in values.items()}


def found():
    return list(queries.every_programme(ProgrammeFilters()))


def test_everybody_finds_a_programme_by_pinyin_and_reads_what_it_asks_for(published, client):
    shown = client.get(reverse("programmes") + "?q=hlx&level=85").content.decode()
    address = reverse("programme", kwargs={"public_id": published.public_id})
    assert address in shown
    assert "没有符合条件的方案" in client.get(reverse("programmes") + "?q=xyz").content.decode()
    page = client.get(address).content.decode()
    for words in (
        "至少修3，组内共6 课程学分",
        "全部要修，共3 课程学分",
        "6 课程学分",
        "集中实践",
        "云江第二工业大学",
        "本科",
    ):
        assert words in page, words
    assert "出新版本" not in page
    english = client.get("/en" + address).content.decode()
    assert "Bachelor" in english
    assert client.get(reverse("programme", kwargs={"public_id": "nothing"})).status_code == 404


def test_the_list_is_exported_as_it_is_narrowed(bank, published, client):
    school = tree.by_id(bank.school).public_id
    [row] = rows(client.get(reverse("programmes_export") + f"?school={school}"))
    assert (row["方案代码"], row["应修学分"], row["层次"], row["单位"]) == ("080901", "6", "本科", "课程学分")
    assert rows(client.get(reverse("programmes_export") + "?level=86")) == []


def test_a_replaced_edition_stays_readable_and_says_so(bank, published, signed_in):
    client = signed_in("chen")
    after = reverse("programme_new") + f"?after={published.public_id}"
    filled = client.get(after).content.decode()
    assert "高等数学 | 必修 | 基础 | 3" in filled
    assert 'name="school"' not in filled
    assert client.post(after, FORM | {"school": "4131010251", "code": "other", "starts": ""}).status_code == 302
    second, first = queries.programmes_of(bank.school)
    assert (second.edition, second.code, second.groups[0].credits_min) == (2, "080901", 300)
    page = client.get(reverse("programme", kwargs={"public_id": first.public_id})).content.decode()
    assert "已有更新的版本" in page
    assert "出新版本" not in page
    listed = [row["版本"] for row in rows(client.get(reverse("programmes_export")))]
    everything = [row["版本"] for row in rows(client.get(reverse("programmes_export") + "?editions=all"))]
    assert (listed, everything) == (["2"], ["2", "1"])


def test_what_the_form_of_the_next_edition_offers_can_be_sent_as_it_is(published, signed_in, courses):
    client = signed_in("chen")
    for prefix in ("", "/en"):
        after = (
            prefix
            + reverse("programme_new")
            + f"?after={queries.programmes_of(published.organization_id)[0].public_id}"
        )
        sent = filled(client.get(after).content.decode())
        assert client.post(after, sent).status_code == 302
    editions = queries.programmes_of(published.organization_id)
    assert [each.edition for each in editions] == [3, 2, 1]
    assert len({each.groups for each in editions}) == 1


def test_a_programme_is_published_from_pasted_rows(bank, courses, signed_in):
    client = signed_in("chen")
    assert client.post(reverse("programme_new"), FORM).status_code == 302
    [made] = queries.programmes_of(bank.school)
    assert (made.name.zh, made.credits_required, made.starts.isoformat()) == ("护理学", 600, "2026-09-01")
    first, second = made.groups
    assert (first.name.zh, first.credits_min, second.name.zh, second.credits_min) == ("基础课", 300, "实践课", None)
    assert first.code != second.code
    assert first.courses == (
        ProgrammeCourse(courses["高等数学"], Nature.REQUIRED, CourseKind.FOUNDATION, 300),
        ProgrammeCourse(courses["大学英语 2"], Nature.ELECTIVE, CourseKind.OTHER, 300),
    )
    assert second.courses == (ProgrammeCourse(courses["毕业设计"], Nature.PRACTICE, CourseKind.OTHER, 400),)


def test_another_group_is_added_without_losing_anything(courses, signed_in):
    response = signed_in("chen").post(reverse("programme_new"), FORM | {"more": "1", "name_zh": ""})
    shown = response.content.decode()
    assert response.status_code == 200
    assert 'id="courses-3"' in shown
    assert "毕业设计 | practice | 4" in shown
    assert 'role="alert"' not in shown
    assert found() == []


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"school": ""}, "school"),
        ({"school": "nobody"}, "school"),
        ({"code": ""}, "code"),
        ({"name_zh": ""}, "name_zh"),
        ({"level": "1"}, "level"),
        ({"category": ""}, "category"),
        ({"credits_required": ""}, "credits_required"),
        ({"credits_required": "many"}, "credits_required"),
        ({"credits_required": "11"}, "credits_required"),
        ({"unit_id": "99"}, "unit_id"),
        ({"starts": "2026-13-01"}, "starts"),
        ({"starts": "1900-01-01"}, "starts"),
        ({"code": "x" * 41}, "code"),
        ({"name_zh": "护" * 201}, "name_zh"),
        ({"name_en": "x" * 301}, "name_en"),
        ({"group_zh-2": ""}, "group_zh-2"),
        ({"group_zh-2": "课" * 201}, "group_zh-2"),
        ({"group_en-2": "x" * 301}, "group_en-2"),
        ({"group_code-2": "x" * 41}, "group_zh-2"),
        ({"credits_min-0": "x"}, "credits_min-0"),
        ({"credits_min-0": "7"}, "courses-0"),
        ({"courses-2": ""}, "courses-2"),
        ({"courses-2": "毕业设计 | 集中实践 | 4\n毕业设计"}, "courses-2"),
        ({"courses-2": "毕业设计 | 必休 | 4"}, "courses-2"),
        ({"courses-2": "没有的课 | 3"}, "courses-2"),
        ({"courses-2": "毕业设计 | 3.125"}, "courses-2"),
        ({"courses-2": "毕业设计", "unit_id": "2"}, "courses-2"),
        ({"groups": "0", "courses-0": ""}, "courses-0"),
        ({"group_zh-0": "", "credits_min-0": "", "courses-0": "", "courses-2": "基础课"}, "courses-2"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(courses, signed_in, changed, field):
    response = signed_in("chen").post(reverse("programme_new"), FORM | changed)
    shown = response.content.decode()
    assert response.status_code == 422
    assert f'id="{field}-error"' in shown
    assert "基础课" in shown
    assert found() == []


def test_a_name_that_two_courses_have_asks_for_the_number(bank, courses, signed_in):
    second = NewCourse("高等数学", 300)
    one = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=[second], now=NOW)
    assert one["高等数学"] == courses["高等数学"]
    defined(bank, "高等数学", "一级")
    parts = {
        "owner": tree.by_id(bank.centre).public_id,
        "code": "CU-2",
        "name_zh": "数学",
        "credits": "3",
        "unit_id": "2",
    }
    response = signed_in("chen").post(reverse("certification_unit_new"), parts | {"parts": "高等数学"})
    assert response.status_code == 422
    assert "有2项" in response.content.decode()


def test_files_of_programmes_and_units_speak_the_language_of_their_page(bank, published, client):
    [row] = rows(client.get("/en" + reverse("programmes_export")))
    assert (row["Programme code"], row["Level"], row["Credits required"]) == ("080901", "Bachelor's programme", "6")
    unit = NewCertificationUnit(bank.centre, "CU-1", Text("照护"), "", None, 200, 2, (defined(bank).id,))
    operations.define_certification_unit(actor=SYSTEM, new=unit, now=NOW)
    [row] = rows(client.get("/en" + reverse("certification_units_export")))
    assert (row["Unit code"], row["Unit"], row["Parts"]) == ("CU-1", "framework credits", "1")


@pytest.mark.parametrize("name", ["programme_new", "certification_unit_new"])
@pytest.mark.parametrize("who", ["li", "zhao"])
def test_publishing_is_for_who_keeps_the_catalogue(bank, signed_in, client, name, who):
    assert client.get(reverse(name)).status_code == 302
    assert signed_in(who).get(reverse(name)).status_code == 403


def test_who_keeps_the_catalogue_of_one_place_publishes_nothing_elsewhere(courses, signed_in):
    response = signed_in("wu").post(reverse("programme_new"), FORM)
    assert response.status_code == 422
    shown = response.content.decode()
    assert "您在这里没有做这件事的权限" in shown
    assert 'id="school-error"' in shown
    assert found() == []


def test_a_certification_unit_is_published_read_and_followed(bank, signed_in):
    basic, care = defined(bank, "照护基础", ""), defined(bank, "老年照护", "中级")
    client = signed_in("chen")
    form = {
        "owner": tree.by_id(bank.centre).public_id,
        "code": "CU-1",
        "name_zh": "老年人生活照料",
        "level": "初级",
        "framework_level": "3",
        "credits": "2.5",
        "unit_id": "2",
        "parts": f"{basic.public_id}\n老年照护 中级",
    }
    assert client.post(reverse("certification_unit_new"), form).status_code == 302
    [made] = queries.certification_units(CertificationUnitFilters(), 1).rows
    page = client.get(reverse("certification_unit", kwargs={"public_id": made.public_id})).content.decode()
    for words in ("2.5 框架学分", "照护基础", "老年照护", "云江养老协会", "CU-1"):
        assert words in page, words
    entry = client.get(reverse("catalogue_entry", kwargs={"public_id": care.public_id})).content.decode()
    assert reverse("certification_unit", kwargs={"public_id": made.public_id}) in entry
    after = reverse("certification_unit_new") + f"?after={made.public_id}"
    assert care.public_id in client.get(after).content.decode()
    assert client.post(after, form | {"code": "other", "owner": "", "credits": "3"}).status_code == 302
    listed = rows(client.get(reverse("certification_units_export") + "?q=lnr"))
    assert [(row["单元代码"], row["版本"], row["学分"], row["项数"]) for row in listed] == [("CU-1", "2", "3", "2")]
    assert "老年人生活照料" in client.get(reverse("certification_units") + "?editions=all").content.decode()


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("owner", ""),
        ("code", ""),
        ("name_zh", ""),
        ("credits", ""),
        ("credits", "x"),
        ("unit_id", ""),
        ("framework_level", "99"),
        ("parts", ""),
        ("parts", "没有"),
        ("starts", "soon"),
        ("starts", "2199-01-01"),
        ("code", "x" * 41),
        ("name_zh", "护" * 201),
        ("name_en", "x" * 301),
    ],
)
def test_a_certification_unit_that_is_wrong_is_shown_again(bank, signed_in, field, text):
    defined(bank, "照护基础", "")
    form = {
        "owner": tree.by_id(bank.centre).public_id,
        "code": "CU-1",
        "name_zh": "老年人生活照料",
        "level": "初级",
        "credits": "2",
        "unit_id": "2",
        "parts": "照护基础",
    }
    response = signed_in("chen").post(reverse("certification_unit_new"), form | {field: text})
    assert response.status_code == 422
    assert f'id="{field}-error"' in response.content.decode()
    assert 'value="初级"' in response.content.decode()
    assert queries.certification_units(CertificationUnitFilters(), 1).total == 0


def test_a_unit_of_what_was_proposed_tells_nothing_of_the_proposal(bank, courses, client):
    new = NewCertificationUnit(bank.centre, "CU-3", Text("数学"), "", None, 200, 2, (courses["高等数学"],))
    made = operations.define_certification_unit(actor=SYSTEM, new=new, now=NOW)
    page = client.get(reverse("certification_unit", kwargs={"public_id": made.public_id}))
    assert page.status_code == 200
    assert "高等数学" not in page.content.decode()
