"""The pages of rule books: everybody reads what is public, the school's people draft, read and publish."""

from datetime import timedelta

import pytest
from django.urls import reverse

from creditbank.conversion import operations, queries
from creditbank.conversion.types import EditionStage as Stage
from creditbank.organizations import queries as tree
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM
from tests.rooms.conversion.room.desks import acts, draft_of, html, page, uploaded
from tests.rooms.conversion.room.steps import noticed


def test_a_book_goes_through_the_pages_to_the_public(bank, signed_in, client):
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book())
    assert "可以送审" in page(he, "rulebook_work", public_id=public_id)
    acts(he, public_id, "submit")
    for reader in ("shi", "tao"):
        desk = signed_in(reader)
        assert "有1部规则等您审读" in page(desk, "rule_desk")
        assert "请您审读" in page(desk, "rulebook_work", public_id=public_id)
        acts(desk, public_id, "read", verdict="approve")
        assert "没有等您审读的规则" in page(desk, "rule_desk")
    client.logout()
    assert "公示到" in page(client, "rulebook", public_id=public_id)
    zhu = signed_in("zhu")
    assert "公示到" in acts(zhu, public_id, "publish", 422)
    late = NOW + timedelta(days=900)
    operations.publish_edition(actor=SYSTEM, public_id=public_id, now=late)
    acts(zhu, public_id, "withdraw")
    client.logout()
    text = page(client, "rulebook", public_id=public_id)
    assert "全国计算机等级考试二级" in text
    assert "这个版本已经撤回" in text


@pytest.mark.parametrize("lang", ["", "/en"])
def test_everybody_reads_what_is_public(bank, people, client, lang):
    edition = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    other = documents.book(
        edition="2027",
        effective={"from": "2026-06-01"},
        rules=[documents.rule(spec="新证书")],
        cases=[documents.case("new", spec="新证书")],
    )
    later = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=other, now=NOW)
    title = "Conversion of computer examinations" if lang else "计算机等级考试转换规则"
    assert title in page(client, "rulebooks", lang=lang)
    text = page(client, "rulebook", lang=lang, public_id=later.public_id)
    assert "新证书" in text
    changes = {"public_id": later.public_id, "earlier": edition.public_id}
    assert "新证书" in page(client, "rulebook_changes", lang=lang, **changes)
    for form in ("json", "yaml", "xlsx"):
        response = client.get(reverse("rulebook_file", kwargs={"public_id": edition.public_id, "form": form}))
        assert queries.read_file(response.content, f"x.{form}")["id"] == "yj/ncre"
    assert client.get(reverse("rulebook_file", kwargs={"public_id": later.public_id, "form": "doc"})).status_code == 404
    assert "yj/ncre" in client.get(reverse("rulebooks_export")).getvalue().decode()


def test_what_is_not_public_is_nobody_elses(bank, people, signed_in, client):
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book())
    names = ("rulebook_work", "rulebook_head", "rulebook_text", "rulebook_preview")
    for name in names:
        page(he, name, public_id=public_id)
    for who, status in (("qin", 404), ("xu", 403)):
        desk = signed_in(who)
        for name in names:
            page(desk, name, status, public_id=public_id)
    page(client, "rulebook", 404, public_id=public_id)
    # Whoever reads for the school sees the draft and may not write it.
    zhu = signed_in("zhu")
    assert 'value="submit"' not in page(zhu, "rulebook_work", public_id=public_id)
    page(zhu, "rulebook_head", 403, public_id=public_id)


def test_the_public_notice_is_readable_to_other_schools_but_not_their_work(bank, people, signed_in):
    edition = noticed(bank, people, documents.book())
    qin = signed_in("qin")
    page(qin, "rulebook", public_id=edition.public_id)
    page(qin, "rulebook_work", 404, public_id=edition.public_id)


