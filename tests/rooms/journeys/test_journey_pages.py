"""The pages of merging, erasing and exporting, as each person meets them, in both languages."""

import io
import re
import zipfile
from datetime import UTC, date, datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from creditbank.archive import operations as archive, queries as book
from creditbank.identity import operations as identity
from creditbank.identity.apps import IdentityConfig
from creditbank.identity.models import User
from creditbank.kernel.text import Text
from creditbank.learners import queries as accounts
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Extent, OrganizationKind, Role
from tests.rooms.archive.conftest import IDENTITIES, SYSTEM
from tests.rooms.journeys import world as j

HAN = re.compile(r"[\u4e00-\u9fff]")
PASSWORD = "tide-and-lantern-7"
SCHOOLS = "云江学分银行管理中心云江第二工业大学云江理工大学"
REASON = "护照与身份证各开一户"
pytestmark = pytest.mark.django_db(transaction=True)


def clock():
    return datetime.now(tz=UTC)


class Centre:
    """The people of the archive's small bank, a centre, and somebody in each role at it."""

    def __init__(self):
        self.person = j.filled()
        self.office = organizations.open_organization(
            actor=SYSTEM,
            parent_id=None,
            code="YJ-C2",
            kind=OrganizationKind.CENTRE,
            name=Text("中心", "Centre"),
            now=clock(),
        )
        self.admin = self.staff("admin", Role.BANK_ADMINISTRATOR)
        self.reviewer = self.staff("reviewer", Role.CENTRE_REVIEWER)
        self.cataloguer = self.staff("cataloguer", Role.CENTRE_CATALOGUER)

    def staff(self, login, role):
        made = identity.create_staff(
            actor=SYSTEM,
            organization_id=self.office.id,
            login=f"{login}.staff",
            name=login,
            password=PASSWORD,
            must_change_password=False,
            now=clock(),
        )
        organizations.appoint(
            actor=SYSTEM,
            organization_id=self.office.id,
            user_id=made.id,
            role=role,
            extent=Extent.BANK,
            starts=date(2020, 1, 1),
            now=clock(),
        )
        return signed_in(made.id)

    @property
    def numbers(self):
        return j.number(self.person.mine), j.number(self.person.theirs)

    def beside(self, language="zh"):
        first, second = self.numbers
        return f"{address('merging', language)}?first={first}&second={second}"

    def erasing(self, language="zh"):
        return f"{address('erasing', language)}?account={self.numbers[0]}"


def signed_in(user_id):
    client = Client()
    client.force_login(User.objects.get(id=user_id), backend="creditbank.identity.backends.SignInName")
    return client


@pytest.fixture
def centre(monkeypatch):
    monkeypatch.setattr(IdentityConfig, "second_factor_required", property(lambda _: False))
    return Centre()


def address(name, language="zh"):
    with translation.override({"zh": "zh-hans", "en": "en"}[language]):
        return reverse(name)


def text(response):
    return response.content.decode()


def merging(centre, **change):
    form = {"survivor": centre.numbers[0], "reason": REASON, "sure": "1", "place": centre.office.public_id}
    return form | change


def test_reviewer_sees_both_accounts_masked_and_merges_them(centre):
    page = text(centre.reviewer.get(centre.beside()))
    masked = accounts.masked_documents([centre.person.mine, centre.person.theirs])
    assert all(number in page for number in masked.values())
    assert [number for number in IDENTITIES if number in page] == []
    done = centre.reviewer.post(centre.beside(), merging(centre), follow=True)
    assert "两个账户已合并" in text(done)
    assert REASON in text(done)
    assert accounts.by_account_number(centre.numbers[1]).learner_id == centre.person.mine
    assert len(book.entries(centre.person.mine)) == 3
    again = centre.reviewer.get(centre.beside())
    assert again.status_code == 422
    assert "两个账号是同一个账户" in text(again)


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"sure": ""}, "请确认两个账户是同一个人的。"),
        ({"survivor": ""}, "请选留下哪个账户。"),
        ({"reason": ""}, "更改要写明缘由"),
        ({"place": "nowhere"}, "没有选办理机构"),
    ],
)
def test_unfinished_form_comes_back_with_what_is_wrong(centre, change, sentence):
    answer = centre.reviewer.post(centre.beside(), merging(centre, **change))
    assert answer.status_code == 422
    assert sentence in text(answer)
    assert len(book.entries(centre.person.theirs)) == 2


def test_spending_twice_is_told_on_the_page(centre):
    for place in (0, 1):
        archive.use(actor=SYSTEM, key=centre.person.key(place), scope="award:1", reference="case:1", now=clock())
    answer = centre.reviewer.post(centre.beside(), merging(centre))
    assert answer.status_code == 422
    assert "同一成果不能用两次" in text(answer)


@pytest.mark.parametrize("query", ["?first=12&second=34", "?first=004300000000000&second=", "?second=x"])
def test_wrong_numbers_are_told_at_their_fields(centre, query):
    answer = centre.reviewer.get(address("merging") + query)
    assert answer.status_code == 422
    assert 'class="error"' in text(answer)


def test_who_may_not_is_refused_and_reviewers_do_not_erase(centre):
    assert centre.cataloguer.get(address("merging")).status_code == 403
    assert centre.cataloguer.post(centre.beside(), merging(centre)).status_code == 403
    assert centre.reviewer.get(address("erasing")).status_code == 403
    assert "删除本人资料" not in text(centre.reviewer.get(address("merging")))
    assert "删除本人资料" in text(centre.admin.get(address("merging")))


def test_administrator_erases_after_typing_the_number(centre):
    form = {"typed": centre.numbers[0][:-1], "reason": "本人要求", "place": centre.office.public_id}
    page, number = centre.erasing(), centre.numbers[0]
    with j.as_application():
        wrong = centre.admin.post(page, form)
        assert wrong.status_code == 422
        assert 'id="typed-error"' in text(wrong)
        assert accounts.by_account_number(number).name == "张三"
        done = centre.admin.post(page, form | {"typed": f"{number[:4]} {number[4:]}"}, follow=True)
        assert "账户和本人资料已删除" in text(done)
        assert centre.admin.get(page).status_code == 422
    assert book.entries(centre.person.mine) == []


def test_learner_downloads_own_data_and_nobody_else_does(centre):
    made = identity.create_learner_login(
        actor=SYSTEM, learner_id=centre.person.mine, login="13900000001", name="张三", password=PASSWORD, now=clock()
    )
    answer = signed_in(made.id).get(address("my_data_export"))
    assert answer["Content-Type"] == "application/zip"
    assert answer["Cache-Control"] == "no-store"
    assert zipfile.ZipFile(io.BytesIO(answer.content)).namelist() == ["my-data.json"]
    for other in (Client(), centre.admin):
        assert other.get(address("my_data_export")).status_code in (302, 403)


def test_pages_are_whole_in_english(centre):
    for page in (address("merging", "en"), centre.beside("en"), address("erasing", "en"), centre.erasing("en")):
        answer = centre.admin.get(page)
        assert answer.status_code == 200
        main = re.sub(r"<[^>]+>", "", text(answer).split("<main")[1].split("</main")[0])
        assert set(HAN.findall(main)) <= set("张三" + SCHOOLS)


@pytest.mark.parametrize("name", ["merging", "erasing", "my_data_export"])
def test_visitors_are_sent_to_sign_in(db, name):
    assert Client().get(address(name)).url.startswith(address("account_login"))
