"""What the register is for: certificates confirm themselves, enter their holder's archive, and are taken back."""

import io
import json
import zipfile
from dataclasses import replace
from datetime import timedelta

import pytest

from creditbank.archive import operations as archive, queries as book
from creditbank.catalogue import operations as catalogue
from creditbank.journeys.erase_learner import erase_learner
from creditbank.journeys.export_learner import export_learner
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.certificates import part_of
from creditbank.kernel.documents import DocumentKind
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.review import SameReaderTwice, StageClosed, Verdict as Reading
from creditbank.learners import operations as learners
from creditbank.learners.types import NewPerson
from creditbank.organizations import queries as places
from creditbank.register import errors, models, operations, queries
from creditbank.register.queries import taken, wished
from creditbank.register.types import Status, Verdict, Wish, WishStage
from tests.conftest import NOW
from tests.rooms.archive.conftest import frame
from tests.rooms.deposits.conftest import staff
from tests.rooms.deposits.test_sheets import at_once, own
from tests.rooms.journeys.world import as_application
from tests.rooms.learners.people import document
from tests.rooms.register.issuing import SYSTEM, entered, small_issuer

TODAY = NOW.date()


def claim(issuer, number="YJ0001", **changes):
    given = {"actor": issuer.learner, "issuer_id": issuer.id, "number": number, "now": NOW}
    return operations.claim(**{**given, **changes})


def confirmed(issuer, number="YJ0001", **who):
    return queries.confirm(issuer_id=issuer.id, number=number, today=TODAY, **who).verdict


def asked(issuer, actor, wish=Wish.REVOKE, number="YJ0001", reason="替考查实"):
    given = {"actor": actor, "organization_id": issuer.id, "specification_id": issuer.english, "now": NOW}
    return operations.ask(number=number, wish=wish, reason=reason, **given)


def decided(actor, wish, verdict=Reading.APPROVE):
    return operations.decide(actor=actor, public_id=wish, verdict=verdict, now=NOW)


def keys_in_force(learner_id):
    return [entry.key for entry in book.entries(learner_id)]


def names(issuer):
    return [each.name.zh for each in book.archive_of(actor=issuer.learner, learner_id=issuer.learner_id)]


def test_certificate_confirms_itself_by_document_account_or_name(issuer):
    entered(issuer, {})
    for who in ({"document": document(9)}, {"learner_id": issuer.learner_id}, {"name": "林 晓岚"}):
        assert confirmed(issuer, **who) is Verdict.CONFIRMED
    assert confirmed(issuer, number="ｙｊ０００１", name="林晓岚") is Verdict.CONFIRMED  # full width


def test_what_does_not_fit_is_not_confirmed(issuer):
    entered(issuer, {})
    assert confirmed(issuer, number="YJ0009", document=document(9)) is Verdict.UNKNOWN
    assert confirmed(issuer, document=document(8)) is Verdict.OTHER_HOLDER
    assert confirmed(issuer, document=document(9), name="周敏") is Verdict.OTHER_HOLDER
    assert confirmed(issuer) is Verdict.UNKNOWN


def test_who_asks_by_another_name_does_not_learn_that_the_certificate_exists(issuer):
    entered(issuer, {}, {"number": "YJ0002", "status": "撤销"})
    for number in ("YJ0001", "YJ0002", "YJ0009"):
        answer = queries.confirm(issuer_id=issuer.id, number=number, today=TODAY, name="周敏")
        assert (answer.verdict, answer.named) == (Verdict.UNKNOWN, None)
    assert confirmed(issuer, name="1") is Verdict.UNKNOWN


@pytest.mark.parametrize(
    ("change", "verdict", "refusal"),
    [
        ({"status": "撤销"}, Verdict.REVOKED, errors.CertificateRevoked),
        ({"status": "遗失补发"}, Verdict.REPLACED, errors.CertificateReplaced),
        ({"until": "2026-10"}, Verdict.EXPIRED, errors.CertificateExpired),
    ],
)
def test_certificate_that_holds_no_more_says_so_and_enters_no_archive(issuer, change, verdict, refusal):
    entered(issuer, change)
    assert confirmed(issuer, name="林晓岚") is verdict
    assert [own.verdict for own in queries.own(actor=issuer.learner, today=TODAY)] == [verdict]
    with pytest.raises(refusal):
        claim(issuer)
    assert names(issuer) == []


