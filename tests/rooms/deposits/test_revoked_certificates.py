"""A certificate that its issuer revokes stands in no archive as valid, whoever deposited it, and whenever."""

import io
import json
import zipfile
from datetime import date
from functools import partial

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import PostingNotInForce
from creditbank.archive.queries import ArchiveFilters
from creditbank.archive.types import Ending
from creditbank.catalogue import operations as catalogue
from creditbank.deposits import operations as deposits, posting, queries as batches
from creditbank.deposits.types import BatchStage
from creditbank.journeys.erase_learner import erase_learner
from creditbank.journeys.export_learner import export_learner
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.certificates import part_of
from creditbank.kernel.documents import DocumentKind
from creditbank.kernel.review import Verdict
from creditbank.kernel.text import Text
from creditbank.learners import operations as learners
from creditbank.learners.types import NewPerson
from creditbank.organizations import operations as organizations, queries as places
from creditbank.organizations.types import OrganizationKind
from creditbank.register import models, operations
from creditbank.register.operations import ending, entering
from creditbank.register.queries import taken
from creditbank.register.types import Wish
from tests.conftest import NOW
from tests.rooms.deposits.conftest import staff
from tests.rooms.deposits.test_certificate_numbers import approved
from tests.rooms.deposits.test_claimed_certificates import ROW, issuer, place
from tests.rooms.deposits.test_sheets import at_once, codes, own
from tests.rooms.journeys.world import as_application
from tests.rooms.learners.people import document
from tests.rooms.register.issuing import SYSTEM, entered, small_issuer

__all__ = ["issuer", "place"]
PLAIN = ROW | {"certificate_number": ""}
REVOKED = {"status": "撤销", "note": "替考查实"}
INTO = {"target_course": "大学英语", "target_credits": "3", "target_obtained": "202609"}


@pytest.fixture
def elsewhere(issuer):
    given = {"actor": SYSTEM, "parent_id": None, "kind": OrganizationKind.INSTITUTION, "now": NOW}
    return organizations.open_organization(code="4131010857", name=Text("第三所学校"), **given)


def stands(learner_id):
    return [(each.key.organization_id, each.key.part) for each in book.entries(learner_id)]


def turned(issuer, wish, reason, number="YJ0001"):
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    given = {"organization_id": issuer.id, "specification_id": issuer.english, "number": number, "now": NOW}
    public_id = operations.ask(actor=li, wish=wish, reason=reason, **given)
    operations.decide(actor=wang, public_id=public_id, verdict=Verdict.APPROVE, now=NOW)


@pytest.mark.parametrize("row", [ROW, PLAIN])
@pytest.mark.parametrize("by_issuer", [True, False])
def test_what_was_deposited_counts_no_more_once_the_certificate_is_revoked(issuer, place, elsewhere, row, by_issuer):
    depositor = place if by_issuer else elsewhere
    batch = at_once(depositor, own(row), "a.csv").batch
    assert stands(issuer.learner_id) == [(depositor.id, part_of("YJ0001") if row is ROW else 0)]
    entered(issuer, REVOKED)
    assert stands(issuer.learner_id) == []
    [gone] = book.withdrawn_of(issuer.learner_id)
    assert taken.reasons([gone.reference]) == {gone.reference: "替考查实"}
    view = book.own_archive(actor=issuer.learner, filters=ArchiveFilters())
    assert (view.total, len(view.withdrawn)) == (0, 1)
    page = book.own_entry(actor=issuer.learner, address=gone.achievement.address)
    assert (page.current.withdrawn_at, page.corrections) == (NOW, 0)
    assert [page.stood.number, *(each.number for each in page.deposited)] == [batch.number] * 2
    assert (book.figures().entries, book.figures().learners) == (0, 0)
    assert book.check_roots().broken == ()
    assert batches.batch(actor=SYSTEM, public_id=batch.public_id).stage is BatchStage.POSTED
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0


