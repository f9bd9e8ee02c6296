"""One bank and one browser for all journeys, closed after the last: an open browser keeps Django off the database."""

import os
import shutil

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.journeys.bank import DESK, PATIENCE, PHONE, Visitor, running

CHROMIUM = next(filter(None, (shutil.which(name) for name in ("chromium", "chromium-browser", "google-chrome"))), None)


def pytest_collection_modifyitems(items):
    """Without a browser journeys skip, except where one is demanded."""
    for item in items:
        if "journeys" not in item.path.parts or "rooms" in item.path.parts:
            continue
        if CHROMIUM is None and os.environ.get("CREDITBANK_REQUIRE_BROWSER") != "1":
            item.add_marker(pytest.mark.skip(reason="NO BROWSER: install chromium to run the journeys"))


@pytest.fixture(scope="package")
def bank():
    with running() as opened:
        yield opened


@pytest.fixture(scope="package")
def browser():
    with sync_playwright() as playwright:
        arguments = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-sync"]
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=arguments)
        expect.set_options(timeout=PATIENCE)
        yield opened
        opened.close()


def _visitor(bank, browser, **settings):
    context = browser.new_context(**settings)
    somebody = Visitor(bank, context.new_page())
    yield somebody
    context.close()
    assert somebody.problems == []


@pytest.fixture
def visitor(bank, browser):
    yield from _visitor(bank, browser, viewport=DESK, locale="zh-CN")


@pytest.fixture
def on_phone(bank, browser):
    yield from _visitor(bank, browser, viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
