"""A file on its way: an officer uploads it, a colleague approves, the learner claims the account and finds it."""

import csv
import io
import re
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.journeys.bank import CODE, PASSWORD
from tests.journeys.test_command_line import deposit
from tests.rooms.deposits.sheets import Row, identity, sheet

FORMATS = Path(__file__).parents[1] / "data" / "formats"
OFFICER, APPROVER, REGISTRAR = "he.wei", "lu.siyuan", "luo.min"
ZHANG, ZHANG_ID, PHONE_NUMBER = "张辉", "110199196907210509", "13900003333"


def uploaded(visitor, file):
    visitor.goes("/deposits/new")
    visitor.page.set_input_files("input[type=file]", file)
    visitor.page.get_by_role("button", name="上传并检查").click()
    expect(visitor.page.get_by_role("heading", name="您来决定")).to_be_visible()
    return visitor.page.url.removeprefix(visitor.bank.address)


def posted(visitor, file, rows):
    """An officer uploads and submits, a colleague approves; ends on the receipt."""
    visitor.signs_in(OFFICER)
    address = uploaded(visitor, file)
    expect(visitor.page.get_by_role("heading", name=f"{rows}行可以存入")).to_be_visible()
    visitor.pictures(f"deposit-report-{file.name}")
    visitor.page.get_by_role("button", name=f"提交复核，存入{rows}行").click()
    expect(visitor.page.get_by_role("heading", name="等另一位同事复核")).to_be_visible()
    visitor.signs_out()
    visitor.signs_in(APPROVER)
    visitor.goes(address)
    visitor.page.get_by_role("button", name=f"复核通过，存入{rows}行").click()
    expect(visitor.page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()
    visitor.page.get_by_role("link", name="看回执").click()
    expect(visitor.page.get_by_role("heading", name=f"{rows}项成果已存入")).to_be_visible()


def code_printed(visitor):
    """The registrar finds Zhang by the document shown and prints a code."""
    visitor.signs_in(REGISTRAR)
    visitor.goes("/accounts/")
    visitor.page.locator("input[name=name]").first.fill(ZHANG)
    visitor.page.locator("input[name=number]").first.fill(ZHANG_ID)
    visitor.page.get_by_role("button", name="查找").click()
    visitor.page.get_by_role("button", name="打印认领单").click()
    expect(visitor.page.locator("main")).to_contain_text(re.compile(CODE))
    visitor.pictures("claim-slip")
    return re.search(CODE, visitor.page.locator("main").inner_text())[0]


SECOND, URBAN, OPEN = "4131012044", "4131012495", "YJ-OPEN"
SCHOOLS = {SECOND: "上海第二工业大学", URBAN: "上海城建职业学院", OPEN: "云江开放大学"}
FILES = {"gen1_courses.xlsx": 58, "gen2_courses.xlsx": 60, "gen2_courses_gb18030.csv": 60}


def of_later_courses(name, folder):
    """The file; of the text one, whose rows the second workbook has too, a copy with the second part of each course."""
    if not name.endswith(".csv"):
        return FORMATS / name
    heading, *lines = csv.reader(io.StringIO((FORMATS / name).read_text("gb18030"), newline=""))
    place, text = heading.index("课程名称"), io.StringIO(newline="")
    csv.writer(text).writerows(
        [heading, *([*line[:place], f"{line[place]}(下)", *line[place + 1 :]] for line in lines)]
    )
    (folder / name).write_text(text.getvalue(), "gb18030", newline="")
    return folder / name


@pytest.mark.parametrize(
    ("name", "school", "by_page"),
    [
        ("gen1_courses.xlsx", SECOND, True),
        ("gen2_courses.xlsx", SECOND, True),
        ("gen2_courses_gb18030.csv", SECOND, True),
        ("gen1_courses.xlsx", URBAN, False),
        ("gen2_courses.xlsx", URBAN, False),
        ("gen2_courses_gb18030.csv", OPEN, False),
    ],
)
def test_what_a_school_deposits_a_learner_finds_on_a_phone(visitor, on_phone, tmp_path, name, school, by_page):
    if by_page:
        posted(visitor, of_later_courses(name, tmp_path), FILES[name])
        expect(visitor.page.locator("main")).to_contain_text(re.compile("[0-9a-f]{64}"))
        visitor.pictures("deposit-receipt")
        visitor.signs_out()
    else:
        report = deposit(visitor.bank, FORMATS / name, institution=school)
        told = report["kept"] + report["corrections"] + report["duplicates"] + report["refused_rows"]
        assert (report["posted"], told, report["kept"] > 0) == (True, FILES[name], True)
    if not getattr(visitor.bank, "zhang_claimed", False):
        on_phone.claims(name=ZHANG, document=ZHANG_ID, code=code_printed(visitor), phone=PHONE_NUMBER)
        visitor.bank.zhang_claimed = True
    on_phone.signs_in(PHONE_NUMBER, PASSWORD)
    on_phone.goes("/archive/")
    entries = on_phone.page.locator("main")
    expect(entries).to_contain_text("邮政快递揽投作业规范" if name.startswith("gen1") else "数据库原理及应用")
    expect(entries).to_contain_text(SCHOOLS[school])
    on_phone.sees_no_overflow()
    on_phone.pictures(f"archive-{name}")


def test_refused_rows_are_named_and_come_back_as_a_file(visitor, tmp_path):
    file = tmp_path / "有问题.csv"
    file.write_bytes(sheet(Row(person=600), Row(person=601), Row(person=602, obtained="201913")))
    visitor.signs_in(OFFICER)
    uploaded(visitor, file)
    row = visitor.page.locator("#rows tbody tr")
    expect(row).to_have_count(1)
    expect(row).to_contain_text("201913")
    assert identity(602) not in visitor.page.content()
    visitor.pictures("deposit-refused")
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name="下载问题行并附原因").click()
    lines = Path(download.value.path()).read_text("utf-8-sig").splitlines()
    assert len(lines) == 2
    assert "201913" in lines[1]
    assert visitor.page.get_by_role("button", name=re.compile("复核通过")).count() == 0
