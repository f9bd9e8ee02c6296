"""A learner's pages: their own archive and data, and nobody else's. Zhang has an archive, Wang another, Zhao none."""

import csv
import html
import io
import json
import re
import subprocess
import sys
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse
from django.utils import translation

from creditbank.archive import models, operations as archive, queries
from creditbank.archive.queries import ArchiveFilters
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EnrolmentRow
from creditbank.identity import operations as identity
from creditbank.kernel.actor import Actor, ActorKind
from creditbank.kernel.documents import Document, DocumentKind
from creditbank.kernel.ids import grouped
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners, queries as accounts
from creditbank.learners.errors import ShownDocumentDiffers
from creditbank.learners.models import Access
from creditbank.learners.types import AccessKind, PriorityGroup, SignIn
from creditbank.portal import people_forms
from creditbank.project.marking import marked
from tests.rooms.archive.conftest import IDENTITIES, NOW, SYSTEM, frame, posted, small_bank

ZHANG, WANG, ZHAO = 0, 1, 2
PASSWORD = "slow-river-41"


def plain(response):
    """Return a page's text as a reader sees it: no tags, one space between words."""
    return " ".join(html.unescape(re.sub(r"<[^>]+>", "", response.content.decode())).split())


def login(bank, number):
    return identity.create_learner_login(
        actor=SYSTEM,
        learner_id=bank.learners[number],
        login=f"1390000000{number}",
        name="张三",
        password=PASSWORD,
        now=NOW,
    )


@pytest.fixture
def bank(db):
    """Zhang has three courses and a certificate counted in framework credits; one course was corrected."""
    made = small_bank()
    certificate = catalogue.define_specification(
        actor=SYSTEM,
        new=NewSpecification(
            kind=SpecificationKind.CERTIFICATE,
            name=Text("养老护理员证书", "Care worker certificate"),
            owner_id=made.school,
            issuer_id=made.school,
            level="中级",
            credits=800,
            unit_id=2,
        ),
        now=NOW,
    )
    numbers = enrolments.confirm_many(
        actor=SYSTEM,
        organization_id=made.school,
        rows=[EnrolmentRow(made.learners[ZHANG], "20260101", "护理", "86", "322", entry_year=2025)],
        source="2026-0001",
        now=NOW,
    )
    [number] = numbers.values()
    rows = [
        made.row(ZHANG, 0, enrolment=number),
        made.row(ZHANG, 1, obtained=20250000, credits=250, grade=3, grade_scale=2),
        made.row(ZHANG, 2, obtained=20240915, credits=None, hours=5600, grade=0, grade_scale=0),
        {**made.row(ZHANG, 0), "specification_id": certificate.id, "credits": 800, "unit_id": 2, "hours": None},
        made.row(WANG, 0, obtained=20230700),
    ]
    posted(made, rows)
    posted(made, [made.row(ZHANG, 0, revision=1, grade=9100, credits=350, enrolment=number)], reference="2026-0002")
    return made


@pytest.fixture
def as_learner(bank, client):
    def sign_in(number):
        user = login(bank, number)
        client.force_login(get_user_model().objects.get(pk=user.id))
        return client

    return sign_in


def actor(bank, number):
    return Actor(ActorKind.LEARNER, 1, "张三", learner_id=bank.learners[number])


def address(bank, number, place=0):
    return queries.archive_of(actor=actor(bank, number), learner_id=bank.learners[number])[place].address


def corrected_address(bank):
    [found] = [
        each.address
        for each in queries.archive_of(actor=actor(bank, ZHANG), learner_id=bank.learners[ZHANG])
        if each.entry.revision
    ]
    return found


def test_the_home_names_the_learner_the_account_and_the_enrolment_in_force(bank, as_learner):
    page = plain(as_learner(ZHANG).get("/"))
    assert "张三，您好" in page
    assert f"账户{grouped(accounts.by_id(bank.learners[ZHANG]).account_number)}" in page
    assert "在籍：云江第二工业大学护理（专科），2025级" in page


def test_totals_stand_beside_each_other_for_each_unit_and_are_never_added(bank, as_learner):
    client = as_learner(ZHANG)
    for path in ("/", "/archive/"):
        page = plain(client.get(path))
        assert "6课程学分、8框架学分、56学时" in page
        assert "14课程学分" not in page
    assert "6 course credits, 8 framework credits, 56 contact hours" in plain(client.get("/en/archive/"))