def test_certificate_that_expires_later_today_still_holds(issuer):
    entered(issuer, {"until": "2026-11-22"})
    assert confirmed(issuer, name="林晓岚") is Verdict.CONFIRMED


def test_own_certificate_enters_the_archive_once_and_proves_itself(issuer):
    entered(issuer, {})
    assert claim(issuer).number == "YJ0001"
    [entry] = book.archive_of(actor=issuer.learner, learner_id=issuer.learner_id)
    assert (entry.name.zh, entry.entry.credits, entry.entry.key.obtained) == ("大学英语四级", 300, 20260628)
    assert book.check_roots().broken == ()
    with pytest.raises(errors.AlreadyInArchive):
        claim(issuer)
    [own] = queries.own(actor=issuer.learner, today=TODAY)
    assert (own.claimed_at, own.in_archive) == (NOW, True)


def test_two_certificates_of_one_kind_and_day_are_told_apart_by_their_numbers(issuer):
    entered(issuer, {}, {"number": "YJ0002"})
    claim(issuer)
    assert [own.in_archive for own in queries.own(actor=issuer.learner, today=TODAY)] == [True, False]
    claim(issuer, number="YJ0002")
    assert names(issuer) == ["大学英语四级"] * 2
    entered(issuer, {"status": "撤销"})
    assert [key.part for key in keys_in_force(issuer.learner_id)] == [part_of("YJ0002")]


def deposited(issuer, number):
    given = {"starts": TODAY.replace(year=2020), "ends": None, "decision": "2020-1", "now": NOW}
    catalogue.accredit(actor=SYSTEM, specification_id=issuer.english, **given)
    row = {"kind": "证书", "person_name": "林晓岚", "document": document(9).number, "course": "大学英语四级"}
    at_once(places.by_id(issuer.id), own(row | {"certificate_number": number, "obtained": "20260628"}), "a.csv")


def test_a_certificate_that_was_issued_again_is_not_claimed_beside_what_was_deposited_under_its_old_number(issuer):
    deposited(issuer, "YJ0001")
    entered(issuer, {"status": "遗失补发"}, {"number": "YJ0002"})
    with pytest.raises(errors.AlreadyInArchive):
        claim(issuer, number="YJ0002")
    told = {each.named.certificate.number: each.in_archive for each in queries.own(actor=issuer.learner, today=TODAY)}
    assert told == {"YJ0001": True, "YJ0002": True}
    assert names(issuer) == ["大学英语四级"]


def test_which_of_two_certificates_was_issued_again_nobody_can_tell(issuer):
    deposited(issuer, "YJ0001")
    entered(issuer, {"status": "遗失补发"}, {"number": "YJ0002"}, {"number": "YJ0003"})
    claim(issuer, number="YJ0003")
    assert names(issuer) == ["大学英语四级"] * 2


def test_claim_of_what_is_unknown_or_another_s_is_refused(issuer):
    entered(issuer, {"document": document(8).number})
    with pytest.raises(errors.CertificateOfOther):
        claim(issuer)
    with pytest.raises(errors.CertificateNotFound):
        claim(issuer, number="YJ0009")
    with pytest.raises(NotPermitted):
        claim(issuer, actor=SYSTEM)


def test_certificate_of_an_earlier_document_is_found_too(issuer):
    entered(issuer, {})
    given = {"actor": SYSTEM, "organization_id": issuer.id, "learner_id": issuer.learner_id, "now": NOW}
    learners.replace_document(document=document(10), reason="换证", **given)
    assert claim(issuer).number == "YJ0001"


def test_revocation_takes_two_people_and_takes_the_entry_back(issuer, li, wang, zhao):
    entered(issuer, {})
    claim(issuer)
    wish = asked(issuer, li)
    with pytest.raises(SameReaderTwice):
        decided(li, wish)
    with pytest.raises(errors.WishNotFound):
        decided(zhao, wish)
    assert confirmed(issuer, name="林晓岚") is Verdict.CONFIRMED
    assert decided(wang, wish) is WishStage.DONE
    assert confirmed(issuer, name="林晓岚") is Verdict.REVOKED
    assert names(issuer) == []
    assert book.check_roots().broken == ()
    [own] = queries.own(actor=issuer.learner, today=TODAY)
    assert [event.note for event in own.named.events] == ["替考查实"]
    with pytest.raises(StageClosed):
        decided(wang, wish)


