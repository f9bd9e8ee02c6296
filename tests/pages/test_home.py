"""The first page for everybody, the pages that explain the bank, and the sheets to download."""

import re
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.urls import reverse

from creditbank.archive import queries
from creditbank.deposits.intake import layouts, templates
from creditbank.identity import operations as identity
from creditbank.organizations import operations as organizations
from creditbank.organizations.types import Role
from tests.pages.test_learner import plain
from tests.portal.test_components import read
from tests.rooms.archive.conftest import NOW, SYSTEM, posted, small_bank

PAGES = ["home", "help", "accessibility", "privacy", "templates"]
HAN = re.compile(r"[\u3400-\u9fff]+")


@pytest.fixture
def bank(db):
    return small_bank()


@pytest.mark.django_db
@pytest.mark.parametrize("name", [*PAGES, "style"])
def test_public_pages_are_whole_in_both_languages(client, name):
    for path in (reverse(name), "/en" + reverse(name)):
        response = client.get(path)
        assert response.status_code == 200
        page = read(response.content.decode())
        assert [each for each in page.complaints if each != "empty class in <main>"] == []
        assert [each for each in page.targets if each not in page.ids] == []


@pytest.mark.django_db
@pytest.mark.parametrize("name", PAGES)
def test_english_pages_say_nothing_in_chinese_but_what_is_marked_so(client, name):
    page = read(client.get("/en" + reverse(name)).content.decode())
    bank_name = "学分银行"
    assert [each for each in page.loose if HAN.search(each) and bank_name not in each] == []


@pytest.mark.django_db
def test_links_to_a_place_in_a_page_find_it(client):
    for name in PAGES:
        for path, place in re.findall(r'href="(/[a-z/-]*)#([a-z-]+)"', client.get(reverse(name)).content.decode()):
            assert f'id="{place}"' in client.get(path).content.decode(), (name, path, place)


@pytest.mark.django_db
def test_an_empty_bank_shows_zeros_and_invents_nothing(client):
    page = plain(client.get("/"))
    assert "0已存入的成果" in page
    assert "0存入过成果的机构" in page
    assert "换成" not in page


def test_figures_count_what_is_posted_and_corrections_once(bank, client):
    client.get("/")
    posted(bank, [bank.row(0, 0), bank.row(0, 1), bank.row(1, 0)])
    posted(bank, [bank.row(0, 0, revision=1, grade=9000)], reference="2026-0002")
    figures = queries.public_figures(now=NOW)
    assert (figures.accounts, figures.achievements, figures.institutions, figures.batches_this_year) == (3, 3, 1, 2)
    page = plain(client.get("/"))
    assert "3个人账户" in page
    assert "3已存入的成果" in page


def test_figures_are_kept_for_a_while_and_tell_when_they_were_counted(bank):
    first = queries.public_figures(now=NOW)
    assert queries.public_figures(now=NOW.replace(minute=1)).as_of == first.as_of == NOW
    posted(bank, [bank.row()])
    assert queries.public_figures(now=NOW.replace(minute=2)).as_of == NOW.replace(minute=2)


def test_batches_of_last_year_do_not_count_this_year(bank):
    posted(bank, [bank.row()])
    assert queries.public_figures(now=NOW.replace(year=2027)).batches_this_year == 0


def test_the_search_says_what_a_certificate_frees(db, client):
    page = client.get("/").content.decode()
    assert f'<form role="search" action="{reverse("ways")}">' in page
    assert 'name="q"' in page
    assert client.get(reverse("catalogue") + "?q=x").status_code == 200


def test_staff_are_led_to_their_first_door_and_who_has_none_sees_the_bank(bank, client, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    user = identity.create_staff(
        actor=SYSTEM,
        organization_id=bank.school,
        login="li.ming",
        name="李明",
        password="slow-river-41",
        must_change_password=False,
        now=NOW,
    )
    client.force_login(get_user_model().objects.get(pk=user.id))
    assert "学过的，都算数。" in plain(client.get("/"))
    organizations.appoint(
        actor=SYSTEM, organization_id=bank.school, user_id=user.id, role=Role.DEPOSIT_OFFICER, now=NOW
    )
    response = client.get("/")
    assert (response.status_code, response["Location"]) == (302, reverse("batches"))
    assert client.get("/en/")["Location"] == "/en" + reverse("batches")


@pytest.mark.django_db
@pytest.mark.parametrize("sheet", [templates.FIRST, templates.SECOND])
def test_an_empty_sheet_is_read_as_the_template_it_is(client, sheet):
    response = client.get(reverse("template_file", kwargs={"code": sheet.code, "kind": "csv"}))
    heads = response.content.decode("utf-8-sig").strip().split(",")
    assert layouts.named(layouts.OWN_COURSES, heads) == sheet.order
    assert client.get("/templates/other.csv").status_code == 404


@pytest.mark.django_db
def test_the_code_lists_show_both_generations(client):
    page = plain(client.get("/templates/"))
    assert "自学考试142134" in page
    assert "在校1690—" in page