RULE = {
    "id": "E2",
    "title_zh": "四级换英语",
    "w-rows": "1",
    "w-0-tag": "learner_status",
    "w-0-value": "registered，suspended",
    "groups": "2",
    "how": "all",
    "s-0-rows": "2",
    "s-0-0-tag": "spec",
    "s-0-0-value": "大学英语四级",
    "s-0-1-tag": "grade",
    "s-0-1-of": "percent",
    "s-0-1-value": "60",
    "s-1-rows": "1",
    "s-1-0-tag": "level",
    "s-1-0-of": "x",
    "s-1-0-op": "at_least",
    "s-1-0-value": "中级",
    "t-rows": "2",
    "t-0-kind": "course",
    "t-0-value": "大学英语",
    "t-1-kind": "choose_where",
    "t-1-least": "1",
    "t-1-most": "2",
    "t-1-nature": "elective",
    "mode": "target",
}


def test_a_rule_is_written_by_rows(bank, signed_in):
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book())
    address = reverse("rulebook_rule", kwargs={"public_id": public_id, "number": 1})
    assert "新的一条规则" in html(he.get(address))
    # A row more, a row less: nothing is saved by it.
    assert 'name="s-0-2-tag"' in html(he.post(address, RULE | {"add": "s-0"}))
    assert 'name="s-1-0-tag"' not in html(he.post(address, RULE | {"drop": "group-1"}))
    assert len(draft_of(he, public_id).document["rules"]) == 1
    seen = draft_of(he, public_id).edition.digest
    assert he.post(address, RULE | {"act": "save", "seen": seen}).status_code == 302
    saved = draft_of(he, public_id).document["rules"][1]
    assert saved["when"] == [{"is": "learner_status", "in": ["registered", "suspended"]}]
    assert saved["from"]["all"][1] == {"one": [{"is": "level", "scale": "x", "at_least": "中级"}]}
    assert saved["gives"][1] == {
        "choose": {"at_least": 1, "at_most": 2},
        "where": [{"is": "course_nature", "in": ["elective"]}],
    }
    text = html(he.get(address))
    assert "凡学习者状态为" in text
    assert 'value="大学英语四级"' in text
    # The text that was changed meanwhile is not written over.
    assert "刚被他人修改过" in html(he.post(address, RULE | {"act": "save", "seen": seen}), 422)
    seen = draft_of(he, public_id).edition.digest
    he.post(address, RULE | {"act": "remove", "seen": seen})
    assert len(draft_of(he, public_id).document["rules"]) == 1


def test_what_rows_cannot_say_is_written_as_text(bank, signed_in):
    pool = documents.rule() | {"from": {"pool": [{"is": "kind", "in": ["课程"]}], "measure": "count", "at_least": "2"}}
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book(rules=[pool]))
    address = reverse("rulebook_rule", kwargs={"public_id": public_id, "number": 0})
    text = html(he.get(address))
    assert "measure: count" in text
    seen = draft_of(he, public_id).edition.digest
    new = queries.yaml_of(pool | {"id": "E7"})
    assert he.post(address, {"text": new, "seen": seen}).status_code == 302
    assert draft_of(he, public_id).document["rules"][0]["id"] == "E7"
    assert "规则文件有" in html(he.post(address, {"text": "{", "seen": seen}), 422)
    assert "规则文件有" in html(he.post(address, {"text": "id: 「x」", "seen": seen}), 422)


def test_caps_cases_and_the_head_are_written(bank, signed_in):
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book())

    def write(name, status=302, **form):
        number = form.pop("number", None)
        kwargs = {"public_id": public_id} | ({} if number is None else {"number": number})
        html(he.get(reverse(name, kwargs=kwargs)))
        form["seen"] = draft_of(he, public_id).edition.digest
        return html(he.post(reverse(name, kwargs=kwargs), form), status)

    write("rulebook_cap", number=0, text="id: C1\nmeasure: credits\nat_most: '3'\n")
    write("rulebook_case", number=2, text=queries.yaml_of(documents.case("capped", gives="0")))
    write("rulebook_head", zh="新名称", **{"from": "2026-02-01"}, unit="cn.he.credit", cites="A1 | 某文件 | 第三条")
    document = draft_of(he, public_id).document
    assert (document["caps"][0]["id"], document["cases"][2]["id"]) == ("C1", "capped")
    assert document["cites"] == [{"id": "A1", "title": {"zh": "某文件"}, "clause": "第三条"}]
    text = page(he, "rulebook_work", public_id=public_id)
    assert "1个用例不符" in text
    write("rulebook_cap", number=0, act="remove", text="")
    write("rulebook_text", text=queries.yaml_of(documents.book(title={"zh": "整部换过"})))
    assert draft_of(he, public_id).document["title"]["zh"] == "整部换过"
    assert (
        he.post(
            reverse("rulebook_drafted", kwargs={"public_id": public_id}),
            {"seen": draft_of(he, public_id).edition.digest},
        ).status_code
        == 302
    )


