"""The pages of organizations and people: Li administers the bank, Wang a school, Zhao nothing."""

import csv
import io
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from creditbank.identity import queries as identity
from creditbank.organizations import operations, queries
from creditbank.organizations.types import Extent, Role, Status
from tests.rooms.organizations.conftest import NOW, SYSTEM, appointed, staff


@pytest.fixture
def demo(settings):
    """In the demo bank, staff need no second factor."""
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)


@pytest.fixture
def people(bank, demo):
    made = {
        "li": staff("li.ming", bank.centre),
        "wang": staff("wang.fang", bank.school),
        "zhao": staff("zhao.min", bank.centre),
    }
    appointed(made["li"], bank.centre, Role.BANK_ADMINISTRATOR, Extent.BANK)
    appointed(made["wang"], bank.school, Role.INSTITUTION_ADMINISTRATOR, Extent.SUBTREE)
    return made


@pytest.fixture
def signed_in(people, client):
    def sign_in(name):
        client.force_login(get_user_model().objects.get(pk=people[name]))
        return client

    return sign_in


def page(client, name, *, query="", **kwargs):
    response = client.get(reverse(name, kwargs=kwargs or None) + query)
    return response, response.content.decode() if not response.streaming else ""


def public_id(number):
    return queries.by_id(number).public_id


def rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def test_the_list_shows_each_person_their_part(bank, signed_in):
    _, whole = page(signed_in("li"), "organizations")
    assert all(queries.by_id(number).name.zh in whole for number in (bank.centre, bank.school, bank.outlet))
    assert "开设机构" in whole
    _, part = page(signed_in("wang"), "organizations")
    assert "继续教育学院" in part
    assert "云江理工大学" not in part
    assert "开设机构" not in part
    _, nothing = page(signed_in("zhao"), "organizations")
    assert "没有符合条件的机构" in nothing


@pytest.mark.parametrize("name", ["organizations", "people", "organization_new"])
def test_who_is_not_signed_in_is_sent_to_sign_in(bank, client, name):
    response = client.get(reverse(name))
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))


def test_filters_stand_in_the_address_and_in_the_file(bank, signed_in):
    query = "?kind=institution&sort=code"
    _, shown = page(signed_in("li"), "organizations", query=query)
    assert "sort=code" in shown
    assert "临江分部" not in shown
    response, _ = page(signed_in("li"), "organizations_export", query=query)
    assert [row["机构代码"] for row in rows(response)] == ["4131010251", "4131012044", "4131012044-JX"]
    response, _ = page(signed_in("wang"), "organizations_export")
    assert [row["机构代码"] for row in rows(response)] == ["4131012044", "4131012044-JX"]


def test_nonsense_in_the_address_narrows_nothing_and_breaks_nothing(bank, signed_in):
    response, shown = page(signed_in("li"), "organizations", query="?kind=x&status=y&sort=z&page=-1")
    assert response.status_code == 200
    assert "云江理工大学" in shown
    assert page(signed_in("li"), "organizations", query="?below=nothing")[0].status_code == 404


def test_one_organization_in_both_languages(bank, signed_in):
    client = signed_in("li")
    _, shown = page(client, "organization", public_id=public_id(bank.school))
    assert "4131012044" in shown
    assert "wang.fang" in shown
    english = client.get("/en" + reverse("organization", kwargs={"public_id": public_id(bank.school)}))
    assert 'lang="zh-CN">云江第二工业大学' in english.content.decode()
    assert page(signed_in("zhao"), "organization", public_id=public_id(bank.school))[0].status_code == 404


def test_an_organization_is_opened_from_its_parents_page(bank, signed_in):
    client = signed_in("li")
    address = reverse("organization_new") + f"?below={public_id(bank.branch)}"
    values = {"kind": "outlet", "code": "YJ-B1-O2", "name_zh": "江边网点", "name_en": "", "region_code": "310115"}
    response = client.post(address, values)
    made = queries.by_code("YJ-B1-O2")
    assert response["Location"] == reverse("organization", kwargs={"public_id": made.public_id})
    assert (made.parent_id, made.region_code, made.registers_courses) == (bank.branch, "310115", False)
    again = client.post(address, values)
    assert again.status_code == 422
    assert "YJ-B1-O2已经用过" in again.content.decode()
    assert client.post(address, values | {"kind": ""}).status_code == 422
    assert signed_in("wang").post(reverse("organization_new"), values | {"code": "X9"}).status_code == 403


