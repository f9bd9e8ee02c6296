"""A school writes deviations from guidance in the page: none hides a rule, each has its reason, each goes back."""

import pytest
from django.urls import reverse

from creditbank.conversion import operations
from creditbank.organizations import queries as tree
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM
from tests.rooms.conversion.room.desks import draft_of, html, page

FORM = {
    "id": "E1",
    "groups": "1",
    "how": "one",
    "s-0-rows": "1",
    "s-0-0-tag": "spec",
    "s-0-0-value": "全国计算机等级考试二级、全国计算机等级考试一级",
    "t-rows": "1",
    "t-0-kind": "course",
    "t-0-value": "程序设计",
    "mode": "target",
}


@pytest.fixture
def guidance(bank):
    document = documents.guidance(rules=[documents.rule() | {"may_deviate": "narrower"}])
    return operations.import_edition(actor=SYSTEM, owner_id=bank.group, document=document, now=NOW)


@pytest.fixture
def he(bank, signed_in):
    return signed_in("he")


@pytest.fixture
def adopting(bank, he, guidance):
    address = reverse("rulebook_new") + f"?adopt={guidance.public_id}"
    response = he.post(address, {"owner": tree.by_id(bank.school).public_id, "edition": "2026"})
    return response["Location"].rstrip("/").rpartition("/")[2]


def writes(client, public_id, name, number, **form):
    """Save a rule or cap over the text that lies there; return the page that says why not, or nothing."""
    form["seen"] = draft_of(client, public_id).edition.digest
    response = client.post(reverse(name, kwargs={"public_id": public_id, "number": number}), form)
    return "" if response.status_code == 302 else html(response, 422)


def deviations(client, public_id):
    return draft_of(client, public_id).document["adopts"]["deviations"]


def test_a_deviation_that_is_not_allowed_stands_beside_its_rule_and_is_mended_there(he, adopting):
    assert writes(he, adopting, "rulebook_rule", 0, **FORM, act="save", reason="本校也收一级") == ""
    text = page(he, "rulebook_work", public_id=adopting)
    assert "1处要改" in text
    beside = text.partition('id="rule-0"')[2].partition("</article>")[0]
    assert "全国计算机等级考试一级" in beside
    assert "只允许收紧" in beside
    form = html(he.get(reverse("rulebook_rule", kwargs={"public_id": adopting, "number": 0})))
    assert "全国计算机等级考试一级" in form
    assert 'value="本校也收一级"' in form


def test_a_deviation_says_why_and_keeps_what_it_quotes(he, adopting):
    assert "请写明为什么" in writes(he, adopting, "rulebook_rule", 0, **FORM, act="save", reason=" ")
    assert deviations(he, adopting) == []
    kept = {"op": "replace", "rule": "E1", "with": documents.rule(), "cites": ["R"]}
    document = draft_of(he, adopting).document
    document["adopts"]["deviations"] = [kept | {"reason": {"zh": "收紧", "en": "Narrower"}}]
    seen = draft_of(he, adopting).edition.digest
    operations.save_draft(actor=SYSTEM, public_id=adopting, seen=seen, document=document, now=NOW)
    writes(he, adopting, "rulebook_rule", 0, **FORM, act="save", reason="收紧")
    (saved,) = deviations(he, adopting)
    assert (saved["reason"], saved["cites"]) == ({"zh": "收紧", "en": "Narrower"}, ["R"])


def test_a_rule_that_is_left_out_is_shown_with_its_reason_and_taken_over_again(he, adopting):
    assert writes(he, adopting, "rulebook_rule", 0, act="remove", reason="本校没有这门课") == ""
    left = page(he, "rulebook_work", public_id=adopting).partition('id="left-out"')[2].partition("</section>")[0]
    assert "全国计算机等级考试二级" in left
    assert "本校没有这门课" in left
    assert writes(he, adopting, "rulebook_rule", 0, act="restore", rule="E1") == ""
    assert deviations(he, adopting) == []
    assert 'id="left-out"' not in page(he, "rulebook_work", public_id=adopting)


def test_a_school_adds_a_rule_and_a_cap_of_its_own_and_takes_them_back(he, adopting):
    own = FORM | {"id": "S1", "t-0-value": "数据库"}
    assert writes(he, adopting, "rulebook_rule", 9999, **own, act="save", reason="本校增加") == ""
    cap = {"id": "C1", "measure": "credits", "bound": "amount", "amount": "3", "per": "plan", "attribution": "whole"}
    assert writes(he, adopting, "rulebook_cap", 0, **cap, act="save", reason="学校规定") == ""
    assert [each["op"] for each in deviations(he, adopting)] == ["add", "limit"]
    text = page(he, "rulebook_work", public_id=adopting)
    assert "学校规定" in text.partition('id="caps"')[2].partition("</section>")[0]
    assert "S1" in html(he.get(reverse("rulebook_rule", kwargs={"public_id": adopting, "number": 1})))
    writes(he, adopting, "rulebook_cap", 0, **cap, act="remove")
    writes(he, adopting, "rulebook_rule", 1, **own, act="remove")
    assert deviations(he, adopting) == []


def test_the_list_counts_the_rules_of_the_guidance_a_book_adopts(he, adopting):
    operations.submit_edition(actor=SYSTEM, public_id=adopting, now=NOW)
    assert draft_of(he, adopting).edition.rules == 1