def test_an_open_repair_case_is_under_way_on_its_holders_home_only(bank, client):
    with pytest.raises(ShownDocumentDiffers):
        learners.claim_at_counter(
            actor=SYSTEM,
            organization_id=bank.school,
            learner_id=bank.learners[ZHANG],
            name="张三丰",
            document=Document(DocumentKind.RESIDENT_ID, IDENTITIES[ZHANG]),
            sign_in=SignIn(login="13800000001", password=PASSWORD),
            now=NOW,
        )
    client.force_login(get_user_model().objects.get(pk=login(bank, ZHANG).id))
    page = plain(client.get("/"))
    assert "在办的1 件正在核对您的资料" in page
    assert "云江第二工业大学，2026年11月22日收到" in page
    client.force_login(get_user_model().objects.get(pk=login(bank, WANG).id))
    assert "在办的0 件" in plain(client.get("/"))


def test_the_home_promises_no_conversion_while_there_are_no_rules(as_learner):
    page = plain(as_learner(ZHANG).get("/"))
    assert "现在能换的— 转换规则还没有公布" in page


def test_an_empty_archive_says_what_to_do(as_learner):
    client = as_learner(ZHAO)
    for path, words in (
        ("/", "档案里还没有成果"),
        ("/archive/", "不用您申请"),
        ("/en/archive/", "The archive is still empty"),
    ):
        response = client.get(path)
        assert response.status_code == 200
        assert words in plain(response)
    assert '/help/#missing"' in client.get("/archive/").content.decode()


def test_the_archive_shows_source_date_as_known_grade_credits_hours_and_state(as_learner):
    client = as_learner(ZHANG)
    page = plain(client.get("/archive/"))
    assert "档案里有4项成果" in page
    assert "云江第二工业大学，2026年6月，成绩91，48学时 已存入 已更正" in page
    assert "云江第二工业大学，2025年，成绩良好，48学时 已存入" in page
    assert "云江第二工业大学，2024年9月15日 已存入" in page
    page = client.get("/en/archive/")
    assert (html := page.content.decode()) == marked(html), "a line has Chinese words without a mark"
    english = plain(page)
    assert "June 2026, grade 91, 48 contact hours" in english
    assert "2025, grade Good" in english


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ("kind=certificate", ["养老护理员证书"]),
        ("level=%E4%B8%AD%E7%BA%A7", ["养老护理员证书"]),
        ("from=2025&to=2025", ["老年照护"]),
        ("from=2025", ["养老护理员证书", "护理学基础", "老年照护"]),
        ("to=not-a-year", ["养老护理员证书", "护理学基础", "老年照护", "高等数学"]),
        ("source=4131010251", []),
        ("q=%E6%95%B0%E5%AD%A6", ["高等数学"]),
        ("q=care+worker", ["养老护理员证书"]),
    ],
)
def test_filters_narrow_the_archive_and_its_file_alike(as_learner, query, shown):
    client = as_learner(ZHANG)
    response = client.get(f"/archive/?{query}")
    names = re.findall(r'<div class="entry"><a [^>]*>(.*?)</a>', response.content.decode())
    assert sorted(names) == sorted(shown)
    rows = list(csv.reader(io.StringIO(client.get(f"/archive/export.csv?{query}").content.decode("utf-8-sig"))))
    assert sorted(row[0] for row in rows[1:]) == sorted(shown)


def test_filters_without_a_match_lead_back_to_everything(as_learner):
    page = plain(as_learner(ZHANG).get("/archive/?from=2099"))
    assert "4项成果里有0项符合" in page
    assert "没有符合的成果" in page


def test_the_file_has_a_line_for_each_achievement_in_the_language_of_its_address(bank, as_learner):
    client = as_learner(ZHANG)
    response = client.get("/archive/export.csv")
    assert response["Cache-Control"] == "no-store"
    rows = list(csv.reader(io.StringIO(response.content.decode("utf-8-sig"))))
    assert rows[0][:4] == ["成果", "种类", "存入机构", "取得时间"]
    [course] = [row for row in rows if row[0] == "护理学基础"]
    assert course[1:9] == ["课程", "云江第二工业大学", "2026-06", "91", "3.5", "课程学分", "48", "1"]
    assert course[10] == corrected_address(bank)
    english = client.get("/en/archive/export.csv").content.decode("utf-8-sig")
    assert english.startswith("Achievement,Kind,Deposited by")
    assert "Care worker certificate,Certificate" in english


def test_an_entry_shows_the_enrolment_and_the_old_value_of_a_correction(bank, as_learner):
    client = as_learner(ZHANG)
    page = plain(client.get(reverse("entry", kwargs={"key": corrected_address(bank)})))
    assert "学籍云江第二工业大学护理（专科），2025级" in page
    assert "更正过1次" in page
    new, old = page.index("3.5课程学分48912026-0002 现在有效"), page.index("3课程学分4885.52026-0001 已被更正")
    assert new < old
    english = plain(client.get(f"/en/archive/{corrected_address(bank)}"))
    assert "Corrected once" in english
    assert "Replaced" in english


