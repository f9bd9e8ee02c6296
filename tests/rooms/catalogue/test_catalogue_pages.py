"""The pages of the catalogue: everybody searches, Chen keeps it, Li proposes."""

import csv
import io
from dataclasses import replace

import pytest
from django.urls import reverse

from creditbank.catalogue import operations, queries
from creditbank.catalogue.types import Filters, NewCourse, SpecificationKind as Kind, Status
from creditbank.framework import operations as framework
from creditbank.kernel.text import Text
from creditbank.organizations import queries as tree
from tests.rooms.catalogue.conftest import NOW, SYSTEM, certificate, defined


def rows(response):
    return list(csv.DictReader(io.StringIO(response.getvalue().decode("utf-8-sig"))))


def proposed(bank, *names):
    courses = [NewCourse(name, 250) for name in names]
    made = operations.propose_courses(actor=SYSTEM, organization_id=bank.school, courses=courses, now=NOW)
    return list(made.values())


def test_everybody_searches_without_signing_in(bank, client):
    defined(bank, "老年照护")
    defined(bank, "护理学基础", "")
    proposed(bank, "护理伦理")
    shown = client.get(reverse("catalogue") + "?q=护理").content.decode()
    assert "护理学基础" in shown
    assert "老年照护" not in shown
    assert "护理伦理" not in shown
    assert "护理学基础" in client.get(reverse("catalogue") + "?q=hlxjc").content.decode()
    assert "名录里没有这样的一项" in client.get(reverse("catalogue") + "?q=xyz").content.decode()


def test_the_public_list_leaves_out_what_another_edition_has_replaced(bank, client):
    first = defined(bank, "老年照护", name_en="")
    operations.define_specification(
        actor=SYSTEM, new=replace(certificate(bank), name=Text("老年照护服务"), supersedes=first.id), now=NOW
    )
    [row] = rows(client.get(reverse("catalogue_export")))
    assert (row["中文名称"], row["版本"], row["学分"], row["单位"]) == ("老年照护服务", "2", "3", "课程学分")


def test_an_entry_shows_its_worth_in_both_languages(bank, client):
    made = defined(bank, credits=250)
    address = reverse("catalogue_entry", kwargs={"public_id": made.public_id})
    shown = client.get(address).content.decode()
    assert "2.5 课程学分" in shown
    assert "云江养老协会" in shown
    english = client.get("/en" + address).content.decode()
    assert '<span lang="zh-CN">老年照护</span>' in english
    operations.withdraw(actor=SYSTEM, specification_id=made.id, now=NOW)
    assert "撤出名录" in client.get(address).content.decode()


def test_a_proposal_has_no_public_page(bank, client):
    [number] = proposed(bank, "护理伦理")
    address = reverse("catalogue_entry", kwargs={"public_id": queries.by_id(number).public_id})
    assert client.get(address).status_code == 404


def test_frameworks_are_public_and_examples_say_so(bank, client):
    framework.publish_examples(actor=SYSTEM, now=NOW)
    listed = client.get(reverse("frameworks")).content.decode()
    assert "十级学习成果框架（示例）" in listed
    assert "课程学分" in listed
    shown = client.get(reverse("framework", kwargs={"code": "example-7"})).content.decode()
    assert "这是示例" in shown
    assert shown.count("<tr>") == 7 + 1
    assert client.get(reverse("framework", kwargs={"code": "nothing"})).status_code == 404


@pytest.mark.parametrize("name", ["specifications", "specification_new", "specifications_export"])
def test_the_working_pages_are_for_who_works_on_the_catalogue(bank, signed_in, client, name):
    assert client.get(reverse(name)).status_code == 302
    assert signed_in("zhao").get(reverse(name)).status_code == 403


def test_an_institution_sees_its_own_proposals_and_recognises_nothing(bank, signed_in):
    [number] = proposed(bank, "护理伦理")
    client = signed_in("li")
    shown = client.get(reverse("specifications") + "?status=proposed").content.decode()
    assert "护理伦理" in shown
    assert reverse("specifications_recognise") not in shown
    client.post(reverse("specifications_recognise"), {"specification": [number]})
    assert queries.by_id(number).status is Status.PROPOSED


def test_proposals_are_recognised_one_by_one_or_as_the_whole_list(bank, signed_in):
    first, second, third = proposed(bank, "护理伦理", "护理学基础", "高等数学")
    client = signed_in("chen")
    shown = client.get(reverse("specifications") + "?status=proposed").content.decode()
    assert shown.count('name="specification"') == 3
    address = reverse("specifications_recognise")
    client.post(address, {"specification": [third]})
    assert [queries.by_id(each).status for each in (first, third)] == [Status.PROPOSED, Status.RECOGNISED]
    client.post(address, {"all": "1", "q": "护理", "status": "proposed"})
    assert queries.by_id(second).status is Status.RECOGNISED
    assert queries.proposed(SYSTEM) == 0
    assert client.get(address).status_code == 405


