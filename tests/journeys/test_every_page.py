"""Every page, as its visitors reach it: WCAG 2.2 AA by machine, no page too wide, nothing from elsewhere."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from creditbank.kernel.documents import check_digit
from tests.journeys.bank import DESK
from tests.journeys.walking import SCRIPT, UNSAID, Walker
from tests.pages.addresses import PLAIN, PUBLIC, SEEN, STATIC

LEARNER, DIRECTOR = "00055510001", "zhou.min"
SEVENTEEN = "31019919850307831"
#: In this order, so that a page is read by those who work on it before those who may see everything.
STAFF = ("he.wei", "luo.min", "wu.meihua", "wang.xiaoli", "lin.yuqing", "shen.ruolan", DIRECTOR)
#: Addresses of the book that no link of the demonstration bank leads to, and why.
UNREACHED = {
    "account_inactive": "told to those whose sign-in is closed",
    "account_logout": "asked for by a form",
    "account_signup": "leads to where accounts are opened",
    "api_certificates": "an address for programs",
    "api_confirm": "an address for programs",
    "alias_new": "of courses that a report does not know; test_matching_pages reads it",
    "api_deposit": "an address for programs",
    "api_deposit_receipt": "an address for programs",
    "api_deposit_refused": "an address for programs",
    "api_deposits": "an address for programs",
    "api_learner_worth": "an address for programs",
    "api_plan": "an address for programs",
    "api_replay": "an address for programs",
    "api_rule_book": "an address for programs",
    "api_rules": "an address for programs",
    "api_ruling": "an address for programs",
    "api_simulate": "an address for programs",
    "api_upload": "an address for programs",
    "api_upload_finish": "an address for programs",
    "api_uploads": "an address for programs",
    "api_worth": "an address for programs",
    "application_progress": "printed on a slip; read below",
    "claim_vouched": "after an identity check; read below",
    "client_revoke": "the demonstration has no client; read below",
    "conflict": "of institutions that disagree: test_disagreeing",
    "conflicts": "of institutions that disagree: test_disagreeing",
    "mfa_authenticate": "the second step of those who have a second factor",
    "mfa_deactivate_totp": "of those who have a second factor",
    "mfa_generate_recovery_codes": "of those who have a second factor",
    "mfa_reauthenticate": "of those who have a second factor",
    "mfa_view_recovery_codes": "of those who have a second factor",
    "organization_depositing": "of institutions, by the centre; who_sees_what reads it",
    "people_list": "of lists, of which the demonstration has none: test_account_pages",
    "people_list_refused": "of lists, of which the demonstration has none: test_account_pages",
    "rulebook_cap": "of drafts, which the demonstration has none of",
    "rulebook_case": "of drafts, which the demonstration has none of",
    "batch_original": "of rows whose originals were given, which the demonstration has none of: test_withdrawing",
    "rulebook_changes": "of second editions, which the demonstration has none of",
    "rulebook_drafted": "of drafts, which the demonstration has none of",
    "rulebook_head": "of drafts, which the demonstration has none of",
    "rulebook_preview": "of drafts, which the demonstration has none of",
    "rulebook_rule": "of drafts, which the demonstration has none of",
    "rulebook_text": "of drafts, which the demonstration has none of",
    "simulator_file": "of what a visitor has chosen",
    "style": "for those who write pages; read below",
    "waiting": "of rows without an account; test_waiting reads it",
    "waiting_rows": "of rows without an account; test_waiting reads it",
    "upload": "asked for by the script of the upload page: test_resuming",
    "upload_drop": "asked for by a form",
    "column_names_edit": "there are none before a school's own table was handed in: test_column_names",
    "column_names_end": "asked for by a form",
    "upload_finish": "asked for by the script of the upload page: test_resuming",
    "upload_start": "asked for by the script of the upload page: test_resuming",
}
PALE = """() => {
  document.querySelector('main').insertAdjacentHTML('beforeend', '<input><p id="pale">pale</p>');
  Object.assign(document.querySelector('#pale').style, {color: '#ccc', minWidth: '2000px'});
}"""


def walker(bank, browser, login=None):
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    made = Walker(bank, context.new_page(), common=STATIC)
    if login:
        made.signs_in(login)
    return made


@pytest.fixture(scope="module")
def walks(bank, browser):
    """Let everybody walk once; give what was opened and what is wrong there."""
    opened, complaints = {}, {}
    for login in (None, LEARNER, *STAFF):
        somebody = walker(bank, browser, login)
        complaints |= {(login, path): said for path, said in somebody.walks(opened).items()}
        somebody.page.context.close()
    return opened, complaints


@pytest.fixture
def nobody(bank, browser):
    somebody = walker(bank, browser)
    yield somebody
    somebody.page.context.close()


def test_no_page_breaks_a_rule_or_its_width_or_asks_elsewhere(walks):
    assert walks[1] == {}


def test_every_address_of_the_book_has_been_opened(walks):
    book = {each.name for each in SEEN} | set(PLAIN) | set(PUBLIC)
    assert sorted(book - set(walks[0]) - set(UNREACHED)) == []


def test_list_of_what_is_not_reached_says_nothing_untrue(walks):
    assert sorted(set(UNREACHED) & set(walks[0])) == []


def test_progress_of_an_application_keeps_the_rules(nobody, walks):
    slip = walks[0]["application"][0].rpartition("/")[2]
    assert nobody.reads(reverse("application_progress", args=[slip]))[0] == []


def test_what_follows_an_identity_check_keeps_the_rules(nobody):
    nobody.goes(reverse("claim_provider"))
    nobody.page.locator("input[name=name]").fill("何一鸣")
    nobody.page.locator("input[name=number]").fill(SEVENTEEN + check_digit(SEVENTEEN))
    nobody.page.locator("main form button").first.click()
    expect(nobody.page).to_have_url(re.compile(reverse("claim_vouched")))
    assert list(nobody.finds(DESK)) == []


def test_every_component_keeps_the_rules_by_day_and_by_night(nobody):
    for scheme in ("light", "dark"):
        nobody.page.emulate_media(color_scheme=scheme)
        assert nobody.reads(reverse("style"))[0] == []


def test_what_comes_after_an_act_keeps_the_rules(nobody, walks):
    nobody.goes(reverse("claim"))
    nobody.page.locator("main form button").last.click()
    expect(nobody.page.locator("main [role=alert]").first).to_be_visible()
    assert list(nobody.finds(DESK)) == []
    nobody.page.goto(nobody.bank.address + "/en/nowhere")
    assert list(nobody.finds(DESK)) == []
    nobody.signs_in(DIRECTOR)
    nobody.goes(walks[0]["clients"][0])
    nobody.page.locator("main input[name=name]").fill("教务系统")
    nobody.page.locator("main form button").first.click()
    revoking = nobody.page.locator("a.link[href*='/clients/']").first.get_attribute("href")
    assert list(nobody.finds(DESK)) == []
    nobody.problems.clear()  # the browser calls a refused form a failure
    assert nobody.reads(revoking)[0] == []


def test_chinese_that_does_not_say_so_would_be_found(nobody):
    nobody.goes("/en" + reverse("help"))
    assert nobody.page.evaluate(UNSAID) == []
    nobody.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p>护理</p>')")
    nobody.page.evaluate("document.querySelector('main').insertAdjacentHTML('beforeend', '<p lang=zh-CN>照护</p>')")
    assert nobody.page.evaluate(UNSAID) == ["护理"]


def test_what_is_wrong_would_be_found(nobody):
    nobody.goes(reverse("help"))
    nobody.page.evaluate(PALE)
    nobody.page.evaluate(SCRIPT)
    found = nobody.breaks({"type": "rule", "values": ["label", "color-contrast"]})
    assert sorted(each.partition(":")[0] for each in found) == ["color-contrast", "label"]
    assert "wider than 1280" in list(nobody.finds(DESK))
    nobody.page.evaluate("fetch('https://example.org/').catch(() => 0)")
    assert "Content Security Policy" in nobody.problems[0]