def test_restored_certificate_enters_the_archive_again(issuer, li, wang):
    entered(issuer, {})
    claim(issuer)
    decided(wang, asked(issuer, li))
    decided(wang, asked(issuer, li, Wish.RESTORE, reason="复核无误"))
    assert claim(issuer).status is Status.VALID
    assert names(issuer) == ["大学英语四级"]
    assert book.check_roots().broken == ()


def test_refused_wish_changes_nothing(issuer, li, wang):
    entered(issuer, {})
    wish = asked(issuer, li)
    assert decided(wang, wish, Reading.RETURN) is WishStage.REFUSED
    assert confirmed(issuer, name="林晓岚") is Verdict.CONFIRMED
    assert models.Event.objects.count() == 0


def test_wish_that_does_not_fit_is_refused(issuer, li, zhao):
    entered(issuer, {})
    with pytest.raises(errors.ReasonMissing):
        asked(issuer, li, reason=" ")
    with pytest.raises(errors.WishUnfitting):
        asked(issuer, li, Wish.RESTORE)
    with pytest.raises(errors.CertificateNotFound):
        asked(issuer, li, number="YJ0009")
    with pytest.raises(NotPermitted):
        asked(issuer, zhao)
    asked(issuer, li)
    with pytest.raises(errors.WishUnfitting):
        asked(issuer, li)
    assert [each.reason for each in wished.wishes(actor=li).rows] == ["替考查实"]
    assert wished.wishes(actor=zhao).rows == ()


def test_revocation_by_a_list_takes_the_entry_back(issuer):
    entered(issuer, {})
    claim(issuer)
    entered(issuer, {"status": "撤销", "note": "证书作废"})
    assert names(issuer) == []


def days(issuer):
    return [key.obtained for key in keys_in_force(issuer.learner_id)]


def test_corrected_day_moves_the_entry_and_leaves_one(issuer):
    entered(issuer, {})
    claim(issuer)
    entered(issuer, {"issued": "2026-06-27"})
    assert days(issuer) == [20260627]
    with pytest.raises(errors.AlreadyInArchive):
        claim(issuer)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
    assert book.check_roots().broken == ()
    entered(issuer, {"issued": "2026-06-27", "status": "撤销"})
    assert days(issuer) == []


def test_corrected_day_of_what_is_in_use_enters_no_second_time(issuer):
    entered(issuer, {})
    claim(issuer)
    [key] = keys_in_force(issuer.learner_id)
    given = {"actor": SYSTEM, "key": key, "scope": "award:1", "reference": "case:1", "now": NOW}
    archive.use(**given)
    entered(issuer, {"issued": "2026-06-27"})
    with pytest.raises(errors.AlreadyInArchive):
        claim(issuer)
    assert days(issuer) == [20260628]
    archive.reverse(**given)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    assert days(issuer) == [20260627]


def test_certificate_corrected_to_another_holder_leaves_the_first_one_s_archive(issuer):
    entered(issuer, {})
    claim(issuer)
    entered(issuer, {"document": document(8).number, "name": "周敏"})
    assert names(issuer) == []
    with pytest.raises(errors.CertificateOfOther):
        claim(issuer)


def test_entry_in_use_is_taken_back_once_the_use_is_reversed(issuer):
    entered(issuer, {})
    claim(issuer)
    [key] = keys_in_force(issuer.learner_id)
    given = {"actor": SYSTEM, "key": key, "scope": "award:1", "reference": "case:1", "now": NOW}
    archive.use(**given)
    entered(issuer, {"status": "撤销"})
    assert names(issuer) == ["大学英语四级"]
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
    archive.reverse(**given)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    assert names(issuer) == []
    with pytest.raises(NotPermitted):
        operations.take_back(actor=issuer.learner, now=NOW)