def test_a_school_is_renamed_and_a_wrong_name_is_shown_beside_its_field(bank, signed_in):
    client = signed_in("li")
    address = reverse("organization_rename", kwargs={"public_id": public_id(bank.school)})
    wrong = client.post(address, {"name_zh": "", "name_en": ""})
    assert (wrong.status_code, 'id="name_zh-error"' in wrong.content.decode()) == (422, True)
    assert client.post(address, {"name_zh": "云江二工大", "name_en": ""}).status_code == 302
    assert queries.by_id(bank.school).name.zh == "云江二工大"
    assert signed_in("wang").get(address).status_code == 403


def test_suspending_closing_and_reopening_ask_first(bank, signed_in):
    client = signed_in("li")
    kwargs = {"public_id": public_id(bank.school)}

    def act(verb):
        address = reverse("organization_act", kwargs=kwargs | {"verb": verb})
        assert client.get(address).status_code == 200
        return client.post(address).status_code

    assert act("suspend") == 302
    assert queries.by_id(bank.school).status is Status.SUSPENDED
    assert act("suspend") == 409
    assert act("reopen") == 302
    assert act("close") == 409
    operations.close(actor=SYSTEM, organization_id=bank.college, now=NOW)
    assert act("close") == 302
    assert queries.by_id(bank.school).status is Status.CLOSED
    refused = reverse("organization_act", kwargs={"public_id": public_id(bank.other_school), "verb": "close"})
    assert signed_in("wang").post(refused).status_code == 404


def test_a_new_person_gets_a_slip_with_a_password_shown_once(bank, signed_in):
    client = signed_in("wang")
    address = reverse("appoint", kwargs={"public_id": public_id(bank.school)})
    assert "存入经办" in client.get(address).content.decode()
    assert "银行管理员" not in client.get(address).content.decode()
    values = {"who": "new", "login": "zhou.yi", "name": "周一", "role": "deposit-officer", "extent": "unit"}
    response = client.post(address, values)
    assert response.status_code == 200
    assert response["Cache-Control"] == "no-store"
    password = response.context is None or response.content.decode()
    assert "初始密码" in response.content.decode()
    user = get_user_model().objects.get(login="zhou.yi")
    words = [word for word in response.content.decode().replace("<", " ").replace(">", " ").split() if "-" in word]
    assert any(user.check_password(word) for word in words if len(word) == 19), password
    again = client.post(address, values)
    assert again.status_code == 422


def test_an_existing_person_is_appointed_and_the_form_keeps_what_was_typed(bank, signed_in):
    staff("chen.yi", bank.school)
    client = signed_in("wang")
    address = reverse("appoint", kwargs={"public_id": public_id(bank.school)})
    values = {"who": "existing", "login": "chen.yi", "role": "registrar", "extent": "unit"}
    wrong = client.post(address, values | {"ends": "31.12.2026", "role": ""})
    text = wrong.content.decode()
    assert (wrong.status_code, "ends-error" in text, "role-error" in text) == (422, True, True)
    assert 'value="chen.yi"' in text
    assert client.post(address, values | {"login": "nobody"}).status_code == 422
    assert client.post(address, values).status_code == 302
    assert client.post(address, values).status_code == 422
    [held] = queries.memberships_of(identity.user_by_login("chen.yi").id)
    assert (held.role, held.organization_id) == (Role.REGISTRAR, bank.school)
    assert signed_in("zhao").get(address).status_code == 404


def test_an_appointment_is_ended_after_asking(bank, people, signed_in):
    client = signed_in("li")
    [held] = queries.memberships_of(people["wang"])
    kwargs = {"public_id": public_id(bank.school), "membership": held.id}
    assert "wang.fang" not in client.get(reverse("membership_end", kwargs=kwargs)).content.decode()
    assert client.post(reverse("membership_end", kwargs=kwargs)).status_code == 302
    assert queries.memberships_of(people["wang"])[0].ended_on is not None
    elsewhere = kwargs | {"public_id": public_id(bank.other_school)}
    assert client.post(reverse("membership_end", kwargs=elsewhere)).status_code == 404


def test_people_are_listed_and_exported_as_far_as_one_may_know(bank, signed_in):
    _, shown = page(signed_in("li"), "people")
    assert "li.ming" in shown
    assert "wang.fang" in shown
    response, _ = page(signed_in("wang"), "people_export", query="?sort=login&role=institution-administrator")
    assert [(row["登录名"], row["机构代码"]) for row in rows(response)] == [("wang.fang", "4131012044")]
    _, nobody = page(signed_in("zhao"), "people")
    assert "没有符合条件的人员" in nobody


def test_a_formula_in_a_name_is_a_text_in_the_file(bank, signed_in):
    operations.rename(
        actor=SYSTEM, organization_id=bank.branch, name=replace(queries.by_id(bank.branch).name, zh="=1+1"), now=NOW
    )
    response, _ = page(signed_in("li"), "organizations_export", query="?kind=branch")
    assert rows(response)[0]["中文名称"] == "'=1+1"
