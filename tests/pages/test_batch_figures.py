"""A batch in figures: its receipt in three forms, the root that everybody may check, institutions by their deposits."""

import pytest
from django.test import Client
from django.urls import reverse

from creditbank.deposits.models import Batch
from tests.pages.asking import Asker

pytestmark = pytest.mark.django_db
OFFICER, DIRECTOR = "deposit-officer s", "bank-administrator k*"


@pytest.fixture
def posted(ask: Asker) -> Batch:
    return Batch.objects.filter(stage="posted", organization_id=ask.world.id("s")).order_by("id").first()


@pytest.mark.parametrize(("language", "words"), [("", "存入回执"), ("/en", "Receipt")])
def test_a_receipt_is_a_page_a_paper_and_a_document(ask: Asker, posted: Batch, language: str, words: str) -> None:
    browser = ask.world.people[OFFICER]
    page = browser.get(f"{language}{reverse('batch_receipt', args=[posted.public_id])}").content.decode()
    assert words in page
    assert posted.root in page
    paper = browser.get(f"{language}{reverse('batch_receipt_paper', args=[posted.public_id])}")
    assert (paper["Content-Type"], paper.content[:5]) == ("application/pdf", b"%PDF-")
    told = browser.get(f"{language}{reverse('batch_receipt_file', args=[posted.public_id])}").json()
    assert (told["root"]["value"], told["batch"]["number"]) == (posted.root, posted.number)
    assert browser.get(reverse("root"), {"root": posted.root}).status_code == 200


def test_everybody_may_check_a_root_and_is_told_no_person(posted: Batch) -> None:
    page = Client().get(reverse("root"), {"root": posted.root.upper()}).content.decode()
    assert "这个根是本银行的" in page
    assert posted.number in page
    assert posted.file_name not in page
    assert "本银行没有这个根" in Client().get(reverse("root"), {"root": "0" * 64}).content.decode()
    assert "这不是一个根" in Client().get(reverse("root"), {"root": "xyz"}).content.decode()


def test_a_withdrawn_batch_is_told_as_such_by_its_root(posted: Batch) -> None:
    Batch.objects.filter(id=posted.id).update(stage="withdrawn", withdrawn_at=posted.posted_at)
    assert "这一批已经撤回" in Client().get(reverse("root"), {"root": posted.root}).content.decode()


def test_a_school_sees_its_own_figures_and_the_bank_all(ask: Asker) -> None:
    here, there = ask.world.places["s"], ask.world.places["S"]
    own = ask.world.people[OFFICER].get(reverse("deposit_figures")).content.decode()
    assert here.name.zh in own
    assert there.name.zh not in own
    every = ask.world.people[DIRECTOR].get(reverse("deposit_figures")).content.decode()
    assert here.name.zh in every
    assert there.name.zh in every
    months = ask.world.people[OFFICER].get(reverse("deposit_figures_one", args=[here.public_id])).content.decode()
    assert "成绩读不出来" in months
    assert ask.world.people[OFFICER].get(reverse("deposit_figures_one", args=[there.public_id])).status_code == 404


@pytest.mark.parametrize("order", ["oldest", "latest", "posted", "corrections", "refused", "fresh", "nonsense"])
def test_institutions_stand_in_the_order_asked_for_those_without_figures_last(ask: Asker, order: str) -> None:
    browser = ask.world.people[DIRECTOR]
    lines = browser.get(reverse("deposit_figures_export"), {"sort": order}).getvalue().decode("utf-8-sig").splitlines()
    column = {"latest": 3, "posted": 4, "corrections": 5, "refused": 7, "fresh": 8}.get(order, 3)
    found = [line.split(",")[column] for line in lines[1:]]
    known = [float(each) for each in found if each]
    assert found == [each for each in found if each] + [""] * found.count("")
    assert known == sorted(known, reverse=order not in {"latest", "fresh"})
