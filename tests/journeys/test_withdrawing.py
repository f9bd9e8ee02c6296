"""Two people and a batch: a sample with an original asked for, all or nothing, a withdrawal, the same file again."""

import re

from playwright.sync_api import expect

from tests.journeys.test_deposit import APPROVER, OFFICER, uploaded
from tests.rooms.deposits.sheets import Row, identity, sheet

ROWS = [Row(person=number, course="撤回试验课程") for number in range(710, 735)]
REASON = "整批成绩取错了学期"


def changes_to(visitor, login, address):
    visitor.signs_out()
    visitor.signs_in(login)
    visitor.goes(address)


def reads(visitor, path, name):
    """Open a page, look at it on a desk and on a phone."""
    visitor.goes(path)
    for width, height in ((375, 812), (1280, 900)):
        visitor.page.set_viewport_size({"width": width, "height": height})
        visitor.sees_no_overflow()
        visitor.pictures(f"{name}-{width}")


def asks_for_the_original(visitor, batch):
    """The approver looks at the sample and asks; approving is refused meanwhile."""
    page = visitor.page
    changes_to(visitor, APPROVER, f"{batch}/sample")
    expect(page.locator("tbody tr")).to_have_count(20)
    assert identity(710) not in page.content()
    row = page.locator("tbody tr").first
    row.locator("summary").click()
    row.locator("textarea").fill("请给成绩单上这门课的成绩")
    row.get_by_role("button", name="请经办人提供").click()
    expect(page.locator("main")).to_contain_text("等原件")
    visitor.pictures("sample-asked")
    visitor.goes(batch)
    page.get_by_role("button", name="复核通过，存入25行").click()
    expect(page.locator("body")).to_contain_text("还有1行的原件没有给")


def gives_the_original(visitor):
    """The officer finds the question on the list of batches and answers it."""
    page, file = visitor.page, {"name": "成绩单.pdf", "mimeType": "application/pdf", "buffer": b"%PDF-1.7"}
    changes_to(visitor, OFFICER, "/deposits/")
    page.get_by_role("link", name=re.compile("复核人要看1行的原件")).click()
    page.get_by_label("原件怎么说").fill("成绩单第3页，86分")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="交给复核人").click()
    expect(page.locator("main")).to_contain_text("成绩单第3页")


def approves(visitor, batch):
    page = visitor.page
    changes_to(visitor, APPROVER, f"{batch}/sample")
    with page.expect_download() as download:
        page.get_by_role("link", name="成绩单.pdf").click()
    assert download.value.suggested_filename == "成绩单.pdf"
    reads(visitor, f"{batch}/sample", "sample-answered")
    visitor.goes(batch)
    page.get_by_role("button", name="复核通过，存入25行").click()
    expect(page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()


def asks_for_withdrawal(visitor, batch):
    page = visitor.page
    changes_to(visitor, OFFICER, batch)
    page.get_by_role("link", name="撤回这一批").click()
    visitor.pictures("withdrawal-ask")
    page.get_by_label("原因").fill(REASON)
    page.get_by_role("button", name="申请撤回").click()
    expect(page.get_by_role("heading", name="等另一位同事确认")).to_be_visible()


def confirms(visitor, batch):
    page = visitor.page
    changes_to(visitor, APPROVER, "/deposits/")
    visitor.pictures("matters")
    page.get_by_role("link", name=re.compile("有人申请撤回，请您确认")).first.click()
    expect(page.locator("main")).to_contain_text(REASON)
    reads(visitor, f"{batch}/withdrawal", "withdrawal-decide")
    page.get_by_role("button", name="确认撤回25项").click()
    expect(page.get_by_role("heading", name="这一批已经撤回")).to_be_visible()
    reads(visitor, f"{batch}/withdrawal", "withdrawn")
    reads(visitor, batch, "batch-withdrawn")


def test_two_people_let_a_batch_in_with_a_look_at_an_original_and_take_it_out_again(visitor, tmp_path):
    file = tmp_path / "撤回试验.csv"
    file.write_bytes(sheet(*ROWS))
    visitor.signs_in(OFFICER)
    batch = uploaded(visitor, file)
    visitor.page.get_by_role("button", name="提交复核，存入25行").click()
    expect(visitor.page.get_by_role("heading", name="等另一位同事复核")).to_be_visible()
    asks_for_the_original(visitor, batch)
    gives_the_original(visitor)
    approves(visitor, batch)
    asks_for_withdrawal(visitor, batch)
    confirms(visitor, batch)
    changes_to(visitor, OFFICER, "/deposits/")
    uploaded(visitor, file)
    expect(visitor.page.get_by_role("heading", name="25行可以存入")).to_be_visible()


def test_all_or_nothing_holds_good_rows_back_until_the_school_chooses_otherwise(visitor, tmp_path):
    page = visitor.page
    file = tmp_path / "全部或全不存.csv"
    file.write_bytes(sheet(Row(person=740), Row(person=741, grade="不及第")))
    visitor.signs_in(OFFICER)
    visitor.goes("/deposits/new")
    page.set_input_files("input[type=file]", file)
    page.get_by_label("全部或全不存").check()
    visitor.pictures("upload-choice")
    page.get_by_role("button", name="上传并检查").click()
    expect(page.get_by_role("button", name="改为先存好行")).to_be_visible()
    expect(page.get_by_role("button", name=re.compile("提交复核"))).to_have_count(0)
    visitor.pictures("all-or-nothing")
    page.get_by_role("button", name="改为先存好行").click()
    expect(page.get_by_role("button", name="提交复核，存入1行")).to_be_visible()
