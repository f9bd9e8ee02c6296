"""Posting: entries enter the book as one batch, invisible until it is finished, with one root and one fact."""

import hashlib

import psycopg
import pytest
from django.conf import settings
from django.db import IntegrityError, connection, transaction

from creditbank.archive import operations, queries
from creditbank.archive.errors import EntryNotFound, PostingClosed
from creditbank.evidence import queries as evidence
from creditbank.kernel.actor import Actor, ActorKind, Grant, Reach
from creditbank.kernel.errors import NotPermitted
from creditbank.kernel.grades import Grade, Scale
from creditbank.kernel.permissions import Permission
from tests.properties.test_merkle import by_the_book
from tests.rooms.archive.conftest import NOW, SYSTEM, frame, posted


def begun(bank, actor=SYSTEM, reference="2026-0001"):
    return operations.begin_posting(actor=actor, organization_id=bank.school, reference=reference, now=NOW)


def counted():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM archive_entry")
        return cursor.fetchone()[0]


def test_entries_are_seen_once_their_batch_is_finished(bank):
    posting = begun(bank)
    operations.post_many(actor=SYSTEM, posting=posting, frames=[frame([bank.row(), bank.row(1, 1)])])
    assert counted() == 2
    assert queries.entries(bank.learners[0]) == []
    assert queries.figures().entries == 0
    closed = operations.finish_posting(actor=SYSTEM, posting=posting, file_digest=None, now=NOW)
    [entry] = queries.entries(bank.learners[0])
    assert entry.key == bank.key()
    assert (entry.credits, entry.hours, entry.grade) == (300, 4800, Grade(Scale.PERCENT, 8550))
    assert entry.posted_at == closed.posted_at == NOW
    assert (queries.figures().entries, queries.figures().learners) == (2, 2)


def test_root_is_that_of_an_independent_tree_over_the_rows(bank):
    rows = [bank.row(learner, course) for learner in (0, 1, 2) for course in (0, 1, 2)]
    closed, commitments = posted(bank, rows)
    with connection.cursor() as cursor:
        cursor.execute("SELECT salt, commitment FROM archive_entry ORDER BY leaf")
        stored = [(bytes(salt), bytes(commitment)) for salt, commitment in cursor.fetchall()]
    assert [commitment for _, commitment in stored] == commitments
    proofs = [
        queries.entry_proof(actor=SYSTEM, key=bank.key(learner, course))
        for learner in (0, 1, 2)
        for course in (0, 1, 2)
    ]
    leaves = [hashlib.sha256(b"\x00\x01" + proof.salt + proof.form.encode()).digest() for proof in proofs]
    assert leaves == commitments
    assert closed.root == by_the_book(leaves)
    assert closed.rows == 9
    assert len({salt for salt, _ in stored}) == 9


def test_every_entry_proves_itself_against_the_root(bank):
    closed, _ = posted(bank, [bank.row(learner, course) for learner in (0, 1, 2) for course in (0, 1, 2)])
    for learner in (0, 1, 2):
        proof = queries.entry_proof(actor=SYSTEM, key=bank.key(learner, 2))
        reached = evidence.root_of_proof(leaf=proof.commitment, index=proof.index, size=proof.size, proof=proof.path)
        assert reached == proof.root == closed.root
        assert proof.batch == "2026-0001"


def test_batch_is_one_fact_with_root_rows_and_file(bank):
    closed, _ = posted(bank, [bank.row(), bank.row(1)])
    [stored] = evidence.facts(name="archive.batch_posted.v1")
    assert stored.fact.at == NOW
    assert dict(stored.fact.body) == {
        "actor": "system:command-line",
        "batch": "2026-0001",
        "file_sha256": "ab" * 32,
        "institution": bank.school,
        "root": closed.root.hex(),
        "rows": 2,
        "signature": None,
        "signer_key": None,
    }


