"""A large file on its way: a connection breaks, a tab is closed, a program is killed; it goes on where it stopped."""

import json
import os
import re
import signal
import socket
import subprocess
import time
from pathlib import Path
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import expect

from tests.journeys.bank import DESK, Visitor
from tests.rooms.deposits.sheets import HEADINGS, Row, sheet

OFFICER, DIRECTOR = "he.wei", "zhou.min"
SCRIPT = Path(__file__).parents[2] / "docs" / "how-to" / "hand-in.sh"
MEGA = 1024**2
PIECES = "**/deposits/uploads/*"


def large(folder, name, megabytes=9):
    """Return a file of some MB of rows without people, which the check refuses one by one."""
    line = f"{name},,物流管理,大学英语,86,321,4,64,86,202407,2024,1261,1321,{'备注' * 60},S1\n".encode()
    file = folder / f"{name}.csv"
    file.write_bytes(",".join(HEADINGS).encode() + b"\n" + line * (megabytes * MEGA // len(line)))
    return file


class Connection:
    """Lets so many pieces through and breaks then; `offsets` are those of the pieces that got through."""

    def __init__(self, page, *, lets, then=None):
        self.page, self.left, self.offsets = page, lets, []
        self.then = then or (lambda route: route.abort("internetdisconnected"))
        page.route(PIECES, self.passes)

    def passes(self, route):
        if route.request.method != "PATCH":
            route.continue_()
        elif self.left:
            self.left -= 1
            self.offsets.append(int(route.request.headers["upload-offset"]))
            route.continue_()
        else:
            self.then(route)

    def mends(self):
        self.left = 1000


def chosen(visitor, file):
    visitor.goes("/deposits/new")
    visitor.page.set_input_files("input[type=file]", file)
    visitor.page.get_by_role("button", name="上传并检查").click()


def breaks(visitor):
    """The page says that the connection is lost."""
    expect(visitor.page.locator("[data-upload-note]")).to_contain_text("连接断了")


def arrived(visitor, file):
    """The page of the batch, which came whole."""
    visitor.page.wait_for_url(re.compile(r"/deposits/[0-9a-z]{20}$"), timeout=60_000)
    address = visitor.page.url
    told = visitor.page.context.request.get(f"{visitor.bank.address}/deposits/export.csv").text()
    assert file.name in told
    return address


@pytest.fixture
def officer(bank, browser):
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    somebody = Visitor(bank, context.new_page())
    somebody.signs_in(OFFICER)
    yield somebody
    context.close()


def test_a_lost_connection_costs_a_piece_and_the_upload_goes_on_by_itself(officer, tmp_path):
    file = large(tmp_path, "断线")
    connection = Connection(officer.page, lets=2)
    chosen(officer, file)
    breaks(officer)
    officer.pictures("upload-lost")
    assert connection.offsets == [0, MEGA]
    officer.page.context.set_offline(True)
    connection.mends()
    officer.page.wait_for_timeout(1500)
    breaks(officer)
    officer.page.context.set_offline(False)
    arrived(officer, file)
    assert sorted(set(connection.offsets))[:2] == [0, MEGA]
    assert connection.offsets.count(0) == 1


def test_a_closed_tab_goes_on_when_the_same_file_is_chosen_again(officer, tmp_path):
    file = large(tmp_path, "关页")
    page = officer.page
    connection = Connection(page, lets=2)
    chosen(officer, file)
    breaks(officer)
    officer.page = page.context.new_page()
    page.close()
    connection = Connection(officer.page, lets=1000)
    officer.goes("/deposits/new")
    expect(officer.page.locator("main")).to_contain_text("没传完：关页.csv")
    officer.sees_no_overflow()
    officer.pictures("upload-unfinished")
    chosen(officer, file)
    arrived(officer, file)
    assert connection.offsets[0] in {2 * MEGA, 3 * MEGA}  # a second piece is larger where the first went quickly
    officer.goes("/deposits/new")
    expect(officer.page.locator("main")).not_to_contain_text("没传完：关页.csv")


def test_an_upload_is_paused_and_goes_on_and_the_same_file_again_leads_to_its_batch(officer, tmp_path):
    file, held = large(tmp_path, "暂停"), []
    connection = Connection(officer.page, lets=1, then=held.append)
    chosen(officer, file)
    pause = officer.page.locator("[data-upload-pause]")
    expect(officer.page.locator("[data-upload-done]")).to_have_text(re.compile("已传1.0 MB"))
    pause.click()
    expect(officer.page.locator("[data-upload-note]")).to_contain_text("已暂停")
    held.pop().abort()
    connection.mends()
    pause.click()
    address = arrived(officer, file)
    chosen(officer, file)
    expect(officer.page.locator("[data-upload-error]")).to_contain_text("已经传过")
    officer.pictures("upload-twice")
    officer.page.get_by_role("link", name="打开那一批").click()
    expect(officer.page).to_have_url(address)


def test_without_script_the_form_itself_is_sent(bank, browser, tmp_path):
    file = large(tmp_path, "无脚本", megabytes=6)
    context = browser.new_context(viewport=DESK, locale="zh-CN", java_script_enabled=False)
    somebody = Visitor(bank, context.new_page())
    somebody.signs_in(OFFICER)
    chosen(somebody, file)
    arrived(somebody, file)
    context.close()


@pytest.fixture(scope="module")
def key(bank, browser, tmp_path_factory):
    """The key file of a program of the officer's school."""
    context = browser.new_context(viewport=DESK, locale="zh-CN")
    director = Visitor(bank, context.new_page())
    director.signs_in(DIRECTOR)
    director.goes("/staff/organizations/")
    director.page.get_by_role("link", name="上海第二工业大学").first.click()
    director.page.get_by_role("link", name="接口密钥").click()
    director.page.locator("main input[name=name]").fill("教务系统")
    director.page.locator("main input[name=hands_in]").check()
    director.page.locator("main form button").first.click()
    [found] = re.findall(r"cbk_[\w-]+", director.page.content())[:1]
    context.close()
    file = tmp_path_factory.mktemp("key") / "key"
    file.write_text(f"Authorization: Bearer {found}\n", "utf-8")
    return file


def ask(bank, key, method, path, body=b"", **headers):
    name, _, value = key.read_text("utf-8").strip().partition(": ")
    given = {name: value, **{each.replace("_", "-"): text for each, text in headers.items()}}
    with urlopen(Request(bank.address + path, body or None, given, method=method)) as answer:
        return json.load(answer)


def hands_in(bank, key, file, **words):
    environ = {**os.environ, "BANK": bank.address, "KEY_FILE": str(key)}
    return subprocess.Popen(
        ["sh", str(SCRIPT), str(file)], env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **words
    )


def test_a_nightly_job_that_is_killed_goes_on_the_next_time_and_is_done_once(bank, key, tmp_path):
    file = large(tmp_path, "夜间", megabytes=60)
    first = hands_in(bank, key, file, start_new_session=True)
    begun = {"name": file.name, "size": file.stat().st_size, "sha256": digest(file)}
    for _ in range(300):
        time.sleep(0.02)
        told = ask(bank, key, "POST", "/api/v1/uploads", json.dumps(begun).encode(), content_type="application/json")
        if told["offset"]:
            break
    os.killpg(first.pid, signal.SIGKILL)
    first.communicate()
    assert told["offset"] > 0
    second = hands_in(bank, key, file)
    said, wrong = second.communicate(timeout=120)
    assert (second.returncode, wrong) == (0, "")
    assert re.match(r"Going on behind \d+ of \d+ bytes\.", said)
    batch = json.loads(said.splitlines()[-1])
    assert (batch["file"], batch["sha256"]) == (file.name, begun["sha256"])
    third = hands_in(bank, key, file)
    assert (third.communicate(timeout=60)[0], third.returncode) == ("夜间.csv was handed in before.\n", 0)


def digest(file):
    return subprocess.run(["sha256sum", str(file)], capture_output=True, check=True, text=True).stdout.split()[0]


def test_a_job_that_is_refused_says_why(bank, tmp_path):
    key, file = tmp_path / "key", tmp_path / "a.csv"
    key.write_text("Authorization: Bearer cbk_nobody\n", "utf-8")
    file.write_bytes(sheet(Row()))
    job = hands_in(bank, key, file)
    assert "entrance.key_unknown" in job.communicate(timeout=60)[1]
    assert job.returncode == 1


def test_a_body_that_breaks_off_is_no_batch(bank, key):
    content = sheet(Row(person=77))
    head = f"POST /api/v1/deposits?name=torn.csv HTTP/1.1\r\nHost: {bank.address[7:]}\r\nContent-Type: text/csv\r\n"
    head += f"{key.read_text('utf-8').strip()}\r\nContent-Length: {len(content) + 500}\r\n\r\n"
    with socket.create_connection(bank.address[7:].split(":"), timeout=30) as line:
        line.sendall(head.encode() + content)
        time.sleep(0.5)
    time.sleep(1)
    told = ask(bank, key, "POST", "/api/v1/deposits?name=whole.csv", content, content_type="text/csv")
    assert told["number"]  # the torn one would have been the same batch already
