"""What a learner took over from the issuer's register follows the register, whatever the issuer's files say of it."""

from datetime import date

import pytest

from creditbank.archive import queries as archive
from creditbank.catalogue import operations as catalogue
from creditbank.kernel.certificates import part_of
from creditbank.organizations import queries as organizations
from creditbank.register import operations
from tests.conftest import NOW
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


def test_once_the_register_took_it_back_no_file_brings_it_again(issuer, place):
    claimed(issuer)
    entered(issuer, {"status": "撤销"})
    assert codes(at_once(place, own(ROW | {"grade": "86"}), "a.csv")) == [(2, "certificate_revoked")]
    assert entries(issuer) == []
