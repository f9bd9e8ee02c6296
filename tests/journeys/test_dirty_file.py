"""A registrar with a dirty file: sees what is wrong, mends it, deposits it, and files the receipt."""

import csv
import json
import re
from pathlib import Path

from playwright.sync_api import expect

from tests.journeys.test_deposit import APPROVER, OFFICER, uploaded
from tests.rooms.deposits.sheets import Row, identity, sheet

DIRTY = (
    Row(person=701, obtained="201913"),
    Row(person=702, grade="x"),
    Row(person=703, grade="=1+1"),
    Row(person=704, grade="y"),
    Row(person=705, document="3.10199E+17"),
)
GOOD = (Row(person=706), Row(person=707))


def downloaded(visitor, link):
    with visitor.page.expect_download() as download:
        visitor.page.get_by_role("link", name=link).click()
    return Path(download.value.path()).read_bytes()


def mended(content, folder):
    """The refused rows with right values in place of the wrong ones; the column of reasons stays as it is."""
    heading, *lines = csv.reader(content.decode("utf-8-sig").splitlines())
    assert heading[-1] == "退回原因"
    for line in lines:
        row = dict(zip(heading, line, strict=True))
        row |= {"成绩": "88", "获得时间": "202407", "身份证号": identity(int(row["学号"][1:]))}
        line[:] = row.values()
    file = folder / "改好.csv"
    with file.open("w", encoding="utf-8-sig", newline="") as out:
        csv.writer(out).writerows([heading, *lines])
    return file


def approved(visitor, file):
    """The officer hands in what was mended, a colleague approves it; ends on the page of the batch."""
    again = uploaded(visitor, file)
    expect(visitor.page.get_by_role("heading", name="5行可以存入")).to_be_visible()
    visitor.page.get_by_role("button", name="提交复核，存入5行").click()
    visitor.signs_out()
    visitor.signs_in(APPROVER)
    visitor.goes(again)
    visitor.page.get_by_role("button", name="复核通过，存入5行").click()
    expect(visitor.page.get_by_role("heading", name="已经存入", exact=True)).to_be_visible()


def receipts_read(visitor):
    """The receipt as a page, a paper and a document; then anybody follows its address to check the root."""
    visitor.page.get_by_role("link", name="看回执").click()
    assert downloaded(visitor, "下载PDF").startswith(b"%PDF-")
    told = json.loads(downloaded(visitor, "下载JSON"))
    assert (told["form"], told["counts"]["kept"]) == ("creditbank-receipt-1", 5)
    assert told["approved"]["process"] == "second-person.v1"
    visitor.pictures("dirty-receipt")
    visitor.signs_out()
    visitor.goes(re.sub(r"^https?://[^/]+", "", told["root"]["check_at"]))
    expect(visitor.page.get_by_role("heading", name="这个根是本银行的")).to_be_visible()


def test_a_dirty_file_is_mended_and_deposited_and_leaves_a_receipt(visitor, on_phone, tmp_path):
    file = tmp_path / "很乱.csv"
    file.write_bytes(sheet(*DIRTY, *GOOD))
    visitor.signs_in(OFFICER)
    report = uploaded(visitor, file)
    main = visitor.page.locator("main")
    for told in ("2行可以存入", "5行有问题", "例如第3行"):
        expect(main).to_contain_text(told)
    expect(main.locator("table .bar").first).to_be_visible()
    visitor.pictures("dirty-picture")
    on_phone.signs_in(OFFICER)
    on_phone.goes(report)
    expect(on_phone.page.locator("main")).to_contain_text("成绩读不出来")
    on_phone.sees_no_overflow()
    on_phone.pictures("dirty-phone")

    visitor.page.locator("main table").first.get_by_role("link", name="成绩读不出来").click()
    expect(visitor.page.locator("#rows tbody tr")).to_have_count(2)
    assert len(downloaded(visitor, "下载这2行").splitlines()) == 3
    refused = downloaded(visitor, "下载问题行并附原因")

    approved(visitor, mended(refused, tmp_path))
    expect(visitor.page.locator("main")).to_contain_text("办理用时")
    receipts_read(visitor)