def test_an_entry_that_was_never_corrected_shows_no_corrections(bank, as_learner):
    response = as_learner(ZHANG).get(reverse("entry", kwargs={"key": address(bank, ZHANG, 3)}))
    assert "高等数学" in plain(response)
    assert 'id="corrections"' not in response.content.decode()


@pytest.mark.parametrize("name", ["entry", "entry_proof", "entry_proof_file"])
def test_an_entry_of_somebody_else_is_not_found(bank, as_learner, name):
    client = as_learner(ZHANG)
    theirs = address(bank, WANG)
    assert client.get(reverse(name, kwargs={"key": theirs})).status_code == 404
    assert client.get(reverse(name, kwargs={"key": address(bank, ZHANG)})).status_code == 200


@pytest.mark.parametrize("path", ["/archive/", "/archive/export.csv", "/archive/A-b-20260600-0", "/my-data/"])
def test_a_stranger_signs_in_first_and_staff_have_no_archive(bank, client, settings, path):
    response = client.get(path)
    assert response.status_code == 302
    assert response["Location"].startswith(reverse("account_login"))
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    user = identity.create_staff(
        actor=SYSTEM,
        organization_id=bank.school,
        login="li.ming",
        name="李明",
        password=PASSWORD,
        must_change_password=False,
        now=NOW,
    )
    client.force_login(get_user_model().objects.get(pk=user.id))
    assert client.get(path).status_code == 403


def test_an_entry_that_is_held_is_under_way_and_one_that_is_used_says_so(bank, as_learner):
    held, used = bank.key(ZHANG, 0), bank.key(ZHANG, 1, obtained=20250000)
    archive.hold(actor=actor(bank, ZHANG), key=held, scope="s", reference="GR-1", now=NOW)
    archive.use(actor=actor(bank, ZHANG), key=used, scope="s", reference="GR-2", now=NOW)
    client = as_learner(ZHANG)
    assert "在办的1 件" in plain(client.get("/"))
    page = plain(client.get("/archive/"))
    assert "成绩91，48学时 办理中 已更正" in page
    assert "成绩良好，48学时 已用" in page
    assert "GR-1" in plain(client.get(reverse("entry", kwargs={"key": corrected_address(bank)})))


def test_the_program_on_the_page_accepts_the_proof_and_notices_a_changed_grade(bank, as_learner, tmp_path):
    client = as_learner(ZHANG)
    for place in range(4):
        key = address(bank, ZHANG, place)
        page = client.get(reverse("entry_proof", kwargs={"key": key})).content.decode()
        program = html.unescape(re.search(r"<pre id=\"check\"><code>(.*?)</code>", page, re.DOTALL)[1])
        document = json.loads(client.get(reverse("entry_proof_file", kwargs={"key": key})).content)
        assert document["entry"] in html.unescape(page)
        assert run(program, document, tmp_path) == f"OK {document['batch']}"
        changed = document | {"entry": document["entry"].replace('"revision":', '"revision":1')}
        assert run(program, changed, tmp_path) == f"NO {document['batch']}"
        assert run(program, document | {"root": "00" * 32}, tmp_path) == f"NO {document['batch']}"