def test_what_was_deposited_counts_no_more_when_the_register_hears_of_its_certificate_as_revoked(issuer, place):
    other = {"certificate_number": "YJ0007"}
    at_once(place, own(ROW | other), "a.csv")
    entered(issuer, REVOKED | {"number": "YJ0007"})
    assert stands(issuer.learner_id) == []


def test_the_other_achievements_of_its_batch_stand(issuer, place):
    at_once(place, own(ROW, ROW | {"certificate_number": "YJ0002"}), "a.csv")
    entered(issuer, {}, {"number": "YJ0002"})
    entered(issuer, REVOKED)
    assert stands(issuer.learner_id) == [(issuer.id, part_of("YJ0002"))]
    assert (book.figures().entries, book.figures().learners) == (1, 1)


def test_what_is_told_without_a_number_stands_beside_another_certificate_of_its_day(issuer, place):
    at_once(place, own(PLAIN), "a.csv")
    entered(issuer, {}, {"number": "YJ0002"})
    entered(issuer, REVOKED)
    assert stands(issuer.learner_id) == [(issuer.id, 0)]
    entered(issuer, REVOKED | {"number": "YJ0002"})
    assert stands(issuer.learner_id) == []


def test_a_restored_certificate_counts_again_and_may_be_revoked_again(issuer, place):
    at_once(place, own(ROW), "a.csv")
    entered(issuer, {})
    for _ in range(2):
        turned(issuer, Wish.REVOKE, "替考查实")
        assert stands(issuer.learner_id) == []
        turned(issuer, Wish.RESTORE, "复核无误")
        assert stands(issuer.learner_id) == [(issuer.id, part_of("YJ0001"))]
    assert models.Ended.objects.count() == 0
    assert book.check_roots().broken == ()


def many(issuer, place, elsewhere, *numbers):
    """Certificates of people of their own, by turns of two institutions; return what makes a row each's, and who."""
    people = {number: document(20 + place) for place, number in enumerate(numbers)}
    new = [NewPerson("林晓岚", each) for each in people.values()]
    opened = learners.open_many(actor=SYSTEM, organization_id=issuer.id, people=new, now=NOW)
    rows = [ROW | {"certificate_number": number, "document": each.number} for number, each in people.items()]
    at_once(place, own(*rows[::2]), "a.csv")
    at_once(elsewhere, own(*rows[1::2]), "b.csv")
    theirs = {number: {"number": number, "document": each.number} for number, each in people.items()}
    entered(issuer, *theirs.values())
    return theirs, {number: opened[each] for number, each in people.items()}


def asked_of(act):
    with CaptureQueriesContext(connection) as asked:
        act()
    return len(asked)


def test_many_are_ended_by_as_many_statements_as_few_and_each_is_restored_alone(issuer, place, elsewhere):
    few, many_ = ("YJ1", "YJ2"), tuple(f"YJ{number}" for number in range(3, 23))
    theirs, who = many(issuer, place, elsewhere, *few, *many_)
    revoke = [partial(entered, issuer, *(theirs[number] | REVOKED for number in those)) for those in (few, many_)]
    assert asked_of(revoke[1]) <= asked_of(revoke[0])
    assert book.entries(*who.values()) == []
    assert models.Ended.objects.count() == len(who)
    turned(issuer, Wish.RESTORE, "复核无误", number="YJ4")
    assert [each.key.learner_id for each in book.entries(*who.values())] == [who["YJ4"]]
    assert book.check_roots().broken == ()


def test_of_many_what_is_in_use_stays_and_the_others_are_ended(issuer, place, elsewhere):
    theirs, who = many(issuer, place, elsewhere, "YJ1", "YJ2", "YJ3")
    [entry] = book.entries(who["YJ2"])
    archive.hold(actor=SYSTEM, key=entry.key, scope="award:1", reference="case:1", now=NOW)
    entered(issuer, *(each | REVOKED for each in theirs.values()))
    assert [each.key.learner_id for each in book.entries(*who.values())] == [who["YJ2"]]


