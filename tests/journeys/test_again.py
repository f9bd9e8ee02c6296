"""A registrar who sends a file again: the same one changes nothing, one with better marks corrects what stands."""

from playwright.sync_api import expect

from tests.journeys.test_deposit import OFFICER, posted, uploaded
from tests.journeys.test_withdrawing import reads
from tests.rooms.deposits.sheets import Row, sheet

ROWS = [Row(person=number, course="重传试验课程") for number in range(760, 763)]


def file_of(folder, name, *rows):
    file = folder / name
    file.write_bytes(sheet(*rows))
    return file


def is_led_to_the_first_batch(visitor, file):
    """The same file under another name is refused, and the refusal leads to the batch it is in."""
    page = visitor.page
    visitor.goes("/deposits/new")
    page.set_input_files("input[type=file]", file)
    page.get_by_role("button", name="上传并检查").click()
    expect(page.locator("main")).to_contain_text("这个文件已经传过")
    visitor.sees_no_overflow()
    visitor.pictures("deposit-twice")
    visitor.problems.clear()  # the browser calls a refused form a failure
    page.get_by_role("link", name="打开那一批").click()
    expect(page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()


def test_the_same_file_changes_nothing_and_a_better_mark_stands_beside_the_old_one(visitor, tmp_path):
    page = visitor.page
    posted(visitor, file_of(tmp_path, "成绩.csv", *ROWS), 3)
    visitor.signs_out()
    visitor.signs_in(OFFICER)
    is_led_to_the_first_batch(visitor, file_of(tmp_path, "成绩（再传）.csv", *ROWS))
    better = file_of(tmp_path, "成绩（更正）.csv", ROWS[0].but(grade="95"), *ROWS[1:])
    batch = uploaded(visitor, better)
    expect(page.get_by_role("link", name="1项更正，旧值对新值")).to_be_visible()
    expect(page.get_by_label("更正1行，以前存过2行")).to_be_visible()
    visitor.signs_out()
    posted_again(visitor, batch)
    reads(visitor, f"{batch}/corrections", "corrections")
    row = page.locator("main tbody tr")
    expect(row).to_have_count(1)
    expect(row.locator("s")).to_contain_text("86")
    expect(row.locator("b")).to_contain_text("95")


def posted_again(visitor, batch):
    """The officer submits the one correction, the colleague approves it."""
    page = visitor.page
    visitor.signs_in(OFFICER)
    visitor.goes(batch)
    page.get_by_role("button", name="提交复核，存入1行").click()
    expect(page.get_by_role("heading", name="等另一位同事复核")).to_be_visible()
    visitor.signs_out()
    visitor.signs_in("lu.siyuan")
    visitor.goes(batch)
    page.get_by_role("button", name="复核通过，存入1行").click()
    expect(page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()
