"""How somebody fills in the forms in which rules are written."""

from playwright.sync_api import expect

from tests.journeys.bank import Visitor

PASSWORD = "xueyin-demo-2026"


def says(page, text):
    expect(page.get_by_role("heading", level=1)).to_contain_text(text)


def writes_rule(page, *, rule, spec, course):
    """Fill in the plainest rule: this achievement frees this course."""
    page.locator("#id").fill(rule)
    page.locator("#s-0-0-value").fill(spec)
    page.locator("#t-0-value").fill(course)


def writes_case(page, address, *, day, worth, rule, spec="计算机等级二级", course="程序设计基础"):
    """Write a case by its form: whoever holds this achievement is freed of so many credits by this rule."""
    page.goto(address)
    if not page.locator("#credits").input_value():
        page.locator("#id").fill("case-1")
        page.locator("#as_of").fill(day)
        page.locator("#h-0-acquired").fill("2025-06-01")
        page.locator("#a-0-0-value").fill(spec)
        page.locator("#k-0-code").fill(course)
        page.locator("#k-0-credits").fill("4")
        page.get_by_role("button", name="再加一项应得").click()
        page.locator("#x-0-of").fill(rule)
    page.locator("#credits").fill(worth)
    page.get_by_role("button", name="先看结果").click()
    expect(page.locator("aside")).to_contain_text("学分：4")
    page.get_by_role("button", name="保存", exact=True).last.click()


def reads(visitor: Visitor, login, address, verdict, remarks=""):
    """Sign in, give this verdict on an edition, sign out; return the digest of the text that was read."""
    visitor.signs_in(login, PASSWORD)
    visitor.goes("/staff/rules/")
    visitor.goes(address)
    digest = visitor.page.get_by_text("您同意的是摘要为").inner_text()
    visitor.page.locator(f"input[name=verdict][value={verdict}]").check()
    visitor.page.locator("#remarks").fill(remarks)
    visitor.page.get_by_role("button", name="交审读意见").click()
    expect(visitor.page.get_by_text("已记下您的审读意见。")).to_be_visible()
    visitor.signs_out()
    return digest