def test_an_entry_of_which_two_revoked_certificates_tell_is_ended_once(issuer, place):
    at_once(place, own(PLAIN), "a.csv")
    entered(issuer, {}, {"number": "YJ0002"})
    entered(issuer, REVOKED, REVOKED | {"number": "YJ0002"})
    assert stands(issuer.learner_id) == []
    assert models.Ended.objects.count() == 1


def test_what_is_in_use_is_ended_once_the_use_is_reversed(issuer, place):
    at_once(place, own(ROW), "a.csv")
    [entry] = book.entries(issuer.learner_id)
    given = {"actor": SYSTEM, "key": entry.key, "scope": "award:1", "reference": "case:1", "now": NOW}
    archive.use(**given)
    entered(issuer, REVOKED)
    assert len(stands(issuer.learner_id)) == 1
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
    endings = {entry.key: Ending(reference="end", number="", reason="撤销")}
    assert archive.end_entries(actor=SYSTEM, endings=endings, now=NOW) == frozenset()
    archive.reverse(**given)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    assert stands(issuer.learner_id) == []
    assert archive.end_entries(actor=SYSTEM, endings=endings, now=NOW) == frozenset()
    with pytest.raises(PostingNotInForce):
        archive.reinstate_entry(actor=SYSTEM, reference="end", now=NOW)


def test_what_became_of_it_keeps_it_until_that_is_withdrawn(issuer, place):
    at_once(place, own(ROW), "a.csv")
    batch = at_once(place, own(ROW | INTO), "b.csv").batch
    entered(issuer, REVOKED)
    assert (issuer.id, part_of("YJ0001")) in stands(issuer.learner_id)
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    deposits.ask_withdrawal(actor=li, public_id=batch.public_id, reason="证书已撤销", now=NOW)
    deposits.decide_withdrawal(actor=wang, public_id=batch.public_id, verdict=Verdict.APPROVE, now=NOW)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    assert stands(issuer.learner_id) == []


@pytest.mark.parametrize("row", [ROW, PLAIN, ROW | INTO, PLAIN | INTO])
@pytest.mark.parametrize("by_issuer", [True, False])
def test_a_revoked_certificate_is_refused_with_all_that_it_became(issuer, place, elsewhere, row, by_issuer):
    entered(issuer, REVOKED)
    report = at_once(place if by_issuer else elsewhere, own(row), "a.csv")
    assert codes(report) == [(2, "certificate_revoked")]
    assert stands(issuer.learner_id) == []


def test_one_without_a_number_is_not_taken_for_a_revoked_one_of_somebody_else_or_of_another_day(issuer, place):
    entered(issuer, REVOKED)
    other = {"person_name": "周敏", "document": document(8).number}
    report = at_once(place, own(PLAIN | other, PLAIN | {"obtained": "20260627"}), "a.csv")
    assert codes(report) == []


@pytest.mark.parametrize("planned", [False, True])
def test_what_is_revoked_between_check_and_posting_does_not_enter(issuer, place, planned):
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    other = {"certificate_number": "YJ0002"}
    batch = approved(li, wang, place, own(ROW, ROW | other), name="a.csv")
    if planned:
        posting.plan(batch, 0, {}, actor=SYSTEM, now=NOW)
    entered(issuer, REVOKED)
    assert deposits.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.kept == 1
    assert stands(issuer.learner_id) == [(issuer.id, part_of("YJ0002"))]


def test_what_is_revoked_while_its_batch_enters_is_ended_as_that_becomes_visible(issuer, place, monkeypatch):
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    other = {"certificate_number": "YJ0002"}
    batch = approved(li, wang, place, own(ROW, ROW | other), name="a.csv")
    finish = archive.finish_posting

    def revoked_before(**given):
        monkeypatch.setattr(archive, "finish_posting", finish)
        entered(issuer, REVOKED)
        return finish(**given)

    monkeypatch.setattr(archive, "finish_posting", revoked_before)
    assert deposits.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.kept == 2
    assert stands(issuer.learner_id) == [(issuer.id, part_of("YJ0002"))]
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
    assert book.check_roots().broken == ()