def test_rows_without_credits_and_hours_are_copied(bank):
    rows = [
        bank.row(0, credits=None),
        bank.row(1, hours=None),
        bank.row(2, credits=None, hours=None, grade=0, grade_scale=0),
        bank.row(2, 1, credits=250, grade=9, grade_scale=3, obtained=19980000, enrolment=2),
    ]
    posted(bank, rows)
    found = [entry for learner in bank.learners for entry in queries.entries(learner)]
    assert [(entry.credits, entry.hours) for entry in found] == [(None, 4800), (300, None), (None, None), (250, 4800)]
    assert [entry.grade for entry in found[2:]] == [Grade(Scale.NONE, 0), Grade(Scale.LETTER, 9)]
    assert (found[3].key.obtained, found[3].enrolment) == (19980000, 2)


def test_crashed_batch_goes_on_behind_its_last_row(bank):
    rows = [bank.row(learner, course) for learner in (0, 1, 2) for course in (0, 1)]
    first = begun(bank)
    operations.post_many(actor=SYSTEM, posting=first, frames=[frame(rows[:4])])
    again = begun(bank)
    assert (again.id, again.rows) == (first.id, 4)
    operations.post_many(actor=SYSTEM, posting=again, frames=[frame(rows)])
    closed = operations.finish_posting(actor=SYSTEM, posting=again, file_digest=None, now=NOW)
    assert closed.root == by_the_book(queries.leaves(closed.id))
    assert closed.rows == 6


def test_newest_revision_is_in_force(bank):
    posted(bank, [bank.row()])
    posted(bank, [bank.row(revision=1, grade=9000)], reference="2026-0002")
    [entry] = queries.entries(bank.learners[0])
    assert (entry.revision, entry.grade.value) == (1, 9000)
    assert queries.figures().entries == 1


def test_correction_of_an_unfinished_batch_does_not_count_yet(bank):
    posted(bank, [bank.row()])
    later = begun(bank, reference="2026-0002")
    operations.post_many(actor=SYSTEM, posting=later, frames=[frame([bank.row(revision=1, grade=9000)])])
    [entry] = queries.entries(bank.learners[0])
    assert (entry.revision, entry.grade.value) == (0, 8550)
    [newest] = queries.stored(organization_id=bank.school, learner_ids=[bank.learners[0]]).iter_rows(named=True)
    assert newest["revision"] == 1


def test_finished_batch_cannot_be_begun_or_finished_again(bank):
    closed, _ = posted(bank, [bank.row()])
    with pytest.raises(PostingClosed):
        begun(bank)
    with pytest.raises(PostingClosed):
        operations.finish_posting(actor=SYSTEM, posting=closed, file_digest=None, now=NOW)
    assert len(list(evidence.facts(name="archive.batch_posted.v1"))) == 1


def test_finished_batch_takes_no_more_rows(bank):
    closed, _ = posted(bank, [bank.row()])
    with pytest.raises(PostingClosed):
        operations.post_many(actor=SYSTEM, posting=closed, frames=[frame([bank.row(1)])])
    assert counted() == 1


def test_same_row_twice_is_refused_by_the_book(bank):
    posting = begun(bank)
    with pytest.raises((IntegrityError, psycopg.errors.UniqueViolation)), transaction.atomic():
        operations.post_many(actor=SYSTEM, posting=posting, frames=[frame([bank.row(), bank.row()])])
    assert counted() == 0


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"credits": -1}, "entry_credits_not_negative"),
        ({"hours": -1}, "entry_hours_not_negative"),
        ({"revision": -1}, "entry_revision_not_negative"),
    ],
)
def test_book_refuses_what_cannot_be(bank, values, constraint):
    row = {"organization_id": bank.school, "posting_id": 1, "leaf": 0, "salt": b"s" * 16, "commitment": b"c" * 32}
    row |= bank.row(**values)
    statement = f"INSERT INTO archive_entry ({', '.join(row)}) VALUES ({', '.join(['%s'] * len(row))})"
    with connection.cursor() as cursor, pytest.raises(IntegrityError, match=constraint):
        cursor.execute(statement, list(row.values()))


