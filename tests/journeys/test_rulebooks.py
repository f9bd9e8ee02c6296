"""An expert writes guidance by rows, a group reads it, a school adopts it with a deviation, and a reader refuses."""

from playwright.sync_api import expect

from tests.journeys.writing import PASSWORD, reads, says, writes_case, writes_rule


def test_guidance_is_written_read_published_and_adopted(visitor):
    page = visitor.page
    work = _drafts(visitor)
    address = work.removeprefix(visitor.bank.address)
    for login in ("guli.ahmat", "su.wenqi", "tan.zhiyong"):
        reads(visitor, login, address, "approve")
    visitor.signs_in("shen.ruolan", PASSWORD)
    visitor.goes(address)
    page.get_by_role("button", name="发布").click()
    says(page, "已发布")
    visitor.signs_out()
    visitor.goes("/rules/?kind=guidance")
    page.get_by_role("link", name="计算机类证书转换建议").click()
    expect(page.get_by_text("程序设计基础").first).to_be_visible()
    visitor.pictures("rule-book")
    _adopts(visitor, page.url.rpartition("/")[2])


def _drafts(visitor):
    page = visitor.page
    visitor.signs_in("wan.chengzhi", PASSWORD)
    visitor.goes("/staff/rules/new")
    page.locator("#kind").select_option("guidance")
    page.locator("#zh").fill("计算机类证书转换建议")
    page.locator("#id").fill("journey/computing")
    page.get_by_role("button", name="建草稿").first.click()
    page.get_by_role("link", name="加一条规则").wait_for()
    work = page.url
    visitor.sees_no_overflow()
    page.get_by_role("link", name="加一条规则").click()
    _writes_the_rule(visitor)
    page.goto(work + "head")
    day = page.locator("#from").input_value()
    # The case asks for too much at first, and the draft says so.
    writes_case(page, work + "cases/0", day=day, worth="5", rule="G1")
    says(page, "1个用例不符")
    visitor.pictures("rule-draft")
    writes_case(page, work + "cases/0", day=day, worth="4", rule="G1")
    says(page, "可以送审")
    page.get_by_role("button", name="送审").click()
    says(page, "审读中")
    visitor.signs_out()
    return work


def _writes_the_rule(visitor):
    page = visitor.page
    writes_rule(page, rule="G1", spec="计算机等级二级", course="程序设计基础")
    page.get_by_role("button", name="加一个条件").last.click()
    page.locator("#s-0-1-tag").select_option("")
    page.locator("#may_deviate").select_option("free")
    page.get_by_role("button", name="保存", exact=True).last.click()
    expect(page.locator("aside")).to_contain_text("凡成果为「计算机等级二级」")
    visitor.pictures("rule-editor")


def _adopts(visitor, guidance):
    page = visitor.page
    visitor.signs_in("luo.min", PASSWORD)
    visitor.goes(f"/staff/rules/new?adopt={guidance}")
    page.get_by_role("button", name="采用，建草稿").click()
    says(page, "可以送审")
    page.wait_for_load_state()
    work = page.url
    page.locator("#rule-0").get_by_role("link", name="修改").click()
    page.locator("#reason").fill("本校只收近三年的证书")
    page.get_by_role("button", name="加一个条件").last.click()
    page.locator("#s-0-1-tag").select_option("age")
    page.locator("#s-0-1-of").fill("application")
    page.locator("#s-0-1-value").fill("36")
    page.locator("button[name=act][value=save]").last.click()
    expect(page.get_by_text("本校只收近三年的证书")).to_be_visible()
    visitor.pictures("rule-adoption")
    says(page, "2处要改")  # what deviates is shown by a case of its own
    page.goto(work + "head")
    writes_case(page, work + "cases/0", day=page.locator("#from").input_value(), worth="4", rule="G1")
    says(page, "可以送审")
    page.get_by_role("button", name="送审").click()
    says(page, "审读中")
    visitor.signs_out()
    reads(visitor, "yuan.qing", work.removeprefix(visitor.bank.address), "refuse", "年限太短")
    visitor.signs_in("luo.min", PASSWORD)
    visitor.goes(work.removeprefix(visitor.bank.address))
    says(page, "未通过")
    expect(page.get_by_text("年限太短")).to_be_visible()


def test_everybody_reads_the_rules_on_a_phone(on_phone):
    on_phone.goes("/rules/?stage=all")
    on_phone.sees_no_overflow()
    on_phone.page.locator("tbody a").first.click()
    on_phone.sees_no_overflow()
    on_phone.pictures("rule-book-phone")
