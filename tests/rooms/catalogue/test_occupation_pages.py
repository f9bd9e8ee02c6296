"""The pages of occupations: everybody reads and searches, Chen publishes for the whole bank."""

import re
from html import unescape

import pytest
from django.urls import reverse
from django.utils import timezone

from creditbank.catalogue import operations
from creditbank.catalogue.types import CourseKind, Nature, NewCourse, NewProgramme, ProgrammeCourse, RequirementGroup
from creditbank.kernel.text import Text
from creditbank.organizations import queries as tree
from tests.rooms.catalogue.conftest import NOW, SYSTEM, defined
from tests.rooms.catalogue.test_occupations import on_offer
from tests.rooms.catalogue.test_programme_pages import filled

FORM = {
    "code": "4-10-01-05",
    "name_zh": "养老护理员",
    "about_zh": "照料老年人。",
    "routes": "2",
    "route_zh-0": "凭证书",
    "needs-0": "老年照护 初级",
    "route_zh-1": "学专业",
    "needs-1": "智慧健康养老，云江第二工业大学\n\n老年照护 中级",
}


@pytest.fixture
def offered(bank):
    made = {level: defined(bank, level=level) for level in ("初级", "中级")}
    courses = operations.propose_courses(
        actor=SYSTEM, organization_id=bank.school, courses=[NewCourse("老年护理", 300)], now=NOW
    )
    asked = ProgrammeCourse(courses["老年护理"], Nature.REQUIRED, CourseKind.CORE, 300)
    group = RequirementGroup("all", Text("全部"), None, (asked,))
    new = NewProgramme(bank.school, "ZHJK", Text("智慧健康养老"), 300, 1, "86", "322", (group,))
    return made, operations.define_programme(actor=SYSTEM, new=new, now=NOW)


@pytest.fixture
def chen(signed_in):
    return signed_in("chen")


def sent(bank, client, query="", **changed):
    owner = tree.by_id(bank.centre).public_id
    return client.post(reverse("occupation_new") + query, FORM | {"owner": owner} | changed)


def test_an_occupation_is_published_by_names_and_read_by_everybody(bank, offered, chen, client):
    answer = sent(bank, chen)
    assert answer.status_code == 302, answer.content.decode()
    certificates, programme = offered
    [one] = on_offer(timezone.localdate())
    needs = [[(need.specification_id, need.programme_id) for need in route.needs] for route in one.routes]
    assert needs == [[(certificates["初级"].id, None)], [(None, programme.id), (certificates["中级"].id, None)]]
    client.logout()
    address = reverse("occupation", kwargs={"public_id": one.public_id})
    assert address in client.get(reverse("occupations") + "?q=ylhl").content.decode()
    assert "没有符合条件的职业" in client.get(reverse("occupations") + "?q=xyz").content.decode()
    page = client.get(address).content.decode()
    for words in ("2条途径", "老年照护（中级）", "这一级或更高", "智慧健康养老", "登录后看我还差什么", "4-10-01-05"):
        assert words in page, words
    assert "出新版本" not in page


def test_the_next_edition_begins_with_what_the_last_one_says(bank, offered, chen):
    sent(bank, chen)
    [one] = on_offer(timezone.localdate())
    query = f"?after={one.public_id}"
    shown = chen.get(reverse("occupation_new") + query).content.decode()
    again = filled(shown)
    assert again["needs-1"] == "智慧健康养老，云江第二工业大学\n老年照护 中级"
    assert chen.post(reverse("occupation_new") + query, again | {"name_zh": "养老护理师"}).status_code == 302
    [next_one] = on_offer(timezone.localdate())
    assert (next_one.edition, next_one.code, next_one.routes) == (2, one.code, one.routes)


@pytest.mark.parametrize(
    ("changed", "field", "words"),
    [
        ({"needs-1": "无此证书 初级"}, "needs-1", "没有找到“无此证书 初级”"),
        ({"needs-0": "", "route_zh-0": "凭证书"}, "needs-0", "一行一项"),
        ({"route_zh-1": ""}, "route_zh-1", "这条途径的名称"),
        ({"needs-0": "老年照护 初级\n老年照护 初级"}, "needs-0", "一项只写一次"),
        ({"code": "养老"}, "code", "职业分类代码"),
        ({"owner": "x"}, "owner", "由谁维护"),
        ({"route_en-1": "x" * 301}, "route_en-1", "300"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(bank, offered, chen, changed, field, words):
    answer = sent(bank, chen, **changed)
    page = unescape(answer.content.decode())
    assert answer.status_code == 422
    assert re.search(f'id="{field}-error"[^>]*>[^<]*{re.escape(words)}', page) or words in page
    assert f'id="{field}"' in page
    assert on_offer(timezone.localdate()) == ()


def test_one_more_way_is_a_form_and_no_publication(bank, offered, chen):
    answer = sent(bank, chen, more="1")
    assert answer.status_code == 200
    assert "第3条途径" in answer.content.decode()
    assert on_offer(timezone.localdate()) == ()
