"""A deposit names somebody without an account: the row waits, and enters when the account opens."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.test_deposit import APPROVER, OFFICER, uploaded
from tests.rooms.deposits.sheets import Row, identity, sheet

DIRECTOR, CLERK = "zhou.min", "wu.meihua"
SOMEBODY = 861
MINUTE = 90_000


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "waits.csv"
    path.write_bytes(sheet(Row(person=SOMEBODY, name="等待者", course="等待的课程")))
    return path


def school_opens_accounts(director, *, opens):
    director.goes("/staff/organizations/?q=第二工业")
    director.page.get_by_role("link", name="上海第二工业大学").first.click()
    director.page.get_by_role("link", name="存入方式").click()
    director.page.get_by_label("存入时开户").set_checked(opens)
    director.pictures(f"depositing-{opens}")
    director.page.get_by_role("button", name="保存").click()
    expect(director.page.locator("main")).to_contain_text("存入时开户" if opens else "这些行先等着，开户后存入")


def approved_and_waiting(visitor, file):
    """An officer hands the file in, a colleague approves; returns the address of the rows that wait."""
    visitor.signs_in(OFFICER)
    address = uploaded(visitor, file)
    expect(visitor.page.get_by_text("1行等开户").first).to_be_visible()
    visitor.pictures("waiting-report")
    visitor.page.get_by_role("button", name="提交复核").click()
    visitor.signs_out()
    visitor.signs_in(APPROVER)
    visitor.goes(address)
    visitor.page.get_by_role("button", name="复核通过").click()
    expect(visitor.page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()
    visitor.page.get_by_role("link", name="看等着的行").click()
    expect(visitor.page.locator("main")).to_contain_text("等待者")
    visitor.pictures("waiting-rows")
    rows = visitor.page.url.removeprefix(visitor.bank.address)
    visitor.signs_out()
    return rows


def account_opened(visitor):
    visitor.signs_in(CLERK)
    visitor.goes("/accounts/new")
    visitor.page.locator("input[name=name]").first.fill("等待者")
    visitor.page.locator("input[name=number]").first.fill(identity(SOMEBODY))
    visitor.page.get_by_role("button", name="开立账户").click()
    expect(visitor.page.locator("main")).to_contain_text(f"31********{identity(SOMEBODY)[-4:]}")
    visitor.signs_out()


def test_a_row_waits_for_its_account_and_enters_by_itself(visitor, on_phone, file):
    visitor.signs_in(DIRECTOR)
    school_opens_accounts(visitor, opens=False)
    visitor.signs_out()
    rows = approved_and_waiting(visitor, file)
    account_opened(visitor)
    on_phone.signs_in(OFFICER)
    on_phone.goes(rows)
    for _ in range(MINUTE // 2000):
        if on_phone.page.get_by_text("开户后存入").count():
            break
        on_phone.page.wait_for_timeout(2000)
        on_phone.goes(rows)
    expect(on_phone.page.get_by_text("开户后存入").first).to_be_visible()
    on_phone.pictures("waiting-entered")
    on_phone.page.get_by_role("link", name=re.compile("批次.*-1")).click()
    expect(on_phone.page.get_by_text("这是补存的一批")).to_be_visible()
    visitor.signs_in(DIRECTOR)
    school_opens_accounts(visitor, opens=True)
