"""The pages of accounts and enrolments, as each person meets them, in both languages."""

import csv
import io
import re
from datetime import UTC, date, datetime, timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import translation

from creditbank.enrolments import operations as enrolments
from creditbank.enrolments.types import EXAMPLE
from creditbank.identity import operations as identity, queries as sign_ins
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.models import User
from creditbank.kernel.actor import system
from creditbank.kernel.permissions import Permission
from creditbank.kernel.text import Text
from creditbank.learners import models, operations, queries
from creditbank.learners.errors import PlaceUnknown
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, OrganizationKind as Kind, Role
from tests.rooms.learners.people import PASSWORD, document, staff

SYSTEM = system("test")
HAN = re.compile(r"[\u4e00-\u9fff]")
pytestmark = pytest.mark.django_db(transaction=True)


def clock():
    return datetime.now(tz=UTC)


class World:
    """A centre with two outlets and two schools, and somebody in each."""

    def __init__(self):
        self.centre = self.opened("YJ-CENTRE", Kind.CENTRE, "管理中心", None)
        self.outlet = self.opened("YJ-O1", Kind.OUTLET, "临江网点", self.centre.id)
        self.other_outlet = self.opened("YJ-O2", Kind.OUTLET, "山前网点", self.centre.id)
        self.school = self.opened("YJ-S1", Kind.INSTITUTION, "云江学院", self.centre.id)
        self.other_school = self.opened("YJ-S2", Kind.INSTITUTION, "山前学院", self.centre.id)
        self.li = self.person("li", self.outlet, Role.OUTLET_CLERK)
        self.wang = self.person("wang", self.other_outlet, Role.OUTLET_CLERK)
        self.registrar = self.person("chen", self.school, Role.REGISTRAR)
        self.other_registrar = self.person("wu", self.other_school, Role.REGISTRAR)
        self.admin = self.person("admin", self.centre, Role.BANK_ADMINISTRATOR, Extent.BANK)

    def opened(self, code, kind, name, parent):
        return organizations.open_organization(
            actor=SYSTEM, parent_id=parent, code=code, kind=kind, name=Text(name, code), now=clock()
        )

    def person(self, login, organization, role, extent=Extent.UNIT):
        user = identity.create_staff(
            actor=SYSTEM,
            organization_id=organization.id,
            login=f"{login}.staff",
            name=login,
            password=PASSWORD,
            must_change_password=False,
            now=clock(),
        )
        organizations.appoint(
            actor=SYSTEM,
            organization_id=organization.id,
            user_id=user.id,
            role=role,
            extent=extent,
            starts=date(2020, 1, 1),
            now=clock(),
        )
        client = Client()
        client.force_login(User.objects.get(id=user.id), backend="creditbank.identity.backends.SignInName")
        return client


@pytest.fixture
def world(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda _: False))
    return World()


@pytest.fixture
def account(world):
    return operations.open_account(
        actor=SYSTEM, organization_id=world.outlet.id, name="林晓岚", document=document(1), now=clock()
    )


def address(name, language="zh", **kwargs):
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        return reverse(name, kwargs=kwargs or None)


def text(response):
    return response.content.decode()


def student(sequence, **more):
    cells = {
        "学号": f"20240{sequence:04d}",
        "姓名": "林晓岚",
        "身份证号": document(sequence).number,
        "专业": "护理",
        "层次": "本科",
        "类别": "普通",
        "入学年份": "2024",
        "班级": "护理2403",
        "状态": "在籍",
    } | more
    return [cells[column] for column in tuple(EXAMPLE)]


def as_file(*rows):
    content = io.StringIO()
    csv.writer(content).writerows([tuple(EXAMPLE), *rows])
    return SimpleUploadedFile("students.csv", content.getvalue().encode())


PERSON = {"name": "林晓岚", "kind": "resident-id", "number": document(1).number}
SIGN_IN = {"login": "13900000001", "password1": PASSWORD, "password2": PASSWORD}