def test_the_nightly_job_goes_through_what_is_revoked_some_at_a_time(issuer, place, monkeypatch):
    numbers = [f"YJ000{number}" for number in range(1, 6)]
    at_once(place, own(*(ROW | {"certificate_number": each} for each in numbers)), "a.csv")
    monkeypatch.setattr(ending, "end_deposited", lambda _those, now: 0)
    entered(issuer, *(REVOKED | {"number": each} for each in numbers))
    monkeypatch.undo()
    monkeypatch.setattr(ending, "REVOKED_AT_ONCE", 2)
    with CaptureQueriesContext(connection) as asked:
        assert operations.take_back(actor=SYSTEM, now=NOW) == len(numbers)
    read = [each["sql"] for each in asked if 'ORDER BY "register_certificate"."specification_id"' in each["sql"]]
    assert len([sql for sql in read if sql.endswith("LIMIT 2")]) == 3
    assert stands(issuer.learner_id) == []


def test_a_list_of_many_that_hold_no_more_enters_in_short_steps(issuer, place, monkeypatch):
    numbers = [f"YJ000{number}" for number in range(1, 6)]
    at_once(place, own(*(ROW | {"certificate_number": each} for each in numbers)), "a.csv")
    monkeypatch.setattr(entering, "ENDED_A_STEP", 2)
    steps = []
    take_back = entering.take_back_numbers
    monkeypatch.setattr(
        entering, "take_back_numbers", lambda **given: steps.append(len(given["numbers"])) or take_back(**given)
    )
    entered(issuer, {"number": "YJ0009"}, *(REVOKED | {"number": each} for each in numbers), {"number": "YJ0008"})
    assert steps == [2, 2, 1]
    assert stands(issuer.learner_id) == []
    assert models.Certificate.objects.filter(issuer_id=issuer.id).count() == len(numbers) + 2


def test_a_merged_account_takes_its_revocation_along(issuer, place):
    survivor = account(issuer)
    at_once(place, own(ROW), "a.csv")
    merge(issuer, survivor, issuer.learner_id)
    entered(issuer, REVOKED)
    assert (stands(survivor), stands(issuer.learner_id)) == ([], [])
    assert book.check_roots().broken == ()


def test_what_was_ended_does_not_come_back_by_a_merge(issuer, place):
    survivor = account(issuer)
    at_once(place, own(ROW), "a.csv")
    entered(issuer, REVOKED)
    merge(issuer, survivor, issuer.learner_id)
    assert stands(survivor) == []
    assert [row.learner_id for row in models.Ended.objects.all()] == [survivor]


def account(issuer):
    people = [NewPerson("林晓岚", document(11, kind=DocumentKind.RESIDENT_ID))]
    [opened] = learners.open_many(actor=SYSTEM, organization_id=issuer.id, people=people, now=NOW).values()
    return opened


def merge(issuer, survivor, other):
    given = {"actor": SYSTEM, "organization_id": issuer.id, "reason": "同一人", "now": NOW}
    merge_accounts(survivor_id=survivor, other_id=other, **given)


def test_own_data_say_why_it_counts_no_more(issuer, place):
    at_once(place, own(ROW), "a.csv")
    entered(issuer, REVOKED)
    with zipfile.ZipFile(io.BytesIO(export_learner(actor=issuer.learner, now=NOW))) as file:
        [told] = json.loads(file.read("my-data.json"))["withdrawn"]
    assert "替考查实" in told["reason"]


@pytest.mark.django_db(transaction=True)
def test_erasing_a_person_leaves_nothing_of_what_was_ended():
    issuer = small_issuer()
    given = {"actor": SYSTEM, "starts": date(2020, 1, 1), "ends": None, "decision": "2020-1", "now": NOW}
    catalogue.accredit(specification_id=issuer.english, **given)
    at_once(places.by_id(issuer.id), own(ROW), "a.csv")
    entered(issuer, REVOKED)
    with as_application():
        erase_learner(actor=SYSTEM, organization_id=issuer.id, learner_id=issuer.learner_id, reason="本人要求", now=NOW)
    assert models.Ended.objects.count() == 0
    assert book.check_roots().broken == ()
