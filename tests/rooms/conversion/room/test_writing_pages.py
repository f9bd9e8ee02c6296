"""Caps and cases are written by forms, drafted cases are added one by one, and pages say words for codes."""

from functools import partial

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from creditbank.conversion import operations, queries
from creditbank.conversion.rules.sentences_codes import CODES
from creditbank.conversion.rules.sentences_reasons import REFUSALS, UNKNOWNS
from creditbank.conversion.shown import Standing
from creditbank.organizations import queries as tree
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import AFTER_NOTICE, NOW, SYSTEM
from tests.rooms.conversion.room.desks import draft_of, html, page, uploaded
from tests.rooms.conversion.room.steps import reads, submitted

GRADED = documents.rule() | {
    "title": {"zh": "二级换程序设计"},
    "from": {
        "one": [
            {"is": "spec", "in": ["全国计算机等级考试二级"]},
            {"is": "grade", "scale": "percent", "at_least": "60"},
        ]
    },
}
CAP = {
    "id": "C1",
    "measure": "credits",
    "per": "achievement",
    "bound": "chosen",
    "amount": "50",
    "attribution": "whole",
    "tags": "证书，竞赛",
    "s-rows": "1",
    "s-0-tag": "kind",
    "s-0-value": "考试",
    "c-rows": "0",
    "w-rows": "0",
}
CASE = {
    "id": "again",
    "title_zh": "九十分",
    "as_of": "2026-11-01",
    "status": "registered",
    "groups": "无",
    "programme": "080901",
    "unit": "cn.he.credit",
    "k-rows": "1",
    "k-0-code": "程序设计",
    "k-0-credits": "4",
    "achievements": "1",
    "h-0-id": "a1",
    "h-0-acquired": "2025-06-01",
    "a-0-rows": "3",
    "a-0-0-tag": "spec",
    "a-0-0-value": "全国计算机等级考试二级",
    "a-0-1-tag": "grade",
    "a-0-1-of": "percent",
    "a-0-1-value": "90",
    "a-0-2-tag": "passed",
    "v-rows": "0",
    "credits": "4",
    "x-rows": "1",
    "x-0-tag": "uses_rules",
    "x-0-of": "E1",
}


def graded(**parts):
    words = {"scales": {"percent": {"kind": "numeric", "pass": "60", "max": "100"}}}
    one = documents.case("used", uses_rules=["E1"])
    one["given"]["achievements"][0]["grade"] = {"scale": "percent", "value": "90"}
    return documents.book(rules=[GRADED], words=words, cases=[one], **parts)


@pytest.fixture
def desk(bank, signed_in):
    """The draft of a graded rule, and how its writer posts to one of its pages."""
    he = signed_in("he")
    public_id = uploaded(he, bank, graded())

    def post(name, number, code=302, /, **form):
        form["seen"] = draft_of(he, public_id).edition.digest
        address = reverse(name, kwargs={"public_id": public_id, "number": number})
        return html(he.post(address, form), code)

    return he, public_id, post


def test_a_cap_is_written_by_its_form(desk):
    he, public_id, post = desk
    assert "新的一个上限" in page(he, "rulebook_cap", public_id=public_id, number=0)
    text = post("rulebook_cap", 0, 200, **CAP, add="look")
    assert "标签为「证书」、「竞赛」" in text
    assert "所转换学分的 50%" in text
    assert "caps" not in draft_of(he, public_id).document
    assert 'name="c-0-tag"' in post("rulebook_cap", 0, 200, **CAP, add="c")
    post("rulebook_cap", 0, **CAP, act="save")
    assert draft_of(he, public_id).document["caps"] == [
        {
            "id": "C1",
            "measure": "credits",
            "per": "achievement",
            "at_most": {"share": "50", "of": "chosen"},
            "of": {"tags": ["证书", "竞赛"], "sources": [{"is": "kind", "in": ["考试"]}]},
        }
    ]
    post("rulebook_cap", 0, act="remove", **CAP)
    assert draft_of(he, public_id).document["caps"] == []


def test_what_the_form_cannot_say_of_a_cap_stays_text(desk):
    he, public_id, post = desk
    cap = {"id": "C1", "measure": "credits", "at_most": "4", "of": {"sources": [{"not": {"is": "passed"}}]}}
    post("rulebook_cap", 0, text=queries.yaml_of(cap))
    text = page(he, "rulebook_cap", public_id=public_id, number=0)
    assert "什么也不会丢" in text
    assert "用表格编写" not in text
    assert "measure: credits" in text
    assert "规则文件有" in post("rulebook_cap", 0, 422, text="{")


def test_a_case_is_written_by_its_form_and_shows_what_comes_of_it(desk):
    he, public_id, post = desk
    new = page(he, "rulebook_case", public_id=public_id, number=1)
    assert 'value="used-2"' in new  # it begins with the facts of the last one
    assert 'value="90"' in new
    text = post("rulebook_case", 1, 200, **CASE | {"credits": "5"}, add="look")
    assert "应为5，得到4" in text
    assert "全国计算机等级考试二级（成绩90，2025年6月1日取得）" in text
    assert len(draft_of(he, public_id).document["cases"]) == 1
    post("rulebook_case", 1, **CASE, act="save")
    saved = draft_of(he, public_id).document["cases"][1]
    assert saved["given"]["learner"] == {"status": "registered", "groups": []}
    assert saved["given"]["achievements"] == [
        {
            "id": "a1",
            "acquired": "2025-06-01",
            "spec": "全国计算机等级考试二级",
            "grade": {"scale": "percent", "value": "90"},
            "passed": True,
        }
    ]
    assert saved["expect"] == {"credits": "4", "uses_rules": ["E1"]}
    text = page(he, "rulebook_work", public_id=public_id)
    assert "二级换程序设计" in text.partition('id="cases"')[2]