def staff(organization_id, *permissions):
    there = Reach(organizations=frozenset({organization_id}))
    return Actor(ActorKind.STAFF, 2, "王芳", tuple(Grant(permission, there) for permission in permissions))


def test_only_who_approves_at_the_school_posts(bank, li):
    wang = staff(bank.other_school, Permission.DEPOSITS_BATCH_APPROVE)
    zhao = staff(bank.school, Permission.DEPOSITS_BATCH_UPLOAD)
    posting = begun(bank, actor=li)
    for actor in (wang, zhao):
        with pytest.raises(NotPermitted):
            begun(bank, actor=actor, reference="2026-0009")
        with pytest.raises(NotPermitted):
            operations.post_many(actor=actor, posting=posting, frames=[frame([bank.row()])])
        with pytest.raises(NotPermitted):
            operations.finish_posting(actor=actor, posting=posting, file_digest=None, now=NOW)
    assert counted() == 0
    assert queries.posting("2026-0009") is None


def test_learner_sees_the_own_archive_and_staff_that_of_their_school(bank, li):
    posted(bank, [bank.row(0), bank.row(1)])
    own = Actor(ActorKind.LEARNER, 5, "张三", learner_id=bank.learners[0])
    wang = staff(bank.other_school, Permission.ARCHIVE_ENTRY_VIEW)
    seen = {name: [queries.archive_of(actor=actor, learner_id=learner) for learner in bank.learners[:2]]
            for name, actor in (("own", own), ("li", li), ("wang", wang))}  # fmt: skip
    assert {name: [len(each) for each in pair] for name, pair in seen.items()} == {
        "own": [1, 0],
        "li": [1, 1],
        "wang": [0, 0],
    }
    with pytest.raises(EntryNotFound):
        queries.entry_proof(actor=wang, key=bank.key())
    with pytest.raises(EntryNotFound):
        queries.entry_proof(actor=own, key=bank.key(1))


def test_totals_never_cross_units(bank):
    posted(bank, [bank.row(), bank.row(0, 1, credits=250), bank.row(0, 2, credits=100, unit_id=5)])
    achievements = queries.archive_of(actor=SYSTEM, learner_id=bank.learners[0])
    assert [(total.unit_id, total.hundredths) for total in queries.totals(achievements)] == [(1, 550), (5, 100)]


@pytest.mark.parametrize("harm", ["gone", "cut", "changed"])
def test_proofs_hold_where_the_kept_tree_does_not(bank, harm):
    closed, _ = posted(bank, [bank.row(learner, course) for learner in (0, 1, 2) for course in (0, 1, 2)])
    [level] = settings.ENVIRONMENT.data.glob(f"files/trees/batch-{closed.id}/level.0")
    kept = level.read_bytes()
    if harm == "gone":
        level.unlink()
    else:
        level.write_bytes(kept[:-32] if harm == "cut" else bytes(len(kept)))
    proof = queries.entry_proof(actor=SYSTEM, key=bank.key(1, 1))
    reached = evidence.root_of_proof(leaf=proof.commitment, index=proof.index, size=proof.size, proof=proof.path)
    assert reached == proof.root == closed.root


@pytest.mark.parametrize("days", [(20260600, 20260630), (20260700, 20260700), (20250000, 20260599)])
def test_only_what_was_obtained_in_the_days_asked_for_is_compared(bank, days):
    months = (20250100, 20260600, 20260630, 20260700)
    posted(bank, [bank.row(obtained=month) for month in months])
    ask = {"organization_id": bank.school, "learner_ids": bank.learners}
    assert queries.stored(**ask)["obtained"].to_list() == list(months)
    found = queries.stored(**ask, obtained=days)["obtained"].to_list()
    assert found == [month for month in months if days[0] <= month <= days[1]]