def run(program, document, folder):
    path = folder / "proof.json"
    path.write_text(json.dumps(document), "utf-8")
    done = subprocess.run([sys.executable, "-c", program, path], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def test_my_data_shows_masked_documents_enrolments_and_who_looked(bank, as_learner):
    client = as_learner(ZHANG)
    for each in range(2):
        learners.find_person(
            actor=SYSTEM,
            organization_id=bank.other_school,
            name="张三",
            document=Document(DocumentKind.RESIDENT_ID, IDENTITIES[ZHANG]),
            now=NOW.replace(minute=each),
        )
    learners.unmask(
        actor=SYSTEM,
        organization_id=bank.school,
        learner_id=bank.learners[ZHANG],
        document_number=1,
        purpose="核对毕业证",
        now=NOW.replace(minute=30),
    )
    page = plain(client.get("/my-data/"))
    assert IDENTITIES[ZHANG] not in page
    assert "31********0018" in page
    assert "学号20260101，普通高等教育" in page
    looked = page[page.index("谁看过我的资料") :]
    newest = looked.index("云江第二工业大学看了完整证件号事由：核对毕业证")
    assert newest < looked.index("云江理工大学查到账户")
    assert looked.count("查到账户") == 2
    english = plain(client.get("/en/my-data/"))
    assert "Purpose: 核对毕业证" in english
    assert "Resident identity card" in english


def test_a_group_is_counted_by_consent_only_and_the_consent_can_be_withdrawn(bank, as_learner):
    client = as_learner(ZHANG)

    def standing():
        profile = accounts.profile(actor=actor(bank, ZHANG), learner_id=bank.learners[ZHANG], now=NOW)
        return [each.group for each in profile.attributes if each.withdrawn_on is None]

    page = client.post("/my-data/groups", {"group": "veteran"}, follow=True)
    assert standing() == [PriorityGroup.VETERAN]
    assert "已记下" in plain(page)
    assert "退役军人" in plain(page)
    again = client.post("/en/my-data/groups", {"group": "veteran"}, follow=True)
    assert again.status_code == 200
    assert standing() == [PriorityGroup.VETERAN]
    page = client.post("/my-data/groups/withdraw", {"group": "veteran"}, follow=True)
    assert standing() == []
    assert "撤回" in plain(page)


def test_a_group_that_does_not_exist_changes_nothing(bank, as_learner):
    page = as_learner(ZHANG).post("/my-data/groups", {"group": "left-handed"}, follow=True)
    assert "还没有选人群" in plain(page)
    profile = accounts.profile(actor=actor(bank, ZHANG), learner_id=bank.learners[ZHANG], now=NOW)
    assert profile.attributes == ()


def test_a_group_cannot_be_set_for_somebody_else(bank, as_learner):
    as_learner(ZHANG).post("/my-data/groups", {"group": "veteran", "learner_id": bank.learners[WANG]})
    theirs = accounts.profile(actor=actor(bank, WANG), learner_id=bank.learners[WANG], now=NOW)
    assert theirs.attributes == ()


def test_the_home_shows_ten_and_leads_to_all(bank, as_learner):
    rows = [bank.row(ZHAO, place % 3, obtained=20200000 + 10000 * (place // 3)) for place in range(12)]
    posted(bank, rows, reference="2026-0003")
    page = as_learner(ZHAO).get("/").content.decode()
    assert page.count('<div class="entry">') == 10
    assert "看全部12项" in page
    # The year that is cut in two still shows all it has.
    assert re.findall(r"<h3>(\d+)<small>.*?>(\d+)课程学分", page) == [
        ("2023", "9"),
        ("2022", "9"),
        ("2021", "9"),
        ("2020", "9"),
    ]


def test_a_batch_goes_by_its_number_as_at_the_school(bank, as_learner):
    posted(bank, [bank.row(ZHAO, 1, obtained=20210000)], reference="k7q2opaque", number="2026-0042")
    years = queries.own_archive(actor=actor(bank, ZHAO), filters=ArchiveFilters()).years
    client, address = as_learner(ZHAO), queries.Line.of(years[-1].rows[0]).address
    for name in ("entry", "entry_proof"):
        page = plain(client.get(reverse(name, kwargs={"key": address})))
        assert "2026-0042" in page
        assert "k7q2opaque" not in page


def test_what_came_with_a_merging_says_so_instead_of_a_number(bank, as_learner):
    models.Posting.objects.update(number="")
    client = as_learner(ZHANG)
    for name in ("entry", "entry_proof"):
        page = plain(client.get(reverse(name, kwargs={"key": corrected_address(bank)})))
        assert "账户合并时转来" in page


def test_an_unposted_correction_stays_unseen(bank, as_learner):
    posting = archive.begin_posting(actor=SYSTEM, organization_id=bank.school, reference="2026-0009", now=NOW)
    archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([bank.row(ZHANG, 0, revision=2, grade=100)])])
    assert len(queries.revisions(bank.key(ZHANG, 0))) == 2
    page = plain(as_learner(ZHANG).get(reverse("entry", kwargs={"key": corrected_address(bank)})))
    assert "2026-0009" not in page


def test_words_of_a_filter_must_all_occur(bank):
    [found] = queries.own_archive(actor=actor(bank, ZHANG), filters=ArchiveFilters(words="护理 基础")).years
    assert [queries.Line.of(row).name.zh for row in found.rows] == ["护理学基础"]


@pytest.mark.parametrize("prefix", ["", "/en"])
@pytest.mark.parametrize("kind", AccessKind)
def test_both_pages_have_a_word_for_everything_that_somebody_may_have_looked_at(bank, client, kind, prefix):
    login(bank, ZHAO)
    client.force_login(get_user_model().objects.get(learner_id=bank.learners[ZHAO]))
    Access.objects.create(
        learner_id=bank.learners[ZHAO], number=900, organization_id=bank.school, at=NOW, actor="staff:1", what=kind
    )
    for page in ("/", reverse("my_data")):
        shown = client.get(prefix + page)
        assert shown.status_code == 200
        assert str(words_of(kind, prefix)) in plain(shown)


def words_of(kind, prefix):
    with translation.override("en" if prefix else "zh-hans"):
        return people_forms.words().looks[kind]
