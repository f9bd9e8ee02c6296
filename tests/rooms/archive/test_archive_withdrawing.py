"""A batch is withdrawn: its rows stay, prove themselves and count no more; what is in use keeps it in."""

import hashlib
import json
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryNotFound, PostingInUse, PostingNotInForce
from creditbank.archive.models import Posting
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.grades import Grade, Scale
from creditbank.kernel.permissions import Permission
from tests.rooms.archive.conftest import NOW, SYSTEM, frame, posted
from tests.rooms.archive.merging import merged

LATER = NOW + timedelta(days=1)
REASON = "整批成绩取错了学期"


def withdraw(reference="2026-0001", actor=SYSTEM, now=LATER):
    return operations.withdraw_posting(actor=actor, reference=reference, reason=REASON, now=now)


def claim(act, key, scope="award:1"):
    getattr(operations, act)(actor=SYSTEM, key=key, scope=scope, reference="case:1", now=NOW)


def grades(bank):
    return [entry.grade.value for entry in queries.entries(bank.learners[0])]


def test_withdrawn_entries_stay_in_the_book_and_count_nowhere(bank):
    posted(bank, [bank.row(), bank.row(1, 1)])
    closed = withdraw()
    assert (closed.posted_at, closed.withdrawn_at) == (NOW, LATER)
    assert queries.entries(bank.learners[0]) == []
    assert queries.archive_of(actor=SYSTEM, learner_id=bank.learners[1]) == []
    assert (queries.figures().entries, queries.figures().learners) == (0, 0)
    assert queries.public_figures(now=LATER).batches_this_year == 0
    assert len(queries.leaves(closed.id)) == 2
    checked = queries.check_roots()
    assert (checked.batches, checked.rows, checked.broken) == (1, 2, ())
    [gone] = queries.withdrawn_of(bank.learners[0])
    assert (gone.achievement.entry.key, gone.at, gone.reference) == (bank.key(), LATER, "2026-0001")


def test_a_withdrawn_entry_proves_itself_with_the_word(bank):
    closed, _ = posted(bank, [bank.row(), bank.row(1, 1)])
    withdraw()
    proof = queries.entry_proof(actor=SYSTEM, key=bank.key())
    reached = evidence.root_of_proof(leaf=proof.commitment, index=proof.index, size=proof.size, proof=proof.path)
    assert reached == proof.root == closed.root
    assert proof.document["withdrawn"] == LATER.isoformat()
    stranger = Actor(ActorKind.LEARNER, 9, "外人", (), learner_id=bank.learners[1])
    with pytest.raises(EntryNotFound):
        queries.entry_proof(actor=stranger, key=bank.key())


def test_a_withdrawal_is_one_fact_with_root_and_the_digest_of_its_reason(bank):
    closed, _ = posted(bank, [bank.row()])
    withdraw()
    [stored] = evidence.facts(name="archive.posting_withdrawn.v1")
    assert dict(stored.fact.body) == {
        "actor": "system:command-line",
        "batch": "2026-0001",
        "institution": bank.school,
        "grounds_sha256": hashlib.sha256(REASON.encode()).hexdigest(),
        "root": closed.root.hex(),
        "rows": 1,
    }


def test_what_a_withdrawn_batch_had_corrected_is_in_force_again(bank):
    posted(bank, [bank.row(grade=6000), bank.row(0, 1)])
    posted(bank, [bank.row(revision=1, grade=9000)], reference="2026-0002")
    assert grades(bank) == [9000, 8550]
    withdraw("2026-0002")
    assert grades(bank) == [6000, 8550]
    assert queries.withdrawn_of(bank.learners[0]) == ()
    newest, first = queries.revisions(bank.key())
    assert (newest.withdrawn_at, first.withdrawn_at) == (LATER, None)
    assert queries.figures().entries == 2


def test_a_re_send_takes_the_next_revision_and_is_new(bank):
    posted(bank, [bank.row()])
    withdraw(now=NOW)
    [row] = queries.stored(organization_id=bank.school, learner_ids=bank.learners).to_dicts()
    assert (row["revision"], row["standing"]) == (0, False)
    posted(bank, [bank.row(revision=1)], reference="2026-0002")
    assert grades(bank) == [8550]
    assert queries.figures().entries == 1
    assert queries.corrections("2026-0002", first=0, most=10) == ()
    assert queries.withdrawn_of(bank.learners[0]) == ()


