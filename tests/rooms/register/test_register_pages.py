"""The register's pages and its door for programs: what they answer, to whom, and that nobody is named."""

import json
from datetime import date
from io import BytesIO

import pytest
from django.contrib.auth import get_user_model
from django.test import Client
from django.urls import reverse

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue
from creditbank.identity import operations as identity, queries
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.rules import GATES
from creditbank.identity.types import Gate
from creditbank.kernel.actor import system
from creditbank.learners import operations as learners
from creditbank.learners.types import SignIn
from creditbank.organizations import operations as organizations, queries as places
from creditbank.organizations.types import Role
from creditbank.register import models, operations
from creditbank.register.types import Wish
from tests.conftest import NOW
from tests.rooms.deposits.test_claimed_certificates import ROW
from tests.rooms.deposits.test_revoked_certificates import turned
from tests.rooms.deposits.test_sheets import at_once, own
from tests.rooms.learners.people import PASSWORD, document
from tests.rooms.register.issuing import SYSTEM, entered, sheet

BANK = system("command-line")


@pytest.fixture(autouse=True)
def no_second_factor(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda self: False))


def browser(user):
    client = Client()
    client.force_login(get_user_model().objects.get(id=user.id))
    return client


def member(issuer, login, role):
    given = {"actor": SYSTEM, "organization_id": issuer.id, "now": NOW}
    user = identity.create_staff(login=login, name="李明", password=PASSWORD, must_change_password=False, **given)
    organizations.appoint(user_id=user.id, role=role, **given)
    return browser(user)


@pytest.fixture
def officer(issuer):
    return member(issuer, "li.ming", Role.DEPOSIT_OFFICER)


@pytest.fixture
def approver(issuer):
    return member(issuer, "wang.fang", Role.DEPOSIT_APPROVER)


@pytest.fixture
def learner(issuer):
    given = {"actor": SYSTEM, "organization_id": issuer.id, "learner_id": issuer.learner_id, "now": NOW}
    made = learners.claim_at_counter(
        name="林晓岚", document=document(9), sign_in=SignIn("13900000009", PASSWORD), **given
    )
    return browser(queries.learner_user(made.learner_id))


@pytest.fixture
def program(issuer):
    given = {"actor": SYSTEM, "organization_id": issuer.id, "now": NOW}
    _, key = identity.create_client(name="核验系统", **given)
    return Client(headers={"authorization": f"Bearer {key}"})


def check(issuer, number="YJ0001", name="林晓岚", place=""):
    asked = {"issuer": place or issuer.public_id, "number": number, "name": name}
    return Client().post(reverse("certificate_check"), asked)


def text(response):
    return response.content.decode()


def test_anybody_checks_a_certificate_and_nobody_is_named(issuer):
    entered(issuer, {}, {"number": "YJ0002", "status": "撤销"})
    assert "证书登记在案，有效" in text(check(issuer))
    assert "颁发机构已撤销这本证书" in text(check(issuer, number="YJ0002"))
    for answer in (check(issuer, number="YJ0009"), check(issuer, name="周敏")):
        assert "登记里没有对得上的证书" in text(answer)
        assert "大学英语四级" not in text(answer)
    assert check(issuer, name="").status_code == 422


def test_names_cannot_be_tried_out_at_one_certificate(issuer):
    entered(issuer, {})
    answers = [
        check(issuer, name=f"周敏{'敏' * n}").status_code for n in range(GATES[Gate.REGISTER].account.attempts_max)
    ]
    assert set(answers) == {200}
    assert check(issuer).status_code == 429
    assert check(issuer, number=" yj ０００１", place="YJ-CARE").status_code == 429


def test_learner_sees_own_certificates_and_puts_one_into_the_archive(issuer, learner):
    entered(
        issuer, {}, {"number": "YJ0002", "status": "撤销", "note": "替考", "certificate": "老年照护", "level": "初级"}
    )
    page = text(learner.get(reverse("my_certificates")))
    assert "替考" in page
    asked = {"issuer": "YJ-CARE", "number": "yj 0001"}
    answer = learner.post(reverse("my_certificates"), asked, follow=True)
    assert "证书已核实，放进了您的档案。" in text(answer)
    assert "大学英语四级" in text(learner.get(reverse("archive")))
    again = learner.post(reverse("my_certificates"), asked)
    assert (again.status_code, "已在您的档案里" in text(again)) == (422, True)
    unknown = learner.post(reverse("my_certificates"), {"issuer": "YJ-ELSE", "number": "1"})
    assert unknown.status_code == 422


