"""A certificate that the two accounts of one person tell with its number and without is one after they are merged."""

from datetime import timedelta

import pytest

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import SpentTwice
from creditbank.catalogue import operations as catalogue
from creditbank.catalogue.types import NewSpecification, SpecificationKind
from creditbank.journeys.merge_accounts import merge_accounts
from creditbank.kernel.certificates import part_of
from creditbank.kernel.text import Text
from tests.rooms.archive.conftest import NOW, SYSTEM, frame
from tests.rooms.journeys import world as j

DAY = 20240600
NUMBERED, ANOTHER = part_of("LM-0001"), part_of("LM-0002")
CLAIM = {"actor": SYSTEM, "scope": "award:nursing", "reference": "case:1", "now": NOW}


def deposited(person, learner, *parts, reference=None, **values):
    """Let one of the two accounts have certificates of one kind and day, told apart by their parts."""
    rows = [person.bank.row(learner, 1, obtained=DAY, part=part, **values) for part in parts]
    return person.post(rows, reference=reference or f"of-{learner}-{parts}-{values}")


def parts(learner_id):
    return sorted(key.part for key in j.keys(learner_id) if key.obtained == DAY)


@pytest.mark.parametrize(("mine", "theirs"), [(0, NUMBERED), (NUMBERED, 0), (NUMBERED, NUMBERED), (0, 0)])
def test_told_with_and_without_its_number_it_counts_once(person, mine, theirs):
    deposited(person, 0, mine)
    deposited(person, 1, theirs)
    merge_accounts(**person.merging)
    assert parts(person.mine) == [mine]


@pytest.mark.parametrize(("mine", "theirs"), [([0], [NUMBERED, ANOTHER]), ([NUMBERED, ANOTHER], [0])])
def test_one_without_a_number_is_one_of_several(person, mine, theirs):
    deposited(person, 0, *mine)
    deposited(person, 1, *theirs)
    merge_accounts(**person.merging)
    assert len(parts(person.mine)) == 2


def test_two_numbers_are_two_certificates(person):
    deposited(person, 0, NUMBERED)
    deposited(person, 1, ANOTHER)
    merge_accounts(**person.merging)
    assert parts(person.mine) == sorted([NUMBERED, ANOTHER])


def test_what_is_told_with_its_number_in_both_leaves_the_one_without_a_number_for_itself(person):
    deposited(person, 0, NUMBERED)
    deposited(person, 1, 0, NUMBERED)
    merge_accounts(**person.merging)
    assert parts(person.mine) == [0, NUMBERED]


def test_what_says_something_else_stands_beside(person):
    deposited(person, 0, NUMBERED, grade=9000)
    deposited(person, 1, 0, grade=6000)
    merge_accounts(**person.merging)
    assert parts(person.mine) == [0, NUMBERED]


def test_what_one_of_them_spent_is_spent(person):
    deposited(person, 0, NUMBERED)
    deposited(person, 1, 0)
    archive.use(key=person.key(1, 1, obtained=DAY), **CLAIM)
    merge_accounts(**person.merging)
    assert [claim.key.part for claim in book.claims(person.mine)] == [NUMBERED]


def test_spent_in_both_refuses_the_merging(person):
    deposited(person, 0, NUMBERED)
    deposited(person, 1, 0)
    archive.use(key=person.key(0, 1, obtained=DAY, part=NUMBERED), **CLAIM)
    archive.use(key=person.key(1, 1, obtained=DAY), **CLAIM)
    j.nothing_changes(lambda: merge_accounts(**person.merging), SpentTwice)


def test_a_correction_that_comes_late_corrects_what_it_lives_on_in(person):
    deposited(person, 0, NUMBERED)
    deposited(person, 1, 0)
    merge_accounts(**person.merging)
    deposited(person, 1, 0, revision=1, grade=9900)
    [entry] = [entry for entry in book.entries(person.mine) if entry.key.obtained == DAY]
    assert (entry.key.part, entry.revision, entry.grade.value) == (NUMBERED, 1, 9900)


def test_what_the_survivor_had_until_it_was_withdrawn_keeps_its_number(person):
    """Under another part the next file with this number would bring it a second time."""
    deposited(person, 0, NUMBERED, reference="wrong-account")
    archive.withdraw_posting(actor=SYSTEM, reference="wrong-account", reason="错户", now=NOW)
    deposited(person, 1, NUMBERED)
    merge_accounts(**person.merging)
    assert parts(person.mine) == [NUMBERED]
    [entry] = [entry for entry in book.entries(person.mine) if entry.key.obtained == DAY]
    assert entry.revision == 1
    assert j.verifies(book.entry_proof(actor=SYSTEM, key=entry.key))


@pytest.fixture
def certificate(person):
    """What the two accounts have is a certificate: its number says which."""
    new = NewSpecification(
        kind=SpecificationKind.CERTIFICATE,
        name=Text("养老护理员"),
        owner_id=person.bank.school,
        issuer_id=person.bank.school,
    )
    return catalogue.define_specification(actor=SYSTEM, new=new, now=NOW).id


@pytest.mark.parametrize("later", [0, 1])
def test_what_one_number_is_told_of_differently_is_what_was_told_last(person, certificate, later):
    for learner in sorted((0, 1), key=lambda each: each == later):
        row = person.bank.row(learner, 1, obtained=DAY, part=NUMBERED, grade=9000 if learner == later else 6000)
        at = NOW + timedelta(days=learner == later)
        given = {"actor": SYSTEM, "organization_id": person.bank.school, "reference": f"of-{learner}", "now": at}
        posting = archive.begin_posting(**given)
        archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([row | {"specification_id": certificate}])])
        archive.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=at)
    merge_accounts(**person.merging)
    [entry] = [entry for entry in book.entries(person.mine) if entry.key.obtained == DAY]
    assert (entry.key.part, entry.grade.value, entry.revision) == (NUMBERED, 9000, later)
    assert j.verifies(book.entry_proof(actor=SYSTEM, key=entry.key))