@pytest.mark.parametrize(
    "parts",
    [
        {"rules": "x"},
        {"rules": [1, {}]},
        {"caps": [[]]},
        {"cases": [{"id": 3}]},
        {"adopts": {}},
        {"adopts": 1},
        {"cites": [{}]},
        {"effective": {"from": 3}},
    ],
)
def test_a_draft_with_faults_is_shown_and_mended(bank, signed_in, parts):
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book(**parts))
    text = page(he, "rulebook_work", public_id=public_id)
    assert "处要改" in text
    for name in ("rulebook_head", "rulebook_text", "rulebook_preview"):
        page(he, name, public_id=public_id)
    for name in ("rulebook_rule", "rulebook_cap", "rulebook_case"):
        page(he, name, public_id=public_id, number=0)
        page(he, name, public_id=public_id, number=7)


def test_a_school_adopts_guidance_with_a_deviation(bank, signed_in):
    guidance = operations.import_edition(actor=SYSTEM, owner_id=bank.group, document=documents.guidance(), now=NOW)
    he = signed_in("he")
    address = reverse("rulebook_new") + f"?adopt={guidance.public_id}"
    html(he.get(address))
    response = he.post(address, {"owner": tree.by_id(bank.school).public_id, "edition": "2026"})
    public_id = response["Location"].rstrip("/").rpartition("/")[2]
    assert "可以送审" in page(he, "rulebook_work", public_id=public_id)
    rule = reverse("rulebook_rule", kwargs={"public_id": public_id, "number": 0})
    assert 'value="全国计算机等级考试二级"' in html(he.get(rule))
    narrower = {
        "id": "E1",
        "groups": "1",
        "how": "one",
        "s-0-rows": "2",
        "s-0-0-tag": "spec",
        "s-0-0-value": "全国计算机等级考试二级",
        "s-0-1-tag": "grade",
        "s-0-1-of": "percent",
        "s-0-1-value": "70",
        "t-rows": "1",
        "t-0-kind": "course",
        "t-0-value": "程序设计",
        "mode": "target",
        "reason": "本校要求较高",
        "act": "save",
        "seen": draft_of(he, public_id).edition.digest,
    }
    assert he.post(rule, narrower).status_code == 302
    (deviation,) = draft_of(he, public_id).document["adopts"]["deviations"]
    assert (deviation["op"], deviation["rule"], deviation["reason"]) == ("replace", "E1", {"zh": "本校要求较高"})
    assert "本校要求较高" in page(he, "rulebook_work", public_id=public_id)
    seen = draft_of(he, public_id).edition.digest
    assert he.post(rule, narrower | {"act": "restore", "seen": seen}).status_code == 302
    assert draft_of(he, public_id).document["adopts"]["deviations"] == []


def test_a_draft_begins_blank_or_from_the_edition_before(bank, people, signed_in):
    he = signed_in("he")
    owner = tree.by_id(bank.school).public_id
    form = {"way": "blank", "owner": owner, "id": "yj/new", "edition": "1", "zh": "新规则", "kind": "institutional"}
    assert he.post(reverse("rulebook_new"), form).status_code == 302
    assert "已经有了" in html(he.post(reverse("rulebook_new"), form), 422)
    assert "草稿缺少" in html(he.post(reverse("rulebook_new"), form | {"zh": ""}), 422)
    assert "规则文件有" in html(he.post(reverse("rulebook_new"), {"way": "file", "owner": owner}), 422)
    first = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    address = reverse("rulebook_new") + f"?next={first.public_id}"
    html(he.get(address))
    response = he.post(address, {"edition": "2027"})
    made = queries.details(SYSTEM, response["Location"].rstrip("/").rpartition("/")[2]).edition
    assert (made.edition, made.stage, made.book.uri) == ("2027", Stage.DRAFT, "yj/ncre")
    assert he.get(reverse("rulebook_template")).content.startswith(b"PK")