def test_archive_says_why_a_certificate_was_taken_back(issuer, learner):
    entered(issuer, {})
    learner.post(reverse("my_certificates"), {"issuer": "YJ-CARE", "number": "YJ0001"})
    entered(issuer, {"status": "撤销", "note": "替考查实"})
    page = text(learner.get(reverse("archive")))
    assert "颁发机构撤销、补发或更正了证书。替考查实" in page


def test_a_restored_certificate_reads_as_restored_in_both_languages(issuer, learner):
    given = {"actor": SYSTEM, "starts": date(2020, 1, 1), "ends": None, "decision": "2020-1", "now": NOW}
    catalogue.accredit(specification_id=issuer.english, **given)
    at_once(places.by_id(issuer.id), own(ROW), "a.csv")
    entered(issuer, {})
    turned(issuer, Wish.REVOKE, "替考查实")
    [gone] = archive.withdrawn_of(issuer.learner_id)
    where = reverse("entry", args=[gone.achievement.address])
    assert "不再计入" in text(learner.get(where))
    turned(issuer, Wish.RESTORE, "复核无误")
    page, english = (text(learner.get(f"{language}{where}")) for language in ("", "/en"))
    assert ("已恢复" in page, "起不计入" in page, "已撤回" in page) == (True, True, False)
    assert ("Restored" in english, "Did not count from" in english, "Withdrawn" in english) == (True, True, False)
    turned(issuer, Wish.REVOKE, "又查实")
    page = text(learner.get(where))
    assert ("已恢复" in page, "不再计入" in page, "又查实" in page) == (True, True, True)


def test_list_goes_over_the_pages_to_the_second_person(issuer, officer, approver):
    file = BytesIO(sheet({}, {"number": "YJ0002", "issued": "201913"}))
    file.name = "证书.csv"
    sent = officer.post(reverse("register_load"), {"place": issuer.public_id, "file": file})
    where = sent["Location"]
    public_id = where.rpartition("/")[2]
    assert "正在逐行检查" in text(officer.get(where))
    operations.check(actor=SYSTEM, public_id=public_id, now=NOW)
    page = text(officer.get(where))
    assert "1行可以登记" in page
    assert "不是日期" in page
    assert document(9).number not in page
    refused = officer.get(reverse("register_refused", args=[public_id]))
    assert "attachment" in refused["Content-Disposition"]
    assert "不是日期" in refused.getvalue().decode()
    officer.post(reverse("register_submit", args=[public_id]))
    own = officer.post(reverse("register_review", args=[public_id]), {"verdict": "approve"}, follow=True)
    assert "没有做这件事的权限" in text(own)
    approver.post(reverse("register_review", args=[public_id]), {"verdict": "approve"})
    operations.enter(actor=SYSTEM, public_id=public_id, now=NOW)
    assert "已经登记" in text(officer.get(where))
    assert "证书.csv" in text(officer.get(reverse("register")))
    assert officer.get(reverse("register_template")).status_code == 200


def test_empty_upload_is_told_at_the_field(issuer, officer):
    answer = officer.post(reverse("register_load"), {"place": issuer.public_id})
    assert (answer.status_code, "没有选文件" in text(answer)) == (422, True)


def test_revocation_goes_over_the_pages(issuer, officer, approver):
    entered(issuer, {})
    address = f"{reverse('register_certificate')}?issuer={issuer.public_id}&number=yj0001"
    page = text(officer.get(address))
    assert "申请撤销这本证书" in page
    assert "林晓岚" not in page
    specification = page.partition('name="specification" value="')[2].partition('"')[0]
    asked = {"specification": specification, "wish": "revoke"}
    assert officer.post(address, asked).status_code == 422
    wish = officer.post(address, {**asked, "reason": "替考查实"})["Location"]
    assert "等另一位同事复核" in text(officer.get(wish))
    assert "同意撤销" in text(approver.get(wish))
    answer = approver.post(wish, {"verdict": "approve"}, follow=True)
    assert "已办理" in text(answer)
    assert models.Certificate.objects.get().status == 2
    assert "替考查实" in text(officer.get(address))
    again = approver.post(wish, {"verdict": "approve"}, follow=True)
    assert "已经办结" in text(again)