@pytest.mark.django_db(transaction=True)
def test_erasing_a_person_reaches_the_register():
    issuer = small_issuer()
    entered(issuer, {}, {"number": "YJ0002", "status": "撤销"}, {"number": "YJ0003", "document": document(8).number})
    entered(issuer, {"until": "2030"})
    claim(issuer)
    entered(issuer, {"number": "YJ0004", "issued": "201913"}, {"number": "YJ0005", "document": "1"})
    assert models.RefusedRow.objects.count() == 2
    assert models.Event.objects.count() == 2
    with as_application():
        erase_learner(actor=SYSTEM, organization_id=issuer.id, learner_id=issuer.learner_id, reason="本人要求", now=NOW)
    assert [row.number for row in models.Certificate.objects.all()] == ["YJ0003"]
    assert models.Event.objects.count() == models.Claim.objects.count() == 0
    assert [row.row for row in models.RefusedRow.objects.all()] == [3]


@pytest.mark.django_db(transaction=True)
def test_erasing_reaches_refused_rows_without_a_document_and_requests():
    issuer = small_issuer()
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    entered(issuer, {}, {"number": "YJ0003", "document": document(8).number, "name": "周敏"})
    asked(issuer, li, reason="林晓岚替考")
    decided(wang, asked(issuer, li, number="YJ0003"))
    unreadable = {"document": "1"}
    entered(
        issuer, unreadable, unreadable | {"name": "周敏"}, unreadable | {"number": "YJ0009"}, unreadable | {"name": ""}
    )
    with as_application():
        erase_learner(actor=SYSTEM, organization_id=issuer.id, learner_id=issuer.learner_id, reason="本人要求", now=NOW)
    assert [row.number for row in models.Wish.objects.all()] == ["YJ0003"]
    # Whose the others are the bank cannot tell: they go with their period.
    assert [row.row for row in models.RefusedRow.objects.order_by("row")] == [3, 4, 5]
    operations.forget_old(actor=SYSTEM, now=NOW + timedelta(days=181))
    assert models.RefusedRow.objects.count() == 0


@pytest.mark.django_db(transaction=True)
def test_erasing_leaves_what_is_asked_of_the_holder_that_a_certificate_was_corrected_to():
    issuer = small_issuer()
    entered(issuer, {})
    entered(issuer, {"document": document(8).number, "name": "周敏"})
    given = {"organization_id": issuer.id, "specification_id": issuer.english, "number": "YJ0001"}
    li, later = staff(1, issuer.id), NOW + timedelta(days=1)
    operations.ask(actor=li, wish=Wish.REVOKE, reason="替考查实", now=later, **given)
    with as_application():
        erase_learner(actor=SYSTEM, organization_id=issuer.id, learner_id=issuer.learner_id, reason="本人要求", now=NOW)
    assert models.Wish.objects.count() == 1
    models.Certificate.objects.all().delete()  # as one was left by an erasure of before
    operations.forget_old(actor=SYSTEM, now=NOW)
    assert models.Wish.objects.count() == 0


def test_own_data_say_what_the_register_has(issuer):
    entered(issuer, {})
    claim(issuer)
    with zipfile.ZipFile(io.BytesIO(export_learner(actor=issuer.learner, now=NOW))) as file:
        told = json.loads(file.read("my-data.json"))["certificates"]
    assert [(each["number"], each["verdict"]) for each in told] == [("YJ0001", "confirmed")]


def account(issuer, number=11):
    people = [NewPerson("林晓岚", document(number, kind=DocumentKind.RESIDENT_ID))]
    [opened] = learners.open_many(actor=SYSTEM, organization_id=issuer.id, people=people, now=NOW).values()
    return opened


def merge(issuer, survivor, other):
    given = {"actor": SYSTEM, "organization_id": issuer.id, "reason": "同一人", "now": NOW}
    merge_accounts(survivor_id=survivor, other_id=other, **given)


def in_use(key):
    given = {"actor": SYSTEM, "key": key, "scope": "award:1", "reference": "case:1", "now": NOW}
    archive.use(**given)


def given_back(learner_id):
    """Reverse the one use that an account has, wherever its entry lives by now."""
    [used] = book.claims(learner_id)
    archive.reverse(actor=SYSTEM, key=used.key, scope=used.scope, reference="case:1", now=NOW)