NEW = {
    "kind": "certificate",
    "name_zh": "母婴护理",
    "issuer": "yj-assess",
    "level": "初级",
    "credits": "2.5",
    "unit_id": "1",
    "hours": "40",
    "valid_months": "36",
    "framework_level": "3",
}


def test_an_entry_is_put_in_and_followed_by_a_new_edition(bank, signed_in):
    client = signed_in("chen")
    values = NEW | {"owner": tree.by_id(bank.centre).public_id}
    assert "云江学分银行管理中心" in client.get(reverse("specification_new")).content.decode()
    assert client.post(reverse("specification_new"), values).status_code == 302
    [row] = queries.listing(SYSTEM, Filters(text="母婴护理"), 1).rows
    made = row.specification
    assert (made.credits, made.hours, made.valid_months, made.framework_level) == (250, 4000, 36, 3)
    assert (made.issuer_id, made.owner_id, made.kind) == (bank.assessor, bank.centre, Kind.CERTIFICATE)
    assert client.post(reverse("specification_new"), values).status_code == 422
    after = reverse("specification_new") + f"?after={made.public_id}"
    assert 'value="2.5"' in client.get(after).content.decode()
    # Kind, issuer and owner are those of the edition before, whatever the form says.
    assert client.post(after, values | {"credits": "3", "issuer": "4131012044"}).status_code == 302
    newest = queries.details(SYSTEM, made.public_id).editions[0]
    assert (newest.edition, newest.credits, newest.issuer_id) == (2, 300, bank.assessor)


def test_days_and_address_of_an_entry_are_filled_in_and_kept(bank, signed_in):
    days = {"starts": "2026-09-01", "ends": "2030-09-01", "uri": "https://example.org/care"}
    values = NEW | days | {"owner": tree.by_id(bank.centre).public_id}
    client = signed_in("chen")
    assert client.post(reverse("specification_new"), values).status_code == 302
    [row] = queries.listing(SYSTEM, Filters(), 1).rows
    made = row.specification
    assert (made.starts.isoformat(), made.ends.isoformat(), made.uri) == tuple(days.values())
    after = client.get(reverse("specification_new") + f"?after={made.public_id}").content.decode()
    assert 'value="https://example.org/care"' in after
    assert "2026-09-01" not in after


def test_a_file_speaks_the_language_of_its_page(bank, client):
    defined(bank, "老年照护")
    [row] = rows(client.get("/en" + reverse("catalogue_export")))
    assert (row["Kind"], row["Status"], row["Unit"]) == (
        "Vocational skill level certificate",
        "Recognised",
        "course credits",
    )
    assert not any("\u4e00" <= letter <= "\u9fff" for letter in "".join(row))
    [row] = rows(client.get(reverse("catalogue_export")))
    assert (row["类别"], row["状态"]) == ("职业技能等级证书", "已认定")


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("kind", ""),
        ("kind", "dragon"),
        ("name_zh", ""),
        ("issuer", ""),
        ("issuer", "nobody"),
        ("owner", "nobody"),
        ("credits", "-1"),
        ("credits", "abc"),
        ("unit_id", "99"),
        ("hours", "1.234"),
        ("framework_level", "three"),
        ("framework_level", "99"),
        ("valid_months", "0"),
        ("starts", "tomorrow"),
        ("starts", "1900-01-01"),
        ("ends", "2199-01-01"),
        ("name_zh", "护" * 201),
        ("name_en", "x" * 301),
        ("code", "x" * 61),
        ("category", "x" * 61),
        ("uri", "x" * 301),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(bank, signed_in, field, text):
    values = NEW | {"owner": tree.by_id(bank.centre).public_id, field: text}
    response = signed_in("chen").post(reverse("specification_new"), values)
    shown = response.content.decode()
    assert response.status_code == 422
    assert f'id="{field}-error"' in shown
    assert 'value="初级"' in shown
    assert queries.listing(SYSTEM, Filters(), 1).total == 0


def test_withdrawing_asks_first(bank, signed_in):
    made = defined(bank)
    client = signed_in("chen")
    address = reverse("specification_withdraw", kwargs={"public_id": made.public_id})
    assert client.get(address).status_code == 200
    assert queries.by_id(made.id).status is Status.RECOGNISED
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    one = client.get(reverse("specification", kwargs={"public_id": made.public_id})).content.decode()
    assert "已撤出" in one


def test_an_institution_may_look_but_not_withdraw(bank, signed_in):
    made = defined(bank)
    client = signed_in("li")
    kwargs = {"public_id": made.public_id}
    assert "撤出名录" not in client.get(reverse("specification", kwargs=kwargs)).content.decode()
    assert client.post(reverse("specification_withdraw", kwargs=kwargs)).status_code == 403


def test_the_working_list_is_exported_as_it_is_filtered(bank, signed_in):
    defined(bank, "老年照护")
    proposed(bank, "护理伦理")
    client = signed_in("chen")
    assert len(rows(client.get(reverse("specifications_export")))) == 2
    [row] = rows(client.get(reverse("specifications_export") + "?status=proposed"))
    assert (row["中文名称"], row["学分"]) == ("护理伦理", "2.5")