def test_a_clerk_opens_an_account_and_is_told_of_one_that_exists(world):
    page = world.li.post(address("account_open"), PERSON, follow=True)
    assert "未认领" in text(page)
    assert document(1).number not in text(page)
    again = world.wang.post(address("account_open"), PERSON)
    assert again.status_code == 422
    assert "已有账户" in text(again)
    wrong = world.li.post(address("account_open"), PERSON | {"number": "310199199503080000"})
    assert 'id="number-error"' in text(wrong)


def test_an_office_is_chosen_only_where_one_may_act(world):
    mine = queries.places(SYSTEM, Permission.LEARNERS_ACCOUNT_OPEN)
    assert {place.id for place in mine} >= {world.outlet.id, world.other_outlet.id, world.centre.id}
    clerk = staff(9, world.outlet.id)
    assert queries.place(clerk, Permission.LEARNERS_ACCOUNT_OPEN, "") == world.outlet.id
    with pytest.raises(PlaceUnknown):
        queries.place(clerk, Permission.LEARNERS_ACCOUNT_OPEN, world.other_outlet.public_id)
    with pytest.raises(PlaceUnknown):
        queries.outlet(world.school.public_id)


def test_a_clerk_elsewhere_finds_the_person_by_document_and_not_the_page_before(world, account):
    page = address("account", number=account.account_number)
    assert world.li.get(page).status_code == 200
    assert world.wang.get(page).status_code == 404
    assert world.registrar.get(page).status_code == 404
    found = world.wang.post(address("account_find"), PERSON)
    assert found.url == page
    assert world.wang.get(page).status_code == 200
    differing = world.wang.post(address("account_find"), PERSON | {"name": "林小兰"}, follow=True)
    assert "登记的姓名与您输入的不同" in text(differing)
    by_number = world.wang.post(address("account_find"), {"account": account.account_number})
    assert by_number.url == page
    nobody = world.wang.post(address("account_find"), PERSON | {"number": document(5).number})
    assert nobody.status_code == 422


def test_the_whole_number_needs_a_purpose(world, account):
    page = address("account_unmask", number=account.account_number)
    assert document(1).number not in text(world.li.post(page, {"row": "1"}))
    shown = world.li.post(page, {"row": "1", "purpose": "核对毕业证书"})
    assert document(1).number in text(shown)
    assert "核对毕业证书" in text(shown)
    assert shown["Cache-Control"] == "no-store"


def test_the_person_at_the_counter_claims_and_signs_in(world, account):
    page = address("account_claim", number=account.account_number)
    differing = world.li.post(page, PERSON | SIGN_IN | {"password2": "another-tide-9"})
    assert "两次填的密码不一样" in text(differing)
    done = world.li.post(page, PERSON | SIGN_IN, follow=True)
    assert "已认领" in text(done)
    assert sign_ins.learner_user(account.learner_id).login == "13900000001"


def test_name_document_group_and_standing_change_on_the_page(world, account):
    number = account.account_number
    acts = [
        ("account_name", {"name": "林晓兰", "reason": "户口簿"}),
        ("account_document", {"kind": "passport", "number": "E99999999", "reason": "换证"}),
        ("account_group", {"group": "veteran"}),
        ("account_group", {"group": "veteran", "withdraw": "1"}),
    ]
    for name, form in acts:
        assert world.li.post(address(name, number=number), form).status_code == 302
    shown = text(world.li.get(address("account", number=number)))
    assert "曾用名" in shown
    assert "护照" in shown
    assert (
        world.li.post(address("account_standing", number=number), {"move": "close", "reason": "本人申请"}).status_code
        == 422
    )
    closing = {"move": "close", "reason": "本人申请", "place": world.centre.public_id}
    assert world.admin.post(address("account_standing", number=number), closing).status_code == 302
    assert queries.by_id(account.learner_id).status == "closed"


