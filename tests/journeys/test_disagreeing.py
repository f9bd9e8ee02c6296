"""Two institutions say different things of one achievement: the centre decides, and both see what came of it."""

import pytest
from playwright.sync_api import expect

from tests.journeys.test_command_line import deposit
from tests.journeys.test_deposit import APPROVER, OFFICER, uploaded
from tests.journeys.test_withdrawing import changes_to, reads
from tests.rooms.deposits.sheets import Row, identity, sheet

FIRST, FIRST_NAME, FIRST_OFFICER = "ISS-ZWL", "北京中物联物流采购培训中心", "jia.nan"
REVIEWER, CATALOGUER = "lin.yuqing", "shen.ruolan"
COURSE, ALIAS = "两家都存的课程", "外校的那门课程"
REASON = "看过双方的成绩单，后来的是补考成绩"
SOMEBODY = 871


@pytest.fixture
def files(tmp_path):
    """What opens the account, what the first hands in, and what the second does, twice: then with a row more."""
    rows = [Row(person=SOMEBODY, course=ALIAS, grade="91"), Row(person=SOMEBODY, course="第二家自己的课程")]
    written = {
        "account.csv": [Row(person=SOMEBODY, course="开户时的课程")],
        "first.csv": [Row(person=SOMEBODY, course=COURSE, grade="68")],
        "second.csv": rows,
        "again.csv": [*rows, Row(person=SOMEBODY, course="第二家的又一门课程")],
    }
    for name, lines in written.items():
        (tmp_path / name).write_bytes(sheet(*lines))
    return tmp_path


def says_what_the_other_name_means(visitor):
    visitor.signs_in(CATALOGUER)
    visitor.goes(f"/staff/catalogue/?q={COURSE}")
    visitor.page.get_by_role("link", name=COURSE).first.click()
    visitor.page.get_by_role("link", name="怎样识别和认可").click()
    visitor.page.get_by_text("加一个别名").click()
    visitor.page.get_by_label("文件里的写法").fill(ALIAS)
    visitor.page.get_by_label("哪个机构的文件").select_option(label="上海第二工业大学")
    visitor.page.get_by_role("button", name="加上别名").click()
    expect(visitor.page.locator("main")).to_contain_text(ALIAS)
    visitor.signs_out()


def hands_in(visitor, file):
    """The second's officer hands the file in, a colleague approves; returns the address of the batch."""
    visitor.signs_in(OFFICER)
    batch = uploaded(visitor, file)
    expect(visitor.page.get_by_text("1行与别的机构存的不同").first).to_be_visible()
    reads(visitor, batch, "conflict-report")
    visitor.page.get_by_role("button", name="提交复核").dblclick()  # once is meant, and nothing is refused
    expect(visitor.page.get_by_text("已提交，等另一位同事复核")).to_be_visible()
    expect(visitor.page.get_by_role("alert")).to_have_count(0)
    changes_to(visitor, APPROVER, batch)
    visitor.page.get_by_role("button", name="复核通过").click()
    expect(visitor.page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()
    visitor.page.get_by_role("link", name="看两家不一致的成果").click()
    visitor.page.get_by_role("link", name=COURSE).click()
    expect(visitor.page.get_by_text("等管理中心决定").first).to_be_visible()
    return visitor.page.url.removeprefix(visitor.bank.address)


def decides(visitor, case):
    changes_to(visitor, REVIEWER, "/deposits/conflicts")
    visitor.page.get_by_role("link", name=COURSE).first.click()
    expect(visitor.page.locator("main")).to_contain_text(FIRST_NAME)
    reads(visitor, case, "conflict-decide")
    visitor.page.get_by_label("以后来的为准").check()
    visitor.page.get_by_label("理由").fill(REASON)
    visitor.page.get_by_role("button", name="照此决定").click()
    expect(visitor.page.locator("main")).to_contain_text("一分钟内照此办理")


def test_the_centre_decides_between_two_institutions_and_both_see_it(visitor, files):
    deposit(visitor.bank, files / "account.csv")  # the first opens no accounts
    assert deposit(visitor.bank, files / "first.csv", institution=FIRST)["kept"] == 1
    says_what_the_other_name_means(visitor)
    case = hands_in(visitor, files / "second.csv")
    decides(visitor, case)
    for login in (FIRST_OFFICER, OFFICER):
        changes_to(visitor, login, case)
        expect(visitor.page.locator("main")).to_contain_text("以后来的为准")
        expect(visitor.page.locator("main")).to_contain_text(REASON)
        assert identity(SOMEBODY) not in visitor.page.content()
    reads(visitor, case, "conflict-decided")
    uploaded(visitor, files / "again.csv")  # nobody is asked again
    expect(visitor.page.get_by_role("heading", name="1行可以存入")).to_be_visible()
    expect(visitor.page.get_by_text("与别的机构存的不同")).to_have_count(0)
