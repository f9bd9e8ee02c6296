"""What a learner takes along is whole, masked, and proves itself."""

import hashlib
import io
import json
import zipfile

import pytest

from creditbank.archive import operations as archive
from creditbank.evidence import queries as evidence
from creditbank.journeys.export_learner import export_learner
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.errors import NotPermitted
from creditbank.learners import operations as learners
from tests.rooms.archive.conftest import IDENTITIES, NOW, SYSTEM, small_bank
from tests.rooms.archive.test_archive_provenance import ALSO, INTO, finished, holder
from tests.rooms.journeys import world as j


def document(content: bytes) -> dict:
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        assert file.namelist() == ["my-data.json"]
        assert file.testzip() is None
        return json.loads(file.read("my-data.json"))


def test_export_holds_all_that_is_kept_and_no_full_number(person):
    at = {"actor": SYSTEM, "organization_id": person.bank.school, "learner_id": person.mine, "now": NOW}
    learners.unmask(**at, document_number=1, purpose="核对证件")
    archive.use(actor=SYSTEM, key=person.key(0), scope="award:1", reference="case:1", now=NOW)
    content = export_learner(actor=j.learner(person.mine), now=NOW)
    found = document(content)
    assert found["account"]["number"] == j.number(person.mine)
    assert found["account"]["name"] == "张三"
    assert [each["student_number"] for each in found["enrolments"]] == ["2024001"]
    assert len(found["achievements"]) == 2
    assert [each["what"] for each in found["journal"]] == ["use"]
    assert found["journal"][0]["achievement"] in {each["address"] for each in found["achievements"]}
    assert [each["purpose"] for each in found["accesses"]] == ["核对证件"]
    text = json.dumps(found, ensure_ascii=False)
    assert [number for number in IDENTITIES if number in text] == []
    assert found["account"]["documents"][0]["masked"].startswith(IDENTITIES[0][:2])


def test_every_achievement_carries_a_proof_that_leads_to_its_batch(person):
    merge_accounts(**person.merging)
    found = document(export_learner(actor=j.learner(person.mine), now=NOW))
    assert len(found["achievements"]) == 3
    roots = {fact["batch"]: fact["root"] for fact in j.facts("archive.batch_posted.v1")}
    for each in found["achievements"]:
        proof = each["proof"]
        leaf = hashlib.sha256(b"\0\1" + bytes.fromhex(proof["salt"]) + proof["entry"].encode()).digest()
        path = [bytes.fromhex(sibling) for sibling in proof["path"]]
        root = evidence.root_of_proof(leaf=leaf, index=proof["index"], size=proof["size"], proof=path)
        assert root.hex() == proof["root"] == roots[proof["batch"]]
        assert json.loads(proof["entry"])["credits"] == each["credits"]


def test_same_state_gives_the_same_bytes(person):
    actor = j.learner(person.mine)
    assert export_learner(actor=actor, now=NOW) == export_learner(actor=actor, now=NOW)


def test_nobody_exports_for_others(person):
    with pytest.raises(NotPermitted):
        export_learner(actor=SYSTEM, now=NOW)
    names = document(export_learner(actor=j.learner(person.somebody), now=NOW))
    assert j.number(person.mine) not in json.dumps(names)


def test_what_was_converted_into_what_goes_along_and_what_was_withdrawn_does_not(db):
    bank = small_bank()
    finished(bank, INTO, ALSO)
    found = document(export_learner(actor=holder(bank), now=NOW))
    names = {each["address"]: each["name"]["zh"] for each in found["achievements"]}
    told = [(names[each["from"]], names[each["into"]], each["converted"]) for each in found["conversions"]]
    assert told == [("护理学基础", "老年照护", "2025-12"), ("护理学基础", "高等数学", "2025-12")]
    archive.withdraw_posting(actor=SYSTEM, reference="2026-0001", reason="整批取错了学期", now=NOW)
    assert document(export_learner(actor=holder(bank), now=NOW))["conversions"] == []
