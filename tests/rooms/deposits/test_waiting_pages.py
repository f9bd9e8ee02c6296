"""The pages of rows that do not enter yet: an officer sees who waits and gives rows up, the centre decides cases."""

from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from creditbank.deposits import models, operations
from creditbank.deposits.operations import conflicts as cases
from creditbank.identity import operations as identity
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, OrganizationKind, Role
from tests.conftest import NOW
from tests.rooms.deposits.conftest import SYSTEM, staff
from tests.rooms.deposits.sheets import Row, identity as identity_number, sheet
from tests.rooms.deposits.test_conflicts import kept, told as told  # noqa: PLC0414  # a fixture


@pytest.fixture
def browser_of(client, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)  # staff need no second factor there

    def sign_in(place, role, extent=Extent.UNIT):
        user = identity.create_staff(
            actor=SYSTEM,
            organization_id=place,
            login=f"{role.value}.test",
            name="李明",
            password="slow-river-41",
            must_change_password=False,
            now=NOW,
        )
        organizations.appoint(actor=SYSTEM, organization_id=place, user_id=user.id, role=role, extent=extent, now=NOW)
        client.force_login(get_user_model().objects.get(pk=user.id))
        return client

    return sign_in


def take_files(school, *, opens_accounts, registers_courses=False):
    organizations.set_depositing(
        actor=SYSTEM,
        organization_id=school.id,
        opens_accounts=opens_accounts,
        registers_courses=registers_courses,
        credits_tolerance=0,
        now=NOW,
    )


def deposited(school, *rows):
    return operations.deposit_at_once(
        actor=SYSTEM, organization_id=school.id, file_name="a.csv", content=sheet(*rows), now=NOW
    ).batch


@pytest.fixture
def waiting(school):
    take_files(school, opens_accounts=False)
    return deposited(school, Row(), Row(person=2))


def words(browser, name, **ids):
    return browser.get(reverse(name, kwargs=ids)).content.decode()


def test_an_officer_sees_who_waits_and_never_a_whole_number(browser_of, school, waiting):
    browser = browser_of(school.id, Role.DEPOSIT_OFFICER)
    assert "1批有行等开户" in words(browser, "batches")
    assert waiting.number in words(browser, "waiting")
    page = words(browser, "waiting_rows", public_id=waiting.public_id)
    assert Row().cells()[0] in page
    assert identity_number(1) not in page
    report = words(browser, "batch", public_id=waiting.public_id)
    assert "2行等开户" in report
    english = browser.get("/en" + reverse("waiting_rows", kwargs={"public_id": waiting.public_id}))
    assert "2 rows wait for an account" in english.content.decode()


def test_an_officer_gives_rows_up_with_a_reason(browser_of, school, waiting):
    browser = browser_of(school.id, Role.DEPOSIT_OFFICER)
    here = reverse("waiting_rows", kwargs={"public_id": waiting.public_id})
    assert browser.post(here, {"act": "drop", "row": ["2"], "reason": ""}).status_code == 422
    assert "没有选中行" in browser.post(here, {"act": "drop", "reason": "错行"}, follow=True).content.decode()
    said = browser.post(here, {"act": "drop", "row": ["2"], "reason": "错行"}, follow=True).content.decode()
    assert "已放弃1行" in said
    browser.post(here, {"all": "1", "reason": "不等了"})
    assert "没有行在等" in words(browser, "waiting_rows", public_id=waiting.public_id)
    assert "没有行在等" in words(browser, "waiting")


def test_who_only_approves_sees_the_rows_and_cannot_give_them_up(browser_of, school, waiting):
    browser = browser_of(school.id, Role.DEPOSIT_APPROVER)
    here = reverse("waiting_rows", kwargs={"public_id": waiting.public_id})
    assert "放弃一些行" not in words(browser, "waiting_rows", public_id=waiting.public_id)
    assert browser.post(here, {"all": "1", "reason": "不等了"}).status_code == 403


def test_a_late_batch_says_of_which_it_is(browser_of, school, waiting):
    row = models.Batch.objects.get(id=waiting.id)
    models.Batch.objects.filter(id=row.id).update(late_of=row.id, number="2026-0007-1")
    assert "2026-0007" in words(browser_of(school.id, Role.DEPOSIT_OFFICER), "batch", public_id=waiting.public_id)