def test_a_printed_slip_claims_the_account_on_a_phone(world, account):
    slip = text(world.li.post(address("account_code", number=account.account_number)))
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", slip).group()
    form = PERSON | SIGN_IN | {"code": code}
    empty = Client().post(address("claim"), {"kind": "resident-id"})
    assert empty.status_code == 422
    assert text(empty).count('class="error"') == 5
    wrong = Client().post(address("claim"), form | {"code": "AAAA-AAAA-AAAA"})
    assert "对不上" in text(wrong)
    weak = Client().post(address("claim"), form | {"password1": "12345", "password2": "12345"})
    assert 'id="password1-error"' in text(weak)
    assert queries.by_id(account.learner_id).claim_failures == 0
    done = Client().post(address("claim"), form)
    assert done.url == address("account_login")
    assert queries.by_id(account.learner_id).status == "active"


def test_a_mismatch_is_mended_from_its_page(world, account):
    issued = operations.issue_claim_code(
        actor=SYSTEM, organization_id=world.outlet.id, learner_id=account.learner_id, now=clock()
    )
    form = PERSON | SIGN_IN | {"code": issued.code, "name": "林小兰"}
    assert "受理号" in text(Client().post(address("claim"), form))
    (case, _) = queries.open_repairs(actor=SYSTEM)[0]
    page = address("repair", public_id=case.public_id)
    assert world.wang.get(page).status_code == 404
    assert "林小兰" in text(world.li.get(page))
    assert world.li.post(page, {"verdict": "resolve"}).status_code == 422
    assert world.li.post(page, {"verdict": "resolve", "reason": "身份证原件"}).url == address("repairs")
    assert Client().post(address("claim"), form).status_code == 302


def test_an_application_goes_from_the_public_page_to_the_counter_and_back(world):
    form = PERSON | {"place": world.outlet.public_id, "contact": "13900000002"}
    sent = Client().post(address("apply_for_account"), form)
    progress = Client().get(sent.url)
    assert "申请已交到网点" in text(progress)
    assert "林晓岚" not in text(progress)
    assert "还没有" not in text(world.li.get(address("applications")))
    page = address("application", public_id=sent.url.rsplit("/", 1)[1])
    assert world.wang.get(page).status_code == 404
    assert world.li.post(page, {"verdict": "refuse"}).status_code == 422
    accepted = world.li.post(page, {"verdict": "accept"}, follow=True)
    assert "本人申请" in text(accepted)
    assert "账户已经开好" in text(Client().get(sent.url))
    assert Client().post(address("apply_for_account"), form | {"place": "nowhere"}).status_code == 422


def worked(sent):
    """Let the job of a list that was handed in have run."""
    enrolments.work_list(actor=SYSTEM, public_id=sent.url.rsplit("/", 1)[1], now=clock())


def test_a_registrar_loads_students_reads_what_was_refused_and_prints_slips(world):
    sent = world.registrar.post(address("enrolments_load"), {"file": as_file(student(1), student(2, 层次="博士后"))})
    assert "停止处理" in text(world.registrar.get(sent.url))
    worked(sent)
    page = text(world.registrar.get(sent.url))
    assert re.search(r"新开账户\s*<[^>]+>\s*1\b", page)
    assert "层次不在代码表里" in page
    assert sent.url in text(world.registrar.get(address("people_lists")))
    file = world.registrar.get(f"{sent.url}/refused")
    assert "students_%E9%97%AE%E9%A2%98%E8%A1%8C.csv" in file.headers["Content-Disposition"]
    headings, row = csv.reader(io.StringIO(b"".join(file).decode("utf-8-sig")))
    assert headings == [*EXAMPLE, "退回原因"]
    assert row[:-1] == student(2, 层次="博士后")
    listed = text(world.registrar.get(address("enrolments") + "?class=护理2403"))
    assert "林晓岚" in listed
    assert "下载认领单（PDF）" in listed
    assert "林晓岚" not in text(world.other_registrar.get(address("enrolments")))
    slips = world.registrar.post(address("enrolments_slips"), {"class": "护理2403", "place": world.school.public_id})
    assert re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", text(slips))
    paper = world.registrar.post(
        address("enrolments_slips"), {"class": "护理2403", "place": world.school.public_id, "as": "pdf", "part": "x"}
    )
    assert (paper.headers["Content-Type"], paper.headers["Cache-Control"]) == ("application/pdf", "no-store")
    assert paper.content.startswith(b"%PDF-")
    stolen = {"class": "护理2403", "place": world.school.public_id}
    assert world.other_registrar.post(address("enrolments_slips"), stolen).url == address("enrolments")
    rows = b"".join(world.registrar.get(address("enrolments_export"))).decode("utf-8-sig").splitlines()
    assert len(rows) == 2
    assert document(1).number not in rows[1]
    assert world.registrar.post(address("enrolments_load"), {}).status_code == 422


