"""The pages of a preview: asked for by a button, watched, stopped, read, and told apart from an earlier text."""

from dataclasses import replace
from functools import partial

import pytest
from django.urls import reverse

from creditbank.conversion import operations, queries
from creditbank.conversion.models import Edition
from creditbank.conversion.queries import trying
from tests.rooms.conversion.room import documents
from tests.rooms.conversion.room.conftest import NOW, SYSTEM, Bank
from tests.rooms.conversion.room.desks import page, sign_in
from tests.rooms.conversion.room.test_previews import asked, filled, found, nursing, worked
from tests.rooms.conversion.room.test_trials import award_book, drafted

LANGUAGES = pytest.mark.parametrize("lang", ["", "/en"])


@pytest.fixture
def bank(db):
    return filled()


@pytest.fixture
def signed_in(bank, client, settings):
    settings.ENVIRONMENT = replace(settings.ENVIRONMENT, demo=True)
    places = Bank(centre=bank.school, school=bank.school, other_school=bank.other_school, group=bank.school)
    return partial(sign_in, places, client, NOW)


def acts(client, public_id, act):
    address = reverse("rulebook_preview", kwargs={"public_id": public_id})
    response = client.post(address, {"act": act})
    assert (response.status_code, response["Location"]) == (302, address)


def test_a_preview_is_asked_for_watched_and_stopped(bank, signed_in, monkeypatch):
    monkeypatch.setattr(trying, "SLICE", 1)
    he = signed_in("he")
    public_id = drafted(bank.school, nursing())
    assert 'value="start"' in page(he, "rulebook_work", public_id=public_id)
    assert "开始试算" in page(he, "rulebook_preview", public_id=public_id)
    acts(he, public_id, "start")
    assert "正在清点学习者" in page(he, "rulebook_preview", public_id=public_id)
    operations.work_on_preview(actor=SYSTEM, number=found(public_id).id, now=NOW)
    text = page(he, "rulebook_preview", public_id=public_id)
    assert "已算1人，共3人" in text
    assert "到目前为止：1名学习者可换3学分" in text
    assert "hx-get" in text
    assert "正在试算" in page(he, "rulebook_work", public_id=public_id)
    acts(he, public_id, "cancel")
    text = page(he, "rulebook_preview", public_id=public_id)
    assert "试算已停止" in text
    assert "hx-get" not in text
    acts(he, public_id, "cancel")
    assert "现在没有正在进行的试算" in page(he, "rulebook_preview", public_id=public_id)


@LANGUAGES
def test_a_finished_preview_is_read_by_all_who_work_on_the_book(bank, signed_in, lang):
    operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    public_id, preview = asked(bank, nursing(edition="2027"))
    worked(preview)
    for who, may in (("he", True), ("zhu", False)):
        text = page(signed_in(who), "rulebook_preview", lang=lang, public_id=public_id)
        assert ("3 learners would be freed of 9 credits" if lang else "3名学习者可换9学分") in text
        assert ("3 learners are freed of 9 credits more" if lang else "3名学习者多换9学分") in text
        assert found(public_id).digests[0][7:19] in text
        assert ('value="start"' in text) is may


@LANGUAGES
def test_a_preview_of_an_earlier_text_says_so(bank, signed_in, lang):
    public_id, preview = asked(bank)
    worked(preview)
    he = signed_in("he")
    stale = "This is of an earlier text" if lang else "这是以前文本的试算结果"
    assert stale not in page(he, "rulebook_preview", lang=lang, public_id=public_id)
    seen = queries.details(SYSTEM, public_id).edition.digest
    changed = nursing(title={"zh": "改过的规则"})
    operations.save_draft(actor=SYSTEM, public_id=public_id, seen=seen, document=changed, now=NOW)
    assert stale in page(he, "rulebook_preview", lang=lang, public_id=public_id)
    assert ("of an earlier text" if lang else "以前的文本") in page(he, "rulebook_work", lang=lang, public_id=public_id)


@LANGUAGES
def test_awards_nothing_freed_and_a_preview_given_up_are_told(bank, signed_in, lang):
    he = signed_in("he")
    for document, told in (
        (award_book(), ("3 learners attain an award", "3名学习者达到要求")),
        (documents.book("yj/none"), ("Nobody would be freed of credits", "没有人能换学分")),
    ):
        public_id, preview = asked(bank, document)
        worked(preview)
        assert told[0 if lang else 1] in page(he, "rulebook_preview", lang=lang, public_id=public_id)
    public_id, preview = asked(bank, nursing("yj/failing"))
    for _ in range(3):
        operations.note_preview_fault(actor=SYSTEM, number=preview.id, now=NOW)
    text = page(he, "rulebook_preview", lang=lang, public_id=public_id)
    assert ("program failed three times" if lang else "银行的程序三次都没有算下去") in text
    assert 'value="start"' in text


def test_a_faulty_draft_is_mended_before_it_is_tried(bank, signed_in):
    he = signed_in("he")
    public_id = drafted(bank.school, documents.book(rules=[{}]))
    text = page(he, "rulebook_preview", public_id=public_id)
    assert "草稿还有写错的地方" in text
    assert 'value="start"' not in text
    acts(he, public_id, "start")
    assert "不能试算" in page(he, "rulebook_preview", public_id=public_id)


@LANGUAGES
def test_what_changed_shows_whom_it_touches_to_those_who_work_on_the_book(bank, signed_in, client, lang):
    old = operations.import_edition(actor=SYSTEM, owner_id=bank.school, document=documents.book(), now=NOW)
    public_id, preview = asked(bank, nursing(edition="2027"))
    worked(preview)
    Edition.objects.filter(public_id=public_id).update(stage="notice", notice_until=NOW.date())
    told = "3 learners are freed of 9 credits more" if lang else "3名学习者多换9学分"
    given = {"lang": lang, "public_id": public_id, "earlier": old.public_id}
    assert told not in page(client, "rulebook_changes", **given)
    assert told in page(signed_in("he"), "rulebook_changes", **given)
    assert told not in page(signed_in("qin"), "rulebook_changes", **given)
