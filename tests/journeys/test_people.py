"""A learner with a phone, a clerk at a counter, an administrator at the centre."""

import re

from playwright.sync_api import expect

from creditbank.kernel.documents import check_digit
from tests.journeys.bank import PASSWORD

CLERK, ADMINISTRATOR = "wu.meihua", "zhou.min"
NEWCOMER_ID = "31019919850307822" + check_digit("31019919850307822")


def test_a_printed_code_opens_the_archive_on_a_phone(on_phone):
    slip = on_phone.bank.slip
    on_phone.claims(name=slip["name"], document=slip["document"], code=slip["code"], phone="13900001111")
    on_phone.pictures("claimed")
    on_phone.signs_in("13900001111", PASSWORD)
    expect(on_phone.page.get_by_role("heading", level=1)).to_contain_text(slip["name"])
    for path in ("/archive/", "/my-data/"):
        on_phone.goes(path)
        on_phone.sees_no_overflow()
    on_phone.goes("/archive/")
    expect(on_phone.page.get_by_role("heading", level=1)).to_contain_text(re.compile(r"\d+项成果"))
    on_phone.pictures("archive-on-phone")
    on_phone.page.locator(".entry a").first.click()
    expect(on_phone.page.locator("main")).to_contain_text("核对")


def test_a_wrong_code_is_told_beside_its_field_and_what_was_typed_stays(on_phone):
    on_phone.claims(name="别人", document=NEWCOMER_ID, code="AAAA-BBBB-CCCC", phone="13900002222")
    expect(on_phone.page.locator("main [role=alert]").first).to_be_visible()
    expect(on_phone.page.locator("input[name=login]")).to_have_value("13900002222")
    on_phone.problems.clear()  # the browser calls a refused form a failure


def test_a_clerk_opens_an_account_and_cannot_open_it_twice(visitor):
    visitor.signs_in(CLERK)
    for attempt in range(2):
        visitor.goes("/accounts/new")
        visitor.page.locator("input[name=name]").fill("阿依古丽·买买提")
        visitor.page.locator("input[name=number]").fill(NEWCOMER_ID)
        visitor.page.get_by_role("button", name="开立账户").click()
        if attempt == 0:
            expect(visitor.page.locator("main")).to_contain_text(f"31********{NEWCOMER_ID[-4:]}")
            visitor.pictures("account-opened")
    expect(visitor.page.locator("main [role=alert]").first).to_be_visible()
    assert NEWCOMER_ID not in visitor.page.locator("main").inner_text()
    visitor.problems.clear()


def test_an_administrator_opens_an_outlet_and_appoints_a_clerk(visitor):
    visitor.signs_in(ADMINISTRATOR)
    visitor.goes("/staff/organizations/new")
    visitor.pictures("organization-new")
    page = visitor.page
    page.locator("select[name=kind]").select_option("outlet")
    page.locator("input[name=code]").fill("YJ-TEST-01")
    page.locator("input[name=name_zh]").fill("试验网点")
    page.locator("main form button").last.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("试验网点")
    page.get_by_role("link", name=re.compile("任命|加人|安排")).first.click()
    visitor.pictures("appoint")
