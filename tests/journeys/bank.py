"""A whole bank for the journeys, as `creditbank run` starts it, and the people who visit it."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import expect

START_SECONDS = 120
PHONE = {"width": 375, "height": 812}
#: So many milliseconds a page may take on a busy machine to show what it is to show.
PATIENCE = 60_000
DESK = {"width": 1280, "height": 900}
LEARNERS = "120"
PASSWORD = "zhe-ci-xue-hao-2026"
CODE = r"[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{4}"


def _free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bank:
    """A running bank: its address, its data folder, its demo people by login, the printed claim slip."""

    def __init__(self, address, data):
        self.address = address
        self.data = data
        self.people = {p["login"]: p for p in json.loads((data / "demo_people.json").read_text("utf-8"))}
        self.slip = json.loads((data / "demo.json").read_text("utf-8"))["claim"]


def _wait(process, port, log):
    started = time.monotonic()
    while time.monotonic() - started < START_SECONDS:
        assert process.poll() is None, log.read_text("utf-8")
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise AssertionError(log.read_text("utf-8"))


@contextmanager
def running():
    """Give a running bank with a small demo; its log must hold no traceback at the end."""
    folder = Path(tempfile.mkdtemp(prefix="creditbank-journeys-", dir="/var/tmp"))
    folder.chmod(0o711)
    data, log, port = folder / "data", folder / "log", _free_port()
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("DATABASE_", "CREDITBANK_", "PYTEST_"))}
    environ = {**kept, "CREDITBANK_DATA": str(data), "PORT": str(port), "CREDITBANK_DEMO_LEARNERS": LEARNERS}
    environ["CREDITBANK_NOTICE_DAYS"] = "0"
    with log.open("wb") as file:
        process = subprocess.Popen(
            [sys.executable, "-m", "creditbank", "run"], env=environ, stdout=file, stderr=file, start_new_session=True
        )
    try:
        _wait(process, port, log)
        yield Bank(f"http://127.0.0.1:{port}", data)
        assert "Traceback" not in log.read_text("utf-8"), log.read_text("utf-8")[-6000:]
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(timeout=60)
        shutil.rmtree(folder, ignore_errors=True)


class Visitor:
    """Somebody at a browser: signs in and out, and leaves pictures where CREDITBANK_PICTURES says."""

    def __init__(self, bank, page):
        self.bank = bank
        self.page = page
        self.problems = []
        page.set_default_timeout(PATIENCE)
        page.on("console", lambda message: message.type == "error" and self.problems.append(message.text))
        page.on("pageerror", lambda error: self.problems.append(str(error)))

    def goes(self, path):
        response = self.page.goto(self.bank.address + path)
        assert response.status < 400, (path, response.status)

    def signs_in(self, login, password=None):
        self.goes("/account/login")
        form = self.page.locator("form:has(input[type=password])")
        form.locator("input[name=login]").fill(login)
        form.locator("input[name=password]").fill(password or self.bank.people[login]["password"])
        form.locator("button").first.click()
        expect(self.page.locator("header .aside form")).to_be_visible()

    def claims(self, *, name, document, code, phone):
        self.goes("/claim/")
        page = self.page
        page.locator("input[name=code]").fill(code)
        page.locator("input[name=name]").fill(name)
        page.locator("input[name=number]").fill(document)
        page.locator("input[name=login]").fill(phone)
        for field in page.locator("input[type=password]").all():
            field.fill(PASSWORD)
        page.locator("main form button").last.click()

    def signs_out(self):
        self.page.click("header .aside form button")
        expect(self.page.locator("header .aside form")).to_have_count(0)

    def sees_no_overflow(self):
        self.page.wait_for_load_state()
        width = self.page.viewport_size["width"]
        assert self.page.evaluate("document.documentElement.scrollWidth") <= width, self.page.url

    def pictures(self, name):
        folder = os.environ.get("CREDITBANK_PICTURES")
        if folder:
            Path(folder).mkdir(parents=True, exist_ok=True)
            self.page.screenshot(path=f"{folder}/{name}.png", full_page=True)
