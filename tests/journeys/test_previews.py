"""A registrar drafts the next edition, tries it on all archives, and sees whom it touches."""

import re

from playwright.sync_api import expect

from tests.journeys.bank import PHONE

PASSWORD = "xueyin-demo-2026"
BOOK = "sspu/computing"


def in_force(visitor):
    """Return the edition in force of the book, of which other journeys publish copies."""
    told = visitor.page.request.get(f"{visitor.bank.address}/api/v1/rules").json()
    return next(each["public_id"] for each in told["editions"] if each["id"] == BOOK)


def test_a_draft_is_tried_on_all_archives_beside_the_edition_in_force(visitor):
    page = visitor.page
    visitor.signs_in("luo.min", PASSWORD)
    visitor.goes(f"/staff/rules/{in_force(visitor)}/")
    page.get_by_role("link", name="起草下一版").click()
    page.locator("#edition").fill("journey-next")
    page.get_by_role("button", name="建草稿").click()
    page.get_by_role("button", name="在真实档案上试算").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("名学习者可换")
    expect(page.locator("#beside")).to_contain_text("和现行版本")
    expect(page.locator("#beside")).to_contain_text(re.compile(r"\d名学习者不变"))
    visitor.sees_no_overflow()
    visitor.pictures("rule-preview")
    page.set_viewport_size(PHONE)
    page.goto(page.url.replace("/staff/", "/en/staff/"))
    expect(page.get_by_role("heading", level=1)).to_contain_text("would be freed of")
    visitor.sees_no_overflow()
    visitor.pictures("rule-preview-phone")
