"""A job as a goal: a learner on a phone chooses one, sees what is missing, and the plan beside the one with most."""

import re

import pytest
from playwright.sync_api import expect

from tests.journeys.bank import DESK, PHONE, Visitor

LEARNER, GRADUATE, CATALOGUER = "00055510001", "00055510002", "shen.ruolan"
JOB = "物流服务师"


@pytest.fixture
def learner(bank, browser):
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    somebody = Visitor(bank, context.new_page())
    somebody.signs_in(LEARNER)
    yield somebody
    context.close()


@pytest.fixture
def cataloguer(bank, browser):
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    somebody = Visitor(bank, context.new_page())
    somebody.signs_in(CATALOGUER)
    yield somebody
    context.close()


def test_learner_on_a_phone_makes_a_job_the_goal_and_sees_what_is_missing(learner):
    page, main = learner.page, learner.page.locator("main")
    learner.goes("/catalogue/occupations/")
    page.get_by_placeholder("名称、拼音或代码").fill("wlfw")
    page.get_by_role("button", name="筛选").click()
    page.get_by_role("link", name=JOB).click()
    expect(page.locator("h1")).to_have_text(JOB)
    learner.sees_no_overflow()
    page.get_by_role("button", name="定为我的目标").click()
    expect(page.locator("h1")).to_contain_text(JOB)
    expect(main).to_contain_text(re.compile("最近的途径还差[0-9]项"))
    expect(main).to_contain_text("还没毕业")
    expect(main).to_contain_text("内容相通的课程")
    expect(main).to_contain_text("通向目标的专业")
    expect(main).to_contain_text("学分最多的去处")
    learner.sees_no_overflow()
    page.locator(".panel--lift h2 a").first.click()
    page.locator("#adjust summary").click()
    held_back = page.locator("#adjust input[name=avoid]").first
    held_back.check()
    page.get_by_role("button", name="照我选的重算").click()
    page.get_by_role("button", name="更新我的目标").click()
    expect(page.locator("h1")).to_contain_text(JOB)
    learner.goes("/")
    expect(page.locator("#worth")).to_contain_text(JOB)
    learner.goes("/goal/")
    page.get_by_role("button", name="放下目标").click()
    expect(page.locator("h1")).to_contain_text("您想得到什么")
    assert learner.problems == []


def test_the_job_of_a_learner_leads_elsewhere_than_most_credits(bank, browser):
    context = browser.new_context(viewport=DESK, locale="en-GB")
    graduate = Visitor(bank, context.new_page())
    graduate.signs_in(GRADUATE)
    graduate.goes("/en/goal/")
    aimed, most = graduate.page.locator(".cols--half > section").all()
    expect(graduate.page.locator("h1")).to_contain_text("Logistics services specialist")
    assert aimed.locator("h2").first.inner_text() != most.locator("h2").first.inner_text()
    free = [float(re.search(r"\+([\d.]+)", each.inner_text())[1]) for each in (aimed, most)]
    assert free[0] < free[1]
    told = graduate.page.request.get(f"{bank.address}/api/v1/worth").json()["goal"]
    assert (told["kind"], told["name"]["en"]) == ("occupation", "Logistics services specialist")
    context.close()


def test_cataloguer_publishes_the_next_edition_of_a_job_on_the_page(cataloguer):
    page = cataloguer.page
    cataloguer.goes("/catalogue/occupations/")
    page.get_by_role("link", name="快递员").click()
    page.get_by_role("link", name="出新版本").click()
    page.get_by_role("button", name="再加一条途径").click()
    page.locator("#route_zh-1").fill("学专业")
    page.locator("#needs-1").fill("没有这个专业")
    page.get_by_role("button", name="公布新版本").click()
    expect(page.locator("main")).to_contain_text("没有找到“没有这个专业”")
    page.locator("#needs-1").fill("物流管理(专升本)，云江开放大学")
    page.get_by_role("button", name="公布新版本").click()
    expect(page.locator("main")).to_contain_text("2条途径")
    expect(page.locator("main")).to_contain_text("各个版本")
    assert all("422" in each for each in cataloguer.problems)