def test_what_a_case_gives_besides_stays_as_it_was(desk):
    he, public_id, post = desk
    whole = documents.case("used", uses_rules=["E1"])
    whole["given"]["spent"] = ["a9"]
    post("rulebook_case", 0, text=queries.yaml_of(whole))
    assert "已经用过的成果" in page(he, "rulebook_case", public_id=public_id, number=0)
    post("rulebook_case", 0, **CASE, act="save")
    assert draft_of(he, public_id).document["cases"][0]["given"]["spent"] == ["a9"]


def test_drafted_cases_are_added_one_by_one_in_words(desk):
    he, public_id, _post = desk
    found = draft_of(he, public_id)
    first, second = [each["id"] for each in queries.drafted_cases(found.document)]
    text = page(he, "rulebook_work", public_id=public_id).partition('id="proposals"')[2]
    assert (f'value="{first}"' in text, f'value="{second}"' in text) == (True, True)
    assert "二级换程序设计（成绩不够）" in text
    add = partial(he.post, reverse("rulebook_drafted", kwargs={"public_id": public_id}), follow=True)
    told = html(add({"seen": found.edition.digest, "case": second}))
    assert "已加入用例：全国计算机等级考试二级（成绩59" in told
    assert [each["id"] for each in draft_of(he, public_id).document["cases"]] == ["used", second]
    assert f'value="{second}"' not in told.partition('id="proposals"')[2]
    assert "没有要补的界限用例" in html(add({"seen": draft_of(he, public_id).edition.digest, "case": "nothing"}))


def test_the_work_page_says_words_for_codes(bank, signed_in):
    wrong = documents.case("wrong", gives="9", not_rules={"E1": "grade_low"})
    rule = documents.rule() | {"title": {"zh": "二级换程序设计"}}
    rule["from"] = {"one": [{"is": "issuer", "in": ["4131010251"]}]}
    he = signed_in("he")
    public_id = uploaded(he, bank, documents.book(rules=[rule], cases=[wrong], caps=[]))
    text = page(he, "rulebook_work", public_id=public_id)
    assert "颁发机构为「云江理工大学」" in text
    assert "二级换程序设计（成绩不够）" in text
    assert "应为成绩不够" in text
    assert "没有一个用例用到「二级换程序设计」" in text


def test_a_faulty_spreadsheet_is_refused_with_every_place(bank, signed_in):
    he = signed_in("he")
    owner = tree.by_id(bank.school).public_id
    file = SimpleUploadedFile("rules.xlsx", he.get(reverse("rulebook_template")).content)
    form = {"way": "file", "owner": owner, "file": file}
    text = html(he.post(reverse("rulebook_new"), form), 422)
    assert text.count("说明 Book") > 1


def test_an_agreement_begins_with_its_parties(bank, signed_in):
    he = signed_in("he")
    other = tree.by_id(bank.other_school)
    form = {
        "way": "blank",
        "owner": tree.by_id(bank.school).public_id,
        "edition": "1",
        "zh": "互认",
        "kind": "agreement",
    }
    assert "草稿缺少" in html(he.post(reverse("rulebook_new"), form | {"id": "yj/a"}), 422)
    for takes, receiver in (("owner", "4131012044"), ("partner", other.code)):
        made = he.post(
            reverse("rulebook_new"), form | {"id": f"yj/{takes}", "partner": other.public_id, "takes": takes}
        )
        document = draft_of(he, made["Location"].rstrip("/").rpartition("/")[2]).document
        assert document["parties"][1]["code"] == receiver
        assert {each["code"] for each in document["parties"]} == {"4131012044", other.code}


def standings(public_id):
    shown = queries.published_shown(queries.details(SYSTEM, public_id))
    return [standing for _name, standing in shown.rules[0].standings]


def test_each_side_of_an_agreement_has_its_standing_on_every_rule(bank, people):
    edition = submitted(bank, people, documents.agreement())
    assert standings(edition.public_id) == [Standing.UNREAD, Standing.UNREAD]
    reads(people.wang, edition)
    assert standings(edition.public_id) == [Standing.APPROVED, Standing.UNREAD]
    reads(people.sun, edition)
    operations.publish_edition(actor=people.zhao, public_id=edition.public_id, now=AFTER_NOTICE)
    report = {"actor": people.sun, "public_id": edition.public_id, "rule": "E1", "now": NOW}
    operations.report_rule(**report, reason="课程已停开")
    assert standings(edition.public_id) == [Standing.APPROVED, Standing.PROBLEM]
    operations.settle_rule(**report)
    assert standings(edition.public_id) == [Standing.APPROVED, Standing.RESOLVED]


def test_an_agreement_that_was_made_elsewhere_says_so_and_other_books_have_no_sides(bank):
    given = {"actor": SYSTEM, "owner_id": bank.school, "now": NOW}
    edition = operations.import_edition(**given, document=documents.agreement())
    assert standings(edition.public_id) == [Standing.ELSEWHERE, Standing.ELSEWHERE]
    own = operations.import_edition(**given, document=documents.book())
    assert standings(own.public_id) == []


def test_every_reason_of_the_language_has_its_words():
    assert {*REFUSALS, *UNKNOWNS} <= set(CODES)
    assert len(set(CODES.values())) == len(CODES)