def test_a_registrar_changes_a_status_on_its_page(world):
    worked(world.registrar.post(address("enrolments_load"), {"file": as_file(student(1))}))
    found = queries.find_by_documents([document(1)])[document(1)]
    page = address("enrolment", account=found.account_number, number=1)
    assert world.other_registrar.get(page).status_code == 404
    tomorrow = (clock() + timedelta(days=2)).date().isoformat()
    assert world.registrar.post(page, {"status": "suspended", "since": tomorrow}).status_code == 422
    assert world.registrar.post(page, {"status": "suspended", "since": "2026-03-01"}).status_code == 302
    assert "休学" in text(world.registrar.get(page))


def test_an_enrolment_elsewhere_and_one_of_nobody_get_the_same_answer(world, account):
    answers = set()
    for number in (account.account_number, "004300000000000", "x"):
        page = world.registrar.get(address("enrolment", account=number, number=1))
        assert page.status_code == 404
        body = text(page).split("<main")[1].split("</main")[0]
        answers.add(re.sub(r"[0-9A-F]{8}|csrf\S+ value=\S+", "", body))
    assert len(answers) == 1
    (only,) = answers
    assert "没有这条学籍" in only


def test_staff_who_serve_no_claims_get_no_search_and_cannot_find(world, account):
    officer = world.person("he", world.school, Role.DEPOSIT_OFFICER)
    assert address("account_find") not in text(officer.get(address("accounts")))
    assert officer.post(address("account_find"), {"account": account.account_number}).status_code == 403
    assert address("account_find") in text(world.registrar.get(address("accounts")))


STAFF_PAGES = [
    *("accounts", "account_open", "sign_in_reset", "applications", "repairs", "enrolments", "enrolments_load"),
    *("people_lists", "takeover"),
]
PUBLIC_PAGES = ["claim", "apply_for_account"]


@pytest.mark.parametrize("name", [*STAFF_PAGES, *PUBLIC_PAGES])
def test_every_page_is_whole_in_english(world, name):
    client = world.admin if name in STAFF_PAGES else Client()
    page = client.get(address(name, "en"))
    assert page.status_code == 200
    shown = re.sub(r"<(\w+)[^>]*lang=\"zh-CN\"[^>]*>.*?</\1>", "", text(page), flags=re.DOTALL)
    assert HAN.findall(re.sub(r"<[^>]+>", "", shown.split("<main")[1].split("</main")[0])) == []


@pytest.mark.parametrize("name", STAFF_PAGES)
def test_a_visitor_is_sent_to_sign_in(world, name):
    assert Client().get(address(name)).url.startswith(address("account_login"))


def test_pages_of_one_account_are_whole_in_english(world, account):
    worked(world.registrar.post(address("enrolments_load"), {"file": as_file(student(3, 姓名="WANG Hai"))}))
    found = queries.find_by_documents([document(3)])[document(3)]
    models.Learner.objects.filter(learner_id=account.learner_id).update(name="LIN Xiaolan")
    pages = [
        world.admin.get(address("account", "en", number=account.account_number)),
        world.registrar.get(address("enrolment", "en", account=found.account_number, number=1)),
        world.li.post(address("account_code", "en", number=account.account_number)),
    ]
    for page in pages:
        assert page.status_code == 200
        body = re.sub(r"<[^>]+>", "", text(page).split("<main")[1].split("</main")[0])
        assert set(HAN.findall(body)) <= set("护理级班")