def test_program_confirms_a_certificate_and_learns_of_no_holder(issuer, program):
    entered(issuer, {})

    def asked(**change):
        body = {"issuer": "YJ-CARE", "number": "YJ0001", "document": document(9).number, **change}
        return program.post(reverse("api_confirm"), json.dumps(body), content_type="application/json")

    told = asked().json()
    assert (told["verdict"], told["certificate"]["name"]["zh"]) == ("confirmed", "大学英语四级")
    assert asked(name="周敏").json()["verdict"] == "other-holder"
    assert asked(document=document(8).number).json() == {
        "verdict": "other-holder",
        "message": {"zh": "这本证书登记在别人名下。", "en": "This certificate is registered for another holder."},
        "certificate": None,
    }
    assert asked(number="YJ0009").json()["verdict"] == "unknown"
    assert asked(specification="0" * 20).json()["verdict"] == "unknown"
    assert asked(document="1").status_code == 422
    assert asked(issuer="YJ-ELSE").status_code == 404
    assert asked(more="1").json()["code"] == "api.request.faulty"


def test_program_lists_what_is_registered_under_a_number(issuer, program):
    entered(issuer, {})
    entered(issuer, {"status": "撤销", "note": "替考"})
    address = reverse("api_certificates")
    [told] = program.get(address, {"issuer": "YJ-CARE", "number": "YJ0001"}).json()["certificates"]
    assert (told["status"], told["events"][0]["status"]) == ("revoked", "revoked")
    assert not {"林晓岚", "替考"} & set(json.dumps(told, ensure_ascii=False).replace('"', " ").split())
    assert Client().get(address, {"issuer": "YJ-CARE", "number": "YJ0001"}).status_code == 403


@pytest.fixture
def requests(issuer, officer):
    """Twenty-three requests that wait, the oldest first: their addresses."""
    entered(issuer, *({"number": f"YJ{number:04d}"} for number in range(1, 24)))
    asked = []
    for number in range(1, 24):
        address = f"{reverse('register_certificate')}?issuer={issuer.public_id}&number=YJ{number:04d}"
        specification = text(officer.get(address)).partition('name="specification" value="')[2].partition('"')[0]
        given = {"specification": specification, "wish": "revoke", "reason": "替考查实"}
        asked.append(officer.post(address, given)["Location"])
    return asked


def test_requests_come_in_pages_and_what_is_decided_apart(requests, approver):
    def shown(**asked):
        page = text(approver.get(reverse("register"), asked))
        return [address for address in requests if f'href="{address}"' in page]

    assert (shown(), shown(show="wishes"), shown(show="wishes", page=2)) == ([], requests[:20], requests[20:])
    assert shown(show="wishes", page=99) == requests[20:]
    assert "还没有办过" in text(approver.get(reverse("register"), {"show": "decided"}))
    approver.post(requests[4], {"verdict": "refuse", "note": "证据不足"})
    assert (shown(show="decided"), shown(show="wishes", page=2)) == ([requests[4]], requests[21:])


def test_after_a_request_comes_the_next_one_that_one_may_decide(requests, officer, approver):
    assert f'href="{requests[1]}" rel="next"' in text(approver.get(requests[0]))
    assert approver.post(requests[0], {"verdict": "approve"})["Location"] == requests[1]
    assert approver.post(requests[0], {"verdict": "approve"})["Location"] == requests[0]  # it was decided: say so here
    assert approver.post(requests[-1], {"verdict": "refuse"})["Location"] == requests[1]  # after the last, the first
    assert "YJ0023：没有同意" in text(approver.get(requests[1]))
    assert 'rel="next"' not in text(officer.get(requests[1]))  # who asked decides none of them


def test_lists_are_narrowed_by_their_stage(issuer, officer):
    entered(issuer, {})
    assert "没有符合条件的名单" in text(officer.get(reverse("register"), {"stage": "submitted"}))
    assert "没有符合条件的名单" not in text(officer.get(reverse("register"), {"stage": "entered"}))
