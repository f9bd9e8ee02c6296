"""Two accounts of one person become one: nothing is lost, nothing counts twice, nothing is spent twice."""

import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import pytest
from django.db import DatabaseError, connection, transaction

from creditbank.archive import operations as archive, queries as book
from creditbank.archive.errors import EntriesUnderWay, EntryNotFound, SpentTwice
from creditbank.archive.types import JournalKind, MoveCounts
from creditbank.deposits import posting as deposit_posting
from creditbank.enrolments import operations as studies, queries as enrolments
from creditbank.enrolments.types import Status, StatusChange
from creditbank.journeys.merge_accounts import beside, merge_accounts
from creditbank.kernel.errors import NotPermitted, Refusal
from creditbank.kernel.permissions import Permission
from creditbank.learners import queries as accounts
from creditbank.learners.errors import AccountNotOpen, LearnerNotFound, ReasonMissing, SameAccount
from tests.properties.test_claims import rebuilt
from tests.rooms.archive.conftest import NOW, SYSTEM, frame
from tests.rooms.journeys import world as j

CLAIM = {"actor": SYSTEM, "scope": "award:nursing", "reference": "case:1", "now": NOW}


def test_survivor_gets_what_both_had_and_what_both_had_alike_counts_once(person):
    before = book.figures().entries
    counts = merge_accounts(**person.merging)
    assert counts == MoveCounts(entries=1, doubled=1, claims=0)
    here = person.bank.school
    assert {(key.organization_id, key.specification_id, key.obtained) for key in j.keys(person.mine)} == {
        (here, person.bank.courses[0], 20260600),
        (here, person.bank.courses[1], 20260600),
        (person.bank.other_school, person.bank.courses[2], 20250000),
    }
    assert j.totals(person.mine) == {1: 300 + 300 + 450}
    assert book.figures().entries == before - 1
    assert book.figures().learners == 2


def test_other_account_has_nothing_in_force_and_its_rows_stay_in_the_book(person):
    merge_accounts(**person.merging)
    assert j.keys(person.theirs) == []
    assert j.totals(person.theirs) == {}
    assert len(book.revisions(person.key(1))) == 1
    with pytest.raises(EntryNotFound):
        archive.use(key=person.key(1), **CLAIM)


def test_number_of_the_other_leads_to_the_survivor(person):
    gone = j.number(person.theirs)
    merge_accounts(**person.merging)
    assert accounts.by_account_number(gone).learner_id == person.mine
    assert accounts.survivors([person.mine, person.theirs, person.somebody, 10**9]) == {
        person.mine: person.mine,
        person.theirs: person.mine,
        person.somebody: person.somebody,
    }
    assert accounts.living() == 2


def test_entries_written_again_keep_their_origin_and_prove_themselves(person):
    merge_accounts(**person.merging)
    for key in j.keys(person.mine):
        proof = book.entry_proof(actor=SYSTEM, key=key)
        assert j.verifies(proof)
        assert j.number(person.mine) in proof.form
    [moved] = j.facts("archive.account_moved.v1")
    posting = book.posting(moved["batch"])
    assert (posting.rows, posting.organization_id) == (1, person.bank.school)
    assert [fact["batch"] for fact in j.facts("archive.batch_posted.v1")] == ["first", "second", moved["batch"]]
    assert book.leaves(posting.id) != []


def test_same_key_with_other_values_is_kept_beside(person):
    person.post([person.bank.row(0, 2, grade=9000), person.bank.row(1, 2, grade=6000)], reference="third")
    merge_accounts(**person.merging)
    here = [e for e in book.entries(person.mine) if e.key.specification_id == person.bank.courses[2]]
    at_school = [(e.key.part, e.grade.value) for e in here if e.key.organization_id == person.bank.school]
    assert at_school == [(0, 9000), (1, 6000)]
    assert j.verifies(book.entry_proof(actor=SYSTEM, key=here[1].key))


