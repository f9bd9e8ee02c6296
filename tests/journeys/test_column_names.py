"""A registrar hands in a table of the school's own, says once which column is which, and is not asked again."""

from playwright.sync_api import expect

from tests.journeys.bank import PHONE
from tests.rooms.deposits.intake.sheets import as_csv
from tests.rooms.deposits.sheets import identity

OFFICER = "he.wei"
HEADINGS = ("学员姓名", "证件", "专业方向", "科目", "分值", "得分", "考试年月", "学籍编号")
CHOSEN = {
    "person_name": "at-0",
    "document": "at-1",
    "major": "at-2",
    "course": "at-3",
    "credits": "at-4",
    "grade": "at-5",
    "obtained": "at-6",
    "student_number": "at-7",
}


def table(folder, name, *people):
    rows = [
        [f"学生{chr(0x4E00 + n)}", identity(n), "物流管理", "航空物流", "4", "过", "202407", f"Z{n}"] for n in people
    ]
    (folder / name).write_bytes(as_csv([["成绩导出"], [*HEADINGS], *rows]))
    return folder / name


def uploads(visitor, file):
    visitor.goes("/deposits/new")
    visitor.page.set_input_files("input[type=file]", file)
    visitor.page.get_by_role("button", name="上传并检查").click()


def test_columns_are_named_once(visitor, tmp_path):
    visitor.signs_in(OFFICER)
    uploads(visitor, table(tmp_path, "a.csv", 401, 402))
    visitor.page.get_by_role("link", name="对应列名").click()
    expect(visitor.page.locator("main")).to_contain_text("31****************")
    expect(visitor.page.locator("main")).not_to_contain_text(identity(401))
    visitor.pictures("column-names")
    found = {name: visitor.page.locator(f"[name=c-{name}]").input_value() for name in CHOSEN}
    assert found == CHOSEN  # every guess is right
    visitor.page.get_by_role("button", name="保存对应").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("起个名字")
    visitor.page.fill("[name=name]", "教务系统导出")
    visitor.page.get_by_role("button", name="保存对应").click()
    expect(visitor.page.get_by_role("alert")).to_contain_text("教育层次代码")
    visitor.problems.clear()  # the browser calls a refused form a failure
    visitor.page.select_option("[name=c-level_code]", "is-86")
    visitor.page.select_option("[name=c-category_code]", "is-321")
    visitor.page.get_by_text("表里的写法和代码表不同").click()
    visitor.page.fill("[name=w-grade]", "过=合格")
    visitor.page.get_by_role("button", name="保存对应").click()
    expect(visitor.page.locator("main")).to_contain_text("请再传一次这个文件")
    uploads(visitor, tmp_path / "a.csv")
    expect(visitor.page.get_by_role("heading", name="2行可以存入")).to_be_visible()
    uploads(visitor, table(tmp_path, "b.csv", 403))
    expect(visitor.page.get_by_role("heading", name="1行可以存入")).to_be_visible()
    changed_and_put_out_of_use(visitor)


def changed_and_put_out_of_use(visitor):
    visitor.page.set_viewport_size(PHONE)
    visitor.goes("/deposits/columns/")
    visitor.page.get_by_role("link", name="教务系统导出").click()
    expect(visitor.page.locator("[name=c-level_code]")).to_have_value("is-86")
    visitor.page.select_option("[name=c-level_code]", "is-85")
    visitor.page.get_by_role("button", name="保存对应").click()
    expect(visitor.page.locator("main")).to_contain_text("新的一版")
    visitor.pictures("column-names-list")
    visitor.page.get_by_role("button", name="停用").click()
    expect(visitor.page.locator("main")).to_contain_text("还没有列名对应")
