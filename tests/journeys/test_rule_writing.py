"""An office writes rules in a spreadsheet; two schools agree on one text, and one of them reports a problem with it."""

import json
from io import BytesIO
from pathlib import Path

from openpyxl import load_workbook
from playwright.sync_api import expect

from tests.journeys.bank import DESK
from tests.journeys.walking import Walker
from tests.journeys.writing import PASSWORD, reads, says, writes_case, writes_rule

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BOOK = {
    "编号": "journey/sheet",
    "版本": "1",
    "类型": "institutional",
    "学分单位": "cn.he.credit",
    "单位机构": "上海第二工业大学",
    "单位代码": "4131012044",
    "标题": "表格写成的规则",
    "生效": "2026-01-01",
}
CASE = {
    "用例号": "used",
    "日期": "2026-11-01",
    "学习者": "status=registered",
    "专业": "code=P；unit=cn.he.credit",
    "成果编号": "a1",
    "成果": "计算机等级二级",
    "取得日期": "2025-06-01",
    "课程表": "程序设计基础=4",
    "期望学分": "4",
    "期望规则": "E1",
}


def _writes(page, row, cells):
    """Write cells below their Chinese headings, as somebody in an office does."""
    heads = {cell.value: cell.column for cell in page[1]}
    for heading, value in cells.items():
        page.cell(row=row, column=heads[heading], value=value)


def _filled(template, *, way):
    """Return the template filled in with one rule and one case, its target given in this way."""
    book = load_workbook(BytesIO(template))
    head = book["说明 Book"]
    for row in head.iter_rows(min_row=3):
        if row[0].value in BOOK:
            row[1].value = BOOK[row[0].value]
    _writes(book["规则 Rules"], 3, {"规则号": "E1", "成果": "计算机等级二级"})
    target = {"规则号": "E1", "课程代码或类别": "程序设计基础", "方式": way, "学分方式": "按课程"}
    _writes(book["目标 Targets"], 3, target)
    _writes(book["用例 Cases"], 3, CASE)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _uploads(page, content):
    page.locator("#file").set_input_files({"name": "规则.xlsx", "mimeType": XLSX, "buffer": content})
    page.get_by_role("button", name="读入，建草稿").click()


def test_an_office_fills_in_the_spreadsheet_and_mends_what_is_found(visitor):
    page = visitor.page
    visitor.signs_in("luo.min", PASSWORD)
    visitor.goes("/staff/rules/new")
    with page.expect_download() as download:
        page.get_by_role("link", name="规则模板").click()
    template = Path(download.value.path()).read_bytes()
    _uploads(page, _filled(template, way="免了"))
    expect(page.get_by_role("alert")).to_contain_text("规则表格有2处要改")
    # By sheet, column and row: a way that there is not, so that the cell is also still to be filled in.
    rows = page.get_by_role("row").filter(has_text="目标 Targets D3")
    expect(rows.first).to_contain_text("“免了”不在可选的词内")
    expect(rows.last).to_contain_text("这里要填写")
    visitor.sees_no_overflow()
    visitor.pictures("rule-sheet-faulty")
    visitor.problems.clear()  # the browser calls a refused form a failure
    _uploads(page, _filled(template, way="课程"))
    says(page, "可以送审")
    expect(page.locator("#rule-0")).to_contain_text("凡成果为「计算机等级二级」，可免修课程「程序设计基础」")
    expect(page.locator("#cases")).to_contain_text("计算机等级二级（2025年6月1日取得）")
    expect(page.locator("#cases")).to_contain_text("相符")
    visitor.pictures("rule-sheet-draft")


