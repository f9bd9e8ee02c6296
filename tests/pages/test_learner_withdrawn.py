"""What a school withdraws: the learner reads which batch, when and why, and still proves what was deposited."""

import html
import io
import json
import re
import subprocess
import sys
import zipfile
from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from creditbank.archive import queries as book
from creditbank.catalogue import operations as catalogue
from creditbank.deposits import operations as deposits
from creditbank.identity import operations as identity
from creditbank.kernel.review import Verdict
from creditbank.organizations import queries as places
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff, two_schools
from tests.rooms.deposits.sheets import Row, sheet
from tests.rooms.deposits.test_claimed_certificates import ROW
from tests.rooms.deposits.test_pipeline import at_once, person_of
from tests.rooms.deposits.test_sheets import at_once as deposit, own
from tests.rooms.register.issuing import entered, small_issuer

PASSWORD = "slow-river-41"
REASON = "整批成绩取错了学期"


def withdrawn(batch, school):
    given = {"public_id": batch.public_id, "now": NOW}
    deposits.ask_withdrawal(actor=staff(1, school.id), reason=REASON, **given)
    deposits.decide_withdrawal(actor=staff(2, school.id), verdict=Verdict.APPROVE, **given)


@pytest.fixture
def learner(db):
    """Somebody whose first course was corrected, the correction withdrawn, and whose second course was withdrawn."""
    school = two_schools()[0]
    at_once(school, sheet(Row(grade="60")))
    for content in (sheet(Row(grade="95")), sheet(Row(course="高等数学"))):
        withdrawn(at_once(school, content).batch, school)
    sign_in = {"login": "13900000000", "name": "学生", "password": PASSWORD}
    user = identity.create_learner_login(actor=SYSTEM, learner_id=person_of(1), now=NOW, **sign_in)
    client = Client()
    client.login(username=user.login, password=PASSWORD)
    return client


def plain(response):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", response.content.decode())).split())


def address(name):
    for each in book.archive_of(actor=SYSTEM, learner_id=person_of(1)):
        if each.name.zh == name:
            return each.address
    [found] = [each for each in book.withdrawn_of(person_of(1)) if each.achievement.name.zh == name]
    return found.achievement.address


def test_the_archive_says_what_was_withdrawn_and_why_and_does_not_count_it(learner):
    text = plain(learner.get(reverse("archive")))
    assert "档案里有1项成果" in text
    assert "学校撤回了1项" in text
    assert f"原因：{REASON}" in text
    assert "高等数学" in text
    assert "withdrew batch" in plain(learner.get("/en" + reverse("archive")))


def test_the_page_of_a_withdrawn_achievement_stays(learner):
    text = plain(learner.get(reverse("entry", kwargs={"key": address("高等数学")})))
    assert "这项成果已被学校撤回，不再计入档案" in text
    assert REASON in text


def test_a_withdrawn_correction_stands_beside_the_value_in_force(learner):
    text = plain(learner.get(reverse("entry", kwargs={"key": address("大学英语")})))
    assert "这项成果已被学校撤回" not in text
    newest, first = book.revisions(book.entries(person_of(1))[0].key)
    assert (newest.withdrawn_at, first.withdrawn_at) == (NOW, None)
    assert text.index("已撤回") < text.index("现在有效")
    assert REASON in text


def test_the_program_accepts_the_proof_and_says_withdrawn(learner, tmp_path):
    key = address("高等数学")
    page = learner.get(reverse("entry_proof", kwargs={"key": key}))
    assert "证据证明它存入过" in plain(page)
    program = html.unescape(re.search(r"<pre id=\"check\"><code>(.*?)</code>", page.content.decode(), re.DOTALL)[1])
    path = tmp_path / "proof.json"
    path.write_bytes(learner.get(reverse("entry_proof_file", kwargs={"key": key})).content)
    document = json.loads(path.read_text("utf-8"))
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    assert done.stdout.split() == ["OK", document["batch"], "withdrawn"]
    assert document["withdrawn"] == NOW.isoformat()


def test_the_file_to_take_along_has_it_with_its_reason(learner):
    content = learner.get(reverse("my_data_export")).content
    with zipfile.ZipFile(io.BytesIO(content)) as file:
        found = json.loads(file.read("my-data.json"))
    [gone] = found["withdrawn"]
    assert (gone["name"]["zh"], gone["reason"], gone["withdrawn_at"]) == ("高等数学", REASON, NOW.isoformat())
    assert len(found["achievements"]) == 1


@pytest.fixture
def holder(db):
    """Somebody whose certificate the issuer deposited, and then revoked."""
    issuer = small_issuer()
    given = {"actor": SYSTEM, "starts": date(2020, 1, 1), "ends": None, "decision": "2020-1", "now": NOW}
    catalogue.accredit(specification_id=issuer.english, **given)
    deposit(places.by_id(issuer.id), own(ROW), "a.csv")
    entered(issuer, {"status": "撤销", "note": "替考查实"})
    sign_in = {"login": "13900000000", "name": "林晓岚", "password": PASSWORD}
    user = identity.create_learner_login(actor=SYSTEM, learner_id=issuer.learner_id, now=NOW, **sign_in)
    client = Client()
    client.login(username=user.login, password=PASSWORD)
    [found] = book.withdrawn_of(issuer.learner_id)
    return client, found.achievement.address


def test_a_revoked_certificate_is_told_as_such_and_not_as_corrected_or_withdrawn_by_the_school(holder):
    client, key = holder
    pages = {
        "": ("1项不再计入", "颁发机构收回了这本证书，不再计入档案", "学校撤回", "已被更正", "存入和撤回的记录"),
        "/en": ("1 achievement counts no more", "The issuer took this certificate back", "The school", "Replaced"),
    }
    for language, (listed, taken_back, *wrong) in pages.items():
        archive = plain(client.get(f"{language}{reverse('archive')}"))
        entry = plain(client.get(f"{language}{reverse('entry', args=[key])}"))
        proof = plain(client.get(f"{language}{reverse('entry_proof', args=[key])}"))
        assert listed in archive
        assert taken_back in entry
        assert taken_back in proof
        for page in (archive, entry):
            assert "替考查实" in page
        for words in wrong:
            assert words not in archive + entry + proof
