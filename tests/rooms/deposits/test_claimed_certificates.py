"""What a learner took over from the issuer's register follows the register, whatever the issuer's files say of it."""

from datetime import date

import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue
from creditbank.deposits import operations as deposits
from creditbank.kernel.certificates import part_of
from creditbank.kernel.text import Text
from creditbank.organizations import operations as organize, queries as organizations
from creditbank.organizations.types import OrganizationKind
from creditbank.register import operations
from tests.conftest import NOW
from tests.rooms.deposits.conftest import staff
from tests.rooms.deposits.test_certificate_numbers import approved
from tests.rooms.deposits.test_sheets import archive_of, at_once, codes, own, told
from tests.rooms.learners.people import document
from tests.rooms.register.issuing import SYSTEM, entered, small_issuer

ROW = {
    "kind": "证书",
    "person_name": "林晓岚",
    "document": document(9).number,
    "course": "大学英语四级",
    "certificate_number": "YJ0001",
    "obtained": "20260628",
}


@pytest.fixture
def issuer(db):
    found = small_issuer()
    given = {"actor": SYSTEM, "starts": date(2020, 1, 1), "ends": None, "decision": "2020-1", "now": NOW}
    catalogue.accredit(specification_id=found.english, **given)
    entered(found, {})
    return found


@pytest.fixture
def place(issuer):
    return organizations.by_id(issuer.id)


def claimed(issuer):
    operations.claim(actor=issuer.learner, issuer_id=issuer.id, number="YJ0001", now=NOW)


def entries(issuer):
    return [(entry.key.part, entry.credits, entry.revision) for entry in archive.entries(issuer.learner_id)]


@pytest.mark.parametrize("grade", ["", "合格", "86"])
def test_a_file_of_the_issuer_leaves_it_as_the_register_has_it(issuer, place, grade):
    claimed(issuer)
    counts = at_once(place, own(ROW | {"grade": grade}), "a.csv").batch.counts
    assert (counts.corrections, counts.duplicates) == (0, 1)
    assert entries(issuer) == [(part_of("YJ0001"), 300, 0)]


def test_it_is_taken_back_when_it_is_revoked_whatever_was_deposited_since(issuer, place):
    claimed(issuer)
    at_once(place, own(ROW | {"grade": "86"}), "a.csv")
    entered(issuer, {"status": "撤销"})
    assert entries(issuer) == []
    assert operations.take_back(actor=SYSTEM, now=NOW) == 0


def test_what_it_was_converted_into_enters_and_leads_to_it(issuer, place):
    claimed(issuer)
    into = {"target_course": "大学英语", "target_credits": "3", "target_obtained": "202609"}
    report = at_once(place, own(ROW | into), "a.csv")
    assert (codes(report), report.batch.counts.kept, report.batch.counts.duplicates) == ([], 1, 1)
    assert told(archive_of(document(9).number), "大学英语") == (["大学英语四级"], [])


def issued_again(issuer, *more):
    """Let YJ0001 be lost and issued again as YJ0002, which its holder claims."""
    entered(issuer, {"status": "遗失补发"}, {"number": "YJ0002"}, *more)
    operations.claim(actor=issuer.learner, issuer_id=issuer.id, number="YJ0002", now=NOW)


NEW = [(part_of("YJ0002"), 300, 0)]


@pytest.mark.parametrize("rows", [[ROW], [ROW | {"grade": "86"}], [ROW, ROW | {"certificate_number": "YJ0002"}]])
def test_a_file_with_the_number_that_was_lost_tells_of_what_was_claimed_under_the_new_one(issuer, place, rows):
    issued_again(issuer)
    assert codes(report := at_once(place, own(*rows), "a.csv")) == []
    assert (report.batch.counts.kept, report.batch.counts.corrections) == (0, 0)
    assert entries(issuer) == NEW


def test_it_is_told_when_it_was_claimed_after_the_check(issuer, place):
    li, wang = (staff(number, issuer.id) for number in (1, 2))
    batch = approved(li, wang, place, own(ROW), name="a.csv")
    issued_again(issuer)
    assert deposits.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts.duplicates == 1
    assert entries(issuer) == NEW


@pytest.mark.parametrize("checked", [False, True])
def test_what_it_was_converted_into_leads_to_what_was_claimed_under_the_new_number(issuer, place, checked):
    """`checked`: it is claimed when the file is approved."""
    into = {"target_course": "大学英语", "target_credits": "3", "target_obtained": "202609"}
    if not checked:
        issued_again(issuer)
    batch = approved(*(staff(number, issuer.id) for number in (1, 2)), place, own(ROW | into), name="a.csv")
    if checked:
        issued_again(issuer)
    counts = deposits.post(actor=SYSTEM, public_id=batch.public_id, now=NOW).counts
    assert (counts.kept, counts.duplicates) == (1, 1)
    assert told(archive_of(document(9).number), "大学英语") == (["大学英语四级"], [])


def test_another_institution_that_tells_of_the_lost_number_tells_of_the_same(issuer, place):
    given = {"actor": SYSTEM, "parent_id": None, "kind": OrganizationKind.INSTITUTION, "now": NOW}
    third = organize.open_organization(code="4131010857", name=Text("第三所学校"), **given)
    issued_again(issuer)
    counts = at_once(third, own(ROW | {"grade": "合格", "issuer_name": place.name.zh}), "a.csv").batch.counts
    assert (counts.kept, counts.duplicates + counts.conflicts) == (0, 1)
    assert entries(issuer) == NEW


def test_a_lost_number_stays_apart_where_nobody_can_tell_which_took_its_place(issuer, place):
    issued_again(issuer, {"number": "YJ0003"})
    at_once(place, own(ROW), "a.csv")
    assert [part for part, *_ in entries(issuer)] == sorted([part_of("YJ0001"), part_of("YJ0002")])


def test_what_was_deposited_under_the_lost_number_stays_when_nobody_has_claimed_the_new_one(issuer, place):
    entered(issuer, {"status": "遗失补发"}, {"number": "YJ0002"})
    for name in ("a.csv", "b.csv"):
        at_once(place, own(ROW | {"remark": name}), name)
    assert [part for part, *_ in entries(issuer)] == [part_of("YJ0001")]


def test_once_the_register_took_it_back_no_file_brings_it_again(issuer, place):
    claimed(issuer)
    entered(issuer, {"status": "撤销"})
    assert codes(at_once(place, own(ROW | {"grade": "86"}), "a.csv")) == [(2, "certificate_revoked")]
    assert entries(issuer) == []