def test_merged_account_brings_its_certificates_along(issuer):
    survivor = account(issuer)
    entered(issuer, {})
    claim(issuer)
    merge(issuer, survivor, issuer.learner_id)
    assert confirmed(issuer, learner_id=survivor) is Verdict.CONFIRMED
    assert [row.learner_id for row in models.Claim.objects.all()] == [survivor]
    [key] = keys_in_force(survivor)
    assert (key.specification_id, key.obtained) == (issuer.english, 20260628)
    entered(issuer, {"status": "撤销"})
    assert keys_in_force(survivor) == []
    assert book.check_roots().broken == ()


@pytest.mark.parametrize("revoked_first", [False, True])
def test_revocation_follows_a_certificate_in_use_into_the_merged_account(issuer, revoked_first):
    survivor = account(issuer)
    entered(issuer, {}, {"number": "YJ0002", "certificate": "老年照护", "level": "中级"})
    claim(issuer)
    in_use(keys_in_force(issuer.learner_id)[0])
    claim(issuer, number="YJ0002")
    for step in sorted(("merge", "revoke"), reverse=revoked_first):
        if step == "merge":
            merge(issuer, survivor, issuer.learner_id)
        else:
            entered(issuer, {"status": "撤销", "note": "替考"})
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
    assert len(keys_in_force(survivor)) == 2
    given_back(survivor)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    [left] = keys_in_force(survivor)
    assert left.specification_id == issuer.care[1]
    [gone] = book.withdrawn_of(survivor)
    assert taken.reasons([gone.reference]) == {gone.reference: "替考"}
    assert book.check_roots().broken == ()
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0


def test_certificate_in_use_follows_through_two_merges_and_a_corrected_day(issuer):
    first, last = account(issuer), account(issuer, 12)
    entered(issuer, {})
    claim(issuer)
    in_use(keys_in_force(issuer.learner_id)[0])
    merge(issuer, first, issuer.learner_id)
    merge(issuer, last, first)
    entered(issuer, {"issued": "2026-06-27"})
    given_back(last)
    assert operations.take_back(actor=SYSTEM, now=NOW) == 1
    assert [key.obtained for key in keys_in_force(last)] == [20260627]
    entered(issuer, {"issued": "2026-06-27", "status": "撤销"})
    assert keys_in_force(last) == []
    assert book.check_roots().broken == ()


def test_claim_that_the_survivor_made_itself_stands_after_a_merge(issuer):
    """The certificate was corrected from one person to another, who is the same."""
    survivor = account(issuer)
    entered(issuer, {})
    claim(issuer)
    in_use(keys_in_force(issuer.learner_id)[0])
    entered(issuer, {"document": document(11, kind=DocumentKind.RESIDENT_ID).number})
    claim(issuer, actor=replace(issuer.learner, learner_id=survivor))
    given_back(issuer.learner_id)
    merge(issuer, survivor, issuer.learner_id)
    assert [(row.learner_id, row.withdrawn_at) for row in models.Claim.objects.all()] == [(survivor, None)]
    assert len(keys_in_force(survivor)) == 1
    entered(issuer, {"document": document(11, kind=DocumentKind.RESIDENT_ID).number, "status": "撤销"})
    assert keys_in_force(survivor) == []


@pytest.mark.parametrize("used", [True, False])
@pytest.mark.parametrize("claims", ["survivor", "other"])
def test_certificate_that_its_issuer_deposited_without_a_number_is_the_claimed_one(issuer, claims, used):
    """The deposit tells another grade, and no number: the register knows that it is the same certificate."""
    by_deposit = account(issuer)
    entered(issuer, {})
    claim(issuer)
    values = {"revision": 0, "enrolment": 0, "credits": 300, "hours": None, "grade": 8600, "grade_scale": 1}
    row = {"learner_id": by_deposit, "specification_id": issuer.english, "obtained": 20260628, "part": 0, "unit_id": 1}
    given = {"actor": SYSTEM, "organization_id": issuer.id, "reference": "deposit", "now": NOW}
    posting = archive.begin_posting(**given)
    archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([row | values])])
    archive.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)
    if used:
        in_use(keys_in_force(issuer.learner_id)[0])
    pair = (issuer.learner_id, by_deposit) if claims == "survivor" else (by_deposit, issuer.learner_id)
    merge(issuer, *pair)
    [key] = keys_in_force(pair[0])
    assert key.part == (part_of("YJ0001") if claims == "survivor" else 0)
    assert [each.key for each in book.claims(pair[0])] == [key] * used
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0
