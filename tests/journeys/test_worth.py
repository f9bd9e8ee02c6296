"""What an archive is worth: a learner reads it, adjusts it and sets a goal; a visitor tries it on a phone."""

import json
import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.bank import DESK, PHONE, Visitor

LEARNER = "00055510001"


@pytest.fixture
def learner(bank, browser):
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    somebody = Visitor(bank, context.new_page())
    somebody.signs_in(LEARNER)
    yield somebody
    context.close()


@pytest.fixture
def visitor(bank, browser):
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    yield Visitor(bank, context.new_page())
    context.close()


def credits_in(text):
    return float(re.search(r"换([\d.]+)学分", text)[1])


def test_learner_reads_what_the_archive_is_worth_and_sets_a_goal(learner):
    page = learner.page
    learner.goes("/")
    said = page.locator("#worth h2").inner_text()
    assert credits_in(said) > 0
    expect(page.locator("#worth")).to_contain_text("多换")
    page.locator("#worth .btn").click()
    heading = page.locator("h1").inner_text()
    assert credits_in(heading) == credits_in(said)
    expect(page.locator("main")).to_contain_text("没用到的成果，和原因")
    page.get_by_role("button", name="定为我的目标").click()
    expect(page.locator("main")).to_contain_text("正是您的目标")
    other = page.locator("main select[name=target] optgroup[label=专业] option").nth(2)
    page.locator("main select[name=target]").select_option(other.get_attribute("value"))
    page.get_by_role("button", name="定为我的目标").click()
    expect(page.locator("main")).to_contain_text("您的目标")
    expect(page.locator("main")).to_contain_text("学分最多的去处")
    page.get_by_role("button", name="放下目标").click()
    expect(page.locator("h1")).to_contain_text("您想得到什么")
    assert learner.problems == []


def test_learner_holds_an_achievement_back_and_sees_the_price(learner):
    page = learner.page
    learner.goes("/worth/")
    page.locator("main table a").first.click()
    before = credits_in(page.locator("h1").inner_text())
    page.locator("#adjust summary").click()
    page.locator("#adjust input[name=avoid]").first.check()
    page.get_by_role("button", name="照我选的重算").click()
    assert credits_in(page.locator("h1").inner_text()) < before
    expect(page.locator("#adjust")).to_contain_text("少换")


def test_plan_that_was_downloaded_replays(learner, bank, tmp_path):
    page = learner.page
    learner.goes("/worth/")
    page.locator("main table a").first.click()
    with page.expect_download() as waiting:
        page.get_by_role("link", name="下载方案（JSON）").click()
    stored = json.loads(waiting.value.path().read_text("utf-8"))
    (tmp_path / "plan.json").write_text(json.dumps(stored, ensure_ascii=False), "utf-8")
    listed = page.request.get(f"{bank.address}/api/v1/rules").json()["editions"]
    digests = {each["digest"] for each in stored["editions"]}
    for each in listed:
        if each["ruling"] in digests:
            book = page.request.get(f"{bank.address}/api/v1/rules/{each['public_id']}/ruling").text()
            (tmp_path / f"{each['public_id']}.json").write_text(book, "utf-8")
    command = [sys.executable, "-m", "creditbank", "replay", str(tmp_path / "plan.json")]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def test_learner_compares_an_archive_with_another_major(learner):
    page = learner.page
    learner.goes("/audit/")
    first = page.locator("h1").inner_text()
    expect(page.locator("main")).to_contain_text("必修课")
    page.locator("select[name=programme]").select_option(index=2)
    page.get_by_role("button", name="看看").first.click()
    assert page.locator("h1").inner_text() != first
    page.get_by_role("button", name="看看").last.click()
    expect(page.locator("h1")).to_contain_text(re.compile("还要修|要求已全部达到|还有要求"))


def test_visitor_tries_a_certificate_on_a_phone_without_signing_in(visitor):
    page = visitor.page
    visitor.goes("/simulator/")
    page.locator("#q").fill("物流管理职业技能等级证书")
    page.get_by_role("button", name="找").click()
    page.get_by_role("button", name="加上").nth(1).click()
    page.locator("#p").select_option(label="物流管理(专升本)，云江开放大学")
    page.get_by_role("button", name="算一算").click()
    assert credits_in(page.locator("h1").inner_text()) > 0
    visitor.sees_no_overflow()
    said = page.locator("h1").inner_text()
    page.goto(page.url)
    assert page.locator("h1").inner_text() == said
    page.locator("fieldset input[name=d]").fill("去年")
    page.get_by_role("button", name="算一算").click()
    expect(page.locator("#choose")).to_contain_text("请写成2025-09")
    assert visitor.problems == []


def test_visitor_asks_at_the_front_door_what_a_certificate_frees(visitor):
    page = visitor.page
    visitor.goes("/")
    page.locator("main input[type=search]").fill("全国计算机等级考试")
    page.get_by_role("button", name="查一查").click()
    expect(page.locator("h1")).to_contain_text("条规则能用它换")
    page.locator(".to a").first.click()
    expect(page.locator("h1")).to_contain_text("种办法可以免修")
    visitor.sees_no_overflow()


def test_ways_into_a_programme_are_drawn_and_listed(visitor):
    visitor.goes("/pathways/")
    expect(visitor.page.locator("[data-pathways] canvas")).to_be_visible()
    assert visitor.page.locator("main tbody tr").count() > 10
    visitor.sees_no_overflow()
    assert visitor.problems == []


def test_program_simulates_and_is_told_what_is_wrong(visitor, bank):
    ask = visitor.page.request
    visitor.goes("/pathways/")
    programme = visitor.page.locator("select[name=programme] option").first.get_attribute("value")
    made = ask.post(f"{bank.address}/api/v1/simulate", data={"programme": programme, "achievements": []})
    assert made.json()["plan"]["credits"] == "0"
    wrong = ask.post(f"{bank.address}/api/v1/simulate", data={"programme": programme, "surplus": 1})
    assert (wrong.status, wrong.json()["code"]) == (422, "api.request.faulty")


def test_command_line_and_programs_are_told_the_same_worth(learner, bank):
    told = learner.page.request.get(f"{bank.address}/api/v1/worth").json()
    assert max(float(each["credits"]) for each in told["programmes"]) > 0
    learner.goes("/")
    number = re.search(r"账户([\d ]+)", learner.page.locator(".head").inner_text())[1]
    command = [sys.executable, "-m", "creditbank", "worth", number, "--json"]
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_"))}
    environ = {**kept, "CREDITBANK_DATA": str(bank.data)}
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environ)
    assert json.loads(done.stdout) == told