def test_the_centre_decides_and_both_institutions_see_it(browser_of, schools, told):
    batch = kept(told)
    here = {"public_id": batch.public_id, "row": 2, "item": 0}
    browser = browser_of(schools[0].id, Role.DEPOSIT_OFFICER)
    assert "大学英语" in words(browser, "conflicts")
    assert "等管理中心决定" in words(browser, "conflict", **here)
    assert browser.post(reverse("conflict", kwargs=here), {"outcome": "first", "reason": "x"}).status_code == 403
    centre = organizations.open_organization(
        actor=SYSTEM,
        parent_id=None,
        code="YJ-CENTRE",
        kind=OrganizationKind.CENTRE,
        name=Text("管理中心"),
        now=NOW,
    )
    browser = browser_of(centre.id, Role.CENTRE_REVIEWER, Extent.BANK)
    page = words(browser, "conflict", **here)
    assert schools[0].name.zh in page
    assert schools[1].name.zh in page
    assert browser.post(reverse("conflict", kwargs=here), {"reason": "x"}).status_code == 422
    assert browser.post(reverse("conflict", kwargs=here), {"outcome": "second"}).status_code == 422
    decided = browser.post(reverse("conflict", kwargs=here), {"outcome": "second", "reason": "看过原件"}, follow=True)
    assert "已决定，一分钟内照此办理" in decided.content.decode()
    assert "以后来的为准" in browser.get(reverse("conflicts"), {"show": "decided"}).content.decode()
    assert "看过原件" in words(browser, "conflict", **here)
    assert browser.get("/en" + reverse("conflict", kwargs=here)).status_code == 200
    assert cases.erase([]) == 0


def test_an_unknown_course_of_a_report_leads_to_naming_it(browser_of, school):
    take_files(school, opens_accounts=True, registers_courses=True)
    batch = deposited(school, Row(course="高数（上）"))
    page = words(browser_of(school.id, Role.DEPOSIT_OFFICER), "batch", public_id=batch.public_id)
    assert "这是名录里的哪一门？" in page
    assert f"school={school.public_id}&amp;batch={batch.public_id}" in page


def test_a_case_that_nobody_has_to_decide_any_more_says_which_batch_was_withdrawn(browser_of, schools, told):
    batch, first = kept(told), models.Batch.objects.get(organization_id=schools[0].id)
    asks, says = staff(7, schools[0].id), staff(8, schools[0].id)
    operations.ask_withdrawal(actor=asks, public_id=first.public_id, reason="成绩有误", now=NOW)
    operations.decide_withdrawal(actor=says, public_id=first.public_id, verdict=Verdict.APPROVE, now=NOW)
    assert operations.settle_conflicts(actor=SYSTEM, now=NOW) == 1
    browser = browser_of(schools[1].id, Role.DEPOSIT_OFFICER)
    here = {"public_id": batch.public_id, "row": 2, "item": 0}
    assert "先存的已撤回" in browser.get(reverse("conflicts"), {"show": "decided"}).content.decode()
    assert f"批次{first.number}已撤回" in words(browser, "conflict", **here)
    english = browser.get("/en" + reverse("conflict", kwargs=here)).content.decode()
    assert f"Batch {first.number} was withdrawn" in english


def test_rows_held_back_have_a_list_of_their_own_and_an_act_comes_back_to_it(browser_of, school, waiting):
    models.Waiting.objects.filter(row=3).update(problem="deposits.row.name_differs_from_account")
    browser = browser_of(school.id, Role.DEPOSIT_OFFICER)
    held = reverse("waiting_rows", kwargs={"public_id": waiting.public_id}) + "?show=held"
    page = browser.get(held).content.decode()
    assert (page.count('name="row"'), 'name="row" value="3"' in page) == (1, True)
    assert words(browser, "waiting_rows", public_id=waiting.public_id).count('name="row"') == 2
    assert "放弃全部2行" in page
    assert browser.post(held, {"act": "drop", "row": "3", "reason": "退学"})["Location"] == held
    assert "没有对不上的行" in browser.get(held).content.decode()
