"""Seven templates from a deposit to what its learner reads on a phone: credit, levels of certificates, degrees.

The four ways of double certificates, a level from accumulated credits, and two degrees from accumulated credits.
"""

import os
import re
import subprocess
import sys

import pytest
from playwright.sync_api import expect

from tests.journeys.bank import CODE, PASSWORD, PHONE, Visitor
from tests.journeys.learning import PHONES
from tests.journeys.test_deposit import REGISTRAR, posted
from tests.rooms.conversion.learned import POLYTECHNIC, WEB, WEB_CODES, rows, sheet_of

DEMO_PASSWORD = "xueyin-demo-2026"
WEB_PHONE = "13900005555"
BESIDE = """
from creditbank.cli import surroundings
with surroundings.bank():
    from tests.journeys import learning
    learning.main()
"""


@pytest.fixture(scope="module")
def phones(bank):
    """What four people learned is deposited, approved and claimed; by which number each of them signs in."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", BESIDE],
        env={**kept, "CREDITBANK_DATA": str(bank.data)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return PHONES


@pytest.fixture
def phone(bank, browser):
    """Return a phone on which somebody has signed in."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    somebody = Visitor(bank, context.new_page())

    def of(login, password=DEMO_PASSWORD):
        somebody.signs_in(login, password)
        return somebody

    yield of
    context.close()
    assert somebody.problems == []


def opens(learner, address, link):
    """Follow a link of a page by what it says, and look at the page it leads to."""
    learner.goes(address)
    learner.page.locator("main").get_by_role("link", name=link).first.click()
    learner.page.wait_for_load_state()
    learner.sees_no_overflow()
    return learner.page


def in_english(learner, words):
    learner.page.get_by_role("link", name="English").click()
    expect(learner.page.locator("main")).to_contain_text(words)
    learner.sees_no_overflow()


def slip(visitor, person):
    """The registrar finds somebody by the document shown and prints a code."""
    visitor.signs_in(REGISTRAR)
    visitor.goes("/accounts/")
    visitor.page.locator("input[name=name]").first.fill(person.name)
    visitor.page.locator("input[name=number]").first.fill(person.number)
    visitor.page.get_by_role("button", name="查找").click()
    visitor.page.get_by_role("button", name="打印认领单").click()
    expect(visitor.page.locator("main")).to_contain_text(re.compile(CODE))
    return re.search(CODE, visitor.page.locator("main").inner_text())[0]


def test_restructured_courses_free_the_theory_and_make_a_level_wholly_in_the_browser(visitor, on_phone, tmp_path):
    sheet = sheet_of(POLYTECHNIC, rows(WEB, POLYTECHNIC, WEB_CODES), "课程重组")
    file = tmp_path / sheet.file_name
    file.write_bytes(sheet.content)
    posted(visitor, file, len(WEB_CODES))
    visitor.signs_out()
    on_phone.claims(name=WEB.name, document=WEB.number, code=slip(visitor, WEB), phone=WEB_PHONE)
    expect(on_phone.page.locator("main")).to_contain_text("成果")
    on_phone.signs_in(WEB_PHONE, PASSWORD)
    page = opens(on_phone, "/worth/", "计算机应用技术(专科)")
    expect(page.locator("main")).to_contain_text("理论考试")
    expect(page.locator("main")).to_contain_text("Web前端开发职业技能等级证书（初级）")
    on_phone.pictures("template-restructured")


def test_credits_recognised_from_a_certificate_are_shown_course_by_course(phones, phone):
    learner = phone(phones["BIM"])
    page = opens(learner, "/worth/", "计算机应用技术(专科)")
    expect(page.locator("h1")).to_contain_text("换7学分")
    page.get_by_role("link", name="对照毕业要求").click()
    expect(page.locator("tr", has_text="Web前端开发技术")).to_contain_text("能换")
    expect(page.locator("tr", has_text="网页设计与制作")).to_contain_text("能换")
    page.locator("select[name=programme]").select_option(label="工程造价(专科)，上海城建职业学院")
    page.get_by_role("button", name="看看").first.click()
    expect(page.locator("h1")).to_contain_text("工程造价(专科)")
    expect(page.locator("tr", has_text="能换")).to_have_count(0)
    learner.pictures("template-recognised")


def test_core_courses_lead_straight_to_the_levels(phones, phone):
    learner = phone(phones["BIM"])
    page = opens(learner, "/worth/", "工程造价(专科)")
    expect(page.locator("h1")).to_contain_text("能直接得到2项等级")
    expect(page.locator("main")).to_contain_text("职业技能等级证书（中级）")
    in_english(learner, "2 levels or exemptions are yours directly")
    learner.pictures("template-direct")


def test_holders_of_a_certificate_are_freed_from_core_courses(phones, phone):
    learner = phone(phones["CARE"])
    page = opens(learner, "/worth/", "智慧健康养老服务与管理(专科)")
    expect(page.locator("h1")).to_contain_text("换6学分")
    expect(page.locator("h1")).to_contain_text("免修2门课程")
    page.get_by_role("button", name="定为我的目标").click()
    expect(page.locator("main")).to_contain_text("您的目标")
    learner.goes("/audit/")
    expect(page.locator("h1")).to_contain_text("智慧健康养老服务与管理(专科)")
    learner.pictures("template-certificate")


def test_accumulated_credits_make_a_level_and_say_what_is_missing(phones, phone):
    learner = phone(phones["SAVER"])
    page = opens(learner, "/worth/", "Web前端开发职业技能等级证书（初级）")
    expect(page.locator("h1")).to_contain_text("要求已全部达到")
    learner.pictures("template-level")
    page.locator("select[name=award]").select_option(label="老年照护职业技能等级证书（初级）")
    page.get_by_role("button", name="看看").last.click()
    expect(page.locator("h1")).to_contain_text("还要修9学分")


@pytest.mark.parametrize(
    ("who", "degree", "needs"), [("SAVER", "专科（示例）", "合计80学分"), ("SCHOLAR", "学士（示例）", "合计140学分")]
)
def test_credits_of_two_schools_make_a_degree(phones, phone, who, degree, needs):
    learner = phone(phones[who])
    page = opens(learner, "/worth/", degree)
    expect(page.locator("h1")).to_contain_text("要求已全部达到")
    expect(page.locator(".cap", has_text=needs)).to_contain_text("已达到")
    in_english(learner, "all requirements met")
    learner.pictures(f"template-{who.lower()}")