def _agrees(visitor):
    """Draft an agreement of two schools by the forms and send it to its readers; return its address."""
    page = visitor.page
    visitor.signs_in("luo.min", PASSWORD)
    visitor.goes("/staff/rules/new")
    page.locator("#kind").select_option("agreement")
    page.locator("#partner").select_option(label="上海工程技术大学")
    page.locator("#zh").fill("制图课程互认")
    page.locator("#id").fill("journey/drawing")
    page.get_by_role("button", name="建草稿").first.click()
    page.get_by_role("link", name="加一条规则").wait_for()
    work = page.url
    page.get_by_role("link", name="加一条规则").click()
    writes_rule(page, rule="A1", spec="机械制图", course="工程制图")
    page.get_by_role("button", name="保存", exact=True).last.click()
    page.goto(work + "head")
    day = page.locator("#from").input_value()
    writes_case(page, work + "cases/0", day=day, worth="4", rule="A1", spec="机械制图", course="工程制图")
    says(page, "可以送审")
    expect(page.locator("#rule-0")).to_contain_text("上海工程技术大学：还没有审")
    page.get_by_role("button", name="送审").click()
    says(page, "审读中")
    visitor.signs_out()
    return work.removeprefix(visitor.bank.address)


def _publishes(visitor, work):
    """Let a reader of each side approve the same text, and the owner publish it."""
    page = visitor.page
    own = reads(visitor, "yuan.qing", work, "approve")
    visitor.signs_in("song.jie", PASSWORD)
    visitor.goes(work)
    expect(page.locator("#rule-0")).to_contain_text("上海第二工业大学：同意")
    expect(page.locator("#rule-0")).to_contain_text("上海工程技术大学：还没有审")
    visitor.signs_out()
    assert reads(visitor, "song.jie", work, "approve") == own
    visitor.signs_in("xu.jing", PASSWORD)
    visitor.goes(work)
    says(page, "公示到")
    expect(page.locator("#rule-0")).to_contain_text("上海工程技术大学：同意")
    page.get_by_role("button", name="发布").click()
    says(page, "已发布")
    visitor.signs_out()


def test_two_schools_agree_on_one_text_and_one_reports_a_problem(visitor):
    page = visitor.page
    work = _agrees(visitor)
    _publishes(visitor, work)
    visitor.signs_in("song.jie", PASSWORD)
    visitor.goes(work)
    page.locator("#report-remarks").fill("课程已停开")
    page.get_by_role("button", name="报告问题").click()
    expect(page.locator("#rule-0")).to_contain_text("上海工程技术大学：报告了问题")
    visitor.sees_no_overflow()
    visitor.pictures("rule-agreement")
    visitor.signs_out()
    # The other side sees it, may not call it settled, and everybody is told that the rule is held back.
    visitor.signs_in("yuan.qing", PASSWORD)
    visitor.goes(work)
    expect(page.locator("#report")).to_contain_text("课程已停开")
    expect(page.get_by_role("button", name="问题已解决")).to_have_count(0)
    visitor.signs_out()
    visitor.goes("/rules/?kind=agreement")
    page.get_by_role("link", name="制图课程互认").click()
    expect(page.locator("#rule-0")).to_contain_text("有问题待处理，暂不适用")
    visitor.signs_in("song.jie", PASSWORD)
    visitor.goes(work)
    page.get_by_role("button", name="问题已解决").click()
    expect(page.locator("#rule-0")).to_contain_text("上海工程技术大学：问题已解决")


def test_every_page_of_a_draft_keeps_the_rules(bank, browser):
    book = json.loads(Path("creditbank/cli/demo_data/rules/05-polytechnic-computing.json").read_text("utf-8"))
    book |= {"id": "journey/draft", "cases": book["cases"][:3]}
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    writer = Walker(bank, context.new_page())
    writer.signs_in("luo.min", PASSWORD)
    writer.goes("/staff/rules/new")
    file = {"name": "rules.json", "mimeType": "application/json", "buffer": json.dumps(book).encode()}
    writer.page.locator("#file").set_input_files(file)
    writer.page.get_by_role("button", name="读入，建草稿").click()
    writer.page.get_by_role("link", name="加一条规则").wait_for()
    work = writer.page.url.removeprefix(bank.address)
    pages = ("", "head", "text", "rules/0", "rules/99", "caps/2", "caps/99", "caps/0?text=1", "cases/2", "cases/99")
    assert {page: said for page in pages if (said := writer.reads(work + page)[0])} == {}
    context.close()