def test_corrected_entry_comes_with_its_last_values(person):
    person.post([person.bank.row(1, 1, obtained=20240000, grade=5000)], reference="third")
    person.post([person.bank.row(1, 1, obtained=20240000, grade=7000, revision=1)], reference="fourth")
    merge_accounts(**person.merging)
    [entry] = [entry for entry in book.entries(person.mine) if entry.key.obtained == 20240000]
    assert entry.grade.value == 7000


def test_enrolments_move_and_entries_point_to_them(person):
    person.post([person.bank.row(1, 1, obtained=20230000, enrolment=1)], reference="third")
    merge_accounts(**person.merging)
    found = enrolments.by_learner(person.mine)
    assert [(each.number, each.student_number) for each in found] == [(1, "2024001"), (2, "2025002")]
    assert enrolments.by_learner(person.theirs) == ()
    [entry] = [entry for entry in book.entries(person.mine) if entry.key.obtained == 20230000]
    assert entry.enrolment == 2
    [fact] = j.facts("enrolments.enrolments_moved.v1")
    assert (fact["moved"], fact["joined"]) == (1, 0)


def test_enrolment_that_both_had_is_one_and_as_far_on_as_either(person):
    person.enrol(person.theirs, "2024001", status=Status.GRADUATED, class_name="护理2403")
    merge_accounts(**person.merging)
    found = enrolments.by_learner(person.mine)
    assert [(each.student_number, each.status) for each in found] == [
        ("2024001", Status.GRADUATED),
        ("2025002", Status.REGISTERED),
    ]
    assert found[0].class_name == "护理2403"


def test_claims_and_journal_live_on_and_the_other_gives_everything_back(person):
    moved = person.key(1, 2, obtained=20250000)
    other = book.entries(person.theirs)[-1].key
    assert other.specification_id == moved.specification_id
    archive.hold(key=other, **CLAIM)
    archive.use(key=other, **CLAIM)
    archive.hold(key=person.key(1), **{**CLAIM, "scope": "award:care"})
    counts = merge_accounts(**person.merging)
    assert counts.claims == 2
    claims = book.claims(person.mine)
    assert [(claim.scope, claim.kind) for claim in claims] == [
        ("award:care", JournalKind.HOLD),
        ("award:nursing", JournalKind.USE),
    ]
    assert [row.kind for row in book.journal(person.mine)] == ["hold", "use", "hold"]
    for learner_id in (person.mine, person.theirs):
        assert rebuilt(book.journal(learner_id)) == book.claims(learner_id)
    assert book.claims(person.theirs) == []


def test_what_the_survivor_claims_is_not_undone_by_the_others_ended_story(person):
    archive.hold(key=person.key(1), **CLAIM)
    archive.release(key=person.key(1), **CLAIM)
    archive.use(key=person.key(0), **CLAIM)
    merge_accounts(**person.merging)
    assert rebuilt(book.journal(person.mine)) == book.claims(person.mine)
    assert [claim.kind for claim in book.claims(person.mine)] == [JournalKind.USE]


@pytest.mark.parametrize(("mine", "theirs"), [("use", "use"), ("hold", "use"), ("use", "hold")])
def test_same_achievement_spent_in_both_refuses_the_merging(person, mine, theirs):
    getattr(archive, mine)(key=person.key(0), **CLAIM)
    getattr(archive, theirs)(key=person.key(1), **CLAIM)
    j.nothing_changes(partial(merge_accounts, **person.merging), SpentTwice)


def test_same_achievement_spent_in_two_scopes_is_no_obstacle(person):
    archive.use(key=person.key(0), **CLAIM)
    archive.use(key=person.key(1), **{**CLAIM, "scope": "award:care"})
    merge_accounts(**person.merging)
    assert {claim.scope for claim in book.claims(person.mine)} == {"award:nursing", "award:care"}