def test_stored_values_are_the_standing_ones_behind_the_highest_number(bank):
    posted(bank, [bank.row(grade=6000)])
    posted(bank, [bank.row(revision=1, grade=9000)], reference="2026-0002")
    withdraw("2026-0002")
    [row] = queries.stored(organization_id=bank.school, learner_ids=bank.learners).to_dicts()
    assert (row["revision"], row["grade"], row["standing"]) == (1, 6000, True)
    [correction] = queries.corrections("2026-0002", first=0, most=10)
    assert (correction.old.grade, correction.new.grade) == (Grade(Scale.PERCENT, 6000), Grade(Scale.PERCENT, 9000))


def test_what_is_in_use_keeps_the_batch_in_and_is_counted_by_kind(bank):
    posted(bank, [bank.row(), bank.row(0, 1), bank.row(1), bank.row(2)])
    claim("hold", bank.key())
    claim("use", bank.key(0, 1))
    claim("use", bank.key(0, 1), scope="award:2")
    posted(bank, [bank.row(1, revision=1, grade=9000)], reference="2026-0002")
    merged(bank, 2)
    with pytest.raises(PostingInUse) as refused:
        withdraw()
    assert refused.value.details == {"held": 1, "used": 1, "converted": 0, "corrected": 1, "moved": 1}
    assert "1项" in refused.value.sentence("zh")
    assert "withdrawn" in refused.value.sentence("en")
    assert Posting.objects.get(reference="2026-0001").withdrawn_at is None


def test_what_was_given_back_does_not_keep_it_in(bank):
    posted(bank, [bank.row()])
    claim("hold", bank.key())
    claim("release", bank.key())
    posted(bank, [bank.row(revision=1, grade=9000)], reference="2026-0002")
    withdraw("2026-0002")
    withdraw()
    with pytest.raises(EntryNotFound):
        claim("hold", bank.key())


def test_what_is_written_and_not_posted_yet_keeps_it_in(bank):
    posted(bank, [bank.row()])
    given = {"actor": SYSTEM, "organization_id": bank.school, "now": NOW}
    under_way = operations.begin_posting(reference="2026-0002", **given)
    operations.post_many(actor=SYSTEM, posting=under_way, frames=[frame([bank.row(revision=1, grade=9000)])])
    with pytest.raises(PostingInUse) as refused:
        withdraw()
    assert refused.value.details["corrected"] == 1


@pytest.mark.parametrize("reference", ["2026-0009", "2026-0002", "2026-0001"])
def test_only_a_batch_in_force_is_withdrawn(bank, reference):
    posted(bank, [bank.row()])
    operations.begin_posting(actor=SYSTEM, organization_id=bank.school, reference="2026-0002", now=NOW)
    withdraw()
    with pytest.raises(PostingNotInForce):
        withdraw(reference)


def test_who_may_not_post_may_not_withdraw(bank):
    posted(bank, [bank.row()])
    elsewhere = Reach(organizations=frozenset({bank.other_school}))
    zhao = Actor(ActorKind.STAFF, 3, "赵", (Grant(Permission.DEPOSITS_BATCH_APPROVE, elsewhere),))
    with pytest.raises(NotPermitted):
        withdraw(actor=zhao)


def test_the_database_knows_no_withdrawn_batch_that_was_not_posted(bank):
    operations.begin_posting(actor=SYSTEM, organization_id=bank.school, reference="2026-0002", now=NOW)
    with pytest.raises(IntegrityError, match="posting_withdrawn_was_posted"), transaction.atomic():
        Posting.objects.update(withdrawn_at=LATER)


def test_a_merged_account_takes_along_what_stands_and_no_story_of_what_was_withdrawn(bank):
    posted(bank, [bank.row(), bank.row(1)])
    claim("hold", bank.key())
    claim("release", bank.key())
    withdraw()
    posted(bank, [bank.row(0, 1)], reference="2026-0002")
    moved = merged(bank, 0, into=1, now=LATER)
    assert (moved.entries, moved.doubled, moved.claims) == (1, 0, 0)
    assert queries.journal(bank.learners[1]) == []
    assert [entry.key.specification_id for entry in queries.entries(bank.learners[1])] == [bank.courses[1]]


def test_rows_of_a_batch_are_found_by_an_index_of_few_bytes(bank):
    with connection.cursor() as cursor:
        cursor.execute("SELECT indexdef FROM pg_indexes WHERE indexname = 'entry_by_posting'")
        assert "USING brin (posting_id)" in cursor.fetchone()[0]


def test_the_canonical_text_of_a_re_send_says_its_number(bank):
    posted(bank, [bank.row()])
    withdraw()
    posted(bank, [bank.row(revision=1)], reference="2026-0002")
    proof = queries.entry_proof(actor=SYSTEM, key=bank.key())
    assert json.loads(proof.form)["revision"] == 1
    assert "withdrawn" not in proof.document
