"""An issuer's dirty list, its release by a second person, a claim on a phone, and a revocation that everybody sees."""

import re

from playwright.sync_api import expect

from tests.journeys.bank import PASSWORD
from tests.rooms.deposits.sheets import identity

OFFICER, APPROVER = "jia.nan", "xia.qing"
HEAD = "证书编号,姓名,证件号码,证书名称或代码,等级,发证日期,有效期至,状态,说明\n"
NUMBER, HOLDER, PHONE_NUMBER = "ZWL-J-0001", "周小舟", "13900006666"
GOOD = f"{NUMBER},{HOLDER},{{}},X-LOGISTICS-3,,2026-10-18,,,\n"
DIRTY = "ZWL-J-0002,周小舟,{},仓储证书,,2026-10-18,,,\nZWL-J-0003,周小舟,{},X-LOGISTICS-3,,201913,,,\n"


def loaded(visitor, tmp_path):
    """The officer hands in a list with two bad rows, looks at the report, fetches the bad rows and asks a colleague."""
    file = tmp_path / "证书名单.csv"
    file.write_text(HEAD + GOOD.format(identity(700)) + DIRTY.format(identity(700), identity(700)), "gb18030")
    visitor.signs_in(OFFICER)
    visitor.goes("/register/new")
    visitor.page.set_input_files("input[type=file]", file)
    visitor.page.get_by_role("button", name="上传并检查").click()
    expect(visitor.page.get_by_role("heading", name="您来决定")).to_be_visible()
    expect(visitor.page.locator("#rows tbody tr")).to_have_count(2)
    assert identity(700) not in visitor.page.content()
    visitor.pictures("register-report")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="下载问题行并附原因").click()
    assert "“201913”不是日期" in download.value.path().read_text("utf-8-sig")
    visitor.page.get_by_role("button", name="提交复核，登记1行").click()
    expect(visitor.page.get_by_role("heading", name="等另一位同事复核")).to_be_visible()
    return visitor.page.url.removeprefix(visitor.bank.address)


def released(visitor, address):
    visitor.signs_out()
    visitor.signs_in(APPROVER)
    visitor.goes(address)
    visitor.page.get_by_role("button", name="复核通过，登记1行").click()
    expect(visitor.page.get_by_role("heading", name="已经登记", exact=True)).to_be_visible()


def revoked(visitor):
    visitor.signs_out()
    visitor.signs_in(OFFICER)
    visitor.goes("/register/")
    visitor.page.locator("input[name=number]").fill(NUMBER.lower())
    visitor.page.get_by_role("button", name="查证书").click()
    visitor.page.locator("input[name=reason]").fill("考场录像查实替考")
    visitor.page.get_by_role("button", name="申请撤销这本证书").click()
    address = visitor.page.url.removeprefix(visitor.bank.address)
    visitor.signs_out()
    visitor.signs_in(APPROVER)
    visitor.goes(address)
    visitor.page.get_by_role("button", name="同意撤销").click()
    expect(visitor.page.locator("main")).to_contain_text("已办理")
    visitor.pictures("register-revoked")


def checked(phone):
    """Whoever has the certificate in hand asks, without a sign-in; returns the answer."""
    phone.goes("/check-certificate/")
    phone.page.locator("input[name=number]").fill(NUMBER)
    phone.page.locator("input[name=name]").fill(HOLDER)
    phone.page.get_by_role("button", name=re.compile("核验")).click()
    phone.sees_no_overflow()
    return phone.page.locator(".verdict h1")


def account_opened(visitor):
    """The clerk of an outlet opens an account for the holder, who claims it there."""
    visitor.signs_in("wu.meihua")
    visitor.goes("/accounts/new")
    visitor.page.locator("input[name=name]").fill(HOLDER)
    visitor.page.locator("input[name=number]").fill(identity(700))
    visitor.page.get_by_role("button", name="开立账户").click()
    expect(visitor.page.locator("main")).to_contain_text(HOLDER)
    visitor.page.get_by_role("button", name="打印认领单").click()
    code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}", visitor.page.locator("main").inner_text())[0]
    visitor.signs_out()
    return code


def test_certificate_confirms_itself_and_a_revocation_is_seen_everywhere(visitor, on_phone, tmp_path):
    code = account_opened(visitor)
    released(visitor, loaded(visitor, tmp_path))
    expect(checked(on_phone)).to_have_text("证书登记在案，有效")
    on_phone.pictures("register-check")
    on_phone.claims(name=HOLDER, document=identity(700), code=code, phone=PHONE_NUMBER)
    on_phone.signs_in(PHONE_NUMBER, PASSWORD)
    on_phone.goes("/archive/")
    on_phone.page.get_by_role("link", name="发给我的证书").click()
    on_phone.page.get_by_role("button", name="放进我的档案", exact=True).click()
    expect(on_phone.page.locator("main")).to_contain_text("已在档案里")
    on_phone.sees_no_overflow()
    on_phone.goes("/archive/")
    expect(on_phone.page.locator("main")).to_contain_text("物流管理职业技能等级证书")
    revoked(visitor)
    on_phone.goes("/my-certificates/")
    expect(on_phone.page.locator("main")).to_contain_text("考场录像查实替考")
    on_phone.pictures("register-own-revoked")
    on_phone.goes("/archive/")
    expect(on_phone.page.locator("main")).not_to_contain_text(re.compile("档案里有1项成果"))
    on_phone.signs_out()
    expect(checked(on_phone)).to_have_text("颁发机构已撤销这本证书")