@pytest.mark.parametrize("learner", [0, 1])
def test_batch_under_way_refuses_the_merging(person, learner):
    posting = archive.begin_posting(actor=SYSTEM, organization_id=person.bank.school, reference="open", now=NOW)
    archive.post_many(actor=SYSTEM, posting=posting, frames=[frame([person.bank.row(learner, 1, obtained=20220000)])])
    j.nothing_changes(partial(merge_accounts, **person.merging), EntriesUnderWay)


def test_batch_that_was_planned_before_finds_the_survivor(person):
    """The plan of a batch is sealed, so its rows go to the old account; finishing carries them over."""
    corrected = person.key(1, 2, obtained=20250000)
    merge_accounts(**person.merging)
    row = person.bank.row
    late = [row(1, 1, obtained=20220000), row(1, 2, obtained=20250000, revision=1, grade=9900)]
    person.post(late[:1], reference="late")
    person.post(late[1:], reference="late-too", school=person.bank.other_school)
    found = {entry.key.obtained: entry for entry in book.entries(person.mine) if entry.key.obtained != 20260600}
    assert sorted(found) == [20220000, corrected.obtained]
    assert found[20250000].grade.value == 9900
    assert found[20250000].revision == 1
    assert j.keys(person.theirs) == []
    for entry in found.values():
        assert j.verifies(book.entry_proof(actor=SYSTEM, key=entry.key))


def test_rows_that_come_late_keep_their_enrolment(person):
    """The plan says what number the enrolment had under the old account; it is another one where that lives on."""
    number = person.enrol(person.theirs, "2026777")
    merge_accounts(**person.merging)
    merge_accounts(**{**person.centre, "survivor_id": person.somebody, "other_id": person.mine})
    person.post([person.bank.row(1, 1, obtained=20220000, enrolment=number)], reference="late")
    [entry] = [entry for entry in book.entries(person.somebody) if entry.key.obtained == 20220000]
    [study] = [each for each in enrolments.by_learner(person.somebody) if each.student_number == "2026777"]
    assert entry.enrolment == study.number != number


def test_plan_of_a_batch_names_the_account_that_lives(person):
    merge_accounts(**person.merging)
    rows = frame([person.bank.row(1), person.bank.row(0)])
    assert deposit_posting.with_living_accounts(rows)["learner_id"].to_list() == [person.mine, person.mine]


def test_one_after_the_other_three_accounts_become_one(person):
    merge_accounts(**person.merging)
    merge_accounts(**{**person.centre, "survivor_id": person.somebody, "other_id": person.mine})
    assert len(j.keys(person.somebody)) == 3
    assert book.figures().entries == 3
    assert accounts.survivors([person.theirs]) == {person.theirs: person.somebody}
    person.post([person.bank.row(1, 1, obtained=20220000)], reference="late")
    assert len(j.keys(person.somebody)) == 4


@pytest.mark.parametrize(
    "fact",
    [
        "learners.accounts_merged.v1",
        "enrolments.enrolments_moved.v1",
        "archive.batch_posted.v1",
        "archive.account_moved.v1",
    ],
)
def test_nothing_is_merged_without_its_facts(person, fact):
    archive.use(key=person.key(1), **CLAIM)
    j.break_evidence(fact)
    j.nothing_changes(partial(merge_accounts, **person.merging), DatabaseError, "log is full")


def test_who_may_not_merge_is_refused_in_every_room(person):
    seeing = j.clerk(Permission.LEARNERS_ACCOUNT_VIEW, at=person.bank.school)
    j.nothing_changes(partial(merge_accounts, **{**person.merging, "actor": seeing}), NotPermitted)
    with pytest.raises(NotPermitted):
        archive.move_account(
            actor=seeing,
            organization_id=person.bank.school,
            survivor_id=person.mine,
            other_id=person.theirs,
            enrolments={},
            now=NOW,
        )


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        ({"reason": " "}, ReasonMissing),
        ({"survivor_id": 10**9}, LearnerNotFound),
    ],
)
def test_merging_without_reason_or_account_is_refused(person, change, refusal):
    j.nothing_changes(partial(merge_accounts, **{**person.merging, **change}), refusal)


def test_account_is_not_merged_twice_nor_into_itself(person):
    merge_accounts(**person.merging)
    j.nothing_changes(partial(merge_accounts, **person.merging), AccountNotOpen)
    itself = {**person.merging, "other_id": person.mine}
    j.nothing_changes(partial(merge_accounts, **itself), SameAccount)


def test_holder_reads_why(person):
    merge_accounts(**person.merging)
    profile = accounts.profile(actor=j.learner(person.mine), learner_id=person.mine, now=NOW)
    assert [access.purpose for access in profile.accesses] == [j.REASON]


def test_both_are_seen_beside_each_other(person):
    numbers = (j.number(person.mine), j.number(person.theirs))
    mine, theirs = beside(actor=SYSTEM, numbers=numbers, now=NOW)
    assert (mine.achievements, theirs.achievements) == (2, 2)
    assert [each.hundredths for each in theirs.sums] == [750]
    merge_accounts(**person.merging)
    with pytest.raises(SameAccount):
        beside(actor=SYSTEM, numbers=numbers, now=NOW)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("crosswise", [True, False])
def test_of_two_mergings_at_once_one_wins(crosswise):
    person = j.filled()
    start = Barrier(2)

    def merge(place):
        try:
            start.wait(timeout=30)
            pair = (person.theirs, person.mine) if place and crosswise else (person.mine, person.theirs)
            merge_accounts(**{**person.merging, "survivor_id": pair[0], "other_id": pair[1]})
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as threads:
        answers = list(threads.map(merge, range(2)))
    assert sorted(answers, key=str) == [AccountNotOpen, None]
    assert len(j.facts("archive.account_moved.v1")) == 1
    assert len(j.keys(person.mine)) + len(j.keys(person.theirs)) == 3


@pytest.mark.django_db(transaction=True)
def test_use_and_merging_at_once_spend_once():
    person = j.filled()
    archive.use(key=person.key(0), **CLAIM)
    start = Barrier(2)

    def run(act):
        try:
            start.wait(timeout=30)
            act()
        except Refusal as refusal:
            return type(refusal)
        finally:
            connection.close()

    acts = [partial(merge_accounts, **person.merging), partial(archive.use, key=person.key(1), **CLAIM)]
    with ThreadPoolExecutor(2) as threads:
        merged, used = threads.map(run, acts)
    assert (merged, used) in [(SpentTwice, None), (None, EntryNotFound)]
    assert len(book.claims(person.mine)) == 1


@pytest.mark.django_db(transaction=True)
def test_what_a_registrar_changes_while_a_merging_waits_moves_along():
    person = j.filled()
    [theirs, *_] = enrolments.by_learner(person.theirs)
    left = StatusChange(Status.SUSPENDED, NOW.date())

    def merge():
        try:
            return merge_accounts(**person.merging)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        with transaction.atomic():
            studies.change_status(actor=SYSTEM, learner_id=person.theirs, number=theirs.number, change=left, now=NOW)
            merging = thread.submit(merge)
            waits_for_a_lock()
            assert not merging.done()
        merging.result(timeout=30)
    moved = [each for each in enrolments.by_learner(person.mine) if each.place == theirs.place]
    assert [each.status for each in moved] == [Status.SUSPENDED]


def waits_for_a_lock():
    """Return once somebody waits for a lock that another holds."""
    end = time.monotonic() + 30
    with connection.cursor() as cursor:
        while time.monotonic() < end:
            cursor.execute("SELECT count(*) FROM pg_locks WHERE NOT granted AND locktype = 'advisory'")
            if cursor.fetchone() != (0,):
                return
            time.sleep(0.02)
    pytest.fail("nobody waited")
